import ArgumentParser
import CSandbox
import Foundation

/// The command line; `Scan`, `Watchlists`, `Rules` and `Findings` do the work.
@main
struct Dumpsieve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dumpsieve",
    abstract: "Finds a partner organisation's stolen accounts in dumps of infostealer logs.",
    discussion: """
      A partner makes a watchlist from its accounts (watchlist make); a scan says which of them stand in \
      the dumps, on which service, from which infected machine. No password leaves the program.

      Exit status: 0 nothing found, 1 findings, 2 the run failed, 3 nothing found but something could \
      not be read, 64 usage, 75 another run goes on, 78 a key, list or rule is refused.
      """,
    version: Version.text,
    subcommands: [
      ScanCommand.self, UnitsCommand.self, MergeCommand.self, ReportCommand.self,
      ExplainCommand.self,
      ExportCommand.self, DossierCommand.self, KeyCommand.self, WatchlistCommand.self,
      RulesCommand.self, ConfigCommand.self, FindingsCommand.self, SuppressCommand.self,
      PurgeCommand.self, DoctorCommand.self, InitCommand.self,
      SelfTestCommand.self, SchemaCommand.self,
    ])

  /// Without a word of what to do, it is no good night: some who start it never look but at the status.
  func run() throws {
    Terminal.write(Self.helpMessage() + "\n", to: .standardError)
    throw ExitCode(EX_USAGE)
  }

  static func main() {
    // First of all: a Swift crash prints the memory that registers point to.
    _ = ds_signals_default()
    // Keys lie in memory. Where the system refuses, the program is no worse off than others.
    _ = ds_no_dump()
    // A limit on file sizes then fails the write, and the run with it, instead of killing the program.
    _ = signal(SIGXFSZ, SIG_IGN)
    // Whoever ignores the end of children gets no status of them.
    _ = signal(SIGCHLD, SIG_DFL)
    Self.fillStandardDescriptors()
    main(nil)
  }

  /// Takes the place of standard descriptors that are closed: else the next file that is opened gets it, and what is meant for
  /// them goes there. Reading from them, or writing to them, still fails.
  private static func fillStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}

enum Version {
  static let text = "0.1.0"
}
