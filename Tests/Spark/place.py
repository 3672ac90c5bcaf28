"""A directory for one test: dumps, key and list in it, and the runs whose results are compared."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SPARK = REPOSITORY / ".build/spark"
SCAN = REPOSITORY / "contrib/spark/scan.py"
PARTNER = "org-formation-isere"
AS_OF = "2025-07-14T01:30:00Z"


class Broken(Exception):
    """A promise that was not kept."""


def must(is_kept, promise):
    if not is_kept:
        raise Broken(promise)


class Place:
    def __init__(self, program, folder):
        self.program = Path(program).resolve()
        self.folder = Path(folder)
        self.key = self.folder / "keys" / f"{PARTNER}.key"
        self.list = self.folder / f"{PARTNER}.dsw"

    def run(self, *arguments, good=(0,), **more):
        """A command's end; what it was started with and said, if its status is none of the good ones."""
        words = [str(word) for word in arguments]
        ended = subprocess.run(words, capture_output=True, text=True, check=False, **more)
        if good is not None and ended.returncode not in good:
            raise Broken(f"{' '.join(words[:4])} … ended with {ended.returncode}: {ended.stderr[-2000:]}")
        return ended

    def dumpsieve(self, *arguments, good=(0,), **more):
        return self.run(self.program, *arguments, good=good, **more)

    def make_list(self, csv, *options):
        """The list, and the key in a folder of credentials as systemd lends them."""
        self.key.parent.mkdir(parents=True)
        self.dumpsieve("key", "new", "--partner", PARTNER, "--out", self.key)
        named = ["--key-file", self.key, "--partner", PARTNER, "--out", self.list]
        self.dumpsieve("watchlist", "make", *named, *options, csv)

    @property
    def scan_options(self):
        return ["--watchlist", str(self.list)]

    def single(self, dump, *options):
        """What one process says of a dump, and how long it takes."""
        out = self.folder / "single.json"
        started = time.monotonic()
        fixed = ["--key-file", self.key, "--as-of", AS_OF, "--fail-on", "none", "--out", out]
        self.dumpsieve("scan", dump, *self.scan_options, *fixed, *options, good=(0, 3))
        return out, time.monotonic() - started

    def submit(self, master, dumps, *options, conf=(), scan=None, environment=None):
        """Starts scan.py as a user does; its messages go to files beside the document."""
        home = next(SPARK.glob("lib/python3*/site-packages/pyspark"))
        command = [home / "bin/spark-submit", "--master", master, "--name", "dumpsieve"]
        for setting in ("spark.ui.port=0", f"spark.local.dir={self.folder / 'spark-tmp'}", *conf):
            command += ["--conf", setting]
        command += [SCAN, "--dumpsieve", self.program, "--as-of", AS_OF, "--fail-on", "none", "--progress", "2"]
        command += ["--out", self.folder / "spark.json", *options, *dumps, "--"]
        command += self.scan_options if scan is None else scan
        variables = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(SPARK / "bin/python")}
        variables.update(environment or {"CREDENTIALS_DIRECTORY": str(self.key.parent)})
        (self.folder / "spark-tmp").mkdir(exist_ok=True)
        with open(self.folder / "driver.out", "wb") as out, open(self.folder / "driver.err", "wb") as errors:
            return subprocess.Popen(
                [str(word) for word in command], stdout=out, stderr=errors, env=variables, cwd=self.folder
            )

    def messages(self):
        """What Spark said, and what scan.py did: spark-submit gives all of that out as standard output."""
        return "".join((self.folder / f"driver.{name}").read_text(errors="replace") for name in ("err", "out"))

    def ended(self, job, good=(0, 3), seconds=3600):
        """Waits for a job; what it said last, if it did not end well."""
        status = job.wait(seconds)
        must(status in good, f"the job ended with {status}: {self.messages()[-3000:]}")
        return status


def findings(path):
    """The bytes of a document from its findings on: all but the block of the run."""
    text = Path(path).read_bytes()
    return text[text.index(b'\n  "findings": [') :]


def coverage(path):
    return json.loads(Path(path).read_bytes())["run"]["coverage"]


def must_be_same(single, merged, without=()):
    """The findings byte for byte, and what was read."""
    must(findings(single) == findings(merged), "the findings are not those of the single run")
    ours, theirs = coverage(single), coverage(merged)
    for member in without:
        ours.pop(member, None)
        theirs.pop(member, None)
    must(ours == theirs, f"the coverage is not that of the single run: {ours} and {theirs}")


def logins(folder):
    """Every login that stands in the truths of samples/, and each address in its files."""
    found = set()
    for truth in Path(folder).rglob("*.truth.json"):
        found.update(re.findall(r'"login":\s*"([^"]{6,})"', truth.read_text()))
    for file in Path(folder).rglob("*"):
        if file.is_file():
            found.update(
                name.decode() for name in re.findall(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", file.read_bytes())
            )
    return found


def must_hold_none(secrets, folder):
    """None of the secrets stands in a file below the folder; there must be files."""
    pattern = re.compile(b"|".join(re.escape(secret.encode()) for secret in sorted(secrets)), re.IGNORECASE)
    size = 0
    for file in Path(folder).rglob("*"):
        if not file.is_file():
            continue
        content = file.read_bytes()
        size += len(content)
        if secret := pattern.search(content):
            raise Broken(f"{file} holds {secret[0].decode()}")
    must(size > 10_000, f"{folder} holds nothing to search")
    return size


def temporary():
    return tempfile.TemporaryDirectory(prefix="dumpsieve-spark-")


def say(text):
    print(f"spark: {text}", flush=True, file=sys.stdout)
