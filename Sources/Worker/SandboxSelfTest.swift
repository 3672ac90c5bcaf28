internal import CSandbox

#if canImport(Glibc)
  internal import Glibc
#endif

/// Tries what a locked-down worker must not be able to do: open, connect, start programs and more.
///
/// `dumpsieve-worker selftest` prints one line an act onto its standard output, which must be a pipe: a
/// locked-down process cannot make a file grow.
enum SandboxSelfTest {
  /// Locks this process down as a worker, tries every act, and ends: status 0 if all were refused.
  static func run(addressSpace: UInt64) -> Never {
    var limits = ds_sandbox_limits(
      address_space_bytes: addressSpace, cpu_seconds: 0, open_files: 64, landlock_abi_mask_to: -1,
      leave_out_seccomp: false)
    var reached = ds_sandbox_level()
    guard unsafe ds_sandbox_enter(&limits, &reached) == 0 else { exit(WorkerProcess.noSandbox) }
    var isTight = true
    var index: Int32 = 0
    while true {
      var name = unsafe UnsafePointer<CChar>?.none
      let result = unsafe ds_sandbox_try(index, &name)
      if result == -ENOENT { break }
      isTight = isTight && result == 0
      let act = unsafe name.map { unsafe String(cString: $0) } ?? "act \(index)"
      say("\(result == 0 ? "refused" : "ALLOWED") \(act)\n")
      index += 1
    }
    exit(isTight && index > 0 ? 0 : 1)
  }

  private static func say(_ line: String) {
    let bytes = Array(line.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
