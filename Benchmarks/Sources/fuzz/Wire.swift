import Worker

/// What is read off the wire is refused, or comes out the same when it is written and read again.
func checkWire(_ bytes: [UInt8]) {
  if let frame = try? ResultFrame(bytes) {
    let written = frame.encoded()
    must((try? ResultFrame(Array(written.dropFirst(4)))) == frame, "a frame")
    must(written.count <= ResultFrame.maxBytes, "a frame's length")
  }
  if let task = try? WorkerTask(bytes) {
    must((try? WorkerTask(task.encoded())) == task, "a task")
  }
  if let rules = try? WorkerRules(bytes) {
    let written = rules.encoded()
    must((try? WorkerRules(written))?.encoded() == written, "rules")
  }
}
