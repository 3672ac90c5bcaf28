import Bytes
import Dumps

/// Any bytes are an archive or not; what comes out keeps to the limits, and is the same a second time.
///
/// libarchive itself is the system's library and not instrumented, so the fuzzer does not see its branches.
func checkArchive(_ bytes: [UInt8]) {
  if let embedded = EmbeddedArchive(KeptBytes(bytes), in: 0..<bytes.count) {
    must(embedded.offset > 0 && embedded.offset < bytes.count, "an archive behind something")
  }
  guard let kind = ArchiveKind(bytes.span) else { return checkVolumeNames(bytes) }
  let first = unpacked(bytes, kind)
  must(first == unpacked(bytes, kind), "the second time")
  must(first.bytes <= limits.fileBytes + (1 << 20), "bytes")
  must(first.members <= limits.members + 1, "members")
}

private let limits: ArchiveLimits = {
  var limits = ArchiveLimits()
  limits.memberBytes = 1 << 20
  limits.fileBytes = 4 << 20
  limits.members = 200
  limits.depth = 3
  limits.nestedBytes = 1 << 20
  limits.seconds = 60
  return limits
}()

private struct Unpacked: Equatable {
  var bytes = 0
  var sum: UInt64 = 0
  var members = 0
  var faults: [ArchiveFault] = []
}

private func unpacked(_ bytes: [UInt8], _ kind: ArchiveKind) -> Unpacked {
  var result = Unpacked()
  let budget = ArchiveBudget(limits, progress: {})
  unpack(KeptBytes(bytes), kind, 1, budget, &result)
  return result
}

private func unpack(
  _ source: any ByteSource, _ kind: ArchiveKind, _ depth: Int, _ budget: ArchiveBudget,
  _ result: inout Unpacked
) {
  let passwords = kind == .zip ? passwords(of: source, budget) : []
  let sevenZip =
    kind == .sevenZip
    ? SevenZipArchive(
      source, from: 0, passwords: [Array("CANARY-7z".utf8)], budget: budget) : nil
  guard
    let reader = ArchiveReader(
      ArchiveInput(sevenZip?.deciphered ?? source, isOutermost: depth == 1), kind: kind,
      budget: budget, passwords: passwords, known: sevenZip?.fault)
  else { return }
  reading: while true {
    switch reader.next() {
    case .end: break reading
    case .lost(let fault, _): result.faults.append(fault)
    case .member(_, let stream):
      result.members += 1
      let sample = stream.bytes(from: 0, limit: 4096)
      if let nested = ArchiveKind(sample.span), depth < limits.depth {
        if nested == .zip || nested == .sevenZip { stream.keepNested() }
        if nested != .sevenZip || stream.size != nil {
          unpack(stream, nested, depth + 1, budget, &result)
        }
      }
      for byte in sample { result.sum = result.sum &* 31 &+ UInt64(byte) }
      stream.drain()
      must(stream.position <= limits.memberBytes, "a member's bytes")
      result.bytes += stream.position
      result.faults += stream.faults
    }
  }
  result.faults += reader.faults
  for other in sevenZip?.others ?? reader.others {
    must(other.lowerBound >= 0 && other.upperBound <= source.size ?? 0, "bytes of others")
    let part = PartOfFile(source, other)
    let beginning = part.bytes(from: 0, limit: 512)
    if let kind = ArchiveKind(beginning.span), depth < limits.depth, budget.takeMember() == nil {
      unpack(part, kind, depth + 1, budget, &result)
    }
  }
}

private func passwords(of source: some ByteSource, _ budget: ArchiveBudget) -> [[UInt8]] {
  ZipPasswords([Array("CANARY-1".utf8), Array("CANARY-zc".utf8)], of: source, budget: budget)
    .fitting
}

/// Text is the names of a directory.
private func checkVolumeNames(_ bytes: [UInt8]) {
  let names = bytes.split(separator: ASCII.lineFeed).map { Array($0) }
  for set in VolumeSet.all(in: names) {
    must(!set.parts.isEmpty && set.parts.allSatisfy(names.contains), "parts")
    must(!set.missing.contains(where: set.parts.contains), "what is there lacks")
  }
}
