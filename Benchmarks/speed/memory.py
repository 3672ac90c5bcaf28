"""The memory of a program and its children while they run, sampled from /proc.

Anonymous memory is RssAnon of every process. Shared memory is that of the anonymous files (memfd) of the program:
each counts once, with all its pages, however many processes map it, and whether a page was touched or not.
"""

import os
import subprocess
import time

from race import Failed

#: Seconds between two looks. A worker lives for a whole run, so its peak is no matter of microseconds.
INTERVAL = 0.005


def children(process):
    try:
        with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def anonymous_bytes(process):
    try:
        with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass  # It has ended.
    return 0


def anonymous_files(process):
    """Bytes of each anonymous file that the process has open, by its number."""
    files = {}
    place = f"/proc/{process}/fd"
    try:
        descriptors = os.listdir(place)
    except OSError:
        return files
    for descriptor in descriptors:
        try:
            path = f"{place}/{descriptor}"
            if os.readlink(path).startswith("/memfd:"):
                status = os.stat(path)
                files[(status.st_dev, status.st_ino)] = status.st_blocks * 512
        except OSError:
            pass  # Closed in between.
    return files


def peak(command, good):
    """Runs it; the greatest sum seen, and what it was made of: (total, anonymous, shared, processes)."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = (0, 0, 0, 0)
    shared_seen = False
    while child.poll() is None:
        processes = [child.pid]
        for process in processes:
            processes += children(process)
        files = {}
        for process in processes:
            files |= anonymous_files(process)
        anonymous, shared = sum(map(anonymous_bytes, processes)), sum(files.values())
        shared_seen |= shared > 0
        most = max(most, (anonymous + shared, anonymous, shared, len(processes)))
        time.sleep(INTERVAL)
    if child.returncode not in good:
        raise Failed(f"{' '.join(command)}\nended with {child.returncode}")
    if not shared_seen:
        raise Failed("no shared memory was seen: /proc does not let this user look at the program")
    return most
