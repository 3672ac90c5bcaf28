internal import YAML

/// Reads one rule file into a rule; every stray key, type and value is refused with its place.
enum RuleReader {
  /// The keys that every rule may have.
  private static let common = [
    "id", "kind", "title", "references", "examples", "negative_examples",
  ]
  /// Those of each kind beside them.
  private static let kinds: [String: [String]] = [
    "family": ["system_files", "malpedia", "attack", "markers", "dates"],
    "labels": ["labels"],
    "log-shape": ["names", "signs", "browsers", "inside", "password_files", "unopened"],
    "service": ["level", "hosts", "apps", "session_cookies", "reach", "reach_fr"],
    "severity": ["points", "when", "title_fr", "lower", "lower_fr"],
    "action": ["order", "within", "unless", "title_fr", "text", "text_fr", "reasons"],
    "thresholds": ["critical", "high", "medium"],
  ]
  private static let kindNames = kinds.keys.sorted()
  private static let allKeys = common + kinds.values.joined()

  static func rule(_ text: String, path: String) throws(RuleError) -> Rule {
    let document = try YAMLNode.parse(text, path: path)
    let kind = try Fields(document, allKeys).require("kind").word(of: kindNames)
    let fields = Fields(document, try document.fields(common + (kinds[kind] ?? [])))
    let id = try fields.require("id").text()
    let isID = id.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2E || $0 == 0x2D
    }
    guard isID else { throw document.error("has an id of other than letters, digits, . and -") }
    _ = try fields.optional("references")?.texts()
    let (content, examples) = try content(kind, fields)
    return Rule(
      id: id, title: try fields.require("title").text(), path: path, kind: kind, content: content,
      exampleCount: examples)
  }

  /// The fields of a mapping, some of which must be there.
  struct Fields {
    let node: YAMLNode
    let fields: [String: YAMLNode]

    init(_ node: YAMLNode, _ known: [String]) throws(RuleError) {
      self.node = node
      fields = try node.fields(known)
    }

    init(_ node: YAMLNode, _ fields: [String: YAMLNode]) {
      self.node = node
      self.fields = fields
    }

    func optional(_ key: String) -> YAMLNode? { fields[key] }

    func require(_ key: String) throws(RuleError) -> YAMLNode {
      guard let value = fields[key] else { throw node.error("lacks the key \(key)") }
      return value
    }

    func nodes(_ key: String) throws(RuleError) -> [YAMLNode] { try fields[key]?.list() ?? [] }
    func texts(_ key: String) throws(RuleError) -> [String] { try fields[key]?.texts() ?? [] }
  }

  private static func content(
    _ kind: String, _ fields: Fields
  ) throws(RuleError) -> (Rule.Content, Int) {
    switch kind {
    case "family":
      let rule = try family(fields)
      return (.family(rule), rule.examples.count + rule.negativeExamples.count)
    case "labels":
      let rule = try labels(fields)
      return (.labels(rule), rule.examples.count + rule.negativeExamples.count)
    case "log-shape":
      let rule = try logShape(fields)
      return (.logShape(rule), rule.examples.count + rule.negativeExamples.count)
    case "service":
      let rule = try service(fields)
      return (.service(rule), rule.examples.count + rule.negativeExamples.count)
    case "severity":
      let rule = try severity(fields)
      return (.severity(rule), rule.examples.count + rule.negativeExamples.count)
    case "action":
      let rule = try action(fields)
      return (.action(rule), rule.examples.count + rule.negativeExamples.count)
    default:
      return (.thresholds(try thresholds(fields)), 0)
    }
  }

  /// A rule without examples is a claim that nobody checks.
  static func mustHaveExamples(
    _ fields: Fields, _ examples: Int, _ negative: Int
  ) throws(RuleError) {
    if examples == 0 || negative == 0 {
      throw fields.node.error("needs at least one example and one negative example")
    }
  }

  private static func family(_ fields: Fields) throws(RuleError) -> FamilyRule {
    var markers: [FamilyRule.Marker] = []
    for node in try fields.require("markers").list() {
      let marker = try Fields(node, FamilyRule.Place.allCases.map(\.rawValue) + ["points"])
      let places = FamilyRule.Place.allCases.filter { marker.optional($0.rawValue) != nil }
      guard places.count == 1, let place = places.first else {
        throw node.error("must have one of text, line and file")
      }
      markers.append(
        FamilyRule.Marker(
          place: place, text: try marker.require(place.rawValue).text(),
          points: try marker.require("points").number(in: 1...100)))
    }
    var dates: [FamilyRule.Date] = []
    for node in try fields.nodes("dates") {
      let date = try Fields(node, ["label", "order"])
      let order = try date.require("order").word(of: FamilyRule.Order.allCases.map(\.rawValue))
      dates.append(
        FamilyRule.Date(
          label: try date.require("label").text(), order: FamilyRule.Order(rawValue: order) ?? .ymd)
      )
    }
    let rule = FamilyRule(
      systemFiles: try fields.texts("system_files"),
      malpedia: try fields.optional("malpedia")?.text(), attack: try fields.texts("attack"),
      markers: markers, dates: dates, examples: try files(fields.nodes("examples")),
      negativeExamples: try files(fields.nodes("negative_examples")))
    try mustHaveExamples(fields, rule.examples.count, rule.negativeExamples.count)
    return rule
  }

  private static func files(_ nodes: [YAMLNode]) throws(RuleError) -> [FamilyRule.Example] {
    var examples: [FamilyRule.Example] = []
    for node in nodes {
      let example = try Fields(node, ["file", "text"])
      examples.append(
        FamilyRule.Example(
          file: try example.require("file").text(), text: try example.require("text").text()))
    }
    return examples
  }

  /// The classes of labels, as rule files name them.
  static let labelClasses = [
    "url", "login", "password", "software", "profile", "seller", "other", "email", "machine",
    "user", "user-machine", "machine-user", "hwid", "list", "advert",
    "country", "build", "os", "ip", "antivirus", "path", "date", "identity", "contact", "address",
    "payment",
  ]

  private static func labels(_ fields: Fields) throws(RuleError) -> LabelsRule {
    var labels: [(label: String, meaning: String)] = []
    for (key, value) in try fields.require("labels").pairs() {
      let meaning = try key.word(of: labelClasses)
      for node in try value.list() {
        let label = try node.text()
        guard label.utf8.count <= 40 else { throw node.error("is longer than 40 bytes") }
        labels.append((label, meaning))
      }
    }
    func lines(_ key: String) throws(RuleError) -> [LabelsRule.Example] {
      var examples: [LabelsRule.Example] = []
      for node in try fields.nodes(key) {
        let example = try Fields(node, ["line", "class"])
        examples.append(
          LabelsRule.Example(
            line: try example.require("line").text(),
            meaning: try example.require("class").word(of: labelClasses)))
      }
      return examples
    }
    let rule = LabelsRule(
      labels: labels, examples: try lines("examples"),
      negativeExamples: try lines("negative_examples"))
    try mustHaveExamples(fields, rule.examples.count, rule.negativeExamples.count)
    return rule
  }

  private static func logShape(_ fields: Fields) throws(RuleError) -> LogShapeRule {
    func folders(_ key: String) throws(RuleError) -> [LogShapeRule.Example] {
      var examples: [LogShapeRule.Example] = []
      for node in try fields.nodes(key) {
        let example = try Fields(node, ["name", "files", "folders"])
        examples.append(
          LogShapeRule.Example(
            name: try example.optional("name")?.text() ?? "", files: try example.texts("files"),
            folders: try example.texts("folders")))
      }
      return examples
    }
    let rule = LogShapeRule(
      names: try fields.texts("names"), signs: try fields.texts("signs"),
      browsers: try fields.texts("browsers"), inside: try fields.texts("inside"),
      passwordFiles: try fields.texts("password_files"), unopened: try fields.texts("unopened"),
      examples: try folders("examples"), negativeExamples: try folders("negative_examples"))
    try mustHaveExamples(fields, rule.examples.count, rule.negativeExamples.count)
    return rule
  }

  private static func service(_ fields: Fields) throws(RuleError) -> ServiceRule {
    var hosts: [String] = []
    for node in try fields.nodes("hosts") {
      let host = try node.text()
      let isName = host.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D
      }
      guard isName, host.contains(".") else {
        throw node.error("must be a host name in lower case, xn-- for letters beyond ASCII")
      }
      hosts.append(host)
    }
    let rule = ServiceRule(
      level: try level(fields.require("level")), hosts: hosts, apps: try fields.texts("apps"),
      sessionCookies: try sessionCookies(fields), reach: try fields.texts("reach"),
      frenchReach: try fields.texts("reach_fr"),
      examples: try fields.texts("examples"),
      negativeExamples: try fields.texts("negative_examples"))
    if rule.hosts.isEmpty && rule.apps.isEmpty {
      throw fields.node.error("needs hosts or apps")
    }
    if !rule.frenchReach.isEmpty && rule.frenchReach.count != rule.reach.count {
      throw fields.node.error("has a reach_fr of other than the lines of reach")
    }
    try mustHaveExamples(fields, rule.examples.count, rule.negativeExamples.count)
    return rule
  }

  private static func sessionCookies(_ fields: Fields) throws(RuleError) -> [String] {
    var names: [String] = []
    for node in try fields.nodes("session_cookies") {
      let name = try node.text()
      // What RFC 6265 lets stand in a name, so that no rule waits for what cannot come.
      let isToken = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3B && $0 != 0x3D }
      guard isToken, name != "*", !name.dropLast().contains("*") else {
        throw node.error("must be the name of a cookie, with * at most at its end")
      }
      names.append(name)
    }
    return names
  }

  static func level(_ node: YAMLNode) throws(RuleError) -> Level {
    let word = try node.word(of: Level.allCases.map(\.rawValue))
    return Level(rawValue: word) ?? .low
  }

  private static func thresholds(_ fields: Fields) throws(RuleError) -> Thresholds {
    let thresholds = Thresholds(
      critical: try fields.require("critical").number(in: 1...100),
      high: try fields.require("high").number(in: 1...100),
      medium: try fields.require("medium").number(in: 1...100))
    guard thresholds.critical > thresholds.high, thresholds.high > thresholds.medium else {
      throw fields.node.error("needs critical above high above medium")
    }
    return thresholds
  }
}
