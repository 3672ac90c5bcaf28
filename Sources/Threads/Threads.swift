#if canImport(Glibc)
  internal import Glibc
#endif

/// Runs the pieces of one task on several threads: rules and a long list are read and checked by all cores.
///
/// Only the supervisor does this, before it has workers; a worker has one thread. POSIX threads because Dispatch
/// would come with libraries that a worker would load, too.
public enum Threads {
  /// The memory, not the cores, is what more of them wait for.
  private static let most = 8

  /// One thread's share: each `step`-th piece from `first` on.
  private final class Share {
    let first: Int
    let step: Int
    let count: Int
    let body: @Sendable (Int) -> Void

    init(_ first: Int, step: Int, count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.first = first
      self.step = step
      self.count = count
      self.body = body
    }

    func run() {
      for piece in stride(from: first, to: count, by: step) { body(piece) }
    }
  }

  /// Calls `body` once with each number below `count`, in any order, and returns when all calls have.
  public static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    let step = min(count, most, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    withoutActuallyEscaping(body) { body in
      var threads: [pthread_t] = []
      for first in 0..<step {
        let share = Share(first, step: step, count: count, body)
        // The last share is done here, and that of a thread that the system does not give.
        if first < step - 1, let thread = start(share) {
          threads.append(thread)
        } else {
          share.run()
        }
      }
      for thread in threads {
        let joined = pthread_join(thread, nil)
        precondition(joined == 0, "a thread that was started can be waited for")
      }
    }
  }

  private static func start(_ share: Share) -> pthread_t? {
    var thread = pthread_t()
    let argument = unsafe Unmanaged.passRetained(share)
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Share>.fromOpaque(argument).takeRetainedValue().run()
        }
        return nil
      }, argument.toOpaque())
    if code == 0 { return thread }
    unsafe argument.release()
    return nil
  }
}

/// What each piece of a task came to; a piece that says nothing is nil.
///
/// Safe to send although it changes: each thread writes the places of its own pieces, and nobody reads before all
/// have ended.
@safe
public final class Results<Value>: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Value?>

  public init(_ count: Int) {
    unsafe values = .allocate(capacity: count)
    unsafe values.initialize(repeating: nil)
  }

  deinit {
    unsafe values.deinitialize()
    unsafe values.deallocate()
  }

  public subscript(piece: Int) -> Value? {
    get {
      precondition(unsafe values.indices.contains(piece), "a piece of the task")
      return unsafe values[piece]
    }
    set {
      precondition(unsafe values.indices.contains(piece), "a piece of the task")
      unsafe values[piece] = newValue
    }
  }

  /// After the threads have ended.
  public var all: [Value?] { unsafe Array(values) }
}

/// A lock between threads.
@safe
public final class Lock: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  public init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    let made = unsafe pthread_mutex_init(mutex, nil)
    precondition(made == 0, "a lock with the usual attributes")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  public func lock() { unsafe pthread_mutex_lock(mutex) }
  public func unlock() { unsafe pthread_mutex_unlock(mutex) }
}
