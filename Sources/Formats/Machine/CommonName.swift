internal import Bytes

/// Names that thousands of machines and users have: `PC`, `USER-PC`, `admin`.
public enum CommonName {
  /// Whether `name` says nothing: it is empty, or digits and words that are on no one's machine alone. Windows' own
  /// `DESKTOP-7F2A61C` says enough, by its other letters.
  public static func isCommon(_ name: [UInt8]) -> Bool {
    let words = name.split { !ASCII.isLetter($0) && $0 < 0x80 }
    return words.allSatisfy { common.contains($0.map(ASCII.lowercased)) }
  }

  /// ASCII letters in lower case. What systems and images give before anybody has chosen a name, in the languages of the
  /// labels that we know.
  private static let common = Set(
    """
    admin administrator administrateur administrador amministratore root owner user users usuario utilisateur
    utente benutzer guest default test host localhost local home my pc computer desktop laptop notebook
    workstation server win windows vm vmware virtual machine vps comp office gamer gaming none unknown
    macbook mac book imac mini pro air acer asus dell hp lenovo msi samsung surface toshiba homepc
    ordenador portatil portable de
    админ Админ администратор Администратор пользователь Пользователь ПК пк 用户 管理员
    """.utf8.split { $0 == ASCII.space || $0 == ASCII.lineFeed }.map(Array.init))
}
