#!/usr/bin/env python3
"""Makes inputs for a fuzz target by what its readers know: made_inputs.py TARGET COUNT SEED KNOWN INTO; with TARGET alone,
prints the dictionary of words that libFuzzer puts into texts.

Chance alone takes hours to hit upon a database with a table of logins whose columns are named as few exports name them, or
a 7z of two methods. KNOWN is a directory of inputs that are changed, INTO an empty one. What is new in them, a merge of
libFuzzer's tells.
"""

import io
import random
import re
import sqlite3
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(REPOSITORY / "Tests/CommandTests"))

import archives  # noqa: E402
from made_records import INVISIBLE, Records  # noqa: E402

# The modules that read what others wrote.
READERS = ["Bytes", "Config", "Dumps", "Formats", "Rules", "Watchlists", "Worker", "YAML"]


def words_of(*patterns):
    """The words that our sources compare with."""
    texts = [path.read_text(encoding="utf-8") for pattern in patterns for path in REPOSITORY.glob(pattern)]
    return sorted({word for text in texts for word in re.findall(r'"([^"\\\n]{1,40})"', text)})


def dictionary(target):
    """Rare signs, the words that our sources compare with, and those of the target."""
    files = [REPOSITORY / "Benchmarks/Dictionaries" / f"{name}.dict" for name in ("signs", target)]
    quoted = [line for file in files if file.exists() for line in re.findall(r'^"(.*)"$', file.read_text("ascii"), re.MULTILINE)]
    words = [word.encode("ascii").decode("unicode_escape").encode("latin-1") for word in quoted]
    # Longer ones are what is said to people.
    ours = [word for word in words_of(*(f"Sources/{module}/**/*.swift" for module in READERS)) if 1 < len(word) < 25 and word.count(" ") < 3]
    return words + [word.encode() for word in ours]


class Texts:
    """Known texts with rare signs and words at the borders of their own words, and pieces of each other."""

    border = re.compile(rb"(?<=\w)(?=\W)|(?<=\W)(?=\w)|(?<=\W)(?=\W)")

    def __init__(self, rng, known, words):
        self.rng = rng
        self.known = known
        self.own = sorted({word for text in known for word in re.findall(rb"\w[\w.@:/-]*|[^\w\s]+", text)})
        self.words = words

    def token(self):
        rng = self.rng
        choice = rng.random()
        if choice < 0.6:
            return rng.choice(self.words)
        if choice < 0.75:
            # As long as a word, and begins as it does.
            word = rng.choice(self.words)
            same = rng.randrange(len(word) + 1)
            return word[:same] + b"x" * (len(word) - same)
        if choice < 0.95 and self.own:
            return rng.choice(self.own)
        return bytes([rng.randrange(256)]) * rng.choice([1, 1, 2, 3, 17, 70, 300])

    def changed(self, text):
        rng = self.rng
        borders = [0, *(match.start() for match in self.border.finditer(text)), len(text)]
        number = rng.randrange(len(borders))
        start = borders[number]
        end = borders[min(len(borders) - 1, number + rng.choice([1, 1, 1, 2, 3, 5, 9]))]
        other = rng.choice(self.known)
        cut = rng.randrange(len(other) + 1)
        return rng.choice([
            text[:start] + self.token() + text[start:],
            text[:start] + self.token() + text[start:],
            text[:start] + self.token() + text[end:],
            text[:start] + text[end:],
            text[:end] + text[start:end] * rng.choice([1, 2, 5, 20]) + text[end:],
            text[:start] + text[start:end].swapcase() + text[end:],
            text[:start] + other[cut:cut + rng.choice([5, 20, 80, 400])] + text[start:],
            text[:start] + other[cut:],
            text[:start],
        ])

    def make(self):
        text = self.rng.choice(self.known)
        for _ in range(self.rng.choice([1, 1, 1, 2, 2, 3, 5])):
            text = self.changed(text)
        return text


