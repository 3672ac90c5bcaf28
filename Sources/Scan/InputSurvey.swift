internal import Bytes
internal import Dumps
internal import History

#if canImport(Glibc)
  internal import Glibc
#endif

/// Which logs and files need not be read tonight, since an earlier run has read them as they are, under all that holds
/// tonight.
///
/// It walks the dumps once before the work begins, as only whoever has seen all files of a log can say whether one of
/// them is new: then the whole log is read, since one file tells the machine of all others. A dump of which nothing need be
/// read is not walked again.
struct InputSurvey {
  /// What a walk saw of a log or file.
  private struct Seen {
    var id: Int64
    var files = 0
    var isUnchanged = true
  }

  private var places: [PlaceInDump: Seen] = [:]
  private var changed: Set<Int> = []
  private(set) var passedOver: [Int: [(dump: Int, problem: WalkProblem, path: [UInt8])]] = [:]
  /// Keyed ids of inputs that stand in the dumps.
  private(set) var inputs: Set<Int64> = []
  /// Keyed ids of the logs and files that do.
  private(set) var origins: Set<Int64> = []
  /// Where inputs stand that are asked for, by their keyed ids.
  private(set) var wanted: [Int64: PlaceInDump] = [:]
  /// Files that need not be read, and why files are read that are as they were.
  private(set) var unchangedFiles = 0
  private(set) var hasReread = false

  init(
    dumps: [String], shape: LogShape, opensAll: Bool, names: InputNames,
    known: [Int64: KnownInput], readsAll: Bool, wanted: Set<Int64> = []
  ) {
    var failed: [PlaceInDump] = []
    for dump in dumps.indices {
      var walker = DumpWalker(path: dumps[dump], shape: shape, opensAll: opensAll)
      while let step = walker.next() {
        switch step {
        case .logEnded: continue
        case .passedOver(let problem, let path):
          passedOver[dump, default: []].append((dump, problem, path))
          if problem.isUnread { failed.append(PlaceInDump(dump: dump, path: path)) }
        case .file(let file):
          note(file, dump, names, known, readsAll, wanted)
          file.close()
        }
      }
    }
    // The walk that reads may see more than this one did.
    for place in failed { noteFailure(place) }
    for (place, seen) in places {
      origins.insert(seen.id)
      if seen.isUnchanged { unchangedFiles += seen.files } else { changed.insert(place.dump) }
    }
  }

  /// Notes that the dump, and the log in which `place` stands, have to be looked at again.
  private mutating func noteFailure(_ place: PlaceInDump) {
    changed.insert(place.dump)
    let path = place.path
    for end in 0...path.count where end == 0 || end == path.count || path[end] == ASCII.slash {
      let log = PlaceInDump(dump: place.dump, path: Array(path[..<end]))
      places[log]?.isUnchanged = false
    }
  }

  private mutating func note(
    _ file: DumpFile, _ dump: Int, _ names: InputNames, _ known: [Int64: KnownInput],
    _ readsAll: Bool, _ asked: Set<Int64>
  ) {
    let id = names.id(dump: dump, path: file.path)
    let path = file.originPath
    let place = PlaceInDump(dump: dump, path: path)
    inputs.insert(id)
    if asked.contains(id) { wanted[id] = PlaceInDump(dump: dump, path: file.path) }
    var isUnchanged = false
    if let input = known[id], let print = Fingerprint(file), input.fingerprint.isSame(as: print) {
      isUnchanged = input.isRead && !readsAll
      hasReread = hasReread || !isUnchanged
    }
    if places[place] == nil {
      places[place] = Seen(id: file.log == nil ? id : names.id(dump: dump, path: path))
    }
    places[place]?.files += 1
    if !isUnchanged { places[place]?.isUnchanged = false }
  }

  /// Whether nothing of the dump need be read.
  func isUnchanged(dump: Int) -> Bool { !changed.contains(dump) }

  /// Whether the log or file that `file` is of need not be read.
  func isUnchanged(_ file: DumpFile, dump: Int) -> Bool {
    places[PlaceInDump(dump: dump, path: file.originPath)]?.isUnchanged ?? false
  }

  /// The logs and files that need not be read: their keyed ids, their dumps and paths.
  var unchanged: [(id: Int64, dump: Int, path: [UInt8])] {
    places.compactMap { $1.isUnchanged ? ($1.id, $0.dump, $0.path) : nil }
  }
}

/// Keyed ids of inputs, of their whole paths: the same file is known again under whatever dump it was named.
struct InputNames {
  private let identifiers: Identifiers
  private let roots: [[UInt8]]

  init(_ identifiers: Identifiers, dumps: [String]) {
    self.identifiers = identifiers
    roots = dumps.map { dump in
      guard let path = unsafe realpath(dump, nil) else { return Array(dump.utf8) }
      defer { unsafe free(path) }
      return unsafe Array(UnsafeBufferPointer(start: path, count: strlen(path))).map {
        UInt8(bitPattern: $0)
      }
    }
  }

  func id(dump: Int, path: [UInt8]) -> Int64 { identifiers.input(self.path(dump: dump, path)) }

  /// The whole path of what stands at `path` in a dump.
  func path(dump: Int, _ path: [UInt8]) -> [UInt8] {
    path.isEmpty ? roots[dump] : roots[dump] + [0x2F] + path
  }
}

extension DumpFile {
  /// The path of the log that it is of, or its own.
  var originPath: [UInt8] { log.map { Array(path.prefix($0.pathBytes)) } ?? path }

  func close() {
    for companion in companions { _ = Glibc.close(companion.descriptor) }
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
  }
}

extension Fingerprint {
  /// Of an open file, and of those that are read with it; nil if the system does not tell.
  init?(_ file: DumpFile) {
    guard let own = Self(descriptor: file.descriptor) else { return nil }
    self = own
    // FNV-1a: stable, and no secret.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for companion in file.companions {
      guard let print = Self(descriptor: companion.descriptor) else { return nil }
      for value in [print.inode, print.size, print.modified, print.changed] {
        hash = (hash ^ UInt64(bitPattern: value)) &* 0x100_0000_01B3
      }
    }
    if !file.companions.isEmpty { companions = Int64(bitPattern: hash) }
  }

  /// Of the file at `path`, which is ours and not of a dump.
  init?(path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { return nil }
    defer { _ = close(descriptor) }
    self.init(descriptor: descriptor)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
    self.init(
      device: Int64(bitPattern: UInt64(status.st_dev)),
      inode: Int64(bitPattern: UInt64(status.st_ino)), size: Int64(status.st_size),
      modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim), companions: 0)
  }
}
