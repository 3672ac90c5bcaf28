// The only C that asks anything of the system (CBytes computes): what Swift on Linux cannot import
// (variadic functions such as prctl and syscall, function-like macros such as CMSG_NXTHDR and
// BPF_STMT) or cannot call safely (code that must not allocate, errno that must be read before the
// Swift runtime makes a call of its own).
//
// A function returns 0 or a non-negative value, or -errno. None keeps a pointer after it returned,
// none prints. Each shim says why it exists and when it may go.

#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>


#ifdef __clang__
#pragma clang assume_nonnull begin
#define DS_NULLABLE _Nullable
#define DS_NONNULL _Nonnull
#else
#define DS_NULLABLE
#define DS_NONNULL
#endif

// MARK: - The worker's sandbox (sandbox.c, seccomp_filter.c)

/// What a worker may use up. The limits hold for its whole life, not for one unit of work, and
/// cannot be raised again.
struct ds_sandbox_limits {
  /// Bytes of address space (RLIMIT_AS); 0 leaves it alone, as a build with a sanitizer does
  /// whatever is asked: address sanitizer maps 16 TiB.
  uint64_t address_space_bytes;
  /// One more than the highest descriptor number (RLIMIT_NOFILE); 0 leaves it alone. A message that
  /// brings more descriptors than fit is refused as a whole by `ds_receive`.
  uint64_t open_files;
  /// For tests: treats the kernel's Landlock as if its version were at most this; -1 takes it as it
  /// is.
  int landlock_abi_mask_to;
  /// For tests: leaves the system call filter out. With it, Landlock is never asked, so its own
  /// refusals can be seen only without it.
  bool leave_out_seccomp;
};

/// Bits of `ds_sandbox_level.limits`, one for each limit that now holds.
enum {
  DS_LIMIT_CORE = 1,       ///< no core dump
  DS_LIMIT_FILE_SIZE = 2,  ///< no file can grow, not even one that is open for writing
  DS_LIMIT_PROCESSES = 4,  ///< no new process or thread; the kernel exempts root
  DS_LIMIT_ADDRESS_SPACE = 8,
  DS_LIMIT_OPEN_FILES = 16,
};

/// What the sandbox reached on this kernel. A mechanism that is missing is false here, not an
/// error.
struct ds_sandbox_level {
  /// Version of Landlock that was used: the kernel's, or the test's if lower; 0 is none.
  /// 1 refuses paths, 2 moves between directories, 3 truncation, 4 TCP, 5 device control, 6 signals
  /// and abstract sockets.
  int landlock_abi;
  bool landlock_enforced;
  bool seccomp_enforced;
  bool no_new_privs;
  bool not_dumpable;
  bool no_capabilities;
  /// DS_LIMIT_… bits.
  uint32_t limits;
  /// Threads there were before, or 0 if unknown. Landlock and capabilities bind the calling thread
  /// only: with more than 1 the level is not what it says.
  int threads;
};

/// Locks the process in: from now on it may read, write and map what it has open, and compute. No
/// way back.
///
/// Call it in the only thread, after everything that needs a path is done: locale set, time zone
/// read, iconv descriptors opened (and kept open, as glibc may unload the module), OpenSSL
/// algorithms fetched. Standard output that is a file, not a pipe, takes nothing afterwards.
///
/// In order: no new privileges, no capabilities, not dumpable, resource limits, Landlock with every
/// right handled and none granted, system call filter on all threads. The caller decides whether
/// what was reached is enough.
///
/// Why C: prctl, syscall, and the kernel's structures newer than the distribution's headers. Stays.
void ds_sandbox_enter(const struct ds_sandbox_limits *limits, struct ds_sandbox_level *reached);

/// Opens what an act of `ds_sandbox_try` needs and no locked-down process can make, a file without a
/// name in /tmp; to be called before `ds_sandbox_enter`. 0, or -errno; then that act shows nothing.
int ds_sandbox_prepare_try(void);

/// Performs forbidden act number `index`, to be called inside the sandbox, and names it.
///
/// Returns 0 if it was refused (EPERM, EACCES, ENOSYS; EAGAIN for new processes), 1 if it succeeded
/// or got as far as another error, -ENOENT past the last act. An act that succeeds is undone or had
/// no effect. `name` stays valid for ever; it is null past the end.
///
/// The same table outside the sandbox is the control: an act that is refused there too shows
/// nothing. Why C: half of it are calls that libc has no function for. Stays as long as the
/// sandbox.
int ds_sandbox_try(int index, const char *DS_NULLABLE *DS_NONNULL name);

/// Puts the filter on all threads of this process. Called by `ds_sandbox_enter`.
///
/// Returns -ENOSYS where no filter is written for the processor (only x86-64 and aarch64 have one).
int ds_seccomp_enter(void);

// MARK: - Signals (sandbox.c)

/// Gives SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT and SIGSYS back to the kernel.
///
/// First statement of every main: the Swift runtime's crash handler prints the memory that
/// registers point to, and here that is somebody's password. May go when the runtime can be told so
/// at build time. (`SWIFT_BACKTRACE` in the environment is read before main.)
int ds_signals_default(void);

/// Leaves this process out of core dumps and debuggers: RLIMIT_CORE 0 and PR_SET_DUMPABLE 0.
///
/// For every program that holds a key; a worker's lock-down does it, too. Why C: prctl is variadic.
int ds_no_dump(void);

/// Makes writing to a closed pipe an error (EPIPE) instead of the end. SIG_IGN is a cast in a
/// macro, which Swift does not import.
int ds_ignore_sigpipe(void);

