import Formats
import Foundation

/// A line of URL, login and password, split in every way that formats.md §5 allows, naively: each end
/// that the URL may have is tried, and each end of the login behind it.
struct DelimitedLineTwin {
  struct Split: Hashable, CustomStringConvertible {
    var host: String
    var login: String

    var description: String { "\(login) at \(host.isEmpty ? "no host" : host)" }
  }

  private static let hard = Set(Text(":;|,\t".utf8))
  private static let separators = hard.union([0x20])
  private static let pathBegins = Set(Text("/?".utf8))
  private static let authorityEnds = Set(Text("/?#\\| \t,;".utf8))

  /// Made once: to make one takes longer than to split a line. They are not changed.
  private enum Expression {
    nonisolated(unsafe) static let address =
      /[\w.%+'\-]+@[\w\-.]+\.[A-Za-z0-9_\-]*[A-Za-z_\-]+/
    nonisolated(unsafe) static let ending = /[A-Za-z0-9_\-]{2,}$/
    nonisolated(unsafe) static let note =
      /(?:\d{1,4}|\d+[.\/\-]\d+[.\/\-]\d+|\d+\.\d+\.\d+\.\d+|[A-Z][A-Z])(?=[:;|,\t \x00])/
    nonisolated(unsafe) static let time = /\d\d:\d\d(?::\d\d)?(?=[:;|,\t \x00])/
    nonisolated(unsafe) static let port = /:[0-9]{2,5}$/
    nonisolated(unsafe) static let placeOrIP = /^(?:[A-Z][A-Z]|[\d.]{7,})$/
    nonisolated(unsafe) static let digits = /^[\d.]+$/
  }

  private let text: Text
  private let isFramed: Bool
  private let labels: LabelTexts

  init(_ line: Text, _ labels: LabelTexts) {
    self.labels = labels
    isFramed = Self.isFramed(line)
    let whole = Self.withoutBullets(line)
    var text = whole.trimmed
    if let inner = Self.withinBrackets(text) {
      text = inner
    } else if let last = whole.last, Text.blanks.contains(last), !text.isEmpty {
      // A blank behind the login parts it from an empty password.
      text.append(whole[(whole.lastIndex { !Text.blanks.contains($0) } ?? -1) + 1])
    }
    // "url";"login";"pw": the first quote is the line's.
    if text.count > 1 && text.first == 0x22 { text.removeFirst() }
    self.text = Self.withoutRemark(text)
  }

  /// Without the word of a checker before a record: `Good - ann@mail.example:…`.
  private static func withoutRemark(_ text: Text) -> Text {
    let remarks = [
      "hit", "good", "live", "valid", "working", "success", "found", "ok", "premium", "custom",
      "free", "approved",
    ]
    let word = Text(text.prefix { (0x61...0x7A).contains($0 | 0x20) })
    guard remarks.contains(word.lowercased.string) else { return text }
    var index = word.count
    while index < text.count {
      let arrow = text[index...].prefix { Text("-=>".utf8).contains($0) }
      if separators.contains(text[index]) {
        index += 1
      } else if !arrow.isEmpty, Text.blanks.contains(text[index - 1]), arrow.endIndex < text.count,
        Text.blanks.contains(text[arrow.endIndex])
      {
        index = arrow.endIndex
      } else {
        break
      }
    }
    let rest = Text(text[index...])
    let record = DelimitedLineTwin(part: rest, LabelTexts())
    let isRecord = record.scheme(at: 0) != nil || record.beginsWithTouchedAddress
    return index > word.count + 1 && text[index - 1] == 0x20 && isRecord ? rest : text
  }

  /// A part of a line, or a field's value: bullets before it are its own.
  init(part: Text, _ labels: LabelTexts) {
    isFramed = false
    text = part
    self.labels = labels
  }

