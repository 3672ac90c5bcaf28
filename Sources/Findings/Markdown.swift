/// Text in Markdown that means itself.
enum Markdown {
  /// The text with its marks escaped, so that nothing in it is a link, markup or HTML; what is no mark where it stands is left,
  /// since people read Markdown as it is, too.
  static func escaped(_ text: String) -> String {
    let characters = Array(text)
    var escaped = ""
    for (index, character) in characters.enumerated() {
      let next = index + 1 < characters.count ? characters[index + 1] : " "
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      // Addresses become links by themselves.
      case "@": escaped += "&#64;"
      case ":" where next == "/": escaped += "&#58;"
      case "." where escaped.lowercased().hasSuffix("www"): escaped += "&#46;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$": escaped += "\\\(character)"
      // At the beginning of a line these make headings, lists and rules.
      case "#", "+", "-", "=": escaped += index == 0 ? "\\\(character)" : String(character)
      case ".", ")":
        let isNumber = index > 0 && characters[..<index].allSatisfy(\.isNumber)
        escaped += isNumber ? "\\\(character)" : String(character)
      case "\n", "\r": escaped += " "
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
