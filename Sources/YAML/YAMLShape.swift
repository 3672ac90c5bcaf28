internal import CYaml

/// What no rule and no configuration needs, refused before a tree is made: aliases, as each is a copy of what it names, and
/// a few lines of them are gigabytes; keys that are lists or mappings, as Yams compares equal ones in time that doubles with
/// each level; and deep nesting.
struct YAMLShape {
  /// Deeper nesting than any rule or configuration needs.
  static let maxNesting = 12

  private enum Level {
    case list, key, value
  }

  private let path: String
  private var levels: [Level] = []

  /// Looks at the text of the file at `path`. What is no YAML is left to whoever makes the tree.
  static func check(_ text: String, path: String) throws(YAMLFault) {
    var shape = YAMLShape(path: path)
    var parser = unsafe yaml_parser_t()
    guard unsafe yaml_parser_initialize(&parser) == 1 else {
      throw YAMLFault(path, "cannot be read")
    }
    defer { unsafe yaml_parser_delete(&parser) }
    unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    let bytes = Array(text.utf8)
    try unsafe bytes.withUnsafeBufferPointer { bytes throws(YAMLFault) in
      unsafe yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      try unsafe shape.read(&parser)
    }
  }

  private mutating func read(_ parser: inout yaml_parser_t) throws(YAMLFault) {
    while true {
      var event = unsafe yaml_event_t()
      guard unsafe yaml_parser_parse(&parser, &event) == 1 else { return }
      defer { unsafe yaml_event_delete(&event) }
      if unsafe event.type == YAML_STREAM_END_EVENT { return }
      try unsafe take(event)
    }
  }

  private mutating func take(_ event: yaml_event_t) throws(YAMLFault) {
    func fault(_ reason: String) -> YAMLFault {
      unsafe YAMLFault(
        path, line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1, reason
      )
    }
    let reuses = "anchors and aliases are not allowed"
    let anchor: UnsafeMutablePointer<yaml_char_t>?
    switch unsafe event.type {
    case YAML_SCALAR_EVENT: unsafe anchor = event.data.scalar.anchor
    case YAML_SEQUENCE_START_EVENT: unsafe anchor = event.data.sequence_start.anchor
    case YAML_MAPPING_START_EVENT: unsafe anchor = event.data.mapping_start.anchor
    case YAML_ALIAS_EVENT: throw fault(reuses)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      _ = levels.popLast()
      return
    default: return
    }
    if unsafe anchor != nil { throw fault(reuses) }
    if levels.count >= Self.maxNesting {
      throw fault("is nested more than \(Self.maxNesting) levels deep")
    }
    let isText = unsafe event.type == YAML_SCALAR_EVENT
    if let last = levels.indices.last {
      if levels[last] == .key && !isText { throw fault("has a key that is no text") }
      switch levels[last] {
      case .list: break
      case .key: levels[last] = .value
      case .value: levels[last] = .key
      }
    }
    if !isText { levels.append(unsafe event.type == YAML_SEQUENCE_START_EVENT ? .list : .key) }
  }
}
