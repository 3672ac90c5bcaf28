internal import Foundation
internal import Yams

#if canImport(Glibc)
  internal import Glibc
#endif

/// A value of a YAML file, with its place, so that every fault can be told by line and column.
public struct YAMLNode {
  public static let maxFileBytes = 64 << 10

  public let path: String
  private let node: Node

  private init(_ path: String, _ node: Node) {
    self.path = path
    self.node = node
  }

  /// The text of the file at `path`, which is no longer than `maxFileBytes`.
  public static func text(of path: String) throws(YAMLFault) -> String {
    // Opening a pipe to which nobody writes would never end.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw YAMLFault(path, "cannot be read") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw YAMLFault(path, "is not a regular file")
    }
    let data: Data
    do { data = try file.read(upToCount: maxFileBytes + 1) ?? Data() } catch {
      throw YAMLFault(path, "cannot be read")
    }
    if data.count > maxFileBytes {
      throw YAMLFault(path, "is larger than \(maxFileBytes) bytes")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw YAMLFault(path, "is not UTF-8")
    }
    return text
  }

  /// The document that `text` is, of the file at `path`.
  public static func parse(_ text: String, path: String) throws(YAMLFault) -> YAMLNode {
    try YAMLShape.check(text, path: path)
    do {
      // Every scalar is a text here, so none need be told from a number or a date by regular expressions.
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else { throw YAMLFault(path, "is empty") }
      return YAMLNode(path, root)
    } catch let error as YAMLFault {
      throw error
    } catch let error as YamlError {
      throw fault(error, path)
    } catch {
      throw YAMLFault(path, "is not YAML")
    }
  }

  private static func fault(_ error: YamlError, _ path: String) -> YAMLFault {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      YAMLFault(path, line: mark.line, column: mark.column, problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      YAMLFault(
        path, line: context.mark.line, column: context.mark.column,
        "repeats the key \(duplicates.joined(separator: ", "))")
    default: YAMLFault(path, "is not YAML")
    }
  }

  /// A fault at the node's place.
  public func error(_ reason: String) -> YAMLFault {
    YAMLFault(path, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0, reason)
  }

  /// The value of `key`, or nil. The node must be a mapping whose keys are all among `known`.
  public func fields(_ known: [String]) throws(YAMLFault) -> [String: YAMLNode] {
    guard case .mapping(let mapping) = node else { throw error("must be a mapping") }
    var fields: [String: YAMLNode] = [:]
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else { throw error("has a key that is no text") }
      guard known.contains(scalar.string) else {
        throw YAMLNode(path, key).error("has the unknown key \(scalar.string)")
      }
      fields[scalar.string] = YAMLNode(path, value)
    }
    return fields
  }

  /// The keys and values of a mapping with keys of its own.
  public func pairs() throws(YAMLFault) -> [(key: YAMLNode, value: YAMLNode)] {
    guard case .mapping(let mapping) = node else { throw error("must be a mapping") }
    return mapping.map { (YAMLNode(path, $0), YAMLNode(path, $1)) }
  }

  /// The line of the file that the node begins on, from 1.
  public var line: Int { node.mark?.line ?? 0 }

  /// Whether the node is a list.
  public var isList: Bool {
    if case .sequence = node { true } else { false }
  }

  /// A scalar that is not empty.
  public func text() throws(YAMLFault) -> String {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
      throw error("must be a text")
    }
    return scalar.string
  }

  /// A whole number within `range`.
  public func number(in range: ClosedRange<Int>) throws(YAMLFault) -> Int {
    guard let number = Int(try text()), range.contains(number) else {
      throw error("must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `true` or `false`.
  public func truth() throws(YAMLFault) -> Bool {
    switch try text() {
    case "true": return true
    case "false": return false
    default: throw error("must be true or false")
    }
  }

  /// The elements of a list.
  public func list() throws(YAMLFault) -> [YAMLNode] {
    guard case .sequence(let sequence) = node else { throw error("must be a list") }
    return sequence.map { YAMLNode(path, $0) }
  }

  /// The elements of a list of scalars.
  public func texts() throws(YAMLFault) -> [String] {
    var texts: [String] = []
    for node in try list() { texts.append(try node.text()) }
    return texts
  }

  /// One of `words`.
  public func word(of words: [String]) throws(YAMLFault) -> String {
    let word = try text()
    guard words.contains(word) else {
      throw error("must be one of \(words.joined(separator: ", "))")
    }
    return word
  }
}
