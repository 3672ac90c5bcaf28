"""What a scan costs, measured in its parts; what that predicts for a job on this machine, and what the job takes."""

import json
import resource
import shutil
import statistics
import subprocess
import time

from place import AS_OF, REPOSITORY, must, must_be_same, say

LOCAL = "local-cluster[2,1,1024]"
#: Of a node in the predictions: cores, and bytes a second from where the dumps lie.
CORES, NETWORK = 16, 1.25e9
#: Bytes of a log and of a file of lines, as they are in the predictions.
LOG_BYTES = 20_000


def cpu(command, good):
    """Processor seconds of a program and all that it started, and seconds by the clock."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    ended = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    seconds = time.monotonic() - started
    must(ended.returncode in good, f"{command[1]} ended with {ended.returncode}: {ended.stderr.decode()[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seconds


def middle(command, good=(0, 1, 3), rounds=3):
    """The medians of several runs."""
    runs = [cpu(command, good) for _ in range(rounds)]
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


class Costs:
    """Seconds of one core for each part of the work."""

    def __init__(self, place, logs, megabytes):
        self.place = place
        maker = place.folder / "corpus"
        source = REPOSITORY / "Benchmarks/speed/corpus.c"
        compiler = shutil.which("cc") or "clang"
        subprocess.run([compiler, "-O2", "-std=c11", "-D_GNU_SOURCE", "-o", maker, source], check=True)
        self.tree, self.lines, self.tiny = (place.folder / name for name in ("tree", "lines.txt", "tiny.txt"))
        made = [("tree", logs, self.tree), ("ulp", megabytes * 10**6, self.lines), ("ulp", 2000, self.tiny)]
        for kind, size, path in made:
            subprocess.run([maker, kind, str(size), path], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([maker, "list", "0", "1000", place.folder / "accounts.csv"], check=True)
        place.make_list(place.folder / "accounts.csv")
        self.logs = logs
        self.tree_bytes = sum(file.stat().st_size for file in self.tree.rglob("*") if file.is_file())
        self.start, _ = middle(self.scan(self.tiny), rounds=5)
        lines, _ = middle(self.scan(self.lines))
        self.rate = self.lines.stat().st_size / (lines - self.start)
        tree, _ = middle(self.scan(self.tree))
        # All that a log costs, its bytes included: they are few.
        self.log = (tree - self.start) / logs
        listing, _ = middle([place.program, "units", self.tree])
        self.listed = listing / logs
        self.merged = self.merge()

    def scan(self, dump):
        fixed = ["--jobs", "1", "--as-of", AS_OF, "--fail-on", "none", "--out", self.place.folder / "one.json"]
        return [self.place.program, "scan", dump, *self.place.scan_options, "--key-file", self.place.key, *fixed]

    def merge(self):
        """A byte of a part."""
        document = (self.place.folder / "one.json").read_text()
        own = json.loads(document)["run"]["id"]
        parts = []
        for number in range(100):
            parts.append(self.place.folder / f"part{number}.json")
            parts[-1].write_text(document.replace(own, f"{number:032x}"))
        merging, _ = middle(
            [self.place.program, "merge", *parts, "--out", self.place.folder / "m.json", "--fail-on", "none"]
        )
        return merging / (100 * len(document))

    def say(self):
        say(f"start of a scan                 {self.start * 1000:8.0f} ms of a core")
        say(f"lines (ULP)                     {self.rate / 1e6:8.0f} MB/s a core")
        say(f"a log of {self.tree_bytes // self.logs} bytes, five files {self.log * 1e6:8.0f} µs of a core")
        say(f"listing a log                   {self.listed * 1e6:8.0f} µs of a core")
        say(f"merging                         {1 / self.merged / 1e6:8.1f} MB/s of parts")


def stages(events):
    """Seconds from the first task's start to the last one's end, and tasks, out of Spark's event log."""
    begun, ended = [], []
    # Beside the log lie files of checksums.
    for file in events.rglob("[!.]*"):
        for line in file.read_text().splitlines() if file.is_file() else []:
            event = json.loads(line)
            if event["Event"] == "SparkListenerTaskEnd":
                begun.append(event["Task Info"]["Launch Time"])
                ended.append(event["Task Info"]["Finish Time"])
    return (max(ended) - min(begun)) / 1000, len(begun)


def point(place, costs, name, dump, seconds, *options, warming=0.0):
    """One job: what the model says of its tasks, and what they take; returns that. `warming` is what the first tasks
    take to start Java and Python, whatever they do."""
    single, _ = place.single(dump, "--range-size", "16000000")
    events = place.folder / f"events-{name.split()[0]}"
    events.mkdir()
    conf = ("spark.eventLog.enabled=true", f"spark.eventLog.dir=file://{events}", "spark.eventLog.compress=false")
    started = time.monotonic()
    place.ended(place.submit(LOCAL, [dump], "--range-size", "16000000", *options, conf=conf))
    whole = time.monotonic() - started
    must_be_same(single, place.folder / "spark.json")
    taken, tasks = stages(events)
    predicted = warming + (seconds + tasks * costs.start) / 2
    say(f"{name}: {tasks} tasks, predicted {predicted:.1f} s, taken {taken:.1f} s; the whole job {whole:.0f} s")
    return taken


def hours(seconds):
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def predict(costs):
    for amount, label in ((1.5e12, "1.5 TB"), (100e12, "100 TB")):
        for kind in ("lines", "logs"):
            for nodes in (8, 64):
                tasks = min(1000, amount / 2**30)
                work = amount / costs.rate if kind == "lines" else amount / LOG_BYTES * costs.log
                processors = (work + tasks * costs.start) / (nodes * CORES)
                network = amount / (nodes * NETWORK)
                listing = amount / LOG_BYTES * costs.listed if kind == "logs" else 0
                say(
                    f"{label} of {kind}, {nodes} nodes: processors {hours(processors)}, network {hours(network)}, "
                    f"listing {hours(listing)}"
                )


def test(place, options):
    costs = Costs(place, options.logs, 400)
    costs.say()
    warming = point(place, costs, "nothing", costs.tiny, 0)
    small = ("--task-size", str(32 << 20))
    point(place, costs, "logs", costs.tree, costs.logs * costs.log, *small, warming=warming)
    size = costs.lines.stat().st_size
    point(place, costs, "ranges of one file", costs.lines, size / costs.rate, *small, warming=warming)
    predict(costs)