def damaged(data, rng):
    """Some bytes are others, too many or too few; most at the beginning and the end, where headers and directories stand."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4, 10])):
        if not data:
            break
        place = rng.choice([
            rng.randrange(len(data)), rng.randrange(min(len(data), 100)), len(data) - 1 - rng.randrange(min(len(data), 120))
        ])
        width = rng.choice([1, 1, 2, 4, 8])
        number = rng.choice([0, 1, 0x7F, 0x80, 0xFF, len(data), place, (1 << 63) - 1, (1 << 64) - 1, rng.randrange(1 << 32)])
        written = struct.pack(rng.choice(["<Q", ">Q"]), number)
        kind = rng.randrange(5)
        if kind < 3:
            data[place:place + width] = written[:width]
        elif kind == 3:
            del data[place:place + rng.choice([1, 2, 4, 30, len(data)])]
        else:
            data[place:place] = rng.choice([written[:width], data[place:place + 50], bytes(30)])
    return bytes(data)


class Databases:
    """Databases of SQLite as browsers have them and as nobody has them."""

    tables = ["logins", "cookies", "moz_logins", "moz_cookies", "meta", "LOGINS", "x", "t" * 300, '"l"', "o'x"]
    kinds = ["TEXT", "INTEGER", "BLOB", "", "TEXT COLLATE NOCASE", "REAL", "GENERATED ALWAYS AS (1)", "INT DEFAULT 3"]

    def __init__(self, rng, known):
        self.rng = rng
        self.known = known
        words = words_of("Sources/Formats/ExportNames.swift", "Sources/Formats/Databases/*.swift")
        words += ["用户名", "Username", "Login", "URL", "Password", "host", "expiry", "b" * 200, "ü", '"q"', ""]
        self.columns = list({word.lower(): word for word in words if "SELECT" not in word}.values())
        self.placeholders = words_of("Sources/Formats/Placeholder.swift")

    def value(self):
        rng = self.rng
        word = rng.choice(self.placeholders)
        same = rng.randrange(len(word) + 1)
        blanks = ["".join(rng.choice(INVISIBLE) for _ in range(rng.choice([0, 0, 1, 2, 9]))) for _ in range(2)]
        text = rng.choice(["https://a.example/", "ann@a.example", ".a.example", "", "x" * rng.choice([15, 16, 300]), "é" * 99, word])
        return rng.choice([
            blanks[0] + text + blanks[1], word[:same] + "x" * (len(word) - same), text, None,
            rng.choice([0, -1, 13350000000000000, 1752364800, (1 << 63) - 1, 253402300799]),
            rng.random() * 10.0 ** rng.randrange(-5, 20), rng.randbytes(rng.choice([0, 1, 3, 16, 60, 300])),
        ])

    def make(self):
        rng = self.rng
        if self.known and rng.random() < 0.2:
            return damaged(rng.choice(self.known), rng)
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute(f"PRAGMA page_size = {rng.choice([512, 512, 512, 1024, 4096])}")
        connection.execute(f"PRAGMA encoding = '{rng.choice(['UTF-8', 'UTF-8', 'UTF-16le', 'UTF-16be'])}'")
        # Without anything in it, it has no bytes.
        connection.execute("PRAGMA user_version = 1")
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 20])):
            try:
                self.fill(connection)
            except sqlite3.Error:
                pass  # not all of what is asked for can be
        data = connection.serialize()
        connection.close()
        return damaged(data, rng) if rng.random() < 0.5 else data

    def fill(self, connection):
        def quoted(name):
            return '"' + name.replace('"', '""') + '"'

        rng = self.rng
        table = quoted(rng.choice(self.tables))
        columns = rng.sample(self.columns, rng.choice([1, 2, 3, 5, 8, 12, 40]))
        definitions = [f"{quoted(column)} {rng.choice(self.kinds)}" for column in columns]
        if rng.random() < 0.2:
            definitions += [f"c{number}" for number in range(300)]
        connection.execute(f"CREATE TABLE {table} ({', '.join(definitions)}){rng.choice(['', '', '', ' STRICT'])}")
        names = [quoted(column) for column, definition in zip(columns, definitions) if "GENERATED" not in definition]
        for _ in range(rng.choice([0, 1, 1, 2, 5, 20])):
            connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", [self.value() for _ in names])
        if rng.random() < 0.2:
            connection.execute(f"CREATE INDEX i{rng.randrange(99)} ON {table} ({names[0]})")
            connection.execute(f"DELETE FROM {table} WHERE rowid % 2")


class Archives:
    """Archives of each kind, in each other, behind something, and damaged."""

    names = [
        "a.txt", "Passwords.txt", "d/", "d/e/f.txt", "..\\x.txt", "../../x", "/etc/x", "C:\\x", "ü.txt", "a" * 300, "a/" * 60 + "b",
        "a.zip", "x.7z", "x.part1.rar", "x.r00", "x.001", "x.z01", "y.tar.gz", "a\nb", " a ", "Login Data", "x.password", "a.exe",
        "FR[7F2A]/Passwords.txt", "UserInformation.txt", "t.me_chan/x.txt",
    ]
    volumes = [
        "x.part1.rar", "x.part02.rar", "X.PART1.RAR", "x.rar", "x.r00", "x.r99", "x.s00", "x.zip", "x.z01", "x.z99", "x.zip.001",
        "x.zip.002", "x.7z.001", "x.7z.1000", "x.001", "z_1of3.zip", "z_2of3.zip", "x (1).zip", "x.part3.exe", "x.part0.rar", "x.zipaa",
        "xaa", "x.part99999999999999999999.rar",
    ]
    methods = [b"\0", b"\x21\x21\1\x18", b"\x23\3\1\1\5\x5d\0\0\1\0", b"\x24\6\xf1\7\1\1\0", b"\x14\3\3\1\3", b"\1\0"]

    def __init__(self, rng, known):
        self.rng = rng
        self.known = known

    def make(self):
        if self.rng.random() < 0.05:
            return "\n".join(self.rng.choice(self.volumes) for _ in range(self.rng.choice([1, 2, 3, 5, 9]))).encode()
        return self.archive(1)

    def files(self, depth):
        rng = self.rng
        contents = [archives.RECORD, archives.SYSTEM, archives.COOKIE, b"", bytes(900), rng.randbytes(100), b"SQLite format 3\0"]
        return {
            rng.choice(self.names): self.archive(depth + 1) if depth < 3 and rng.random() < 0.3 else rng.choice(contents)
            for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))
        }

    def archive(self, depth):
        rng = self.rng
        files = self.files(depth)
        makers = [
            lambda: self.zip(files), lambda: self.zip(files), lambda: self.tar(files), lambda: self.seven_zip(files),
            lambda: archives.rar4(
                files, rng.choice([None, None, 0, 1]), rng.random() < 0.2, rng.choice([0, 0, 0x80, 2, 8]),
                rng.choice([0, 0, 1, 2, 4, 0x10, 0x100, 0xE0])),
            lambda: archives.rar5(
                files, rng.choice([None, None, 0, 1, 200]), rng.random() < 0.2,
                rng.choice([b"", b"", archives.RAR5_ENCRYPTION, rng.randbytes(5)])),
            lambda: rng.choice(archives.rar5_volumes("a.txt", archives.RECORD, 2)),
            lambda: archives.zip_encrypted("a", archives.RECORD, rng.choice([b"CANARY-1", b"CANARY-zc", b"no"])),
            lambda: rng.choice([
                archives.AES_ZIP, archives.SEVEN_ZIP, archives.SEVEN_ZIP_ENCRYPTED, archives.SEVEN_ZIP_ENCRYPTED_HEADER]),
            lambda: self.packed(self.archive(depth + 1) if depth < 3 else archives.RECORD),
            lambda: rng.choice([b"MZ" + bytes(300), archives.RECORD]) + (self.archive(depth + 1) if depth < 3 else b""),
            lambda: rng.choice(self.known or [b""]),
        ]
        data = rng.choice(makers)()
        return damaged(data, rng) if rng.random() < (0.5 if depth == 1 else 0.08) else data

    def zip(self, files):
        rng = self.rng
        out = io.BytesIO()
        method = rng.choice([0, 8, 8, 12, 14])
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data in files.items():
                info = zipfile.ZipInfo(name, (rng.choice([1980, 2025, 2107]), 7, 9, 10, 0, 0))
                info.compress_type = method
                info.extra = rng.choice([b"", b"", struct.pack("<HHB", 0x5455, 5, 1) + bytes(4), struct.pack("<HH", 1, 8) + bytes(8)])
                info.external_attr = rng.choice([0, 0, 0o120777 << 16])
                with archive.open(info, "w", force_zip64=rng.random() < 0.15) as member:
                    member.write(data)
            archive.comment = b"k" * rng.choice([0, 0, 1, 300])
        return out.getvalue()

    def tar(self, files):
        rng = self.rng
        out = io.BytesIO()
        form = rng.choice([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
        with tarfile.open(fileobj=out, mode="w", format=form) as archive:
            for name, data in files.items():
                info, data = archives.member(name, data, mtime=rng.choice([0, 1752364800, 1 << 40]))
                info.type = rng.choice([tarfile.REGTYPE] * 6 + [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
                if info.type != tarfile.REGTYPE:
                    info.size, info.linkname = 0, "/etc/passwd"
                archive.addfile(info, io.BytesIO(data))
        return out.getvalue().rstrip(b"\0") + bytes(rng.choice([0, 512, 1024]))

    def seven_zip(self, files):
        name, data = next(iter(files.items()), ("a", b"b"))
        rng = self.rng
        return archives.seven_zip(
            name, data, rng.choice(self.methods), b"h" * rng.choice([0, 0, 5, 300]), rng.choice([None, 0, 16, 0xA1FF8000]))

    def packed(self, data):
        rng = self.rng
        return rng.choice([
            archives.gzip.compress, archives.bz2.compress, archives.lzma.compress,
            lambda whole: archives.lzma.compress(whole, archives.lzma.FORMAT_ALONE),
            lambda whole: archives.gzip.compress(whole[:9]) + archives.gzip.compress(whole[9:]),
        ])(data)


class Accounts:
    """A partner's files of accounts: any columns, separators, dates and signs, from one row to as many as fit."""

    columns = ["login", "ref", "partner", "privileged", "aliases", "password_changed_at", "service_host"]
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_+"
    # What normalisation changes: widths, ligatures, marks out of order, syllables, letters without a small one.
    signs = (
        "é ü ß Å Ａ ﬁ 가 각 ᄀ ᅡ ᆨ \u0301 \u0327 \u0323 İ ı Σ ς Ω １ 中 文 ا \u200d \u00ad \u0345 \u1fb3 ǆ \U0001d400 \u3000 \u00a0 \u1e9e क़ "
        "ⅷ ㎏ \u0f71\u0f72 \u2126"
    ).split(" ")
    labels = ["a", "example", "test", "xn--a", "bücher", "münchen", "中文"]
    generic = ["admin", "root", "info", "user", "test", "contact", "support", "ADMIN", "Admin@"]
    dates = [
        "2025-01-15", "15/01/2025", "01/15/2025", "15.01.2025", "2025-01-15T08:00:00Z", "2025-07-13T23:59:60+02:00", "2025-07-13 10:00:00",
        "2024-02-29", "2023-02-29", "2025-13-01", "20250115", "2025-1-5", "1", "",
    ]
    truths = ["true", "false", "oui", "non", "yes", "no", "1", "0", "", "Vrai", "x", "TRUE"]
    partners = ["", "org-formation-isere", "org-b", "A b", "x" * 80]

    def __init__(self, rng):
        self.rng = rng

    def word(self):
        rng = self.rng
        length = rng.choice([1, 1, 2, 3, 3, 4, 5, 8, 20, 40, 64])
        return "".join(rng.choice(self.letters if rng.random() < 0.93 else self.signs) for _ in range(length))

    def domain(self):
        rng = self.rng
        return ".".join(self.word() if rng.random() < 0.7 else rng.choice(self.labels) for _ in range(rng.choice([1, 2, 2, 2, 3, 6])))

    def login(self):
        rng = self.rng
        return rng.choice([
            *[f"{self.word()}@{self.domain()}"] * 12, self.word(), self.word(), rng.choice(self.generic), rng.choice(self.generic),
            rng.choice(["DOM\\", "mailto:", "<", '"']) + f"{self.word()}@{self.domain()}",
            "".join(rng.choice(self.signs) for _ in range(rng.randint(1, 6))) + "@" + self.domain(),
            f"{self.word()}@@{self.domain()}.", f" {self.word()}@{self.domain()}\u00a0",
        ])

    def cell(self, column):
        rng = self.rng
        return {
            "login": self.login,
            "ref": lambda: rng.choice(["", "R", f"KAI-{rng.randrange(100)}", self.word()]),
            "partner": lambda: rng.choice([*self.partners, self.word()]),
            "privileged": lambda: rng.choice(self.truths),
            "aliases": lambda: rng.choice("|; ,").join(self.login() for _ in range(rng.choice([0, 0, 1, 1, 2, 5, 9, 40]))),
            "password_changed_at": lambda: rng.choice(self.dates),
            "service_host": lambda: rng.choice(["", self.domain(), f"https://{self.domain()}/", f"*.{self.domain()}", f"{self.domain()}:8443"]),
        }[column]()

    def make(self):
        rng = self.rng
        separator = rng.choice(",,;\t|")
        columns = rng.sample(self.columns, rng.choice([1, 1, 2, 3, 4, 5, 7]))
        if "login" not in columns:
            columns.insert(rng.randrange(len(columns) + 1), "login")
        lines = [separator.join(column if rng.random() < 0.97 else column.upper() for column in columns)]
        most = rng.choice([1, 2, 3, 5, 9, 17, 33, 65, 129, 300, 700])
        # Short rows, so that there is room for many; or sound ones, of which a list is made.
        form = rng.choice(["short", "sound", "any"])
        while len(lines) <= most and sum(map(len, lines)) < 2048:
            repeated = rng.choice(lines[1:]) if len(lines) > 1 and rng.random() < 0.12 else None
            lines.append(repeated or separator.join(self.quoted(self.value(column, form), separator) for column in columns))
            lines[-1] += rng.choice([""] * 98 + [separator, '"'])
        text = rng.choice(["\n", "\n", "\r\n", "\r"]).join(lines) + rng.choice(["", "\n", "\n\n"])
        data = text.encode(rng.choice(["utf-8"] * 6 + ["utf-8-sig", "cp1252"]), "replace")
        return damaged(data, rng) if rng.random() < 0.05 else data

    def value(self, column, form):
        rng = self.rng
        if form == "short":
            if column == "login":
                return f"{rng.randrange(4000):x}@{rng.choice('abc')}.a"
            return "" if rng.random() < 0.9 else self.cell(column)
        if form == "sound" and column == "login":
            return "".join(rng.choice(self.letters[:36]) for _ in range(rng.randint(1, 9))) + rng.choice(["@a.b", "@c.example", "@d.e.f"])
        return self.cell(column)

    def quoted(self, text, separator):
        if self.rng.random() < 0.08 or any(sign in text for sign in (separator, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text


def main():
    target, *rest = sys.argv[1:]
    if not rest:
        for word in dictionary(target):
            print('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"')
        return
    count, seed, known, into = rest
    longest = 8192 if target in ("database", "archive", "rule") else 2048
    # In order, so that the seed says all.
    inputs = [path.read_bytes()[:longest] for path in sorted(Path(known).iterdir())]
    rng = random.Random(int(seed))
    kind = {"database": Databases, "archive": Archives}.get(target)
    makers = [kind(rng, inputs) if kind else Texts(rng, inputs, dictionary(target))]
    if target == "accounts":
        makers.append(Accounts(rng))
    if target in ("delimited-lines", "labelled-blocks", "separated-values", "json-records", "xml-records", "mixed-text"):
        makers.append(Records(rng, inputs))
    for number in range(int(count)):
        (Path(into) / f"made-{number}").write_bytes(rng.choice(makers).make()[:longest])


if __name__ == "__main__":
    main()
