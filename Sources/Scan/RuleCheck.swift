internal import Bytes
internal import Dumps
internal import Formats
public import Rules
internal import Watchlists
internal import Worker
internal import YAML

/// Runs the examples of rules: `dumpsieve rules check`.
public enum RuleCheck {
  /// An example that does not come out as its rule says.
  public struct Fault: Equatable, Sendable {
    public var rule: String
    public var path: String
    public var example: String
    public var reason: String
  }

  /// What must hold for a run: the labels of rules are those that the reader knows.
  static func mustBeUsable(_ catalogue: RuleCatalogue) throws(RuleError) {
    let known = Set(LabelDictionary.Class.allCases.map(\.name))
    guard catalogue.labels.allSatisfy({ known.contains($0.meaning) }) else {
      throw RuleError("labels", "have a class that this program does not know")
    }
    for rule in catalogue.rules {
      let patterns =
        switch rule.content {
        case .logShape(let shape): shape.patterns
        case .family(let family): family.systemFiles
        default: [] as [String]
        }
      for pattern in patterns where NamePattern(Array(pattern.utf8)) == nil {
        throw RuleError(rule.path, "has a pattern that is none: \(pattern)")
      }
    }
  }

  /// Every example and negative example that fails.
  public static func faults(_ catalogue: RuleCatalogue) -> [Fault] {
    let rules = WorkerRules(catalogue)
    let shape = LogShape(catalogue)
    var faults: [Fault] = []
    for rule in catalogue.rules {
      let failed: [(String, String)]
      switch rule.content {
      case .family(let family): failed = self.family(rule.id, family, catalogue, rules)
      case .labels(let labels): failed = self.labels(labels, rules)
      case .logShape(let rule): failed = logShape(rule, shape)
      case .service(let service): failed = self.service(rule.id, service, catalogue)
      case .severity(let severity): failed = self.severity(severity)
      case .action(let action): failed = self.action(action)
      case .thresholds: failed = []
      }
      faults += failed.map { Fault(rule: rule.id, path: rule.path, example: $0.0, reason: $0.1) }
    }
    return faults
  }

  private static func family(
    _ id: String, _ rule: FamilyRule, _ catalogue: RuleCatalogue, _ rules: WorkerRules
  ) -> [(String, String)] {
    func verdict(_ example: FamilyRule.Example) -> String? {
      var evidence = FamilyMarkers.Evidence(rules.families)
      let text = Array(example.text.utf8)
      let name = Array(example.file.utf8)
      evidence.look(at: text.span, name: name.span, rules.families)
      return evidence.verdict.map { catalogue.families[$0.family].id }
    }
    var failed: [(String, String)] = []
    for (index, example) in rule.examples.enumerated() where verdict(example) != id {
      failed.append(("example \(index + 1)", "comes out as \(verdict(example) ?? "unknown")"))
    }
    for (index, example) in rule.negativeExamples.enumerated() where verdict(example) == id {
      failed.append(("negative example \(index + 1)", "comes out as this family"))
    }
    return failed
  }

  private static func labels(_ rule: LabelsRule, _ rules: WorkerRules) -> [(String, String)] {
    func hasClass(_ example: LabelsRule.Example) -> Bool {
      let text = Array(example.line.utf8)
      let span = text.span
      let form = AutofillFields(span, in: .autofill, labels: rules.labels)
      if form.categories.names.contains(example.meaning) { return true }
      guard let cut = LabelledLine.cut(ByteRange(0, text.count), in: span) else { return false }
      return rules.labels.recordClass(of: cut.label, in: span)?.name == example.meaning
        || rules.labels.systemClass(of: cut.label, in: span)?.name == example.meaning
    }
    var failed: [(String, String)] = []
    for (index, example) in rule.examples.enumerated() where !hasClass(example) {
      failed.append(("example \(index + 1)", "has no label of the class \(example.meaning)"))
    }
    for (index, example) in rule.negativeExamples.enumerated() where hasClass(example) {
      failed.append(
        ("negative example \(index + 1)", "has a label of the class \(example.meaning)"))
    }
    return failed
  }

  private static func logShape(
    _ rule: LogShapeRule, _ shape: LogShape
  ) -> [(String, String)] {
    func isLog(_ example: LogShapeRule.Example) -> Bool {
      shape.isLog(
        name: Array(example.name.utf8), files: example.files.map { Array($0.utf8) },
        folders: example.folders.map { Array($0.utf8) })
    }
    var failed: [(String, String)] = []
    for (index, example) in rule.examples.enumerated() where !isLog(example) {
      failed.append(("example \(index + 1)", "is no log"))
    }
    for (index, example) in rule.negativeExamples.enumerated() where isLog(example) {
      failed.append(("negative example \(index + 1)", "is a log"))
    }
    return failed
  }

  private static func action(_ rule: ActionRule) -> [(String, String)] {
    var failed: [(String, String)] = []
    for (index, facts) in rule.examples.enumerated() where rule.reasons(for: facts).isEmpty {
      failed.append(("example \(index + 1)", "has no reason"))
    }
    for (index, facts) in rule.negativeExamples.enumerated() {
      let reasons = rule.reasons(for: facts)
      if let reason = reasons.first {
        failed.append(("negative example \(index + 1)", "has the reason \(reason)"))
      }
    }
    return failed
  }

  private static func service(
    _ id: String, _ rule: ServiceRule, _ catalogue: RuleCatalogue
  ) -> [(String, String)] {
    let services = ServiceMatcher(catalogue)
    var normaliser = LoginNormaliser()
    func service(_ url: String) -> String? {
      let text = Array(url.utf8)
      let span = text.span
      let (name, isApp) = URLText.host(of: ByteRange(0, text.count), in: span)
      guard normaliser.normaliseDomain(span.extracting(name.bounds)) else { return nil }
      let host = String(decoding: normaliser.output.prefix(normaliser.count), as: UTF8.self)
      return services.service(host: host, isApp: isApp)?.id
    }
    var failed: [(String, String)] = []
    for example in rule.examples where service(example) != id {
      failed.append((example, "is not this service"))
    }
    for example in rule.negativeExamples where service(example) == id {
      failed.append((example, "is this service"))
    }
    return failed
  }

  private static func severity(_ rule: SeverityRule) -> [(String, String)] {
    var failed: [(String, String)] = []
    for (index, facts) in rule.examples.enumerated() where !rule.when.hold(for: facts) {
      failed.append(("example \(index + 1)", "does not meet the conditions"))
    }
    for (index, facts) in rule.negativeExamples.enumerated() where rule.when.hold(for: facts) {
      failed.append(("negative example \(index + 1)", "meets the conditions"))
    }
    return failed
  }
}
