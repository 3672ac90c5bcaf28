"""What a scan on Spark costs, in processor seconds: measured part by part, and then compared with jobs of which none was
used for that. What it predicts for larger ones."""

import json
import shutil
import subprocess
import time

from place import AS_OF, REPOSITORY, must, must_be_same, say
from processors import OUT, Noted, adopt, middle, used, wait_for_adopted

#: Of a node in the predictions: cores, and bytes a second from where the dumps lie.
CORES, NETWORK = 16, 1.25e9
#: Bytes of a log, and of a range, in the predictions; processes that list, at least (`scan.py`).
LOG_BYTES, RANGE_BYTES, LISTERS = 20_000, 64 << 20, 32
#: Seconds until the first task of a job runs, and bytes of a part that is merged, as they are in the predictions.
START, PART_BYTES = 20, 20_000
#: Options of jobs, as they are checked.
COARSE = ("--task-size", str(64 << 20))
FINE = ("--task-size", str(32 << 20), "--levels", "2")


class Costs:
    """Processor seconds of each part of the work."""

    def __init__(self, place, logs):
        self.place = place
        maker = place.folder / "corpus"
        source = REPOSITORY / "Benchmarks/speed/corpus.c"
        compiler = shutil.which("cc") or "clang"
        subprocess.run([compiler, "-O2", "-std=c11", "-D_GNU_SOURCE", "-o", maker, source], check=True)
        self.maker = maker
        self.tree = self.make("tree", logs, "tree/channel")
        lines = self.make("ulp", 400_000_000, "lines.txt")
        self.tiny = self.make("ulp", 2000, "tiny.txt")
        subprocess.run([maker, "list", "0", "1000", place.folder / "accounts.csv"], check=True)
        place.make_list(place.folder / "accounts.csv")
        program = place.program
        self.scan = middle(self.scanning(self.tiny), rounds=5)
        self.byte = (middle(self.scanning(lines)) - self.scan) / lines.stat().st_size
        # All that a log costs, its bytes included: they are few.
        self.log = (middle(self.scanning(self.tree)) - self.scan) / logs
        self.list = middle([program, "units", self.tiny], rounds=5)
        self.listed = (middle([program, "units", self.tree]) - self.list) / logs
        parts = self.parts(100)
        self.merge = middle([program, "merge", parts[0], "--out", OUT], rounds=5)
        merging = middle([program, "merge", *parts, "--out", OUT])
        self.merged = (merging - self.merge) / (99 * parts[0].stat().st_size)
        self.job = self.task = 0.0

    def make(self, kind, size, name):
        path = self.place.folder / name
        path.parent.mkdir(exist_ok=True)
        subprocess.run([self.maker, kind, str(size), path], check=True, stdout=subprocess.DEVNULL)
        return path

    def scanning(self, dump):
        fixed = ["--jobs", "1", "--as-of", AS_OF, "--fail-on", "none", "--out", OUT]
        return [self.place.program, "scan", dump, *self.place.scan_options, "--key-file", self.place.key, *fixed]

    def parts(self, count):
        """So many documents, as they are of runs of their own."""
        document = self.place.single(self.tree)[0].read_text()
        own = json.loads(document)["run"]["id"]
        parts = [self.place.folder / f"part{number}.json" for number in range(count)]
        for number, part in enumerate(parts):
            part.write_text(document.replace(own, f"{number:032x}"))
        return parts

    def measure_spark(self):
        """What Spark and Python use for a job, and for a task more: a job with two hundred tasks more, and one before and
        behind it, as starting Java takes now more and now less."""
        few, many = (self.place.folder / name for name in ("few", "many"))
        for folder, count in ((few, 1), (many, 201)):
            folder.mkdir()
            for number in range(count):
                (folder / f"{number}.txt").write_bytes(self.tiny.read_bytes())
        first, more, second = (job(self, dumps, "--task-size", "264000") for dumps in (few, many, few))
        one = (first.spark + second.spark) / 2
        self.task = (more.spark - one) / (more.tasks - first.tasks)
        self.job = one - self.task * first.tasks

    def dumpsieve(self, runs, size, logs, parts):
        """What dumpsieve's runs use, `runs` by what they are, for so many bytes of lines, logs, and bytes of parts."""
        starts = runs["scan"] * self.scan + runs["units"] * self.list + runs["merge"] * self.merge
        return starts + size * self.byte + logs * (self.log + self.listed) + parts * self.merged

    def spark(self, tasks):
        return self.job + tasks * self.task

    def say(self):
        say("processor seconds, of a core of this machine:")
        for cost, what in (
            (self.scan, "a scan, to start"),
            (self.byte * 1e9, "a GB of lines (ULP)"),
            (self.log * 1000, "a thousand logs of 21 kB in five files"),
            (self.list, "a list, to start"),
            (self.listed * 1000, "a thousand such logs, to list"),
            (self.merge, "a merge, to start"),
            (self.merged * 1e6, "a MB of parts, to merge"),
            (self.job, "Spark, to start: driver, two executors, Python"),
            (self.task, "Spark, a task"),
        ):
            say(f"  {cost:8.3f}  {what}")


