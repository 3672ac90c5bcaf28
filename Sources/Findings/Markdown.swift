/// Text in Markdown that means itself.
enum Markdown {
  /// The text with its marks escaped, so that nothing in it is a link, markup or HTML; what is no mark where it stands is left,
  /// since people read Markdown as it is, too.
  ///
  /// It goes by scalars: a mark with an accent on it is one character, and a mark all the same.
  static func escaped(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var escaped = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      let isMark =
        switch scalar {
        case "\\", "`", "*", "_", "[", "]", "|", "~", "$": true
        // At the beginning of a line these make headings, lists and rules.
        case "#", "+", "-", "=": index == 0
        case ".", ")":
          index > 0 && scalars[..<index].allSatisfy { $0.properties.numericType != nil }
        default: false
        }
      switch scalar {
      case "&": escaped += "&amp;".unicodeScalars
      case "<": escaped += "&lt;".unicodeScalars
      case ">": escaped += "&gt;".unicodeScalars
      // Addresses become links by themselves.
      case "@": escaped += "&#64;".unicodeScalars
      case ":" where next == "/": escaped += "&#58;".unicodeScalars
      case "." where isWWW(scalars[..<index]): escaped += "&#46;".unicodeScalars
      case "\n", "\r": escaped.append(" ")
      default:
        if isMark { escaped.append("\\") }
        escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  private static func isWWW(_ before: ArraySlice<Unicode.Scalar>) -> Bool {
    before.count >= 3 && before.suffix(3).allSatisfy { $0 == "w" || $0 == "W" }
  }
}