/// Blocks SIGINT, SIGTERM and SIGHUP, but for those that are ignored, and returns a descriptor that
/// becomes readable when one came. It never blocks.
///
/// Call it before a second thread starts: threads inherit the mask, and one that has them unblocked
/// would take the signal. Why C: a handler in Swift could not be async-signal-safe. May go if
/// Dispatch, which needs threads, is acceptable.
int ds_signal_descriptor(void);

/// Lets these signals through again; those that came meanwhile are too late, and forgotten.
///
/// Programs that are started from here on can be ended by them: a mask is inherited. Why C: as above.
int ds_signals_release(void);

// MARK: - Worker processes (sandbox.c)

/// Descriptor numbers in a worker. 0, 1 and 2 are /dev/null there.
enum {
  DS_WORKER_SOCKET = 3,
  DS_WORKER_RESULTS = 4,
};

/// Starts `path` with `socket` as descriptor 3, `result_pipe` as 4, no other descriptor, an
/// environment of `SWIFT_BACKTRACE=enable=no` and `LC_ALL=C`, nothing blocked, and default signals, but
/// for SIGINT, SIGTERM and SIGHUP where they are ignored. `argv` ends with null.
///
/// Both descriptors stay the caller's, to be closed by it. The caller reaps `pid`.
/// Why C: the types of posix_spawn differ between C libraries, and Foundation's Process passes
/// other things on. May go when swift-subprocess (closed descriptors, chosen numbers) is a
/// dependency for other reasons.
int ds_spawn_worker(const char *path, char *DS_NULLABLE const *DS_NONNULL argv, int socket,
                    int result_pipe, pid_t *pid);

/// Starts `path` with `socket` as standard input and output, our standard error, no other descriptor,
/// an environment of `PATH` and `LC_ALL`, default signals but for those that are ignored, nothing blocked, and as the leader of
/// a process group. `argv` ends with null.
///
/// The socket stays the caller's, to be closed by it. The caller reaps `pid`.
int ds_spawn_verifier(const char *path, char *DS_NULLABLE const *DS_NONNULL argv, int socket,
                      pid_t *pid);

/// Whether the child `pid` has ended, which is waited for up to `milliseconds`: 1 if so, and then it is still to be
/// reaped, 0 if not, or -errno.
///
/// Why C: pidfd_open has no function in older C libraries, and waitid's siginfo_t is a union that Swift does not see into.
int ds_await_end(pid_t pid, int milliseconds);

/// Makes the kernel kill this process when the thread that started it ends; for the worker, before
/// lock-down.
///
/// The *thread*: the supervisor must start workers from one that lives as long as they may, so
/// never from a Task or a Dispatch queue. Returns -ESRCH if the parent went meanwhile. One that
/// went before the call is noticed by the end of file on the socket. Why C: prctl is variadic.
int ds_die_with_parent(void);

// MARK: - Descriptors (descriptors.c)
//
// Why C: openat and fcntl are variadic, the CMSG macros are not imported, and errno is read here
// before anything can change it. May go when swift-system has openat, memfd_create and SCM_RIGHTS.

/// Most descriptors in one message; the kernel's own bound is 253 (SCM_MAX_FD).
enum { DS_MESSAGE_DESCRIPTORS = 128 };

/// Opens `name`, one path component, in the directory `dirfd` for reading; it follows no link,
/// waits for no FIFO and takes no terminal.
///
/// -ELOOP is a link (-ENOTDIR if a directory was wanted), -EINVAL a name with a slash or "..". With
/// `AT_FDCWD` the name is the operator's own and may be any path. The caller checks the type by
/// fstat before it reads.
int ds_open_beneath(int dirfd, const char *name, int want_directory);

/// A file in memory that can be sealed. `name` is shown in /proc only.
int ds_memfd_create(const char *name);

/// Makes the file immutable, for every process and for ever. -EBUSY while it is mapped writable.
int ds_memfd_seal(int descriptor);

/// A pair of connected sockets that keep message borders.
int ds_socketpair_seqpacket(int out[DS_NONNULL 2]);

/// A pair of connected sockets for streams of bytes, both ways.
int ds_socketpair_stream(int out[DS_NONNULL 2]);

/// A pipe: `out[0]` is read, `out[1]` is written.
int ds_pipe(int out[DS_NONNULL 2]);

/// Sends one message of `count` > 0 bytes with up to 128 descriptors, all or nothing; 0, or -errno.
///
/// A message of no bytes would look like end of file, so it is refused (-EINVAL). -EMSGSIZE past
/// the socket's buffer (about 200 KiB), -ETOOMANYREFS past RLIMIT_NOFILE descriptors that nobody
/// received yet. -EPIPE instead of a signal.
int ds_send(int socket, const void *bytes, size_t count, const int *DS_NULLABLE descriptors,
            size_t descriptor_count);

/// Receives one message: its size in bytes, 0 at end of file, or -errno.
///
/// A message that does not fit in `capacity` or `descriptor_capacity` is lost: its descriptors are
/// closed and -EMSGSIZE is returned. The descriptors in `descriptors` belong to the caller and
/// close on exec.
ssize_t ds_receive(int socket, void *bytes, size_t capacity, int *DS_NULLABLE descriptors,
                   size_t descriptor_capacity, size_t *descriptor_count);

/// Columns of the terminal at `descriptor`, 0 if it has none or does not tell, or -ENOTTY. Why C:
/// ioctl is variadic.
int ds_terminal_width(int descriptor);

#ifdef __clang__
#pragma clang assume_nonnull end
#endif

#endif
