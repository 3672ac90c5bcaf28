internal import Bytes

/// The stealer's own name of its campaign or customer.
///
/// No table can know these names. So the caller takes one only from a file that is surely a stealer's own, and
/// this takes none that is no name.
public enum BuildName {
  private static let maxBytes = 64
  private static let signs = Array(" ._-@:()#".utf8)

  /// `value`, or nothing if it is longer than a name or holds other signs than names have. `@name` is a
  /// handle on Telegram; behind a letter it would be the address of a person.
  public static func read(_ value: [UInt8]) -> [UInt8] {
    let isName = value.allSatisfy {
      ASCII.isLetter($0) || ASCII.isDigit($0) || signs.contains($0)
    }
    let holdsAddress = value.indices.dropFirst().contains {
      value[$0] == ASCII.at && value[$0 - 1] != ASCII.space && value[$0 - 1] != ASCII.colon
    }
    return isName && !holdsAddress && value.count <= maxBytes ? value : []
  }
}
