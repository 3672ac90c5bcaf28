"""Runs programs, takes their times as the kernel counted them, and lets competitors take turns."""

import ctypes
import os
import select
import statistics
import subprocess
import time
from dataclasses import dataclass, field

PR_SET_CHILD_SUBREAPER = 36
IN_ACCESS = 1
#: Seconds between two looks at whether the program has ended without a read; a read is told at once.
PATIENCE = 0.5


class Failed(Exception):
    """A program did not do what it was asked."""


@dataclass
class Times:
    """Of one run, in seconds."""

    cpu: float  # user and system, of the program and of every child that it waited for
    wall: float


@dataclass
class Competitor:
    name: str
    command: list
    good: tuple = (0,)
    #: If given, the wall time is that until this file is first read, not that of the whole run.
    until_read: str = ""
    times: list = field(default_factory=list)

    def run(self):
        return first_read(self.command, self.until_read) if self.until_read else run(self.command, self.good)

    @property
    def cpu(self):
        return statistics.median(one.cpu for one in self.times)

    @property
    def wall(self):
        return statistics.median(one.wall for one in self.times)


def adopt_orphans():
    """A child of a child that nobody waits for comes to us: its time would be missing from the program's."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command, good=(0,), output=subprocess.DEVNULL):
    """Runs it to its end and returns its times; `good` are the exit statuses that it may have."""
    begin = time.monotonic()
    # stderr is kept for the message alone; what is asked to be quiet writes little.
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE)
    with child.stderr:
        errors = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        said = errors.decode("utf-8", "replace").strip()
        raise Failed(f"{' '.join(command)}\nended with {child.returncode}: {said}")
    try:
        orphan, _, _ = os.wait4(-1, 0)
        raise Failed(f"{command[0]} left process {orphan} behind: its time was not counted")
    except ChildProcessError:
        pass
    return Times(used.ru_utime + used.ru_stime, wall)


def first_read(command, path):
    """Runs it and returns the time until somebody read `path`, as the kernel tells."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_CLOEXEC)
    try:
        if watch < 0 or libc.inotify_add_watch(watch, os.fsencode(path), IN_ACCESS) < 0:
            raise Failed(f"{path} cannot be watched: {os.strerror(ctypes.get_errno())}")
        begin = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        ready = []
        while not ready and child.poll() is None:
            ready, _, _ = select.select([watch], [], [], PATIENCE)
        wall = time.monotonic() - begin
        child.wait()
    finally:
        os.close(watch)
    if not ready:
        raise Failed(f"{' '.join(command)}\ndid not read {path}")
    return Times(0, wall)


def race(competitors, rounds):
    """Each once unmeasured, then in turns, so that a busy minute hits all of them."""
    for competitor in competitors:
        competitor.run()
    for _ in range(rounds):
        for competitor in competitors:
            competitor.times.append(competitor.run())
    return competitors
