public import Clock

#if canImport(Glibc)
  internal import Glibc
#endif

/// Copies of a document that stay beside it for a while: `findings-20250714T013000Z.json` beside `findings.json`, and the
/// link `findings-latest.json` to the last.
public struct DatedCopies {
  private let directory: String
  private let stem: String
  private let ending: String

  /// Of the document that is written to `path`.
  public init(of path: String) {
    let slash = path.lastIndex(of: "/")
    directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    // A name that begins with its only dot has no ending.
    let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
    stem = String(dot.map { name[..<$0] } ?? name[...])
    ending = String(dot.map { name[$0...] } ?? "")
  }

  private func path(_ name: String) -> String { directory + "/" + name }

  private func name(_ time: UTCTime) -> String {
    "\(stem)-\(time.text.filter { $0 != "-" && $0 != ":" })\(ending)"
  }

  /// Writes the copy of `time`.
  public func write(_ text: [UInt8], _ time: UTCTime) throws(WholeFile.Failure) {
    try WholeFile.write(text, to: path(name(time)))
  }

  /// Turns the link to the copy of `time`, and removes those that are older than `seconds`.
  ///
  /// By the copy before it, too: on a night whose clock has leapt ahead, all are old by that clock.
  public func finish(_ time: UTCTime, keeping seconds: Int) throws(WholeFile.Failure) {
    try WholeFile.link(path("\(stem)-latest\(ending)"), to: name(time))
    let others = copies().filter { $0.made != time }
    guard let last = others.map(\.made).max() else { return }
    let oldest = UTCTime(seconds: min(time, last).seconds - Int64(seconds))
    for (name, made) in others where made < oldest {
      guard unsafe unlink(path(name)) == 0 || errno == ENOENT else { throw .system(errno) }
    }
  }

  /// Regular files whose name is that of a copy: nothing else is ever removed.
  private func copies() -> [(name: String, made: UTCTime)] {
    guard let listing = unsafe opendir(directory) else { return [] }
    defer { _ = unsafe closedir(listing) }
    var copies: [(name: String, made: UTCTime)] = []
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      guard let made = time(of: name), unsafe lstat(path(name), &status) == 0,
        status.st_mode & S_IFMT == S_IFREG
      else { continue }
      copies.append((name, made))
    }
    return copies
  }

  private func time(of name: String) -> UTCTime? {
    guard name.hasPrefix(stem + "-"), name.hasSuffix(ending) else { return nil }
    let stamp = Array(name.dropFirst(stem.count + 1).dropLast(ending.count))
    guard stamp.count == 16 else { return nil }
    let text = [
      String(stamp[0..<4]), "-", String(stamp[4..<6]), "-", String(stamp[6..<11]), ":",
      String(stamp[11..<13]), ":", String(stamp[13...]),
    ].joined()
    guard let time = UTCTime(text), self.name(time) == name else { return nil }
    return time
  }
}
