internal import Bytes
internal import Formats

/// What the own files of one log say of its machine, its family and the time of the theft, gathered file by file.
struct LogEvidence {
  /// How much of a file is looked at.
  static let sampleBytes = 64 << 10

  private var named = MachineFacts()
  // A system file that was renamed is known by its content, if none has kept its name. Labels in a file
  // of passwords may stand before anything.
  private var unnamed = MachineFacts()
  private var hasSystemFile = false
  private var family: FamilyMarkers.Evidence
  /// The channels in the head of the system file and of other files. Of several the first in byte order counts, as
  /// the members of an archive come in any order.
  private var sellers: (system: [UInt8], others: [UInt8]) = ([], [])

  init(_ rules: WorkerRules) {
    family = FamilyMarkers.Evidence(rules.families)
  }

  /// Looks at the beginning of one file. `isSystemFile` says whether it describes the machine, by its name.
  mutating func look(
    at sample: Span<UInt8>, name: Span<UInt8>, isSystemFile: Bool, _ rules: WorkerRules
  ) {
    hasSystemFile = hasSystemFile || isSystemFile
    FileText.withText(sample) { bytes in
      family.look(at: bytes, name: name, rules.families)
      note(
        SellerName.read(bytes, isSystemFile: isSystemFile, labels: rules.labels),
        isSystemFile: isSystemFile)
      let system = SystemInfo(bytes, labels: rules.labels)
      if isSystemFile {
        named.add(system, in: bytes)
      } else if system.describesMachine && !system.holdsPasswords {
        unnamed.add(system, in: bytes)
      }
    }
  }

  private mutating func note(_ seller: [UInt8], isSystemFile: Bool) {
    func first(of known: [UInt8]) -> [UInt8] {
      if known.isEmpty || seller.isEmpty { return known.isEmpty ? seller : known }
      return seller.lexicographicallyPrecedes(known) ? seller : known
    }
    if isSystemFile {
      sellers.system = first(of: sellers.system)
    } else {
      sellers.others = first(of: sellers.others)
    }
  }

  /// What follows from all files looked at.
  func facts(unit: UInt32, _ rules: WorkerRules) -> ResultFrame.LogFacts {
    var facts = ResultFrame.LogFacts(unit: unit, family: nil, confidence: 0)
    let machine = hasSystemFile ? named : unnamed
    if machine.isOfSeveralMachines {
      facts.isOfSeveralMachines = true
      return facts
    }
    facts.hwid = machine.hwid
    facts.machine = machine.machine
    facts.user = machine.user
    facts.os = machine.os
    facts.country = machine.country
    facts.build = machine.build
    facts.antivirus = machine.antivirus
    facts.seller = sellers.system.isEmpty ? sellers.others : sellers.system
    facts.hasMalwarePath = machine.hasMalwarePath
    var family: FamilyMarkers.Family?
    if let verdict = self.family.verdict {
      facts.family = UInt16(verdict.family)
      facts.confidence = verdict.confidence.rawValue
      family = rules.families.families[verdict.family]
    }
    Self.takeTime(machine.dates, family, &facts)
    return facts
  }

  /// The time of the theft: at the family's own label, read in its order, or else at any label of a date.
  private static func takeTime(
    _ dates: [(label: [UInt8], text: [UInt8])], _ family: FamilyMarkers.Family?,
    _ facts: inout ResultFrame.LogFacts
  ) {
    let known = family?.dates ?? []
    func time(_ date: (label: [UInt8], text: [UInt8])) -> LocalTime? {
      LocalTime(date.text.span, order: known.first { $0.label == date.label }?.order)
    }
    let own = dates.filter { date in known.contains { $0.label == date.label } }
    // A program that writes the day first does so everywhere; the month stands first where the machine's language puts
    // it. And a family may only seem to be one.
    facts.isOrderKnown =
      facts.confidence >= FamilyMarkers.Confidence.medium.rawValue
      && own.first.flatMap(time) != nil
      && known.contains { $0.label == own.first?.label && $0.order == .dmy }
    let times = (own + dates).compactMap(time)
    guard var stolen = times.first else { return }
    for other in times.dropFirst() { stolen = stolen.settled(by: other) }
    facts.stolen = stolen.seconds
    facts.otherStolen = stolen.otherSeconds
    facts.stolenPrecision = stolen.precision
    facts.isStolenUTC = stolen.isUTC
  }
}
