"""Random dumps with secrets of their own, read while the system fails: no secret may stand in anything that is written."""

import base64
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.parse
from pathlib import Path

from faults import INJECTED
from kills import workers
from workplace import MARKER, OUTPUT, PROBLEMS, REFERENCES, Broken, Outcome, archives

LISTED = "f.martin@formation-isere.example"
SERVICE = "https://kairos.france-travail.example/login"
# A crash report once cut a secret to 16 bytes (reference/hostile-input.md §0.1): half of that is looked for.
PIECE = 8
# Of base64, what eight bytes make whatever stands beside them.
BASE64_PIECE = 9
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FAULTS = ["read", "pread64", "openat", "write", "close", "mmap", "fsync", "recvmsg", "pwrite64", "fdatasync", "fcntl"]
ERRORS = ["EIO", "ENOMEM", "EINTR", "ENOSPC"]
# Such as make a program dump core.
CRASHES = [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGQUIT]
# About as long as a run takes, in seconds.
CRASH_WITHIN = 0.12
STATE = "state"
OWN = {"isere.key", "isere.dsw"}


def secret(rng):
    """24 letters that stand nowhere else, so that eight of them in a row are no chance."""
    return MARKER.decode() + "-" + "".join(rng.choice(ALPHABET) for _ in range(24))


def pieces(text, length, step=1):
    return {text[start:start + length] for start in range(0, len(text) - length + 1, step)}


