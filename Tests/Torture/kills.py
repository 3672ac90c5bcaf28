"""Kills and signals at random times, and files that change while they are read."""

import os
import random
import signal
import time
from pathlib import Path

from workplace import ARCHIVED


# The account of samples/ that is found, in no archive.
LISTED = b"f.martin@formation-isere.example"


def duration(place):
    """How long a run takes, in seconds."""
    begin = time.monotonic()
    place.run()
    place.restore()
    return time.monotonic() - begin


def workers(supervisor):
    """The processes that a supervisor has started."""
    try:
        text = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(word) for word in text.split()]


def at_random(place, tally, count, number, victim="supervisor", rng=random):
    """Sends the signal `number` to the supervisor or to a worker, at a random time of each of `count` runs."""
    most = 1.1 * duration(place)
    for run in range(count):
        if tally.is_over:
            return
        process = place.start()
        time.sleep(rng.uniform(0, most))
        targets = [process.pid] if victim == "supervisor" else workers(process.pid)
        for target in targets[:1]:
            try:
                os.kill(target, number)
                tally.did[f"{signal.Signals(number).name} sent to a {victim}"] += 1
            except ProcessLookupError:
                pass
        outcome = place.finish(process)
        where = f"{signal.Signals(number).name} to a {victim}, run {run}"
        # A signal that comes before the program can take it ends it at once, as any program.
        if victim == "supervisor" and outcome.status == -number:
            tally.did[f"runs ended by {signal.Signals(number).name}"] += 1
            tally.judge(place, where, outcome_of_kill(outcome), killed=True)
        else:
            # A worker's death costs a unit, and never the run.
            if victim == "worker" and outcome.status == 2:
                tally.note_broken(where, f"the run fails: {outcome.errors[-300:].decode(errors='replace')}")
            tally.judge(place, where, outcome, interrupted=victim == "supervisor")


def outcome_of_kill(outcome):
    outcome.status = -signal.SIGKILL
    return outcome


def changing_files(place, tally, count, rng=random):
    """Shrinks, grows, removes and replaces files by links to one outside, while they are read.

    Only files in which no listed account stands: those that hold one must be found all the same.
    """
    outside = place.path / "outside.txt"
    # A listed account that stands in no file of the dump.
    outside.write_text("https://a.example/:c.roche@formation-isere.example:CANARY-outside\n", encoding="ascii")
    files = {path: path.read_bytes() for path in sorted(place.dump.rglob("*")) if path.is_file()}
    files = {
        path: content for path, content in files.items()
        if LISTED not in content.lower() and path.name not in ARCHIVED
    }
    for run in range(count):
        if tally.is_over:
            break
        process = place.start()
        while process.poll() is None:
            change(rng.choice(list(files)), outside, rng)
            time.sleep(rng.uniform(0, 0.002))
        outcome = place.finish(process)
        tally.did["runs on files that change"] += 1
        for path, content in files.items():
            path.unlink(missing_ok=True)
            path.write_bytes(content)
        tally.judge(place, f"files change, run {run}", outcome, changing=True)


def change(path, outside, rng):
    kind = rng.randrange(4)
    try:
        if kind == 0:
            os.truncate(path, path.stat().st_size // 2)
        elif kind == 1:
            with path.open("ab") as file:
                file.write(b"\nnothing of anybody\n" * 100)
        elif kind == 2:
            path.unlink()
        else:
            link = path.with_suffix(".link")
            link.symlink_to(outside)
            link.rename(path)
    except OSError:
        pass  # it was removed before
