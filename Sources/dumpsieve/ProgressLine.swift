import Foundation
import Scan

/// One line on the terminal that says how far a run is.
///
/// Locked, as the run calls it from wherever it is.
final class ProgressLine: @unchecked Sendable {
  private let isShown: Bool
  private let started = Date()
  private let lock = NSLock()
  private var frame = 0

  init(isShown: Bool) {
    self.isShown = isShown
  }

  func show(_ progress: ScanProgress) {
    guard isShown else { return }
    lock.withLock {
      frame += 1
      let seconds = max(0.1, Date().timeIntervalSince(started))
      let rate = Self.size(Double(progress.bytes) / seconds)
      let spinner = ["|", "/", "-", "\\"][frame % 4]
      let text =
        "\(spinner) read \(Self.size(Double(progress.bytes))), \(rate)/s, \(progress.files) files, "
        + "\(progress.findings) findings"
      Terminal.write("\r\u{1B}[K" + text, to: .standardError)
    }
  }

  func clear() {
    guard isShown else { return }
    _ = lock.withLock { Terminal.write("\r\u{1B}[K", to: .standardError) }
  }

  private static func size(_ bytes: Double) -> String {
    var value = bytes
    var unit = 0
    let units = ["B", "kB", "MB", "GB", "TB"]
    while value >= 999.5 && unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return String(format: unit == 0 ? "%.0f %@" : "%.1f %@", value, units[unit])
  }
}
