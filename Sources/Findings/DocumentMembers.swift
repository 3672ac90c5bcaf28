internal import Clock

/// The members of an object of a findings document, each checked as it is taken.
struct DocumentMembers {
  private let values: [String: JSON]
  private let place: String

  init(_ value: JSON, _ place: String) throws(DocumentFault) {
    guard case .object(let members) = value else {
      throw DocumentFault(place, "is no object")
    }
    values = Dictionary(
      members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.place = place
  }

  func fault(_ name: String, _ reason: String) -> DocumentFault {
    DocumentFault(path(of: name), reason)
  }

  private func path(of name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  /// The member, or nil if it is missing or null.
  private func optional(_ name: String) -> JSON? {
    guard let value = values[name], value != .null else { return nil }
    return value
  }

  func has(_ name: String) -> Bool { optional(name) != nil }

  func members(_ name: String) throws(DocumentFault) -> DocumentMembers {
    guard let value = values[name] else { throw fault(name, "is missing") }
    return try DocumentMembers(value, path(of: name))
  }

  func optionalMembers(_ name: String) throws(DocumentFault) -> DocumentMembers? {
    has(name) ? try members(name) : nil
  }

  /// The objects of a list.
  func list(_ name: String, most: Int) throws(DocumentFault) -> [DocumentMembers] {
    var all: [DocumentMembers] = []
    for (index, value) in try values(name, most: most).enumerated() {
      all.append(try DocumentMembers(value, "\(path(of: name)).\(index)"))
    }
    return all
  }

  func texts(_ name: String, most: Int) throws(DocumentFault) -> [String] {
    var texts: [String] = []
    for value in try values(name, most: most) { texts.append(try text(value, name)) }
    return texts
  }

  func numbers(_ name: String, most: Int) throws(DocumentFault) -> [Int] {
    var numbers: [Int] = []
    for value in try values(name, most: most) { numbers.append(try number(value, name)) }
    return numbers
  }

  private func values(_ name: String, most: Int) throws(DocumentFault) -> [JSON] {
    guard case .list(let values)? = self.values[name] else { throw fault(name, "is no list") }
    guard values.count <= most else { throw fault(name, "is too long a list") }
    return values
  }

  func text(_ name: String) throws(DocumentFault) -> String {
    guard let value = values[name] else { throw fault(name, "is missing") }
    return try text(value, name)
  }

  func optionalText(_ name: String) throws(DocumentFault) -> String? {
    guard let value = optional(name) else { return nil }
    return try text(value, name)
  }

  /// Text that may be shown as it is.
  private func text(_ value: JSON, _ name: String) throws(DocumentFault) -> String {
    guard case .text(let text) = value, SafeText(shown: text) != nil else {
      throw fault(name, "is no text that may be shown")
    }
    return text
  }

  /// Lower-case hexadecimal digits, behind `prefix`.
  func hex(_ name: String, prefix: String = "", digits: Int) throws(DocumentFault) -> String {
    let text = try text(name)
    let isHex = text.utf8.dropFirst(prefix.utf8.count).allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
    }
    guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + digits, isHex else {
      throw fault(name, "is no id")
    }
    return text
  }

  func safeText(_ name: String) throws(DocumentFault) -> SafeText {
    guard let text = SafeText(shown: try text(name)) else { throw fault(name, "is no text") }
    return text
  }

  func optionalSafeText(_ name: String) throws(DocumentFault) -> SafeText? {
    has(name) ? try safeText(name) : nil
  }

  /// One of `words`.
  func word(_ name: String, of words: [String]) throws(DocumentFault) -> String {
    let text = try text(name)
    guard words.contains(text) else { throw fault(name, "is no word that stands there") }
    return text
  }

  func optionalWord(_ name: String, of words: [String]) throws(DocumentFault) -> String? {
    has(name) ? try word(name, of: words) : nil
  }

  /// A number from 0 on.
  func number(_ name: String) throws(DocumentFault) -> Int {
    guard let value = values[name] else { throw fault(name, "is missing") }
    return try number(value, name)
  }

  func optionalNumber(_ name: String) throws(DocumentFault) -> Int? {
    has(name) ? try number(name) : nil
  }

  private func number(_ value: JSON, _ name: String) throws(DocumentFault) -> Int {
    guard case .number(let number) = value,
      (0...FindingsDocument.maxNumber).contains(number)
    else {
      throw fault(name, "is no number that stands there")
    }
    return number
  }

  func truth(_ name: String) throws(DocumentFault) -> Bool {
    guard case .bool(let truth)? = values[name] else { throw fault(name, "is no Boolean") }
    return truth
  }

  func optionalTruth(_ name: String) throws(DocumentFault) -> Bool? {
    has(name) ? try truth(name) : nil
  }

  /// A number that may be below 0.
  func optionalSigned(_ name: String) throws(DocumentFault) -> Int? {
    guard let value = optional(name) else { return nil }
    guard case .number(let number) = value, (-(1 << 53)...(1 << 53)).contains(number) else {
      throw fault(name, "is no number that stands there")
    }
    return number
  }

  func time(_ name: String) throws(DocumentFault) -> UTCTime {
    let text = try text(name)
    guard text.utf8.count == 20, let time = UTCTime(text) else { throw fault(name, "is no time") }
    return time
  }

  func optionalTime(_ name: String) throws(DocumentFault) -> UTCTime? {
    has(name) ? try time(name) : nil
  }

  /// So many kinds of a thing no version has; their sum does not overflow.
  private static let maxKinds = 100

  /// Names with a number each.
  func counts(_ name: String) throws(DocumentFault) -> [String: Int] {
    let inner = try members(name)
    guard inner.values.count <= Self.maxKinds else { throw fault(name, "has too many kinds") }
    var counts: [String: Int] = [:]
    for key in inner.values.keys {
      guard key.utf8.count <= 64, key.utf8.allSatisfy({ 0x21..<0x7F ~= $0 }) else {
        throw fault(name, "has a name that is none")
      }
      counts[key] = try inner.number(key)
    }
    return counts
  }
}
