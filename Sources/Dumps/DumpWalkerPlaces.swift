internal import Bytes

#if canImport(Glibc)
  internal import Glibc
#endif

// Parts of a dump that are walked without the rest.
extension DumpWalker {
  /// Begins with a place; one that is no more what it was is told as vanished.
  mutating func enter(_ place: DumpPlace) {
    hardLinks = []
    isListed = true
    levelsAbove = 0
    let (path, isWhole): ([UInt8], Bool)
    switch place {
    case .folder(let folder):
      isListed = false
      levelsAbove = Self.levels(folder)
      guard let descriptor = directory(at: folder) else { return }
      // What hinders that is told.
      return enter(descriptor, path: folder, name: Self.lastName(of: folder), above: nil)
    case .log(let folder, let links):
      hardLinks = links
      levelsAbove = Self.levels(folder)
      guard let descriptor = directory(at: folder) else { return }
      enter(descriptor, path: folder, name: Self.lastName(of: folder), above: nil)
      (path, isWhole) = (folder, levels.last?.log != nil)
    case .file(let file, let hasCompanions):
      if file.isEmpty {
        single = root
        root = nil
        return
      }
      let name = Self.lastName(of: file)
      let folder = Array(file.dropLast(name.count + 1))
      guard let descriptor = directory(at: folder) else { return }
      if hasCompanions {
        enter(descriptor, path: folder, name: Self.lastName(of: folder), above: nil)
        guard let last = levels.indices.last else { return }
        levels[last].files.removeAll { $0 != name }
        levels[last].directories = []
        levels[last].log = nil
      } else {
        levels.append(
          Level(
            descriptor: descriptor, path: folder, files: [name], directories: [], isInside: false))
      }
      (path, isWhole) = (file, levels.last?.files.isEmpty == false)
    }
    if isWhole { return }
    if let level = levels.popLast() { _ = close(level.descriptor) }
    if pending.isEmpty { pending.append((.vanished, path)) }
  }

  static func levels(_ path: [UInt8]) -> Int { path.split(separator: ASCII.slash).count }

  /// Opens a directory of the dump, from name to name and never through a link; nil if that fails, which is told.
  mutating func directory(at path: [UInt8]) -> Int32? {
    guard let root else { return nil }
    var descriptor = fcntl(root, F_DUPFD_CLOEXEC, 0)
    for name in path.split(separator: ASCII.slash) where descriptor >= 0 {
      let below = open(Array(name), at: descriptor, isDirectory: true)
      _ = close(descriptor)
      descriptor = below
    }
    if descriptor >= 0 { return descriptor }
    pending.append((WalkProblem(errno: -descriptor), path))
    return nil
  }
}
