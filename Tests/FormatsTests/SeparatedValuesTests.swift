import Formats
import Testing

@Suite("separated values")
struct SeparatedValuesTests {
  private func records(_ text: String) -> Int {
    let bytes = Array(text.utf8)
    return SeparatedValues.records(
      in: bytes.span, LineSample(bytes.span, labels: Samples.labels), labels: Samples.labels)
  }

  @Test(
    "a file is claimed if its rows have the header's columns",
    arguments: [
      "url,username,password\n", "url,username,password\na.example,ann,CANARY\n",
      "Site,Identifiant,Mot de passe actuel\na.example,ann,CANARY\n",
      "Site;Identifiant;MDP actuel\na.example;ann;CANARY\n",
      "Site;Identifiant;Ancien mot de passe\na.example;ann;CANARY\n",
      "Website,Account,Current Password\na.example,ann,CANARY\n",
      "URL,Account name,Secret key\na.example,ann,CANARY\n",
      "# x\n\nsep=;\nurl;username;password\na.example;ann;CANARY\n",
    ])
  func claimed(text: String) {
    #expect(records(text) > 0)
  }

  @Test(
    "a banner that looks like a header claims nothing",
    arguments: [
      "URL | LOGIN | PASSWORD\nhttps://a.example/:ann:CANARY\nhttps://b.example/:bob:CANARY\n",
      "url,username\na.example,ann\n", "",
      String(repeating: "\n", count: 20) + "url,username,password\n",
    ])
  func notClaimed(text: String) {
    #expect(records(text) == 0)
  }
}
