import Foundation
import Testing

@testable import Dumps

/// Archives of 7-Zip itself, encrypted in each way that it has.
@Suite("encrypted 7z")
struct SevenZipTests {
  private static let program = ["7zz", "7z"].map { "/usr/bin/\($0)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// So that what could not be tried is counted as skipped.
  private static let isThere: Bool = {
    if program == nil { print("skipped: Debian's 7zip is not installed") }
    return program != nil
  }()

  private static let password = "CANARY-pässwort"
  /// What is packed: a text, nothing, and noise, which is stored if it cannot be packed.
  private static let files: [String: Data] = {
    var random = SystemRandomNumberGenerator()
    let noise = (0..<100_001).map { _ in UInt8.random(in: 0...255, using: &random) }
    return [
      "log/Passwords.txt": Data("URL: https://a.example/\nLogin: ann\nPassword: CANARY\n".utf8),
      "log/empty.txt": Data(), "noise.exe": Data(noise),
      "long.txt": Data(String(repeating: "words that repeat ", count: 100_000).utf8),
    ]
  }()

  /// An archive that 7-Zip makes of the files with these options.
  private func made(_ options: [String]) throws -> KeptBytes {
    let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: place) }
    for (name, data) in Self.files {
      let file = place.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file)
    }
    let process = Process()
    process.executableURL = Self.program.map { URL(filePath: $0) }
    process.currentDirectoryURL = place
    process.arguments =
      ["a", "-bd", "-p\(Self.password)"] + options + ["made.7z"] + Self.files.keys.sorted()
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return KeptBytes(Array(try Data(contentsOf: place.appending(path: "made.7z"))))
  }

  private func read(_ source: some ByteSource) -> [String: Data] {
    let budget = ArchiveBudget(ArchiveLimits(), progress: {})
    var read: [String: Data] = [:]
    guard let reader = ArchiveReader(ArchiveInput(source), kind: .sevenZip, budget: budget) else {
      return read
    }
    while case .member(let member, let stream) = reader.next() {
      if member.isDirectory { continue }
      let name = String(decoding: member.name, as: UTF8.self)
      read[name] = Data(stream.bytes(from: 0, limit: 10 << 20))
      #expect(stream.faults.isEmpty, "\(name)")
    }
    #expect(reader.faults.isEmpty)
    return read
  }

  private func deciphered(_ source: any ByteSource, _ passwords: [String]) -> DecipheredSevenZip? {
    DecipheredSevenZip(
      source, from: 0, passwords: passwords.map { Array($0.utf8) },
      budget: ArchiveBudget(ArchiveLimits(), progress: {}))
  }

  @Test(
    "is read as if it were plain, however it was packed", .enabled(if: isThere),
    arguments: [
      "", "-mhe=on", "-mx=0", "-ms=off -mhe=on", "-m0=PPMd", "-m0=BZip2", "-m0=Deflate",
      "-m0=BCJ2 -m1=LZMA", "-m0=BCJ -m1=LZMA2", "-m0=LZMA -mhc=off",
    ])
  func plain(options: String) throws {
    let archive = try made(options.split(separator: " ").map(String.init))
    let isReadByWrong = deciphered(archive, ["CANARY"]) != nil
    #expect(!isReadByWrong)
    let plain = deciphered(archive, ["CANARY", Self.password])
    let isRead = plain.map { read($0) == Self.files && $0.others.isEmpty } ?? false
    #expect(isRead)
  }

  @Test(
    "whatever a directory says, it ends, and nothing wrong is taken for right",
    .enabled(if: isThere))
  func damaged() throws {
    let archive = try made(["-m0=LZMA", "-mhc=off"])
    let header = try #require(SevenZipHeader(archive, start: 0))
    let streams = archive.bytes(
      from: SevenZipHeader.bytes, limit: header.directory.lowerBound - SevenZipHeader.bytes)
    var directory = archive.bytes(from: header.directory.lowerBound, limit: header.directory.count)
    // One round in place of 2 to the power of 19: then the right password is wrong, too.
    for index in directory.indices.dropLast() where directory[index...].starts(with: [0x53, 0x0F]) {
      directory[index] = 0x40
    }
    for index in directory.indices {
      for value: UInt8 in [0x00, 0x01, 0x17, 0x7F, 0x80, 0xFF] {
        var changed = directory
        changed[index] = value
        let start = SevenZipHeader.written(packed: streams.count, directory: changed)
        let isRead = deciphered(KeptBytes(start + streams + changed), [Self.password]) != nil
        #expect(!isRead, "\(value) at \(index)")
      }
    }
  }
}
