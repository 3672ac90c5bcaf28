"""Runs programs, takes their times as the kernel counted them, and lets competitors take turns."""

import ctypes
import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field

PR_SET_CHILD_SUBREAPER = 36


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
    times: list = field(default_factory=list)

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


def race(competitors, rounds):
    """Each once unmeasured, then in turns, so that a busy minute hits all of them."""
    for competitor in competitors:
        run(competitor.command, competitor.good)
    for _ in range(rounds):
        for competitor in competitors:
            competitor.times.append(run(competitor.command, competitor.good))
    return competitors
