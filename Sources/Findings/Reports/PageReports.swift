internal import Mustache

extension Report {
  /// The report for people, as one HTML file that loads nothing and runs nothing.
  static let html = Report(name: "html") { document, page in
    Templates.html.render(ReportPage(document, page.language).values)
  }

  /// The same as Markdown.
  static let markdown = Report(name: "markdown") { document, page in
    Templates.markdown.render(ReportPage(document, page.language).values)
  }
}

/// The templates that come with the program. Whatever they show is escaped unless a template says otherwise, and none does.
enum Templates {
  static let html = template(PackageResources.report_html_mustache)
  static let markdown = template(PackageResources.report_md_mustache)
  static let dossierHTML = template(PackageResources.dossier_html_mustache)
  static let dossierMarkdown = template(PackageResources.dossier_md_mustache)

  private static func template(_ bytes: [UInt8]) -> MustacheTemplate {
    MustacheContentTypes.register(MarkdownContent(), named: "MARKDOWN")
    do { return try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self)) } catch {
      preconditionFailure("a template of the program's own is none")
    }
  }
}

private struct MarkdownContent: MustacheContentType {
  func escapeText(_ text: String) -> String { Markdown.escaped(text) }
}
