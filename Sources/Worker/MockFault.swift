#if DEBUG
  internal import Bytes

  #if canImport(Glibc)
    internal import Glibc
  #endif

  /// What a file asks of the worker that reads it, in the tests: to fail as a fault of ours or of a library would make it.
  ///
  /// Builds for release have nothing of this.
  enum MockFault: String, CaseIterable {
    case crash, hang, memory
    /// Frames that no worker sends.
    case longFrame = "long-frame"
    case unknownFrame = "unknown-frame"
    case cutFrame = "cut-frame"
    case strangeFile = "strange-file"

    private static let mark = "dumpsieve-mock-fault "

    /// Nil if `beginning` asks for nothing.
    init?(_ beginning: Span<UInt8>) {
      let mark = Array(Self.mark.utf8)
      guard beginning.count > mark.count, mark.indices.allSatisfy({ beginning[$0] == mark[$0] })
      else { return nil }
      let rest = (mark.count..<Swift.min(beginning.count, 64)).map { beginning[$0] }
      self.init(rawValue: String(decoding: rest.prefix { $0 > ASCII.space }, as: UTF8.self))
    }

    func act(on results: ResultPipe) {
      switch self {
      case .crash: preconditionFailure("a test asked for it")
      case .hang: while true { usleep(100_000) }
      case .memory: _ = [UInt8](repeating: 1, count: 1 << 42)
      case .longFrame: results.send(raw: [0xFF, 0xFF, 0xFF, 0x7F])
      case .unknownFrame: results.send(raw: [1, 0, 0, 0, 0xFE])
      case .cutFrame: results.send(raw: [2, 0, 0, 0, 1, 0])
      case .strangeFile:
        results.send(.fileDone(ResultFrame.FileDone(file: .max - 7, kind: .text)))
      }
    }
  }

  extension ResultPipe {
    fileprivate func send(raw bytes: [UInt8]) {
      gather(raw: bytes)
      flush()
    }
  }
#endif
