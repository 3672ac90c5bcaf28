import ArgumentParser
import Findings
import Foundation

/// Keeps outputs away from what a command reads, and from each other.
enum OutputPaths {
  /// A usage error if an output is one of `inputs`, under whatever name, or named twice.
  static func mustBeApart(_ outputs: [String], from inputs: [String]) throws {
    var taken = Set(inputs.map(identity))
    for output in outputs {
      if !taken.insert(identity(output)).inserted {
        throw ValidationError(
          "The output \(SafeText(output).text) is an input, too, or named twice.")
      }
    }
  }

  /// Device and inode of a file that exists, else its path without links.
  private static func identity(_ path: String) -> String {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    if let device = attributes?[.systemNumber] as? Int,
      let inode = attributes?[.systemFileNumber] as? Int
    {
      return "\(device):\(inode)"
    }
    return realPath(path)
  }

  /// The path without links. The file need not be there yet, so its directory is resolved.
  static func realPath(_ path: String) -> String {
    let url = URL(fileURLWithPath: path)
    return url.deletingLastPathComponent().resolvingSymlinksInPath()
      .appendingPathComponent(url.lastPathComponent).path
  }
}
