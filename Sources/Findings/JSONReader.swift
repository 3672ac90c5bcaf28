/// Why a text is no JSON, or none of a findings document.
public struct DocumentFault: Error, Equatable {
  /// The member, such as `run.coverage.files`, or the byte; never what stands there.
  public var place: String
  public var reason: String

  public init(_ place: String, _ reason: String) {
    self.place = place
    self.reason = reason
  }

  /// For the person on duty.
  public var message: String { "\(place) \(reason)" }
}

/// Reads JSON as RFC 8259 has it, and nothing more: whole numbers only, no name twice in an object, and no deeper than
/// any document of ours. Its input may be anybody's.
struct JSONReader {
  /// A findings document has eight levels.
  private static let maxDepth = 16

  private let bytes: [UInt8]
  private var offset = 0

  /// The value that `bytes` are.
  static func value(_ bytes: [UInt8]) throws(DocumentFault) -> JSON {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value(depth: 0)
    reader.passBlanks()
    if reader.offset < bytes.count { throw reader.fault("has more behind its end") }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private func fault(_ reason: String) -> DocumentFault {
    DocumentFault("byte \(offset)", reason)
  }

  private mutating func passBlanks() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  /// Passes over blanks and, if it stands there, `byte`; whether it did.
  private mutating func passes(_ byte: UInt8) -> Bool {
    passBlanks()
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(DocumentFault) -> JSON {
    passBlanks()
    guard offset < bytes.count else { throw fault("is the end, within a value") }
    guard depth < Self.maxDepth else { throw fault("is nested too deep") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default:
      for (word, value) in [("null", JSON.null), ("true", .bool(true)), ("false", .bool(false))]
      where bytes[offset...].starts(with: word.utf8) {
        offset += word.utf8.count
        return value
      }
      throw fault("is no value")
    }
  }

  private mutating func object(depth: Int) throws(DocumentFault) -> JSON {
    offset += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    if passes(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      passBlanks()
      guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
        throw fault("is no member's name")
      }
      let name = try text()
      guard names.insert(name).inserted else { throw fault("follows a name that was there") }
      guard passes(UInt8(ascii: ":")) else { throw fault("is no colon") }
      members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
    } while passes(UInt8(ascii: ","))
    guard passes(UInt8(ascii: "}")) else { throw fault("does not end the object") }
    return .object(members)
  }

  private mutating func list(depth: Int) throws(DocumentFault) -> JSON {
    offset += 1
    var values: [JSON] = []
    if passes(UInt8(ascii: "]")) { return .list([]) }
    repeat { values.append(try value(depth: depth + 1)) } while passes(UInt8(ascii: ","))
    guard passes(UInt8(ascii: "]")) else { throw fault("does not end the list") }
    return .list(values)
  }

  private mutating func number() throws(DocumentFault) -> Int {
    let start = offset
    if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
    while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) {
      offset += 1
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    // A fraction or an exponent stands behind it and is no end of a value.
    guard let number = Int(text), String(number) == text else {
      throw fault("ends no whole number")
    }
    return number
  }

  private mutating func text() throws(DocumentFault) -> String {
    offset += 1
    var text: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let valid = String(validating: text, as: UTF8.self) else {
          throw fault("ends a text that is not UTF-8")
        }
        return valid
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      case 0..<0x20:
        offset -= 1
        throw fault("is a control character in a text")
      default: text.append(byte)
      }
    }
    throw fault("is the end, within a text")
  }

  private mutating func escape() throws(DocumentFault) -> Unicode.Scalar {
    guard offset < bytes.count else { throw fault("is the end, within a text") }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw fault("ends no escape")
    }
    let first = try unit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[offset...].starts(with: "\\u".utf8) else {
      throw fault("ends half of a pair")
    }
    offset += 2
    let second = try unit()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("ends half of a pair") }
    return scalar
  }

  /// Four hexadecimal digits.
  private mutating func unit() throws(DocumentFault) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw fault("is the end, within an escape") }
    let text = String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self)
    guard text.allSatisfy(\.isHexDigit), let unit = UInt32(text, radix: 16) else {
      throw fault("is no escape")
    }
    offset += 4
    return unit
  }
}
