internal import Bytes

/// Names of columns, keys and elements that only exports use; the rules' labels name the rest.
///
/// A name is added here if it would be wrong, or never stands, before a colon in a text log.
enum ExportNames {
  /// What the name at `range` means, by the exports' own names first, then by the labels.
  static func meaning(
    of range: ByteRange, in bytes: Span<UInt8>, labels: LabelDictionary
  ) -> LabelDictionary.Class? {
    if let own = table.value(of: range, in: bytes) {
      return LabelDictionary.Class(rawValue: UInt8(own))
    }
    return labels.recordClass(of: range, in: bytes)
  }

  /// Whether a name is one that only objects of credentials have, whether or not a password can be read there.
  static func isOfCredential(_ name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    ofCredentials.value(of: name, in: bytes) != nil
      || bytes.contains(lowercase: password, in: name) || bytes.contains(lowercase: pwd, in: name)
  }

  private static let password = Array("passw".utf8)
  private static let pwd = Array("pwd".utf8)

  /// Of Chromium's and Firefox's stores, of Bitwarden and FileZilla.
  private static let ofCredentials = ByteTable(
    [
      "username_value", "username_element", "origin_url", "originurl", "action_url",
      "signon_realm", "formsubmiturl", "formactionorigin", "httprealm", "encryptedusername",
      "usernamefield", "login_uri", "login_username", "logontype",
    ].map { (Array($0.utf8), 1) },
    foldsCase: true)

  private static let names: [(class: LabelDictionary.Class, names: [String])] = [
    (
      .url,
      [
        "login_uri", "login_url", "loginurl", "uri", "uris", "urls", "url(s)", "web site",
        "website url", "website_url", "websites", "web_site", "origin_url", "originurl",
        "action_url", "signon_realm", "formsubmiturl", "formactionorigin", "secret url",
        "password url", "site_url", "siteurl", "base_url", "server", "address_url", "domains",
        "sites", "web page", "website 1 - value", "url1", "url2", "url3", "url_1", "url_2", "url 1",
        "url 2", "website 2", "website2",
      ]
    ),
    (
      .login,
      [
        "login_username", "login name", "loginname", "login_name", "username_value", "username2",
        "username3", "usr", "itemusername", "item_username", "secondarylogin", "user_login",
        "userid", "user_id", "login_id", "loginid",
      ]
    ),
    (
      .email,
      [
        "email", "e-mail", "itememail", "item_email", "email_address", "emailaddress",
        "mailadresse", "e-mail-adresse", "e-mail 1 - value", "e-mail 2 address",
      ]
    ),
    (
      .password,
      [
        "login_password", "password_value", "passwd", "user_password", "userpassword",
        "password_plain", "plain_password", "decrypted_password", "password_decrypted",
        "current password", "mot de passe actuel", "mdp actuel", "ancien mot de passe",
        "secret key",
      ]
    ),
    // So that none of them is a column of unknown name (`PasswordGuess`).
    (
      .other,
      [
        "name", "title", "email_verified", "titre", "titel", "note", "notes", "comment", "comments",
        "id", "guid", "date", "folder", "group", "grouping", "category", "type", "tags", "fav",
        "favorite", "totp", "otpauth", "session", "contact", "company", "language", "ip",
      ]
    ),
  ]

  private static let table = ByteTable(
    names.flatMap { entry in
      entry.names.map { (Array($0.utf8), UInt32(entry.class.rawValue)) }
    },
    foldsCase: true)
}
