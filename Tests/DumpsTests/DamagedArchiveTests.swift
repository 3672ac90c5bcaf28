import Foundation
import Testing

@testable import Dumps

/// What is damaged in an archive is told, and costs no more than it must.
@Suite("damaged archives")
struct DamagedArchiveTests {
  /// A zip, and where in it the members' headers and their records stand.
  struct Zip {
    var bytes: [UInt8] = []
    var members: [Int] = []
    var records: [Int] = []
    /// Where its end stands.
    var end = 0

    /// One of stored members, called `0`, `1` and so on.
    init(_ count: Int) {
      var directory: [UInt8] = []
      for number in 0..<count {
        let (name, data) = (Array("\(number)".utf8), DamagedArchiveTests.data(number))
        var fields: [UInt8] = []
        let sum = Int(CRC32.of(data))
        let numbers = [(20, 2), (0, 2), (0, 2), (0, 4), (sum, 4), (data.count, 4), (data.count, 4)]
        for (number, count) in numbers + [(name.count, 2), (0, 2)] {
          fields.append(number: number, count)
        }
        members.append(bytes.count)
        records.append(directory.count)
        directory += ZipDirectory.recordMark + [20, 0] + fields + [UInt8](repeating: 0, count: 10)
        directory.append(number: bytes.count, 4)
        directory += name
        bytes += ZipDirectory.memberMark + fields + name + data
      }
      records = records.map { $0 + bytes.count }
      let start = bytes.count
      bytes += directory
      end = bytes.count
      bytes += Array("PK\u{05}\u{06}".utf8)
      for (number, size) in [(0, 4), (count, 2), (count, 2), (directory.count, 4), (start, 4)] {
        bytes.append(number: number, size)
      }
      bytes += [0, 0]
    }

    /// Sets bytes of a member's own header, whose name has one byte, and in its record, in which most stands two further on.
    mutating func set(_ new: [UInt8], at place: Int, ofMember member: Int) {
      set(new, at: members[member] + place)
      set(new, at: records[member] + place + 2)
    }

    mutating func set(_ new: [UInt8], at place: Int) {
      bytes.replaceSubrange(place..<(place + new.count), with: new)
    }
  }

  static func data(_ number: Int) -> [UInt8] { Array("what the member \(number) holds".utf8) }

  /// What was read of an archive.
  struct Reading {
    /// Names of members that were read whole, and of others with what was wrong.
    var whole: [String] = []
    var broken: [String: [ArchiveFault]] = [:]
    var faults: [ArchiveFault] = []
    var others: [Range<Int>] = []
  }

  private func read(
    _ bytes: [UInt8], _ kind: ArchiveKind = .zip, from start: Int = 0
  ) throws -> Reading {
    try read(ArchiveInput(KeptBytes(bytes), from: start, isOutermost: true), kind)
  }

  private func read(_ input: ArchiveInput, _ kind: ArchiveKind) throws -> Reading {
    let budget = ArchiveBudget(ArchiveLimits(), progress: {})
    let reader = try #require(ArchiveReader(input, kind: kind, budget: budget))
    var reading = Reading()
    loop: while true {
      switch reader.next() {
      case .end: break loop
      case .lost(let fault, let member):
        reading.broken[String(decoding: member?.name ?? [], as: UTF8.self), default: []] += [fault]
      case .member(let member, let stream):
        let name = String(decoding: member.name, as: UTF8.self)
        let data = stream.bytes(from: 0, limit: 1000)
        stream.drain()
        if !stream.faults.isEmpty {
          reading.broken[name, default: []] += stream.faults
        } else if kind != .zip || data == Self.data(Int(name) ?? -1) {
          reading.whole.append(name)
        }
      }
    }
    (reading.faults, reading.others) = (reader.faults, reader.others)
    return reading
  }

  private static let lostDirectories: [(what: String, change: @Sendable (inout Zip) -> Void)] = [
    ("the mark of its first record", { $0.bytes[$0.records[0] + 1] ^= 8 }),
    ("the mark of another", { $0.bytes[$0.records[1] + 1] ^= 8 }),
    ("its size is 0", { $0.set([0, 0, 0, 0], at: $0.end + 12) }),
    ("its size is too small", { $0.bytes[$0.end + 12] -= 1 }),
    ("its size is too large", { $0.bytes[$0.end + 12] += 1 }),
    ("bytes at its start", { $0.bytes.insert(contentsOf: [1, 2, 3, 4], at: $0.records[0] + 2) }),
    ("bytes within it", { $0.bytes.insert(contentsOf: [1, 2, 3, 4], at: $0.records[1]) }),
  ]

