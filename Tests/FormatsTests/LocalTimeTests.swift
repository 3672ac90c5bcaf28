import Clock
import Formats
import Testing

/// The shapes of formats.md §3.1, each with its family's order.
@Suite("local time")
struct LocalTimeTests {
  typealias Order = LocalTime.Order

  private func times(_ text: String, _ order: Order?) -> (first: String?, other: String?) {
    let time = LocalTime(Array(text.utf8).span, order: order)
    return (
      time.map { UTCTime(seconds: $0.seconds).text },
      time?.otherSeconds.map { UTCTime(seconds: $0).text }
    )
  }

  static let shapes:
    [(family: String, text: String, order: Order?, first: String, other: String?)] = [
      ("RedLine", "08/26/2024 14:39:18", .mdy, "2024-08-26T14:39:18Z", nil),
      ("RedLine", "9/10/2024 18:40:31", .mdy, "2024-09-10T18:40:31Z", "2024-10-09T18:40:31Z"),
      ("RedLine", "7/4/2024 5:43:07 PM", .mdy, "2024-07-04T17:43:07Z", "2024-04-07T17:43:07Z"),
      ("RedLine, another locale", "26/08/2024 14:39:18", .mdy, "2024-08-26T14:39:18Z", nil),
      ("RedLine", "8/8/2024 1:02:03 AM", .mdy, "2024-08-08T01:02:03Z", nil),
      ("Lumma", "30.07.2025 13:19:25", .dmy, "2025-07-30T13:19:25Z", nil),
      ("Lumma", "09.07.2025 08:14:51", .dmy, "2025-07-09T08:14:51Z", nil),
      ("Lumma, read as another", "05.08.2025 13:19:25", .mdy, "2025-08-05T13:19:25Z", nil),
      ("no month", "08.26.2024 14:39:18", .dmy, "2024-08-26T14:39:18Z", nil),
      ("French", "26 août 2024 14:39:18", nil, "2024-08-26T14:39:18Z", nil),
      ("French", "1\u{A0}févr.\u{A0}2024 04:39:18", nil, "2024-02-01T04:39:18Z", nil),
      ("French", "mar. 26 août 2024 14:39:18", nil, "2024-08-26T14:39:18Z", nil),
      ("Romanian", "26 aprilie 2024 14:39:18", nil, "2024-04-26T14:39:18Z", nil),
      ("Russian", "26 августа 2024 г. 14:39:18", nil, "2024-08-26T14:39:18Z", nil),
      ("Russian", "06 МАЯ 2024 г., 4:39:18", nil, "2024-05-06T04:39:18Z", nil),
      ("Spanish", "26 de agosto de 2024 14:39:18", nil, "2024-08-26T14:39:18Z", nil),
      ("German", "2. März 2024 14:39", nil, "2024-03-02T14:39:00Z", nil),
      ("Turkish", "26 Ağustos 2024 14:39:18", nil, "2024-08-26T14:39:18Z", nil),
      ("Chinese", "2024年8月26日 4:39:18", nil, "2024-08-26T04:39:18Z", nil),
      ("time first", "14:39:18 26.08.2024", nil, "2024-08-26T14:39:18Z", nil),
      ("time first", "2:39 PM 8/26/2024", .mdy, "2024-08-26T14:39:00Z", nil),
      ("time first", "14:39:18.123 2024-08-26", nil, "2024-08-26T14:39:18Z", nil),
      ("time first", "14:39:18 26 August 2024", nil, "2024-08-26T14:39:18Z", nil),
      ("a word behind", "2024-08-26 March", nil, "2024-08-26T00:00:00Z", nil),
      ("Vidar", "30/07/2025 13:42:43", .dmy, "2025-07-30T13:42:43Z", nil),
      ("Vidar", "06/07/2025 13:42:43", .dmy, "2025-07-06T13:42:43Z", "2025-06-07T13:42:43Z"),
      ("StealC", "2024/6/22 15:49:7", .ymd, "2024-06-22T15:49:07Z", nil),
      ("RisePro", "Sat Jul 06 3:43:57 2024", nil, "2024-07-06T03:43:57Z", nil),
      ("RisePro", "6/7/2024 3:43:57", .dmy, "2024-07-06T03:43:57Z", "2024-06-07T03:43:57Z"),
      ("Raccoon", "2021.03.03 - 09:59:08 GMT", nil, "2021-03-03T09:59:08Z", nil),
      ("Raccoon", "Thu Oct 10 2024 17:21:27 GMT+0200 (CEST)", nil, "2024-10-10T15:21:27Z", nil),
      ("Raccoon", "Sat Feb 27 21:25:06 2021", nil, "2021-02-27T21:25:06Z", nil),
      ("Rhadamanthys", "09 Dec 23 00:33 UTC", nil, "2023-12-09T00:33:00Z", nil),
      ("Meduza", "03-12-2024, 23:45:57", .dmy, "2024-12-03T23:45:57Z", "2024-03-12T23:45:57Z"),
      ("Banshee", "03 September 2024 00:17:30", nil, "2024-09-03T00:17:30Z", nil),
      ("DCRat", "29.12.2024 23:51", nil, "2024-12-29T23:51:00Z", nil),
      ("CryptBot", "2024-12-29 05:37:17 [ UTC: +1]", nil, "2024-12-29T04:37:17Z", nil),
      (
        "CryptBot", "2024-12-29 05:37:17 [ UTC: 2024-12-29 04:37:17 ]", nil, "2024-12-29T04:37:17Z",
        nil
      ),
      ("Lumma", "09.07.2025 08:14:51 (sig:1752041691.0a1b)", .dmy, "2025-07-09T06:14:51Z", nil),
      ("Lumma, no number", "30.07.2025 13:19:25 (sig:7.0a1b)", .dmy, "2025-07-30T13:19:25Z", nil),
      ("Stealerium", "2024-12-25 7:27:19 AM", nil, "2024-12-25T07:27:19Z", nil),
      ("RL", "5/22/2023 5:28:14 PM", nil, "2023-05-22T17:28:14Z", nil),
      ("PureLogs", "2026-01-23_08-01-25.867", nil, "2026-01-23T08:01:25Z", nil),
      ("Skalka", "2024-05-06T07:08:09+02:00 [Europe/Paris]", nil, "2024-05-06T05:08:09Z", nil),
      ("a folder's name", "2023-11-01T11_57_58.87-07_00", nil, "2023-11-01T18:57:58Z", nil),
      ("a folder's name", "2024_08_26", nil, "2024-08-26T00:00:00Z", nil),
    ]

