#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <unistd.h>

// MARK: - Sanitizers

// Of builds for tests alone. They map terabytes, and thread sanitizer has a thread of its own: in
// them, the limit of the address space and the number of threads count as kept.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifdef IS_SANITIZED
// It would start a process at exit, which no worker may.
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
  return "detect_leaks=0";
}
#else
#define IS_SANITIZED false
#endif

// MARK: - Landlock

// linux/landlock.h of Debian 12 (6.1) ends at version 2, so the interface is written out here. The
// numbers are the same on every architecture, and the kernel takes a shorter structure for zeros
// after its end.
#define LANDLOCK_CREATE_RULESET_CALL 444
#define LANDLOCK_RESTRICT_SELF_CALL 446
#define LANDLOCK_ASK_VERSION 1U

struct landlock_rights {
  uint64_t files;   // version 1
  uint64_t net;     // version 4
  uint64_t scoped;  // version 6
};

// Handled and never granted is refused. Rights of versions that are not written yet cannot be
// named: a kernel refuses bits that it does not know.
static struct landlock_rights landlock_rights_of(int version) {
  struct landlock_rights rights = {0, 0, 0};
  if (version >= 1) {
    rights.files = (UINT64_C(1) << 13) - 1;  // execute, write, read, list, remove 2, make 7
  }
  if (version >= 2) {
    rights.files |= UINT64_C(1) << 13;  // refer: link or rename to another directory
  }
  if (version >= 3) {
    rights.files |= UINT64_C(1) << 14;  // truncate
  }
  if (version >= 4) {
    rights.net = 3;  // bind, connect TCP
  }
  if (version >= 5) {
    rights.files |= UINT64_C(1) << 15;  // ioctl on devices
  }
  if (version >= 6) {
    rights.scoped = 3;  // abstract sockets, signals to processes outside
  }
  return rights;
}

static int landlock_version(void) {
  const long version = syscall(LANDLOCK_CREATE_RULESET_CALL, NULL, (size_t)0, LANDLOCK_ASK_VERSION);
  return version < 0 ? 0 : (int)version;
}

static bool landlock_enter(int version) {
  const struct landlock_rights rights = landlock_rights_of(version);
  size_t size = sizeof rights.files;
  if (version >= 4) {
    size = offsetof(struct landlock_rights, scoped);
  }
  if (version >= 6) {
    size = sizeof rights;
  }
  const int rules = (int)syscall(LANDLOCK_CREATE_RULESET_CALL, &rights, size, 0U);
  if (rules < 0) {
    return false;
  }
  const bool enforced = syscall(LANDLOCK_RESTRICT_SELF_CALL, rules, 0U) == 0;
  close(rules);
  return enforced;
}

// MARK: - Limits

// Lowers a limit, soft and hard; never raises one, which only root could.
static bool lower_limit(int resource, rlim_t soft, rlim_t hard) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) < 0) {
    return false;
  }
  // RLIM_INFINITY is the largest value, so the comparison holds for it too.
  limit.rlim_max = hard < limit.rlim_max ? hard : limit.rlim_max;
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  return setrlimit(resource, &limit) == 0;
}

static uint32_t lower_limits(const struct ds_sandbox_limits *limits) {
  uint32_t reached = 0;
  if (lower_limit(RLIMIT_CORE, 0, 0)) {
    reached |= DS_LIMIT_CORE;
  }
  // Results go through a pipe, which is no file. A message of the runtime to a redirected stderr
  // would end the process by SIGXFSZ and hide why it ends: ignored, it is an error of that write.
  if (signal(SIGXFSZ, SIG_IGN) != SIG_ERR && lower_limit(RLIMIT_FSIZE, 0, 0)) {
    reached |= DS_LIMIT_FILE_SIZE;
  }
  if (lower_limit(RLIMIT_NPROC, 0, 0)) {
    reached |= DS_LIMIT_PROCESSES;
  }
  if (limits->address_space_bytes > 0 &&
      (IS_SANITIZED ||
       lower_limit(RLIMIT_AS, limits->address_space_bytes, limits->address_space_bytes))) {
    reached |= DS_LIMIT_ADDRESS_SPACE;
  }
  if (limits->open_files > 0 &&
      lower_limit(RLIMIT_NOFILE, limits->open_files, limits->open_files)) {
    reached |= DS_LIMIT_OPEN_FILES;
  }
  return reached;
}