  @Test(
    "the members of a zip are read whatever its directory has become, and that is told",
    arguments: lostDirectories)
  func lostDirectory(what: String, change: @Sendable (inout Zip) -> Void) throws {
    for count in 2...3 {
      var zip = Zip(count)
      change(&zip)
      for before in [0, 7] {
        let bytes = [UInt8](repeating: 0x20, count: before) + zip.bytes
        let reading = try read(bytes, from: before)
        #expect(reading.whole == (0..<count).map { "\($0)" }, "\(what)")
        #expect(reading.faults == [.damaged] && reading.broken.isEmpty, "\(what)")
      }
    }
  }

  private static let badMembers:
    [(what: String, fault: ArchiveFault, change: @Sendable (inout Zip, Int) -> Void)] = [
      // No block of deflate begins so.
      (
        "packed bytes that are none", .damaged,
        {
          $0.set([8, 0], at: 8, ofMember: $1)
          $0.set([0xFF, 0xFF], at: $0.members[$1] + 31)
        }
      ),
      (
        "a name that is longer than the file", .truncated,
        { $0.set([0xFF, 0xFF], at: $0.members[$1] + 26) }
      ),
      ("another place", .damaged, { $0.bytes[$0.records[$1] + 42] += 1 }),
      (
        "a place behind the file", .truncated,
        { $0.set([UInt8($1), 0, 0, 0x10], at: $0.records[$1] + 42) }
      ),
      ("strong encryption", .encrypted, { $0.set([0x41, 0], at: 6, ofMember: $1) }),
      (
        "AES without its field", .damaged,
        {
          $0.set([1, 0], at: 6, ofMember: $1)
          $0.set([99, 0], at: 8, ofMember: $1)
        }
      ),
      ("no mark", .damaged, { $0.bytes[$0.members[$1]] = 0 }),
      // The name's last byte becomes a field's first.
      (
        "a field that is cut, in its record", .damaged,
        {
          $0.set([0, 0, 1, 0], at: $0.records[$1] + 28)
        }
      ),
    ]

  @Test("a member that is damaged costs no other", arguments: badMembers)
  func badMember(
    what: String, fault: ArchiveFault, change: @Sendable (inout Zip, Int) -> Void
  ) throws {
    for bad in [[0], [4], [9], [0, 1], [3, 4, 7], Array(0..<10)] {
      var zip = Zip(10)
      for member in bad { change(&zip, member) }
      let reading = try read([1, 2, 3] + zip.bytes, from: 3)
      let others = (0..<10).filter { !bad.contains($0) }
      #expect(reading.whole == others.map { "\($0)" }, "\(what) \(bad)")
      let faults = reading.broken.values.flatMap { $0 }
      #expect(faults == bad.map { _ in fault }, "\(what) \(bad)")
      #expect(reading.faults == [], "\(what) \(bad)")
    }
  }