  @Test(
    "every family's shape is read, and both readings kept where digits do not settle it",
    arguments: shapes)
  func shape(family: String, text: String, order: Order?, first: String, other: String?) {
    let read = times(text, order)
    #expect(read.first == first)
    #expect(read.other == other)
  }

  @Test(
    "the zone is taken off where the time names it, and how exact the time is, is said",
    arguments: [
      ("2024-12-29 05:37:17", "2024-12-29T05:37:17Z", .second, false),
      ("29.12.2024 23:51", "2024-12-29T23:51:00Z", .minute, false),
      ("2024_08_26", "2024-08-26T00:00:00Z", .day, false),
      ("2024_08_10T13_68_80_585685", "2024-08-10T00:00:00Z", .day, false),
      ("2021.03.03 - 09:59:08 GMT", "2021-03-03T09:59:08Z", .second, true),
      ("09 Dec 23 00:33 UTC", "2023-12-09T00:33:00Z", .minute, true),
      ("09 Dec 23 00:33 UTC+2", "2023-12-08T22:33:00Z", .minute, true),
      ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z", .second, true),
      ("2024-05-06T07:08:09.1234567+05:30", "2024-05-06T01:38:09Z", .second, true),
      ("2024-05-06 07:08:09 -0330", "2024-05-06T10:38:09Z", .second, true),
      ("5/22/2023 5:28:14 PM UTC", "2023-05-22T17:28:14Z", .second, true),
      ("Sat Jul 06 3:43:57 UTC 2024", "2024-07-06T03:43:57Z", .second, true),
      // No zone: a dash, a counter, an offset that no place has, a name that several places have.
      ("2024-05-06 07:08:09 - 12", "2024-05-06T07:08:09Z", .second, false),
      ("2024-05-06 07:08:09-7", "2024-05-06T07:08:09Z", .second, false),
      ("2024-05-06 07:08:09+1500", "2024-05-06T07:08:09Z", .second, false),
      ("2024-05-06 07:08:09 CST", "2024-05-06T07:08:09Z", .second, false),
      ("2026-01-23_08-01-25.867", "2026-01-23T08:01:25Z", .second, false),
      ("Thu Oct 10 2024 17:21:27 GMT+0200 (CEST)", "2024-10-10T15:21:27Z", .second, true),
      ("09.07.2025 08:14:51 (sig:1752041691.0a1b)", "2025-07-09T06:14:51Z", .second, true),
    ] as [(String, String, LocalTime.Precision, Bool)])
  func zone(text: String, expected: String, precision: LocalTime.Precision, isUTC: Bool) {
    let time = LocalTime(Array(text.utf8).span, order: nil)
    #expect(time.map { UTCTime(seconds: $0.seconds).text } == expected)
    #expect(time?.precision == precision)
    #expect(time?.isUTC == isUTC)
  }

