import Bytes
import Formats

/// Keeps what is found, and checks each range against the bytes.
private struct Recorder: CredentialSink {
  struct Found: Equatable {
    var host: [UInt8]
    var login: [UInt8]
    var password: [UInt8]
    var credential: Credential
  }

  var found: [Found] = []

  mutating func found(_ credential: Credential, in bytes: Span<UInt8>) {
    must(!credential.login.isEmpty, "a login is never empty")
    must(credential.login.start >= 0 && credential.login.end <= bytes.count, "login")
    must(credential.host.start >= 0 && credential.host.end <= bytes.count, "host")
    let password = credential.password(in: bytes)
    must(password.start >= 0 && password.end <= bytes.count, "password")
    must(
      credential.candidate == 0 || credential.record == found.last?.credential.record,
      "the candidates of a record follow one another")
    // Places differ from chunk to chunk; the texts there must not.
    var bare = credential
    bare.host = .empty
    bare.login = .empty
    bare.passwordField = .empty
    found.append(
      Found(
        host: bytes.copy(credential.host), login: bytes.copy(credential.login),
        password: bytes.copy(password), credential: bare))
  }
}

/// A layout reads a file alike whole and in pieces, and all of it.
func checkLayout<Fuzzed: Layout>(_ type: Fuzzed.Type, _ bytes: [UInt8]) {
  var layout = Fuzzed(labels: labels)
  var other = layout
  check(
    bytes, whole: { layout.read($0, isLast: $1, into: &$2) },
    pieces: { other.read($0, isLast: $1, into: &$2) })
  must(layout.recordCount == other.recordCount, "records, whole and in pieces")
}

/// What the fast reader of plain lines says of a line, the one of all lines says, too.
func checkPlainLines(_ bytes: [UInt8]) {
  var cutter = LineCutter(end: bytes.count, isLast: true)
  var marks = LineMarks()
  while cutter.offset < bytes.count {
    let start = cutter.offset
    guard let line = cutter.next(in: bytes.span) else { return }
    if !PlainLine.mayBegin(with: bytes[start]) { continue }
    marks.fill(from: start, of: bytes.span)
    let window = bytes.span.extracting(marks.start..<marks.end)
    var ends = marks.fieldEnds(from: 0)
    let read = marks.withView { view in
      PlainLine.read(at: 0, in: window, view, &ends, labels)
    }
    guard let plain = read else { continue }
    let split = DelimitedLine(line, in: bytes.span, labels)
    must(RecordField.first(in: line, of: bytes.span, labels) == nil, "no label")
    must(start + plain.next == cutter.offset, "the line's end")
    must(split.isCertain && split.count == (plain.isDoubtful ? 2 : 1), "the splits")
    must(split.candidate(0).login == plain.login.moved(by: start), "the login")
    must(split.candidate(0).host == plain.url.moved(by: start), "the URL")
    must(!split.candidate(0).password.isEmpty && !split.candidate(0).isHostDoubtful, "the password")
    if plain.isDoubtful {
      let other = split.candidate(1)
      must(
        other.login == plain.otherLogin.moved(by: start) && !other.password.isEmpty,
        "the other login")
      must(
        other.host.isEmpty && plain.otherURL.isEmpty
          || other.host == plain.otherURL.moved(by: start), "its URL")
    }
  }
}

/// So does the reader of all text, whose parts hand over to one another.
func checkMixedText(_ bytes: [UInt8]) {
  let first = Layouts.best(for: bytes.span, labels: labels)
  var text = MixedText(first: first, labels: labels)
  var other = text
  check(
    bytes, whole: { text.read($0, isLast: $1, into: &$2) },
    pieces: { other.read($0, isLast: $1, into: &$2) })
  must(text.recordCount == other.recordCount, "records, whole and in pieces")
  _ = FileKind(bytes.span)
}

private func check(
  _ bytes: [UInt8], whole read: (Span<UInt8>, Bool, inout Recorder) -> Int,
  pieces readPieces: (Span<UInt8>, Bool, inout Recorder) -> Int
) {
  var whole = Recorder()
  must(read(bytes.span, true, &whole) == bytes.count, "with isLast all bytes are taken")
  var chunked = Recorder()
  var held: [UInt8] = []
  for piece in pieces(bytes) {
    held += piece
    held.removeFirst(readPieces(held.span, false, &chunked))
  }
  _ = readPieces(held.span, true, &chunked)
  must(whole.found == chunked.found, "whole and in pieces")
}
