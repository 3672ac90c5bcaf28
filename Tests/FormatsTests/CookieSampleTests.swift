import Foundation
import Testing

/// `samples/cookies/<case>.cookies.json` says which cookies are there, as the file's author meant them.
@Suite("samples of cookies")
struct CookieSampleTests {
  static let samples = Samples.formats.filter { $0.hasPrefix("cookies/") }

  @Test("every cookie file is read as a human reads it, in chunks of any size", arguments: samples)
  func truth(sample: String) throws {
    let file = Samples.directory.appending(path: sample).deletingPathExtension()
      .appendingPathExtension("cookies.json")
    let truth = try JSONDecoder().decode([ReadCookie].self, from: Data(contentsOf: file))
    for chunkBytes in [1, 64, 1 << 20] {
      let reading = Samples.read(try Samples.bytes(of: sample), chunkBytes: chunkBytes)
      #expect(reading.cookies.cookies == truth)
    }
  }

  @Test("a document of logins and cookies is read for both")
  func both() throws {
    let reading = Samples.read(try Samples.bytes(of: "purelogs/nested-by-browser.txt"))
    #expect(
      reading.cookies.cookies == [
        ReadCookie(domain: ".mairie.example", name: "session", expiry: nil)
      ])
    #expect(reading.candidates.map(\.login) == ["ann@courriel.example", "jmoreau"])
  }
}
