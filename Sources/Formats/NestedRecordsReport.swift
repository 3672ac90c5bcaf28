internal import Bytes

// What the values of an object come to, once it closes.
extension NestedRecords {
  /// What the values of an object come to.
  struct Summary {
    /// Whether a user name is there: an e-mail address beside a URL is a person's, as in an address book.
    var hasName = false
    var hasPassword = false
    var isFilled = false
    /// The URL that stands right here, and the first one from within: fields' numbers, or -1.
    var url = -1
    var urlBelow = -1
    /// Where the lists begin: fields' numbers, or -1.
    var urls = -1
    var logins = -1
    var emails = -1
    var passwords = -1
  }

  func summary(from first: Int) -> Summary {
    var summary = Summary()
    for index in first..<fields.count {
      let field = fields[index]
      switch field.role {
      case .url:
        if field.isOfList && summary.urls < 0 { summary.urls = index }
        if field.place.isEmpty || field.isGuess { continue }
        if field.isOfList || field.isFromBelow {
          if summary.urlBelow < 0 { summary.urlBelow = index }
        } else if summary.url < 0 || !isHost(summary.url) && isHost(index) {
          // mRemoteNG's `Domain` is Windows', and stands before the host.
          summary.url = index
        }
      case .login, .email:
        if field.isGuess { continue }
        summary.hasName = summary.hasName || field.role == .login
        if field.isOfList && field.role == .login && summary.logins < 0 { summary.logins = index }
        if field.isOfList && field.role == .email && summary.emails < 0 { summary.emails = index }
      case .password:
        summary.hasPassword = true
        if field.isOfList {
          if summary.passwords < 0 { summary.passwords = index }
        } else {
          summary.isFilled = summary.isFilled || field.isFilled
        }
      default: break
      }
    }
    return summary
  }

  mutating func closeObject<Sink: CredentialSink & ~Copyable>(
    _ closed: Frame, _ sink: inout Sink
  ) {
    var frame = closed
    if frame.pair >= 0 {
      // A field of the object round it. With values of its own it is a cookie, or something else.
      if frame.values == 1 && keepPair(frame.pair) { return }
      fields[frame.pair].role = .none
      if frame.url == frame.pair { frame.url = frames.last?.url ?? -1 }
    }
    // An object of numbered values is a list.
    if frame.isNumbered && frame.values == 0 { return }
    let summary = summary(from: frame.firstField)
    let hasLists = summary.logins >= 0 || summary.emails >= 0
    let isOfOne = frames.last.map { !$0.isList && $0.mayBeCredential } ?? false
    let mayBeOne = summary.hasPassword || frame.mayBeCredential || isOfOne
    if hasLists && (summary.passwords >= 0 || summary.urls >= 0 && mayBeOne) {
      reportLists(frame, summary, &sink)
    } else if summary.hasPassword {
      if keepPart(frame, summary) { return }
      report(frame, summary, &sink)
    } else if summary.hasName && isHost(summary.url) {
      // Else it is a person's page, which is not the site of what is round it, either.
      if mayBeOne { report(frame, summary, &sink) }
    } else if keepURL(summary, of: frame) {
      return
    }
    fields.removeLast(fields.count - frame.firstField)
    text.removeLast(text.count - frame.firstByte)
  }

  /// Whether what is round a field takes its value, which stands last.
  mutating func keepPair(_ pair: Int) -> Bool {
    guard let top = frames.indices.last, !frames[top].isForm else { return false }
    if frames[top].values == Self.maxValues {
      isCut = true
      return false
    }
    frames[top].values += 1
    noteURL(from: pair)
    return true
  }

  /// Whether what is round a part of a record takes its values, as no URL is known yet.
  mutating func keepPart(_ frame: Frame, _ summary: Summary) -> Bool {
    guard frame.isPart, summary.url < 0, summary.urlBelow < 0, let top = frames.indices.last,
      frames[top].url < frames[top].firstField
    else { return false }
    var values = 0
    for index in frame.firstField..<fields.count where !fields[index].isOfList { values += 1 }
    guard values + Int(frames[top].values) <= Int(Self.maxValues) else { return false }
    frames[top].values += UInt8(values)
    return true
  }

  /// Lets the open object have the first URL of the values from `first` on, which it got from below.
  mutating func noteURL(from first: Int) {
    guard let top = frames.indices.last, !frames[top].isList,
      frames[top].url < frames[top].firstField
    else { return }
    for index in first..<fields.count {
      let field = fields[index]
      if field.role == .url && !field.isOfList && !field.place.isEmpty {
        frames[top].url = index
        return
      }
    }
  }

  /// Hands the URL of an object that is no record to what it stands in, if it may be meant for that.
  mutating func keepURL(_ summary: Summary, of frame: Frame) -> Bool {
    let index = summary.url >= 0 ? summary.url : summary.urlBelow
    guard index >= 0, let top = frames.indices.last else { return false }
    // Of a list of visited pages, none is the record's.
    let isOfList = frames[top].isList
    if isOfList && frames[top].role != .url { return false }
    if frames[top].values == Self.maxValues {
      isCut = true
      return false
    }
    var url = fields[index]
    let from = url.place
    for offset in 0..<from.count { text[frame.firstByte + offset] = text[from.start + offset] }
    url.place = ByteRange(frame.firstByte, frame.firstByte + from.count)
    url.isOfList = isOfList
    url.isFromBelow = true
    fields.removeLast(fields.count - frame.firstField)
    text.removeLast(text.count - url.place.end)
    frames[top].values += 1
    if !isOfList && frames[top].url < frames[top].firstField { frames[top].url = fields.count }
    fields.append(url)
    return true
  }

