#!/usr/bin/env python3
"""Runs one dumpsieve scan on an Apache Spark cluster.

    spark-submit --master spark://HOST:7077 scan.py --out findings.json /srv/dumps -- \\
        --watchlist /etc/dumpsieve/isere.dsw --key-file /etc/dumpsieve/isere.key

A dump is a path that all nodes have, or the URI of objects that Hadoop's file systems read (s3a://…). What stands
behind `--` goes to `dumpsieve scan` on the nodes as it is: lists and keys are paths there, and neither they
nor what is in them passes through Spark. The driver needs no key. docs/SCALE.md says more.

    dumpsieve units     on the driver, and on the nodes for folders: which logs, files and ranges there are, their bytes
    dumpsieve scan      on the nodes, once a task: its units on standard input, its document on standard output
    dumpsieve merge     on the nodes and the driver: the documents of all tasks, to one

Retries, lost nodes and speculation are Spark's. The exit status is that of a scan.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import heapq
import math
import os
import re
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyspark
from pyspark import RDD, SparkContext, StorageLevel

FAILED, USAGE, REFUSED = 2, 64, 78
# What opening a log costs, in bytes of lines that are read in the same time; docs/SCALE.md has the figures.
UNIT_COST = 256 << 10
# A merged document has no more parts than 4096 (`maxParts` of Sources/Findings/DocumentReader.swift).
MOST_TASKS = 3000
# Folders that one process lists, if there are many; else they go to so many processes, or one a core.
LISTED_AT_ONCE = 4000
LISTERS = 32
# A unit that costs less than such a part of a task is not packed by the driver, which could not hold all of them.
SMALL_PART = 64
# Bytes of readings that go to one process; a list of units has at most 256 MiB.
MOST_READINGS = 192 << 20
# Documents that one task merges.
MERGED_AT_ONCE = 64
# Objects that one process of Hadoop's fetches: it takes seconds to start, and arguments are bounded.
FETCHED_AT_ONCE = 500


class Refused(Exception):
    """A program that ended as none of a good run does.

    The text passes through Spark's messages: it names the node and what dumpsieve said, which is never what
    stands in a dump.
    """

    def __init__(self, status: int, said: bytes) -> None:
        lines = said.decode(errors="replace").strip().splitlines() or ["it says nothing"]
        super().__init__(f"dumpsieve on {node()} ended with status {status}: {lines[-1]}")


def node() -> str:
    """What Spark calls this node, if it was told, or else the host."""
    return os.environ.get("SPARK_LOCAL_HOSTNAME") or os.environ.get("SPARK_LOCAL_IP") or socket.gethostname()


class Unit(NamedTuple):
    """A line of `dumpsieve units`: kind, bytes, dump, path and more, with tabs between."""

    kind: str
    bytes: int
    line: str

    @classmethod
    def read(cls, line: str) -> Unit:
        kind, size, _ = line.split("\t", 2)
        return cls(kind, int(size), line)

    @property
    def cost(self) -> int:
        return self.bytes + UNIT_COST

    @property
    def place(self) -> str:
        """Its dump and path: the ranges of one file have it in common."""
        return "\t".join(self.line.split("\t")[2:4])

    @property
    def is_of_walk(self) -> bool:
        """Whether it is no place to be read, but what could not be listed, or is passed over."""
        return self.kind in ("gap", "passed")


class Object(NamedTuple):
    """One object of a store, by its path below the dump."""

    path: str
    bytes: int


class Program(NamedTuple):
    """dumpsieve, as it is started on whatever node."""

    path: str
    scan_options: list[str]
    rules: list[str]

    def run(self, *arguments: str, lines: Iterable[str] = (), good: tuple[int, ...] = (0, 1, 3)) -> str:
        """What the program prints."""
        given = "".join(line + "\n" for line in lines).encode("ascii")
        ended = subprocess.run([self.path, *arguments], input=given, capture_output=True, check=False)
        if ended.returncode not in good:
            raise Refused(ended.returncode, ended.stderr)
        return ended.stdout.decode("ascii")

    def units(self, range_size: int, *what: str, lines: Iterable[str] = ()) -> list[Unit]:
        # What is opened must be what is listed.
        listing = ["--all-files"] if "--all-files" in self.scan_options else []
        arguments = ["units", "--range-size", str(range_size), *listing, *self.rules, *what]
        return [Unit.read(line) for line in self.run(*arguments, lines=lines, good=(0,)).splitlines()]

    @property
    def scan_arguments(self) -> list[str]:
        return ["scan", *self.scan_options, *self.rules, "--stateless", "--quiet", "--format", "json", "--out", "-"]

    def scan(self, lines: Iterable[str]) -> str:
        """The findings document of some units."""
        return self.run(*self.scan_arguments, "--units", "-", lines=lines)

    def scan_ranges(self, files: Iterable[Iterable[str]]) -> Iterator[str]:
        """One findings document of files, whose ranges were read, or none if there are no files."""
        given = []
        left = MOST_READINGS
        for line in (line for of_file in files for line in of_file):
            left -= len(line)
            # A list of units is bounded. A range without what was read in it is read again.
            given.append(line if left >= 0 else "\t".join(line.split("\t")[:7]))
        if given:
            yield self.scan(given)

    def read_ranges(self, lines: Iterable[str]) -> list[Unit]:
        """The same ranges, with what was found in each: whether that counts, `scan` sees, which has all of a file."""
        read = self.run(*self.scan_arguments, "--units", "-", "--read-ranges", lines=lines)
        return [Unit.read(line) for line in read.splitlines()]

    def scan_objects(self, uri: str, objects: list[Object]) -> str:
        """The findings document of some objects, which go to the program as the archive of a folder."""
        command = [self.path, *self.scan_arguments, "--stdin-name", uri, "--", "-"]
        with tempfile.TemporaryFile() as messages, tempfile.TemporaryFile() as document:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=document, stderr=messages) as program:
                # A program that has refused its key takes no dump; its status says so.
                with contextlib.suppress(BrokenPipeError), program.stdin as pipe:
                    with tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as archive:
                        for start in range(0, len(objects), FETCHED_AT_ONCE):
                            fetch(uri, objects[start : start + FETCHED_AT_ONCE], archive)
            if program.returncode not in (0, 1, 3):
                messages.seek(0)
                raise Refused(program.returncode, messages.read())
            document.seek(0)
            return document.read().decode("ascii")

    def merge(self, documents: Iterable[str]) -> str:
        """One document of several."""
        with as_files(documents) as paths:
            return self.run("merge", *self.rules, *paths, "--format", "json")

    def finish(self, documents: Iterable[str], out: str, fail_on: str) -> int:
        """Writes the document of the whole run, and returns its exit status; messages go to whoever started it."""
        with as_files(documents) as paths:
            command = [self.path, "merge", *self.rules, *paths, "--out", out, "--fail-on", fail_on]
            return subprocess.run(command, check=False).returncode


@contextlib.contextmanager
def as_files(documents: Iterable[str]) -> Iterator[list[str]]:
    """Documents as files, for so long as they are merged."""
    with tempfile.TemporaryDirectory(prefix="dumpsieve-") as folder:
        paths = []
        for number, document in enumerate(documents):
            paths.append(f"{folder}/{number}.json")
            Path(paths[-1]).write_text(document, encoding="ascii")
        yield paths


# Listing


class Units(NamedTuple):
    """All units of the dumps: those that the driver packs, and, on the nodes, those that are small."""

    packed: list[Unit]
    small: RDD[str] | None = None
    small_count: int = 0
    small_cost: int = 0

    @property
    def number(self) -> int:
        return len(self.packed) + self.small_count

    @property
    def cost(self) -> int:
        return sum(unit.cost for unit in self.packed) + self.small_cost


def told(listed: Iterable[str], limit: int) -> Iterator[tuple[int, int, list[str]]]:
    """What the driver must know of what one process has listed: of the small units how many there are and what they
    cost, and all others."""
    count = cost = 0
    others = []
    for line in listed:
        unit = Unit.read(line)
        if unit.kind in ("range", "linked") or (unit.cost >= limit and not unit.is_of_walk):
            others.append(line)
        else:
            count += 1
            cost += unit.cost
    yield count, cost, others


def units_of_paths(context: SparkContext, program: Program, dumps: list[str], given: argparse.Namespace) -> Units:
    """Lists the dumps: the driver their first levels, and the nodes what is below."""
    top = program.units(given.range_size, "--levels", str(given.levels), "--", *dumps)
    folders = [unit.line for unit in top if unit.kind == "folder"]
    if not folders:
        return Units([unit for unit in top if unit.kind != "linked"])
    limit = max(given.task_size // SMALL_PART, 2 * UNIT_COST)
    size = min(LISTED_AT_ONCE, math.ceil(len(folders) / max(LISTERS, context.defaultParallelism)))
    pieces = [folders[start : start + size] for start in range(0, len(folders), size)]
    listed = context.parallelize(pieces, len(pieces)).flatMap(
        lambda piece: lines(program.units(given.range_size, "--folders", "-", lines=piece))
    )
    # Not in memory: there may be ten million. What is lost with a node is listed again.
    listed.persist(StorageLevel.DISK_ONLY)
    shares = listed.mapPartitions(lambda some: told(some, limit)).collect()
    top += [Unit.read(line) for _, _, others in shares for line in others]
    files = Counter(unit.place for unit in top if unit.kind == "linked")
    if any(count > 1 for count in files.values()):
        # Of a file with several names the first of the dump is read, and only one walk of all can tell which.
        listed.unpersist()
        say("a file has names in several folders: one process lists")
        return Units(program.units(given.range_size, "--", *dumps))
    top = [unit for unit in top if unit.kind not in ("folder", "linked")]
    # By their places: a list that was lost with its node and made again may be another by then.
    places = {unit.place for unit in top}

    def is_small(line: str) -> bool:
        unit = Unit.read(line)
        return unit.kind != "linked" and (unit.is_of_walk or unit.place not in places)

    counts, costs, _ = zip(*shares)
    return Units(top, listed.filter(is_small), sum(counts), sum(costs))


# Sharing out


def packed(units: Iterable[Unit], task_cost: int) -> list[list[Unit]]:
    """Units in tasks of even cost: the largest first, each to the task that has least so far."""
    largest_first = sorted(units, key=lambda unit: (-unit.cost, unit.line))
    count = math.ceil(sum(unit.cost for unit in largest_first) / task_cost)
    tasks: list[list[Unit]] = [[] for _ in range(min(count, len(largest_first)))]
    loads = [(0, number) for number in range(len(tasks))]
    for unit in largest_first:
        load, number = heapq.heappop(loads)
        tasks[number].append(unit)
        heapq.heappush(loads, (load + unit.cost, number))
    return tasks


def in_order(ranges: list[Unit], task_cost: int) -> list[list[Unit]]:
    """Ranges, which are of one length, in tasks of so many that stand one behind the other."""
    size = max(1, task_cost // max(unit.bytes for unit in ranges))
    return [ranges[start : start + size] for start in range(0, len(ranges), size)]


def lines(units: Iterable[Unit]) -> list[str]:
    return [unit.line for unit in units]


def scan_of_paths(context: SparkContext, program: Program, units: Units, task_cost: int) -> list[RDD[str]]:
    """The documents of dumps that all nodes have, still to be computed."""
    by_kind: dict[str, list[Unit]] = {}
    for unit in units.packed:
        by_kind.setdefault(unit.kind, []).append(unit)
    tasks = packed(by_kind.get("log", []) + by_kind.get("file", []), task_cost)
    # What could not be listed, or is passed over, is told by one task, once.
    if walk := by_kind.get("gap", []) + by_kind.get("passed", []):
        tasks.append(walk)
    scans = []
    if tasks:
        scans.append(context.parallelize([lines(task) for task in tasks], len(tasks)).map(program.scan))
    if units.small_count:
        # There are so many for a task that chance makes them even. A unit goes where its name says: the same place, if
        # its list has to be made again.
        count = min(math.ceil(units.small_cost / task_cost), units.small_count)
        numbered = units.small.map(lambda line: (zlib.crc32(Unit.read(line).place.encode()) % count, line))
        scans.append(numbered.groupByKey(count).values().map(program.scan))
    if ranges := by_kind.get("range", []):
        shares = in_order(ranges, task_cost)
        files = len({unit.place for unit in ranges})
        read = context.parallelize([lines(share) for share in shares], len(shares)).flatMap(program.read_ranges)
        of_file = read.map(lambda unit: (unit.place, unit.line)).groupByKey(min(files, MOST_TASKS // 3))
        scans.append(of_file.values().mapPartitions(program.scan_ranges))
    return scans


def merged(documents: RDD[str], program: Program) -> list[str]:
    """So few documents that the driver can merge them; where there are many, nodes merge them first."""
    groups = math.ceil(documents.getNumPartitions() / MERGED_AT_ONCE)
    if groups > 1:
        # By the number of its partition, which stays the same if that has to be computed again.
        numbered = documents.mapPartitionsWithIndex(lambda number, some: ((number % groups, one) for one in some))
        documents = numbered.groupByKey(groups).values().map(program.merge)
    return documents.collect()


# Objects


def listed(context: SparkContext, uri: str) -> Iterator[Object]:
    """What stands below a URI."""
    hadoop = context._jvm.org.apache.hadoop.fs  # pyspark offers no listing that leaves nothing out
    system = hadoop.Path(uri).getFileSystem(context._jsc.hadoopConfiguration())
    root = system.makeQualified(hadoop.Path(uri)).toString().rstrip("/") + "/"
    entries = system.listFiles(hadoop.Path(uri), True)
    while entries.hasNext():
        entry = entries.next()
        yield Object(entry.getPath().toString().removeprefix(root), entry.getLen())


def units_of_objects(program: Program, uri: str, objects: Iterable[Object]) -> dict[Unit, list[Object]]:
    """Which objects are of one log; and, without objects, what is passed over or cannot be read.

    dumpsieve decides that by names and sizes alone, so it is shown a folder of empty files that have them.
    """
    waiting = {}
    with tempfile.TemporaryDirectory(prefix="dumpsieve-") as folder:
        for entry in objects:
            file = Path(folder, entry.path)
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as empty:
                empty.truncate(entry.bytes)
            waiting[entry.path] = entry
        listed = program.units(1 << 50, "--", folder)
    units = {path_of(unit): unit for unit in listed if not unit.is_of_walk}
    with_others = {
        path.rpartition("/")[0]: unit for path, unit in units.items() if unit.line.endswith("\tcompanions")
    }
    shares: dict[Unit, list[Object]] = {renamed(unit, uri): [] for unit in listed if unit.is_of_walk}
    for path, entry in waiting.items():
        # Its log, or itself; or else, as of a volume, what is read with others of its folder. The rest is passed over.
        place = next((name for name in above(path) if name in units), None)
        unit = units[place] if place is not None else with_others.get(path.rpartition("/")[0])
        if unit:
            shares.setdefault(unit, []).append(entry)
    return shares


def renamed(unit: Unit, dump: str) -> Unit:
    """The unit, as of a dump of another name."""
    fields = unit.line.split("\t")
    fields[2] = "".join(chr(byte) if 0x21 <= byte <= 0x7E and byte != 0x25 else f"%{byte:02x}" for byte in dump.encode())
    return Unit.read("\t".join(fields))


def above(path: str) -> Iterator[str]:
    """The path, and each folder above it up to the dump's own."""
    while path:
        yield path
        path = path.rpartition("/")[0]
    yield ""


