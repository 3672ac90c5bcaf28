/// One way to write a run's result.
public struct Report: Sendable {
  /// What `--format` takes.
  public var name: String
  /// The bytes of the whole report. `width` is that of the terminal in columns, `isColoured` whether it
  /// takes colours; both matter to people's formats only.
  public var render: @Sendable (_ document: FindingsDocument, _ page: Page) -> String

  /// What people's formats are written onto.
  public struct Page: Sendable {
    public var width: Int
    public var isColoured: Bool
    public var language: Language

    public init(width: Int = 100, isColoured: Bool = false, language: Language = .en) {
      self.width = width
      self.isColoured = isColoured
      self.language = language
    }
  }

  /// In the order in which the help lists them.
  public static let all: [Report] = [json, jsonLines, table]

  /// What `export --to` takes: formats of other systems, in the order of its help.
  public static let exports: [Report] = [misp, stix, ocsf, ecs, defectDojo, csv]

  /// What `report` writes: pages for people.
  public static let pages: [Report] = [html, markdown]

  public static func named(_ name: String, among reports: [Report] = all) -> Report? {
    reports.first { $0.name == name }
  }
}
