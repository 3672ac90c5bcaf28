import Bytes
import Clock
internal import Glibc
import Watchlists

/// A partner's list with any bytes behind its header, signed with the key: it is refused, or each answer lies within it.
///
/// Whoever holds the key can write anything, and a worker reads the list in place.
func checkWatchlist(_ bytes: [UInt8]) {
  guard var header = try? WatchlistHeader(bytes, path: "list") else { return }
  let body = bytes.dropFirst(header.bytes)
  let key = partnerKey()
  (header.keyID, header.keyCheck) = (key.keyID, key.keyCheck)
  (header.filterCheck, header.hasInstallationFilter) = (key.filterCheck, key.hasInstallationFilter)
  let sections = WatchlistSections(header)
  guard sections.end <= 1 << 16 else { return }
  var file = Array(header.text.utf8)
  file += repeatElement(0, count: header.bytes - file.count)
  // What lacks is zeros, so that an input need not have the size that its header says.
  file += body.prefix(sections.mac - file.count)
  file += repeatElement(0, count: sections.mac - file.count)
  file += must(try? key.fileMAC(file.span))
  read(file, logins: [Array("ann@a.example".utf8), Array("admin".utf8)])
}

/// Any bytes are a partner's CSV file or not; of what was accepted a list is made that holds each account, and no other login.
func checkAccounts(_ bytes: [UInt8]) {
  for acceptsGeneric in [false, true] {
    let list: AccountList
    do throws(Refusals) {
      list = try AccountList(
        bytes, path: "accounts.csv", partner: partner, acceptsGeneric: acceptsGeneric)
    } catch {
      must(!error.all.isEmpty, "a reason")
      continue
    }
    must(!list.accounts.isEmpty, "no accounts are a refusal")
    var key = partnerKey()
    var options = WatchlistMaker.Options(made: now)
    options.bareLoginsMatchAnywhere = acceptsGeneric
    let file = must(try? WatchlistMaker.make(list, key: &key, options: options))
    let logins = list.accounts.flatMap { [$0.login] + $0.aliases }
    must(read(file, logins: logins) == logins.count, "each login is found")
    must(read(file, logins: [Array("nobody@else.example".utf8) + [0]]) == 0, "no other")
  }
}

/// Any bytes are a key file or not.
func checkKeyFile(_ bytes: [UInt8]) {
  let path = written(bytes)
  defer { unsafe unlink(path) }
  if let file = try? KeyFile(path: path) {
    must(bytes.starts(with: Array("dumpsieve-key 1\npartner: \(file.partner)\n".utf8)), "one form")
    must((try? PartnerKey(file)) != nil, "a key")
  }
  if (try? Installation(path: path)) != nil {
    must(bytes.starts(with: Array("dumpsieve-installation 1\n".utf8)), "one form")
  }
}

private let partner = "org-formation-isere"
private let now = must(UTCTime("2025-07-14T01:30:00Z"))

/// The partner's keys, of known bytes.
private let keys: PartnerKeys = withKeyFile { must(try? PartnerKeys(paths: [$0])) }

private func partnerKey() -> PartnerKey {
  withKeyFile { path in must(try? PartnerKey(must(try? KeyFile(path: path)))) }
}

private func withKeyFile<Result: ~Copyable>(_ body: (String) -> Result) -> Result {
  let digits = String(repeating: "1a", count: 32)
  let path = written(Array("dumpsieve-key 1\npartner: \(partner)\nkey: \(digits)\n".utf8))
  defer { unsafe unlink(path) }
  return body(path)
}

/// A file in memory that nobody else can read; its path.
private func written(_ bytes: [UInt8]) -> String {
  var path = Array("/dev/shm/dumpsieve-fuzz-XXXXXX".utf8CString)
  let descriptor = unsafe mkstemp(&path)
  must(descriptor >= 0, "a file in memory")
  defer { close(descriptor) }
  must(unsafe write(descriptor, bytes, bytes.count) == bytes.count, "a file in memory")
  return String(cString: path)
}

/// How many of `logins` a list holds that a run reads as it reads any; nil if it is refused.
@discardableResult
private func read(_ file: [UInt8], logins: [[UInt8]]) -> Int? {
  let path = written(file)
  defer { unsafe unlink(path) }
  let imagePath = written([])
  let descriptor = unsafe open(imagePath, O_RDWR)
  unsafe unlink(imagePath)
  defer { close(descriptor) }
  guard
    let image = try? WatchlistImage(paths: [path], keys: keys, descriptor: descriptor, now: now)
  else { return nil }
  must(image.contentDigest(list: 0).utf8.count == 64, "a digest")
  // Behind the accounts stands the canary.
  for index in 0...image.headers[0].accounts {
    must(image.account(list: 0, index: index) != nil, "each account is within the list")
  }
  let lookup = must(
    AccountLookup(
      plan: image.plan, descriptor: descriptor, secrets: must(try? keys.workerSecrets()),
      hashesEveryLogin: false))
  var found = 0
  for login in logins {
    let matches = lookup.matches(login.span)
    must(matches.isEmpty || lookup.mayHold(login.span), "the pre-filter lets it pass")
    for match in matches {
      must((0...image.headers[0].accounts).contains(match.account), "an account of the list")
      _ = lookup.countsAtHost(match, Array("kairos.example".utf8).span)
    }
    _ = lookup.meant(among: matches, atHost: Array("kairos.example".utf8).span)
    if !matches.isEmpty { found += 1 }
  }
  return found
}

/// A value that must be there.
private func must<Value: ~Copyable>(_ value: consuming Value?) -> Value {
  guard let value else { fatalError("what must be there") }
  return value
}