  /// What stands within `["…"],` or `(ann@mail.example:…)`, or between backquotes.
  private static func withinBrackets(_ text: Text) -> Text? {
    let closing: [UInt8: UInt8] = [0x28: 0x29, 0x5B: 0x5D, 0x7B: 0x7D, 0x60: 0x60]
    guard text.count > 4, let open = text.first, let close = closing[open] else { return nil }
    let whole = text.last == 0x2C ? Text(text.dropLast()) : text
    let inner = Text(whole.dropFirst().dropLast()).trimmed
    let address = inner.firstIndex(of: 0x3A).map { Text(inner[..<$0]) }
    let isAddress = address.map { isMailAddress($0) && $0.count + 1 < inner.count } ?? false
    return whole.last == close && (inner.first == 0x22 || isAddress) ? inner : nil
  }

  /// A bullet that touches the first field is its own, unless that is a URL.
  private static func withoutBullets(_ line: Text) -> Text {
    let (rest, _) = FieldTwin.behindBullets(line)
    if rest.isEmpty || rest.count == line.count { return line }
    if let record = behindTags(line) { return record }
    let before = line[line.count - rest.count - 1]
    if Text.blanks.contains(before) || before >= 0x80
      || DelimitedLineTwin(part: rest, LabelTexts()).scheme(at: 0) != nil
    {
      return rest
    }
    return Text(line.drop { $0 >= 0x80 || Text.blanks.contains($0) })
  }

  /// What stands behind up to four `[…]` or `(…)`, if a URL with a scheme does.
  static func behindTags(_ line: Text) -> Text? {
    var rest = Text(line.drop { Text.blanks.contains($0) })
    for _ in 0..<4 {
      guard rest.trimmed.count > 2, let open = rest.first, open == 0x5B || open == 0x28,
        let end = rest.prefix(48).firstIndex(of: open == 0x5B ? 0x5D : 0x29)
      else { return nil }
      rest = Text(rest[(end + 1)...].drop { Text.blanks.contains($0) })
      let record = DelimitedLineTwin(part: rest.trimmed, LabelTexts())
      if record.scheme(at: 0) != nil || record.beginsWithTouchedAddress
        || record.beginsWithTouchedHost
      {
        return rest
      }
    }
    return nil
  }

  /// `a.example:ann:pw`, without a blank.
  private var beginsWithTouchedHost: Bool {
    let fields = text.indices.filter(isHard)
    guard fields.count > 1, !text.contains(0x20), scheme(at: 0) == nil else { return false }
    return authorityEnds().contains(fields[0]) && fields[1] > fields[0] + 1
      && fields[1] + 1 < text.count
  }

  /// `ann@mail.example:pw`, without a blank before the password.
  private var beginsWithTouchedAddress: Bool {
    guard let hard = text.indices.first(where: isHard), hard + 1 < text.count else { return false }
    return Self.isMailAddress(Text(text[..<hard])) && !Text.blanks.contains(text[hard + 1])
  }

  /// Whether the text is a URL or, if it is one word, a host.
  func beginsAsURL(isWord: Bool) -> Bool {
    let isWhole =
      scheme(at: 0) == nil ? isWord && !authorityEnds().isEmpty : !authorityEnds().isEmpty
    return isWhole
  }

  /// Whether a URL with its scheme stands at the beginning, and no other behind it: then a single split is beyond
  /// doubt.
  private var beginsWithOnlyURL: Bool {
    scheme(at: 0) != nil && !authorityEnds().isEmpty && trailingURLStarts().isEmpty
  }

  /// Whether a mail address is the first field, as in combolists.
  private var beginsWithAddress: Bool {
    guard let hard = text.indices.first(where: isHard) else { return false }
    return isAddress(Text(text[..<hard]).trimmed)
  }

  /// Whether a URL, or what may be a host, stands where a record has one.
  private var hasURL: Bool {
    if !authorityEnds().isEmpty || !trailingURLStarts().isEmpty { return true }
    guard let start = behindNote() else { return false }
    return DelimitedLineTwin(part: Text(text[start...]), labels).hasURL
  }

  /// The logins, if nobody could doubt them: one, behind a URL at the line's beginning and not within it, or a mail
  /// address that begins a line without URL.
  func sureLogins() -> Set<String>? {
    guard splitsWithinURL().isEmpty else { return nil }
    let logins = Set(splits().map(\.login))
    return logins.count == 1 && (beginsWithOnlyURL || beginsWithAddress && !hasURL) ? logins : nil
  }

