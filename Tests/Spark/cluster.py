"""A standalone Spark cluster of two workers on this machine, whose nodes die and lack keys."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from place import REPOSITORY, SPARK, must, must_be_same, say

MASTER = "127.0.0.1"
NODES = ("127.0.0.2", "127.0.0.3")


class Cluster:
    """A master and a worker on each address; every node has its own credentials."""

    def __init__(self, folder, credentials):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.processes = {}
        home = next(SPARK.glob("lib/python3*/site-packages/pyspark"))
        self.spark_class = home / "bin/spark-class"
        self.start("master", "org.apache.spark.deploy.master.Master", MASTER, "--port", "0", "--webui-port", "0")
        self.url = self.wait_for("master", r"Starting Spark master at (spark://\S+)")
        for node, folder in zip(NODES, credentials):
            more = ["--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", self.folder / node, self.url]
            self.start(node, "org.apache.spark.deploy.worker.Worker", node, *more, CREDENTIALS_DIRECTORY=str(folder))
        for node in NODES:
            self.wait_for(node, r"Successfully registered with master")

    def start(self, name, what, address, *options, **more):
        variables = {**os.environ, "SPARK_LOCAL_IP": address, "PYSPARK_PYTHON": str(SPARK / "bin/python"), **more}
        variables["SPARK_LOG_LEVEL"] = "INFO"
        log4j = self.folder / "log4j2.properties"
        log4j.write_text(
            "rootLogger.level = info\nrootLogger.appenderRef.stdout.ref = console\n"
            "appender.console.type = Console\nappender.console.name = console\nappender.console.target = SYSTEM_ERR\n"
            "appender.console.layout.type = PatternLayout\nappender.console.layout.pattern = %p %c{1}: %m%n\n"
        )
        variables["SPARK_DAEMON_JAVA_OPTS"] = f"-Dlog4j2.configurationFile=file://{log4j}"
        command = [self.spark_class, what, "--host", address, *options]
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(word) for word in command], stdout=log, stderr=log, env=variables, start_new_session=True
            )

    def wait_for(self, name, pattern, seconds=120):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, (self.folder / f"{name}.log").read_text(errors="replace")):
                return found[1] if found.groups() else found[0]
            time.sleep(0.5)
        must(False, f"{name} says nothing of {pattern}")

    def kill(self, node):
        """SIGKILL to the worker, its executor and whatever they started: as if the node had lost its power."""
        doomed = descendants(self.processes[node].pid)
        for process in doomed:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return len(doomed)

    def end(self):
        for node in self.processes:
            self.kill(node)
        for process in self.processes.values():
            process.wait()


def descendants(process):
    """A process and all that it started, from /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found = [process]
    for one in found:
        found += parents.get(one, [])
    return found


