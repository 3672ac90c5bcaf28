import Watchlists

/// A header is refused, or is written again as it stood, and its sections stand in order.
func checkWatchlistHeader(_ bytes: [UInt8]) {
  guard let header = try? WatchlistHeader(bytes, path: "list") else { return }
  must(bytes.starts(with: header.text.utf8), "one form only")
  let sections = WatchlistSections(header)
  let places = [
    header.bytes, sections.tags, sections.owners, sections.accounts, sections.strings,
    sections.filterNonce, sections.filterWords, sections.mac, sections.end,
  ]
  must(places == places.sorted(), "sections in order")
}
