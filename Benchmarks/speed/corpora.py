"""What the rows are measured on: made once for each size, in a directory of its own, and never committed."""

import csv
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from race import Failed, run

HERE = Path(__file__).resolve().parent
PARTNER = "org-bench"
#: The time of keys, lists and scans: the same inputs give the same bytes.
AS_OF = "2025-07-14T01:30:00Z"
LISTS = (10, 1_000, 10_000, 100_000, 1_000_000)
#: Partners with a key each, whose lists together are as long as the list of 100,000.
PARTNERS = 50


class Corpora:
    """Paths of the corpora, lists and keys below `place`; what is missing is made."""

    def __init__(self, place, program, megabytes, logs):
        self.place = Path(place)
        self.program = str(program)
        self.lists = self.place / "lists"
        self.corpora = self.place / f"{megabytes}MB-{logs}logs"
        self.maker = self.build()
        for directory in (self.lists, self.corpora):
            directory.mkdir(parents=True, exist_ok=True)
        # As in performance.md: the blocks are half as long as the lines.
        self.ulp = self.corpus("ulp", megabytes * 1_000_000, "lines.txt")
        self.blocks = self.corpus("blocks", megabytes * 500_000, "Passwords.txt")
        self.tree = self.corpus("tree", logs, "tree")
        self.tiny = self.corpus("ulp", 2_000, "tiny.txt")
        self.key = self.lists / "bench.key"
        self.installation = self.lists / "installation"
        if not self.key.exists():
            self.new_key(self.key, PARTNER)

    def build(self):
        """The generator, compiled anew if its source is newer; other corpora then go, as they may differ."""
        source, maker = HERE / "corpus.c", self.place / "corpus"
        self.place.mkdir(parents=True, exist_ok=True)
        if not maker.exists() or maker.stat().st_mtime < source.stat().st_mtime:
            for old in list(self.place.glob("*MB-*logs")) + [self.lists]:
                shutil.rmtree(old, ignore_errors=True)
            # Swift brings a clang; it need not be called cc.
            run([shutil.which("cc") or "clang", "-O2", "-std=c11", "-D_GNU_SOURCE", "-o", str(maker), str(source)])
        return str(maker)

    def corpus(self, kind, size, name):
        path, truth = self.corpora / name, self.corpora / f"{name}.truth"
        if not truth.exists():
            shutil.rmtree(path, ignore_errors=True)
            with open(f"{truth}.new", "wb") as file:
                run([self.maker, kind, str(size), str(path)], output=file)
            os.rename(f"{truth}.new", truth)
        return path

    def truth(self, corpus):
        """The references of the accounts that were planted."""
        with open(f"{corpus}.truth", encoding="ascii") as file:
            return {f"R-{int(line):07}" for line in file}

    def made(self, path, command):
        if not path.exists():
            new = path.with_name(path.name + ".new")
            new.unlink(missing_ok=True)
            run([*command, str(new)])
            new.rename(path)
        return path

    def accounts(self, first, count):
        path = self.lists / f"{first}-{count}.csv"
        return self.made(path, [self.maker, "list", str(first), str(count)])

    def patterns(self, count):
        return self.made(self.lists / f"{count}.patterns", [self.maker, "patterns", "0", str(count)])

    def new_key(self, path, partner):
        """No random one: whom a filter lets through by chance, and so what a line costs, would be another each time."""
        secret, shared = (hashlib.sha256(name.encode("ascii")).hexdigest() for name in (partner, "installation"))
        self.write_key(path, f"dumpsieve-key 1\npartner: {partner}\nkey: {secret}\nfilter-key: {shared[:32]}\n")
        if not self.installation.exists():
            keys = f"filter-key: {shared[:32]}\nfinding-id-key: {shared}\n"
            self.write_key(self.installation, f"dumpsieve-installation 1\n{keys}")

    @staticmethod
    def write_key(path, text):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text)

    def make_command(self, key, partner, accounts, out):
        command = [self.program, "watchlist", "make", "--key-file", str(key), "--partner", partner, "--made", AS_OF]
        return [*command, "--out", str(out), str(accounts)]

    def watchlist(self, count):
        path = self.lists / f"{count}.dsw"
        run(self.make_command(self.key, PARTNER, self.accounts(0, count), path))
        return path

    def partners(self, total):
        """Options for lists under keys of their own that hold the first `total` accounts together."""
        options = []
        for number in range(PARTNERS):
            partner, share = f"org-{number:02}", total // PARTNERS
            key, path = self.lists / f"{partner}.key", self.lists / f"{partner}-{total}.dsw"
            if not key.exists():
                self.new_key(key, partner)
            run(self.make_command(key, partner, self.accounts(number * share, share), path))
            options += ["--watchlist", str(path), "--key-file", str(key)]
        return options


def listed_by(patterns_csv, lines):
    """References of the accounts whose login stands in one of the lines as a whole field, in whatever case.

    ripgrep prints lines that hold a login anywhere, also `ann@x.example` in `joann@x.example`.
    """
    with open(patterns_csv, encoding="ascii", newline="") as file:
        references = {row["login"]: row["ref"] for row in csv.DictReader(file)}
    found = set()
    for line in lines:
        for separator in (";", "|", "\t", " "):
            line = line.replace(separator, ":")
        found |= {references[part] for part in line.strip().lower().split(":") if part in references}
    return found


def search(command):
    """What it prints; ripgrep says 1 if it finds nothing."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise Failed(done.stderr.decode("utf-8", "replace"))
    return done.stdout.decode("utf-8", "replace").splitlines()
