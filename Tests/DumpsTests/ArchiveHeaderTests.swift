import Bytes
import Foundation
import Testing

@testable import Dumps

/// Headers that no program for archives writes.
@Suite("headers of archives")
struct ArchiveHeaderTests {
  // MARK: RAR

  /// A block of RAR 4, whose checksum nobody looks at: `size` is what it says, and `rest` what follows the seven bytes.
  private static func block4(_ type: UInt8, _ flags: Int, _ size: Int, _ rest: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0, 0, type]
    bytes.append(number: flags, 2)
    bytes.append(number: size, 2)
    return bytes + rest
  }

  private static let mark4 = Array("Rar!\u{1A}\u{07}\u{00}".utf8)
  private static let main4 = block4(0x73, 0, 13, [0, 0, 0, 0, 0, 0])
  private static let end4 = block4(0x7B, 0, 7, [])
  private static let mark5 = Array("Rar!\u{1A}\u{07}\u{01}\u{00}".utf8)
  private static let main5 = block5([1, 0, 0])
  private static let end5 = block5([5, 0, 0])

  /// A header of RAR 5 behind its checksum, at which nobody looks, and its length.
  private static func block5(_ body: [UInt8]) -> [UInt8] {
    [0, 0, 0, 0, UInt8(body.count)] + body
  }

  /// 2⁶³-1 as RAR 5 writes it.
  private static let most5 = [UInt8](repeating: 0xFF, count: 8) + [0x7F]

  /// What the headers say, in words.
  private func words(_ bytes: [UInt8]) -> String {
    let headers = RARHeaders(KeptBytes(bytes), start: 0, parts: [], isBeginning: false)
    var words = headers.isWhole ? ["whole, ends at \(headers.end)"] : ["broken"]
    words.append("\(headers.members)")
    if headers.isEncrypted { words.append("encrypted") }
    if headers.isVolume { words.append("volume") }
    if headers.lacksVolumes { words.append("lacks volumes") }
    if headers.beginsInMember { words.append("begins in a member") }
    if headers.isCut { words.append("cut") }
    if headers.hasFilledLink { words.append("a filled link") }
    return (words + headers.others.map { "\($0)" }).joined(separator: " ")
  }

  private static let zeros = [UInt8](repeating: 0, count: 25)
  /// The rest of a block that says how large its file is, above four bytes.
  private static let large: [UInt8] = zeros + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

  private static let rar4Cases: [(blocks: [[UInt8]], expected: String)] = [
    ([main4, end4], "whole, ends at 27 0"), ([main4], "whole, ends at 20 0"),
    ([main4, block4(0x74, 0x8000, 32, zeros), end4], "whole, ends at 59 1"),
    // A comment of 5 bytes, and a block that nobody knows.
    (
      [main4, block4(0x75, 0x8000, 11, [5, 0, 0, 0]), [1, 2, 3, 4, 5], end4],
      "whole, ends at 43 0 31..<36"
    ),
    ([main4, block4(0x70, 0, 9, [1, 2]), end4], "whole, ends at 36 0"),
    ([main4, [0, 0, 0x7B]], "broken 0 cut"), ([main4, block4(0x75, 0, 6, [])], "broken 0"),
    ([main4, block4(0x75, 0x8000, 11, [5, 0, 0])], "broken 0 cut"),
    // Old versions write no end; those that pack as version 2.9 does write one.
    ([main4, block4(0x74, 0x8000, 32, zeros)], "whole, ends at 52 1"),
    (
      [main4, block4(0x74, 0x8000, 32, zeros[..<17] + [29] + zeros[18...])],
      "whole, ends at 52 1 cut"
    ),
    // It says that it is a large one, and has no room for that.
    ([main4, block4(0x74, 0x8100, 32, zeros)], "broken 1 cut"),
    // So large that the next header would stand before it.
    ([main4, block4(0x74, 0x8100, 40, large)], "broken 1"),
    ([block4(0x73, 0x80, 13, [0, 0, 0, 0, 0, 0]), end4], "broken 0 encrypted"),
    ([main4, block4(0x74, 0x8004, 32, zeros), end4], "broken 1 encrypted"),
    // A volume that does not say that it is the first.
    (
      [block4(0x73, 0x01, 13, [0, 0, 0, 0, 0, 0]), end4],
      "whole, ends at 27 0 volume lacks volumes"
    ),
    ([block4(0x73, 0x101, 13, [0, 0, 0, 0, 0, 0]), end4], "whole, ends at 27 0 volume"),
    (
      [main4, block4(0x74, 0x8001, 32, zeros), end4],
      "whole, ends at 59 0 lacks volumes begins in a member"
    ),
    // Its member goes on, or it says that another volume follows.
    ([main4, block4(0x74, 0x8002, 32, zeros)], "whole, ends at 52 1 lacks volumes"),
    ([main4, block4(0x7B, 0x01, 7, [])], "whole, ends at 27 0 lacks volumes"),
  ]

  @Test("of a RAR 4, headers are read as far as they are such", arguments: rar4Cases)
  func rar4(blocks: [[UInt8]], expected: String) {
    #expect(words(Self.mark4 + blocks.joined()) == expected)
  }

  private static let rar5Cases: [(blocks: [[UInt8]], expected: String)] = [
    ([main5, end5], "whole, ends at 24 0"),
    ([main5, block5([2, 2, 4]), [1, 2, 3, 4], end5], "whole, ends at 36 1"),
    ([main5, block5([3, 2, 4]), [1, 2, 3, 4], end5], "whole, ends at 36 0 24..<28"),
    ([main5], "whole, ends at 16 0 cut"), ([], "whole, ends at 8 0 cut"),
    ([main5, [0, 0, 0]], "broken 0 cut"), ([main5, [0, 0, 0, 0, 100, 5, 0, 0]], "broken 0 cut"),
    ([main5, [0, 0, 0, 0, 0, 5, 0, 0]], "broken 0"),
    // Numbers that have no end, or do not fit.
    ([main5, block5([0x80]), [0, 0]], "broken 0"),
    ([main5, block5(.init(repeating: 0xFF, count: 9))], "broken 0"),
    ([main5, block5([5]), [0, 0]], "broken 0"), ([main5, block5([5, 0])], "broken 0"),
    ([main5, block5([2, 1]), [0]], "broken 0"), ([main5, block5([2, 1, 4])], "broken 0"),
    ([main5, block5([2, 2]), [0]], "broken 0"), ([block5([1, 0]), end5], "broken 0"),
    ([block5([1, 0, 2]), end5], "broken 0"),
    // More data than any file has.
    ([main5, block5([3, 2] + most5), end5], "broken 0"),
    ([main5, block5([4, 0, 0]), end5], "broken 0 encrypted volume"),
    // The third volume, without those before it.
    ([block5([1, 0, 3, 2]), end5], "whole, ends at 25 0 volume lacks volumes"),
    ([block5([1, 0, 3, 0]), end5], "whole, ends at 25 0 volume"),
    ([main5, block5([2, 8, 0]), end5], "whole, ends at 32 0 lacks volumes begins in a member"),
    ([main5, block5([2, 16, 0])], "whole, ends at 24 1 lacks volumes cut"),
    ([main5, block5([5, 0, 1])], "whole, ends at 24 0 lacks volumes"),
    // A record of the member's extra area says how it is encrypted; one that is cut says nothing.
    ([main5, block5([2, 1, 2, 1, 1]), end5], "broken 1 encrypted"),
    ([main5, block5([2, 1, 2, 9, 1]), end5], "whole, ends at 34 1"),
    ([main5, block5([2, 1, 2, 1, 2]), end5], "whole, ends at 34 1"),
    // A link with bytes of its own, and one without.
    (
      [main5, block5([2, 3, 2, 65, 1, 5]), .init(repeating: 1, count: 65), end5],
      "whole, ends at 100 1 a filled link 27..<92"
    ),
    ([main5, block5([2, 3, 2, 4, 1, 5]), [1, 2, 3, 4], end5], "whole, ends at 39 1 27..<31"),
    ([main5, block5([2, 1, 2, 1, 5]), end5], "whole, ends at 34 1"),
  ]

  @Test("of a RAR 5, headers are read as far as they are such", arguments: rar5Cases)
  func rar5(blocks: [[UInt8]], expected: String) {
    #expect(words(Self.mark5 + blocks.joined()) == expected)
  }

  @Test("a RAR 5 ends behind its last header, if that is one by its checksum")
  func endOfRAR() {
    var header: [UInt8] = [3, 5, 0, 0]
    var checksum: [UInt8] = []
    checksum.append(number: Int(CRC32.of(header)), 4)
    let before = [UInt8](repeating: 0x61, count: 20)
    let behind = Array("and what stands behind it, as long as it may be".utf8)
    let source = KeptBytes(before + checksum + header + behind)
    // libarchive stops somewhere in it.
    for place in 20...28 { #expect(RARHeaders.end(of: source, near: place) == 28) }
    header[3] = 1
    #expect(RARHeaders.end(of: KeptBytes(before + checksum + header + behind), near: 24) == 24)
    // One that says that it is longer than what was looked at.
    let long = KeptBytes(before + checksum + [200, 5, 0, 0] + behind)
    #expect(RARHeaders.end(of: long, near: 24) == 24)
  }

  // MARK: Zip

  /// A record of the directory, for a member whose name has one byte and which holds nothing.
  private static let record: [UInt8] = {
    var record: [UInt8] = [0x50, 0x4B, 1, 2] + [UInt8](repeating: 0, count: 43)
    (record[28], record[46]) = (1, 0x61)
    return record
  }()

  /// What ends a zip with so many members, whose directory has so many bytes and stands in front of it at `start`.
  private static func endOfZip(_ source: KeptBytes, from start: Int) -> Int? {
    ZipDirectory.end(of: source, from: start, ArchiveBudget(ArchiveLimits(), progress: {}))
  }

  private static func end(
    _ members: Int, bytes: Int, start: Int, comment: Int = 0, part: Int = 0
  ) -> [UInt8] {
    var end: [UInt8] = [0x50, 0x4B, 5, 6]
    for (number, count) in [(part, 2), (0, 2), (members, 2), (members, 2), (bytes, 4), (start, 4)] {
      end.append(number: number, count)
    }
    end.append(number: comment, 2)
    return end
  }

  @Test("of a zip that is read as a stream, what ends it is passed record by record")
  func endOfZip() {
    let records = Self.record + Self.record
    let end = Self.end(2, bytes: 94, start: 0, comment: 3) + [1, 2, 3]
    let signature: [UInt8] = [0x50, 0x4B, 5, 5, 4, 0, 1, 2, 3, 4]
    let far: [UInt8] = [0x50, 0x4B, 6, 6, 44] + [UInt8](repeating: 0, count: 7 + 44)
    let locator: [UInt8] = [0x50, 0x4B, 6, 7] + [UInt8](repeating: 0, count: 16)
    let behind: [UInt8] = [0x61, 0x62]
    for between: [UInt8] in [[], signature, far + locator, signature + far + locator] {
      let zip = records + between + end
      #expect(Self.endOfZip(KeptBytes(zip + behind), from: 0) == zip.count)
      #expect(Self.endOfZip(KeptBytes(behind + zip), from: 2) == 2 + zip.count)
    }
    // A record that there is not, one that is cut, and none.
    let others: [[UInt8]] = [[0x50, 0x4B, 9, 9], [0x50, 0x4B], [0x50], []]
    for other in others {
      #expect(Self.endOfZip(KeptBytes(records + other), from: 0) == nil, "\(other)")
    }
    // One that says that it is longer than anything ends nowhere.
    var endless = far
    endless.replaceSubrange(4..<12, with: [UInt8](repeating: 0xFF, count: 8))
    #expect(Self.endOfZip(KeptBytes(endless + end), from: 0) == nil)
    // There are no more records than members.
    var limits = ArchiveLimits()
    limits.members = 1
    let many = KeptBytes(records + signature + signature + signature + signature + end)
    #expect(ZipDirectory.end(of: many, from: 0, ArchiveBudget(limits, progress: {})) == nil)
  }

  @Test("what ends a zip is the last that its comment fits behind")
  func directory() throws {
    let whole = Self.record + Self.end(1, bytes: 47, start: 0, comment: 22)
    // In the comment of the first stands what would end another, with a comment that is longer than the file.
    let zip = whole + Self.end(7, bytes: 0, start: 0, comment: 1)
    let directory = try #require(ZipDirectory(KeptBytes(zip)))
    #expect(directory.members == 1 && directory.start == 0 && directory.bytes == 47)
    #expect(directory.end == whole.count && directory.shift == 0 && !directory.isSplit)
    // What stands before the archive moves all places.
    let moved = try #require(ZipDirectory(KeptBytes([1, 2, 3] + zip)))
    #expect(moved.start == 3 && moved.shift == 3 && moved.end == whole.count + 3)
    let split = Self.record + Self.end(1, bytes: 47, start: 0, part: 2)
    #expect(ZipDirectory(KeptBytes(split))?.isSplit == true)
    // Who lists members, but has no records, has no directory.
    #expect(ZipDirectory(KeptBytes(Self.end(1, bytes: 0, start: 0))) == nil)
    #expect(ZipDirectory(KeptBytes(Self.end(0, bytes: 0, start: 0)))?.members == 0)
  }

  @Test(
    "a folder with bytes, and a link that is longer than a path, are odd; places beyond all numbers are not",
    arguments: [
      (0o040755, 5, 5, 0, true), (0o040755, 0, 25, 0, true), (0o040755, 0, 24, 0, false),
      (0o120777, 5000, 50, 0, true), (0o120777, 4096, 50, 0, false), (0o100644, 5000, 50, 0, false),
      (0o100644, 5, 0xFFFF_FFFF, 0xFFFF_FFFF, false),
    ])
  func oddMembers(mode: Int, unpacked: Int, packed: Int, offset: Int, isOdd: Bool) throws {
    var record = Self.record
    func set(_ number: Int, _ count: Int, at place: Int) {
      var bytes: [UInt8] = []
      bytes.append(number: number, count)
      record.replaceSubrange(place..<(place + count), with: bytes)
    }
    set(3, 1, at: 5)
    set(packed, 4, at: 20)
    set(unpacked, 4, at: 24)
    set(mode << 16, 4, at: 38)
    set(offset, 4, at: 42)
    if offset > 0 {
      // The field of large numbers: packed and offset are 2⁶³-1.
      record +=
        [1, 0, 16, 0] + ([UInt8](repeating: 0xFF, count: 7) + [0x7F])
        + ([UInt8](repeating: 0xFF, count: 7) + [0x7F])
      set(20, 2, at: 30)
    }
    let source = KeptBytes(record + Self.end(1, bytes: record.count, start: 0))
    let directory = try #require(ZipDirectory(source))
    let members = try #require(ZipMembers(directory, of: source, from: 0))
    #expect(members.count == 1)
    #expect(members.hasOddOne == isOdd)
    #expect(members.gaps == [])
  }

  @Test("a zip whose records are others than it counts is miscounted, or holds something else")
  func miscounted() throws {
    let records = Self.record + Self.record
    for (members, bytes, expected) in [(2, 94, false), (3, 94, true), (1, 94, true)] {
      let source = KeptBytes(records + Self.end(members, bytes: bytes, start: 0))
      let directory = try #require(ZipDirectory(source))
      let found = try #require(ZipMembers(directory, of: source, from: 0))
      #expect(found.isMiscounted == expected && found.count == 2)
    }
    let source = KeptBytes(records + [0] + Self.end(3, bytes: 95, start: 0))
    let directory = try #require(ZipDirectory(source))
    let isListed = ZipMembers(directory, of: source, from: 0) != nil
    #expect(!isListed)
  }

  // MARK: 7z

  @Test("of a 7z, what no sum can hold stands nowhere, and a wrong checksum is none")
  func sevenZip() throws {
    let written = SevenZipHeader.written(packed: 5, directory: [1, 2, 3])
    #expect(SevenZipHeader(KeptBytes(written), start: 0)?.directory == 37..<40)
    #expect(SevenZipHeader(KeptBytes([9, 9] + written), start: 2)?.directory == 39..<42)
    for number in [0, 8, 12, 27] {
      var changed = written
      changed[number] ^= 1
      #expect(SevenZipHeader(KeptBytes(changed), start: 0) == nil, "\(number)")
    }
    #expect(SevenZipHeader(KeptBytes(Array(written.dropLast())), start: 0) == nil)
    func header(_ place: Int, _ count: Int) -> SevenZipHeader? {
      var rest: [UInt8] = []
      rest.append(number: place, 8)
      rest.append(number: count, 8)
      rest.append(number: 0, 4)
      var bytes = SevenZipHeader.mark + [0, 4]
      bytes.append(number: Int(CRC32.of(rest)), 4)
      return SevenZipHeader(KeptBytes(bytes + rest), start: 0)
    }
    #expect(header(.max, 1)?.directory == .max..<(.max))
    #expect(header(.max - 32, 1)?.directory == .max..<(.max))
    #expect(header(.max - 40, 8)?.directory == (.max - 8)..<(.max))
    // Whose writing was broken off has zeros in place of a checksum.
    let broken = SevenZipHeader.mark + [UInt8](repeating: 0, count: 26)
    #expect(SevenZipHeader(KeptBytes(broken), start: 0)?.hasNoDirectory == true)
  }

  private static let most7 = [UInt8](repeating: 0xFF, count: 8) + [0x7F]

  private static let malformedCases: [(what: String, parts: [[UInt8]])] = [
    ("a place beyond all numbers", [[6], most7, [1, 9, 1, 0]]),
    ("a sum beyond all numbers", [[6, 0, 2, 9], most7, most7, [0]]),
    ("more streams than bytes", [[6, 0, 9, 9, 1]]),
    ("a stream without its size", [[6, 0, 1, 9]]),
    ("checksums that are cut", [[6, 0, 1, 9, 1, 0x0A, 1, 1, 2]]),
    ("no end", [[6, 0, 1, 9, 1]]),
    ("more folders than bytes", [[6, 0, 1, 9, 1, 0, 7, 0x0B, 9, 0]]),
    ("folders that stand elsewhere", [[6, 0, 1, 9, 1, 0, 7, 0x0B, 1, 1, 1, 1, 0]]),
    ("no folders", [[6, 0, 1, 9, 1, 0, 7, 0x0C]]),
    ("no sizes", [[6, 0, 1, 9, 1, 0, 7, 0x0B, 1, 0, 1, 1, 0, 0]]),
    ("no end of folders", [[6, 0, 1, 9, 1, 0, 7, 0x0B, 1, 0, 1, 1, 0, 0x0C, 1, 8, 0]]),
    ("a number that is cut", [[6, 0xFF, 1, 2]]),
    ("nothing of a number", [[6]]),
    // Two folders of nine members each, and no room for a checksum of each.
    (
      "more members than bytes",
      [
        [6, 0, 1, 9, 1, 0, 7, 0x0B, 2, 0, 1, 1, 0, 1, 1, 0, 0x0C, 1, 1, 0, 8, 0x0D, 9, 9, 0x0A],
        [UInt8](repeating: 0, count: 9),
      ]
    ),
  ]

  @Test(
    "a 7z's directory that is cut, or counts more than it has, is malformed",
    arguments: malformedCases)
  func malformed(what: String, parts: [[UInt8]]) {
    let directory = Array(parts.joined())
    #expect(throws: SevenZipMalformed.self) { try SevenZipStreams(directory[...]) }
  }

  @Test("streams stand behind each other, whether they have checksums or not")
  func streams() throws {
    let sums: [UInt8] = [0x0A, 0, 0x80, 1, 2, 3, 4]
    for checksums: [UInt8] in [[], sums] {
      let directory: [UInt8] = [6, 2, 2, 9, 5, 7] + checksums + [0]
      let streams = try SevenZipStreams(directory[...])
      #expect(streams.ranges == [34..<39, 39..<46])
      #expect(streams.folders.isEmpty && !streams.isEncrypted)
    }
  }

  // MARK: Others

  private static let xz: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4]
  private static let embeddedCases: [(mark: [UInt8], rest: [UInt8], kind: ArchiveKind?)] = [
    (xz, [0xE6, 0xD6, 0xB4, 0x46], .xz), (xz, [0xE6, 0xD6, 0xB4, 0x47], nil), (xz, [], nil),
    (Array("BZh91AY&SY".utf8), [], .bzip2), (Array("BZh01AY&SY".utf8), [], nil),
    (Array("LZIP\u{01}".utf8), [12, 0], .lzip), (Array("LZIP\u{01}".utf8), [11, 0], nil),
    (mark4, main4Checked(13), .rar4), (mark4, main4Checked(12), nil), (mark4, main4, nil),
    ([0x02, 0x21, 0x4C, 0x18], [5, 0, 0, 0], .lz4), ([0x02, 0x21, 0x4C, 0x18], [0, 0, 0, 0], nil),
    ([0x04, 0x22, 0x4D, 0x18], [0x64, 0x40, 0xA7, 0], .lz4),
    ([0x04, 0x22, 0x4D, 0x18], [0x64, 0x30, 0xA7, 0], nil),
  ]

  /// A RAR 4's main header with its checksum, which says that it is so long.
  private static func main4Checked(_ size: Int) -> [UInt8] {
    let rest = Array(block4(0x73, 0, size, .init(repeating: 0, count: size - 7)).dropFirst(2))
    var bytes: [UInt8] = []
    bytes.append(number: Int(CRC32.of(rest)), 2)
    return bytes + rest
  }

  @Test("an archive behind something else is one only if its header is", arguments: embeddedCases)
  func embedded(mark: [UInt8], rest: [UInt8], kind: ArchiveKind?) {
    let source = KeptBytes(Array("a picture ".utf8) + mark + rest)
    let found = EmbeddedArchive(source, in: 0..<(source.size ?? 0))
    #expect(found?.kind == kind)
    if kind != nil { #expect(found?.offset == 10) }
  }

  @Test("bytes that a zstd or lz4 passes over count only if one follows")
  func skippable() {
    let passed: [UInt8] = [0x51, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 0xAA, 0xBB]
    let cases: [([UInt8], Int)] = [
      (passed + [0x28, 0xB5, 0x2F, 0xFD, 0], 10), (passed + [0x04, 0x22, 0x4D, 0x18, 0], 10),
      (passed + passed + [0x28, 0xB5, 0x2F, 0xFD, 0], 20), (passed + [0x1F, 0x8B, 8, 0], 0),
      (passed, 0), (passed + [0x61], 0), ([0x28, 0xB5, 0x2F, 0xFD, 0], 0), ([], 0),
    ]
    for (bytes, count) in cases {
      let skipped = ArchiveKind.skippableBytes(bytes.span)
      #expect(skipped == count)
    }
  }

  @Test(
    "LZMA of old is told by what it says of its size",
    arguments: [
      ([5, 0, 0, 0, 0, 0, 0, 0], 0, true), ([0, 0, 0, 0, 1, 0, 0, 0], 0, true),
      (.init(repeating: 0xFF, count: 8), 0, true), ([5, 0, 0, 0, 0, 1, 0, 0], 0, false),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE], 0, false),
      ([5, 0, 0, 0, 0, 0, 0, 0], 1, false),
    ] as [([UInt8], UInt8, Bool)])
  func lzma(size: [UInt8], code: UInt8, isOne: Bool) {
    let bytes: [UInt8] = [0x5D, 0, 0, 0x80, 0] + size + [code, 0]
    let kind = ArchiveKind(bytes.span)
    #expect(kind == (isOne ? .lzma : nil))
  }

  @Test("libarchive's words for what is encrypted mean what can be done about it")
  func encryption() {
    let expected: [(ArchiveKind, ArchiveFault)] = [
      (.zip, .encrypted), (.tar, .encrypted), (.sevenZip, .encrypted7z), (.rar4, .encryptedRAR),
      (.rar5, .encryptedRAR),
    ]
    for (kind, fault) in expected {
      for words in ["Encrypted file is unsupported", "Passphrase required for this entry"] {
        #expect(ArchiveFault.named(by: words, kind) == fault)
      }
      #expect(ArchiveFault.named(by: "Unsupported compression method", kind) == .method)
    }
  }

  @Test("one seeks within an archive, and never out of it")
  func seeking() {
    let input = ArchiveInput(KeptBytes(.init(repeating: 0, count: 100)), from: 20)
    let steps: [(Int, Int32, Int)] = [
      (10, 0, 10), (5, 1, 15), (-3, 1, 12), (-80, 2, 0), (80, 0, 80), (0, 2, 80), (81, 0, -30),
      (1, 1, -30), (-1, 0, -30), (-81, 2, -30), (.max, 1, -30), (0, 1, 80),
    ]
    for (offset, from, place) in steps { #expect(input.seek(offset, from: from) == place) }
    #expect(input.skip(1) == 0)
    #expect(input.seek(70, from: 0) == 70 && input.skip(30) == 10 && input.skip(-1) == 0)
  }

  @Test("a try of a password has the time of the archive, and no more")
  func time() {
    var limits = ArchiveLimits()
    let budget = ArchiveBudget(limits, progress: {})
    #expect(budget.hasTime && budget.take(1) == nil && budget.takeMember() == nil)
    limits.seconds = 0
    let spent = ArchiveBudget(limits, progress: {})
    #expect(!spent.hasTime && !ArchiveBudget(forTryWithin: spent).hasTime)
    #expect(spent.take(1) == .timeLimit && spent.takeMember() == .timeLimit)
  }

  @Test("a file of units is one by its mark, or by its NULs")
  func units() {
    let cases: [(bytes: [UInt8], isOfUnits: Bool)] = [
      ([0xFF, 0xFE, 0x61, 0, 0x62, 0], true), ([0xFE, 0xFF, 0, 0x61, 0, 0x62], true),
      (Array("ann:CANARY".utf8), false), ([], false),
    ]
    for (bytes, expected) in cases {
      let isOfUnits = TextDecoder.isOfUnits(bytes.span)
      #expect(isOfUnits == expected)
    }
  }

  // MARK: Readers

  /// What is wrong with an archive, in which there are no members.
  private func faults(_ source: any ByteSource, _ kind: ArchiveKind) throws -> [ArchiveFault] {
    let budget = ArchiveBudget(ArchiveLimits(), progress: {})
    let reader = try #require(ArchiveReader(ArchiveInput(source), kind: kind, budget: budget))
    loop: for _ in 0..<9 {
      switch reader.next() {
      case .end: break loop
      case .lost: continue
      case .member: Issue.record("there is no member")
      }
    }
    return reader.faults
  }

  @Test(
    "what the system does not read is no damage",
    arguments: [ArchiveKind.zip, .tar, .sevenZip])
  func failing(kind: ArchiveKind) throws {
    let folder = FileManager.default.temporaryDirectory.path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(descriptor) }
    // A folder opens, and is not read.
    let file = OpenFile(descriptor, size: 1000)
    let joined = JoinedFiles([KeptBytes([1]), file])
    #expect(joined.firstErrno == 0 && joined.size == 1001)
    #expect(joined.bytes(from: 0, limit: 5) == [1])
    #expect(joined.firstErrno == EISDIR && file.firstErrno == EISDIR)
    let faults = try faults(file, kind)
    #expect(faults.contains(.ioError) && !faults.contains(.damaged))
  }

  @Test("of no files nothing is read")
  func nothing() {
    let none = JoinedFiles([])
    #expect(none.size == 0 && none.firstErrno == 0 && none.bytes(from: 0, limit: 5) == [])
  }

  @Test("a zip whose records are others than it counts is damaged")
  func miscountedZip() throws {
    let zip = KeptBytes(Self.record + Self.end(2, bytes: 47, start: 0))
    let faults = try faults(zip, .zip)
    #expect(faults.contains(.damaged))
  }

  @Test("what a 7z says of itself is passed, and may not be longer than the directory")
  func properties() {
    // A stream of two bytes in a folder of one stored member.
    let streams: [UInt8] =
      [4, 6, 0, 1, 9, 2, 0, 7, 0x0B, 1, 0, 1, 1, 0, 0x0C, 2, 0, 0, 5, 0, 0, 0]
    func others(_ properties: [UInt8]) -> [Range<Int>]? {
      let directory = [1] + properties + streams
      let header = SevenZipHeader.written(packed: 3, directory: directory)
      // A byte that belongs to nothing stands behind the stream, and another behind the archive.
      let source = KeptBytes(header + [7, 8, 9] + directory + [0x61])
      return SevenZipArchive(
        source, from: 0, passwords: [], budget: ArchiveBudget(ArchiveLimits(), progress: {})
      )?.others
    }
    let end = 32 + 3 + 1 + streams.count
    #expect(others([]) == [34..<35, end..<(end + 1)])
    let known: [UInt8] = [2, 0x19, 2, 0x41, 0x42, 0x1A, 1, 0x43, 0]
    #expect(others(known) == [34..<35, (end + 9)..<(end + 10)])
    // Whose directory cannot be read may say of each byte in it what it is.
    #expect(others([2, 0x19, 0x7F, 0x41]) == [(end + 4)..<(end + 5)])
  }
}
