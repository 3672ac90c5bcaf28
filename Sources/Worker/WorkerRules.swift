public import Dumps
public import Formats

/// The rules that reading needs, as bytes for the workers.
public struct WorkerRules: Sendable {
  public var labels: LabelDictionary
  public var families: FamilyMarkers
  public var services: ServiceHosts
  /// What logs look like: for members of archives, which only the worker sees.
  public var shape: LogShape.Patterns

  public init(
    labels: LabelDictionary, families: FamilyMarkers, services: ServiceHosts,
    shape: LogShape.Patterns = LogShape.Patterns()
  ) {
    self.labels = labels
    self.families = families
    self.services = services
    self.shape = shape
  }

  private static let patterns: [any WritableKeyPath<LogShape.Patterns, [String]> & Sendable] = [
    \.systemFiles, \.names, \.signs, \.browsers, \.inside, \.passwordFiles, \.unopened,
  ]

  public func encoded() -> [UInt8] {
    var writer = WireWriter()
    writer.add(UInt32(labels.entries.count))
    for entry in labels.entries {
      writer.add(entry.label)
      writer.add(entry.class.rawValue)
    }
    writer.add(UInt32(families.families.count))
    for family in families.families {
      writer.add(family.id)
      writer.add(UInt32(family.markers.count))
      for marker in family.markers {
        writer.add(marker.place.rawValue)
        writer.add(marker.text)
        writer.add(UInt32(marker.points))
      }
      writer.add(UInt32(family.dates.count))
      for date in family.dates {
        writer.add(date.label)
        writer.add(date.order.rawValue)
      }
    }
    writer.add(UInt32(services.services.count))
    for service in services.services {
      for texts in [service.hosts, service.sessionCookies] {
        writer.add(UInt32(texts.count))
        for text in texts { writer.add(text) }
      }
    }
    for list in Self.patterns {
      writer.add(UInt32(shape[keyPath: list].count))
      for pattern in shape[keyPath: list] { writer.add(pattern) }
    }
    return writer.bytes
  }

  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = WireReader(bytes)
    // A rule file has at most 64 KiB, and so has each text in it.
    let most = 64 << 10
    var entries: [(label: [UInt8], class: LabelDictionary.Class)] = []
    for _ in 0..<(try reader.count()) {
      let label = try reader.text(most: most)
      guard let meaning = LabelDictionary.Class(rawValue: try reader.number()) else {
        throw WireError()
      }
      entries.append((label, meaning))
    }
    var families: [FamilyMarkers.Family] = []
    for _ in 0..<(try reader.count()) {
      let id = try reader.string(most: most)
      var markers: [FamilyMarkers.Marker] = []
      for _ in 0..<(try reader.count()) {
        guard let place = FamilyMarkers.Marker.Place(rawValue: try reader.number()) else {
          throw WireError()
        }
        let text = try reader.text(most: most)
        markers.append(
          FamilyMarkers.Marker(
            place: place, text: text, points: Int(try reader.number(UInt32.self))))
      }
      var dates: [(label: [UInt8], order: LocalTime.Order)] = []
      for _ in 0..<(try reader.count()) {
        let label = try reader.text(most: most)
        guard let order = LocalTime.Order(rawValue: try reader.number()) else { throw WireError() }
        dates.append((label, order))
      }
      families.append(FamilyMarkers.Family(id: id, markers: markers, dates: dates))
    }
    var services: [ServiceHosts.Service] = []
    for _ in 0..<(try reader.count()) {
      let hosts = try Self.texts(&reader, most: most)
      services.append(
        ServiceHosts.Service(hosts: hosts, sessionCookies: try Self.texts(&reader, most: most)))
    }
    var shape = LogShape.Patterns()
    for list in Self.patterns {
      for _ in 0..<(try reader.count()) {
        shape[keyPath: list].append(try reader.string(most: most))
      }
    }
    try reader.mustBeAtEnd()
    self.shape = shape
    labels = LabelDictionary(entries)
    self.families = FamilyMarkers(families)
    self.services = ServiceHosts(services)
  }

  private static func texts(
    _ reader: inout WireReader, most: Int
  ) throws(WireError) -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for _ in 0..<(try reader.count()) { texts.append(try reader.text(most: most)) }
    return texts
  }
}