// MARK: - Lock-down

// 0 if /proc is not there.
static int thread_count(void) {
  struct stat tasks;
  // A directory's link count is 2 and its subdirectories.
  return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 2 ? (int)tasks.st_nlink - 2 : 0;
}

static bool drop_capabilities(void) {
  // Matters where somebody runs us as root: no exec can give them back, as no_new_privs and the
  // filter refuse it.
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
  memset(none, 0, sizeof none);
  return syscall(SYS_capset, &header, none) == 0;
}

void ds_sandbox_enter(const struct ds_sandbox_limits *limits, struct ds_sandbox_level *reached) {
  memset(reached, 0, sizeof *reached);
  reached->threads = IS_SANITIZED ? 1 : thread_count();
  int version = landlock_version();
  if (limits->landlock_abi_mask_to >= 0 && version > limits->landlock_abi_mask_to) {
    version = limits->landlock_abi_mask_to;
  }

  reached->no_new_privs = prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0;
  reached->no_capabilities = drop_capabilities();
  reached->not_dumpable = prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) == 0;
  reached->limits = lower_limits(limits);
  reached->landlock_enforced = version > 0 && landlock_enter(version);
  reached->landlock_abi = reached->landlock_enforced ? version : 0;
  // Last, as it refuses all of the above.
  reached->seccomp_enforced = !limits->leave_out_seccomp && ds_seccomp_enter() == 0;
}

// MARK: - Signals

int ds_signals_default(void) {
  static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT, SIGSYS};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
    if (sigaction(fatal[i], &action, NULL) < 0) {
      return -errno;
    }
  }
  return 0;
}

int ds_no_dump(void) {
  const struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) < 0) {
    return -errno;
  }
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

int ds_ignore_sigpipe(void) {
  return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0;
}

