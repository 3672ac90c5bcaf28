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
  /// What kind of source a record came from; the nearer to the infected machine, the more it says.
  func source(isLog: Bool) -> String {
    if isLog { return "stealer-log" }
    switch self {
    case .labelledBlocks: return "stealer-log"
    case .separatedValues, .json, .xml, .database: return "browser-export"
    case .delimitedLines: return "line-list"
    }
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
