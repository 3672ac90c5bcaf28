import Testing

@testable import Findings

@Suite("Text in the languages of outputs")
struct EscapingTests {
  @Test(
    "in Markdown it is neither a link, markup nor HTML",
    arguments: [
      ("<img src=x>", "&lt;img src=x&gt;"), ("[a](b)", "\\[a\\](b)"),
      ("https://a.example", "https&#58;//a.example"), ("ann@a", "ann&#64;a"),
      ("a\nb", "a b"), ("1. x", "1\\. x"), ("1) x", "1\\) x"), ("a|b", "a\\|b"), ("`x`", "\\`x\\`"),
      ("# x", "\\# x"), ("a # x", "a # x"), ("- x", "\\- x"),
      ("www.a.example", "www&#46;a.example"),
      ("==", "\\=="), ("12 Jan. (x)", "12 Jan. (x)"), ("é", "é"),
    ])
  func markdown(text: String, escaped: String) {
    #expect(Markdown.escaped(text) == escaped)
  }

  @Test(
    "in CSV it is no formula",
    arguments: [
      ("=1+1", "\"'=1+1\""), ("+1", "\"'+1\""), ("-1", "\"'-1\""), ("@SUM(A1)", "\"'@SUM(A1)\""),
      (" =1", "\"' =1\""), ("'=1", "\"''=1\""), ("\u{A0}=1", "\"'\u{A0}=1\""), ("＝1", "\"'＝1\""),
      ("a=1", "\"a=1\""), ("a \"b\"", "\"a \"\"b\"\"\""), ("\"=1", "\"'\"\"=1\""), ("", "\"\""),
    ])
  func csv(text: String, cell: String) {
    #expect(CSVCell.text(text).rendered == cell)
  }

  @Test("numbers of our own are numbers in CSV, also below 0")
  func numbers() {
    #expect(CSVCell.number(-3).rendered == "-3")
    #expect(CSVCell.truth(nil).rendered == "")
  }
}
