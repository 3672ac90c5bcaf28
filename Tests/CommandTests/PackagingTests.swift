import Foundation
import Testing

/// What the Debian package carries beside the programs, and is made of their own help.
@Suite("What is packaged")
struct PackagingTests {
  private func program(_ name: String) -> String? {
    ["/usr/bin/", "/bin/"].map { $0 + name }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @Test("the manual page is that of this program, and is well formed")
  func manual() throws {
    let workplace = try Workplace()
    func run(_ command: [String]) throws -> Outcome {
      try workplace.start(command, input: []).outcome()
    }
    let check = try run([Package.root + "/contrib/manual", "--check", Workplace.executable])
    #expect(check.status == 0, "\(check.errorText)")
    guard let man = program("man") else {
      print("SKIPPED the manual's form: there is no man")
      return
    }
    let shown = try run([man, "--warnings", "-l", Package.root + "/packaging/dumpsieve.1"])
    #expect(shown.status == 0 && shown.errorText.isEmpty, "\(shown.errorText)")
    #expect(shown.outputText.contains("findings verify"))
  }

  @Test("the shells understand their completions", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    guard let program = program(shell) else {
      print("SKIPPED completions of \(shell): it is not here")
      return
    }
    let workplace = try Workplace()
    let made = try workplace.run(["--generate-completion-script", shell])
    #expect(made.status == 0)
    try workplace.write(made.output, to: "completion")
    let checked = try workplace.start([program, "-n", "completion"], input: []).outcome()
    #expect(checked.status == 0 && checked.errorText.isEmpty, "\(checked.errorText)")
    #expect(made.outputText.contains("doctor"))
  }

  @Test(
    "bash completes commands, options, words and files",
    arguments: [
      ("dumpsieve fin", "findings"), ("dumpsieve scan --water", ""),
      ("dumpsieve scan --watch", "--watchlist"), ("dumpsieve scan --fail-on hi", "high"),
      ("dumpsieve scan --config co", "completion"),
    ])
  func bash(line: String, wanted: String) throws {
    guard let bash = program("bash") else {
      print("SKIPPED completing: there is no bash")
      return
    }
    let workplace = try Workplace()
    let script = try workplace.run(["--generate-completion-script", "bash"])
    try workplace.write(script.output, to: "completion")
    try workplace.write(
      """
      source ./completion
      function compopt() { :; }
      read -ra COMP_WORDS <<< "$1"
      COMP_LINE=$1 COMP_POINT=${#1} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      "$(complete -p dumpsieve | sed -E 's/.*-F ([^ ]+).*/\\1/')" dumpsieve \\
        "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """, to: "script")
    let outcome = try workplace.start([bash, "script", line], input: []).outcome()
    let words = outcome.outputText.split(separator: "\n")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    #expect(words == (wanted.isEmpty ? [] : [wanted]), "\(outcome.errorText)")
  }
}
