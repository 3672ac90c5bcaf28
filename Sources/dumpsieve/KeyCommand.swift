import ArgumentParser
import Watchlists

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make keys.", subcommands: [New.self])

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Make a partner's key: 256 random bits, in a file that only you can read.")

    @Option(
      help: ArgumentHelp("The partner: letters, digits, dot, hyphen, underscore.", valueName: "id"))
    var partner: String

    @Option(
      help: ArgumentHelp(
        "This host's own secrets, made on first use: with them, many partners cost one partner's time.",
        valueName: "file"), completion: .file())
    var installation: String?

    @Option(
      help: ArgumentHelp("Where the key goes; it must not exist.", valueName: "file"),
      completion: .file())
    var out: String

    func run() throws {
      do throws(Refusal) {
        try KeyFile.make(partner: partner, path: out, installation: installation)
      } catch {
        if error.code == .badPartner { throw ValidationError(error.message) }
        throw Exit.because(error)
      }
      if Terminal.isErrorTerminal {
        Terminal.say(
          "Made \(out). Next: dumpsieve watchlist make --key-file \(out) --partner \(partner) "
            + "--out \(partner).dsw accounts.csv")
      }
    }
  }
}