def path_of(unit: Unit) -> str:
    field = unit.line.split("\t")[3]
    return re.sub(rb"%([0-9a-f]{2})", lambda digits: bytes.fromhex(digits[1].decode()), field.encode()).decode()


def fetch(uri: str, objects: list[Object], archive: tarfile.TarFile) -> None:
    """Streams objects into an archive, by Hadoop's own program, which has the node's credentials for the store."""
    # It takes names for patterns.
    names = [f"{uri.rstrip('/')}/" + re.sub(r"([\\*?{}\[\]^])", r"\\\1", entry.path) for entry in objects]
    home = os.environ.get("SPARK_HOME") or str(Path(pyspark.__file__).parent)
    command = [f"{home}/bin/spark-class", "org.apache.hadoop.fs.FsShell", "-cat", *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source:
        for entry in objects:
            member = tarfile.TarInfo(entry.path)
            member.size = entry.bytes
            archive.addfile(member, source.stdout)
        rest = source.stdout.read(1)
    if rest or source.returncode != 0:
        raise OSError(f"objects on {node()} are not what was listed, or cannot be fetched (status {source.returncode})")


def scan_of_objects(context: SparkContext, program: Program, uri: str, task_cost: int) -> list[RDD[str]]:
    shares = units_of_objects(program, uri, listed(context, uri))
    task_cost = max(task_cost, math.ceil(sum(unit.cost for unit in shares) / (MOST_TASKS // 3)))
    walk = [unit for unit in shares if unit.is_of_walk]
    tasks = [
        [entry for unit in task for entry in shares[unit]]
        for task in packed((unit for unit in shares if not unit.is_of_walk), task_cost)
    ]
    scans = []
    if tasks:
        scans.append(context.parallelize(tasks, len(tasks)).map(lambda objects: program.scan_objects(uri, objects)))
    if walk:
        scans.append(context.parallelize([lines(walk)], 1).map(program.scan))
    return scans


# The run


class Progress(threading.Thread):
    """Says on the driver how many tasks are done, whenever that has changed."""

    def __init__(self, context: SparkContext, seconds: float) -> None:
        super().__init__(daemon=True)
        self.tracker = context.statusTracker()
        self.seconds = seconds
        self.ended = threading.Event()

    def run(self) -> None:
        last = ""
        while not self.ended.wait(self.seconds):
            stages = [self.tracker.getStageInfo(stage) for stage in self.tracker.getActiveStageIds()]
            now = "; ".join(
                f"{stage.numCompletedTasks} of {stage.numTasks} tasks, {stage.numFailedTasks} attempts failed"
                for stage in stages
                if stage
            )
            if now and now != last:
                say(now)
            last = now


def say(text: str) -> None:
    print(f"scan.py: {text}", file=sys.stderr, flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scan.py",
        usage="scan.py [options] DUMP... -- OPTIONS OF dumpsieve scan",
        description="Runs one dumpsieve scan on a Spark cluster.",
    )
    parser.add_argument("dumps", nargs="+", metavar="DUMP", help="a path that all nodes have, or a URI")
    parser.add_argument("--out", default="findings.json", help="the document of the whole run, on the driver")
    parser.add_argument("--dumpsieve", default="dumpsieve", help="the program, on every node and on the driver")
    parser.add_argument("--rules", action="append", default=[], metavar="DIR", help="on every node and on the driver")
    parser.add_argument("--as-of", metavar="TIME", help="the clock of the run (default: now)")
    parser.add_argument("--fail-on", default="low", metavar="LEVEL", help="as for dumpsieve scan")
    parser.add_argument("--task-size", type=int, default=1 << 30, metavar="BYTES", help="default: 1 GiB")
    parser.add_argument("--range-size", type=int, default=64 << 20, metavar="BYTES", help="default: 64 MiB")
    parser.add_argument(
        "--levels", type=int, default=1, metavar="N", help="levels of folders that the driver lists (default: 1)"
    )
    parser.add_argument("--progress", type=float, default=10, metavar="SECONDS", help="default: 10")
    split = arguments.index("--") if "--" in arguments else len(arguments)
    given = parser.parse_args(arguments[:split])
    as_of = given.as_of or datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    given.scan_options = [*arguments[split + 1 :], "--as-of", as_of, "--jobs", "1"]
    return given


def why(error: Exception) -> tuple[int, str]:
    """The status and message of a job that failed, out of Spark's long one."""
    text = str(error)
    if said := re.search(r"dumpsieve on \S+ ended with status (\d+): .*", text):
        status = int(said[1])
        return status if status in (USAGE, REFUSED) else FAILED, said[0]
    return FAILED, text.strip().splitlines()[0] if text.strip() else type(error).__name__


def documents(context: SparkContext, program: Program, given: argparse.Namespace) -> list[str]:
    """Lists the dumps, has them scanned, and returns what is left to be merged."""
    uris = [dump for dump in given.dumps if "://" in dump]
    paths = [dump for dump in given.dumps if "://" not in dump]
    units = units_of_paths(context, program, paths, given) if paths else Units([])
    task_cost = max(given.task_size, math.ceil(units.cost / (MOST_TASKS // 3)))
    total = units.cost - UNIT_COST * units.number
    say(f"{units.number} units, {total >> 20} MiB, and the objects of {len(uris)} stores")
    scans = scan_of_paths(context, program, units, task_cost)
    for uri in uris:
        scans += scan_of_objects(context, program, uri, task_cost)
    if not scans:
        raise OSError("there is nothing to read")
    progress = Progress(context, given.progress)
    progress.start()
    try:
        return merged(context.union(scans), program)
    finally:
        progress.ended.set()


def main(arguments: list[str]) -> int:
    given = options(arguments)
    rules = [word for folder in given.rules for word in ("--rules", folder)]
    program = Program(given.dumpsieve, given.scan_options, rules)
    try:
        with SparkContext.getOrCreate() as context:
            context.setLogLevel("WARN")
            parts = documents(context, program, given)
    except Exception as error:  # whatever a node raised comes wrapped
        status, reason = why(error)
        say(reason)
        return status
    return program.finish(parts, given.out, given.fail_on)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
