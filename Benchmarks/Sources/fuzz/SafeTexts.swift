import Findings

/// Any bytes become text that steers nothing: no control, format or separator character.
func checkSafeText(_ bytes: [UInt8]) {
  let text = SafeText(bytes).text
  must(text.unicodeScalars.count <= SafeText.maxScalars, "length")
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      must(false, "steers")
    default: break
    }
  }
}
