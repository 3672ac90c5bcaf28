"""Random dumps with secrets of their own, read while the system fails: no secret may stand in anything that is written."""

import base64
import json
import shutil

from workplace import MARKER, Broken, Outcome

LISTED = "f.martin@formation-isere.example"
SERVICE = "https://kairos.france-travail.example/login"
# A crash report once cut a secret to 16 bytes (reference/hostile-input.md §0.1): half of that is looked for.
PIECE = 8
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
FAULTS = ["read", "pread64", "openat", "write", "close", "mmap", "fsync", "recvmsg"]
ERRORS = ["EIO", "ENOMEM", "EINTR", "ENOSPC"]


def secret(rng):
    """24 letters that stand nowhere else, so that eight of them in a row are no chance."""
    return MARKER.decode() + "-" + "".join(rng.choice(ALPHABET) for _ in range(24))


def forms(word):
    """What a secret may look like where it comes out by mistake."""
    raw = word.encode()
    found = {raw, raw.lower(), raw[::-1], raw.hex().encode(), raw.hex().upper().encode(),
             word.encode("utf-16-le"), word.encode("utf-16-be"),
             "".join(f"%{byte:02X}" for byte in raw).encode()}
    for lead in range(3):
        text = base64.b64encode(b"\0" * lead + raw)
        # Only what does not depend on the neighbours.
        found.add(text[(lead * 8 + 5) // 6:(lead + len(raw)) * 8 // 6])
    tail = raw[len(MARKER) + 1:]
    found |= {tail[start:start + PIECE] for start in range(len(tail) - PIECE + 1)}
    return found


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
        f"https://ann:{word}@site.example/:{login}:{word}\n",
        f"{login}:{word}:{word}.example\n",
        f"User Name: {word}\nComputer Name: {word}\nHWID: {word}\nAntivirus: {word}\n",
    ])


def make_dump(place, rng):
    """Writes a small dump and returns its secrets."""
    words = []
    shutil.rmtree(place.dump)
    for number in range(rng.randrange(1, 5)):
        folder = place.dump / rng.choice(["", "FR[1]_PC", "BE_2/Browsers"])
        folder.mkdir(parents=True, exist_ok=True)
        text = ""
        for _ in range(rng.randrange(1, 12)):
            words.append(secret(rng))
            text += record(rng, words[-1])
        name = rng.choice(["passwords", "System", "All", "cookies"]) + f"{number}.txt"
        content = text.encode(rng.choice(["utf-8", "utf-8", "utf-16-le", "cp1251"]))
        if rng.randrange(5) == 0:
            content = content[:rng.randrange(len(content) + 1)]
        (folder / name).write_bytes(content)
    return words


def search(place, outcome, words):
    """The secrets that stand in what a run wrote, with the place."""
    texts = {"stdout": outcome.output, "stderr": outcome.errors}
    own = {"isere.key", "isere.dsw"}
    for path in place.path.rglob("*"):
        if path.is_file() and place.dump not in path.parents and path.name not in own:
            texts[str(path.relative_to(place.path))] = path.read_bytes()
    for word in words:
        for form in forms(word):
            for name, text in texts.items():
                if form in text:
                    yield f"{name} holds {form!r} of {word}"


def check_search(place, rng):
    """A search that finds nothing must be one that would: a secret is laid out for it, in hexadecimal."""
    word = secret(rng)
    planted = place.results / "planted"
    planted.write_bytes(word.encode().hex().encode())
    if not list(search(place, Outcome(0, b"", b""), [word])):
        raise Broken("the search does not find a secret that is there")
    planted.unlink()


def random_dumps(place, tally, count, has_strace, rng):
    """Scans `count` random dumps, half of them while a call fails, and searches everything that is written."""
    check_search(place, rng)
    good = place.path / "good-dump"
    place.dump.rename(good)
    place.dump.mkdir()
    log = place.path / "problems.txt"
    try:
        for run in range(count):
            if tally.is_over:
                return
            words = make_dump(place, rng)
            before = []
            if has_strace and rng.randrange(2):
                call = rng.choice(FAULTS)
                fault = f"inject={call}:error={rng.choice(ERRORS)}:when={rng.randrange(1, 60)}"
                before = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", fault]
            more = ["--problem-log", log.name] if rng.randrange(2) else []
            outcome = place.run(before=before, more=more)
            tally.statuses[outcome.status] += 1
            for leak in search(place, outcome, words):
                tally.note_broken(f"random dump {run}", leak)
            log.unlink(missing_ok=True)
            place.restore()
    finally:
        shutil.rmtree(place.dump)
        good.rename(place.dump)
