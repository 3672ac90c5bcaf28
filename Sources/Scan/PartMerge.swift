public import Findings
internal import Rules
internal import Watchlists

#if canImport(Glibc)
  internal import Glibc
#endif

/// Makes one document of those of several runs: `dumpsieve merge`.
///
/// The order of the files does not matter, nor does it if one is given twice, or is itself merged of others.
public enum PartMerge {
  /// Reads the documents at `paths` and merges them; scores are made anew by the rules in `rules`, which must be those of
  /// the parts.
  public static func run(
    paths: [String], rules directories: [String]
  ) throws(ScanFailure) -> FindingsDocument {
    let catalogue = try Scan.loadRules(directories)
    let digest = ContentDigest.sha256(catalogue.sources)
    var merged: FindingsDocument?
    for path in paths {
      let part = try document(path)
      if part.run.rulesDigest != digest {
        throw .badPart(
          path, "comes from a run with other rules than these; name its rules with --rules")
      }
      guard merged != nil else {
        merged = part
        continue
      }
      do throws(FindingsDocument.MergeFault) { try merged?.merge(part) } catch {
        throw .badPart(path, error.message)
      }
    }
    guard var merged else { throw .failed("there is nothing to merge") }
    // Also a single part becomes a merged document: with all shards there, or with those that are missing.
    do throws(FindingsDocument.MergeFault) { try merged.merge(merged) } catch {
      throw .badPart(paths.last ?? "", error.message)
    }
    var run = merged.run
    run.id = String(ContentDigest.sha256(run.parts.map { Array($0.id.utf8) }).prefix(32))
    let scorer = Scorer(catalogue, asOf: run.asOf)
    let findings = merged.findings.map { found in
      var finding = found
      scorer.score(&finding)
      return finding
    }
    return FindingsDocument(run: run, findings: findings)
  }

  private static func document(_ path: String) throws(ScanFailure) -> FindingsDocument {
    let bytes = try bytes(path)
    do throws(DocumentFault) { return try FindingsDocument(bytes) } catch {
      throw .badPart(path, "is no findings document that can be merged: \(error.message)")
    }
  }

  private static func bytes(_ path: String) throws(ScanFailure) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw .badPart(path, "cannot be opened") }
    defer { _ = close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .badPart(path, "is not a regular file")
    }
    guard status.st_size <= FindingsDocument.maxBytes else {
      throw .badPart(path, "has more than \(FindingsDocument.maxBytes >> 20) MiB")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let step = unsafe bytes.withUnsafeMutableBytes { buffer -> Int in
        unsafe read(file, buffer.baseAddress.map { unsafe $0 + count }, buffer.count - count)
      }
      if step < 0 && errno == EINTR { continue }
      if step <= 0 { throw .badPart(path, "cannot be read to its end") }
      count += step
    }
    return bytes
  }
}