def make_logs(folder, logs):
    """A tree of logs, and files of lines and of blocks as long as some ranges, with 40 listed accounts in each."""
    maker = folder / "corpus"
    compiler = shutil.which("cc") or "clang"
    source = REPOSITORY / "Benchmarks/speed/corpus.c"
    subprocess.run([compiler, "-O2", "-std=c11", "-D_GNU_SOURCE", "-o", maker, source], check=True)
    dumps = folder / "dumps"
    dumps.mkdir()
    made = [
        ["tree", logs, dumps / "tree"],
        ["ulp", 12_000_000, dumps / "lines.txt"],
        ["ulp", 5_000_000, dumps / "more/lines.txt"],
        ["blocks", 7_000_000, dumps / "more/blocks.txt"],
    ]
    (dumps / "more").mkdir()
    for words in made:
        subprocess.run([maker, *map(str, words)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([maker, "list", "0", "1000", folder / "accounts.csv"], check=True)
    return dumps


def prepared(place, logs, tasks=40):
    """Generated dumps, what one process says of them, and options for about forty tasks, so that there is a middle. The
    driver lists what is above logs, and nodes the logs."""
    started = time.monotonic()
    dumps = make_logs(place.folder, logs)
    place.make_list(place.folder / "accounts.csv")
    say(f"{logs} logs made in {time.monotonic() - started:.0f} s")
    started = time.monotonic()
    units = place.dumpsieve("units", dumps, "--range-size", "2000000").stdout.count("\n")
    say(f"{units} units listed in {time.monotonic() - started:.1f} s")
    single, seconds = place.single(dumps, "--jobs", "1", "--range-size", "2000000")
    say(f"one process with one worker: {seconds:.1f} s")
    cost = logs * (20_000 + (256 << 10)) + 25_000_000
    return dumps, single, ("--task-size", str(cost // tasks), "--range-size", "2000000", "--levels", "2")


def test(place, options):
    dumps, single, size = prepared(place, options.logs)
    started = time.monotonic()
    place.ended(place.submit("local-cluster[2,1,1024]", [dumps], *size))
    must_be_same(single, place.folder / "spark.json")
    say(f"local-cluster[2,1,1024]: the same bytes, in {time.monotonic() - started:.0f} s")
    killed(place, dumps, single, size)


def merging(place, _options):
    """A node is lost while it merges what others have found; and a file has names in two folders of the dump."""
    dumps, _, size = prepared(place, 500, tasks=120)
    folders = sorted((dumps / "tree").iterdir())
    names = [next(folder.glob("*.txt")) for folder in (folders[3], folders[400])]
    names[1].unlink()
    names[1].hardlink_to(names[0])
    single, _ = place.single(dumps, "--range-size", "2000000")
    # As dumpsieve, but that a merge begins with a note, and takes long enough to be interrupted.
    slow, begun = place.folder / "slow", place.folder / "begun"
    slow.write_text(
        f'#!/bin/sh\n[ "$1 $SPARK_LOCAL_IP" != "merge {NODES[0]}" ] || [ -e {begun} ] || '
        f'{{ touch {begun}; sleep 60; }}\nexec "{place.program}" "$@"\n'
    )
    slow.chmod(0o755)
    nodes = Cluster(place.folder / "merging", [place.key.parent] * 2)
    try:
        started = time.monotonic()
        job = place.submit(nodes.url, [dumps], *size, "--dumpsieve", slow)
        while job.poll() is None and not begun.exists():
            time.sleep(0.5)
        must(job.poll() is None, f"the job ended before a node merged: {place.messages()[-2000:]}")
        count = nodes.kill(NODES[0])
        place.ended(job)
        must("Lost executor" in place.messages(), "Spark has lost no executor")
        must("one process lists" in place.messages(), "nobody has noticed the linked file")
        must_be_same(single, place.folder / "spark.json")
        say(
            f"{count} processes of a node killed while it merged, and names of one file in two folders: the same bytes, "
            f"in {time.monotonic() - started:.0f} s"
        )
    finally:
        nodes.end()


def keys(place, _options):
    dumps, single, size = prepared(place, 500)
    for name, change in (("another key", other_key), ("no key", no_key)):
        refused(place, dumps, single, size, name, change)


def killed(place, dumps, single, size):
    nodes = Cluster(place.folder / "killed", [place.key.parent] * 2)
    try:
        started = time.monotonic()
        job = place.submit(nodes.url, [dumps], *size)
        # Progress says how far it is: the node goes once a quarter of the tasks is done.
        while job.poll() is None and not is_under_way(place.messages()):
            time.sleep(0.5)
        must(job.poll() is None, f"the job ended before anything could be killed: {place.messages()[-2000:]}")
        count = nodes.kill(NODES[0])
        say(f"killed {count} processes of one node, {time.monotonic() - started:.0f} s after the start")
        place.ended(job)
        must("Lost executor" in place.messages(), "Spark has lost no executor")
        must_be_same(single, place.folder / "spark.json")
        say(f"two nodes, one killed in the middle: the same bytes, in {time.monotonic() - started:.0f} s")
    finally:
        nodes.end()


def is_under_way(messages):
    # Once all is listed.
    counts = re.findall(r"(\d+) of (\d+) tasks", messages.partition(" units, ")[2])
    return any(4 * int(done) >= int(count) and int(count) > 20 for done, count in counts)


def other_key(place, folder):
    place.dumpsieve("key", "new", "--partner", "org-formation-isere", "--out", folder / "org-formation-isere.key")


def no_key(_place, _folder):
    pass


def refused(place, dumps, single, size, name, change):
    """One of two nodes cannot read the list: the job says which; whatever the other node made of it is right."""
    folder = place.folder / name.replace(" ", "-")
    folder.mkdir()
    change(place, folder)
    (place.folder / "spark.json").unlink(missing_ok=True)
    nodes = Cluster(place.folder / f"cluster-{name.replace(' ', '-')}", [place.key.parent, folder])
    try:
        job = place.submit(nodes.url, [dumps], *size)
        status = place.ended(job, good=(0, 3, 78))
        node = re.search(r"dumpsieve on (\S+) ended with status 78: [^\n]*", place.messages())
        must(node is not None, f"nobody says which node has {name}")
        must(node[1] == NODES[1], f"the wrong node is named: {node[0]}")
        must((place.folder / "spark.json").exists() == (status in (0, 3)), "a refused job has a document")
        if status in (0, 3):
            must_be_same(single, place.folder / "spark.json")
        say(f"{name} on one node: status {status}, and “{node[0]}”")
    finally:
        nodes.end()
