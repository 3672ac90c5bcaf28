"""A place in which scans are tortured, and the judgement of what they leave."""

import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "Tests/CommandTests"))

import archives  # noqa: E402

MARKER = b"CANARY"
PARTNER = "org-formation-isere"
OUTPUT = "findings.json"
PARTIAL = "findings.partial.json"
PROBLEMS = "problems.txt"
# The one name under which a killed run may leave what it was writing.
TEMPORARY = OUTPUT + ".dumpsieve-new"
# The dynamic loader's own status where it cannot load a library; the program has not begun.
LOADER_FAILED = 127
# Accounts that stand in one archive each, and in no other file: if it is not read, they lack.
ARCHIVED = {"pack.zip": "s.benali", "pack.7z": "p.durand", "pack.tar.gz": "l.garnier"}
REFERENCES = {
    "f.martin": "KAI-0042", "s.benali": "KAI-0044", "p.durand": "KAI-0045", "l.garnier": "KAI-0050",
    "m.perrin": "KAI-0051", "k.haddad": "KAI-0052",
}


class Broken(Exception):
    """A promise that was not kept."""


class Outcome:
    """What one run left: its status (negative: the signal that ended it), and what it said."""

    def __init__(self, status, output, errors):
        self.status = status
        self.output = output
        self.errors = errors