// Takes out of `signals` those that end a run, where whoever started us has them ignored, as nohup does.
static void leave_ignored(sigset_t *signals) {
  static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
  for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
    struct sigaction action;
    if (sigaction(ending[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
      sigdelset(signals, ending[i]);
    }
  }
}

// One that is blocked comes though it is ignored.
static sigset_t ending_signals(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  leave_ignored(&signals);
  return signals;
}

int ds_signals_release(void) {
  const sigset_t signals = ending_signals();
  const struct timespec none = {0, 0};
  while (sigtimedwait(&signals, NULL, &none) > 0) {
  }
  return -pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

int ds_signal_descriptor(void) {
  const sigset_t signals = ending_signals();
  const int error = pthread_sigmask(SIG_BLOCK, &signals, NULL);
  if (error != 0) {
    return -error;
  }
  const int descriptor = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  return descriptor < 0 ? -errno : descriptor;
}

// MARK: - Worker processes

// The descriptors that a program is started with.
struct start_descriptors {
  // `given[i]` becomes `numbers[i]`; none of them may be any of those numbers, as dup2 onto the
  // same number would leave it closing on exec.
  int given[2];
  int numbers[2];
  // /dev/null is opened as those below.
  int nulls;
  // All from here on are closed.
  int first_closed;
  // Leads a group of its own, which can be killed with what it has started.
  bool leads_group;
};

// Positive errors, as posix_spawn's are.
static int prepare_spawn(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes,
                         const struct start_descriptors *start) {
  int error = 0;
  for (int number = 0; error == 0 && number < start->nulls; number++) {
    error = posix_spawn_file_actions_addopen(files, number, "/dev/null", O_RDWR, 0);
  }
  for (int i = 0; error == 0 && i < 2; i++) {
    error = posix_spawn_file_actions_adddup2(files, start->given[i], start->numbers[i]);
  }
  // Everything is opened O_CLOEXEC; this is for what a library or whoever started us left open.
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
  if (error == 0) {
    error = posix_spawn_file_actions_addclosefrom_np(files, start->first_closed);
  }
#endif
#endif
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  leave_ignored(&all);
  if (error == 0) {
    error = posix_spawnattr_setsigmask(attributes, &none);
  }
  if (error == 0) {
    error = posix_spawnattr_setsigdefault(attributes, &all);
  }
  if (error == 0) {
    const int group = start->leads_group ? POSIX_SPAWN_SETPGROUP : 0;
    error = posix_spawnattr_setflags(attributes,
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group);
  }
  return error;
}

// Starts a program with nothing blocked and default signals, but for those that are ignored; 0, or -errno.
static int spawn(const char *path, char *const *argv, char *const *environment,
                 const struct start_descriptors *start, pid_t *pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&files);
  if (error == 0) {
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
      error = prepare_spawn(&files, &attributes, start);
      if (error == 0) {
        error = posix_spawn(pid, path, &files, &attributes, argv, environment);
      }
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
  }
  return -error;
}

int ds_spawn_worker(const char *path, char *const *argv, int socket, int result_pipe, pid_t *pid) {
  static char no_backtrace[] = "SWIFT_BACKTRACE=enable=no";
  static char locale[] = "LC_ALL=C";
  char *const environment[] = {no_backtrace, locale, NULL};

  // Copies with high numbers first: opening 0 to 2 or the first dup2 could overwrite the other one.
  const int high_socket = fcntl(socket, F_DUPFD_CLOEXEC, DS_WORKER_RESULTS + 1);
  if (high_socket < 0) {
    return -errno;
  }
  const int high_pipe = fcntl(result_pipe, F_DUPFD_CLOEXEC, DS_WORKER_RESULTS + 1);
  if (high_pipe < 0) {
    const int error = errno;
    close(high_socket);
    return -error;
  }
  const struct start_descriptors start = {
      .given = {high_socket, high_pipe},
      .numbers = {DS_WORKER_SOCKET, DS_WORKER_RESULTS},
      .nulls = DS_WORKER_SOCKET,
      .first_closed = DS_WORKER_RESULTS + 1,
  };
  const int result = spawn(path, argv, environment, &start, pid);
  close(high_socket);
  close(high_pipe);
  return result;
}

int ds_spawn_verifier(const char *path, char *const *argv, int socket, pid_t *pid) {
  static char search[] = "PATH=/usr/local/bin:/usr/bin:/bin";
  static char locale[] = "LC_ALL=C.UTF-8";
  char *const environment[] = {search, locale, NULL};

  const int high_socket = fcntl(socket, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (high_socket < 0) {
    return -errno;
  }
  const struct start_descriptors start = {
      .given = {high_socket, high_socket},
      .numbers = {STDIN_FILENO, STDOUT_FILENO},
      .first_closed = STDERR_FILENO + 1,
      .leads_group = true,
  };
  const int result = spawn(path, argv, environment, &start, pid);
  close(high_socket);
  return result;
}

// Since Linux 5.3; the number is the same on every architecture.
#define PIDFD_OPEN_CALL 434

static int has_ended(pid_t pid) {
  siginfo_t info = {0};
  if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0) {
    return -errno;
  }
  return info.si_pid == pid;
}

int ds_await_end(pid_t pid, int milliseconds) {
  const int ended = has_ended(pid);
  if (ended != 0 || milliseconds == 0) {
    return ended;
  }
  const int descriptor = (int)syscall(PIDFD_OPEN_CALL, pid, 0U);
  if (descriptor < 0) {
    // The system has none, or a container forbids it.
    for (int waited = 0; waited < milliseconds && has_ended(pid) == 0; waited += 10) {
      usleep(10000);
    }
    return has_ended(pid);
  }
  struct pollfd polled = {.fd = descriptor, .events = POLLIN};
  poll(&polled, 1, milliseconds);
  close(descriptor);
  return has_ended(pid);
}

int ds_die_with_parent(void) {
  const pid_t parent = getppid();
  if (prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL) < 0) {
    return -errno;
  }
  return getppid() == parent ? 0 : -ESRCH;
}

// MARK: - Forbidden acts
//
// Each returns 0 if it succeeded, else errno. Without a sandbox, and for root, each must get past
// the permission checks (that is what the control run shows) and do no harm: undo it, or aim it at
// something where the kernel allows it and then has nothing to do.

// The C library's functions, not raw calls, where it has them: that is what code that broke in
// would find first.

static int error_of(long result) {
  return result < 0 ? errno : 0;
}

// A new descriptor is the success of many.
static int error_closing(long descriptor) {
  if (descriptor < 0) {
    return errno;
  }
  close((int)descriptor);
  return 0;
}

static int error_reaping(long child) {
  if (child < 0) {
    return errno;
  }
  if (child == 0) {
    _exit(0);
  }
  waitpid((pid_t)child, NULL, 0);
  return 0;
}

static const char *scratch_name(void) {
  static char name[64];
  snprintf(name, sizeof name, "/tmp/.dumpsieve-selftest-%ld", (long)getpid());
  return name;
}

