"""Disks that are full, and writes that do less than they were asked to."""

import resource
import subprocess
from pathlib import Path

from workplace import OUTPUT, Broken


def file_size_limits(place, tally, count):
    """Limits files to each of `count` sizes below that of the findings."""
    size = len(place.good)
    for number in range(count):
        if tally.is_over:
            return
        limit = size * number // count
        outcome = place.run(limits=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        tally.did["runs with too little room"] += 1
        if outcome.status != 2:
            tally.note_broken(f"files of {limit} bytes at most", f"status {outcome.status}")
        tally.judge(place, f"files of {limit} bytes at most", outcome)


def small_disk(place, tally):
    """A file system with no room for the findings; false if none can be mounted here."""
    disk = place.results
    earlier = place.good
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", str(disk)], capture_output=True)
    if mount.returncode != 0:
        return False
    try:
        # What stands there fills it, so it cannot be the good findings.
        place.good = b"x" * 3000
        (disk / OUTPUT).write_bytes(place.good)
        outcome = place.run()
        if outcome.status != 2:
            tally.note_broken("a full disk", f"status {outcome.status}")
        tally.judge(place, "a full disk", outcome)
    finally:
        place.good = earlier
        subprocess.run(["umount", str(disk)], check=True)
        place.restore()
    return True


def short_writes(place, tally, compiler):
    """Every write does half, every fifth is interrupted: the findings are the same."""
    shim = place.path / "short_writes.so"
    source = Path(__file__).with_name("short_writes.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    outcome = place.run(environment={"LD_PRELOAD": str(shim)})
    if outcome.status != 1 or place.document(OUTPUT)["findings"] != place.expected["findings"]:
        raise Broken(f"short writes change the findings: status {outcome.status}")
    tally.judge(place, "short writes", outcome)
