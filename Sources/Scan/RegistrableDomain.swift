internal import CPublicSuffix

/// The part of a host name that somebody registered, by the public suffix list: `example.co.uk` of
/// `a.b.example.co.uk`. It joins the hosts of one organisation, and decides nothing.
///
/// The list is that which libpsl was built with, so that a run reads no further file; a suffix that came later
/// counts as a domain. Of an unknown top level the last two labels are taken.
enum RegistrableDomain {
  /// Nil for an address, a name of one label, and a public suffix itself. `host` must be normalised; an app's
  /// package name is no host.
  static func of(_ host: String) -> String? {
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    if isAddress(name) || name.split(separator: ".", omittingEmptySubsequences: false).contains("")
    {
      return nil
    }
    // The built-in list lives as long as the program.
    guard let list = unsafe psl_builtin() else { return nil }
    return unsafe name.withCString { text in
      // What is returned is the end of `text`, or null.
      guard let domain = unsafe psl_registrable_domain(list, text) else { return nil }
      return unsafe String(cString: domain)
    }
  }

  private static func isAddress(_ name: String) -> Bool {
    name.utf8.contains(0x3A) || name.utf8.allSatisfy { $0 == 0x2E || $0 &- 0x30 < 10 }
  }
}
