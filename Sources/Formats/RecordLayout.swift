/// How a record stands in its file.
public enum RecordLayout: UInt8, CaseIterable, Sendable {
  // Raw values travel from the workers; do not reuse one.
  case labelledBlocks = 1
  case delimitedLines, separatedValues, json, xml, database

  /// The name that findings and goldens give.
  public var name: String {
    switch self {
    case .labelledBlocks: "labelled-blocks"
    case .delimitedLines: "delimited-lines"
    case .separatedValues: "separated-values"
    case .json: "json"
    case .xml: "xml"
    case .database: "database"
    }
  }
}
