/// A YAML file that cannot be used; the run stops before it has read anything (exit status 78).
public struct YAMLFault: Error, Equatable, Sendable {
  /// The file, or the directory of files.
  public var path: String
  /// From 1; 0 if the fault has no place in the file.
  public var line: Int
  public var column: Int
  public var reason: String

  public init(_ path: String, line: Int = 0, column: Int = 0, _ reason: String) {
    self.path = path
    self.line = line
    self.column = column
    self.reason = reason
  }

  public var message: String {
    line == 0 ? "\(path): \(reason)" : "\(path):\(line):\(column): \(reason)"
  }
}
