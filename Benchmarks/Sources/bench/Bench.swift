import Foundation

/// Measures reading against tools that everybody knows, on files that it makes itself.
///
/// `bench [MEBIBYTES]`: the size of the line list, 100 by default; the labelled file has half of it.
/// `DUMPSIEVE` names the program to measure, if it is not the one of `make release`.
/// The competitors take turns, so that a busy minute hits both; medians of five, with the spread.
@main
struct Bench {
  static func main() throws {
    let mebibytes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100
    let place = try Workplace()
    defer { place.remove() }
    print(
      "Files are read from the page cache; \(Race.rounds) rounds, in turns, medians (least–most).")
    let lines = try place.write(
      "lines/lines.txt", MadeFile.delimitedLines(bytes: mebibytes << 20, accounts: place.accounts))
    let blocks = try place.write(
      "blocks/Passwords.txt", MadeFile.labelledBlocks(bytes: mebibytes << 19))
    try readAlone(lines, "URL:login:password lines")
    try readAlone(blocks, "labelled blocks")
    try scan(lines, place)
  }

  /// Cutting a file into credentials, in this process and on one core, against counting its lines.
  private static func readAlone(_ file: URL, _ what: String) throws {
    let reading = try Tokeniser()
    var race = Race("\(what), one core", bytes: try file.byteCount)
    try race.run([
      ("tokenise", { try reading.read(file) }),
      ("wc -l, with its start", { try Command("/usr/bin/env", "wc", "-l", file.path).run() }),
    ])
    print("  credentials: \(try reading.read(file))")
  }

  /// The whole program, sandbox, hashing and all, against a search for the same logins.
  private static func scan(_ lines: URL, _ place: Workplace) throws {
    let program =
      ProcessInfo.processInfo.environment["DUMPSIEVE"]
      ?? Workplace.package.appending(path: ".build/release/dumpsieve").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      print("dumpsieve scan: not measured, as there is no \(program); `make release` builds it")
      return
    }
    let list = try place.makeWatchlist(program)
    let scan = Command(
      program, "scan", lines.deletingLastPathComponent().path, "--watchlist", list.watchlist,
      "--key-file", list.key, "--out", place.directory.appending(path: "findings.json").path,
      expects: [0, 1, 3])
    var race = Race(
      "dumpsieve scan, \(place.accounts.count) accounts, all cores", bytes: try lines.byteCount)
    guard let ripgrep = Command.find("rg") else {
      try race.run([("dumpsieve scan", { try scan.run() })])
      print("  no comparison: ripgrep (rg) is not here")
      return
    }
    let search = Command(
      ripgrep, "-F", "-c", "-f", list.patterns, lines.path, expects: [0, 1])
    try race.run([
      ("dumpsieve scan", { try scan.run() }), ("rg -F -f, with its start", { try search.run() }),
    ])
  }
}

extension URL {
  var byteCount: Int {
    get throws {
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return size ?? 0
    }
  }
}
