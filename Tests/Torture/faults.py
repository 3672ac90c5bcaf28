"""Faults of the system, made by strace: errors of each call, one after the other, and kills at each call."""

import collections
import re
import signal
import subprocess

from workplace import LOADER_FAILED, Broken

# The calls by which a run reads, writes and starts workers. Names that this processor has not are left out.
CALLS = [
    "read", "pread64", "openat", "getdents64", "newfstatat", "fstat", "statx", "write", "pwrite64", "fsync",
    "rename", "renameat", "close", "clone", "clone3", "vfork", "mmap", "sendmsg", "recvmsg", "memfd_create", "poll",
]
# Those by which SQLite keeps the store, and the run its lock; the supervisor alone makes them.
STORE_CALLS = ["flock", "fcntl", "pread64", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "openat"]
ERRORS = ["EIO", "ENOSPC", "EINTR", "EACCES", "ENOMEM", "EMFILE"]
INJECTED = re.compile(rb"\(INJECTED\)")
# More calls of one name than any run on the dump makes.
MOST_CALLS = 20_000
READS_STRIDE = 5
# The first call of main.
BEGUN = "rt_sigaction"


def known(calls):
    """Those of them that strace knows here."""
    return [
        call for call in calls
        if subprocess.run(
            ["strace", "-o", "/dev/null", "-e", f"trace={call}", "true"], capture_output=True
        ).returncode == 0
    ]


def strace(log, call, injection, follows):
    words = ["strace", "-o", str(log), "-e", f"trace={call},{BEGUN}", "-e", f"inject={call}:{injection}"]
    return words + (["-f"] if follows else [])


def sweep(place, tally, stride, calls=CALLS, everywhere=(False, True), rng=None):
    """Fails the 1st, 2nd, 3rd … call of each name until a run has none to fail, in the supervisor and in all processes.

    With `stride`, only each such fault is made, another one at each sweep of a name and error; of the reads of dumps more, as
    each does something else with what it gets. With `rng`, in random order, so that what time is left for is of all.
    """
    log = place.path / "strace.txt"
    sweeps = [(call, follows, error) for call in known(calls) for follows in everywhere for error in ERRORS]
    if rng:
        rng.shuffle(sweeps)
    for begin, (call, follows, error) in enumerate(sweeps, 1):
        step = min(stride, READS_STRIDE) if call == "pread64" and follows else stride
        number = 1 + begin % step
        while number < MOST_CALLS and not tally.is_over:
            where = f"{call} {number} fails with {error}{' everywhere' if follows else ''}"
            words = strace(log, call, f"error={error}:when={number}", follows)
            number += step
            try:
                outcome = place.run(before=words)
            except Broken as broken:
                tally.note_broken(where, str(broken))
                place.restore()
                continue
            if not INJECTED.search(log.read_bytes()):
                place.restore()
                break
            tally.did["faulted runs"] += 1
            # The C library's loader takes memory that it did not get.
            if outcome.status == -signal.SIGSEGV and BEGUN.encode() not in log.read_bytes():
                outcome.status = LOADER_FAILED
            tally.judge(place, where, outcome)


def kill_at_each_call(place, tally, stride):
    """Kills the supervisor at each call that an untroubled run makes: strace counts each name for itself."""
    log = place.path / "strace.txt"
    place.run(before=["strace", "-o", str(log)])
    place.restore()
    counts = collections.Counter(
        name.decode() for name in re.findall(rb"^(\w+)\(", log.read_bytes(), re.MULTILINE)
    )
    calls = [(name, number) for name in sorted(counts) for number in range(1, counts[name] + 1)]
    for name, number in calls[::stride]:
        if tally.is_over:
            return
        where = f"killed at {name} {number}"
        try:
            outcome = place.run(before=strace(log, name, f"signal=SIGKILL:when={number}", follows=False))
        except Broken as broken:
            tally.note_broken(where, str(broken))
            place.restore()
            continue
        # A run may make fewer than the one that was counted; strace ends as what it traced did.
        killed = b"+++ killed by SIGKILL +++" in log.read_bytes()
        if killed and outcome.status != -signal.SIGKILL:
            raise Broken("strace does not tell how it ended")
        tally.did["kills at a call" if killed else "runs with fewer calls"] += 1
        tally.judge(place, where, outcome, killed=killed)