  /// What a line is among those of other layouts.
  enum Standing {
    case record, text, doubtful
  }

  /// Whether the line is a record for whoever reads formats.md §5. With `takesBareLines` all that can be split is
  /// one, else only what names a URL or an address.
  func standing(takesBareLines: Bool, mayHaveNote: Bool = true) -> Standing {
    let splits = splits()
    if splits.isEmpty || isFramed { return .text }
    let hasAddress = splits.contains { isAddress(Text($0.login.utf8)) }
    // A word that may be a host, with one field behind it, is a banner: `t.me/x: join`.
    let isBanner =
      trailingURLStarts().isEmpty && scheme(at: 0) == nil && behindNote() == nil
      && Set(splits.map(\.login)).count == 1
    if !takesBareLines && !hasAddress && (!hasURL || isBanner) { return .text }
    if mayHaveNote, let start = behindNote() {
      let behind = DelimitedLineTwin(part: Text(text[start...]), labels)
      if behind.standing(takesBareLines: takesBareLines, mayHaveNote: false) == .record {
        return .record
      }
    }
    guard beginsWithOnlyURL || beginsWithAddress else { return .doubtful }
    if takesBareLines { return .record }
    let areNone = splits.compactMap { split in
      password(behind: split).map { password in
        // `NOT_SAVED` tells that a password's place is there, and a separator behind an address; hyphens do not.
        password.isEmpty
          ? !(scheme(at: 0) != nil && isAddress(Text(split.login.utf8)) && endsHard)
          : password.allSatisfy { $0 == 0x2D }
      }
    }
    // `ann@mail.example;https://a.example/;` has a URL and no password, or a password that looks like one.
    let isURLBehind = splits.contains { split in
      let behind = password(behind: split)?.drop { Self.separators.contains($0) || $0 == 0x00 }
      return behind.map { Text($0).hasScheme } ?? false
    }
    if areNone.isEmpty || beginsWithAddress && isURLBehind { return .doubtful }
    if areNone.allSatisfy({ $0 }) { return .text }
    return areNone.contains(true) ? .doubtful : .record
  }

  /// Whether nothing but separators, and one that is no blank, stands behind the last field.
  private var endsHard: Bool {
    text.reversed().prefix { Self.separators.contains($0) || $0 == 0x00 }
      .contains(where: Self.hard.contains)
  }

  /// The text behind a split's login, or nil if the login is not found behind the host.
  private func password(behind split: Split) -> Text? {
    let login = Text(split.login.utf8)
    let begins = text.indices.filter { begin in
      guard begin >= split.host.utf8.count, text[begin...].starts(with: login) else { return false }
      // A quote round the login is none of it.
      let behind = text[(begin + login.count)...]
      let end = behind.first == 0x22 ? behind.dropFirst().first : behind.first
      return end.map(Self.separators.contains) ?? false
    }
    guard let begin = begins.first else { return nil }
    let isQuoted = text[begin + login.count] == 0x22
    let behind = skipSeparators(from: begin + login.count + (isQuoted ? 1 : 0))
    return Text(text[behind...]).trimmed
  }

  /// `#  Telegram: https://t.example/shop  #` is a banner in a frame.
  private static func isFramed(_ line: Text) -> Bool {
    let text = line.trimmed
    guard text.count > 2, let first = text.first, first == 0x23 || first == 0x2A else {
      return false
    }
    return text.last == first && Text.blanks.contains(text[text.count - 2])
  }

  /// Every split in which the login is a whole field.
  func splits() -> Set<Split> {
    var splits = splitsWithoutNote().union(splitsBehindQuote())
    splits.formUnion(splitsAtAddresses().union(splitsAtDashes()).union(splitsAtRareSigns()))
    if let start = behindNote() {
      let rest = DelimitedLineTwin(part: Text(text[start...]), labels)
      splits.formUnion(rest.splitsWithoutNote().union(rest.splitsBehindQuote()))
    }
    for split in splits {
      let host = Text(split.host.utf8).withoutInvisible.string
      splits.insert(Split(host: host, login: split.login))
    }
    // `"https://a.example/";"ann";…`: the quote is the line's, or the URL's.
    for split in splits where split.host.hasSuffix("\"") {
      splits.insert(Split(host: String(split.host.dropLast()), login: split.login))
    }
    return splits
  }

