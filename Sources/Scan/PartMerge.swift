public import Findings
internal import Rules
internal import Watchlists

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
    var union = FindingsDocument.Union()
    for path in paths {
      let part = try document(path)
      if part.run.rulesDigest != digest {
        throw .badPart(
          path, "comes from a run with other rules than these; name its rules with --rules")
      }
      do throws(FindingsDocument.MergeFault) { try union.add(part) } catch {
        if error == .tooMany { throw .failed("\(path) \(error.message)") }
        throw .badPart(path, error.message)
      }
    }
    // Also a single part becomes a merged document: with all shards there, or with those that are missing.
    let whole: FindingsDocument?
    do throws(FindingsDocument.MergeFault) { whole = try union.finish() } catch {
      throw .badPart(paths.last ?? "", error.message)
    }
    guard let merged = whole else { throw .failed("there is nothing to merge") }
    var run = merged.run
    run.id = String(ContentDigest.sha256(run.parts.map { Array($0.id.utf8) }).prefix(32))
    let scorer = Scorer(catalogue, asOf: run.asOf)
    let findings = merged.findings.map { found in
      var finding = found
      scorer.score(&finding)
      return finding
    }
    run.texts = Scorer.texts(of: findings, catalogue)
    return FindingsDocument(run: run, findings: findings)
  }

  private static func document(_ path: String) throws(ScanFailure) -> FindingsDocument {
    do throws(DocumentFile.Failure) {
      var document = try DocumentFile.read(path)
      if document.run.schemaVersion != FindingsDocument.schemaVersion {
        throw DocumentFile.Failure.bad(
          DocumentFault("schema_version", "is not \(FindingsDocument.schemaVersion)"))
      }
      // It leaves findings out, and nothing of the merged document would say so.
      if document.run.since != nil {
        throw DocumentFile.Failure.bad(
          DocumentFault("since", "says that findings are left out (--since): write it without"))
      }
      // What one host remembers of a finding is not the history of the merged one. What it remembers to have read was
      // read all the same.
      document.run.isOfHistory = false
      for index in document.findings.indices { document.findings[index].past = nil }
      return document
    } catch {
      if case .bad(let fault) = error {
        throw .badPart(path, "is no findings document that can be merged: \(fault.message)")
      }
      throw .badPart(path, error.message)
    }
  }
}
