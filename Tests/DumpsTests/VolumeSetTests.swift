import Testing

@testable import Dumps

@Suite("sets of volumes")
struct VolumeSetTests {
  private func sets(_ names: String) -> [String] {
    VolumeSet.all(in: names.split(separator: " ").map { Array($0.utf8) })
      .map { set in
        func text(_ names: [[UInt8]]) -> String {
          names.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        return text(set.parts) + (set.missing.isEmpty ? "" : " - " + text(set.missing))
      }.sorted()
  }

  @Test(
    "parts are told by their names, in their order, and what lacks by the others",
    arguments: [
      ("x.part2.rar x.part1.rar", "x.part1.rar x.part2.rar"),
      (
        "x.part10.rar x.part09.rar",
        "x.part09.rar x.part10.rar - x.part01.rar x.part02.rar "
          + "x.part03.rar x.part04.rar x.part05.rar x.part06.rar x.part07.rar x.part08.rar"
      ),
      ("X.PART1.RAR x.part2.rar", "X.PART1.RAR x.part2.rar"),
      ("x.part1.zip x.part3.zip", "x.part1.zip x.part3.zip - x.part2.zip"),
      ("x.part1.exe x.part2.rar", "x.part1.exe x.part2.rar"),
      ("x.r01 x.rar x.r00", "x.rar x.r00 x.r01"),
      ("x.r01 x.r00", "x.r00 x.r01 - x.rar"),
      ("x.rar x.r01", "x.rar x.r01 - x.r00"),
      ("x.7z.001 x.7z.002", "x.7z.001 x.7z.002"),
      ("x.zip.001 x.zip.003", "x.zip.001 x.zip.003 - x.zip.002"),
      ("x.001 x.002 y.001", "x.001 x.002|y.001"),
      ("x.zip x.z02 x.z01", "x.z01 x.z02 x.zip"),
      ("x.z01 x.z02", "x.z01 x.z02 - x.zip"),
      ("x_1of3.zip x_3of3.zip", "x_1of3.zip x_3of3.zip - x_2of3.zip"),
      ("x_(1of2).zip x_(2of2).zip", "x_(1of2).zip x_(2of2).zip"),
      ("x_vol1.rar x_vol2.rar", "x_vol1.rar x_vol2.rar"),
      // Two names for one part, and parts of which none says how the others are called.
      ("x.part1.rar x.part01.rar", "x.part01.rar x.part1.rar"), ("x.s00", "x.s00"),
      ("x.rar", ""), ("x.zip y.zip", ""), ("part1.rar", ""), ("evol1.rar", ""),
      ("x.000", ""), ("a.txt b.csv 3of4.zip", ""),
    ])
  func names(names: String, wanted: String) {
    #expect(sets(names).joined(separator: "|") == wanted)
  }

  @Test("a name cannot claim so many parts that their names fill memory")
  func claims() {
    #expect(sets("x.part1.rar x.part99999.rar").joined().utf8.count < 400)
  }
}