  /// A zip of five members, and from where on it is read.
  private static let oddZips:
    [(what: String, whole: [Int], fault: ArchiveFault?, make: @Sendable (Zip) -> ([UInt8], Int))] =
      [
        ("its beginning is lost", [1, 2, 3, 4], .truncated, { (Array($0.bytes[10...]), 0) }),
        (
          "places that count from the beginning of the file", [0, 1, 2, 3, 4], nil,
          { zip in
            var zip = zip
            let before = [UInt8](repeating: 1, count: 700)
            for place in zip.records.map({ $0 + 42 }) + [zip.end + 16] {
              let number = zip.bytes.number(place, 4) + before.count
              zip.set([UInt8(truncatingIfNeeded: number), UInt8(number >> 8)], at: place)
            }
            return (before + zip.bytes, before.count)
          }
        ),
        (
          "its records stand in another order, and a member is damaged", [0, 1, 3, 4], .damaged,
          { zip in
            var bytes = zip.bytes
            let size = zip.records[1] - zip.records[0]
            let records = zip.records.reversed().flatMap { bytes[$0..<($0 + size)] }
            bytes.replaceSubrange(zip.records[0]..<zip.end, with: records)
            bytes[zip.members[2]] = 0
            return ([1, 2, 3] + bytes, 3)
          }
        ),
        (
          "two of one place", [0, 2, 3, 4], .membersMissing,
          { zip in
            var zip = zip
            zip.set(Array(zip.bytes[(zip.records[0] + 42)...].prefix(4)), at: zip.records[1] + 42)
            return (zip.bytes, 0)
          }
        ),
        (
          "a place beyond all numbers", [1, 2, 3, 4], .truncated,
          { zip in
            var zip = zip
            zip.set([255, 255, 255, 255], at: zip.records[0] + 42)
            zip.set([12, 0], at: zip.records[0] + 30)
            let field: [UInt8] = [1, 0, 8, 0] + [UInt8](repeating: 255, count: 7) + [127]
            zip.bytes.insert(contentsOf: field, at: zip.records[1])
            zip.bytes[zip.end + field.count + 12] += UInt8(field.count)
            return ([9] + zip.bytes, 1)
          }
        ),
      ]

  @Test("a zip is read by its directory wherever that says its members are", arguments: oddZips)
  func odd(
    what: String, whole: [Int], fault: ArchiveFault?, make: @Sendable (Zip) -> ([UInt8], Int)
  ) throws {
    let (bytes, start) = make(Zip(5))
    let reading = try read(bytes, from: start)
    #expect(reading.whole == whole.map { "\($0)" }, "\(what)")
    #expect(reading.broken.values.flatMap { $0 } == [fault].compactMap { $0 }, "\(what)")
    #expect(reading.faults == [], "\(what)")
  }

  @Test(
    "where members of a zip should begin and do not, the bytes are looked through, as one if they are beside each other"
  )
  func shifted() throws {
    var zip = Zip(5)
    zip.bytes.insert(0x20, at: zip.records[0])
    let reading = try read(zip.bytes)
    #expect(reading.whole.isEmpty && reading.broken.count == 5)
    #expect(reading.others.count == 1 && reading.others[0].lowerBound <= 1)
    zip = Zip(5)
    for member in [1, 2, 4] { zip.bytes[zip.members[member]] = 1 }
    let other = try read(zip.bytes)
    #expect(other.whole == ["0", "3"])
    #expect(other.others.map(\.upperBound) == [zip.members[3], zip.records[0]])
    #expect(zip.members[0]..<zip.members[1] ~= other.others[0].lowerBound)
  }

  @Test("a member has the name that the directory gives it, whatever its own header makes a name")
  func names() throws {
    var zip = Zip(3)
    // Of its own bytes, all become its name.
    zip.set([20], at: zip.members[1] + 26)
    let reading = try read(zip.bytes)
    #expect(reading.whole == ["0", "2"] && Set(reading.broken.keys) == ["1"])
  }

  @Test("behind a damaged member of a zip without a directory, the rest is looked through")
  func damagedStream() throws {
    var zip = Zip(3)
    zip.set([8, 0], at: 8, ofMember: 1)
    zip.set([0xFF, 0xFF], at: zip.members[1] + 31)
    zip.bytes[zip.records[0]] = 0
    let reading = try read(zip.bytes)
    #expect(reading.whole == ["0"] && reading.faults == [.damaged])
    let others = try #require(reading.others.first)
    #expect((zip.members[1]...zip.members[2]).contains(others.lowerBound))
    #expect(others.upperBound == zip.bytes.count)
  }

