import Bytes
import Formats

private let families = FamilyMarkers([
  FamilyMarkers.Family(
    id: "fam.one",
    markers: [
      FamilyMarkers.Marker(place: .text, text: Array("meta_data".utf8), points: 80),
      FamilyMarkers.Marker(place: .line, text: Array("build id:".utf8), points: 25),
      FamilyMarkers.Marker(place: .file, text: Array("hwid".utf8), points: 25),
    ], dates: [(Array("date".utf8), .mdy)])
])

/// A system file's facts lie within it, and a time within the years that there are.
func checkLogFacts(_ bytes: [UInt8]) {
  let system = SystemInfo(bytes.span, labels: labels)
  for entry in system.values {
    for range in [entry.label, entry.value] {
      must(!range.isEmpty && range.start >= 0 && range.end <= bytes.count, "a fact")
    }
    check(LocalTime(bytes.span.extracting(entry.value.bounds), order: .mdy))
  }
  // Of a longer text its values will do: each word of each language is looked for at each place.
  if bytes.count <= 256 {
    for order in LocalTime.Order.allCases { check(LocalTime(bytes.span, order: order)) }
  }
  for isSystemFile in [false, true] {
    let seller = SellerName.read(bytes.span, isSystemFile: isSystemFile, labels: labels)
    must(seller.isEmpty || SellerName.isName(seller), "a seller's name")
  }
  var evidence = FamilyMarkers.Evidence(families)
  evidence.look(at: bytes.span, name: bytes.span, families)
  must(evidence.verdict.map { $0.family == 0 } ?? true, "one family")
}

private func check(_ time: LocalTime?) {
  // From 2000 up to 2100.
  let years: Range<Int64> = 946_684_800..<4_102_444_800
  guard let time else { return }
  must(years.contains(time.seconds), "a year")
  if let other = time.otherSeconds { must(years.contains(other), "the other year") }
}
