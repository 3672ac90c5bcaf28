#if canImport(Glibc)
  internal import Glibc
#endif

/// Where the bytes of a file come from: a descriptor, or an archive that is unpacked as it is read.
public protocol ByteSource {
  /// In bytes; nil if only the end tells, as of an archive's member.
  var size: Int? { get }

  /// Copies bytes from `offset` on into `room` and returns how many, 0 at the end; or what the system said (`errno`).
  ///
  /// `offset` is never negative. A source that has nothing but a stream need only give what follows the bytes it gave last.
  func read(into room: UnsafeMutableRawBufferPointer, from offset: Int) -> (
    count: Int, errno: Int32
  )

  /// Where the next byte at or behind `offset` stands that is stored: before it are zeros, if it is further on. A
  /// source that cannot tell gives `offset`.
  func nextStored(from offset: Int) -> Int

  /// What the system said at the first read that failed, whoever asked for what (`errno`); 0 if none did.
  ///
  /// Much of a file is looked at to know what it is. Where such a look fails, its reader may take the file for another than
  /// it is, and must not call it read.
  var firstErrno: Int32 { get }
}

extension ByteSource {
  public var firstErrno: Int32 { 0 }

  public func nextStored(from offset: Int) -> Int { offset }

  /// Fills `bytes` from `start` with up to `wanted` bytes of the file at `offset`: fewer only at its end, or behind an
  /// error.
  func fill(
    _ bytes: inout [UInt8], at start: Int, upTo wanted: Int, from offset: Int
  ) -> (count: Int, errno: Int32) {
    precondition(start >= 0 && wanted >= 0 && start + wanted <= bytes.count, "no room")
    // An archive may say that a part of it stands before its own beginning.
    guard offset >= 0 else { return (0, 0) }
    var count = 0
    while count < wanted {
      let step = unsafe bytes.withUnsafeMutableBytes { buffer in
        let room = unsafe UnsafeMutableRawBufferPointer(
          rebasing: buffer[(start + count)..<(start + wanted)])
        return unsafe read(into: room, from: offset + count)
      }
      if step.errno != 0 { return (count, step.errno) }
      if step.count == 0 { break }
      count += step.count
    }
    return (count, 0)
  }

  /// Where in `range` the first byte stands that is no zero, or nil.
  func firstContent(in range: Range<Int>) -> Int? {
    var place = range.lowerBound
    while place < range.upperBound {
      place = nextStored(from: place)
      let limit = Swift.min(64 << 10, range.upperBound - place)
      let piece = bytes(from: place, limit: limit)
      if let found = piece.firstIndex(where: { $0 != 0 }) { return place + found }
      if piece.isEmpty { return nil }
      place += piece.count
    }
    return nil
  }

  /// What is left of each part from its first byte on that is no zero; nothing of one that has none.
  public func contents(of parts: [Range<Int>]) -> [Range<Int>] {
    parts.compactMap { part in
      // A header may say that something stands behind the end.
      firstContent(in: part).map { $0..<Swift.min(part.upperBound, size ?? .max) }
    }
  }

  /// At most `limit` bytes of the file from `offset` on, whatever was read of it.
  public func bytes(from offset: Int, limit: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Swift.max(0, limit))
    let count = fill(&bytes, at: 0, upTo: bytes.count, from: offset).count
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}

/// A file that somebody else has opened, and closes.
public struct OpenFile: ByteSource {
  /// Open for reading; its position is not used.
  public let descriptor: Int32
  private let bytes: Int
  private let failure = Failure()

  private final class Failure {
    var errno: Int32 = 0
  }

  /// At the time of opening; what is added later is not read.
  public var size: Int? { bytes }

  public var firstErrno: Int32 { failure.errno }

  /// `SEEK_DATA` of linux/fs.h, which the C library hides from Swift.
  private static let seekData: Int32 = 3

  public init(_ descriptor: Int32, size: Int) {
    self.descriptor = descriptor
    bytes = size
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    while true {
      let count = unsafe pread(descriptor, room.baseAddress, room.count, off_t(offset))
      if count >= 0 { return (count, 0) }
      let code = errno
      if code == EINTR { continue }
      if failure.errno == 0 { failure.errno = code }
      return (0, code)
    }
  }

  public func nextStored(from offset: Int) -> Int {
    let next = lseek(descriptor, off_t(offset), Self.seekData)
    // Behind the last of them there is only a hole.
    if next < 0 { return errno == ENXIO ? bytes : offset }
    return Int(next)
  }
}

/// Parts of one file, one behind the other: the volumes of an archive.
public struct JoinedFiles: ByteSource {
  private let parts: [any ByteSource]
  /// Where each part ends.
  let ends: [Int]

  public var size: Int? { ends.last ?? 0 }

  public var firstErrno: Int32 { parts.lazy.map(\.firstErrno).first { $0 != 0 } ?? 0 }

  /// The parts must know their sizes.
  public init(_ parts: [any ByteSource]) {
    self.parts = parts
    var end = 0
    ends = parts.map { part in
      end += part.size ?? 0
      return end
    }
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    // The first that ends behind it.
    var (place, after) = (0, ends.count)
    while place < after {
      let middle = (place + after) / 2
      if ends[middle] <= offset { place = middle + 1 } else { after = middle }
    }
    guard place < ends.count else { return (0, 0) }
    let begin = place == 0 ? 0 : ends[place - 1]
    let count = Swift.min(room.count, ends[place] - offset)
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: room[0..<count])
    return unsafe parts[place].read(into: part, from: offset - begin)
  }
}

/// Some bytes of a file, as a file of their own.
public struct PartOfFile: ByteSource {
  private let whole: any ByteSource
  private let range: Range<Int>

  public var size: Int? { whole.size == nil ? nil : range.count }

  public var firstErrno: Int32 { whole.firstErrno }

  public init(_ whole: any ByteSource, _ range: Range<Int>) {
    self.whole = whole
    self.range = range
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    guard offset < range.count else { return (0, 0) }
    let count = Swift.min(room.count, range.count - offset)
    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: room[0..<count])
    return unsafe whole.read(into: part, from: range.lowerBound + offset)
  }

  public func nextStored(from offset: Int) -> Int {
    Swift.min(whole.nextStored(from: range.lowerBound + offset) - range.lowerBound, range.count)
  }
}

/// Bytes in memory.
public struct KeptBytes: ByteSource {
  private let bytes: [UInt8]

  public var size: Int? { bytes.count }

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  public func read(
    into room: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (count: Int, errno: Int32) {
    guard offset < bytes.count else { return (0, 0) }
    let count = Swift.min(room.count, bytes.count - offset)
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe room.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
    }
    return (count, 0)
  }
}
