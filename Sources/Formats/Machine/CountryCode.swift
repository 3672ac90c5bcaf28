internal import Bytes

/// Which country a value names, as its ISO 3166-1 alpha-2 code.
///
/// Nothing of the value is copied: what is no country is nil, so that a note of the victim's, which happens to
/// have the label of a country, cannot come out.
public enum CountryCode {
  /// Longer values are not looked at; the longest name has fewer than 60 bytes.
  private static let maxBytes = 120

  /// The code that `value` names: `FR`, `FRA`, `France`, `FR France`, `🇫🇷`, `FR (France)` and `Paris, France` are all
  /// `FR`.
  ///
  /// A value of several parts counts by the first that is a country.
  public static func named(by value: Span<UInt8>) -> [UInt8]? {
    if value.count > maxBytes { return nil }
    let text = withoutEmoji(value.copy(ByteRange(0, value.count)).map(ASCII.lowercased))
    if let code = code(text[...]) { return code }
    let parts = text.split { separators.contains($0) }
    return parts.lazy.compactMap(code).first
  }

  /// The code of a name, or of one country in two ways: `IL Israel`, `France FR`.
  private static func code(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let name = trimmed(text)
    if let code = codes[name] { return code }
    return [name.firstIndex(of: ASCII.space), name.lastIndex(of: ASCII.space)].lazy
      .compactMap { $0 }
      .compactMap { blank in
        let code = codes[trimmed(name[..<blank])]
        return code == codes[trimmed(name[blank...])] ? code : nil
      }.first
  }

  /// The text with a flag's letters in place of the flag, and blanks in place of other emoji. They are U+1F000 to U+1FFFF
  /// (F0 9F); a flag is two signs from U+1F1E6 (F0 9F 87 A6) on, one for each letter.
  private static func withoutEmoji(_ text: [UInt8]) -> [UInt8] {
    var plain: [UInt8] = []
    var offset = 0
    var letters = 0
    while offset < text.count {
      guard offset + 3 < text.count, text[offset] == 0xF0, text[offset + 1] == 0x9F else {
        plain.append(text[offset])
        offset += 1
        continue
      }
      if text[offset + 2] == 0x87, (0xA6...0xBF).contains(text[offset + 3]) {
        plain.append(text[offset + 3] - 0xA6 + 0x61)
        letters += 1
      }
      if letters & 1 == 0 { plain.append(ASCII.space) }
      offset += 4
    }
    return plain
  }

  private static let separators = Array("()[],/|;".utf8)

