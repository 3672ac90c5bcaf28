"""Faults of the system, made by strace: errors of each call, one after the other, and kills at each call."""

import re
import signal
import subprocess

from workplace import LOADER_FAILED, Broken

# The calls by which a run reads, writes and starts workers. Names that this processor has not are left out.
CALLS = [
    "read", "pread64", "openat", "getdents64", "newfstatat", "fstat", "statx", "write", "pwrite64", "fsync",
    "rename", "renameat", "close", "clone", "clone3", "vfork", "mmap", "sendmsg", "recvmsg", "memfd_create", "poll",
]
ERRORS = ["EIO", "ENOSPC", "EINTR", "EACCES", "ENOMEM", "EMFILE"]
INJECTED = re.compile(rb"\(INJECTED\)")
# More calls of one name than any run on the dump makes.
MOST_CALLS = 20_000
READS_STRIDE = 5
# The first call of main.
BEGUN = "rt_sigaction"


def known_calls():
    """Those of CALLS that strace knows here."""
    return [
        call for call in CALLS
        if subprocess.run(
            ["strace", "-o", "/dev/null", "-e", f"trace={call}", "true"], capture_output=True
        ).returncode == 0
    ]


def strace(log, call, injection, follows):
    words = ["strace", "-o", str(log), "-e", f"trace={call},{BEGUN}", "-e", f"inject={call}:{injection}"]
    return words + (["-f"] if follows else [])


def sweep(place, tally, stride):
    """Fails the 1st, 2nd, 3rd … call of each name until a run has none to fail, in the supervisor and in all processes.

    With `stride`, only each such fault is made, another one at each sweep of a name and error; of the reads of dumps more, as
    each does something else with what it gets.
    """
    log = place.path / "strace.txt"
    begin = 0
    for call in known_calls():
        for follows in (False, True):
            step = min(stride, READS_STRIDE) if call == "pread64" and follows else stride
            for error in ERRORS:
                begin += 1
                number = 1 + begin % step
                while number < MOST_CALLS and not tally.is_over:
                    words = strace(log, call, f"error={error}:when={number}", follows)
                    outcome = place.run(before=words)
                    if not INJECTED.search(log.read_bytes()):
                        place.restore()
                        break
                    # The C library's loader takes memory that it did not get.
                    if outcome.status == -signal.SIGSEGV and BEGUN.encode() not in log.read_bytes():
                        outcome.status = LOADER_FAILED
                    where = f"{call} {number} fails with {error}{' everywhere' if follows else ''}"
                    tally.judge(place, where, outcome)
                    number += step


def kill_at_each_call(place, tally, stride):
    """Kills the supervisor at its 1st, 2nd, 3rd … system call, whatever that is."""
    log = place.path / "strace.txt"
    number = 1
    while number < MOST_CALLS and not tally.is_over:
        words = strace(log, "all", f"signal=SIGKILL:when={number}", follows=False)
        outcome = place.run(before=words)
        if b"+++ killed by SIGKILL +++" not in log.read_bytes():
            place.restore()
            break
        # strace ends as what it traced did.
        if outcome.status != -signal.SIGKILL:
            raise Broken("strace does not tell how it ended")
        tally.judge(place, f"killed at call {number}", outcome, killed=True)
        number += stride
