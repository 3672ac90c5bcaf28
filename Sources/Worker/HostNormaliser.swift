public import Bytes
internal import Formats
internal import Watchlists

/// From the URL of a record, as a dump has it, to the host that findings give. Its memory is reused.
public struct HostNormaliser: ~Copyable {
  /// The host of the last URL: a domain name in lower case and ASCII, an address, or an app's package name; empty
  /// if it names none.
  public private(set) var text: [UInt8] = []
  /// Whether the last one was an app's package name, which is no host.
  public private(set) var isApp = false
  private var domain = LoginNormaliser()

  public init() {
    text.reserveCapacity(256)
  }

  /// Reads the host of the URL at `url`.
  public mutating func read(_ url: ByteRange, in bytes: Span<UInt8>) {
    let name: ByteRange
    (name, isApp) = URLText.host(of: url, in: bytes)
    text.removeAll(keepingCapacity: true)
    if bytes.firstOffset(of: ASCII.colon, in: name.bounds) != nil {
      // An IPv6 address, which is no domain name.
      for offset in name.bounds { text.append(ASCII.lowercased(bytes[offset])) }
    } else if domain.normaliseDomain(bytes.extracting(name.bounds)) {
      text.append(contentsOf: domain.output.prefix(domain.count))
    }
    // The supervisor takes no other form, and ends a worker that sends one.
    if !text.span.isHostText { text.removeAll(keepingCapacity: true) }
  }
}