  private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let start = text.drop(while: ASCII.isBlank)
    return Array(start.prefix(start.count - start.reversed().prefix { ASCII.isBlank($0) }.count))
  }

  /// Codes by every way to write a country, ASCII letters in lower case.
  private static let codes: [[UInt8]: [UInt8]] = {
    var codes: [[UInt8]: [UInt8]] = [:]
    for row in table.utf8.split(separator: ASCII.lineFeed) {
      let names = row.split(separator: ASCII.bar).map(Array.init)
      guard let code = names.first else { continue }
      for name in names { codes[name.map(ASCII.lowercased)] = code }
    }
    return codes
  }()

  /// Code of two letters, of three, names in English, and those in other languages that a system of that
  /// language or an address service writes. Codes and English names are those of ISO 3166-1 (Debian's
  /// iso-codes 4.15 and the time zone database's iso3166.tab); XK is in use for Kosovo.
  private static let table = """
    AD|AND|Andorra
    AE|ARE|United Arab Emirates|UAE
    AF|AFG|Afghanistan
    AG|ATG|Antigua and Barbuda|Antigua & Barbuda
    AI|AIA|Anguilla
    AL|ALB|Albania
    AM|ARM|Armenia
    AO|AGO|Angola
    AQ|ATA|Antarctica
    AR|ARG|Argentina|Argentine
    AS|ASM|American Samoa
    AT|AUT|Austria|Österreich|Autriche|Австрия
    AU|AUS|Australia
    AW|ABW|Aruba
    AX|ALA|Åland Islands
    AZ|AZE|Azerbaijan
    BA|BIH|Bosnia and Herzegovina|Bosnia & Herzegovina|Bosnia
    BB|BRB|Barbados
    BD|BGD|Bangladesh
    BE|BEL|Belgium|Belgique|België|Belgien|Бельгия
    BF|BFA|Burkina Faso
    BG|BGR|Bulgaria|България
    BH|BHR|Bahrain
    BI|BDI|Burundi
    BJ|BEN|Benin
    BL|BLM|Saint Barthélemy|St Barthelemy
    BM|BMU|Bermuda
    BN|BRN|Brunei Darussalam|Brunei
    BO|BOL|Bolivia|Bolivia, Plurinational State of
    BQ|BES|Bonaire, Sint Eustatius and Saba|Caribbean NL
    BR|BRA|Brazil|Brasil|Brésil|Бразилия|巴西
    BS|BHS|Bahamas
    BT|BTN|Bhutan
    BV|BVT|Bouvet Island
    BW|BWA|Botswana
    BY|BLR|Belarus|Беларусь
    BZ|BLZ|Belize
    CA|CAN|Canada|Kanada
    CC|CCK|
    CD|COD|Congo (Kinshasa)|Congo-Kinshasa|Congo, Democratic Republic of the|Congo, The Democratic Republic of the|DR Congo|Democratic Republic of the Congo
    CF|CAF|Central African Republic|Central African Rep.
    CG|COG|Congo|Congo (Brazzaville)|Congo-Brazzaville|Republic of the Congo|Congo Republic
    CH|CHE|Switzerland|Suisse|Schweiz|Svizzera|Швейцария
    CI|CIV|Côte d'Ivoire|Cote d'Ivoire|Ivory Coast
    CK|COK|Cook Islands
    CL|CHL|Chile|Chili
    CM|CMR|Cameroon|Cameroun
    CN|CHN|China|中国|Chine|People's Republic of China
    CO|COL|Colombia|Colombie
    CR|CRI|Costa Rica
    CU|CUB|Cuba
    CV|CPV|Cabo Verde|Cape Verde
    CW|CUW|Curaçao|Curacao
    CX|CXR|Christmas Island
    CY|CYP|Cyprus
    CZ|CZE|Czechia|Czech Republic|Česko|Чехия
    DE|DEU|Germany|Deutschland|Allemagne|Alemania|Germania|Германия|德国
    DJ|DJI|Djibouti
    DK|DNK|Denmark|Danmark
    DM|DMA|Dominica
    DO|DOM|Dominican Republic
    DZ|DZA|Algeria|Algérie|الجزائر
    EC|ECU|Ecuador
    EE|EST|Estonia|Eesti
    EG|EGY|Egypt|Égypte|مصر
    EH|ESH|Western Sahara
    ER|ERI|Eritrea
    ES|ESP|Spain|España|Espagne|Испания|西班牙
    ET|ETH|Ethiopia
    FI|FIN|Finland|Suomi
    FJ|FJI|Fiji
    FK|FLK|Falkland Islands
    FM|FSM|Micronesia, Federated States of|Micronesia
    FO|FRO|Faroe Islands
    FR|FRA|France|Frankreich|Francia|França|Франция|法国
    GA|GAB|Gabon
    GB|GBR|United Kingdom|UK|Great Britain|England|Scotland|Wales|Northern Ireland|Royaume-Uni|Великобритания|英国
    GD|GRD|Grenada
    GE|GEO|Georgia
    GF|GUF|French Guiana
    GG|GGY|Guernsey
    GH|GHA|Ghana
    GI|GIB|Gibraltar
    GL|GRL|Greenland
    GM|GMB|Gambia
    GN|GIN|Guinea
    GP|GLP|Guadeloupe
    GQ|GNQ|Equatorial Guinea
    GR|GRC|Greece|Ελλάδα|Hellas
    GS|SGS|South Georgia and the South Sandwich Islands|South Georgia & the South Sandwich Islands
    GT|GTM|Guatemala
    GU|GUM|Guam
    GW|GNB|Guinea-Bissau
    GY|GUY|Guyana
    HK|HKG|Hong Kong|Hong Kong SAR|香港
    HM|HMD|Heard Island and McDonald Islands|Heard Island & McDonald Islands
    HN|HND|Honduras
    HR|HRV|Croatia|Hrvatska
    HT|HTI|Haiti
    HU|HUN|Hungary|Magyarország
    ID|IDN|Indonesia|Indonésie
    IE|IRL|Ireland|Éire|Republic of Ireland
    IL|ISR|Israel|ישראל
    IM|IMN|Isle of Man
    IN|IND|India|Inde|Bharat|भारत
    IO|IOT|British Indian Ocean Territory
    IQ|IRQ|Iraq|العراق
    IR|IRN|Iran|Iran, Islamic Republic of
    IS|ISL|Iceland
    IT|ITA|Italy|Italia|Italie|Италия|意大利
    JE|JEY|Jersey
    JM|JAM|Jamaica
    JO|JOR|Jordan|الأردن
    JP|JPN|Japan|日本|Japon
    KE|KEN|Kenya
    KG|KGZ|Kyrgyzstan
    KH|KHM|Cambodia
    KI|KIR|Kiribati
    KM|COM|Comoros
    KN|KNA|Saint Kitts and Nevis|St Kitts & Nevis
    KP|PRK|North Korea|Korea, Democratic People's Republic of
    KR|KOR|South Korea|Korea, Republic of|Korea|Republic of Korea|대한민국|한국
    KW|KWT|Kuwait
    KY|CYM|Cayman Islands
    KZ|KAZ|Kazakhstan|Казахстан|Қазақстан
    LA|LAO|Laos|Lao People's Democratic Republic
    LB|LBN|Lebanon
    LC|LCA|Saint Lucia|St Lucia
    LI|LIE|Liechtenstein
    LK|LKA|Sri Lanka
    LR|LBR|Liberia
    LS|LSO|Lesotho
    LT|LTU|Lithuania|Lietuva
    LU|LUX|Luxembourg|Luxemburg|Lëtzebuerg
    LV|LVA|Latvia|Latvija
    LY|LBY|Libya
    MA|MAR|Morocco|Maroc|المغرب
    MC|MCO|Monaco
    MD|MDA|Moldova|Moldova, Republic of|Republic of Moldova
    ME|MNE|Montenegro
    MF|MAF|
    MG|MDG|Madagascar
    MH|MHL|Marshall Islands
    MK|MKD|North Macedonia|Macedonia
    ML|MLI|Mali
    MM|MMR|Myanmar|Burma
    MN|MNG|Mongolia
    MO|MAC|Macao|Macau|Macao SAR
    MP|MNP|Northern Mariana Islands
    MQ|MTQ|Martinique
    MR|MRT|Mauritania
    MS|MSR|Montserrat
    MT|MLT|Malta
    MU|MUS|Mauritius
    MV|MDV|Maldives
    MW|MWI|Malawi
    MX|MEX|Mexico|México|Mexique
    MY|MYS|Malaysia
    MZ|MOZ|Mozambique
    NA|NAM|Namibia
    NC|NCL|New Caledonia
    NE|NER|Niger
    NF|NFK|Norfolk Island
    NG|NGA|Nigeria
    NI|NIC|Nicaragua
    NL|NLD|Netherlands|Nederland|Pays-Bas|Holland|The Netherlands|Нидерланды
    NO|NOR|Norway|Norge
    NP|NPL|Nepal
    NR|NRU|Nauru
    NU|NIU|Niue
    NZ|NZL|New Zealand
    OM|OMN|Oman
    PA|PAN|Panama
    PE|PER|Peru|Perú
    PF|PYF|French Polynesia
    PG|PNG|Papua New Guinea
    PH|PHL|Philippines
    PK|PAK|Pakistan
    PL|POL|Poland|Polska|Pologne|Польша
    PM|SPM|Saint Pierre and Miquelon|St Pierre & Miquelon
    PN|PCN|Pitcairn
    PR|PRI|Puerto Rico
    PS|PSE|Palestine, State of|Palestine|Palestinian Territory
    PT|PRT|Portugal
    PW|PLW|Palau
    PY|PRY|Paraguay
    QA|QAT|Qatar
    RE|REU|Réunion|Reunion|La Réunion
    RO|ROU|Romania|România|Roumanie
    RS|SRB|Serbia|Srbija|Србија
    RU|RUS|Russian Federation|Russia|Russie|Россия|俄罗斯
    RW|RWA|Rwanda
    SA|SAU|Saudi Arabia|السعودية
    SB|SLB|Solomon Islands
    SC|SYC|Seychelles
    SD|SDN|Sudan
    SE|SWE|Sweden|Sverige
    SG|SGP|Singapore
    SH|SHN|Saint Helena, Ascension and Tristan da Cunha|St Helena
    SI|SVN|Slovenia|Slovenija
    SJ|SJM|Svalbard and Jan Mayen|Svalbard & Jan Mayen
    SK|SVK|Slovakia|Slovensko|Slovak Republic
    SL|SLE|Sierra Leone
    SM|SMR|San Marino
    SN|SEN|Senegal|Sénégal
    SO|SOM|Somalia
    SR|SUR|Suriname
    SS|SSD|South Sudan
    ST|STP|Sao Tome and Principe|Sao Tome & Principe
    SV|SLV|El Salvador
    SX|SXM|
    SY|SYR|Syria|Syrian Arab Republic
    SZ|SWZ|Eswatini|Swaziland
    TC|TCA|Turks and Caicos Islands|Turks & Caicos Is
    TD|TCD|Chad
    TF|ATF|French Southern Territories|French S. Terr.
    TG|TGO|Togo
    TH|THA|Thailand|ประเทศไทย|ไทย
    TJ|TJK|Tajikistan
    TK|TKL|Tokelau
    TL|TLS|Timor-Leste|East Timor
    TM|TKM|Turkmenistan
    TN|TUN|Tunisia|Tunisie|تونس
    TO|TON|Tonga
    TR|TUR|Türkiye|Turkey|Turkiye|Turquie|Турция
    TT|TTO|Trinidad and Tobago|Trinidad & Tobago
    TV|TUV|Tuvalu
    TW|TWN|Taiwan|Taiwan, Province of China|台灣|台湾
    TZ|TZA|Tanzania|Tanzania, United Republic of
    UA|UKR|Ukraine|Україна|Украина
    UG|UGA|Uganda
    UM|UMI|United States Minor Outlying Islands|US minor outlying islands
    US|USA|United States|USA|United States of America|U.S.|U.S.A.|États-Unis|Estados Unidos|США|美国
    UY|URY|Uruguay
    UZ|UZB|Uzbekistan
    VA|VAT|Vatican City|Vatican
    VC|VCT|Saint Vincent and the Grenadines|St Vincent
    VE|VEN|Venezuela|Venezuela, Bolivarian Republic of
    VG|VGB|Virgin Islands, British|British Virgin Islands|Virgin Islands (British)
    VI|VIR|Virgin Islands, U.S.|US Virgin Islands|U.S. Virgin Islands|United States Virgin Islands|Virgin Islands (U.S.)
    VN|VNM|Vietnam|Viet Nam|Việt Nam
    VU|VUT|Vanuatu
    WF|WLF|Wallis and Futuna|Wallis & Futuna
    WS|WSM|Samoa
    XK|XKX|Kosovo
    YE|YEM|Yemen
    YT|MYT|Mayotte
    ZA|ZAF|South Africa
    ZM|ZMB|Zambia
    ZW|ZWE|Zimbabwe
    """
}
