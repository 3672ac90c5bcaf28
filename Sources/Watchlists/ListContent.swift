/// What the supervisor asks of a list beside the accounts that workers report.
extension WatchlistImage {
  /// Digest of all that decides what list `list` finds: two lists with the same find the same, whenever they were made and
  /// whatever else they say of their accounts. 64 hexadecimal digits.
  public func contentDigest(list: Int) -> String {
    let header = headers[list]
    let sections = WatchlistSections(header)
    let place = plan.lists[list]
    var content = [UInt8](
      "\(header.keyID) \(header.bareLoginsMatchAnywhere)\n\(header.mailDomains)\n\(header.serviceHosts)\n"
        .utf8)
    content.reserveCapacity(content.count + 18 * header.tags)
    for index in 0..<header.tags {
      // Accounts may stand in another order from one export to the next; tags are sorted.
      let owner = bytes.word32(place.offset + sections.owners + 4 * index)
      let account = Int(owner & ~Self.aliasBit)
      bytes.withSpan(place.offset + sections.tags + 16 * index, 16) { tag in
        for byte in tag.indices { content.append(tag[byte]) }
      }
      content.append(owner & Self.aliasBit == 0 ? 0 : 1)
      // The canary is of every list, and no login of the partner's.
      let lengths = bytes.word32(
        place.offset + sections.accounts + WatchlistSections.accountBytes * account + 20)
      if lengths >> 16 & 0xFF > 0 {
        content += Array((self.account(list: list, index: account)?.serviceHost ?? "").utf8)
      }
      content.append(0)
    }
    return Hex.text(ContentDigest.sha256(content.span))
  }

  /// In an owner, the bit that says that the tag is an alias's.
  private static let aliasBit: UInt32 = 1 << 31

  /// The account that the list has under a tag of 32 hexadecimal digits, or nil.
  public func account(list: Int, tag hex: String) -> ListedAccount? {
    guard let tag = Tag(hex: hex) else { return nil }
    let sections = WatchlistSections(headers[list])
    let start = plan.lists[list].offset + sections.tags
    var (low, high) = (0, headers[list].tags)
    while low < high {
      let middle = (low + high) / 2
      if bytes.tag(start + 16 * middle) < tag { low = middle + 1 } else { high = middle }
    }
    guard low < headers[list].tags, bytes.tag(start + 16 * low) == tag else { return nil }
    let owner = bytes.word32(plan.lists[list].offset + sections.owners + 4 * low)
    return account(list: list, index: Int(owner & ~Self.aliasBit))
  }
}

extension Tag {
  /// Of 32 lower-case hexadecimal digits.
  init?(hex: String) {
    let digits = hex.utf8.compactMap { Hex.value($0) }
    guard digits.count == 32, hex.utf8.count == 32 else { return nil }
    func word(_ digits: ArraySlice<UInt8>) -> UInt64 { digits.reduce(0) { $0 << 4 | UInt64($1) } }
    self.init(high: word(digits[..<16]), low: word(digits[16...]))
  }
}
