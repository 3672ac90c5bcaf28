internal import Bytes
internal import Watchlists

#if canImport(Glibc)
  internal import Glibc
#endif

/// Asks the operator's own program whether a stolen password is still the account's (`--verify-with`).
///
/// This is the one way by which bytes of a password leave a worker: into a socket that the supervisor has connected to
/// the verifier, from where they lie in the file, without a copy. A question is the login, normalised, the password and the
/// host, each with a NUL behind it; the answer is a word and a line end. `docs/VERIFY.md` has the rest.
struct Verifier {
  /// Open as long as the process lives; reading and writing do not wait.
  private let descriptor: Int32
  /// By the keyed hash of the question: logs repeat themselves, and an answer takes the tenth of a second that a good
  /// password hash costs.
  private var answers: [UInt64: VerifierAnswer] = [:]
  private let hash = SipHash.random()
  /// The hashes of the file's questions: also of those that another file has asked, so that what is asked of a file does not
  /// depend on what this worker has read before.
  private var questionsOfFile: Set<UInt64> = []
  private var isLost = false

  /// One account's passwords in one file; who writes more of them wants the verifier to be busy.
  private static let maxQuestionsOfFile = 100
  private static let maxAnswers = 4096
  /// Longer ones are nobody's. With a login, less than a socket's buffer; where that is full, the verifier has not read
  /// what it answered, and writing fails, as nothing waits there.
  private static let maxPasswordBytes = 4096
  /// For one answer. Eight candidates of one record stay below the two minutes in which a worker must give a sign of life.
  private static let maxSilence = Duration.seconds(10)
  /// `still-valid` and its line end are the longest answer.
  private static let maxAnswerBytes = 16

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  mutating func beginFile() {
    if !questionsOfFile.isEmpty { questionsOfFile.removeAll(keepingCapacity: true) }
  }

  /// The verifier's answer; `unknown` if it is not asked, as there are too many questions, or the password is of no possible
  /// length.
  mutating func check(
    login: Span<UInt8>, host: Span<UInt8>, password: Span<UInt8>
  ) -> VerifierAnswer {
    guard (1...Self.maxPasswordBytes).contains(password.count), !Self.holdsNUL(login),
      !Self.holdsNUL(password)
    else { return .unknown }
    let question = (hash.hash(login) &* 31 &+ hash.hash(host)) &* 31 &+ hash.hash(password)
    if !questionsOfFile.contains(question) {
      guard questionsOfFile.count < Self.maxQuestionsOfFile else { return .unknown }
      questionsOfFile.insert(question)
    }
    if let answer = answers[question] { return answer }
    if isLost { return .noAnswer }
    // What stands there before the question is no answer to it.
    guard !hasBytes(within: .zero), write(login), write(password), write(host),
      let answer = answer()
    else {
      // What it says from now on may be the answer to this.
      isLost = true
      return .noAnswer
    }
    if answers.count >= Self.maxAnswers { answers.removeAll(keepingCapacity: true) }
    answers[question] = answer
    return answer
  }

  private static func holdsNUL(_ text: Span<UInt8>) -> Bool {
    text.firstOffset(of: 0, in: 0..<text.count) != nil
  }

  /// Writes the text and a NUL; false if the verifier has gone.
  private func write(_ text: Span<UInt8>) -> Bool {
    guard unsafe text.withUnsafeBytes({ unsafe write($0) }) else { return false }
    let end: [UInt8] = [0]
    return unsafe end.withUnsafeBytes { unsafe write($0) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var written = 0
    while written < bytes.count {
      let step = unsafe Glibc.write(
        descriptor, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { return false }
      written += step
    }
    return true
  }

  /// The line that it answers, or nil if it says nothing in time, or something else.
  private func answer() -> VerifierAnswer? {
    let deadline = ContinuousClock.now + Self.maxSilence
    var line: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: Self.maxAnswerBytes)
    while line.count < Self.maxAnswerBytes, hasBytes(within: deadline - .now) {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe read(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0 && (errno == EAGAIN || errno == EINTR) { continue }
      guard count > 0 else { return nil }
      line += bytes[0..<count]
      if line.last == ASCII.lineFeed {
        return VerifierAnswer(answer: String(decoding: line.dropLast(), as: UTF8.self))
      }
    }
    return nil
  }

  /// Whether there is something to read, or nobody writes any more.
  private func hasBytes(within time: Duration) -> Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let (seconds, attoseconds) = time.components
    let milliseconds = Swift.max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    // A signal that interrupts it ends the worker.
    return unsafe poll(&polled, 1, Int32(milliseconds)) > 0
  }
}

extension SipHash {
  /// Under a key that nobody knows, and that is forgotten with the value.
  static func random() -> SipHash {
    var generator = SystemRandomNumberGenerator()
    return SipHash(k0: generator.next(), k1: generator.next())
  }
}