  @Test(
    "another rendering of the same instant settles which day is meant",
    arguments: [
      // RisePro writes both; in the other order, too.
      ("6/7/2024 3:43:57", "Sat Jul 06 3:43:57 2024", "2024-07-06T03:43:57Z", nil),
      ("6/7/2024 3:43:57", "Fri Jun 07 3:43:57 2024", "2024-06-07T03:43:57Z", nil),
      ("Sat Jul 06 3:43:57 2024", "6/7/2024 3:43:57", "2024-07-06T03:43:57Z", nil),
      // Another instant settles nothing.
      (
        "6/7/2024 3:43:57", "Sat Jul 06 9:00:00 2024", "2024-07-06T03:43:57Z",
        "2024-06-07T03:43:57Z"
      ),
      ("6/7/2024 3:43:57", "6/7/2024 3:43:57", "2024-07-06T03:43:57Z", "2024-06-07T03:43:57Z"),
      // One with its zone is the better rendering.
      ("09/07/2025 08:14:51", "x (sig:1752041691.0a)", "2025-07-09T06:14:51Z", nil),
      (
        "09/07/2025 08:14:51", "2025-07-20 06:14:51 UTC", "2025-07-09T08:14:51Z",
        "2025-09-07T08:14:51Z"
      ),
    ] as [(String, String, String, String?)])
  func settled(text: String, other: String, expected: String, expectedOther: String?) throws {
    let first = LocalTime(Array(text.utf8).span, order: .dmy)
    let second = LocalTime(Array(other.utf8).span, order: .dmy)
    let settled = try #require(first).settled(by: try #require(second))
    #expect(UTCTime(seconds: settled.seconds).text == expected)
    #expect(settled.otherSeconds.map { UTCTime(seconds: $0).text } == expectedOther)
  }

  @Test(
    "the family's order decides which reading comes first, and the digits overrule it",
    arguments: [
      ("7/8/2025", Order.mdy, "2025-07-08", "2025-08-07"),
      ("7/8/2025", .dmy, "2025-08-07", "2025-07-08"), ("7/8/2025", nil, "2025-08-07", "2025-07-08"),
      ("25/8/2025", .mdy, "2025-08-25", nil), ("8/25/2025", .dmy, "2025-08-25", nil),
      ("7/8/25", .mdy, "2025-07-08", "2025-08-07"), ("29/2/2024", nil, "2024-02-29", nil),
    ] as [(String, Order?, String, String?)])
  func order(text: String, order: Order?, first: String, other: String?) {
    let read = times(text, order)
    #expect(read.first == first + "T00:00:00Z")
    #expect(read.other == other.map { $0 + "T00:00:00Z" })
  }

