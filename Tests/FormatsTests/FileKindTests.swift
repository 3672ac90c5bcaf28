import Formats
import Testing

@Suite("file kind")
struct FileKindTests {
  static let kinds: [(what: String, bytes: [UInt8], kind: FileKind)] = [
    ("nothing", [], .empty), ("a letter", [0x61], .text), ("text", Array("URL: x\n".utf8), .text),
    ("a byte order mark and text", [0xEF, 0xBB, 0xBF] + Array("URL".utf8), .text),
    ("Windows-1252", Array("pr".utf8) + [0xEA, 0x74, 0x0A], .text),
    ("a login that begins like bzip2", Array("BZhang:CANARY\n".utf8), .text),
    ("text that begins like a zip", Array("PKuser:CANARY".utf8), .text),
    ("a password there", [UInt8](repeating: 0x61, count: 257) + Array("ustard-CANARY".utf8), .text),
    ("SQLite", Array("SQLite format 3\u{0}".utf8), .database),
    ("a JPEG", [0xFF, 0xD8, 0xFF, 0xE0], .binary), ("a PNG", [0x89, 0x50, 0x4E, 0x47], .binary),
    ("UTF-16 with a mark", [0xFF, 0xFE, 0x61, 0x00], .utf16),
    ("UTF-16, big end first", [0xFE, 0xFF, 0x00, 0x61], .utf16),
    ("UTF-16 without a mark", Array("login: ann".utf16).flatMap { [UInt8($0), 0] }, .utf16),
    ("the same, big end first", Array("login: ann".utf16).flatMap { [0, UInt8($0)] }, .utf16),
    ("zeros, as of a sparse download", [UInt8](repeating: 0, count: 4096), .binary),
    ("text padded with NULs", Array("Username: ann\nPassword: CANARY\u{0}\u{0}\n".utf8), .text),
    ("control characters", (0..<64).map { $0 % 8 }, .binary),
    ("text with escapes", Array("\u{1B}[31mURL: x\u{1B}[0m\n".utf8), .text),
  ]

  @Test("the first bytes decide", arguments: kinds)
  func kind(what: String, bytes: [UInt8], kind: FileKind) {
    #expect(FileKind(bytes.span) == kind)
  }
}