class Measured:
    """What a job has used."""

    def __init__(self, total, runs, tasks, clock):
        self.runs = {what: [seconds for name, seconds in runs if name.split()[0] == what] for what in RUNS}
        self.dumpsieve = sum(sum(each) for each in self.runs.values())
        self.spark = total - self.dumpsieve
        self.tasks = tasks
        self.clock = clock

    @property
    def counts(self):
        return {what: len(each) for what, each in self.runs.items()}


RUNS = ("scan", "units", "merge")


def job(costs, dumps, *options):
    """Runs a job on two executors of one core, and compares its document with that of one process."""
    place = costs.place
    folder = place.folder / f"job-{time.monotonic_ns()}"
    folder.mkdir()
    events = folder / "events"
    events.mkdir()
    single, _ = place.single(dumps, "--range-size", "16000000")
    noted = Noted(place.program, folder)
    conf = ("spark.eventLog.enabled=true", f"spark.eventLog.dir=file://{events}", "spark.eventLog.compress=false")
    conf += ("spark.python.daemon.module=counted_daemon",)
    environment = {"CREDENTIALS_DIRECTORY": str(place.key.parent), "PYTHONPATH": str(REPOSITORY / "Tests/Spark")}
    before, started = used(), time.monotonic()
    options = ("--range-size", "16000000", "--dumpsieve", noted.program, *options)
    place.ended(place.submit("local-cluster[2,1,1024]", [dumps], *options, conf=conf, environment=environment))
    clock = time.monotonic() - started
    wait_for_adopted()
    total = used() - before
    must_be_same(single, place.folder / "spark.json")
    return Measured(total, list(noted.runs()), tasks_of(events), clock)


def tasks_of(events):
    """Tasks, out of Spark's event log."""
    # Beside the log lie files of checksums.
    logs = [file.read_text() for file in events.rglob("[!.]*") if file.is_file()]
    tasks = sum(log.count('"Event":"SparkListenerTaskEnd"') for log in logs)
    must(tasks > 0, "Spark's event log tells of no task")
    return tasks


def check(costs, name, dumps, size, logs, *options):
    """One job: what the model says, and what it has used."""
    done = job(costs, dumps, *options)
    parts = done.counts["scan"] * (costs.place.folder / "part0.json").stat().st_size
    predicted = costs.dumpsieve(done.counts, size, logs, parts), costs.spark(done.tasks)
    measured = done.dumpsieve, done.spark
    off = [f"{measured[each] / predicted[each] - 1:+.0%}" for each in (0, 1)]
    whole = sum(measured) / sum(predicted) - 1
    say(
        f"{name}: {done.tasks} tasks; dumpsieve {predicted[0]:.1f} s predicted, {measured[0]:.1f} used ({off[0]}); "
        f"Spark {predicted[1]:.1f} and {measured[1]:.1f} ({off[1]}); in all {whole:+.0%}; {done.clock:.0f} s by the clock"
    )
    say("  of it: " + ", ".join(f"{len(each)} {what} {sum(each):.1f} s" for what, each in done.runs.items()))
    return whole


def hours(seconds):
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def predict(costs):
    for amount, label in ((1.5e12, "1.5 TB"), (100e12, "100 TB")):
        for kind in ("lines", "logs"):
            for nodes in (8, 64):
                logs = amount / LOG_BYTES if kind == "logs" else 0
                # Ranges are read by tasks of 1 GiB, of which there are 1000 at most, and joined by some more.
                scans = min(1000, amount / 2**30)
                listing = logs * costs.listed + LISTERS * costs.list if logs else 0
                work = logs * costs.log if logs else amount * costs.byte
                work += scans * costs.scan + costs.spark(2 * scans)
                merging = scans * PART_BYTES * costs.merged / 4 + 2 * costs.merge
                processors = (listing + work) / (nodes * CORES)
                network = amount / (nodes * NETWORK)
                last = work / scans
                whole = START + max(processors, network) + last + merging
                say(
                    f"{label} of {kind}, {nodes} nodes: listing {hours(listing / nodes / CORES)}, processors "
                    f"{hours(processors)}, network {hours(network)}, last task {hours(last)}, merging {hours(merging)}: "
                    f"{hours(whole)}; a list by one process {hours(listing)}"
                )


def test(place, options):
    adopt()
    costs = Costs(place, 4000)
    costs.measure_spark()
    costs.say()
    mixed = place.folder / "mixed"
    mixed.mkdir()
    logs = max(500, options.logs)
    costs.make("tree", logs, "mixed/channel")
    sizes = [costs.make("ulp", size, f"mixed/{size}.txt").stat().st_size for size in (90_000_000, 210_000_000)]
    lines = costs.make("ulp", 700_000_000, "more.txt")
    many = costs.make("tree", 9000, "many/channel").parent
    off = [
        check(costs, f"{logs} logs and 300 MB in two files", mixed, sum(sizes), logs, *COARSE),
        check(costs, "700 MB in one file", lines, lines.stat().st_size, 0, *COARSE),
        check(costs, "9,000 logs, tasks of 1 GiB", many, 0, 9000),
        check(costs, "9,000 logs, tasks of 32 MiB, listed by nodes", many, 0, 9000, *FINE),
    ]
    say(f"off by {max(off, key=abs):+.0%} at most")
    predict(costs)