  /// `https://a.example/^ann@mail.example^…`
  private func splitsAtRareSigns() -> Set<Split> {
    var splits: Set<Split> = []
    let signs = [
      "\u{1}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{1F}", "^", "~", "\u{A0}", "¦", "§", "þ", "│", "║",
    ]
    guard scheme(at: 0) != nil else { return [] }
    for sign in signs {
      let fields = text.string.components(separatedBy: sign)
      if fields.count > 2 { splits.insert(Split(host: fields[0], login: fields[1])) }
    }
    return splits
  }

  /// A mail address that is a field before another, or ends it, is a login wherever it stands.
  private func splitsAtAddresses() -> Set<Split> {
    var splits: Set<Split> = []
    let cuts = [-1] + text.indices.filter(isHard) + [text.count]
    let quoted = text.indices.filter { text[$0] == 0x22 }.map { $0 + 1 }
    let urls = ([0] + quoted).filter { scheme(at: $0) != nil }.flatMap { start in
      (cuts + text.indices.filter { text[$0] == 0x20 }).filter { $0 > start }
        .map { Text(text[start..<$0]).trimmed.string }
    }
    for (cut, next) in zip(cuts, cuts.dropFirst())
    where skipSeparators(from: next) < text.trimmed.count {
      let field = Self.unquoted(Text(text[(cut + 1)..<next]).trimmed)
      let word = Text(field[(field.lastIndex(of: 0x20).map { $0 + 1 } ?? 0)...])
      for address in [field, word] where Self.isMailAddress(address) {
        for host in [""] + urls + trailingURLs() + trailingHosts() {
          splits.insert(Split(host: host, login: address.string))
        }
      }
    }
    return splits
  }

  /// `ann@mail.example----pw`, with a URL before or behind.
  private func splitsAtDashes() -> Set<Split> {
    var splits: Set<Split> = []
    let runs = text.indices.filter { start in
      text[start...].starts(with: Text("---".utf8)) && (start == 0 || text[start - 1] != 0x2D)
    }
    func behind(_ run: Int) -> Int { text[run...].firstIndex { $0 != 0x2D } ?? text.count }
    guard let first = runs.first else { return [] }
    let field = Text(text[..<first])
    for next in runs.dropFirst() {
      splits.insert(
        Split(host: field.string, login: Self.unquoted(Text(text[behind(first)..<next])).string))
      if Self.isMailAddress(field) {
        splits.insert(Split(host: Text(text[behind(next)...]).string, login: field.string))
      }
    }
    if Self.isMailAddress(field) { splits.insert(Split(host: "", login: field.string)) }
    return splits
  }

  /// `name@host.word`, in the letters that most have.
  static func isMailAddress(_ text: Text) -> Bool {
    guard text.contains(0x40) else { return false }
    let bytes = String(decoding: text.map { $0 < 0x80 ? $0 : 0x78 }, as: UTF8.self)
    return bytes.wholeMatch(of: Expression.address) != nil && bytes.contains(Expression.ending)
  }

  /// The splits whose URL has a quote before it, which is its own: a second one, or one behind a note.
  private func splitsBehindQuote() -> Set<Split> {
    guard let quote = text.first, quote == 0x22 || quote == 0x27 else { return [] }
    let splits = DelimitedLineTwin(part: Text(text.dropFirst()), labels).splitsBehindURL()
    return Set(splits.map { Split(host: Text([quote]).string + $0.host, login: $0.login) })
  }

  /// Behind a date, an address, a number or a country with which the line begins, or nil.
  private func behindNote() -> Int? {
    // Bytes, not characters: the text may be no UTF-8.
    let line = String(decoding: text.map { $0 < 0x80 ? $0 : 0x7E }, as: UTF8.self)
    guard let length = line.prefixMatch(of: Expression.note)?.output.utf8.count else { return nil }
    let start = skipSeparators(from: length)
    let time = line.dropFirst(start).prefixMatch(of: Expression.time)
    return time.map { skipSeparators(from: start + $0.output.utf8.count) } ?? start
  }

