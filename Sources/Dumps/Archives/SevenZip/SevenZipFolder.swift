/// How one run of a 7z's bytes was packed: what the format calls a folder.
///
/// Its coders have ins, where packed bytes go in, and outs; numbered through from the first coder's first.
struct SevenZipFolder {
  struct Coder {
    var method: [UInt8]
    var ins = 1
    var outs = 1
    /// What the method wants to know; nil is not the same as nothing.
    var properties: [UInt8]?
    /// How much comes out of each out.
    var sizes: [Int] = []
  }

  /// A coder's in that takes what another's out gives.
  struct Bond {
    var into: Int
    var out: Int
  }

  var coders: [Coder] = []
  var bonds: [Bond] = []
  /// The ins that take packed streams, in the order of these.
  var packed: [Int] = []

  static let copy: [UInt8] = [0x00]
  static let aes: [UInt8] = [0x06, 0xF1, 0x07, 0x01]
  // 7-Zip's own bounds.
  private static let maxCoders = 32
  private static let maxStreams = 32

  var outs: Int { coders.reduce(0) { $0 + $1.outs } }
  var isEncrypted: Bool { coders.contains { $0.method == Self.aes } }

  init(_ numbers: inout SevenZipNumbers) throws(SevenZipMalformed) {
    let count = try numbers.count(ofBytes: 2)
    guard count > 0, count <= Self.maxCoders else { throw SevenZipMalformed() }
    for _ in 0..<count { coders.append(try Self.coder(&numbers)) }
    let ins = coders.reduce(0) { $0 + $1.ins }
    guard ins <= Self.maxStreams, outs <= Self.maxStreams, outs > 0, ins >= outs - 1 else {
      throw SevenZipMalformed()
    }
    for _ in 1..<max(1, outs) {
      bonds.append(Bond(into: try numbers.number(), out: try numbers.number()))
    }
    let streams = ins - bonds.count
    if streams == 1,
      let open = (0..<ins).first(where: { into in !bonds.contains { $0.into == into } })
    {
      packed = [open]
    } else {
      for _ in 0..<streams { packed.append(try numbers.number()) }
    }
  }

  private static func coder(_ numbers: inout SevenZipNumbers) throws(SevenZipMalformed) -> Coder {
    let flags = try numbers.byte()
    // The highest bit was meant for other coders that would do as well, and was never used.
    guard flags & 0xC0 == 0 else { throw SevenZipMalformed() }
    var coder = Coder(method: Array(try numbers.take(Int(flags & 0x0F))))
    if flags & 0x10 != 0 {
      coder.ins = try numbers.number()
      coder.outs = try numbers.number()
      guard coder.ins <= maxStreams, coder.outs <= maxStreams else { throw SevenZipMalformed() }
    }
    if flags & 0x20 != 0 { coder.properties = Array(try numbers.take(try numbers.number())) }
    return coder
  }

  mutating func readSizes(_ numbers: inout SevenZipNumbers) throws(SevenZipMalformed) {
    for index in coders.indices {
      for _ in 0..<coders[index].outs { coders[index].sizes.append(try numbers.number()) }
    }
  }

  func write(into bytes: inout [UInt8]) {
    bytes.append(sevenZip: coders.count)
    for coder in coders {
      let isPlain = coder.ins == 1 && coder.outs == 1
      bytes.append(
        UInt8(coder.method.count) | (isPlain ? 0 : 0x10) | (coder.properties == nil ? 0 : 0x20))
      bytes += coder.method
      if !isPlain {
        bytes.append(sevenZip: coder.ins)
        bytes.append(sevenZip: coder.outs)
      }
      if let properties = coder.properties {
        bytes.append(sevenZip: properties.count)
        bytes += properties
      }
    }
    for bond in bonds {
      bytes.append(sevenZip: bond.into)
      bytes.append(sevenZip: bond.out)
    }
    if packed.count > 1 { for into in packed { bytes.append(sevenZip: into) } }
  }

  /// How much comes out of the folder; nil if it has no end.
  var size: Int? {
    // That of the out which no other coder takes.
    coders.flatMap(\.sizes).enumerated()
      .first { out in !bonds.contains { $0.out == out.offset } }?.element
  }

  /// A packed stream that is encrypted: its number in the folder, what the cipher wants to know, and how many bytes it has
  /// when it is plain.
  typealias Cipher = (stream: Int, properties: [UInt8], size: Int)

  /// Takes the ciphers out, as if the streams had been packed without; nil if one stands where none can be taken out.
  mutating func takeCiphers() -> [Cipher]? {
    var ciphers: [Cipher] = []
    while let index = coders.firstIndex(where: { $0.method == Self.aes }) {
      let coder = coders[index]
      let into = coders[..<index].reduce(0) { $0 + $1.ins }
      let out = coders[..<index].reduce(0) { $0 + $1.outs }
      guard coder.ins == 1, coder.outs == 1, let stream = packed.firstIndex(of: into) else {
        return nil
      }
      ciphers.append((stream, coder.properties ?? [], coder.sizes[0]))
      if let bond = bonds.firstIndex(where: { $0.out == out }) {
        packed[stream] = bonds[bond].into
        bonds.remove(at: bond)
        coders.remove(at: index)
        for index in bonds.indices {
          if bonds[index].into > into { bonds[index].into -= 1 }
          if bonds[index].out > out { bonds[index].out -= 1 }
        }
        for index in packed.indices where packed[index] > into { packed[index] -= 1 }
      } else {
        guard coders.count == 1 else { return nil }
        coders[0] = Coder(method: Self.copy, sizes: coder.sizes)
      }
    }
    return ciphers
  }
}
