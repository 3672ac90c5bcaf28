extension FindingsDocument {
  /// Why a document does not tell everything.
  enum Gap: Equatable, Sendable {
    case interrupted
    /// Shards that were not among the merged ones.
    case missingShards([Int])
    /// Lists that the run went without.
    case refusedLists([RefusedList])
    /// So many inputs could not be read, or not whole.
    case unread(Int)
    case nothingToRead

    /// For people.
    var words: Words {
      switch self {
      case .interrupted:
        return Words(
          en: "The run was interrupted: this is not all.",
          fr: "L'analyse a été interrompue : ceci n'est pas tout.")
      case .missingShards(let shards):
        return Self.missing(shards)
      case .refusedLists(let lists):
        return Self.refused(lists)
      case .unread(1):
        return Words(
          en: "1 input could not be read, or not whole: more may stand there.",
          fr:
            "1 entrée n'a pas pu être lue, ou pas en entier : il peut s'y trouver autre chose.")
      case .unread(let count):
        return Words(
          en:
            "\(ReportWords.number(count, .en)) inputs could not be read, or not whole: more may stand there.",
          fr:
            "\(ReportWords.number(count, .fr)) entrées n'ont pas pu être lues, ou pas en entier : il peut s'y trouver autre chose."
        )
      case .nothingToRead:
        return Words(en: "There was nothing to read.", fr: "Il n'y avait rien à lire.")
      }
    }

    /// Nobody reads more numbers or names in one sentence; the document has all.
    private static let maxNamed = 20

    private static func missing(_ shards: [Int]) -> Words {
      let named =
        shards.prefix(maxNamed).map { String($0) }.joined(separator: ", ")
        + (shards.count > maxNamed ? " …" : "")
      if shards.count == 1 {
        return Words(
          en: "Shard \(named) is missing: what it was to read was not read.",
          fr: "La partie \(named) manque : ce qu'elle devait lire n'a pas été lu.")
      }
      return Words(
        en: "Shards are missing (\(named)): what they were to read was not read.",
        fr: "Des parties manquent (\(named)) : ce qu'elles devaient lire n'a pas été lu.")
    }

    private static func refused(_ lists: [RefusedList]) -> Words {
      let named =
        lists.prefix(maxNamed).map { "\($0.list.text): \($0.reason)" }.joined(separator: "; ")
        + (lists.count > maxNamed ? " …" : "")
      if lists.count == 1 {
        return Words(
          en: "A list was refused, and nobody was looked for who stands on it (\(named)).",
          fr:
            "Une liste a été refusée ; personne de ceux qui y figurent n'a été cherché (\(named))."
        )
      }
      return Words(
        en: "Lists were refused, and nobody was looked for who stands on them (\(named)).",
        fr:
          "Des listes ont été refusées ; personne de ceux qui y figurent n'a été cherché (\(named))."
      )
    }
  }
}

extension FindingsDocument.Coverage {
  /// Why not everything was read, each reason by itself; empty if everything was.
  var gaps: [FindingsDocument.Gap] {
    var gaps: [FindingsDocument.Gap] = []
    if isInterrupted { gaps.append(.interrupted) }
    if !missingShards.isEmpty { gaps.append(.missingShards(missingShards)) }
    if !refusedLists.isEmpty { gaps.append(.refusedLists(refusedLists)) }
    if !unread.isEmpty { gaps.append(.unread(unread.count)) }
    // What could not be read was there to be read. No sum: a document may give any numbers.
    let hasRead = [filesRead, unchanged, filesOfOthers, passedOver["database"]].contains {
      ($0 ?? 0) > 0
    }
    if !hasRead && gaps.isEmpty { gaps.append(.nothingToRead) }
    return gaps
  }
}