  private func splitsWithoutNote() -> Set<Split> {
    guard text.count >= 3 else { return [] }
    let authorities = authorityEnds()
    var splits = splitsBehindURL()
    // A date, a country or a login may stand before the URL.
    for start in trailingURLStarts() {
      splits.formUnion(DelimitedLineTwin(part: Text(text[start...]), labels).splitsBehindURL())
    }
    if scheme(at: 0) == nil || authorities.isEmpty {
      let hosts = [""] + trailingURLs() + trailingHosts()
      for login in firstLogins() {
        for host in hosts { splits.insert(Split(host: host, login: login)) }
      }
    }
    return splits
  }

  /// The splits whose URL stands at the beginning.
  private func splitsBehindURL() -> Set<Split> {
    var splits: Set<Split> = []
    let authorities = authorityEnds()
    for urlEnd in text.indices where authorities.contains(where: { isURL(to: urlEnd, from: $0) }) {
      let url = Text(text[..<urlEnd]).trimmed.string
      let start = skipSeparators(from: urlEnd)
      for login in logins(from: start) + logins(from: behindLabel(start)) {
        splits.insert(Split(host: url, login: login))
      }
      // `pass: … | user: ann`
      if let password = FieldTwin(Text(text[start...]), labels), password.meaning == .password,
        password.hasColon, let login = password.next(labels)?.field, login.meaning.isLogin
      {
        let value = login.next(labels)?.before ?? login.value
        splits.insert(Split(host: url, login: value.trimmed.string))
      }
      // `host|587|login|password`
      for end in fieldEnds(start) where Int(Text(text[start..<end]).trimmed.string) != nil {
        for login in logins(from: skipSeparators(from: end)) {
          splits.insert(Split(host: url, login: login))
        }
      }
    }
    return splits.union(splitsWithinURL())
  }

  private func fieldEnds(_ start: Int) -> [Int] {
    text.indices.filter { $0 >= start && Self.separators.contains(text[$0]) }.prefix(1) + []
  }

  /// `ftp://login:password@host/`, `https://host/wp-login.php#login@password`, `192.0.2.7:3389@login;password`.
  private func splitsWithinURL() -> Set<Split> {
    var splits: Set<Split> = []
    let whole = text.trimmed.string
    let begin = scheme(at: 0)
    let authority = Text(text[(begin ?? 0)...].prefix { !Self.authorityEnds.contains($0) })
    if begin != nil, let at = authority.lastIndex(of: 0x40), at + 1 < authority.count,
      let colon = authority[..<at].firstIndex(of: 0x3A)
    {
      let login = Self.unquoted(Text(authority[..<colon]).trimmed)
      splits.insert(Split(host: whole, login: login.string))
    }
    if let hash = text.firstIndex(of: 0x23),
      Text(text[..<hash]).lowercased.string.contains("wp-")
    {
      let ats = text.indices.filter { $0 > hash && text[$0] == 0x40 }.prefix(2)
      for at in ats {
        splits.insert(
          Split(
            host: Text(text[..<hash]).trimmed.string,
            login: Text(text[(hash + 1)..<at]).trimmed.string))
      }
    }
    if begin == nil, let at = text.firstIndex(of: 0x40),
      Text(text[..<at]).string.contains(Expression.port)
    {
      for login in logins(from: at + 1) {
        splits.insert(Split(host: Text(text[..<at]).string, login: login))
      }
    }
    return splits
  }

  /// Behind separators, and behind signs such as `->` between blanks.
  private func skipSeparators(from start: Int) -> Int {
    var index = start
    while index < text.endIndex {
      if Self.separators.contains(text[index]) {
        index += 1
      } else if index > 0, Text.blanks.contains(text[index - 1]),
        let arrow = FieldTwin.arrow(Text(text[index...]))
      {
        index += arrow
      } else {
        break
      }
    }
    return index
  }

