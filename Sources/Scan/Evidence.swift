internal import Clock
internal import Dumps
internal import Findings
internal import History
internal import Watchlists

#if canImport(Glibc)
  internal import Glibc
#endif

/// Keyed digests of the inputs in which something was found: they tell later whether a file is still the one that was read.
///
/// HMAC-SHA-256 under the installation's key, and no plain digest: who knows all of a file but a password in it could try
/// passwords against that. Who has the file can make its SHA-256 himself.
public enum Evidence {
  /// 64 hexadecimal digits that stand for the content of the file at `path`; nil, and it is not read, if its length in bytes
  /// is none of `sizes`.
  public static func digest(
    of path: String, sizes: Set<Int64>, installation: String
  ) throws(ScanFailure) -> String? {
    let identifiers: Identifiers
    do throws(Refusal) { identifiers = try Identifiers(installation: installation) } catch {
      throw ScanFailure(error)
    }
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw .failed("\(path) cannot be read: \(unsafe String(cString: strerror(errno)))")
    }
    defer { _ = close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .failed("\(path) cannot be read: not a regular file")
    }
    if !sizes.contains(Int64(status.st_size)) { return nil }
    guard let digest = identifiers.content(file) else { throw .failed("\(path) cannot be read") }
    return digest
  }
}

extension RunRecorder {
  /// Makes the digests that are missing of tonight's inputs with findings, until `isStopped` says so; an input that is not
  /// as it was read gets none.
  ///
  /// The smallest come first, and one that is nearly all hole never: it may be of any size. What is left over when a
  /// twentieth of the run's time is spent is for the next night: a big file takes as long again as its scan.
  func makeEvidence(isStopped: () -> Bool) throws(StoreFailure) {
    let began = MonotonicClock.now
    let budget = max(Self.leastEvidenceSeconds, (began - startedAt) / 20)
    for input in try store.withoutEvidence() {
      if isStopped() || MonotonicClock.now - began > budget { return }
      guard let place = places[input.id] else { continue }
      let path = names.path(dump: place.dump, place.path)
      guard let digest = digest(path, as: input.fingerprint, isStopped) else { continue }
      try store.add(evidence: digest, of: input, at: UTCTime.now)
    }
  }

  /// Long enough for a night's usual findings, and no wait for anybody.
  private static let leastEvidenceSeconds = 2.0

  private func digest(
    _ path: [UInt8], as read: Fingerprint, _ isStopped: () -> Bool
  ) -> String? {
    let name = path.map { CChar(bitPattern: $0) } + [0]
    let file = unsafe open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if file < 0 { return nil }
    defer { _ = close(file) }
    func isAsRead() -> Bool { Fingerprint(descriptor: file)?.isSameFile(as: read) ?? false }
    guard isAsRead(), !DumpFile.isSparse(descriptor: file),
      let digest = identifiers.content(file, isStopped), isAsRead()
    else { return nil }
    return digest
  }
}
