import TestSupport

/// Records as one layout has them, whole and to be read in one way only: no sign within a value is one of the layout's.
struct MadeDocument {
  struct Record {
    /// The URL, or the host alone where the layout has no more.
    var site: String
    var login: String
    var password: String
  }

  let records: [Record]
  let text: String

  init(_ generator: inout Generator) {
    let ofHosts = generator.random.once(in: 12)
    let records = (0..<generator.number(1...4)).map { _ in
      let host = "\(generator.word(generator.random.once(in: 4) ? 20...60 : 3...12)).example"
      return Record(
        site: ofHosts ? host : "https://\(host)/\(generator.word(0...4))",
        login: "\(generator.word())@\(generator.word()).example",
        password: "CANARY\(generator.word())")
    }
    self.records = records
    text = (ofHosts ? Self.netrc : generator.random.pick(Self.layouts))(records)
  }

  /// The records, each as `line` writes it.
  private static func each(_ line: @escaping @Sendable (Record) -> String)
    -> @Sendable ([Record]) -> String
  {
    { records in records.map(line).joined() }
  }

  private static func table(_ separator: String, _ quote: String = "")
    -> @Sendable ([Record]) -> String
  {
    { records in
      let rows = records.map { [$0.site, $0.login, $0.password] }
      return ([["url", "username", "password"]] + rows).map { cells in
        cells.map { quote + $0 + quote }.joined(separator: separator) + "\n"
      }.joined()
    }
  }

  private static let netrc = each {
    "machine \($0.site) login \($0.login) password \($0.password)\n"
  }

  private static let layouts: [@Sendable ([Record]) -> String] = [
    each { "\($0.site):\($0.login):\($0.password)\n" },
    each { "\($0.site)|\($0.login)|\($0.password)\n" },
    each { "\($0.login):\($0.password):\($0.site)\n" },
    each { "curl -u \($0.login):\($0.password) \($0.site)\n" },
    each { "- url: \($0.site)\n  username: \($0.login)\n  password: \($0.password)\n" },
    each { "URL: \($0.site)<br>Login: \($0.login)<br>Password: \($0.password)<hr>\n" },
    each { "URL: \($0.site)\nUsername: \($0.login)\nPassword: \($0.password)\n===============\n" },
    each { "Soft: Chrome\nHost: \($0.site)\nLogin: \($0.login)\nPassword: \($0.password)\n\n" },
    each { "URL: \($0.site) Login: \($0.login) Password: \($0.password)\n" },
    each {
      "{\"url\": \"\($0.site)\", \"username\": \"\($0.login)\", \"password\": \"\($0.password)\"}\n"
    },
    each {
      "INSERT INTO logins (url, login, password) VALUES ('\($0.site)','\($0.login)','\($0.password)');\n"
    },
    table(","), table(";"), table("\t"), table("|"), table(",", "\""),
    { records in
      let objects = records.map {
        "  {\n    \"url\": \"\($0.site)\",\n    \"login\": \"\($0.login)\",\n    \"password\": \"\($0.password)\"\n  }"
      }
      return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    },
    { records in
      let entries = records.map {
        "  <login>\n    <url>\($0.site)</url>\n    <username>\($0.login)</username>\n    <password>\($0.password)</password>\n  </login>\n"
      }
      return "<?xml version=\"1.0\"?>\n<logins>\n" + entries.joined() + "</logins>\n"
    },
    { records in
      let rows = records.map {
        "<tr><td>\($0.site)</td><td>\($0.login)</td><td>\($0.password)</td></tr>\n"
      }
      return "<table>\n<tr><th>URL</th><th>Login</th><th>Password</th></tr>\n" + rows.joined()
        + "</table>\n"
    },
  ]
}
