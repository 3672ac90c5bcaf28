import ArgumentParser
import Findings
import Foundation
import Scan

/// The names of dumps in a file or on standard input: what `find` writes.
enum NameList {
  enum Failure: Error {
    case cannotRead
    case tooLong
    case holdsNUL
    case empty

    /// For the person on duty.
    var message: String {
      switch self {
      case .cannotRead: "cannot be read"
      case .tooLong: "has more than \(maxBytes >> 20) MiB"
      case .holdsNUL: "holds a NUL: name the option --null"
      case .empty: "names nothing"
      }
    }
  }

  /// A million long names. In bytes.
  private static let maxBytes = 256 << 20

  /// The names, each ended by a line end or a NUL; empty ones are passed over.
  ///
  /// What names no file is told by its number, and never by its text: somebody may have given a dump in the list's place,
  /// and its lines hold passwords. A name that is not UTF-8 is none.
  static func read(_ path: String, endsWithNUL: Bool) throws(Failure) -> [String] {
    let bytes = try bytes(of: path)
    if !endsWithNUL && bytes.contains(0) { throw .holdsNUL }
    let names = bytes.split(separator: endsWithNUL ? 0 : 0x0A).map {
      String(decoding: !endsWithNUL && $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self)
    }.filter { !$0.isEmpty }
    if names.isEmpty { throw .empty }
    return names.enumerated().map { isThere($1) ? $1 : "--files-from, name \($0 + 1)" }
  }

  /// All that stands in the file or, for `-`, on standard input.
  static func bytes(of path: String) throws(Failure) -> [UInt8] {
    let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    guard let file else { throw .cannotRead }
    let bytes: Data
    do { bytes = try file.read(upToCount: maxBytes + 1) ?? Data() } catch { throw .cannotRead }
    guard bytes.count <= maxBytes else { throw .tooLong }
    return Array(bytes)
  }

  /// What `read` makes of the lines of units in the file that `option` names. What is wrong with them is a usage error.
  static func units<Value>(
    _ option: String, _ path: String, _ read: ([UInt8]) throws(UnitSelection.Failure) -> Value
  ) throws -> Value {
    do {
      return try read(try bytes(of: path))
    } catch let failure as Failure {
      throw ValidationError("\(option) \(SafeText(path).text) \(failure.message)")
    } catch let failure as UnitSelection.Failure {
      throw ValidationError("\(option) \(SafeText(path).text) \(failure.message)")
    }
  }

  private static func isThere(_ name: String) -> Bool {
    var status = stat()
    return unsafe lstat(name, &status) == 0
  }
}