  /// Behind `login:`, where that stands in the login's place.
  private func behindLabel(_ start: Int) -> Int {
    guard let sign = text[start...].firstIndex(where: { $0 == 0x3A || $0 == 0x3D }),
      labels.meaning(of: Text(text[start..<sign]).trimmed)?.isLogin == true
    else { return start }
    return skipSeparators(from: sign + 1)
  }

  /// A separator that may end a login: any but a blank, or a sign between blanks.
  private func isHard(_ index: Int) -> Bool {
    Self.hard.contains(text[index])
      || text[index] == 0x20 && FieldTwin.arrow(Text(text[(index + 1)...])) != nil
  }

  // MARK: The login

  /// The fields that begin at `start`: up to the next separator that is no space, and up to a space.
  private func logins(from start: Int) -> [String] {
    var ends: [Int] = []
    let hard = text[start...].indices.first(where: isHard)
    if let hard { ends.append(hard) }
    if let space = text[start..<(hard ?? text.endIndex)].firstIndex(of: 0x20) { ends.append(space) }
    var logins = ends.compactMap { login(start, $0) }
    // `url name address password`: both are.
    for end in ends where login(start, end) != nil && !isAddress(Text(text[start..<end])) {
      let next = skipSeparators(from: end)
      guard let nextEnd = text[next...].indices.first(where: isHard) else { continue }
      if isAddress(Text(text[next..<nextEnd])), let address = login(next, nextEnd) {
        logins.append(address)
      }
    }
    return logins
  }

  /// The login at a place, without quotes round it, or nil if none can stand there.
  private func login(_ start: Int, _ end: Int) -> String? {
    var login = Self.unquoted(Text(text[start..<end]).trimmed)
    // Where a URL stands in the login's place, its `https` is none.
    if text[end] == 0x3A && ["http", "https"].contains(login.lowercased.string) { return nil }
    login = login.withoutInvisible
    // In a file that is no text, anything begins a login.
    if let first = login.first, first < 0x20 { return nil }
    return login.isEmpty || login.count > 320 || login.isPlaceholder ? nil : login.string
  }

  private static func unquoted(_ login: Text) -> Text {
    var login = login
    if login.first == 0x22 { login.removeFirst() }
    if login.last == 0x22 { login.removeLast() }
    return login
  }

  /// The fields with which the line begins. Words alone are prose, unless one is an address or a URL
  /// follows; and the colon of `https://` ends no field.
  private func firstLogins() -> [String] {
    var ends: [Int] = []
    // Behind a quote the first field may begin with blanks.
    let begin = text.firstIndex { !Text.blanks.contains($0) } ?? 0
    let hard = text.indices[begin...].first(where: isHard)
    let space = text[begin..<max(begin, hard ?? text.endIndex)].firstIndex(of: 0x20)
    let hasWords = Text(text[..<(hard ?? 0)]).trimmed.contains(0x20)
    if let hard,
      !isSchemeColon(hard) || isAddress(Text(text[..<hard]).trimmed) && !hasWords
    {
      ends.append(hard)
    }
    if let space, isAddress(Text(text[..<space]).trimmed) || !trailingURLs().isEmpty {
      ends.append(space)
    }
    return ends.compactMap { login(0, $0) }
  }

  /// The fields behind the first that are URLs with a scheme, each with every end that it may have.
  private func trailingURLs() -> [String] {
    trailingURLStarts().flatMap { start -> [String] in
      let authority = scheme(at: start) ?? start
      return text.indices[authority...].filter {
        Self.separators.contains(text[$0]) && !isSchemeColon($0)
      }.map { Text(text[start..<$0]).trimmed.string } + [Text(text[start...]).trimmed.string]
    }
  }

  /// The texts that the line ends with, behind a separator: one may be a host, with its port.
  private func trailingHosts() -> [String] {
    var hosts: [String] = []
    var rest = text
    // Behind the host may stand an address and a country.
    for _ in 0...3 {
      let hard = rest.indices.filter { Self.hard.contains(rest[$0]) }
      hosts += hard.suffix(2).map { Text(rest[($0 + 1)...]).trimmed.string }
      guard let last = hard.last,
        Text(rest[(last + 1)...]).trimmed.string.contains(Expression.placeOrIP)
      else { break }
      rest = Text(rest[..<last])
    }
    return hosts
  }

