/// Punycode as RFC 3492 has it, for one label of a mail domain.
enum Punycode {
  private static let base = 36
  private static let tMin = 1
  private static let tMax = 26
  private static let skew = 38
  private static let damp = 700
  private static let initialBias = 72
  private static let initialN: UInt32 = 0x80

  /// The encoding of `label`, without `xn--`: its ASCII characters as they are, `-` if there are any,
  /// then the places of all the others.
  ///
  /// A label has at most some thousand code points, so that `delta` is far from overflow in 64 bits.
  static func encoded(_ label: ArraySlice<UInt32>) -> [UInt8] {
    var output = label.filter { $0 < initialN }.map { UInt8($0) }
    let basicCount = output.count
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }

    var n = initialN
    var delta = 0
    var bias = initialBias
    var handled = basicCount
    while handled < label.count, let next = label.lazy.filter({ $0 >= n }).min() {
      delta += Int(next - n) * (handled + 1)
      n = next
      for codePoint in label {
        if codePoint < n { delta += 1 }
        guard codePoint == n else { continue }
        append(delta, bias: bias, to: &output)
        bias = adapted(delta, points: handled + 1, first: handled == basicCount)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return output
  }

  /// Appends `delta` as a generalised variable-length integer.
  private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
    var rest = delta
    var k = base
    while true {
      let threshold = min(max(k - bias, tMin), tMax)
      if rest < threshold { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      k += base
    }
    output.append(digit(rest))
  }

  private static func adapted(_ delta: Int, points: Int, first: Bool) -> Int {
    var delta = first ? delta / damp : delta / 2
    delta += delta / points
    var k = 0
    while delta > (base - tMin) * tMax / 2 {
      delta /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * delta / (delta + skew)
  }

  /// `a` to `z` for 0 to 25, `0` to `9` for 26 to 35.
  private static func digit(_ value: Int) -> UInt8 {
    UInt8(value < 26 ? value + 0x61 : value - 26 + 0x30)
  }
}
