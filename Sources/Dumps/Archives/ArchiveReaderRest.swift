internal import CArchive

// Going on behind a member that is damaged.
extension ArchiveReader {
  /// The members that libarchive had yet to read when it began, if it can be made to go on behind one at which it stops.
  private func takeRest() -> ZipRest? {
    guard let directory, !input.isFailed, restarts < Self.maxRestarts, budget.hasTime else {
      return nil
    }
    return rest ?? ZipRest(directory, of: input.source)
  }

  /// Notes that libarchive has stopped in the member at hand, and says why. Unless it can be made to go on, that is the end.
  func stop() -> ArchiveFault {
    guard var rest = takeRest() else {
      end(lastFault)
      return lastFault
    }
    let given = number - numberBefore
    let fault = fault(of: rest.record(given))
    rest.pass(given)
    self.rest = rest
    mustRestart = true
    return fault
  }

  /// Passes over the member whose header libarchive has stopped at; nil if it cannot be made to go on.
  func loseMember() -> Step? {
    guard var rest = takeRest() else { return nil }
    let given = number - numberBefore
    rest.pass(given)
    let position = given == 0 ? input.start + Int(unsafe archive_filter_bytes(archive, -1)) : nil
    guard let lost = rest.takeLost(at: position) else { return nil }
    self.rest = rest
    mustRestart = true
    number += 1
    if let fault = budget.takeMember() ?? ratioFault {
      end(fault)
      return .end
    }
    let member = Member(
      name: lost.name, number: number, isDirectory: false, isLink: false, hidesBytes: false)
    return .lost(fault(of: lost.record), member)
  }

  /// Why libarchive has stopped at a member.
  private func fault(of record: ZipRecord?) -> ArchiveFault {
    let fault = record?.isStronglyEncrypted == true ? .encrypted : lastFault
    if !memberFaults.contains(fault) { memberFaults.append(fault) }
    return fault
  }

  /// Opens the archive anew for the members behind the one at which libarchive has stopped, if there are any.
  func restart() {
    guard let rest, !rest.isEmpty, let next = unsafe archive_read_new() else { return }
    mustRestart = false
    restarts += 1
    numberBefore = number
    _ = unsafe archive_read_free(archive)
    unsafe archive = next
    unsafe block = UnsafeRawBufferPointer(start: nil, count: 0)
    input.restart(with: rest.source(input.source))
    open()
  }
}