  private func trailingURLStarts() -> [Int] {
    text.indices.dropFirst().filter { start in
      // Blanks before a field are padding.
      let isQuoted = text[start - 1] == 0x22
      let before = text[..<(isQuoted ? start - 1 : start)].last { $0 != 0x00 }
      guard before.map(Self.separators.contains) ?? true, !isWithinScheme(start),
        let authority = scheme(at: start)
      else { return false }
      return hasHost(authority)
    }
  }

  /// Whether the `//` at `start` is the rest of a field's `https://`.
  private func isWithinScheme(_ start: Int) -> Bool {
    text.indices[..<start].contains { field in
      (field == 0 || Self.separators.contains(text[field - 1])
        || text[..<field].allSatisfy { $0 == 0x00 })
        && scheme(at: field) ?? 0 > start
    }
  }

  // MARK: The URL

  /// Whether a name, or an address in brackets, stands behind the scheme.
  private func hasHost(_ start: Int) -> Bool {
    if start < text.endIndex && text[start] == 0x5B {
      let address = text[(start + 1)...].prefix { !Self.authorityEnds.contains($0) && $0 != 0x5D }
      return !address.isEmpty && address.endIndex < text.endIndex && text[address.endIndex] == 0x5D
    }
    if bareIPv6End(start) != nil { return true }
    let end = nameEnd(start)
    if end < text.endIndex && text[end] == 0x40 { return nameEnd(end + 1) > end + 1 }
    return end > start
  }

  /// The end of `2001:db8::1` before a path, or nil.
  private func bareIPv6End(_ start: Int) -> Int? {
    let hex = text[start...].prefix {
      $0 == 0x3A || $0 >= 0x30 && $0 <= 0x39 || ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66
    }
    let colons = hex.filter { $0 == 0x3A }.count
    guard colons >= 2, colons < hex.count, hex.endIndex < text.endIndex, text[hex.endIndex] == 0x2F
    else { return nil }
    return hex.endIndex
  }

  /// Where the text behind `scheme://`, `https//` or `//` begins, or nil.
  private func scheme(at start: Int) -> Int? {
    let name = Text(
      text[start...].prefix {
        ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
          || $0 == 0x2B
      })
    let behind = text[(start + name.count)...]
    let isBrowser = ["http", "https", "hxxp", "hxxps"].contains(name.lowercased.string)
    // A browser's scheme may lack its colon or a slash, have one more, or stand there twice.
    if isBrowser {
      for sign in [":///", "://", ":/", "///", "//"] where behind.starts(with: Array(sign.utf8)) {
        let end = start + name.count + sign.utf8.count
        guard end < text.count else { return nil }
        for second in ["https://", "http://"] where Text(text[end...]).hasPrefix(second) {
          return end + second.utf8.count
        }
        return end
      }
      return nil
    }
    let sign = name.isEmpty ? "//" : "://"
    guard name.count <= 20, behind.starts(with: Array(sign.utf8)) else { return nil }
    let end = start + name.count + sign.utf8.count
    return end < text.count ? end : nil
  }

  /// The ends that the host of the URL at the line's beginning may have, port left out.
  private func authorityEnds() -> Set<Int> {
    let start = scheme(at: 0)
    let from = start ?? 0
    if start != nil && text.hasPrefix("android:") {
      guard let at = text[from...].firstIndex(of: 0x40) else { return [] }
      return [nameEnd(at + 1)].filter { $0 > at + 1 }.reduce(into: []) { $0.insert($1) }
    }
    let end = text[from...].firstIndex(where: Self.authorityEnds.contains) ?? text.endIndex
    var ends: Set<Int> = []
    if from < end && text[from] == 0x5B {
      if let close = text[from..<end].firstIndex(of: 0x5D), close > from + 1,
        start != nil
          || text[from..<close].filter({ $0 == 0x3A }).count > 1
            && (close + 1 == end || text[close + 1] == 0x3A)
      {
        ends.insert(close + 1)
      }
      return ends
    }
    if start != nil, let address = bareIPv6End(from) { return [address] }
    let first = nameEnd(from)
    if start != nil && !hasHost(from) { return [] }
    if first < end && text[first] == 0x40 {
      // User information without a password; without a scheme, an address.
      if start != nil { ends.insert(nameEnd(first + 1)) }
    } else if first > from
      && (start != nil
        || isHostName(Text(text[from..<first]))
          && (first == end && (end == text.endIndex || text[end] != 0x5C) || text[first] == 0x3A))
    {
      ends.insert(first)
    }
    if start != nil, let at = text[from..<end].lastIndex(of: 0x40),
      isHostName(Text(text[(at + 1)..<nameEnd(at + 1)]))
    {
      ends.insert(nameEnd(at + 1))
    }
    return ends
  }

