import Testing

@testable import Scan
@testable import Worker

@Suite("handles of workers")
struct WorkerHandleTests {
  @Test("one that says nothing is not waited for, and ends as it is made to")
  func silent() throws {
    let place = try HostilePlace(script: "exec sleep 60")
    let worker = try #require(
      WorkerHandle(
        executable: place.path + "/worker", addressSpaceBytes: 1 << 30, isSandboxed: true,
        verifier: nil))
    guard case .frames(let frames, let isMalformed) = worker.read() else {
      Issue.record("it has ended")
      return
    }
    #expect(frames.isEmpty && !isMalformed)
    // It has no message, which thus cannot be answered.
    #expect(worker.isIdle && worker.canTakeMore && !worker.finishBatch())
    #expect(!worker.takeUncounted() && !worker.takeProgress(1))
    #expect(!worker.hasEnded)
    worker.stop()
    #expect(!worker.canTakeMore && worker.end(kill: false) == .signal(9) && worker.hasEnded)
    guard case .ended = worker.read() else {
      Issue.record("it has not ended")
      return
    }
  }

  @Test("one that has no memory is told from one that fails")
  func deaths() {
    #expect(WorkerHandle.Death.signal(6).problem == .workerMemory)
    for death: WorkerHandle.Death in [.signal(11), .signal(9), .exit(0), .exit(6)] {
      #expect(death.problem == .workerCrash)
    }
  }

  @Test("how a login became the listed one has a name")
  func forms() {
    let forms: [ResultFrame.Hit.Form] = [.exact, .alias, .plusTag, .windowsName]
    #expect(forms.map(\.name) == ["exact", "alias", "plus-tag", "windows-name"])
  }
}
