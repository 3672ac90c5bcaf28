internal import Bytes

/// The column of passwords in a table in which no name is theirs: one of unknown name directly behind the login,
/// as in `url,username,klartext`. No list of labels has every language.
///
/// Logs of proxies, lists of machines, licences, orders and persons have URLs and user names as well, and a finding would
/// come of each of their rows. So nothing is guessed where any other column stands than an export of
/// credentials has, or where a word of the name is one of such lists.
struct PasswordGuess {
  private var unknown: Int?
  /// Whether a column stands in the table that no export of credentials has.
  private var isRefuted = false

  /// Notes the column whose name stands at `name`; `isOfForm` says that it tells of a person.
  mutating func note(
    _ index: Int, _ name: ByteRange, meaning: LabelDictionary.Class?, isOfForm: Bool,
    in bytes: Span<UInt8>
  ) {
    switch meaning {
    case .url, .email, .password: return
    case .login: isRefuted = isRefuted || isOfForm
    case .other:
      isRefuted = isRefuted || Self.words.value(of: name, in: bytes) == Self.ofOtherTables
    // French exports write it for the title.
    case nil where bytes.equals(name, lowercase: "nom"): return
    case nil where !isOfForm && unknown == nil && !Self.hasKnownWord(name, in: bytes):
      unknown = index
    default: isRefuted = true
    }
  }

  /// The column, or nil if none is: it must stand directly behind a login, or as the last behind login and URL.
  func column(logins: [Int], urls: [Int], of count: Int) -> Int? {
    guard !isRefuted, let unknown else { return nil }
    let isBehindBoth =
      unknown == count - 1 && urls.contains(unknown - 1) && logins.contains(unknown - 2)
    return logins.contains(unknown - 1) || isBehindBoth ? unknown : nil
  }

  /// Whether a word of the name tells that it is no password's: `last_login`, `passwordHint`, `Rôle`.
  static func hasKnownWord(_ name: ByteRange, in bytes: Span<UInt8>) -> Bool {
    var start = name.start
    for offset in name.bounds {
      let isLetter = ASCII.isLetter(bytes[offset]) || bytes[offset] >= 0x80
      let isCapital = bytes[offset] &- 0x41 < 26
      let beginsWord = isCapital && offset > start && bytes[offset - 1] &- 0x61 < 26
      if isLetter && !beginsWord { continue }
      if words.value(of: ByteRange(start, offset), in: bytes) != nil { return true }
      start = isLetter ? offset : offset + 1
    }
    return words.value(of: ByteRange(start, name.end), in: bytes) != nil
  }

  /// A word that exports of credentials have as well, and one that they do not.
  private static let ofExports: UInt32 = 1
  private static let ofOtherTables: UInt32 = 2

  /// Words in names of columns that hold no passwords. A column whose name has one that is missing here becomes a
  /// finding's password, so rather add one too many: no export that we know is in want of the guess.
  private static let words = ByteTable(
    [
      "name", "title", "titre", "titel", "note", "notes", "comment", "comments", "id", "guid",
      "uuid",
      "folder", "group", "grouping", "category", "type", "tag", "tags", "favorite", "totp", "otp",
      "verified",
    ].map { (Array($0.utf8), ofExports) }
      + (english + romance + others).map { (Array($0.utf8), ofOtherTables) },
    foldsCase: true)