  private func nameEnd(_ start: Int) -> Int {
    text[start...].firstIndex {
      !(($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 >= 0x30 && $0 <= 0x39
        || Text(".-_".utf8).contains($0) || $0 >= 0x80)
    } ?? text.endIndex
  }

  private func isHostName(_ name: Text) -> Bool {
    if name.lowercased == Text("localhost".utf8) { return true }
    guard name.count >= 3, name.count <= 254, let dot = name.firstIndex(of: 0x2E) else {
      return false
    }
    let labels = name.split(separator: 0x2E)
    let last = Text(labels.last ?? [])
    let isWord =
      last.count >= 2
      && last.allSatisfy { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 >= 0x80 }
    let isAddress = name.string.contains(Expression.digits)
    return dot > 0 && dot + 1 < name.count && (isWord || isAddress || last.hasPrefix("xn--"))
  }

  /// Whether the line's beginning up to the separator at `end` can be a URL whose host ends at `authority`.
  private func isURL(to end: Int, from authority: Int) -> Bool {
    guard end >= authority, Self.separators.contains(text[end]), !isSchemeColon(end) else {
      return false
    }
    var from = authority
    if let port = port(at: authority) {
      if port.isCertain && end < port.end { return false }
      if end >= port.end { from = port.end }
    }
    // Over a colon, comma or semicolon a URL goes on only in its path or query, and never with an
    // address; over a blank or bar never.
    var field = from
    for index in from..<end where Self.separators.contains(text[index]) {
      guard
        isSchemeColon(index)
          || Text(":;,".utf8).contains(text[index])
            && text[from..<index].contains(where: Self.pathBegins.contains)
      else { return false }
      if field > from && endsURL(Text(text[field..<index]).trimmed) { return false }
      field = index + 1
    }
    return !(field > from && endsURL(Text(text[field..<end]).trimmed))
  }

  /// An address is never of a URL, unless a query names it: `&mail=ann@mail.example`.
  private func endsURL(_ field: Text) -> Bool {
    isAddress(field) && !field.prefix { $0 != 0x40 }.contains { $0 == 0x26 || $0 == 0x3D }
  }

  /// The port directly behind the host; certain if a path follows.
  private func port(at offset: Int) -> (end: Int, isCertain: Bool)? {
    guard offset < text.endIndex, text[offset] == 0x3A else { return nil }
    let digits = text[(offset + 1)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard let number = Int(Text(digits).string), number <= 65_535, digits.count <= 6,
      digits.endIndex < text.endIndex
    else { return nil }
    let isCertain = Text("/?#".utf8).contains(text[digits.endIndex])
    return isCertain || Self.separators.contains(text[digits.endIndex])
      ? (digits.endIndex, isCertain) : nil
  }

  private func isSchemeColon(_ offset: Int) -> Bool {
    text[offset...].starts(with: Array("://".utf8))
      || text[offset...].starts(with: Array(":/".utf8))
        && ["http", "https"].contains { Text(text[..<offset].suffix($0.utf8.count)).hasPrefix($0) }
  }

  private func isAddress(_ text: Text) -> Bool {
    guard let at = text.firstIndex(of: 0x40) else { return false }
    return at > 0 && at + 1 < text.count && !text.contains(0x20)
      && !text.contains(where: Self.pathBegins.contains)
  }
}
