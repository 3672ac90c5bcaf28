extension FindingsDocument {
  /// More of a file are not read. In bytes.
  public static let maxBytes = 256 << 20
  /// No number is higher. Sums of as many as a merged document has parts do not overflow.
  public static let maxNumber = 1 << 50
  /// More are refused. A run holds 100,000; with a history, a document has those of all nights.
  static let maxFindings = 1_000_000
  /// Runs of a merged document, and their gaps; a run of more gaps is no part of another.
  public static let maxParts = 4096
  static let maxUnread = 1_000_000
  /// A run takes no more lists.
  static let maxLists = 1000

  /// Reads what `Report.json` wrote, also of an earlier version of the program, and checks all of it: it may come from another
  /// host. What an earlier version did not tell is unknown, false or empty. Summary and order are not read, since they follow from the rest. Who merges documents scores them anew.
  public init(_ bytes: [UInt8]) throws(DocumentFault) {
    let document = try DocumentMembers(JSONReader.value(bytes), "")
    let version = try document.text("schema_version")
    guard version.hasPrefix(Self.schemaVersion.prefix { $0 != "." } + ".") else {
      throw document.fault("schema_version", "is not one that this program reads")
    }
    var findings: [Finding] = []
    for entry in try document.list("findings", most: Self.maxFindings) {
      var finding = try Finding(entry)
      finding.past = try Finding.Past(of: entry)
      findings.append(finding)
    }
    if Set(findings.map(\.id)).count < findings.count {
      throw document.fault("findings", "has an id twice")
    }
    // The summary follows from the findings; that it agrees shows that none was lost on the way.
    guard try document.members("run").members("summary").number("findings") == findings.count else {
      throw document.fault("run.summary", "counts other findings")
    }
    var run = try Run(document.members("run"))
    run.schemaVersion = version
    run.isOfHistory = try document.members("run").members("summary").has("by_state")
    // Earlier versions took less for a gap.
    let coverage = try document.members("run").members("coverage")
    if version == Self.schemaVersion, try coverage.truth("complete") != run.coverage.isComplete {
      throw coverage.fault("complete", "does not follow from the other members")
    }
    self.init(run: run, findings: findings)
  }
}

extension Finding.Past {
  /// What a document tells of a finding's past; nil if the run that wrote it knew of none.
  fileprivate init?(of finding: DocumentMembers) throws(DocumentFault) {
    guard let word = try finding.optionalText("state"),
      let history = try finding.optionalMembers("history")
    else { return nil }
    guard let state = State(rawValue: word) else {
      throw finding.fault("state", "is no word that stands there")
    }
    self.init(
      state: state, firstSeen: try history.time("first_seen"),
      lastSeen: try history.time("last_seen"),
      resolution: try history.optionalText("resolved_by").flatMap { Resolution(rawValue: $0) })
    for entry in try history.list("marks", most: 1000) {
      guard let name = Mark.Name(rawValue: try entry.text("mark")) else { continue }
      marks.append(Mark(name: name, at: try entry.time("at"), author: try entry.text("by")))
    }
    if let entry = try history.optionalMembers("suppressed") {
      suppression = Suppression(
        reason: try entry.text("reason"), author: try entry.text("by"),
        until: try entry.time("until"))
    }
  }
}

extension FindingsDocument.Run {
  fileprivate init(_ run: DocumentMembers) throws(DocumentFault) {
    let rules = try run.members("rules")
    var watchlists: [FindingsDocument.Watchlist] = []
    for list in try run.list("watchlists", most: FindingsDocument.maxLists) {
      watchlists.append(
        FindingsDocument.Watchlist(
          partner: try list.text("partner"), keyID: try list.hex("key_id", digits: 16),
          accounts: try list.number("accounts"), made: try list.time("made"),
          expires: try list.optionalTime("expires")))
    }
    self.init(
      id: try run.hex("id", digits: 32), version: try run.members("tool").text("version"),
      started: try run.time("started"), asOf: try run.time("as_of"),
      workers: try run.number("workers"), ruleCount: try rules.number("count"),
      rulesDigest: try rules.hex("sha256", digits: 64), watchlists: watchlists,
      idCheck: run.has("id_check")
        ? try run.hex("id_check", digits: 16) : String(repeating: "0", count: 16))
    finished = try run.time("finished")
    sandbox = try run.text("sandbox")
    shard = try FindingsDocument.Shard(in: run)
    coverage = try FindingsDocument.Coverage(
      run.members("coverage"), isWhole: try run.truth("complete"))
    since = try run.optionalText("since")
    if let texts = try run.optionalMembers("texts") { self.texts = try .init(texts) }
    guard run.has("parts") else { return }
    for part in try run.list("parts", most: FindingsDocument.maxParts) {
      parts.append(try FindingsDocument.Part(part))
    }
  }
}

