import Testing

@testable import Findings

@Suite("Text in the languages of outputs")
struct EscapingTests {
  @Test(
    "in Markdown it is neither a link, markup nor HTML",
    arguments: [
      ("<img src=x>", "&lt;img src=x&gt;"), ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
      ("[a](b)", "\\[a\\](b)"),
      ("https://a.example", "https&#58;//a.example"), ("ann@a", "ann&#64;a"),
      ("a\nb", "a b"), ("1. x", "1\\. x"), ("1) x", "1\\) x"), ("a|b", "a\\|b"), ("`x`", "\\`x\\`"),
      ("# x", "\\# x"), ("a # x", "a # x"), ("- x", "\\- x"),
      ("www.a.example", "www&#46;a.example"),
      ("==", "\\=="), ("12 Jan. (x)", "12 Jan. (x)"), ("é", "é"),
      // A mark with an accent on it is a mark.
      ("<\u{301}b>", "&lt;\u{301}b&gt;"), ("*\u{301}a*", "\\*\u{301}a\\*"),
      ("[\u{308}a](b)", "\\[\u{308}a\\](b)"), ("|\u{301}", "\\|\u{301}"),
      ("#\u{301} x", "\\#\u{301} x"), ("ann@\u{301}a", "ann&#64;\u{301}a"),
      ("http:/\u{301}/a", "http&#58;/\u{301}/a"), ("a\r\nb", "a  b"),
      ("WwW.\u{301}a", "WwW&#46;\u{301}a"),
    ])
  func markdown(text: String, escaped: String) {
    #expect(Markdown.escaped(text) == escaped)
  }

  @Test(
    "in CSV it is no formula",
    arguments: [
      ("=1+1", "\"'=1+1\""), ("+1", "\"'+1\""), ("-1", "\"'-1\""), ("@SUM(A1)", "\"'@SUM(A1)\""),
      (" =1", "\"' =1\""), ("'=1", "\"''=1\""), ("\u{A0}=1", "\"'\u{A0}=1\""), ("＝1", "\"'＝1\""),
      ("=\u{301}1", "\"'=\u{301}1\""), ("＝\u{FE0F}1", "\"'＝\u{FE0F}1\""),
      ("\u{3000}=1", "\"'\u{3000}=1\""), ("\u{2003}\u{202F}+1", "\"'\u{2003}\u{202F}+1\""),
      (" \u{301}=1", "\" \u{301}=1\""), ("a\"\u{301},=1", "\"a\"\"\u{301},=1\""),
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