  /// Whether the URL of this number names a host: `PC-ACCUEIL-03` beside a user name is a machine.
  func isHost(_ url: Int) -> Bool {
    guard url >= 0, let parts = URLText(at: fields[url].place, in: text.span) else { return false }
    return parts.hasScheme || parts.looksLikeHost
  }

  mutating func report<Sink: CredentialSink & ~Copyable>(
    _ frame: Frame, _ summary: Summary, _ sink: inout Sink
  ) {
    count &+= 1
    if isEncrypted { return }
    gatherLogins(from: frame.firstField)
    if logins.isEmpty {
      // The login may stand in what is round it.
      if summary.hasPassword { noteCredential() }
      return
    }
    let host = host(frame, summary)
    // A name that looks like a host may be a file's, or a person's.
    let isGuess =
      frame.url >= 0 && fields[frame.url].isGuess && fields[frame.url].place == host
      && !HostEnding.stands(at: host, in: text.span)
    var number: UInt8 = 0
    report(
      host, isHostDoubtful: isGuess || frame.isHostDoubtful && summary.url >= 0,
      // What an object is named by may be a person, and its password a remark.
      isDoubtful: frame.isDoubtful || logins[0].isGuess,
      summary.isFilled, &number, &sink)
    // Further URLs of the same record.
    guard summary.urls >= 0 else { return }
    var left = Self.maxURLs - 1
    for index in summary.urls..<fields.count {
      let url = fields[index]
      let isOther =
        url.role == .url && url.isOfList && !url.place.isEmpty
        && !text.span.equals(url.place, host)
      if !isOther { continue }
      if left == 0 {
        isCut = true
        return
      }
      report(url.place, summary.isFilled, &number, &sink)
      left -= 1
    }
  }

  /// The URL of an object: its own, one from within, or one of those round it.
  func host(_ frame: Frame, _ summary: Summary) -> ByteRange {
    if summary.url >= 0 { return fields[summary.url].place }
    if summary.urlBelow >= 0 { return fields[summary.urlBelow].place }
    // `frame.url` may be one of the two, which is empty then, or one further up.
    return isHost(frame.url) ? fields[frame.url].place : .empty
  }

  /// Reports the gathered logins at one host.
  func report<Sink: CredentialSink & ~Copyable>(
    _ host: ByteRange, isHostDoubtful: Bool = false, isDoubtful: Bool = false,
    _ hasPassword: Bool, _ number: inout UInt8, _ sink: inout Sink
  ) {
    for login in logins {
      sink.found(
        Credential(
          host: host, login: login.place, hasPassword: hasPassword, layout: layout,
          line: login.line, record: count, candidate: number, isDoubtful: isDoubtful,
          isHostDoubtful: isHostDoubtful),
        in: text.span)
      number &+= 1
    }
  }

  /// Gathers the logins of an object: user names first, then e-mail addresses, each once; without any, the object's name.
  mutating func gatherLogins(from first: Int) {
    logins.removeAll(keepingCapacity: true)
    gather(.login, from: first)
    gather(.email, from: first)
    if logins.isEmpty { gather(.login, from: first, areGuesses: true) }
  }

  private mutating func gather(_ role: Role, from first: Int, areGuesses: Bool = false) {
    for index in first..<fields.count {
      let field = fields[index]
      if field.role != role || field.isGuess != areGuesses || field.place.isEmpty
        || isGathered(field)
      {
        continue
      }
      if logins.count == SeparatedTable.maxLogins {
        isCut = true
        return
      }
      logins.append(field)
    }
  }

  func isGathered(_ field: Field) -> Bool {
    for login in logins where text.span.equals(login.place, field.place) { return true }
    return false
  }

  /// Reports `{"url": […], "username": […], "password": […]}`: the values of one number are a record.
  mutating func reportLists<Sink: CredentialSink & ~Copyable>(
    _ frame: Frame, _ summary: Summary, _ sink: inout Sink
  ) {
    var lists = summary
    var index = 0
    // Ends with the longer of two lists, which hold `maxFields` at most.
    while true {
      let login = value(index, ofListAt: &lists.logins, .login)
      let email = value(index, ofListAt: &lists.emails, .email)
      if login == nil && email == nil { return }
      count &+= 1
      let url = value(index, ofListAt: &lists.urls, .url)
      let password = value(index, ofListAt: &lists.passwords, .password)
      index += 1
      if isEncrypted { continue }
      logins.removeAll(keepingCapacity: true)
      if let login, !login.place.isEmpty { logins.append(login) }
      if let email, !email.place.isEmpty, !isGathered(email) { logins.append(email) }
      var number: UInt8 = 0
      let host = summary.urls >= 0 ? url?.place ?? .empty : host(frame, summary)
      report(host, password?.isFilled ?? summary.isFilled, &number, &sink)
    }
  }

  /// The value of this number, or nil behind the list's end; then `first` is one of no list, as another of the same
  /// role may follow.
  func value(_ index: Int, ofListAt first: inout Int, _ role: Role) -> Field? {
    guard first >= 0, first + index < fields.count else { return nil }
    let field = fields[first + index]
    if field.role == role && field.isOfList { return field }
    first = fields.count
    return nil
  }
}
