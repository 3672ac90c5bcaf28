internal import Bytes

/// Which half of the day a time of twelve hours is of, by the word that stands at it.
///
/// .NET writes a time in the words of the machine's language: `5:22:10 p. m.`, `下午 5:22:10`.
enum HalfOfDay {
  case morning, afternoon
  /// A word stands there that is not known: it may be either.
  case unknown

  /// What the words before and behind the digits of a time say, nil if none stands there; and where the text goes
  /// on behind them.
  static func read(around time: Range<Int>, in span: Span<UInt8>) -> (half: HalfOfDay?, end: Int) {
    let text = withPlainBlanks(span)
    var end = time.upperBound
    if end + 1 < text.count, text[end] == ASCII.dot, ASCII.isDigit(text[end + 1]) {
      // A fraction of the second.
      end += 1
      while end < text.count, ASCII.isDigit(text[end]) { end += 1 }
    }
    let next = skipBlanks(from: end, in: text)
    for (words, half) in [(mornings, morning), (afternoons, afternoon)] {
      for word in words {
        if let end = self.end(of: word, at: next, in: text) { return (half, end) }
        if stands(word, before: time.lowerBound, in: text) { return (half, end) }
      }
    }
    let isKnown = isPassed(wordBehind(next, in: text)) && isPassed(wordBefore(time, in: text))
    return (isKnown ? nil : unknown, end)
  }

  /// Where `word` ends if it stands at `start`, with dots and blanks among its letters or none; nil if it does
  /// not, or is the beginning of another.
  private static func end(of word: [UInt8], at start: Int, in text: [UInt8]) -> Int? {
    var offset = start
    for (number, byte) in word.enumerated() {
      if number > 0 { offset = skipDots(from: offset, in: text) }
      guard offset < text.count, ASCII.lowercased(text[offset]) == byte else { return nil }
      offset += 1
    }
    if offset < text.count, text[offset] == ASCII.dot { offset += 1 }
    return isLetter(at: offset, in: text) ? nil : offset
  }

  /// Whether `word` is what stands before `end`, and not the end of another. Words have at most 32 bytes with their dots.
  private static func stands(_ word: [UInt8], before end: Int, in text: [UInt8]) -> Bool {
    // Digits may follow at once.
    let text = Array(text.prefix(end))
    for start in Swift.max(0, end - 32)..<end
    where start == 0 || !isLetter(at: start - 1, in: text) {
      if let found = self.end(of: word, at: start, in: text),
        skipBlanks(from: found, in: text) == end
      {
        return true
      }
    }
    return false
  }

  // MARK: Words

  /// The word at `start`, ASCII letters in lower case; empty if none stands there.
  private static func wordBehind(_ start: Int, in text: [UInt8]) -> [UInt8] {
    var end = start
    while isLetter(at: end, in: text) { end += 1 }
    // `Europe/Paris` is a zone.
    if end < text.count, text[end] == ASCII.slash { return [] }
    return (start..<end).map { ASCII.lowercased(text[$0]) }
  }

  private static func wordBefore(_ time: Range<Int>, in text: [UInt8]) -> [UInt8] {
    var end = time.lowerBound
    while end > 0, ASCII.isBlank(text[end - 1]) || [ASCII.comma, ASCII.dot].contains(text[end - 1])
    {
      end -= 1
    }
    var start = end
    while start > 0, isLetter(at: start - 1, in: text) { start -= 1 }
    return (start..<end).map { ASCII.lowercased(text[$0]) }
  }

  /// Whether the word, or its absence, says that the time is what it seems to be.
  private static func isPassed(_ word: [UInt8]) -> Bool {
    word.isEmpty || others.contains(word) || dateWords.contains(Array(word.prefix(3)))
  }

  /// Letters of every language count as such, with what else is not ASCII.
  private static func isLetter(at offset: Int, in text: [UInt8]) -> Bool {
    offset < text.count && (ASCII.isLetter(text[offset]) || text[offset] >= 0x80)
  }

  private static func skipBlanks(from start: Int, in text: [UInt8]) -> Int {
    start + text.dropFirst(start).prefix { ASCII.isBlank($0) }.count
  }

  /// The text with spaces in place of other blanks, at the same offsets: U+00A0 (C2 A0), U+2000 to U+203F (E2 80) with
  /// the narrow one and marks of direction, the Arabic mark U+061C (D8 9C), and emoji (F0 9F).
  static func withPlainBlanks(_ span: Span<UInt8>) -> [UInt8] {
    var text = span.copy(ByteRange(0, span.count))
    for offset in text.indices.dropLast() {
      let length =
        switch (text[offset], text[offset + 1]) {
        case (0xC2, 0xA0), (0xD8, 0x9C): 2
        case (0xE2, 0x80): 3
        case (0xF0, 0x9F): 4
        default: 0
        }
      for blank in offset..<Swift.min(offset + length, text.count) { text[blank] = ASCII.space }
    }
    return text
  }

  private static func skipDots(from start: Int, in text: [UInt8]) -> Int {
    var offset = skipBlanks(from: start, in: text)
    if offset < text.count, text[offset] == ASCII.dot {
      offset = skipBlanks(from: offset + 1, in: text)
    }
    return offset
  }

  // MARK: Tables

  private static func words(_ text: String) -> [[UInt8]] {
    text.utf8.split { $0 == ASCII.space || $0 == ASCII.lineFeed }.map(Array.init)
  }

  /// `AMDesignator` of .NET's cultures, without dots and blanks, ASCII letters in lower case: English and Spanish,
  /// Chinese, Japanese, Korean, Greek, Arabic, Persian, Hebrew, Vietnamese, Turkish, Albanian, Malay,
  /// Hindi, Bengali, Tamil, Amharic, Mongolian.
  private static let mornings = words(
    """
    am 上午 凌晨 早上 清晨 午前 오전 πμ ΠΜ ص قظ قبلازظهر לפנה"צ sa öö ÖÖ pd eparadites pg
    पूर्वाह्न পূর্বাহ্ণ காலை முப ጥዋት үө ҮӨ
    """)
  /// The same of `PMDesignator`.
  private static let afternoons = words(
    """
    pm 下午 晚上 中午 午後 오후 μμ ΜΜ م بظ بعدازظهر אחה"צ ch ös Ös md epasdites ptg
    अपराह्न অপরাহ্ণ மாலை பிப ከሰዓት үх ҮХ
    """)
  /// Zones, what joins date and time, and Bulgarian's and Russian's signs of year and hour.
  private static let others = Set(
    words(
      """
      t z utc gmt cet cest wet west eet eest bst ist msk est edt cst cdt mst mdt pst pdt jst kst hkt sgt aest
      aedt trt at um à le kl klo om ore godz в г ч h uhr 日 일
      """))
  /// Beginnings of the months' and days' names, which stand before the time.
  private static let dateWords = Set(
    words("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun"))
}
