import Foundation
import Testing

@Suite("samples")
struct SampleTests {
  @Test("every sample is read as a human reads it", arguments: Samples.formats)
  func truth(sample: String) throws {
    let file = Samples.directory.appending(path: sample)
    let truth = try JSONDecoder().decode(
      [ReadCredential].self,
      from: Data(contentsOf: file.deletingPathExtension().appendingPathExtension("truth.json")))
    let read = Samples.read([UInt8](try Data(contentsOf: file)), chunkBytes: 1 << 20)
    let missing = Set(truth).subtracting(read.credentials)
    let extra = Set(read.credentials).subtracting(truth)
    #expect(missing.isEmpty, "\(read.layout)")
    #expect(extra.isEmpty, "\(read.layout)")
  }
}