class Workplace:
    """A directory with key, watchlist and a dump, and the findings that an untroubled run makes of it."""

    def __init__(self, executable):
        self.executable = str(executable)
        # What came of runs and breaks no promise that is tested here, but is to be counted aloud.
        self.remarks = collections.Counter()
        self.path = Path(tempfile.mkdtemp(prefix="dumpsieve-torture-"))
        self.dump = self.path / "dumps"
        self.results = self.path / "results"
        self.results.mkdir()
        self.temporary = self.path / "tmp"
        self.temporary.mkdir()
        shutil.copytree(REPOSITORY / "samples/dumps", self.dump)
        for archive in self.dump.glob("*/*.zip"):
            archive.unlink()  # cut off: no run reads it whole, and faults must be what keeps one from it
        make_archives(self.dump / "archives")
        key, self.list = self.path / "isere.key", self.path / "isere.dsw"
        self._make(["key", "new", "--partner", PARTNER, "--out", key])
        accounts = REPOSITORY / "samples/partner/accounts.csv"
        self._make(
            ["watchlist", "make", "--key-file", key, "--partner", PARTNER, "--out", self.list, accounts]
        )
        self.scan = [
            self.executable, "scan", "dumps", "--watchlist", "isere.dsw", "--key-file", "isere.key",
            "--as-of", "2025-07-14T01:30:00Z", "--jobs", "2", "--out", "results/" + OUTPUT,
            "--problem-log", PROBLEMS,
        ]
        # What the problem logs of all runs say stands behind an id.
        self.paths = {}
        outcome = self.run()
        if outcome.status != 1:
            raise SystemExit(f"an untroubled scan ends with {outcome.status}: {outcome.errors.decode()}")
        self.expected = self.document(OUTPUT)
        self.good = (self.results / OUTPUT).read_bytes()
        lacking = {REFERENCES[account] for account in ARCHIVED.values()} - self.accounts(self.expected)
        if len(self.expected["findings"]) < 5 or lacking or not self.expected["run"]["coverage"]["complete"]:
            raise SystemExit("an untroubled scan does not find what it should")

    def _make(self, arguments):
        subprocess.run([self.executable, *map(str, arguments)], check=True, capture_output=True)

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def start(self, before=(), more=(), limits=None, environment=None):
        """Starts a scan with `more` options, behind the words of `before` (strace's), with `limits` called in the child."""
        return subprocess.Popen(
            [*before, *self.scan, *more], cwd=self.path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=limits,
            env={**os.environ, "TMPDIR": str(self.temporary), **(environment or {})},
            start_new_session=True,
        )

    def finish(self, process, seconds=120):
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            # Behind strace, the scan is a process of its own.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise Broken("it hangs") from None
        return Outcome(process.returncode, output, errors)

    def run(self, **how):
        return self.finish(self.start(**how))

    def document(self, name):
        return json.loads((self.results / name).read_text(encoding="ascii"))

    def restore(self):
        """Puts the good findings of an earlier night back, and nothing beside them."""
        for path in self._written():
            path.unlink()
        (self.results / OUTPUT).write_bytes(self.good)

    def judge(self, outcome, killed=False, interrupted=False, changing=False):
        """Raises Broken unless what a run left keeps every promise, whatever went wrong; restores the place.

        Where files of the dump were `changing` in which no account stands, facts may be others, but not the accounts.
        """
        try:
            self._check(outcome, killed, interrupted, self._check_accounts if changing else self._check_complete)
        finally:
            self.restore()

    def _check(self, outcome, killed, interrupted, check):
        self._check_leaks(outcome)
        self._check_names(killed)
        if killed and outcome.status == -signal.SIGKILL:
            self._check_whole()
        elif outcome.status == LOADER_FAILED:
            self._check_stands("the program did not begin")
        else:
            self._check_status(outcome, interrupted, check)

    def _written(self):
        """The files that a run has written."""
        return [*self.results.iterdir(), *self.temporary.iterdir()]

    def _check_leaks(self, outcome):
        log = self.path / PROBLEMS
        written = self._written() + ([log] if log.exists() else [])
        texts = [outcome.output, outcome.errors, *(path.read_bytes() for path in written)]
        if any(MARKER in text for text in texts):
            raise Broken("a secret gets out")

    def _check_names(self, killed):
        allowed = {OUTPUT, PARTIAL} | ({TEMPORARY} if killed else set())
        extra = {path.name for path in self._written()} - allowed
        if extra:
            raise Broken(f"it leaves {sorted(extra)}")

    def _check_stands(self, why):
        if (self.results / OUTPUT).read_bytes() != self.good:
            raise Broken(f"{why}, and the earlier findings are gone")

    def _check_whole(self):
        if (self.results / OUTPUT).read_bytes() != self.good:
            self._check_complete(self.document(OUTPUT))

    def _check_complete(self, document):
        """Findings may lack only where the coverage says that something was not read."""
        coverage = document["run"]["coverage"]
        # Without its machine, a finding has another id.
        extra = self.accounts(document) - self.accounts(self.expected)
        if extra:
            raise Broken(f"it finds what is not there: {extra}")
        if coverage["complete"]:
            same = document["findings"] == self.expected["findings"]
            if not same or coverage != self.expected["run"]["coverage"]:
                raise Broken("it calls itself complete, and is not")
        elif not coverage["unread"]:
            raise Broken("something was not read, and it does not say what")
        self._check_named(document)

    def _check_named(self, document):
        """An archive whose account is not found is named, or what it stands in, or what stands in it."""
        unread = [entry["path_id"] for entry in document["run"]["coverage"]["unread"]]
        self._learn_paths()
        named = [self.paths[number] for number in unread if number in self.paths]
        if len(named) < len(unread):
            self.remarks["problem logs that do not say what stands behind an id"] += 1
            return
        for name, account in ARCHIVED.items():
            path = "dumps/archives/" + name
            if REFERENCES[account] in self.accounts(document):
                continue
            if not any(path == one or one.startswith(path + "!/") or path.startswith(one + "/") for one in named):
                raise Broken(f"{path} was not read, and {sorted(set(named))} are what it names")
            self.remarks["archives that were not read, and are named"] += 1

    def _learn_paths(self):
        log = self.path / PROBLEMS
        if log.exists():
            for line in log.read_text(encoding="utf-8").splitlines():
                words = line.split("\t")
                if len(words) > 2:
                    self.paths[words[1]] = words[2]

    @staticmethod
    def accounts(document):
        return {finding["account"]["ref"] for finding in document["findings"]}

    def _check_accounts(self, document):
        if self.accounts(document) != self.accounts(self.expected):
            raise Broken(f"it finds {sorted(self.accounts(document))}")

    def _check_status(self, outcome, interrupted, check):
        status = outcome.status
        if status == 2:
            self._check_stands("the run failed")
            partial = self.results / PARTIAL
            if partial.exists():
                if not interrupted or self.document(PARTIAL)["run"]["complete"]:
                    raise Broken("it leaves a partial document that is none")
            elif interrupted:
                self.remarks["interrupted, with no partial document"] += 1
            if not outcome.errors.startswith(b"dumpsieve: "):
                raise Broken("it fails without a word")
        elif status in (1, 3):
            document = self.document(OUTPUT)
            check(document)
            has_findings = bool(document["findings"])
            if has_findings != (status == 1):
                raise Broken(f"status {status} with {len(document['findings'])} findings")
        elif status in (64, 78):
            # 64: the runtime learns its arguments from a file, too.
            self._check_stands("nothing was scanned")
        else:
            raise Broken(f"status {status}: {outcome.errors[-300:].decode(errors='replace')}")


def make_archives(folder):
    """Writes an archive of each common kind; a log stands in the zip and in the tar.gz."""
    def own(name):
        return {
            path: content.replace(b"f.martin", ARCHIVED[name].encode())
            for path, content in archives.log(f"FR_{name}/").items()
        }

    folder.mkdir()
    (folder / "pack.zip").write_bytes(archives.zip_(own("pack.zip")))
    record = archives.RECORD.replace(b"f.martin", ARCHIVED["pack.7z"].encode())
    (folder / "pack.7z").write_bytes(archives.seven_zip("Passwords.txt", record))
    tar = archives.tar(own("pack.tar.gz"))
    (folder / "pack.tar.gz").write_bytes(archives.gzip.compress(tar, mtime=0))
