// The system call filter: an allow list, written by hand as classic BPF.
//
// By hand because a library for fifty rules would be one more thing to trust in the process that
// reads hostile input. What a call is needed for stands beside it. To add one: state why, run the
// sandbox self-test, and ask whether its arguments must be bounded too. The filter sees numbers
// only, never what a pointer points to.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if (defined(__x86_64__) && defined(__LP64__)) || (defined(__aarch64__) && !defined(__AARCH64EB__))

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#define X32_BIT 0x40000000U
#else
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

// From the kernel's headers, where the C library's have them only since lately.
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define LOAD_CALL LOAD(offsetof(struct seccomp_data, nr))
// Both processors are little-endian: the low half of an argument comes first.
#define LOAD_LOW(argument) LOAD(offsetof(struct seccomp_data, args) + 8 * (argument))
#define LOAD_HIGH(argument) LOAD(offsetof(struct seccomp_data, args) + 8 * (argument) + 4)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW ANSWER(SECCOMP_RET_ALLOW)
#define REFUSE ANSWER(SECCOMP_RET_ERRNO | EPERM)
#define UNSUPPORTED ANSWER(SECCOMP_RET_ERRNO | ENOSYS)
#define KILL ANSWER(SECCOMP_RET_KILL_PROCESS)

// IF_…(value, otherwise): goes on below if true, else skips `otherwise` instructions.
#define IF_EQUAL(value, otherwise) \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (otherwise))
#define IF_ANY_BIT(bits, otherwise) \
  BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(bits), 0, (otherwise))
#define UNLESS_ANY_BIT(bits, otherwise) \
  BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(bits), (otherwise), 0)

// Every rule below skips itself if the call is another one, and else answers: so what is loaded is
// the call's number at the start of each, and their order is speed only. The counts are those of
// the instructions of the rule that follow.

#define ALLOWED(call) IF_EQUAL(SYS_##call, 1), ALLOW

// Only the low half is compared: the kernel takes these arguments as 32 bits, or knows no flag
// above.
#define ALLOWED_IF_EQUAL(call, argument, value) \
  IF_EQUAL(SYS_##call, 4), LOAD_LOW(argument), IF_EQUAL(value, 1), ALLOW, REFUSE

#define ALLOWED_IF_EITHER(call, argument, value, other)                                       \
  IF_EQUAL(SYS_##call, 6), LOAD_LOW(argument), IF_EQUAL(value, 1), ALLOW, IF_EQUAL(other, 1), \
      ALLOW, REFUSE

#define ALLOWED_WITH_BIT(call, argument, bits) \
  IF_EQUAL(SYS_##call, 4), LOAD_LOW(argument), IF_ANY_BIT(bits, 1), ALLOW, REFUSE

#define ALLOWED_WITHOUT_BIT(call, argument, bits) \
  IF_EQUAL(SYS_##call, 4), LOAD_LOW(argument), UNLESS_ANY_BIT(bits, 1), ALLOW, REFUSE

int ds_seccomp_enter(void) {
  const uint32_t own_process = (uint32_t)getpid();

  struct sock_filter program[] = {
      // Numbers mean other calls under another calling convention (32-bit code in a 64-bit process,
      // x32).
      LOAD(offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
      KILL,
      LOAD_CALL,
#ifdef X32_BIT
      // -1 has that bit too; it is no call but how a tracer (fault injection in tests) skips one:
      // refused below.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 2, 0),
      IF_ANY_BIT(X32_BIT, 1),
      KILL,
#endif

      // The work: input, descriptors of the next unit, results.
      ALLOWED(read),
      ALLOWED(pread64),
      ALLOWED(write),
      ALLOWED(recvmsg),
      ALLOWED(close),
      ALLOWED(lseek),  // also SEEK_DATA: holes are skipped

      // Memory, never executable.
      ALLOWED_WITHOUT_BIT(mmap, 2, PROT_EXEC),
      ALLOWED(munmap),
      ALLOWED(mremap),
      ALLOWED_WITHOUT_BIT(mprotect, 2, PROT_EXEC),
      ALLOWED(brk),
      ALLOWED(madvise),
      ALLOWED(mlock),
      ALLOWED(munlock),

      // What is open: size, type, mode. glibc's fstat is newfstatat(fd, "", …, AT_EMPTY_PATH). The
      // string cannot be seen, so code that broke in can still learn that a path exists, its size
      // and its times.
      ALLOWED(fstat),
      ALLOWED_WITH_BIT(newfstatat, 3, AT_EMPTY_PATH),
      ALLOWED_IF_EITHER(fcntl, 1, F_GETFL, F_GETFD),
#ifdef SYS_poll
      ALLOWED(poll),
#endif
      ALLOWED(ppoll),

      // Time: usually answered without a call, but not with every clock source.
      ALLOWED(clock_gettime),
      ALLOWED(gettimeofday),
      ALLOWED(clock_nanosleep),
      ALLOWED(nanosleep),
      ALLOWED(restart_syscall),  // a sleep or poll that was stopped and continued

      // C library, Swift runtime, OpenSSL.
      ALLOWED(futex),
      ALLOWED(getrandom),
      ALLOWED(getpid),
      ALLOWED(gettid),
      ALLOWED(sched_yield),
      ALLOWED(sched_getaffinity),
      ALLOWED(sysinfo),  // qsort asks how much memory there is, and goes on with rubbish if refused
      ALLOWED(rseq),
      ALLOWED(set_robust_list),
      ALLOWED_IF_EQUAL(prctl, 0, PR_SET_VMA),  // newer C libraries name their memory

      // Limits of this process may be read: (0, resource, no new limit, …). All 64 bits, as it is a
      // pointer.
      IF_EQUAL(SYS_prlimit64, 8),
      LOAD_LOW(0),
      IF_EQUAL(0, 5),
      LOAD_LOW(2),
      IF_EQUAL(0, 3),
      LOAD_HIGH(2),
      IF_EQUAL(0, 1),
      ALLOW,
      REFUSE,

      // Signals, so that abort and traps end the process by their own number.
      ALLOWED(rt_sigaction),
      ALLOWED(rt_sigprocmask),
      ALLOWED(rt_sigreturn),
      ALLOWED(sigaltstack),
      ALLOWED_IF_EQUAL(tgkill, 0, own_process),

      ALLOWED(exit),
      ALLOWED(exit_group),

      // glibc takes this answer, and no other, as "use clone", which is refused then: an orderly
      // error for who starts a thread.
      IF_EQUAL(SYS_clone3, 1),
      UNSUPPORTED,

      REFUSE,
  };
  const struct sock_fprog filter = {
      .len = (unsigned short)(sizeof program / sizeof program[0]),
      .filter = program,
  };
  // TSYNC: a thread that was there before is bound too, or nothing is and its number is returned.
  const long result =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  if (result < 0) {
    return -errno;
  }
  return result == 0 ? 0 : -EBUSY;
}

#else

int ds_seccomp_enter(void) {
  return -ENOSYS;
}

#endif
