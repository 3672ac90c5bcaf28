"""What was written where, and which of it is true.

A `Book` is the ledger of one dump directory: every log file that a generator opens, every true
(host, login) pair in it, and every decoy, which is a listed login that stands where no login can be.
Host names are normalised here as docs/WATCHLISTS.md says, so that a finding can be compared as text.
"""

import os
import unicodedata
from dataclasses import dataclass, field


@dataclass
class Record:
    """One credential as it is to be written, with what a careful human reads in it."""

    url: str
    hosts: tuple | None  # what the finding's host may be; ("",) for no URL; None where any will do
    login: str
    listed: str  # the login as the partner lists it
    password: str
    has_password: bool | None  # whether a real password stands beside the login; None where nobody can tell
    facets: dict
    decoys: list = field(default_factory=list)  # (login, kind, service host) held by the password or URL
    soft: str = "Google Chrome"
    profile: str = "Default"
    service_host: str | None = None  # the one host at which a login without a mail domain counts; None for anywhere


@dataclass
class Entry:
    """One listed login at one place: a truth, or (with no hosts) a decoy."""

    ref: str
    kind: str
    hosts: tuple | None
    facets: dict
    path: str
    line: int
    excerpt: str
    machine: object = None  # the infected machine, if the record stands in a log
    has_password: bool | None = None  # None where the file does not tell


def normal_host(host):
    """The host as findings show it: lower case, no trailing dot, non-ASCII labels as xn--."""
    host = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", host.strip()).lower())
    host = host[:-1] if host.endswith(".") and len(host) > 1 else host
    labels = host.split(".")
    return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in labels)


class Book:
    """The ledger of one dump directory."""

    def __init__(self, root, rng):
        self.root = root
        self.rng = rng
        self.truths = []
        self.decoys = []
        self.machine = None  # whose log is being written
        self.accounts = {}  # (listed login, service host or "") -> ref, in the order of listing
        self._truth_keys = set()
        self._names = set()

    def fresh(self, login):
        """Whether no login like this one was made before; plus-tags and Windows domains aside."""
        name = unicodedata.normalize("NFKC", login).lower().split("\\")[-1]
        local, at, domain = name.partition("@")
        name = local.split("+")[0] + at + domain
        if name in self._names:
            return False
        self._names.add(name)
        return True

    def _ref(self, listed, service_host):
        key = (listed, service_host or "")
        if key not in self.accounts:
            self.accounts[key] = f"A{len(self.accounts) + 1:06d}"
        return self.accounts[key]

    def true(self, record, kind, path, line, excerpt):
        """Enters a record; the same login at the same host counts once, as in a finding."""
        ref = self._ref(record.listed, record.service_host)
        if (ref, record.hosts) in self._truth_keys:
            return
        self._truth_keys.add((ref, record.hosts))
        self.truths.append(
            Entry(ref, kind, record.hosts, record.facets, path, line, excerpt, self.machine, record.has_password)
        )

    def decoy(self, login, kind, service_host, path, line, excerpt):
        """Enters a listed login that must not be found, at its service or anywhere."""
        ref = self._ref(login, None if "@" in login else service_host)
        self.decoys.append(Entry(ref, "decoy/" + kind, (), {}, path, line, excerpt))

    def open(self, path, eol="\n", encoding="utf-8"):
        """A new log file; a name that is taken gets a number, as browsers do it."""
        stem, dot, ending = path.rpartition(".")
        number, name = 0, path
        while os.path.exists(os.path.join(self.root, name)):
            number += 1
            name = f"{stem} ({number}){dot}{ending}" if dot else f"{path} ({number})"
        full = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        return LogFile(self, name, full, eol, encoding)


class LogFile:
    """A file under way: knows its line number, encoding and line end, each of which may change."""

    def __init__(self, book, path, full, eol, encoding):
        self.book, self.path, self.full = book, path, full
        self.eol, self.encoding = eol, encoding
        self.number = 1
        self.size = 0  # in bytes
        open(full, "wb").close()
        self._file = open(full, "ab")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def raw(self, data):
        """Bytes as they are."""
        self.number += data.count(b"\n")
        self._bytes(data)

    def _bytes(self, data):
        self.size += len(data)
        self._file.write(data)

    def text(self, text):
        """Text in the present encoding; what it cannot hold becomes `?`."""
        self.number += text.count("\n") + text.replace("\r\n", "").count("\r")
        self._bytes(text.encode(self.encoding, "replace"))

    def lines(self, *lines):
        """Lines, each with the present line end (or the next, if there are several)."""
        for line in lines:
            self.text(line + (self.eol if isinstance(self.eol, str) else self.book.rng.choice(self.eol)))

    def record(self, lines, record, kind, end=True):
        """Lines that hold one true record; without `end` the last of them has no line end."""
        whole = "\n".join(lines)
        before = whole[: max(whole.find(record.login), 0)].count("\n")
        excerpt = " ⏎ ".join(lines)
        line = self.number + before
        self.book.true(record, kind, self.path, line, excerpt)
        for login, decoy_kind, service_host in record.decoys:
            self.book.decoy(login, decoy_kind, service_host, self.path, line, excerpt)
        self.lines(*(lines if end else lines[:-1]))
        if not end:
            self.text(lines[-1])

    def decoy(self, lines, login, kind, service_host=None):
        """Lines in which a listed login stands where none can be."""
        self.book.decoy(login, kind, service_host, self.path, self.number, " ⏎ ".join(lines))
        self.lines(*lines)