  private static let english = [
    "action", "active", "activity", "address", "age", "agent", "alias", "amount", "answer", "app",
    "application", "archived", "area", "asset", "at", "author", "balance", "birth", "birthday",
    "branch", "brand", "browser", "build", "bytes", "cc", "changed", "channel", "city", "class",
    "client", "color", "company", "computer", "contact", "cookie", "cookies", "cost",
    "count", "country", "created", "creation", "currency", "customer", "date", "datetime", "day",
    "days", "department", "dept", "description", "destination", "detail", "details", "device",
    "digest", "direction", "disabled", "display", "division", "duration", "edited", "enabled",
    "environment", "error", "event", "events", "expiration", "expire", "expired", "expires",
    "expiry",
    "fax", "field", "file", "filename", "first", "flag", "flags", "from", "full", "function",
    "gender",
    "given", "grade", "hash", "hint", "hits", "hour", "hwid", "image", "index", "info", "invoice",
    "ip", "ips", "ipv", "issue", "item", "job", "label", "lang", "language", "last", "lastlogin",
    "lastname", "lat", "latitude", "len", "length", "level", "licence", "license", "list", "locale",
    "location", "lon", "longitude", "mac", "machine", "manager", "member", "message", "method",
    "middle", "mobile", "mode", "model", "modified", "month", "msg", "no", "nr", "number", "office",
    "order", "org", "organisation", "organization", "os", "owner", "page", "path", "payment",
    "permission", "permissions", "phone", "photo", "picture", "plan", "platform", "plugin",
    "points",
    "policy", "port", "position", "post", "price", "priority", "privilege", "product", "profile",
    "project", "protocol", "qty", "quantity", "query", "question", "rank", "rating", "reason",
    "referer", "referrer", "region", "registered", "remark", "remarks", "request", "requests",
    "reset", "response", "result", "results", "role", "roles", "room", "salt", "scheme", "scope",
    "score", "seats", "security", "seen", "serial", "session", "sessions", "sex", "signup", "size",
    "software", "source", "stage", "start", "started", "state", "stated", "status", "street",
    "strength", "subject", "subscription", "summary", "supplier", "support", "system", "team",
    "tel",
    "telephone", "text", "ticket", "tier", "time", "times", "timestamp", "timezone", "to", "token",
    "total", "town", "ua", "unit", "updated", "usage", "useragent", "value", "vendor", "version",
    "visit", "visited", "visits", "week", "when", "work", "year", "years", "zip", "zone",
  ]

  private static let romance = [
    // French
    "appareil", "année", "annee", "agence", "client", "commande", "commentaire", "compte",
    "création",
    "département", "departement", "dernier", "dernière", "derniere", "durée", "duree", "entreprise",
    "équipe", "Équipe", "equipe", "état", "État", "etat", "expiration", "facture", "fonction",
    "groupe", "heure",
    "indice", "jour", "langue", "licence", "logiciel", "lieu", "message", "mois", "montant",
    "navigateur",
    "niveau", "nom", "nombre", "numéro", "numero", "objet", "ordinateur", "organisme", "pays",
    "poste",
    "prénom", "prenom", "prix", "produit", "projet", "quantité", "quantite", "question", "réf",
    "ref",
    "région", "remarque", "rôle", "service", "société", "societe", "statut", "système", "systeme",
    "téléphone", "utilisation", "version", "ville", "visites",
    // Spanish, Italian and Portuguese
    "acción", "accion", "ação", "ano", "año", "apellido", "azienda", "cantidad", "cargo", "cidade",
    "città", "ciudad", "cliente", "cognome", "data", "departamento", "descripción", "descrizione",
    "dispositivo", "edad", "empresa", "equipo", "estado", "età", "evento", "factura", "fattura",
    "fecha", "función", "giorno", "hora", "idioma", "importe", "importo", "lingua", "livello",
    "mensaje", "mes", "nivel", "nome", "ora", "ordine", "país", "pais", "paese", "pedido", "precio",
    "prezzo", "prodotto", "producto", "puesto", "reparto", "rol", "ruolo", "sistema", "stato",
    "tipo", "ubicación", "valor", "versión", "versione", "versão",
  ]

  private static let others = [
    // German and Dutch
    "abteilung", "afdeling", "aktion", "alter", "anzahl", "beschreibung", "bestellnummer",
    "bestellung",
    "betrag", "betriebssystem", "betreff", "bemerkung", "dauer", "datum", "ereignis", "firma",
    "funktion", "gerät", "geraet", "größe", "gültig", "hinweis", "jahr", "klant", "kunde",
    "kundennummer", "land", "letzte", "letzter", "lizenz", "menge", "monat", "nachname", "nummer",
    "ort", "preis", "produkt", "rechner", "rechnung", "rolle", "sprache", "stadt", "standort",
    "straße",
    "stufe", "tag", "telefon", "tijd", "typ", "uhrzeit", "vorname", "zeit", "zuletzt",
    // Russian, in both cases: beyond ASCII they are compared as written.
    "версия", "Версия", "возраст", "Возраст", "время", "Время", "город", "Город", "дата", "Дата",
    "действие", "Действие", "должность", "Должность", "заказ", "Заказ", "компания", "Компания",
    "описание", "Описание", "отдел", "Отдел", "роль", "Роль", "статус", "Статус", "страна",
    "Страна",
    "сумма", "Сумма", "телефон", "Телефон", "цена", "Цена",
  ]
}
