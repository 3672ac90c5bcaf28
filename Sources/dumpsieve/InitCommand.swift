import ArgumentParser
import Clock
import Config
import Findings
import Foundation
import History
import Watchlists

/// Writes what a nightly run needs; what is there already is left alone.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make configuration, key, folders and units for a nightly run.",
    discussion:
      "It asks nothing and overwrites nothing: what is there stays. Then dumpsieve doctor says what is missing."
  )

  @Option(
    help: ArgumentHelp("Where the configuration goes.", valueName: "dir"), completion: .directory)
  var dir = "/etc/dumpsieve"

  @Option(
    help: ArgumentHelp("Where runs keep what later ones need.", valueName: "dir"),
    completion: .directory)
  var stateDir = "/var/lib/dumpsieve"

  @Option(help: ArgumentHelp("Where the dumps lie.", valueName: "dir"), completion: .directory)
  var dumps = "/srv/dumps"

  @Option(help: ArgumentHelp("The first partner: its key is made.", valueName: "id"))
  var partner: String

  @Option(
    help: ArgumentHelp(
      "Write dumpsieve.service and dumpsieve.timer there, such as /etc/systemd/system.",
      valueName: "dir"), completion: .directory)
  var units: String?

  @Option(
    help: ArgumentHelp(
      "The user of the nightly run: key and state will be its own.", valueName: "name"))
  var user: String?

  func run() throws {
    let owner = try user.map { try Self.owner($0) }
    var made: [String] = []
    for directory in [dir, dir + "/keys", dir + "/lists", dumps] {
      let mode: mode_t = directory == dir + "/keys" ? 0o700 : 0o755
      if try make(directory, mode) { made.append(directory + "/") }
    }
    // One that is there may be another user's, who runs the nights.
    if !exists(stateDir) {
      do throws(StoreFailure) { _ = try StateDirectory(path: stateDir) } catch {
        throw Exit.because(error)
      }
      made.append(stateDir + "/")
    }
    let key = "\(dir)/keys/\(partner).key"
    if !exists(key) {
      do throws(Refusal) {
        try KeyFile.make(partner: partner, path: key, installation: stateDir + "/installation")
      } catch {
        if error.code == .badPartner { throw ValidationError(error.message) }
        throw Exit.because(error)
      }
      made.append(key)
    }
    let config = dir + "/config.yaml"
    if try write(configuration(key), to: config, mode: 0o644) { made.append(config) }
    if let units { made += try writeUnits(units) }
    if let owner {
      let kept = [StateDirectory.lock(in: stateDir), StateDirectory.installation(in: stateDir)]
      for path in [dir + "/keys", dir + "/lists", key, stateDir] + kept {
        guard unsafe lchown(path, owner.user, owner.group) == 0 || errno == ENOENT else {
          throw Exit.because(
            "\(path) cannot be given to \(user ?? ""); run it as root", Exit.failed)
        }
      }
    }
    for path in made { try Terminal.output("made \(path)\n") }
    Terminal.say(
      "Next: dumpsieve watchlist make --key-file \(key) --partner \(partner) --out \(dir)/lists/\(partner).dsw accounts.csv"
    )
  }

  private static func owner(_ name: String) throws -> (user: uid_t, group: gid_t) {
    guard let entry = unsafe getpwnam(name) else {
      throw ValidationError(
        "There is no user \(SafeText(name).text); packaging/sysusers.conf makes dumpsieve.")
    }
    return unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
  }

  private func configuration(_ key: String) -> String {
    """
    # The nightly run of dumpsieve. dumpsieve config show lists what holds; docs/OPERATIONS.md explains it.
    dumps: [\(whole(dumps))]
    watchlists: [\(whole("\(dir)/lists/\(partner).dsw"))]
    key_files: [\(whole(key))]
    state_dir: \(whole(stateDir))
    out: \(whole(stateDir + "/findings.json"))
    problem_log: \(whole(stateDir + "/problems.txt"))
    keep: 90d
    # fail_on: high
    # metrics_file: /var/lib/prometheus/node-exporter/dumpsieve.prom
    # on_new: [/usr/local/bin/tell-the-team]

    """
  }

  private func writeUnits(_ directory: String) throws -> [String] {
    guard let source = ProgramFiles.units else {
      throw Exit.because("the units are not beside the program", Exit.failed)
    }
    var made: [String] = []
    for name in ["dumpsieve.service", "dumpsieve.timer"] {
      let text = FileManager.default.contents(atPath: source + "/" + name) ?? Data()
      let path = directory + "/" + name
      if try write(String(decoding: text, as: UTF8.self), to: path, mode: 0o644) {
        made.append(path)
      }
    }
    return made
  }

  /// A path of the command line, as the configuration must have it.
  private func whole(_ path: String) -> String {
    let directory = FileManager.default.currentDirectoryPath
    return Settings.scalar(path.hasPrefix("/") ? path : directory + "/" + path)
  }

  private func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// False if there is something of that name.
  private func make(_ path: String, _ mode: mode_t) throws -> Bool {
    if exists(path) { return false }
    guard unsafe mkdir(path, mode) == 0 else {
      throw Exit.because(
        "\(path) cannot be made: \(unsafe String(cString: strerror(errno)))", Exit.failed)
    }
    return true
  }

  private func write(_ text: String, to path: String, mode: UInt32) throws -> Bool {
    if exists(path) { return false }
    do throws(WholeFile.Failure) {
      try WholeFile.write(Array(text.utf8), to: path, mode: mode)
    } catch {
      throw Exit.because("\(path) \(error.message)", Exit.failed)
    }
    return true
  }
}
