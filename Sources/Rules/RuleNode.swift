internal import Yams

/// A value of a rule file, with its place, so that every fault can be told by line and column.
struct RuleNode {
  /// Deeper nesting than any rule needs.
  static let maxNesting = 12
  static let maxFileBytes = 64 << 10

  let path: String
  private let node: Node

  private init(_ path: String, _ node: Node) {
    self.path = path
    self.node = node
  }

  /// The document of a rule file.
  static func parse(_ text: String, path: String) throws(RuleError) -> RuleNode {
    do {
      // libyaml itself gives up at 1,000 levels, before its caller's stack does.
      // The parser must live while the tree is walked: nodes hold their anchors weakly.
      let parser = try Parser(yaml: text)
      guard let root = try parser.singleRoot() else { throw RuleError(path, "is empty") }
      let node = RuleNode(path, root)
      try withExtendedLifetime(parser) { try node.check(depth: 1) }
      return node
    } catch let error as RuleError {
      throw error
    } catch let error as YamlError {
      throw fault(error, path)
    } catch {
      throw RuleError(path, "is not YAML")
    }
  }

  private static func fault(_ error: YamlError, _ path: String) -> RuleError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      RuleError(path, line: mark.line, column: mark.column, problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      RuleError(
        path, line: context.mark.line, column: context.mark.column,
        "repeats the key \(duplicates.joined(separator: ", "))")
    default: RuleError(path, "is not YAML")
    }
  }

  /// Walks the tree in the order of the text, so that an anchor is met before any of its aliases is
  /// followed: an alias is a copy of the tree that it names, and a few lines of them are gigabytes.
  private func check(depth: Int) throws(RuleError) {
    if node.anchor != nil { throw error("anchors and aliases are not allowed in rules") }
    if depth > Self.maxNesting { throw error("is nested more than \(Self.maxNesting) levels deep") }
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        try RuleNode(path, key).check(depth: depth + 1)
        try RuleNode(path, value).check(depth: depth + 1)
      }
    case .sequence(let sequence):
      for value in sequence { try RuleNode(path, value).check(depth: depth + 1) }
    default: break
    }
  }

  func error(_ reason: String) -> RuleError {
    RuleError(path, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, reason)
  }

  /// The value of `key`, or nil. The node must be a mapping whose keys are all among `known`.
  func fields(_ known: [String]) throws(RuleError) -> [String: RuleNode] {
    guard case .mapping(let mapping) = node else { throw error("must be a mapping") }
    var fields: [String: RuleNode] = [:]
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else { throw error("has a key that is no text") }
      guard known.contains(scalar.string) else {
        throw RuleNode(path, key).error("has the unknown key \(scalar.string)")
      }
      fields[scalar.string] = RuleNode(path, value)
    }
    return fields
  }

  /// The keys and values of a mapping with keys of its own.
  func pairs() throws(RuleError) -> [(key: RuleNode, value: RuleNode)] {
    guard case .mapping(let mapping) = node else { throw error("must be a mapping") }
    return mapping.map { (RuleNode(path, $0), RuleNode(path, $1)) }
  }

  func text() throws(RuleError) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      throw error("must be a text")
    }
    return scalar.string
  }

  func number(in range: ClosedRange<Int>) throws(RuleError) -> Int {
    guard let number = Int(try text()), range.contains(number) else {
      throw error("must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func truth() throws(RuleError) -> Bool {
    switch try text() {
    case "true": return true
    case "false": return false
    default: throw error("must be true or false")
    }
  }

  func list() throws(RuleError) -> [RuleNode] {
    guard case .sequence(let sequence) = node else { throw error("must be a list") }
    return sequence.map { RuleNode(path, $0) }
  }

  func texts() throws(RuleError) -> [String] {
    var texts: [String] = []
    for node in try list() { texts.append(try node.text()) }
    return texts
  }

  /// One of `words`.
  func word(of words: [String]) throws(RuleError) -> String {
    let word = try text()
    guard words.contains(word) else {
      throw error("must be one of \(words.joined(separator: ", "))")
    }
    return word
  }
}
