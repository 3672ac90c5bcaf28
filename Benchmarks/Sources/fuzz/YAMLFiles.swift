import Config
import Rules

/// Any text is a rule, or is refused at a place in it.
func checkRule(_ bytes: [UInt8]) {
  checkYAML(bytes) { text throws(YAMLFault) in
    let rule = try RuleReader.rule(text, path: "rule")
    must(!rule.id.isEmpty && !rule.title.isEmpty, "a rule has a name")
  }
}

/// Any text is a configuration, or is refused at a place in it.
func checkConfig(_ bytes: [UInt8]) {
  checkYAML(bytes) { text throws(YAMLFault) in
    let file = try ConfigFile(text, path: "config")
    must(file.count <= Setting.all.count, "no setting twice")
  }
}

private func checkYAML(_ bytes: [UInt8], _ read: (String) throws(YAMLFault) -> Void) {
  guard let text = String(validating: bytes, as: UTF8.self) else { return }
  do { try read(text) } catch {
    // libyaml takes more characters for line ends than a person does, and counts columns from 0.
    must(error.line >= 0 && error.line <= text.unicodeScalars.count + 1, "a line of the file")
    must(error.column >= 0 && !error.reason.isEmpty, "a column, and a reason")
  }
}
