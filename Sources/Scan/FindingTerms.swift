internal import Findings
internal import Formats
internal import Worker

// How findings name what workers say. Workers know nothing of findings, and findings nothing of workers.

extension ResultFrame.Hit.Form {
  var name: String {
    switch self {
    case .exact: "exact"
    case .alias: "alias"
    case .plusTag: "plus-tag"
    case .windowsName: "windows-name"
    }
  }
}

extension ResultFrame.LogFacts {
  /// How sure the family is.
  var confidenceName: String {
    switch confidence {
    case 2: "medium"
    case 3...: "high"
    default: "low"
    }
  }
}

extension RecordLayout {
  /// Whether a record is of one machine's log, which may be a file that stands alone: a list or an export is of many, or of none.
  func isOfLog(_ isLog: Bool) -> Bool { isLog || self == .labelledBlocks }

  /// What kind of source a record came from; the nearer to the infected machine, the more it says.
  func source(isLog: Bool) -> String {
    if isOfLog(isLog) { return "stealer-log" }
    return self == .delimitedLines ? "line-list" : "browser-export"
  }
}

extension Finding.PasswordCheck.Verdict {
  init(_ answer: VerifierAnswer) {
    switch answer {
    case .noAnswer: self = .noAnswer
    case .unknown: self = .unknown
    case .old: self = .old
    case .stillValid: self = .stillValid
    }
  }
}
