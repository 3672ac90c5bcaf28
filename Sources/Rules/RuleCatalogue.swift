internal import Threads
public import YAML

#if canImport(Glibc)
  internal import Glibc
#endif

/// A rule that cannot be used, with its place.
public typealias RuleError = YAMLFault

/// The rules of a run, read from one directory or several and checked; ordered by id.
public struct RuleCatalogue: Sendable {
  public private(set) var rules: [Rule] = []
  /// The bytes of every rule in use, in the order of `rules`: their digest says which rules were run.
  public private(set) var sources: [[UInt8]] = []

  /// Levels of directories below the one that is named; rules/ has two.
  private static let maxDepth = 8

  /// Reads the rules under `directories`. A rule with the id of one of an earlier directory replaces it.
  public init(directories: [String]) throws(RuleError) {
    var all: [String: (rule: Rule, source: [UInt8])] = [:]
    for directory in directories {
      var own: [String: String] = [:]
      for file in try Self.read(Self.files(below: directory)) {
        let (path, rule, source) = try file.get()
        if let other = own[rule.id] {
          throw RuleError(path, "has the id \(rule.id) of \(other)")
        }
        own[rule.id] = path
        all[rule.id] = (rule, source)
      }
    }
    for (_, entry) in all.sorted(by: { $0.key < $1.key }) {
      rules.append(entry.rule)
      sources.append(entry.source)
    }
    let place = directories.joined(separator: ", ")
    if rules.isEmpty { throw RuleError(place, "holds no rule (*.yaml)") }
    let thresholds = rules.filter { $0.kind == "thresholds" }
    if thresholds.count != 1 { throw RuleError(place, "needs one rule of the kind thresholds") }
    if labels.isEmpty { throw RuleError(place, "needs a rule of the kind labels") }
  }

  /// What became of each file, in their order. By all cores, as this is a third of a start.
  private static func read(_ paths: [String]) -> [Result<File, RuleError>] {
    let files = Results<Result<File, RuleError>>(paths.count)
    Threads.forEach(paths.count) { index in
      let path = paths[index]
      files[index] = Result { () throws(RuleError) -> File in
        let text = try YAMLNode.text(of: path)
        return (path, try RuleReader.rule(text, path: path), Array(text.utf8))
      }
    }
    return files.all.compactMap { $0 }
  }

  private typealias File = (path: String, rule: Rule, source: [UInt8])

  /// Every `*.yaml` below a directory, in order.
  ///
  /// Not by Foundation's enumerator: that takes a directory which cannot be read for an empty one.
  private static func files(below directory: String, depth: Int = 0) throws(RuleError) -> [String] {
    guard depth <= maxDepth else { throw RuleError(directory, "is nested too deeply") }
    guard let listing = unsafe opendir(directory) else {
      throw RuleError(directory, "is not a directory of rules, or cannot be read")
    }
    defer { _ = unsafe closedir(listing) }
    var paths: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(listing) else {
        if errno != 0 { throw RuleError(directory, "cannot be read") }
        return paths.sorted()
      }
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) {
        unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      let path = "\(directory)/\(name)"
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { throw RuleError(path, "cannot be read") }
      if status.st_mode & S_IFMT == S_IFDIR {
        paths += try files(below: path, depth: depth + 1)
      } else if name.hasSuffix(".yaml") {
        paths.append(path)
      } else if [".yml", ".yaml"].contains(where: name.lowercased().hasSuffix) {
        // Whoever wrote it takes it for a rule in use.
        throw RuleError(path, "is no name of a rule: rules end in .yaml")
      }
    }
  }

  public var families: [(id: String, title: String, rule: FamilyRule)] {
    rules.compactMap { rule in
      if case .family(let family) = rule.content { (rule.id, rule.title, family) } else { nil }
    }
  }

  public var labels: [(label: String, meaning: String)] {
    rules.flatMap { rule -> [(label: String, meaning: String)] in
      if case .labels(let labels) = rule.content { return labels.labels }
      return []
    }
  }

  public var logShapes: [LogShapeRule] {
    rules.compactMap { rule in
      if case .logShape(let shape) = rule.content { shape } else { nil }
    }
  }

  public var services: [(id: String, title: String, rule: ServiceRule)] {
    rules.compactMap { rule in
      if case .service(let service) = rule.content { (rule.id, rule.title, service) } else { nil }
    }
  }

  public var severities: [(id: String, title: String, rule: SeverityRule)] {
    rules.compactMap { rule in
      if case .severity(let part) = rule.content { (rule.id, rule.title, part) } else { nil }
    }
  }

  /// In the order in which they are done.
  public var actions: [(id: String, title: String, rule: ActionRule)] {
    rules.compactMap { rule -> (id: String, title: String, rule: ActionRule)? in
      if case .action(let action) = rule.content { return (rule.id, rule.title, action) }
      return nil
    }.sorted { ($0.rule.order, $0.id) < ($1.rule.order, $1.id) }
  }

  public var thresholds: Thresholds {
    for rule in rules { if case .thresholds(let thresholds) = rule.content { return thresholds } }
    preconditionFailure("the initialiser refuses rules without thresholds")
  }
}
