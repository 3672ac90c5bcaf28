import ArgumentParser
import Clock
import Findings
import Foundation
import Scan
import Watchlists

struct WatchlistCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watchlist", abstract: "Make and check watchlists.",
    subcommands: [Make.self, InfoCommand.self, Check.self, Resolve.self])

  /// The accounts of a CSV file, or of standard input for `-`.
  static func accounts(
    _ path: String, partner: String, acceptsGeneric: Bool
  ) throws -> AccountList {
    let name = path == "-" ? "standard input" : path
    // By a handle, so that a pipe does as well as a file.
    let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    guard let bytes = try? file.map({ try $0.readToEnd() ?? Data() }) else {
      throw Exit.because(Refusal(.cannotOpen, name).message, Exit.refused)
    }
    do throws(Refusals) {
      return try AccountList(
        [UInt8](bytes), path: name, partner: partner, acceptsGeneric: acceptsGeneric)
    } catch {
      throw Exit.because(error.all.map(\.message), Exit.refused)
    }
  }

  /// The one key of `path`.
  static func key(_ path: String, partner: String? = nil) throws -> PartnerKey {
    do {
      let file = try KeyFile(path: path)
      if let partner, partner != file.partner { throw Refusal(.otherPartner, path) }
      return try PartnerKey(file)
    } catch let refusal as Refusal {
      throw Exit.because(refusal)
    } catch {
      throw Exit.because(Refusal(.noSecureMemory, path))
    }
  }

  struct Make: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "make",
      abstract: "Make a watchlist from a CSV file of accounts: keyed, without a login in clear.",
      discussion: """
        The CSV file has a header line with login and, as you like, ref, partner, privileged, \
        password_changed_at, aliases, service_host; as Excel writes it is fine. docs/WATCHLISTS.md says \
        the rest.
        """)

    @Option(help: ArgumentHelp("The partner's key.", valueName: "file"), completion: .file())
    var keyFile: String

    @Option(help: ArgumentHelp("The partner; it must be that of the key.", valueName: "id"))
    var partner: String

    @Option(help: ArgumentHelp("Where the list goes.", valueName: "file"), completion: .file())
    var out: String

    @Option(
      help: ArgumentHelp(
        "A mail domain of the partner: logins of it that are on no list are reported, masked.",
        valueName: "name"))
    var domain: [String] = []

    @Option(
      help: ArgumentHelp(
        "A service of the partner: logins at it that are on no list are counted.", valueName: "name"
      ))
    var serviceHost: [String] = []

    @Option(help: ArgumentHelp("From then on the list is refused.", valueName: "date"))
    var expires: String?

    @Option(help: ArgumentHelp("The time that the list gives as its own; now.", valueName: "time"))
    var made: String?

    @Flag(help: "Take logins such as admin, and let user names count on any site.")
    var allowGeneric = false

    @Argument(help: "The CSV file; - is standard input.", completion: .file())
    var csv: String

    func validate() throws {
      try OutputPaths.mustBeApart([out], from: [keyFile, csv])
    }

    func run() throws {
      guard let made = made.map({ UTCTime($0) }) ?? .now else {
        throw ValidationError("--made takes a time such as 2025-07-01T08:00:00Z.")
      }
      var options = WatchlistMaker.Options(made: made)
      if let expires {
        guard let time = UTCTime(expires), time > made else {
          throw ValidationError("--expires takes a date after --made, such as 2026-07-01.")
        }
        options.expires = time
      }
      options.bareLoginsMatchAnywhere = allowGeneric
      options.mailDomains = domain
      options.serviceHosts = serviceHost
      var key = try WatchlistCommand.key(keyFile, partner: partner)
      let list = try WatchlistCommand.accounts(csv, partner: partner, acceptsGeneric: allowGeneric)
      let bytes: [UInt8]
      do throws(Refusal) {
        bytes = try WatchlistMaker.make(list, key: &key, options: options)
      } catch {
        if error.code == .badDomain { throw ValidationError(error.message) }
        throw Exit.because(error)
      }
      do throws(WholeFile.Failure) { try WholeFile.write(bytes, to: out) } catch {
        throw Exit.because("\(out) \(error.message)", Exit.failed)
      }
      if Terminal.isErrorTerminal {
        let repeated =
          list.repetitions == 0 ? "" : " (\(list.repetitions) repeated lines counted once)"
        Terminal.say("Made \(out): \(list.accounts.count) accounts\(repeated).")
        Terminal.say("Next: dumpsieve scan DUMPS --watchlist \(out) --key-file \(keyFile)")
      }
    }
  }

  struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "info", abstract: "Show what a watchlist says of itself, which needs no key.")

    @Argument(help: "The watchlist.", completion: .file())
    var file: String

    func run() throws {
      let header: WatchlistHeader
      do throws(Refusal) { header = try WatchlistFile.header(path: file) } catch {
        throw Exit.because(error)
      }
      var lines = [
        ("partner", header.partner), ("key", header.keyID), ("made", header.made.text),
        ("expires", header.expires?.text ?? "never"), ("accounts", String(header.accounts)),
        ("logins", String(header.tags - 1)),
        (
          "user names",
          header.bareLoginsMatchAnywhere ? "count on any site" : "count at their services only"
        ),
        ("filter", header.hasInstallationFilter ? "of the installation" : "of the key"),
      ]
      lines += header.mailDomains.map { ("mail domain", $0) }
      lines += header.serviceHosts.map { ("service host", $0) }
      let width = lines.map(\.0.count).max() ?? 0
      let text = lines.map { name, value in
        name.padding(toLength: width, withPad: " ", startingAt: 0) + "  \(value)\n"
      }
      try Terminal.output(text.joined())
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Check a watchlist against its key, as a scan does.")

    @Argument(help: "The watchlist.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("The partner's key.", valueName: "file"), completion: .file())
    var keyFile: String

    func run() throws {
      let count: Int
      do throws(Refusal) {
        count = try WatchlistCheck.accounts(path: file, keyFile: keyFile, now: .now)
      } catch {
        throw Exit.because(error)
      }
      try Terminal.output("\(file): good, \(count) accounts\n")
    }
  }

  struct Resolve: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve",
      abstract: "Turn tags of findings back into accounts, on the partner's side.",
      discussion: "Prints one line a tag: tag, login, ref, separated by tabs.")

    @Option(help: ArgumentHelp("The partner's key.", valueName: "file"), completion: .file())
    var keyFile: String

    @Option(
      help: ArgumentHelp("The CSV file that the list was made from.", valueName: "file"),
      completion: .file())
    var csv: String

    @Argument(
      help:
        "Tags, as findings give them, or their first 16 digits or more; - reads them from standard input."
    )
    var tags: [String]

    func run() throws {
      var key = try WatchlistCommand.key(keyFile)
      let list = try WatchlistCommand.accounts(csv, partner: key.partner, acceptsGeneric: true)
      var wanted = tags.filter { $0 != "-" }
      if tags.contains("-") {
        while let line = readLine() {
          wanted += line.split(whereSeparator: \.isWhitespace).map(String.init)
        }
      }
      let isTag: (String) -> Bool = { tag in
        (16...32).contains(tag.count) && tag.allSatisfy { $0.isHexDigit && !$0.isUppercase }
      }
      guard wanted.allSatisfy(isTag) else {
        throw ValidationError("A tag has 16 to 32 lower-case hexadecimal digits.")
      }
      let logins = list.tags(&key)
      var missing = 0
      for tag in wanted {
        let found = logins.filter { $0.tag.hasPrefix(tag) }
        for entry in found {
          try Terminal.output("\(entry.tag)\t\(entry.login)\t\(entry.reference)\n")
        }
        if found.isEmpty {
          Terminal.say("dumpsieve: no account of \(csv) has the tag \(tag)")
          missing += 1
        }
      }
      if missing > 0 { throw ExitCode(1) }
    }
  }
}
