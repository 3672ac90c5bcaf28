import Clock
import Testing

@testable import Findings

/// Joining copies of a finding gives the same in whatever order they come.
@Suite("Joining findings")
struct FindingMergeTests {
  private static func time(_ text: String) -> UTCTime { UTCTime(text) ?? UTCTime(seconds: 0) }

  /// Two copies of the example's finding, changed, joined both ways: the same, whichever comes first.
  private static func merged(
    _ change: (inout Finding, inout Finding) -> Void
  ) throws -> Finding {
    let finding = try DocumentTests.example().findings[0]
    var (left, right) = (finding, finding)
    change(&left, &right)
    var (one, other) = (left, right)
    one.merge(right)
    other.merge(left)
    one.trimSightings()
    other.trimSightings()
    #expect(one.fragment == other.fragment)
    return one
  }

  @Test("a finding is ambiguous only if all its copies are", arguments: [false, true])
  func ambiguous(isOther: Bool) throws {
    let finding = try Self.merged { left, right in
      left.account.isAmbiguous = true
      right.account.isAmbiguous = isOther
    }
    #expect(finding.account.isAmbiguous == isOther)
  }

  @Test("one whose copy holds no cookies has those of the other")
  func cookies() throws {
    let finding = try Self.merged { left, _ in left.exposure.cookies = nil }
    #expect(finding.exposure.cookies?.count == 1)
    #expect(finding.exposure.cookies?.latestExpiry == Self.time("2025-08-12T12:00:00Z"))
  }

  @Test("of cookies an open session tells more than many others; of two, the later end")
  func sessions() throws {
    let late = Self.time("2026-01-01T00:00:00Z")
    let session = try Self.merged { _, right in
      right.exposure.cookies = .init(count: 9, hasSession: false, latestExpiry: late)
    }.exposure.cookies
    #expect(session?.count == 9 && session?.hasSession == true)
    #expect(session?.latestExpiry == Self.time("2025-08-12T12:00:00Z"))
    let later = try Self.merged { left, right in
      // Whether it lives is worked out when the joined finding is scored.
      left.exposure.cookies?.isUnexpiredAtTheft = nil
      left.exposure.cookies?.isUnexpiredAtScan = nil
      right.exposure.cookies = .init(count: 1, hasSession: true, latestExpiry: late)
    }.exposure.cookies
    #expect(later?.latestExpiry == late)
  }

  @Test("of two readings of one theft that counts whose zone is known")
  func zone() throws {
    let finding = try Self.merged { _, right in
      right.infection.isStolenAtUTC = true
      right.infection.os = SafeText("A")
    }
    #expect(finding.infection.isStolenAtUTC)
    #expect(finding.infection.os?.text == "A")
  }

  @Test("of two thefts the later counts, whatever is known of its zone")
  func later() throws {
    let finding = try Self.merged { left, right in
      left.infection.isStolenAtUTC = true
      right.infection.stolenAt = Self.time("2025-07-09T00:00:00Z")
    }
    #expect(finding.infection.stolenAt == Self.time("2025-07-09T00:00:00Z"))
    #expect(!finding.infection.isStolenAtUTC)
  }

  @Test("of two hosts the first in byte order stands for the service, and any before none")
  func hosts() throws {
    let first = try Self.merged { _, right in
      right.service.host = "api.france-travail.example"
      right.service.name = "API"
    }
    #expect(first.service.host == "api.france-travail.example" && first.service.name == "API")
    let known = try Self.merged { left, _ in left.service.host = nil }
    #expect(known.service.host == "kairos.france-travail.example")
  }

  @Test(
    "of two sources that counts which is nearer to the machine",
    arguments: [
      ("stealer-log", "browser-export"), ("browser-export", "line-list"),
      ("stealer-log", "line-list"),
    ])
  func sources(near: String, far: String) throws {
    let finding = try Self.merged { left, right in
      left.source = far
      right.source = near
    }
    #expect(finding.source == near)
  }

  @Test("places and records of copies add up; a place that both have is named once")
  func numbers() throws {
    let finding = try Self.merged { left, right in
      (left.records, left.recordsWithPassword, left.sightingsTotal) = (3, 1, 5)
      (right.records, right.recordsWithPassword, right.sightingsTotal) = (4, 2, 7)
      right.attack = ["T1005", "T9"]
    }
    #expect(finding.records == 7 && finding.recordsWithPassword == 3)
    #expect(finding.sightingsTotal == 12 && finding.sightings.count == 1)
    #expect(
      finding.attack
        == ["T1005", "T1057", "T1082", "T1113", "T1518", "T1539", "T1555.003", "T9"])
  }

  @Test(
    "what the verifier said counts until the password is changed",
    arguments: [
      ("2025-07-13T00:00:00Z", true), ("2025-07-14T01:30:00Z", true),
      ("2025-07-14T01:30:01Z", false),
    ])
  func standing(changed: String, stands: Bool) throws {
    var finding = try DocumentTests.example().findings[0]
    let check = Finding.PasswordCheck(.stillValid, at: Self.time("2025-07-14T01:30:00Z"))
    finding.exposure.passwordCheck = check
    finding.passwordChangedAt = Self.time(changed)
    #expect(finding.standingCheck == (stands ? check : nil))
    #expect(finding.isChangeContradicted == stands)
    finding.passwordChangedAt = nil
    #expect(finding.standingCheck == check)
    #expect(!finding.isChangeContradicted)
  }
}