  @Test("what stands beside an archive within a tar ends with it, whatever a header says")
  func besideWithin() throws {
    let mark = Array("Rar!\u{1A}\u{07}\u{00}".utf8)
    // Their checksums are wrong, so libarchive gives up.
    let main: [UInt8] = [0, 0, 0x73, 0, 0, 13, 0] + Self.zeros[..<6]
    let comment: [UInt8] = [0, 0, 0x75, 0, 0x80, 11, 0, 0xFF, 0xFF, 0xFF, 0]
    let start = mark.count + main.count + comment.count
    let rar = mark + main + comment + [UInt8](repeating: 1, count: 300_000)
    let tar = Self.tar("0", rar.count) + rar + Self.zeros
    let outer = try #require(
      ArchiveReader(
        ArchiveInput(KeptBytes(tar), isOutermost: true), kind: .tar,
        budget: ArchiveBudget(ArchiveLimits(), progress: {})))
    guard case .member(_, let stream) = outer.next() else {
      Issue.record("no member")
      return
    }
    // As whoever asks what it is.
    _ = stream.bytes(from: 0, limit: 4096)
    let reading = try read(ArchiveInput(stream, isOutermost: false), .rar4)
    #expect(reading.others == [start..<rar.count])
  }

  @Test("of a zip, however many members are damaged, the others are read")
  func manyBadMembers() throws {
    var zip = Zip(1000)
    for member in 0..<500 { zip.bytes[zip.members[member]] = 0 }
    let reading = try read(zip.bytes)
    #expect(reading.whole == (500..<1000).map { "\($0)" })
    #expect(reading.broken.count == 500 && reading.faults.isEmpty)
  }

  @Test("a zip that says a wrong number of members is read by its directory")
  func miscounted() throws {
    for count in [1, 4] {
      var zip = Zip(3)
      zip.set([UInt8(count), 0, UInt8(count), 0], at: zip.end + 8)
      let reading = try read(zip.bytes)
      #expect(reading.whole.count == 3 && reading.faults == [.damaged])
    }
  }

  /// A header of tar for a member of that type.
  private static func tar(_ type: Unicode.Scalar, _ bytes: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func set(_ text: String, at place: Int) {
      header.replaceSubrange(place..<(place + text.utf8.count), with: Array(text.utf8))
    }
    set("a", at: 0)
    set("0000644", at: 100)
    set(String(bytes, radix: 8), at: 124)
    header[156] = UInt8(type.value)
    set("ustar", at: 257)
    set("00", at: 263)
    set("        ", at: 148)
    let sum = header.reduce(0) { $0 + Int($1) }
    set(String(sum, radix: 8) + "\u{0} ", at: 148)
    return header
  }

  private static let end = Array("PK\u{05}\u{06}".utf8) + [UInt8](repeating: 0, count: 18)
  private static let zeros = [UInt8](repeating: 0, count: 1024)
  private static let said = Array("16 comment=CANAR".utf8) + [UInt8](repeating: 0, count: 496)
  private static let gzip: [UInt8] = [
    0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]
  private static let emptyCases:
    [(what: String, kind: ArchiveKind, parts: [[UInt8]], isEmpty: Bool)] = [
      ("a zip", .zip, [end], true), ("with zeros", .zip, [end, zeros], true),
      ("with many zeros", .zip, [end] + Array(repeating: zeros, count: 200), true),
      (
        "with a comment and many zeros", .zip,
        [Array(end.dropLast(2)), [1, 0, 0x61]] + Array(repeating: zeros, count: 200), false
      ),
      ("a 7z", .sevenZip, [SevenZipHeader.written(packed: 0, directory: [])], true),
      (
        "with words of its own", .sevenZip,
        [
          SevenZipHeader.written(packed: 0, directory: [1, 2, 0x19, 40] + zeros[..<42]),
          [1, 2, 0x19, 40] + zeros[..<42],
        ], false
      ),
      ("a tar with a label", .tar, [tar("V", 0), zeros], true),
      ("with words of all members", .tar, [tar("g", 16), said, zeros], true),
      ("with many of them", .tar, [tar("g", 16), said, tar("g", 16), said, zeros], false),
      ("with a long name alone", .tar, [tar("L", 16), said, zeros], false),
      ("gzip", .gzip, [gzip], true), ("twice", .gzip, [gzip, gzip], true),
      ("a hundred times", .gzip, .init(repeating: gzip, count: 100), false),
    ]

  @Test("an archive of nothing has little more than its mark, or is damaged", arguments: emptyCases)
  func empty(what: String, kind: ArchiveKind, parts: [[UInt8]], isEmpty: Bool) throws {
    let reading = try read(Array(parts.joined()), kind)
    #expect(reading.whole.isEmpty && reading.broken.isEmpty && reading.others.isEmpty, "\(what)")
    #expect(reading.faults.isEmpty == isEmpty, "\(what)")
  }
}
