import Bytes
import Formats
internal import Glibc

/// The targets by name; `FUZZ_TARGET` chooses one. They share one binary, which is built once.
let targets: [String: ([UInt8]) -> Void] = [
  "delimited-lines": {
    checkLayout(DelimitedLines.self, $0)
    checkPlainLines($0)
  },
  "labelled-blocks": { checkLayout(LabelledBlocks.self, $0) },
  "separated-values": { checkLayout(SeparatedValues.self, $0) },
  "mixed-text": checkMixedText,
  "cookies": checkCookies,
  "database": checkDatabase,
  "archive": checkArchive,
  "json-records": { checkLayout(JSONRecords.self, $0) },
  "xml-records": { checkLayout(XMLRecords.self, $0) },
  "text-decoder": checkTextDecoder,
  "marked-text": checkMarkedText,
  "login-normaliser": checkLoginNormaliser,
  "watchlist-header": checkWatchlistHeader,
  "watchlist": checkWatchlist,
  "accounts": checkAccounts,
  "key-file": checkKeyFile,
  "wire": checkWire,
  "log-facts": checkLogFacts,
  "safe-text": checkSafeText,
  "rule": checkRule,
  "config": checkConfig,
]

private let target: ([UInt8]) -> Void = {
  guard let name = unsafe getenv("FUZZ_TARGET"),
    let target = targets[unsafe String(cString: name)]
  else { preconditionFailure("FUZZ_TARGET names no target") }
  return target
}()

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

/// A labels' dictionary of every class, small enough for the fuzzer to learn.
let labels = LabelDictionary(
  [
    (Array("URL".utf8), .url), (Array("Host".utf8), .url), (Array("用户名".utf8), .login),
    (Array("Username".utf8), .login), (Array("Login".utf8), .login),
    (Array("Password".utf8), .password), (Array("Soft".utf8), .software),
    (Array("Profile".utf8), .profile), (Array("Seller".utf8), .seller), (Array("HWID".utf8), .hwid),
    (Array("MachineName".utf8), .machine), (Array("Date".utf8), .date),
    (Array("first name".utf8), .identity), (Array("email".utf8), .contact),
    (Array("card".utf8), .payment),
  ])

/// Text cut at places that follow from its bytes, so that a sample is an input as it stands.
///
/// No more than 65 of them: readers look at what they held back once more with each piece, and a long text given byte for
/// byte would cost as much as a hundred others.
func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
  if bytes.isEmpty { return [] }
  let sum = bytes.reduce(0) { ($0 &* 31) &+ Int($1) } & 0xFF_FFFF
  let first = 1 + sum / 61 % bytes.count
  let cuts = stride(from: first, to: bytes.count, by: 1 + sum % 61).prefix(64)
  return zip([0] + cuts, cuts + [bytes.count]).map { Array(bytes[$0..<$1]) }
}

/// `precondition`, which in an optimised build does not say what failed.
func must(_ holds: Bool, _ what: StaticString) {
  if !holds { fatalError("\(what)") }
}