extension FindingsDocument.Shard {
  fileprivate init?(in run: DocumentMembers) throws(DocumentFault) {
    guard let shard = try run.optionalMembers("shard") else { return nil }
    guard let read = Self(index: try shard.number("index"), count: try shard.number("of")) else {
      throw run.fault("shard", "is none")
    }
    self = read
  }
}

extension FindingsDocument.Part {
  fileprivate init(_ part: DocumentMembers) throws(DocumentFault) {
    id = try part.hex("id", digits: 32)
    shard = try FindingsDocument.Shard(in: part)
    started = try part.time("started")
    finished = try part.time("finished")
    workers = try part.number("workers")
    sandbox = try part.text("sandbox")
    coverage = try FindingsDocument.Coverage(
      part.members("coverage"), isWhole: try part.truth("complete"))
    sums = [:]
    for entry in try part.list("findings", most: FindingsDocument.maxFindings) {
      sums[try entry.hex("id", prefix: "dsf1-", digits: 16)] = Sums(
        sightings: try entry.number("sightings_total"),
        records: try entry.optionalNumber("records") ?? 0,
        recordsWithPassword: try entry.optionalNumber("records_with_password") ?? 0)
    }
  }
}

extension FindingsDocument.Coverage {
  fileprivate init(_ coverage: DocumentMembers, isWhole: Bool) throws(DocumentFault) {
    isInterrupted = !isWhole
    files = try coverage.number("files")
    filesRead = try coverage.number("files_read")
    archives = try coverage.optionalNumber("archives") ?? 0
    members = try coverage.optionalNumber("members") ?? 0
    membersRead = try coverage.optionalNumber("members_read") ?? 0
    logs = try coverage.number("logs")
    bytes = try coverage.number("bytes")
    records = try coverage.number("records")
    unchanged = try coverage.optionalNumber("unchanged")
    passedOver = try coverage.counts("passed_over")
    filesOfOthers = try coverage.optionalNumber("files_of_others")
    if coverage.has("missing_shards") {
      missingShards = try coverage.numbers("missing_shards", most: FindingsDocument.Shard.most)
    }
    if coverage.has("refused_lists") {
      for entry in try coverage.list("refused_lists", most: FindingsDocument.maxLists) {
        refusedLists.append(
          FindingsDocument.RefusedList(
            list: try entry.safeText("list"), reason: try entry.text("reason")))
      }
    }
    for entry in try coverage.list("unread", most: FindingsDocument.maxUnread) {
      var gap = FindingsDocument.Unread(
        input: try entry.safeText("input"),
        pathID: try entry.hex("path_id", prefix: "p-", digits: 16),
        reason: try entry.text("reason"), skippedBytes: try entry.optionalNumber("skipped_bytes"),
        members: try entry.optionalNumber("members"))
      if let bytes = try entry.optionalMembers("bytes") {
        let (from, to) = (try bytes.number("from"), try bytes.number("to"))
        guard from <= to else { throw entry.fault("bytes", "end before they begin") }
        gap.bytes = from..<to
      }
      unread.append(gap)
    }
    unread.sort()
    // It follows from the rest; that it agrees shows that no gap was lost on the way.
    if try !coverage.truth("complete"), isComplete {
      throw coverage.fault("complete", "does not follow from the other members")
    }
  }
}

extension Finding {
  /// The finding as the store keeps what one log tells of it: as a document has it, on one line.
  public var fragment: String { json.rendered(isPretty: false) }

  /// Reads what `fragment` wrote; nil if it is none.
  public init?(fragment: String) {
    guard let value = try? JSONReader.value(Array(fragment.utf8)),
      let finding = try? Finding(DocumentMembers(value, ""))
    else { return nil }
    self = finding
  }

  fileprivate init(_ finding: DocumentMembers) throws(DocumentFault) {
    let exposure = try finding.members("exposure")
    self.init(
      id: try finding.hex("id", prefix: "dsf1-", digits: 16),
      partner: try finding.text("partner"), account: try Account(finding.members("account")),
      source: try finding.word("source", of: Self.sources),
      hasPassword: try exposure.members("password").truth("present"),
      isDoubtful: try finding.members("account").optionalTruth("doubtful") ?? false)
    service = try Service(finding.members("service"))
    infection = try Infection(finding.members("infection"))
    self.exposure = try Exposure(exposure)
    if account.match == .service {
      records = try exposure.number("records")
      recordsWithPassword = try exposure.number("records_with_password")
    }
    let timeline = try finding.members("timeline")
    passwordChangedAt = try timeline.optionalTime("password_changed_at")
    isStillExposed = try timeline.optionalTruth("still_exposed")
    daysStolenToSeen = try timeline.optionalSigned("days_stolen_to_seen")
    guard let severity = Severity(rawValue: try finding.text("severity")) else {
      throw finding.fault("severity", "is no word that stands there")
    }
    self.severity = severity
    score = min(100, try finding.number("score"))
    for part in try finding.list("score_parts", most: 1000) {
      scoreParts.append(
        ScorePart(
          rule: try part.text("rule"), points: try part.optionalSigned("points") ?? 0,
          text: try part.text("text")))
    }
    attack = try finding.texts("attack", most: 100)
    if finding.has("actions") {
      for action in try finding.list("actions", most: 100) {
        actions.append(try Action(action))
      }
    }
    for sighting in try finding.list("sightings", most: Self.maxSightings) {
      sightings.append(
        Sighting(
          source: try sighting.safeText("source"), member: try sighting.safeText("member"),
          layout: try sighting.text("layout"), line: try sighting.number("line"),
          record: try sighting.number("record")))
    }
    sightingsTotal = try finding.number("sightings_total")
  }
}

