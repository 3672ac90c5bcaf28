"""Processor seconds of a job and all that it starts: whatever else the machine does adds little to them."""

import ctypes
import os
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path

from place import must

PR_SET_CHILD_SUBREAPER = 36


def used():
    """Of all processes that have ended and were waited for, by us or by one of them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def adopt():
    """Makes this process the parent of whatever loses its own, as Spark's do when a job ends: so none is left out."""
    libc = ctypes.CDLL(None, use_errno=True)
    must(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "this process cannot wait for those that lose theirs")


def wait_for_adopted():
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def of(command, good=(0, 1, 3)):
    """Of a program and all that it started, when each core is at work: so many run at once. `OUT` is a file to write."""
    before = used()
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for copy in range(os.cpu_count()):
            words = [f"{folder}/{copy}" if word == OUT else str(word) for word in command]
            runs.append(subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
        for run in runs:
            _, said = run.communicate()
            must(run.returncode in good, f"{command[1]} ended with {run.returncode}: {said.decode()[-500:]}")
    return (used() - before) / len(runs)


OUT = "OUT"


def middle(command, rounds=3):
    """The median of several runs."""
    return statistics.median(of(command) for _ in range(rounds))


class Noted:
    """dumpsieve, as a program that notes what each of its runs has used: two milliseconds more than without."""

    def __init__(self, program, folder):
        self.notes = Path(folder) / "notes"
        self.notes.mkdir()
        self.program = Path(folder) / "dumpsieve"
        self.program.write_text(
            f'#!/bin/bash\n"{program}" "$@"\nstatus=$?\n'
            # The second line of `times` is of the programs that have ended.
            f'{{ echo "$1 $2"; times; }} > {self.notes}/$$\nexit $status\n'
        )
        self.program.chmod(0o755)

    def runs(self):
        """What was run, and the processor seconds it used, of each run."""
        for note in self.notes.iterdir():
            what, _, children = note.read_text().splitlines()
            yield what, sum(seconds(word) for word in children.split())


def seconds(word):
    """`1m2.345s` of bash."""
    minutes, rest = word.rstrip("s").split("m")
    return 60 * int(minutes) + float(rest.replace(",", "."))
