import Testing

@testable import Scan
@testable import Watchlists

@Suite("self-test of workers")
struct SandboxCheckTests {
  private func failure(_ worker: String) -> String? {
    do throws(ScanFailure) { _ = try SandboxCheck(worker: worker) } catch { return error.message }
    return nil
  }

  @Test("acts are refused by the lock, or anyway")
  func acts() throws {
    let place = try HostilePlace(
      script: """
        [ "$1" = selftest ] || exit 1
        act=refused; [ "$2" = open ] && act=allowed
        printf "landlock 3\\n$act open a file\\nrefused fork\\nallowed read\\n" >&4
        """)
    let check = try SandboxCheck(worker: place.path + "/worker")
    #expect(check.landlock == 3)
    #expect(check.acts.map(\.name) == ["open a file", "fork", "read"])
    #expect(check.acts.map(\.isRefused) == [true, true, false])
    #expect(check.acts.map(\.isRefusedAnyway) == [false, true, false])
  }

  @Test(
    "a worker that says something else has no sandbox that one could trust",
    arguments: [
      "exit 0", "echo nonsense >&4", "echo landlock 3 >&4",
      "printf 'landlock 3\\nperhaps x\\n' >&4",
      "printf 'landlock x\\nrefused x\\n' >&4", "printf 'landlock 3\\nrefused\\n' >&4",
      "printf 'landlock 3\\nrefused x\\n' >&4; exit 1",
      "printf 'landlock 3\\nrefused x\\n' >&4; [ $2 = open ] && echo allowed y >&4; exit 0",
    ])
  func broken(script: String) throws {
    let place = try HostilePlace(script: script)
    #expect(failure(place.path + "/worker") == "the worker's self-test gave no result")
  }

  @Test("a worker that is not there is no worker")
  func missing() {
    #expect(failure("/nowhere/worker") == "the worker cannot be started: /nowhere/worker")
  }

  @Test("what the system refuses is a run that failed, and what is refused of a list is not")
  func refusals() {
    let memory = Refusal(.noSecureMemory, "the keys")
    guard case .failed(let reason) = ScanFailure(memory) else {
      Issue.record("no memory is refused")
      return
    }
    #expect(reason == memory.message)
  }
}