static int open_file(void) {
  return error_closing(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int open_directory(void) {
  return error_closing(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

struct open_how_start {
  uint64_t flags, mode, resolve;
};

static int open_file_by_openat2(void) {
  const struct open_how_start how = {.flags = O_RDONLY | O_CLOEXEC};
  return error_closing(syscall(437 /* openat2 */, AT_FDCWD, "/etc/passwd", &how, sizeof how));
}

static int open_file_by_handle(void) {
  return error_closing(syscall(SYS_open_by_handle_at, -1, NULL, O_RDONLY));
}

static int create_file(void) {
  const int descriptor = open(scratch_name(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const int error = error_closing(descriptor);
  if (error == 0) {
    unlink(scratch_name());
  }
  return error;
}

// A file without a name, opened before the lock-down, as none can be made within it.
static int nameless_file = -1;

int ds_sandbox_prepare_try(void) {
  // Not O_TMPFILE, which not every file system has.
  char name[] = "/tmp/.dumpsieve-selftest-XXXXXX";
  nameless_file = mkostemp(name, O_CLOEXEC);
  return nameless_file < 0 || unlink(name) < 0 ? -errno : 0;
}

static int shorten_file(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", nameless_file);
  return error_of(truncate(path, 0));
}

static int stat_path(void) {
  struct stat status;
  return error_of(stat("/etc/passwd", &status));
}

static int remove_file(void) {
  return error_of(unlink("/tmp"));  // a directory: never removed by this
}

static int rename_file(void) {
  return error_of(rename("/etc/passwd", "/etc/passwd"));  // onto itself: done when allowed
}

static int make_directory(void) {
  const int error = error_of(mkdir(scratch_name(), 0700));
  if (error == 0) {
    rmdir(scratch_name());
  }
  return error;
}

static int make_symbolic_link(void) {
  const int error = error_of(symlink("nowhere", scratch_name()));
  if (error == 0) {
    unlink(scratch_name());
  }
  return error;
}

static int change_mode(void) {
  return error_of(chmod(scratch_name(), 0600));  // is not there
}

static int change_directory(void) {
  return error_of(chdir("."));
}

static int mount_file_system(void) {
  return error_of(mount("none", "/", "no-such-type", 0, NULL));
}

static int open_internet_socket(void) {
  return error_closing(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int open_local_socket(void) {
  return error_closing(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

// Where no socket can be had, the number -1 is as good: the filter answers before the kernel looks
// at it.
static int use_tcp(bool connecting, in_port_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const struct sockaddr *at = (const struct sockaddr *)&address;
  const int error = error_of(connecting ? connect(descriptor, at, sizeof address)
                                        : bind(descriptor, at, sizeof address));
  if (descriptor >= 0) {
    close(descriptor);
  }
  return error;
}

static int connect_tcp(void) {
  return use_tcp(true, 9);  // discard; this host only
}

static int bind_tcp(void) {
  return use_tcp(false, 0);
}

static int fork_process(void) {
  return error_reaping(fork());
}

static int vfork_process(void) {
  const pid_t child = vfork();
  if (child == 0) {
    _exit(0);
  }
  return error_reaping(child);
}

static int clone_process(void) {
  return error_reaping(syscall(SYS_clone, (unsigned long)SIGCHLD, 0UL, 0UL, 0UL, 0UL));
}

static int clone3_process(void) {
  uint64_t arguments[8] = {0};  // struct clone_args, first version
  arguments[4] = SIGCHLD;
  return error_reaping(syscall(435 /* clone3 */, arguments, sizeof arguments));
}

static int start_program(void) {
  // An argument past the kernel's bound of 128 KiB: allowed, it fails later (E2BIG), and this
  // process goes on.
  static char too_long[256 * 1024];
  memset(too_long, 'x', sizeof too_long - 1);
  char *const argv[] = {too_long, NULL};
  char *const environment[] = {NULL};
  return error_of(execve("/bin/true", argv, environment));
}

static int trace_process(void) {
  // Reading a process that is not traced: ESRCH when allowed.
  return error_of(ptrace(PTRACE_PEEKDATA, getppid(), NULL, NULL));
}

static int signal_parent(void) {
  return error_of(kill(getppid(), 0));
}

static int signal_parent_thread(void) {
  return error_of(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int read_process(void) {
  char byte;
  const struct iovec to = {.iov_base = &byte, .iov_len = 1};
  const struct iovec from = {.iov_base = NULL, .iov_len = 1};
  return error_of(process_vm_readv(getppid(), &to, 1, &from, 1, 0));
}

static int map_executable(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    return errno;
  }
  munmap(page, 4096);
  return 0;
}

static int make_executable(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) {
    return ENOMEM;
  }
  const int error = error_of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
  munmap(page, 4096);
  return error;
}

static int make_memory_file(void) {
  return error_closing(memfd_create("selftest", MFD_CLOEXEC));
}

static int set_up_io_uring(void) {
  char parameters[256];
  memset(parameters, 0, sizeof parameters);
  return error_closing(syscall(425 /* io_uring_setup */, 1U, parameters));
}

static int use_bpf(void) {
  return error_closing(syscall(SYS_bpf, 0, NULL, 0U));
}

static int open_userfaultfd(void) {
  return error_closing(syscall(SYS_userfaultfd, O_CLOEXEC));
}

static int use_keyring(void) {
  return error_of(syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3 /* session */, 0));
}

static int change_user(void) {
  return error_of(setuid(getuid()));
}

static int become_dumpable(void) {
  const int before = prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
  const int error = error_of(prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL));
  if (error == 0 && before == 0) {
    prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
  }
  return error;
}

static int raise_core_limit(void) {
  struct rlimit before;
  if (getrlimit(RLIMIT_CORE, &before) < 0) {
    return errno;
  }
  const rlim_t more = before.rlim_max == RLIM_INFINITY ? RLIM_INFINITY : before.rlim_max + 1;
  const struct rlimit raised = {.rlim_cur = more, .rlim_max = more};
  const int error = error_of(setrlimit(RLIMIT_CORE, &raised));
  if (error == 0) {
    setrlimit(RLIMIT_CORE, &before);
  }
  return error;
}

static int duplicate_descriptor(void) {
  return error_closing(fcntl(0, F_DUPFD_CLOEXEC, 0));
}

static const struct forbidden_act {
  const char *name;
  int (*perform)(void);
} forbidden_acts[] = {
    {"open a file", open_file},
    {"open a directory", open_directory},
    {"open a file by openat2", open_file_by_openat2},
    {"open a file by handle", open_file_by_handle},
    {"create a file", create_file},
    {"shorten a file", shorten_file},
    {"stat a path", stat_path},
    {"remove a file", remove_file},
    {"rename a file", rename_file},
    {"make a directory", make_directory},
    {"make a symbolic link", make_symbolic_link},
    {"change a file's mode", change_mode},
    {"change the directory", change_directory},
    {"mount a file system", mount_file_system},
    {"open an internet socket", open_internet_socket},
    {"open a local socket", open_local_socket},
    {"connect by TCP", connect_tcp},
    {"listen on a TCP port", bind_tcp},
    {"fork", fork_process},
    {"vfork", vfork_process},
    {"clone", clone_process},
    {"clone3", clone3_process},
    {"start a program", start_program},
    {"trace a process", trace_process},
    {"signal the parent", signal_parent},
    {"signal a thread of the parent", signal_parent_thread},
    {"read another process", read_process},
    {"map executable memory", map_executable},
    {"make memory executable", make_executable},
    {"make a memory file", make_memory_file},
    {"set up io_uring", set_up_io_uring},
    {"load a BPF program", use_bpf},
    {"open a userfaultfd", open_userfaultfd},
    {"use a keyring", use_keyring},
    {"change the user", change_user},
    {"become dumpable", become_dumpable},
    {"raise the core limit", raise_core_limit},
    {"duplicate a descriptor", duplicate_descriptor},
};

int ds_sandbox_try(int index, const char **name) {
  const size_t count = sizeof forbidden_acts / sizeof forbidden_acts[0];
  if (index < 0 || (size_t)index >= count) {
    *name = NULL;
    return -ENOENT;
  }
  const struct forbidden_act *act = &forbidden_acts[index];
  *name = act->name;
  const int error = act->perform();
  // EAGAIN: RLIMIT_NPROC, for forks only.
  const bool is_new_process = act->perform == fork_process || act->perform == vfork_process ||
                              act->perform == clone_process || act->perform == clone3_process;
  return error == EPERM || error == EACCES || error == ENOSYS || (error == EAGAIN && is_new_process)
             ? 0
             : 1;
}
