internal import Bytes

#if canImport(Glibc)
  internal import Glibc
#endif

// Archives in several parts, and the files of passwords that lie beside one.
extension DumpWalker {
  /// Opens the parts of a set, as one file at `path`; what is missing is told behind it.
  mutating func opened(_ set: VolumeSet, path: [UInt8], _ level: Level) -> WalkStep? {
    func sibling(_ name: [UInt8]) -> [UInt8] { Self.join(level.path, name) }
    for name in set.missing.reversed() { pending.append((.volumeMissing, sibling(name))) }
    for name in set.parts.dropFirst(Self.maxParts).reversed() {
      pending.append((.volumeLimit, sibling(name)))
    }
    var files: [DumpFile] = []
    for name in set.parts.prefix(Self.maxParts) {
      if let file = listed(name, path: path, level) {
        files.append(file)
        continue
      }
      let descriptor = open(name, at: level.descriptor, isDirectory: false)
      if descriptor < 0 {
        pending.append((WalkProblem(errno: -descriptor), sibling(name)))
        continue
      }
      switch opened(descriptor, path: path, log: level.log) {
      case .file(let file)?: files.append(file)
      case .passedOver(let problem, _)?: pending.append((problem, sibling(name)))
      default: break
      }
    }
    guard var whole = files.popLast() else { return nil }
    whole.companions = files.map {
      DumpFile.Companion(descriptor: $0.descriptor, size: $0.size, isVolume: true)
    }
    // `x.zip.password` for `x.zip.001`, too.
    let name = set.parts[0].lastIndex(of: ASCII.dot).map { Array(set.parts[0][..<$0]) }
    return withPasswords(.file(whole), set.parts + (name.map { [$0] } ?? []), level)
  }

  /// Adds the files of passwords that lie beside an archive: `x.zip.password` or `x.password` for `x.zip`.
  /// Of a set, that of any part will do.
  func withPasswords(_ step: WalkStep?, _ names: [[UInt8]], _ level: Level) -> WalkStep? {
    guard !level.passwords.isEmpty, case .file(var file)? = step else { return step }
    let sorted = Self.passwordNames(names).intersection(level.passwords).sorted {
      $0.count > $1.count || $0.count == $1.count && $0.lexicographicallyPrecedes($1)
    }
    var count = 0
    for name in sorted where count < Self.maxPasswordFiles {
      let descriptor = open(name, at: level.descriptor, isDirectory: false)
      if descriptor < 0 { continue }
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        _ = close(descriptor)
        continue
      }
      count += 1
      file.companions.append(
        DumpFile.Companion(
          descriptor: descriptor, size: Int(status.st_size), isVolume: false))
    }
    return .file(file)
  }

  /// Those that lie beside the dump if it is a file.
  func withPasswordsBeside(_ step: WalkStep?) -> WalkStep? {
    let folder = String(decoding: path.utf8.dropLast(name.count), as: UTF8.self)
    let descriptor = unsafe Glibc.open(
      folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return step }
    defer { _ = close(descriptor) }
    // Those that are not there cannot be opened.
    return withPasswords(
      step, [name],
      Level(
        descriptor: descriptor, path: [], files: [], passwords: Self.passwordNames([name]),
        directories: [], isInside: false))
  }

  private static let passwordEnding = Array(".password".utf8)

  private static func passwordNames(_ names: [[UInt8]]) -> Set<[UInt8]> {
    Set(names.flatMap { [$0, ArchiveName.stem(of: $0)] }.map { $0 + passwordEnding })
  }

  /// Gathers what of a directory's files belongs to archives.
  static func sortArchives(_ level: inout Level) {
    let ending = passwordEnding
    level.passwords = Set(level.files.filter { $0.suffix(ending.count).elementsEqual(ending) })
    var parts: Set<[UInt8]> = []
    for set in VolumeSet.all(in: level.files) {
      level.sets[set.parts[0]] = set
      parts.formUnion(set.parts.dropFirst())
    }
    if !parts.isEmpty { level.files.removeAll { parts.contains($0) } }
  }
}