class Search:
    """What secrets look like where they come out by mistake, by pieces: whoever writes a whole one writes its pieces.

    Text in UTF-16 is that without its zeros, and what is escaped by percents is looked at without.
    """

    def __init__(self, words):
        self.plain, self.hexadecimal, self.base64 = {}, {}, {}
        for word in words:
            raw = word.encode()[len(MARKER) + 1:]
            for form in (raw, raw.lower(), raw.upper()):
                for piece in pieces(form, PIECE) | pieces(form[::-1], PIECE):
                    self.plain[piece] = word
            for piece in pieces(raw.hex().encode(), 2 * PIECE, 2):
                self.hexadecimal[piece] = word
            for lead in range(3):
                text = base64.b64encode(bytes(lead) + raw)
                # Only what does not depend on the neighbours.
                for piece in pieces(text[(lead * 8 + 5) // 6:(lead + len(raw)) * 8 // 6], BASE64_PIECE):
                    self.base64[piece] = word

    def found(self, text):
        """The pieces that stand in `text`, with the words that they are of."""
        text = text.replace(b"\0", b"")
        if re.search(rb"(?:%[0-9A-Fa-f]{2}){3}", text):
            text += b" " + urllib.parse.unquote_to_bytes(text)
        if MARKER in text:
            yield MARKER, "some secret"
        # Letters of base64 that are none of these do not come from letters and digits.
        for run in set(re.findall(rb"[A-Za-z0-9]{%d,}" % PIECE, text)):
            for piece in pieces(run, PIECE) & self.plain.keys():
                yield piece, self.plain[piece]
            for piece in pieces(run, BASE64_PIECE) & self.base64.keys():
                yield piece, self.base64[piece]
        for run in set(re.findall(rb"[0-9a-f]{%d,}" % (2 * PIECE), text.lower())):
            for piece in pieces(run, 2 * PIECE) & self.hexadecimal.keys():
                yield piece, self.hexadecimal[piece]


def check_forms(rng):
    """A search that finds nothing must be one that would: each form of eight letters is laid out for it."""
    word = secret(rng)
    start = len(MARKER) + 1 + rng.randrange(24 - PIECE)
    piece = word[start:start + PIECE].encode()
    forms = [piece, piece.lower(), piece[::-1], piece.hex().encode(), piece.hex().upper().encode(),
             piece.decode().encode("utf-16-le"), piece.decode().encode("utf-16-be"),
             "".join(f"%{byte:02X}" for byte in piece).encode(),
             *(base64.b64encode(b"~" * lead + piece + b"~" * (2 - lead)) for lead in range(3))]
    for form in forms:
        if not list(Search([word]).found(b'{"a": "' + form + b'"}')):
            raise Broken(f"the search does not find {form!r}, which is of {word}")


class Dump:
    """A random dump: its secrets, those of them that stand in names, and the accounts that are certain to be found.

    Beside records in forms by chance it has records of listed accounts in forms that are certain to be read.
    """

    def __init__(self, path, rng):
        self.path = path
        self.rng = rng
        self.words = []
        # Names of files are shown where something was found in them, so these stand where nothing is.
        self.names = []
        shutil.rmtree(path)
        path.mkdir()
        self._write_by_chance()
        if rng.randrange(2):
            self._write(f"XX_{self._name()}_2025/{self._name()}.txt", self._block("ann@stranger.example"))
        kinds = [
            ("f.martin", self._text), ("s.benali", self._zip), ("p.durand", self._seven_zip),
            ("l.garnier", self._tar), ("m.perrin", self._database), ("k.haddad", self._encrypted_zip),
        ]
        chosen = rng.sample(kinds, rng.randrange(1, len(kinds) + 1))
        for account, write in chosen:
            write(account + "@formation-isere.example")
        self.references = {REFERENCES[account] for account, _ in chosen}

    def _word(self):
        self.words.append(secret(self.rng))
        return self.words[-1]

    def _name(self):
        self.names.append(secret(self.rng))
        return self.names[-1]

    def _write(self, name, content):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def _write_by_chance(self):
        rng = self.rng
        for number in range(rng.randrange(1, 5)):
            folder = rng.choice(["", "FR[1]_PC/", "BE_2/Browsers/"])
            text = "".join(record(rng, self._word()) for _ in range(rng.randrange(1, 12)))
            name = rng.choice(["passwords", "System", "All", "cookies"]) + f"{number}.txt"
            content = text.encode(rng.choice(["utf-8", "utf-8", "utf-16-le", "cp1251"]))
            if rng.randrange(5) == 0:
                content = content[:rng.randrange(len(content) + 1)]
            self._write(folder + name, content)

    # What is certain to be read.

    def _block(self, login):
        return f"URL: {SERVICE}\nUsername: {login}\nPassword: {self._word()}\n\n".encode()

    def _log(self, login, folder):
        """A log in which a listed account stands, with a machine, a cookie, and files with which nothing is found."""
        return {
            folder + "Passwords.txt": self._block("x@stranger.example") + self._block(login),
            folder + "System.txt": f"HWID: {self._word()}\nMachineName: {self._word()}\n".encode(),
            folder + f"Cookies/{self._name()}.txt":
                f".kairos.france-travail.example\tTRUE\t/\tTRUE\t1799999999\tSESSION\t{self._word()}\n".encode(),
            folder + f"{self._name()}/Passwords.txt": self._block("y@stranger.example"),
        }

    def _text(self, login):
        for name, content in self._log(login, "FR_77_2025_07_01/").items():
            self._write(name, content)

    def _zip(self, login):
        self._write("pack.zip", archives.zip_(self._log(login, "FR_78_2025_07_01/")))

    def _seven_zip(self, login):
        self._write("pack.7z", archives.seven_zip("Passwords.txt", self._block(login)))

    def _tar(self, login):
        tar = archives.tar(self._log(login, "FR_79_2025_07_01/"))
        self._write("pack.tar.gz", archives.gzip.compress(tar, mtime=0))

    def _encrypted_zip(self, login):
        password = self._word()
        packed = archives.zip_encrypted("Passwords.txt", self._block(login), password.encode())
        self._write("locked.zip", packed)
        self._write("locked.zip.password", password.encode())

    def _database(self, login):
        base = sqlite3.connect(":memory:")
        base.executescript(
            "CREATE TABLE logins (origin_url, action_url, username_element, username_value, password_element, "
            "password_value BLOB); CREATE TABLE other (a, b);")
        for user in ("z@stranger.example", login):
            base.execute("INSERT INTO logins VALUES (?, '', '', ?, '', ?)", (SERVICE, user, self._word().encode()))
        base.execute("INSERT INTO other VALUES (?, ?)", (self._word(), self._word()))
        base.commit()
        self._write("FR_80_2025_07_01/Login Data", base.serialize())
        base.close()


def record(rng, word):
    """One record in a form by chance; every third is of a listed account."""
    login = LISTED if rng.randrange(3) == 0 else f"user{rng.randrange(10**6)}@stranger.example"
    url = SERVICE if rng.randrange(2) else f"https://site{rng.randrange(99)}.example/in"
    return rng.choice([
        f"{url}:{login}:{word}\n",
        f"{login}:{word}\n",
        f"{word}:{login}\n",
        f"{url}|{login}|{word}\n",
        f"URL: {url}\nUsername: {login}\nPassword: {word}\n\n",
        f"Password: {word}\nUsername: {login}\nURL: {url}\n\n",
        f"{word}\nURL: {url}\nUSER: {login}\nPASS:\n{word}\n",
        f"name,url,username,password\nx,{url},{login},\"{word}\"\n",
        json.dumps([{"url": url, "username": login, "password": word}]) + "\n",
        f"<entry><url>{url}</url><login>{login}</login><password>{word}</password></entry>\n",
        f".kairos.france-travail.example\tTRUE\t/\tTRUE\t1799999999\tJSESSIONID\t{word}\n",
        f".kairos.france-travail.example\tTRUE\t/\tTRUE\t1799999999\t{word}\t{word}\n",
        f"https://ann:{word}@site.example/:{login}:{word}\n",
        f"{login}:{word}:{word}.example\n",
        f"User Name: {word}\nComputer Name: {word}\nHWID: {word}\nAntivirus: {word}\n",
    ])


def search(place, outcome, dump):
    """The secrets that stand in what a run wrote, cores and temporary files included, with the place."""
    texts = {"stdout": outcome.output, "stderr": outcome.errors}
    for path in place.path.rglob("*"):
        if path.is_file() and place.dump not in path.parents and path.name not in OWN:
            texts[str(path.relative_to(place.path))] = path.read_bytes()
    everything, passwords = Search(dump.words + dump.names), Search(dump.words)
    for name, text in texts.items():
        if name == PROBLEMS:
            # Full paths may stand there: it may show the names, which hold the marker, too.
            for word in dump.names:
                text = text.replace(word.encode(), b"")
        for piece, word in (passwords if name == PROBLEMS else everything).found(text):
            yield f"{name} holds {piece!r} of {word}"


def check_search(place, dump):
    """What is laid out where a run may write must be found there."""
    word = dump.words[0]
    for folder in (place.path, place.results, place.temporary, place.path / STATE):
        folder.mkdir(exist_ok=True)
        planted = folder / "planted"
        planted.write_bytes(word.encode().hex().encode())
        if not list(search(place, Outcome(0, b"", b""), dump)):
            raise Broken(f"the search does not find a secret that is in {folder}")
        planted.unlink()


def allow_cores():
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def cores(place):
    return [path for path in place.path.iterdir() if path.name.startswith("core")]


def check_cores(place):
    """Says aloud if a core that a run dumps would not be found."""
    subprocess.run(["sh", "-c", "kill -SEGV $$"], cwd=place.path, preexec_fn=allow_cores)
    if not cores(place):
        pattern = Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii").strip()
        most = resource.getrlimit(resource.RLIMIT_CORE)[1]
        print(f"CORES ARE NOT SEARCHED: they go elsewhere (core_pattern {pattern}, at most {most} bytes)", flush=True)
    for path in cores(place):
        path.unlink()


def options(rng):
    """Options by chance, for runs that write more, and whether the findings are JSON."""
    words = []
    for choice in (["--state-dir", STATE, "--settle", "0s"], ["--verbose"],
                   ["--metrics-file", "metrics.prom"], ["--log", "json"], ["--keep", "90d"]):
        if rng.randrange(2):
            words += choice
    form = rng.choice(["json", "json", "jsonl", "table"])
    return words + ["--format", form], form == "json"


def check_read(place, outcome, dump, is_json):
    """An undisturbed run reads the dump, and finds what is certain to be read in it."""
    if outcome.status != 1:
        raise Broken(f"an undisturbed run ends with {outcome.status}: {outcome.errors[-300:]!r}")
    text = (place.results / OUTPUT).read_text(encoding="utf-8")
    lacking = {reference for reference in dump.references if reference not in text}
    if lacking:
        raise Broken(f"an undisturbed run does not find {sorted(lacking)}")
    if list(place.temporary.iterdir()) or cores(place):
        raise Broken("an undisturbed run leaves temporary files or cores")


def check_not_silent(place, outcome, dump, is_json):
    """A disturbed run may find less, but not call that everything."""
    if outcome.status == 0:
        raise Broken("it ends with 0, and there is something to find")
    if outcome.status in (1, 3) and is_json:
        document = place.document(OUTPUT)
        lacking = dump.references - place.accounts(document)
        if lacking and document["run"]["coverage"]["complete"]:
            raise Broken(f"it calls itself complete, and does not find {sorted(lacking)}")


def random_dumps(place, tally, count, has_strace, rng):
    """Scans `count` random dumps, most of them while a call fails or a process crashes, and searches all that is written."""
    check_forms(rng)
    check_cores(place)
    good = place.path.with_name(place.path.name + "-good")
    # Not in the place: it shows what is read.
    log = place.path.with_name(place.path.name + "-strace")
    place.dump.rename(good)
    place.dump.mkdir()
    check_search(place, Dump(place.dump, rng))
    clear(place)
    try:
        for run in range(count):
            if tally.is_over:
                return
            dump = Dump(place.dump, rng)
            kind = rng.choice(["undisturbed", "undisturbed", "fault", "fault", "crash"])
            if kind == "fault" and not has_strace:
                kind = "crash"
            more, is_json = options(rng)
            outcome = scan(place, kind, more, rng, log)
            tally.statuses[outcome.status] += 1
            if kind == "fault" and not INJECTED.search(log.read_bytes()):
                tally.did["runs too short for their fault"] += 1
            else:
                tally.did[{"undisturbed": "undisturbed runs", "fault": "faulted runs", "crash": "crashes"}[kind]] += 1
            tally.did["runs searched for secrets"] += 1
            tally.did["cores searched"] += len(cores(place))
            tally.did["secrets looked for"] += len(dump.words) + len(dump.names)
            try:
                (check_read if kind == "undisturbed" else check_not_silent)(place, outcome, dump, is_json)
            except (Broken, OSError, ValueError) as error:
                tally.note_broken(f"random dump {run}, {kind}, {' '.join(more)}", str(error))
            for leak in search(place, outcome, dump):
                tally.note_broken(f"random dump {run}, {kind}, {' '.join(more)}", leak)
            clear(place)
    finally:
        shutil.rmtree(place.dump)
        good.rename(place.dump)
        log.unlink(missing_ok=True)


def scan(place, kind, more, rng, log):
    before = []
    if kind == "fault":
        call = rng.choice(FAULTS)
        fault = f"inject={call}:error={rng.choice(ERRORS)}:when={rng.randrange(1, 60)}"
        before = ["strace", "-f", "-o", str(log), "-e", f"trace={call}", "-e", fault]
    process = place.start(before=before, more=more, limits=allow_cores)
    if kind == "crash":
        time.sleep(rng.uniform(0, CRASH_WITHIN))
        targets = [process.pid] if rng.randrange(2) else workers(process.pid)
        for target in targets[:1]:
            try:
                os.kill(target, rng.choice(CRASHES))
            except ProcessLookupError:
                pass
    return place.finish(process)


def clear(place):
    """Removes what a run has written, but for the findings of the earlier one."""
    place.restore()
    for path in place.path.iterdir():
        if path.name == STATE:
            shutil.rmtree(path)
        elif path.is_file() and path.name not in OWN:
            path.unlink()
