import Dumps
import Foundation
import Testing

/// A directory of the test's own, removed at its end, and what a walk of it gives.
private final class Tree {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "walk-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // Foundation cannot remove names that are not UTF-8, nor what lies beyond the longest path.
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "chmod -R u+rwx \"$0\"; rm -rf \"$0\"", path]
    try? process.run()
    process.waitUntilExit()
  }

  func add(_ name: String, _ text: String = "x") throws {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Adds a file whose name is not UTF-8, or else too odd for Foundation.
  func add(rawName: [UInt8]) {
    let whole = (Array("\(path)/".utf8) + rawName).map { CChar(bitPattern: $0) } + [0]
    let descriptor = open(whole, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    #expect(descriptor >= 0)
    close(descriptor)
  }
}

private struct Step: Equatable, CustomStringConvertible {
  var path: String
  var problem: WalkProblem?
  var logPath: String?

  init(_ path: String, _ problem: WalkProblem? = nil, log: String? = nil) {
    self.path = path
    self.problem = problem
    logPath = log
  }

  var description: String {
    "\(path.debugDescription) \(problem?.rawValue ?? "read") log \(logPath ?? "-")"
  }
}

@Suite("dump walker")
struct DumpWalkerTests {
  private func walk(
    _ path: String, shape: LogShape = LogShape(systemFiles: ["System.txt"])
  ) -> [Step] {
    steps(of: DumpWalker(path: path, shape: shape))
  }

  private func steps(of walker: consuming DumpWalker) -> [Step] {
    var steps: [Step] = []
    while let step = walker.next() {
      switch consume step {
      case .file(let file):
        for companion in file.companions { close(companion.descriptor) }
        if file.descriptor >= 0 { close(file.descriptor) }
        let path = String(decoding: file.path, as: UTF8.self)
        let log = file.log.map { String(decoding: file.path[..<$0.pathBytes], as: UTF8.self) }
        steps.append(Step(path, log: log))
      case .passedOver(let problem, let path):
        steps.append(Step(String(decoding: path, as: UTF8.self), problem))
      case .logEnded: break
      }
    }
    return steps
  }

  /// This process's descriptors of files below `path`; other tests, at the same time, open their own.
  private func openDescriptors(below path: String) -> Int {
    let files = FileManager.default
    let all = (try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return all.filter {
      (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(path) == true
    }.count
  }

  @Test("files come in the order of their names, a folder's own before its subfolders'")
  func order() throws {
    let tree = try Tree()
    for name in ["b/2.txt", "b/1.txt", "a/x/9.txt", "a/z.txt", "c.txt", "B.txt"] {
      try tree.add(name)
    }
    let expected = ["B.txt", "c.txt", "a/z.txt", "a/x/9.txt", "b/1.txt", "b/2.txt"].map { Step($0) }
    for _ in 1...3 { #expect(walk(tree.path) == expected) }
  }

  @Test("links, pipes, sockets and devices are named and passed over")
  func specialFiles() throws {
    let tree = try Tree()
    let outside = try Tree()
    try outside.add("secret.txt")
    try tree.add("a/real.txt")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: "\(tree.path)/a/loop", withDestinationPath: "..")
    try files.createSymbolicLink(atPath: "\(tree.path)/a/out", withDestinationPath: outside.path)
    try files.createSymbolicLink(
      atPath: "\(tree.path)/a/outfile", withDestinationPath: "\(outside.path)/secret.txt")
    try files.createSymbolicLink(atPath: "\(tree.path)/a/nowhere", withDestinationPath: "gone")
    #expect(mkfifo("\(tree.path)/a/pipe", 0o600) == 0)
    try makeSocket("\(tree.path)/a/socket")
    var expected = [
      Step("a/loop", .symlink), Step("a/nowhere", .symlink), Step("a/out", .symlink),
      Step("a/outfile", .symlink), Step("a/pipe", .specialFile), Step("a/real.txt"),
      Step("a/socket", .specialFile),
    ]
    // Device 1:3 is /dev/null.
    if getuid() == 0, mknod("\(tree.path)/a/device", S_IFCHR | 0o600, 1 << 8 | 3) == 0 {
      expected.insert(Step("a/device", .specialFile), at: 0)
    }
    #expect(walk(tree.path) == expected)
    #expect(expected.allSatisfy { $0.problem?.isUnread != true })
  }

  private func makeSocket(_ path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(result == 0)
  }

  @Test(
    "a directory that may not be read costs itself", .enabled(if: getuid() != 0, "root reads all"))
  func unreadable() throws {
    let tree = try Tree()
    try tree.add("closed/x.txt")
    try tree.add("open/y.txt")
    #expect(chmod("\(tree.path)/closed", 0) == 0)
    #expect(walk(tree.path) == [Step("closed", .permission), Step("open/y.txt")])
    #expect(WalkProblem.permission.isUnread)
  }

  @Test("a file with several names is read once")
  func hardLinks() throws {
    let tree = try Tree()
    try tree.add("a.txt")
    try tree.add("b.txt")
    try FileManager.default.linkItem(atPath: "\(tree.path)/a.txt", toPath: "\(tree.path)/c.txt")
    #expect(walk(tree.path) == [Step("a.txt"), Step("b.txt"), Step("c.txt", .hardLink)])
    #expect(!WalkProblem.hardLink.isUnread)
  }

  @Test("200 levels are read down to the limit, and the rest is named")
  func depth() throws {
    let tree = try Tree()
    var directory = open(tree.path, O_RDONLY | O_CLOEXEC)
    for _ in 0..<200 {
      let file = openat(directory, "f", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
      close(file)
      #expect(mkdirat(directory, "d", 0o700) == 0)
      let next = openat(directory, "d", O_RDONLY | O_CLOEXEC)
      close(directory)
      directory = next
    }
    close(directory)
    let steps = walk(tree.path)
    #expect(steps.filter { $0.problem == nil }.count == DumpWalker.maxDepth)
    let problems = steps.filter { $0.problem != nil }
    #expect(problems.map(\.problem) == [.directoryDepth])
    #expect(problems.first?.path.utf8.count == DumpWalker.maxDepth * 2 - 1)
    #expect(openDescriptors(below: tree.path) == 0)
  }

  @Test("any name is read: line end, escape, bytes that are not UTF-8, 255 bytes")
  func names() throws {
    let tree = try Tree()
    let names: [[UInt8]] = [
      Array("new\nline.txt".utf8), Array("\u{1B}[2J.txt".utf8), [0xFF, 0xFE, 0x2E],
      [UInt8](repeating: 0x6C, count: 255), Array(" ".utf8), Array("...".utf8), Array("-".utf8),
    ]
    for name in names { tree.add(rawName: name) }
    var walker = DumpWalker(path: tree.path, shape: LogShape(systemFiles: []))
    var found: [[UInt8]] = []
    while let step = walker.next() {
      switch consume step {
      case .file(let file):
        close(file.descriptor)
        found.append(file.path)
      case .passedOver(let problem, let path):
        Issue.record("\(problem) \(path)")
      case .logEnded: break
      }
    }
    #expect(found == names.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test("a folder with a system file is a log, with all below it; a browser's folder is none")
  func logs() throws {
    let tree = try Tree()
    for name in [
      "one/System.txt", "one/Chrome/Default/Passwords.txt", "one/Passwords.txt",
      "two/SYSTEM.TXT", "two/inner/System.txt", "two/inner/deep/x.txt", "two/other/x.txt",
      "alone/Passwords.txt", "alone/xSystem.txt",
    ] {
      try tree.add(name)
    }
    #expect(
      walk(tree.path) == [
        Step("alone/Passwords.txt"), Step("alone/xSystem.txt"),
        Step("one/System.txt", log: "one"), Step("one/Passwords.txt", log: "one"),
        Step("one/Chrome/Default/Passwords.txt", log: "one"),
        Step("two/SYSTEM.TXT", log: "two"),
        Step("two/inner/System.txt", log: "two/inner"),
        Step("two/inner/deep/x.txt", log: "two/inner"), Step("two/other/x.txt", log: "two"),
      ])
  }

  @Test("a log ends behind its last file, also if another stands within it")
  func logEnds() throws {
    let tree = try Tree()
    for name in [
      "one/a.txt", "one/System.txt", "two/System.txt", "two/inner/System.txt", "two/z/x.txt",
      "y.txt",
    ] {
      try tree.add(name)
    }
    var walker = DumpWalker(path: tree.path, shape: LogShape(systemFiles: ["System.txt"]))
    var steps: [String] = []
    while let step = walker.next() {
      switch step {
      case .file(let file):
        close(file.descriptor)
        let number = file.log.map { "\($0.number)" } ?? "-"
        steps.append("\(number) \(String(decoding: file.path, as: UTF8.self))")
      case .passedOver(let problem, _): Issue.record("\(problem)")
      case .logEnded(let number): steps.append("end of \(number)")
      }
    }
    #expect(
      steps == [
        "- y.txt", "1 one/System.txt", "1 one/a.txt", "end of 1", "2 two/System.txt",
        "3 two/inner/System.txt", "end of 3", "2 two/z/x.txt", "end of 2",
      ])
  }

  @Test("a file's time is given if it is older than the file's arrival here")
  func modified() throws {
    let tree = try Tree()
    for name in ["a.txt", "b.txt"] { try tree.add(name) }
    let time = Date(timeIntervalSince1970: 1_751_988_130)
    try FileManager.default.setAttributes(
      [.modificationDate: time], ofItemAtPath: "\(tree.path)/b.txt")
    var walker = DumpWalker(path: tree.path, shape: LogShape(systemFiles: []))
    var times: [Int64?] = []
    while case .file(let file)? = walker.next() {
      close(file.descriptor)
      times.append(file.modified)
    }
    #expect(times == [nil, 1_751_988_130])
  }

  @Test("a folder that belongs in a log is part of it, with all that is below")
  func inside() throws {
    let tree = try Tree()
    for name in [
      "one/System.txt", "one/Chrome/x/System.txt", "one/Files/backup/System.txt",
      "Files/a/System.txt",
      "Chrome/System.txt",
    ] {
      try tree.add(name)
    }
    let shape = LogShape(systemFiles: ["System.txt"], browsers: ["Chrome"], inside: ["Files"])
    #expect(
      walk(tree.path, shape: shape) == [
        Step("Chrome/System.txt"), Step("Files/a/System.txt", log: "Files/a"),
        Step("one/System.txt", log: "one"), Step("one/Chrome/x/System.txt", log: "one"),
        Step("one/Files/backup/System.txt", log: "one"),
      ])
  }

  @Test("the dump itself may be a log")
  func rootLog() throws {
    let tree = try Tree()
    for name in ["System.txt", "Chrome/Passwords.txt"] { try tree.add(name) }
    #expect(
      walk(tree.path) == [Step("System.txt", log: ""), Step("Chrome/Passwords.txt", log: "")])
  }

  @Test("what vanishes, or turns into something else, between listing and opening costs itself")
  func vanishing() throws {
    let tree = try Tree()
    for name in ["a.txt", "b.txt", "c.txt", "c2.txt", "d/x.txt", "e/y.txt"] { try tree.add(name) }
    var walker = DumpWalker(path: tree.path, shape: LogShape(systemFiles: []))
    var steps: [Step] = []
    while let step = walker.next() {
      switch consume step {
      case .file(let file):
        close(file.descriptor)
        steps.append(Step(String(decoding: file.path, as: UTF8.self)))
      case .passedOver(let problem, let path):
        steps.append(Step(String(decoding: path, as: UTF8.self), problem))
      case .logEnded: break
      }
      if steps.count == 1 {
        let files = FileManager.default
        try files.removeItem(atPath: "\(tree.path)/b.txt")
        try files.removeItem(atPath: "\(tree.path)/d")
        try files.removeItem(atPath: "\(tree.path)/c.txt")
        try files.createSymbolicLink(
          atPath: "\(tree.path)/c.txt", withDestinationPath: "/etc/passwd")
        try files.removeItem(atPath: "\(tree.path)/e")
        try files.createSymbolicLink(atPath: "\(tree.path)/e", withDestinationPath: "/etc")
        try files.removeItem(atPath: "\(tree.path)/c2.txt")
        try files.createDirectory(
          atPath: "\(tree.path)/c2.txt", withIntermediateDirectories: false)
      }
    }
    #expect(
      steps.prefix(5) == [
        Step("a.txt"), Step("b.txt", .vanished), Step("c.txt", .symlink),
        Step("c2.txt", .vanished), Step("d", .vanished),
      ])
    #expect(steps.count == 6 && steps[5].path == "e" && steps[5].problem != nil)
  }

  @Test("a file alone is a dump; a missing path is a problem; a link to a dump is followed")
  func ends() throws {
    let tree = try Tree()
    try tree.add("a.txt")
    #expect(walk("\(tree.path)/a.txt") == [Step("")])
    #expect(walk("\(tree.path)/gone") == [Step("", .missing)])
    #expect(WalkProblem.missing.isUnread)
    #expect(walk("/dev/null") == [Step("", .specialFile)])
    try FileManager.default.createDirectory(
      atPath: "\(tree.path)/empty", withIntermediateDirectories: true)
    #expect(walk("\(tree.path)/empty").isEmpty)
    let link = "\(tree.path)/empty/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: tree.path)
    #expect(walk(link) == [Step("a.txt"), Step("empty/link", .symlink)])
  }

  @Test("every descriptor is closed, at the end or when the walk is given up")
  func descriptors() throws {
    let tree = try Tree()
    for name in ["a/b/c/x.txt", "a/b/y.txt", "a/z.txt", "d/x.txt"] { try tree.add(name) }
    _ = walk(tree.path)
    #expect(openDescriptors(below: tree.path) == 0)
    for steps in 0...4 {
      var walker = DumpWalker(path: tree.path, shape: LogShape(systemFiles: []))
      #expect(openDescriptors(below: tree.path) > 0)
      for _ in 0..<steps {
        if case .file(let file)? = walker.next() { close(file.descriptor) }
      }
    }
    _ = DumpWalker(path: "\(tree.path)/a/z.txt", shape: LogShape(systemFiles: []))
    #expect(openDescriptors(below: tree.path) == 0)
  }

  private static let shape = LogShape(systemFiles: ["System.txt"])

  @Test("a place that is not there any more, or is not what it was, is told as vanished")
  func places() throws {
    let tree = try Tree()
    for name in ["log/System.txt", "log/a.txt", "plain/a.txt", "plain/b.zip"] { try tree.add(name) }
    func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    let cases: [(place: DumpPlace, steps: [Step])] = [
      (.log(bytes("gone/log"), hardLinks: []), [Step("gone/log", .vanished)]),
      (.log(bytes("plain"), hardLinks: []), [Step("plain", .vanished)]),
      (.folder(bytes("gone")), [Step("gone", .vanished)]),
      (.file(bytes("gone/a.txt"), hasCompanions: false), [Step("gone", .vanished)]),
      (.file(bytes("gone/a.zip"), hasCompanions: true), [Step("gone", .vanished)]),
      (.file(bytes("plain/gone.txt"), hasCompanions: false), [Step("plain/gone.txt", .vanished)]),
      (.file(bytes("plain/gone.zip"), hasCompanions: true), [Step("plain/gone.zip", .vanished)]),
      (.file(bytes("plain/b.zip"), hasCompanions: true), [Step("plain/b.zip")]),
      (.file(bytes("plain/a.txt"), hasCompanions: false), [Step("plain/a.txt")]),
      (
        .log(bytes("log"), hardLinks: [bytes("log/a.txt")]),
        [Step("log/System.txt", log: "log"), Step("log/a.txt", log: "log")]
      ),
      (.folder(bytes("plain")), [Step("plain/a.txt"), Step("plain/b.zip")]),
    ]
    for (place, steps) in cases {
      let walked = self.steps(
        of: DumpWalker(path: tree.path, shape: Self.shape, places: [place]))
      #expect(walked == steps)
    }
    // All in one walk, in their order.
    let walked = steps(
      of: DumpWalker(path: tree.path, shape: Self.shape, places: cases.map(\.place)))
    #expect(walked == cases.flatMap(\.steps))
    #expect(openDescriptors(below: tree.path) == 0)
  }

  @Test("a dump that cannot be opened says why, also if only places of it are read")
  func unopened() throws {
    let tree = try Tree()
    try tree.add("a.txt")
    let place = DumpPlace.file(Array("x".utf8), hasCompanions: false)
    for (path, problem) in [("gone", WalkProblem.missing), ("a.txt/x", .ioError)] {
      let whole = "\(tree.path)/\(path)"
      #expect(walk(whole) == [Step("", problem)])
      let ofPlaces = steps(of: DumpWalker(path: whole, shape: Self.shape, places: [place]))
      #expect(ofPlaces == [Step("", problem)])
      let ofNone = steps(of: DumpWalker(path: whole, shape: Self.shape, places: []))
      #expect(ofNone.isEmpty)
    }
  }

  @Test("what vanishes while a dump is listed is told, as its attributes cannot be")
  func vanishingList() throws {
    let tree = try Tree()
    for name in ["a.txt", "b.txt"] { try tree.add(name) }
    let walker = DumpWalker(listing: tree.path, shape: Self.shape, levels: nil)
    try FileManager.default.removeItem(atPath: tree.path + "/a.txt")
    let steps = steps(of: walker)
    #expect(steps == [Step("a.txt", .vanished), Step("b.txt")])
  }

  @Test("of a set of volumes, parts that are no files are named, and the others are read")
  func oddParts() throws {
    let tree = try Tree()
    try tree.add("x.part1.rar")
    for name in ["x.part2.rar", "y.part1.rar", "y.part2.rar"] {
      #expect(mkfifo("\(tree.path)/\(name)", 0o600) == 0)
    }
    try FileManager.default.createSymbolicLink(
      atPath: "\(tree.path)/x.part3.rar", withDestinationPath: "x.part1.rar")
    #expect(
      walk(tree.path) == [
        Step("x.part1.rar"), Step("x.part3.rar", .symlink), Step("x.part2.rar", .specialFile),
        Step("y.part2.rar", .specialFile), Step("y.part1.rar", .specialFile),
      ])
  }

  @Test("passwords that lie beside a set come in the order of their names, the longest first")
  func passwordOrder() throws {
    let tree = try Tree()
    let files = [
      ("x.7z.001", "1"), ("x.7z.002", "12"), ("x.7z.001.password", "123"),
      ("x.7z.002.password", "1234"), ("x.7z.password", "12345"),
    ]
    for (name, text) in files { try tree.add(name, text) }
    var walker = DumpWalker(path: tree.path, shape: Self.shape)
    guard case .file(let file)? = walker.next() else {
      Issue.record("the set is no file")
      return
    }
    for companion in file.companions { close(companion.descriptor) }
    close(file.descriptor)
    #expect(file.companions.map(\.isVolume) == [true, false, false, false])
    #expect(file.companions.map(\.size) == [1, 3, 4, 5] && file.size == 2)
  }

  @Test("what has the name of a file of passwords and is none is not read with its archive")
  func oddPasswords() throws {
    let tree = try Tree()
    try tree.add("x.zip")
    #expect(mkfifo("\(tree.path)/x.zip.password", 0o600) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: "\(tree.path)/x.password", withDestinationPath: "x.zip")
    var walker = DumpWalker(path: tree.path, shape: Self.shape)
    var companions: [Int] = []
    while case .file(let file)? = Self.file(&walker) {
      close(file.descriptor)
      companions.append(file.companions.count)
    }
    #expect(companions == [0])
  }

  @Test("a dump that is one log, or one file, is of one shard, however its path is written")
  func shares() throws {
    let tree = try Tree()
    for name in ["log/System.txt", "log/a.txt", "file.txt"] { try tree.add(name) }
    for (dump, names) in [
      ("log", ["System.txt", "a.txt"]), ("log///", ["System.txt", "a.txt"]), ("file.txt", [""]),
    ] {
      var holders: [Int] = []
      for index in 1...5 {
        var walker = DumpWalker(
          path: "\(tree.path)/\(dump)", shape: Self.shape, share: WorkShare(index: index, of: 5))
        var found: [String] = []
        while case .file(let file)? = Self.file(&walker) {
          close(file.descriptor)
          found.append(String(decoding: file.path, as: UTF8.self))
        }
        if !found.isEmpty {
          holders.append(index)
          #expect(found == names)
        }
        #expect(walker.filesOfOthers == (found.isEmpty ? names.count : 0))
      }
      #expect(holders.count == 1)
      let name = Array(dump.prefix { $0 != "/" }.utf8)
      let holds = (1...5).filter { WorkShare(index: $0, of: 5).holds(name) }
      #expect(holders == holds)
    }
  }

  /// The next step that is a file.
  private static func file(_ walker: inout DumpWalker) -> WalkStep? {
    while let step = walker.next() { if case .file = step { return step } }
    return nil
  }
}
