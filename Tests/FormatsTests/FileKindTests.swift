import Formats
import Testing

@Suite("file kind")
struct FileKindTests {
  static let kinds: [(what: String, bytes: [UInt8], kind: FileKind)] = [
    ("nothing", [], .empty), ("a letter", [0x61], .text), ("text", Array("URL: x\n".utf8), .text),
    ("a byte order mark and text", [0xEF, 0xBB, 0xBF] + Array("URL".utf8), .text),
    ("Windows-1252", Array("pr".utf8) + [0xEA, 0x74, 0x0A], .text),
    ("a zip", Array("PK\u{3}\u{4}rest".utf8), .archive),
    ("an empty zip", Array("PK\u{5}\u{6}".utf8), .archive),
    ("RAR 4", Array("Rar!\u{1A}\u{7}\u{0}".utf8), .archive),
    ("RAR 5", Array("Rar!\u{1A}\u{7}\u{1}\u{0}".utf8), .archive),
    ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .archive), ("gzip", [0x1F, 0x8B, 8], .archive),
    ("bzip2", Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], .archive),
    ("a login that begins like bzip2", Array("BZhang:CANARY\n".utf8), .text),
    ("text that begins like a zip", Array("PKuser:CANARY".utf8), .text),
    ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .archive),
    ("zstd", [0x28, 0xB5, 0x2F, 0xFD], .archive),
    ("a tar", [UInt8](repeating: 0x61, count: 257) + Array("ustar\u{0}00".utf8), .archive),
    ("GNU's tar", [UInt8](repeating: 0x61, count: 257) + Array("ustar  \u{0}".utf8), .archive),
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
