#if canImport(Glibc)
  internal import Glibc
#endif

/// Time that never goes backwards, whoever sets the clock of the day: for deadlines.
public enum MonotonicClock {
  /// Seconds since some moment before this program began.
  public static var now: Double {
    var time = timespec()
    // CLOCK_MONOTONIC cannot fail with a valid pointer.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