extension Finding.Account {
  fileprivate init(_ account: DocumentMembers) throws(DocumentFault) {
    guard let match = Finding.Match(rawValue: try account.text("match")) else {
      throw account.fault("match", "is no word that stands there")
    }
    self.init(keyID: try account.hex("key_id", digits: 16), match: match)
    reference = try account.optionalText("ref")
    tag = account.has("tag") ? try account.hex("tag", digits: 32) : nil
    matchedBy = try account.optionalWord(
      "matched_by", of: ["exact", "alias", "plus-tag", "windows-name"])
    isAmbiguous = try account.truth("ambiguous")
    isPrivileged = try account.truth("privileged")
    masked = try account.optionalSafeText("login")
    // A login in clear has no place in a document, wherever it comes from.
    guard masked.map({ match == .domain && $0.text.hasPrefix("…@") }) ?? (match != .domain) else {
      throw account.fault("login", "is not masked")
    }
  }
}

extension Finding.Service {
  fileprivate init(_ service: DocumentMembers) throws(DocumentFault) {
    self.init()
    rule = try service.optionalText("rule")
    name = try service.optionalText("name")
    level = try service.optionalText("level").flatMap { Severity(rawValue: $0) }
    host = try service.optionalText("host")
    domain = try service.optionalText("domain")
  }
}

extension Finding.Exposure {
  fileprivate init(_ exposure: DocumentMembers) throws(DocumentFault) {
    self.init()
    isDomainListed = try exposure.optionalTruth("domain_listed") ?? false
    let password = try exposure.members("password")
    otherSites = try password.optionalNumber("other_sites")
    if let check = try password.optionalMembers("check"),
      let verdict = Finding.PasswordCheck.Verdict(rawValue: try check.text("verdict"))
    {
      passwordCheck = Finding.PasswordCheck(verdict, at: try check.time("at"))
    }
    if exposure.has("data_categories") {
      dataCategories = try exposure.texts("data_categories", most: 16)
    }
    guard let cookies = try exposure.optionalMembers("cookies") else { return }
    self.cookies = Finding.Cookies(
      count: try cookies.number("count"), hasSession: try cookies.truth("session"),
      latestExpiry: try cookies.optionalTime("latest_expiry"))
    self.cookies?.isUnexpiredAtTheft = try cookies.optionalTruth("unexpired_at_theft")
    self.cookies?.isUnexpiredAtScan = try cookies.optionalTruth("unexpired_at_scan")
  }
}

extension Finding.Infection {
  fileprivate init(_ infection: DocumentMembers) throws(DocumentFault) {
    self.init()
    if infection.has("device_id") {
      deviceID = try infection.hex("device_id", prefix: "dev-", digits: 16)
    }
    family = try infection.optionalText("family")
    familyName = try infection.optionalText("family_name")
    familyConfidence = try infection.optionalText("family_confidence")
    malpedia = try infection.optionalText("malpedia")
    stolenAt = try infection.optionalTime("stolen_at")
    stolenAtSource = try infection.optionalText("stolen_at_source")
    stolenAtPrecision = try infection.optionalText("stolen_at_precision")
    isStolenAtUTC =
      try infection.optionalWord("stolen_at_zone", of: ["utc", "local"]) == "utc"
    stolenAtOther = try infection.optionalTime("stolen_at_other_reading")
    os = try infection.optionalSafeText("os")
    country = try infection.optionalSafeText("country")
    if infection.has("antivirus") {
      for name in try infection.texts("antivirus", most: 8) {
        if let text = SafeText(shown: name) { antivirus.append(text) }
      }
    }
    hasMalwarePath = try infection.optionalTruth("malware_path") ?? false
    buildID = try infection.optionalSafeText("build_id")
    seller = try infection.optionalSafeText("seller")
  }
}
