internal import CSandbox

#if canImport(Glibc)
  internal import Glibc
#endif

/// Tries what a locked-down worker must not be able to do: open, connect, start programs and more.
///
/// It writes one line an act onto the result pipe, `refused open a file`, behind a first one with the version of
/// Landlock that was reached: `landlock 7`.
enum SandboxSelfTest {
  /// Locks this process down as a worker, tries every act, and ends with status 0, whatever came of it.
  ///
  /// `arguments`: the version of Landlock not to go beyond, then `open` to leave the system call filter out; or `open`
  /// alone to lock nothing down, which is the control.
  static func run(_ arguments: ArraySlice<String>) -> Never {
    var level = ds_sandbox_level()
    _ = ds_sandbox_prepare_try()
    if arguments.first != "open" {
      var limits = ds_sandbox_limits(
        address_space_bytes: 1 << 30, open_files: 64,
        landlock_abi_mask_to: arguments.first.flatMap { Int32($0) } ?? -1,
        leave_out_seccomp: arguments.dropFirst().first == "open")
      unsafe ds_sandbox_enter(&limits, &level)
    }
    say("landlock \(level.landlock_abi)\n")
    var index: Int32 = 0
    while true {
      var name = unsafe UnsafePointer<CChar>?.none
      let result = unsafe ds_sandbox_try(index, &name)
      if result == -ENOENT { exit(0) }
      let act = unsafe name.map { unsafe String(cString: $0) } ?? "act \(index)"
      say("\(result == 0 ? "refused" : "allowed") \(act)\n")
      index += 1
    }
  }

  private static func say(_ line: String) {
    let bytes = Array(line.utf8)
    _ = unsafe bytes.withUnsafeBytes {
      unsafe write(Int32(DS_WORKER_RESULTS), $0.baseAddress, $0.count)
    }
  }
}
