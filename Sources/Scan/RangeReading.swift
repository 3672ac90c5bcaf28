internal import Dumps
internal import Formats
internal import Watchlists
internal import Worker

/// What was found in one range of a big file, for the run that joins the ranges of that file.
///
/// Whether a range counts depends on the one before it, which another host may have read (`RangedFile`). So the host that
/// reads it writes down what its worker said, and the run that joins them takes that as it would from a worker:
/// checked again, and read again if it does not fit.
struct RangeReading {
  var range: ResultFrame.RangeDone
  var file: ResultFrame.FileDone
  /// Hits, counts, facts and traces.
  var found: [ResultFrame]

  /// A longer one is not handed on, and its range is read again where it is joined. In bytes.
  private static let maxBytes = 8 << 20
  /// Hexadecimal digits of what it was read under: 128 bits of a digest.
  static let digestDigits = 32

  /// `digest` says what it was read under: program, rules and lists. Nil if it is too long.
  func encoded(under digest: String) -> [UInt8]? {
    precondition(digest.utf8.count == Self.digestDigits, "a digest")
    var frames: [UInt8] = []
    for frame in [.rangeDone(range), .fileDone(file)] + found {
      frames += frame.encoded()
      if frames.count > Self.maxBytes { return nil }
    }
    return Array((digest + Self.checksum(frames)).utf8) + frames
  }

  /// So that a reading that was cut, if only between two frames, is none. In hexadecimal digits, as many as of the digest.
  private static func checksum(_ frames: [UInt8]) -> String {
    String(ContentDigest.sha256([frames]).prefix(digestDigits))
  }

  init(
    range: ResultFrame.RangeDone, file: ResultFrame.FileDone, found: [ResultFrame]
  ) {
    (self.range, self.file, self.found) = (range, file, found)
  }

  /// Nil if it is none, or was read under something else.
  init?(_ bytes: [UInt8], under digest: String) {
    let begin = 2 * Self.digestDigits
    guard bytes.count >= begin, bytes.count <= begin + Self.maxBytes,
      bytes.starts(with: (digest + Self.checksum(Array(bytes[begin...]))).utf8)
    else { return nil }
    var frames: [ResultFrame] = []
    var offset = begin
    while offset < bytes.count {
      guard bytes.count - offset >= 4 else { return nil }
      let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
      let start = offset + 4
      guard length > 0, length <= min(ResultFrame.maxBytes, bytes.count - start),
        let frame = try? ResultFrame(Array(bytes[start..<(start + length)]))
      else { return nil }
      frames.append(frame)
      offset = start + length
    }
    guard frames.count >= 2, case .rangeDone(let range) = frames[0],
      case .fileDone(let file) = frames[1]
    else { return nil }
    self.init(range: range, file: file, found: Array(frames.dropFirst(2)))
  }
}

/// Ranges that are read on one host and joined on another.
extension Supervisor {
  /// Keeps what was found in a range. One that was lost is not kept: whoever joins the file reads it again, and says
  /// what became of it.
  func record(_ unit: UInt32, lost code: Problem.Code?) {
    guard let ended = queue.finish(recordedRange: unit) else { return }
    let found = collector?.pending.take(range: ended.origin) ?? []
    guard code == nil, let range = ended.range.done, let file = ended.range.fileDone,
      // Whoever joins the file may be able to read it.
      file.errno == 0,
      let bytes = RangeReading(range: range, file: file, found: found)
        .encoded(under: readingDigest)
    else { return }
    let place = PlaceInDump(dump: ended.dump, path: ended.path)
    readings[place, default: [:]][ended.range.index] = bytes
  }

  /// Takes what other hosts have read of the big files that were begun since last asked; whether there were any.
  func replay() -> Bool {
    let begun = queue.takeBegun()
    for (number, file) in begun {
      for range in file.listed {
        guard let bytes = range.reading,
          let reading = RangeReading(bytes, under: readingDigest), isValid(reading)
        else { continue }
        let (origin, unit) = queue.makeRangeOrigin()
        for frame in reading.found { take(frame, of: number, file, origin: origin, unit: unit) }
        let answer = RangedFile.Answer.read(reading.range, reading.file)
        guard
          let outcome = queue.finish(recorded: range.index, of: number, answer, origin: origin)
        else {
          _ = collector?.pending.take(origin)
          continue
        }
        settle(outcome)
      }
    }
    return !begun.isEmpty
  }

  /// What a worker may say of a range, and no more.
  private func isValid(_ reading: RangeReading) -> Bool {
    let states = [reading.range.began, reading.range.ended]
    guard states.allSatisfy({ $0.isEmpty || LineState($0) != nil }),
      reading.file.kind != .archive, reading.file.kind != .unopened
    else { return false }
    return reading.found.allSatisfy { frame in
      switch frame {
      case .hit(let hit): collector?.isValid(hit) == true
      case .serviceCount(let count): collector?.isValid(count) == true
      case .logFacts(let facts): collector?.isValid(facts) == true
      case .logTraces(let traces): collector?.isValid(traces) == true
      default: false
      }
    }
  }

  private func take(
    _ frame: ResultFrame, of number: UInt32, _ file: UnitQueue.BigFile, origin: UInt32, unit: UInt32
  ) {
    var isTaken: Bool? = true
    switch frame {
    case .hit(var hit):
      hit.file = number
      isTaken = collector?.pending.add(hit, origin: origin, path: file.path)
    case .serviceCount(let count): isTaken = collector?.pending.add(count, origin: origin)
    case .logFacts(var facts):
      facts.unit = unit
      collector?.pending.add(facts, origin: origin)
    case .logTraces(let traces): collector?.pending.add(traces, origin: origin)
    default: break
    }
    if isTaken == false { coverage.tooManyFindings(dump: file.dump, path: file.path) }
  }
}
