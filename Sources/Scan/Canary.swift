internal import CSandbox
internal import Watchlists
internal import Worker

#if canImport(Glibc)
  internal import Glibc
#endif

/// The account that every list carries and every worker must find before it reads a dump.
///
/// A run whose keys, lists, filter or parser do not fit together would otherwise look like a night without
/// findings.
struct Canary {
  /// The unit and the file that hold it; those of dumps begin at 1.
  static let unit: UInt32 = 0
  static let file: UInt32 = 0

  private let text: [UInt8]
  private let listCount: Int
  private let accounts: [UInt32]

  init(_ image: borrowing WatchlistImage, _ keys: PartnerKeys) {
    // One line of URL, login and password for each key; a list's canary is the account behind its last.
    let lines = (0..<keys.count).map { key in
      "https://canary.dumpsieve.invalid/:\(keys.canaryLogin(key)):CANARY\n"
    }
    text = Array(lines.joined().utf8)
    listCount = image.headers.count
    accounts = image.headers.map { UInt32($0.accounts) }
  }

  /// The message that a worker gets first; nil if the system gives no anonymous file.
  func batch() -> WorkerHandle.Batch? {
    let descriptor = unsafe ds_memfd_create("dumpsieve-canary")
    if descriptor < 0 { return nil }
    guard Descriptor.write(text, to: descriptor) else {
      _ = close(descriptor)
      return nil
    }
    var item = WorkerTask.FileItem(
      unit: Self.unit, file: Self.file, size: UInt64(text.count),
      name: Array("canary/lines.txt".utf8))
    item.isLastOfUnit = true
    return WorkerHandle.Batch(items: [item], descriptors: [descriptor])
  }

  /// Whether the hits of the canary's unit are those of all lists.
  func isFound(in hits: [ResultFrame.Hit]) -> Bool {
    (0..<listCount).allSatisfy { list in
      hits.contains { Int($0.list) == list && $0.account == accounts[list] }
    }
  }
}
