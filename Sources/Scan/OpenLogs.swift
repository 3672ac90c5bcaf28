internal import Dumps

#if canImport(Glibc)
  internal import Glibc
#endif

/// The logs that the walk is in, one within the other, with those of their own files that later units of theirs carry along: a log
/// of many files is known in each of its units by the same machine.
///
/// It holds descriptors of these files, and closes them.
struct OpenLogs: ~Copyable {
  /// A file of a log, of which later units get a copy of the descriptor.
  struct Carried {
    var name: [UInt8]
    /// In bytes.
    var size: UInt64
    var descriptor: Int32
    var isSystemFile: Bool
  }

  private struct Log {
    /// The walker's number of it.
    var number: UInt32
    var origin: UInt32
    var carried: [Carried] = []

    mutating func closeFiles() {
      for file in carried { _ = close(file.descriptor) }
      carried = []
    }
  }

  /// Files of a log's top folder that later units of the log carry along.
  static let maxCarried = 8
  /// Logs that stand one within the other whose own files are kept; of those further out no more is known
  /// than their first unit tells.
  private static let maxOpen = 4

  /// The innermost is the last.
  private var logs: [Log] = []

  deinit {
    for log in logs { for file in log.carried { _ = close(file.descriptor) } }
  }

  /// The origin of the log of that number, or nil if the walk is not in it.
  func origin(ofLog number: UInt32) -> UInt32? { logs.last { $0.number == number }?.origin }

  mutating func enter(_ number: UInt32, origin: UInt32) {
    logs.append(Log(number: number, origin: origin))
    if logs.count > Self.maxOpen { logs[logs.count - Self.maxOpen - 1].closeFiles() }
  }

  /// No file of the log comes any more; the origins of it and of those within it.
  mutating func leave(_ number: UInt32) -> [UInt32] {
    // A log whose files could all not be opened was never entered.
    guard let place = logs.lastIndex(where: { $0.number == number }) else { return [] }
    return leave(from: place)
  }

  mutating func leaveAll() -> [UInt32] { leave(from: 0) }

  private mutating func leave(from place: Int) -> [UInt32] {
    var origins: [UInt32] = []
    while logs.count > place {
      var log = logs.removeLast()
      log.closeFiles()
      origins.append(log.origin)
    }
    return origins
  }

  /// Keeps one of the innermost log's own files for later units.
  mutating func keep(_ file: DumpFile, _ name: [UInt8], isSystemFile: Bool) {
    // The walker gives those that describe the machine first.
    guard let log = logs.indices.last, logs[log].carried.count < Self.maxCarried else { return }
    let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
    if copy < 0 { return }
    logs[log].carried.append(
      Carried(
        name: name, size: UInt64(file.size), descriptor: copy, isSystemFile: isSystemFile))
  }

  /// The kept files of the log of that origin, if it is the innermost, with descriptors of their own.
  func copies(ofOrigin origin: UInt32) -> [Carried] {
    guard let log = logs.last, log.origin == origin else { return [] }
    return log.carried.compactMap { file in
      let copy = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
      if copy < 0 { return nil }
      var own = file
      own.descriptor = copy
      return own
    }
  }
}