  @Test(
    "an impossible time of day falls back to midnight",
    arguments: [
      "2025_07_09T10_63_80_585685", "2025-07-09 25:00:00", "2025-07-09 10:60",
      "2025-07-09 10:00:99",
      "2025-07-09 99", "2025-07-09",
    ])
  func impossible(text: String) {
    #expect(times(text, nil).first == "2025-07-09T00:00:00Z")
  }

  @Test(
    "the clock of twelve hours",
    arguments: [
      ("12:00:00 AM", "00:00:00"), ("12:30 AM", "00:30:00"), ("1:00 AM", "01:00:00"),
      ("11:59:59 AM", "11:59:59"), ("12:00:00 PM", "12:00:00"), ("1:05 pm", "13:05:00"),
      ("11:59:59 PM", "23:59:59"), ("17:00 PM", "17:00:00"),
    ])
  func twelveHours(text: String, expected: String) {
    #expect(times("2025-07-09 " + text, nil).first == "2025-07-09T\(expected)Z")
  }

  @Test(
    "the halves of the day have their names in each language, before or behind the time",
    arguments: [
      ("p. m.", true), ("p.\u{A0}m.", true), ("p.m.", true), ("P.M.", true), ("PM", true),
      ("pm", true),
      ("下午", true), ("晚上", true), ("午後", true), ("오후", true), ("μμ", true), ("μ.μ.", true),
      ("م", true),
      ("ب.ظ", true), ("CH", true), ("ÖS", true), ("PTG", true), ("\u{202F}PM", true),
      ("\u{200E}PM", true),
      ("a. m.", false), ("a.m.", false), ("A.M.", false), ("AM", false), ("上午", false),
      ("午前", false),
      ("오전", false), ("πμ", false), ("π.μ.", false), ("ص", false), ("SA", false), ("ÖÖ", false),
    ])
  func halves(word: String, isAfternoon: Bool) {
    let expected = "2025-07-13T\(isAfternoon ? "17" : "05"):22:10Z"
    for text in ["5:22:10 \(word)", "5:22:10\(word)", "\(word) 5:22:10", "\(word)5:22:10"] {
      #expect(times("13/07/2025 " + text, nil).first == expected, "\(text)")
    }
    let zoned = LocalTime(Array("2025-07-13 5:22:10 \(word) UTC".utf8).span, order: nil)
    #expect(zoned?.isUTC == true)
    #expect(zoned.map { UTCTime(seconds: $0.seconds).text } == expected)
  }

  @Test(
    "beside a word that is not known a time of up to twelve hours is none",
    arguments: [
      ("5:22:10 xy", .day), ("5:22:10 p", .day), ("5:22:10 pmx", .day), ("xy 5:22:10", .day),
      ("12:00:00 вечера", .day), ("вечера 5:22", .day),
      ("17:22:10 xy", .second), ("0:22:10 xy", .second), ("5:22:10 CEST", .second),
      ("5:22:10 Europe/Paris", .second), ("at 5:22:10", .second), ("г., 5:22:10", .second),
      ("5:22:10 💻", .second), ("5:22:10 (xy)", .second), ("5:22:10.123", .second),
    ] as [(String, LocalTime.Precision)])
  func unknownHalf(text: String, precision: LocalTime.Precision) {
    let time = LocalTime(Array("13/07/2025 \(text)".utf8).span, order: nil)
    #expect(time?.precision == precision)
    #expect(precision != .day || time?.seconds == UTCTime("2025-07-13")?.seconds)
  }

  @Test(
    "what is no date is none",
    arguments: [
      "", "none", "13/13/2025", "30/02/2025", "29/2/2025", "1999-01-01", "2100-01-01", "7/8/123",
      "12:30:45", "999999999999/1/1", "2000-01-01 00:30 UTC+1", "2099-12-31 23:30:00-0100",
      "2099-12-31 23:59:60", "4294967292", "July", "32 July 2025", "7/8",
      "12:30 03:04:05", "12:30:45 7/8", "30:12:2024",
    ])
  func noDate(text: String) {
    #expect(times(text, .mdy).first == nil)
  }
}
