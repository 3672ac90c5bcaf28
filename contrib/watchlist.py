#!/usr/bin/env python3
"""Makes and inspects dumpsieve watchlists with Python's standard library alone.

A second maker beside `dumpsieve watchlist make`, written from docs/WATCHLISTS.md: from the same
key, CSV file and options come the same bytes. It needs Python 3.9 or newer, on Linux, and no network.

  watchlist.py make --key-file FILE --partner ID --out FILE [--domain D]... [--service-host H]...
                    [--expires DATE] [--made TIME] [--allow-generic] CSV|-
  watchlist.py info FILE              what the header of a list says; needs no key
  watchlist.py check FILE --key-file FILE   every check that the scanner makes
  watchlist.py normalise              one login per line of stdin; an empty line for a refused one
  watchlist.py vectors [FILE]         checks the normalisation against its vectors

Exit status: 0 done, 2 could not write, 64 usage, 78 key, CSV file or list refused. No message shows
a login or any other cell: they name lines and columns.
"""
import argparse
import bisect
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import re
import secrets
import stat
import struct
import sys
import unicodedata

USAGE, REFUSED, FAILED = 64, 78, 2

NORMALISATION_VERSION = 1
MAX_INPUT_BYTES = 320
MAX_OUTPUT_BYTES = 512
MAX_DOMAIN_BYTES = 253
MAX_REF_BYTES = 128
MAX_KEY_FILE_BYTES = 4096
MAX_LIST_BYTES = 8 << 30
MAX_HEADER_BYTES = 1 << 20
MAX_NAMED_LINES = 20
# A list is hashed, and its filter words are sealed, in pieces of 64 KiB.
PIECE_BYTES = 1 << 16


class Refusal(Exception):
    """A key, CSV file or list that is refused; the message is for a person and holds no cell."""


# Normalisation version 1

UNICODE = "14.0.0"

# Run lengths from U+0000 on, in hexadecimal: assigned in Unicode 14.0, unassigned, assigned, ...
# Printed by contrib/unicode_tables.py --assigned.
ASSIGNED_RUNS = """
378 2 6 4 7 1 1 1 14 1 18d 1 26 2 32 2 3 1 37 8 1b 4 6 b 10e 1 3c 2 65 e 3b 2 31 2 f 1 1c 2 1 1
b 5 1f 1 2 6 ec 1 8 2 2 2 16 1 7 1 1 3 4 2 9 2 2 2 4 8 1 4 2 1 5 2 19 2 3 1 6 4 2 2 16 1 7 1 2
1 2 1 2 2 1 1 5 4 2 2 3 3 1 7 4 1 1 7 11 a 3 1 9 1 3 1 16 1 7 1 2 1 5 2 a 1 3 1 3 2 1 f 4 2 c 7
7 1 3 1 8 2 2 2 16 1 7 1 2 1 5 2 9 2 2 2 3 7 3 4 2 1 5 2 12 a 2 1 6 3 3 1 4 3 2 1 1 1 2 3 2 3 3
3 c 4 5 3 3 1 4 2 1 6 1 e 15 5 d 1 3 1 17 1 10 2 9 1 3 1 4 7 2 1 3 2 1 2 4 2 a 7 16 1 3 1 17 1
a 1 5 2 9 1 3 1 4 7 2 6 2 1 4 2 a 1 2 d d 1 3 1 33 1 3 1 6 4 10 2 1a 1 3 1 12 3 18 1 9 1 1 2 7
3 1 4 6 1 1 1 8 6 a 2 3 c 3a 4 1d 25 2 1 1 1 5 1 18 1 1 1 17 2 5 1 1 1 6 2 a 2 4 20 48 1 24 4
27 1 24 1 f 1 d 25 c6 1 1 5 1 2 179 1 4 2 7 1 1 1 4 2 29 1 4 2 21 1 4 2 7 1 1 1 4 2 f 1 39 1 4
2 43 2 20 3 1a 6 56 2 6 2 29d 3 59 7 16 9 18 9 14 c d 1 3 1 2 c 5e 2 a 6 a 6 1a 6 59 7 2b 5 46
a 1f 1 c 4 c 4 1 3 2a 2 5 b 2c 4 1a 6 b 3 3e 2 41 1 1d 2 b 6 a 6 e 2 1f 31 4d 3 2f 1 74 8 3c 3
f 3 3c 7 2b 2 b 8 2b 5 216 2 6 2 26 2 6 2 8 1 1 1 1 1 1 1 1f 2 35 1 f 1 e 2 6 1 13 2 3 1 9 1 65
1 c 2 1b 1 d 3 21 f 21 f 8c 4 297 19 b 15 714 2 20 1 15d 5 2d 1 1 5 1 2 38 7 2 e 18 9 7 1 7 1 7
1 7 1 7 1 7 1 7 1 7 1 7e 22 1a 1 59 c d6 1a c 4 40 1 56 2 67 5 2b 1 5e 1 54 c 2f 1 726d 3 37 9
15c 14 b8 8 cb 5 2 1 1 1 5 18 3b 3 a 6 38 8 46 8 c 6 74 b 1e 3 4e 1 b 4 21 1 37 9 e 2 a 2 67 18
1c a 6 2 6 2 6 9 7 1 7 1 3c 4 7e 2 a 6 2ba4 c 17 4 31 4 226e 2 6a 26 7 c 5 5 1a 1 5 1 1 1 2 1 2
1 7d 10 1bd 2 36 7 1 20 2a 6 33 1 13 1 4 4 5 1 87 2 1 1 be 3 6 2 6 2 6 2 3 3 7 1 7 a 5 2 c 1 1a
1 13 1 2 1 f 2 e 22 7b 5 3 4 2d 3 58 1 d 3 1 2f 2e 82 1d 3 31 f 1c 4 24 9 1e 5 2b 5 1e 1 25 4 e
2a 9e 2 a 6 24 4 24 4 28 8 34 b c 1 f 1 7 1 2 1 b 1 f 1 7 1 2 43 137 9 16 a 8 18 6 1 2a 1 9 45
6 2 1 1 2c 1 2 3 1 2 17 1 48 8 9 30 13 1 2 5 21 3 1b 5 1 40 38 4 14 2 32 1 2 5 8 1 3 1 1d 2 3 4
a 7 9 7 40 20 27 4 c 9 36 3 1d 2 1b 5 1a 7 4 c 7 50 49 37 33 d 33 7 2e 8 a 126 1f 1 2a 1 3 2 2
4e 28 8 2a 16 1a 26 1c 14 17 9 4e 4 24 9 44 a 1 2 19 7 a 6 35 1 12 8 27 9 60 1 14 b 12 1 2c 41
7 1 1 1 4 1 f 1 b 6 3b 5 a 6 4 1 8 2 2 2 16 1 7 1 2 1 5 1 a 2 2 2 3 2 1 6 1 5 7 2 7 3 5 8b 5c 1
5 1e 48 8 a a6 36 2 26 22 45 b a 6 d 13 3a 6 a 36 1b 2 f 4 17 b9 3c 64 53 c 8 2 1 2 8 1 2 1 1e
1 2 2 c 9 a 46 8 2 2e 2 b 1b 48 8 53 d 49 107 9 1 2d 1 e a 1d 3 20 2 16 1 e 49 7 1 2 1 2c 3 1 1
2 1 9 8 a 6 6 1 2 1 25 1 2 1 6 7 a 136 19 b7 1 f 32 d 39b 66 6f 1 5 b c4 a4c 63 d 42f 1 9 fc7
247 21b9 239 7 1f 1 a 4 51 1 a 6 1e 2 6 a 46 a a 1 7 1 15 5 13 2b0 5b 65 4b 4 39 7 11 40 5 b 2
e 17f8 8 4d6 2a 9 22e7 4 1 7 1 2 1 123 2d 3 11 4 8 18c 904 6b 5 d 3 9 7 a 2 8 125c 2e 2 17 9 74
3c f6 a 27 2 c2 15 46 9a 14 c 57 9 19 87 55 1 47 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 41 1 4 2 8 1 7 1
1c 1 4 1 5 1 1 3 7 1 154 2 124 2 2be f 5 1 f 450 1f e1 7 1 11 2 7 1 2 1 5 d5 2d 3 e 2 a 4 2 140
1f 11 3a 5 1 4e0 7 1 4 1 2 1 f 1 c5 2 10 29 4c 4 a 4 2 311 44 4c 3d c2 4 1 1b 1 2 1 1 2 1 1 a 1
4 1 1 1 1 6 1 4 1 1 1 1 1 1 3 1 2 1 1 2 1 1 1 1 1 1 1 1 1 1 2 1 1 2 4 1 7 1 4 1 4 1 1 1 a 1 11
5 3 1 5 1 11 34 2 10e 2c 4 64 c f 2 f 1 f 1 25 a ae 38 1d d 2c 4 9 7 2 e 6 9a 3d8 5 10 3 d 3 74
c 59 7 c 4 1 f c 4 38 8 a 6 28 8 1e 2 2 4e 154 c e 2 5 3 5 3 7 9 1d 3 b 5 6 a a 6 8 8 7 9 93 1
37 25 a 406 a6e0 20 1039 7 de 2 1682 e 1d31 c1f 21e 5e2 134b aecb6 1 1e 60 80 f0 fe10 fffe 2
fffe 2
"""

WHITE_SPACE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
FOREIGN_TO_DOMAIN = re.compile("[#*/:?@" + WHITE_SPACE + "]")

# The five undefined bytes become the C1 control of the same number.
WINDOWS_1252 = "".join(
    bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
    for b in range(256)
)


def run_borders():
    """Where assigned and unassigned runs begin, in turn; the first run is assigned."""
    borders, start = [], 0
    for run in ASSIGNED_RUNS.split():
        borders.append(start)
        start += int(run, 16)
    return borders


BORDERS = run_borders()


def is_assigned(character):
    """Whether Unicode 14.0 has assigned it."""
    return bisect.bisect_right(BORDERS, ord(character)) % 2 == 1


class UnicodeTooOld(Exception):
    """This Python's Unicode is older than 14.0 and lacks a character of the login."""


def by_unicode_14(text, change):
    """`change` of the text as Unicode 14.0 has it, whatever version this Python has.

    What 14.0 has not assigned stands for itself and lets nothing pass: the parts between are
    changed separately. Normalisation is stable for characters once assigned.
    """
    if unicodedata.unidata_version == UNICODE or text.isascii():
        return change(text)
    result, part = "", ""
    for character in text:
        if is_assigned(character):
            if unicodedata.category(character) == "Cn":
                raise UnicodeTooOld()
            part += character
        else:
            result += change(part) + character
            part = ""
    return result + change(part)


def nfkc(text):
    return by_unicode_14(text, lambda part: unicodedata.normalize("NFKC", part))


def lower_case(character):
    """The full lower case of one character, which is without context."""
    lower = character.lower()
    # A capital of 14.0 whose small letter came later has no lower case in 14.0.
    if not lower.isascii() and not all(map(is_assigned, lower)):
        return character
    return lower


def lower_cased(text):
    if text.isascii():
        return text.lower()
    return by_unicode_14(text, lambda part: "".join(map(lower_case, part)))


def wire_label(label):
    """A label of a mail domain as it stands in DNS, without any IDNA mapping."""
    if label.isascii():
        return label
    return "xn--" + label.encode("punycode").decode("ascii")


def wire_domain(domain):
    if domain.endswith(".") and len(domain) > 1:
        domain = domain[:-1]
    return ".".join(map(wire_label, domain.split(".")))


def decoded(raw):
    """Bytes as UTF-8, else as Windows-1252."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(WINDOWS_1252[b] for b in raw)


def mail_domain_start(text):
    """Where the mail domain begins, or None: behind the last @, with something on both sides."""
    at = text.rfind("@")
    return at + 1 if 0 < at < len(text) - 1 else None


def folded(raw):
    """Steps 1 to 5, or None for what is no login or domain."""
    if len(raw) > MAX_INPUT_BYTES:
        return None
    text = nfkc(lower_cased(nfkc(decoded(raw).strip(WHITE_SPACE))))
    if not text or CONTROL.search(text):
        return None
    return text


def normalise(raw):
    """The normalised login as bytes, or None if it is refused."""
    text = folded(raw)
    if text is None:
        return None
    start = mail_domain_start(text)
    if start is not None:
        text = text[:start] + wire_domain(text[start:])
    result = text.encode("utf-8")
    return result if len(result) <= MAX_OUTPUT_BYTES else None


def normalise_domain(raw):
    """The normalised mail domain or service host as text, or None if it is refused."""
    text = folded(raw)
    if text is None or FOREIGN_TO_DOMAIN.search(text):
        return None
    domain = wire_domain(text)
    return domain if len(domain) <= MAX_DOMAIN_BYTES else None


# Keys

PARTNER = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
KEY_FILE = re.compile(
    rb"dumpsieve-key 1\n"
    rb"partner: ([A-Za-z0-9._-]{1,128})\n"
    rb"key: ([0-9a-f]{64})\n"
    rb"(?:filter-key: ([0-9a-f]{32})\n)?\Z"
)


class Key:
    """What docs/WATCHLISTS.md derives from the key."""

    def __init__(self, partner, key, filter_key):
        self.partner = partner
        self.key = key
        self.id = self.derived("key-id")[:8].hex()
        self.check = self.derived("key-check")[:16].hex()
        self.file_key = self.derived("file-mac")
        self.seal_key = self.derived("filter-seal")
        self.has_own_filter = filter_key is None
        self.filter_key = filter_key or self.derived("filter-key")[:16]
        self.filter_check = self.hmac(b"dumpsieve/1/filter-check" + self.filter_key)[:8].hex()
        canary = self.derived("canary")[:12].hex() + "@canary.dumpsieve.invalid"
        self.canary_login = canary.encode("ascii")

    def hmac(self, message):
        return hmac.digest(self.key, message, "sha256")

    def derived(self, label):
        return self.hmac(b"dumpsieve/1/" + label.encode("ascii"))

    def tag(self, kind, login):
        return self.hmac(b"v1\0" + kind + b"\0" + login)[:16]

    def filter_word(self, login):
        return siphash13(self.filter_key, login)

    def sealed(self, words):
        """Nonce and sealed filter words."""
        nonce = hmac.digest(self.seal_key, b"nonce\0" + words, "sha256")[:16]
        result = bytearray(nonce)
        for piece, start in enumerate(range(0, len(words), PIECE_BYTES)):
            part = words[start:start + PIECE_BYTES]
            seed = hmac.digest(
                self.seal_key, b"stream\0" + nonce + struct.pack("<I", piece), "sha256")
            stream = hashlib.shake_256(seed).digest(len(part))
            xor = int.from_bytes(part, "little") ^ int.from_bytes(stream, "little")
            result += xor.to_bytes(len(part), "little")
        return bytes(result)

    def mac(self, content):
        """Of a whole file, over the digests of its pieces, so that threads can check it."""
        digests = b"".join(
            hashlib.sha256(content[start:start + PIECE_BYTES]).digest()
            for start in range(0, len(content), PIECE_BYTES))
        return hmac.digest(self.file_key, digests, "sha256")


def siphash13(key, message):
    """SipHash with one compression round and three at the end, as a 64-bit integer."""
    mask = 0xFFFFFFFFFFFFFFFF
    k0, k1 = struct.unpack("<QQ", key)
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573
    length = len(message)
    padded = message + bytes(7 - length % 8) + bytes([length & 0xFF])
    words = list(struct.unpack("<%dQ" % (len(padded) // 8), padded))
    # The three rounds at the end take in nothing; 0xFF goes into v2 before the first of them.
    for index, word in enumerate(words + [0, 0, 0]):
        if index == len(words):
            v2 ^= 0xFF
        v3 ^= word
        v0 = (v0 + v1) & mask
        v1 = ((v1 << 13) | (v1 >> 51)) & mask ^ v0
        v0 = ((v0 << 32) | (v0 >> 32)) & mask
        v2 = (v2 + v3) & mask
        v3 = ((v3 << 16) | (v3 >> 48)) & mask ^ v2
        v0 = (v0 + v3) & mask
        v3 = ((v3 << 21) | (v3 >> 43)) & mask ^ v0
        v2 = (v2 + v1) & mask
        v1 = ((v1 << 17) | (v1 >> 47)) & mask ^ v2
        v2 = ((v2 << 32) | (v2 >> 32)) & mask
        v0 ^= word
    return v0 ^ v1 ^ v2 ^ v3


def read_key(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Refusal(f"key file: cannot be opened, or is a symbolic link ({error.strerror})")
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Refusal("key file: is not a regular file")
        if status.st_uid not in (os.geteuid(), 0):
            raise Refusal("key file: belongs to another user")
        if status.st_mode & 0o077:
            raise Refusal("key file: group or others have access; run chmod 600 on it")
        text = file.read(MAX_KEY_FILE_BYTES + 1)
    match = KEY_FILE.match(text) if len(text) <= MAX_KEY_FILE_BYTES else None
    if not match:
        raise Refusal("key file: is not in the form that dumpsieve key new writes")
    filter_key = match.group(3)
    return Key(
        match.group(1).decode(),
        bytes.fromhex(match.group(2).decode()),
        bytes.fromhex(filter_key.decode()) if filter_key else None,
    )


# The CSV file

COLUMNS = (
    "login", "ref", "partner", "privileged", "password_changed_at", "aliases", "service_host")
TRUE = {"1", "true", "yes", "x", "oui", "vrai"}
FALSE = {"", "0", "false", "no", "non", "faux"}
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# 9,99123E+13 for a long number, #### for want of room, #REF!
SPREADSHEET = re.compile(r"(?=[0-9.,]*[.,])[0-9.,]+e\+[0-9.,]+|#+|#.*!")
GENERIC = set(
    "admin administrator administrateur root user username utilisateur test guest info contact "
    "demo default login password support sales mail email webmaster postmaster office null none unknown "
    "n/a not_saved owner system".split()
)
LINE_END = re.compile("\r\n|\n|\r")
ALIAS_BORDER = re.compile("[|,;]")
UNKNOWN_DATE = -(1 << 63)


class LineRefused(Exception):
    pass


def csv_text(raw):
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refusal("CSV file: is in UTF-16; save it as UTF-8")
    return decoded(raw[3:] if raw.startswith(b"\xef\xbb\xbf") else raw)


def header_delimiter(text):
    """What stands most often in the first line that is not blank; in a tie the first of , ; TAB."""
    for line in LINE_END.split(text):
        if line.strip(WHITE_SPACE):
            return max(",;\t", key=line.count)
    return ","


def records(text, delimiter):
    """Yields (line number, cells); a record's number is that of its first line.

    Cells is None for a quote that nothing closes. Records of empty cells alone are skipped. A quote
    opens a quoted cell only as its first character; what follows the closing one is kept.
    """
    other = "[^" + re.escape(delimiter) + "\r\n]*"
    plain = re.compile(other)
    quoted = re.compile('"([^"]*(?:""[^"]*)*)"(?!")(' + other + ")")
    position, line = 0, 1
    while position < len(text):
        end = LINE_END.match(text, position)
        if end:
            position, line = end.end(), line + 1
            continue
        first_line, cells = line, []
        while True:
            if text.startswith('"', position):
                match = quoted.match(text, position)
                if not match:
                    yield first_line, None
                    return
                line += len(LINE_END.findall(match.group(1)))
                cell = match.group(1).replace('""', '"') + match.group(2)
            else:
                match = plain.match(text, position)
                cell = match.group()
            cells.append(cell.strip(WHITE_SPACE))
            position = match.end()
            if not text.startswith(delimiter, position):
                break
            position += 1
        end = LINE_END.match(text, position)
        if end:
            position, line = end.end(), line + 1
        if any(cells):
            yield first_line, cells


DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})Z)?\Z")
DAY_FIRST = re.compile(
    r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?: ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?\Z")


EPOCH = datetime.datetime(1970, 1, 1)


def seconds(year, month, day, time):
    """Seconds since 1970, UTC; None for what is no date, or one before 1970."""
    if int(year) < 1970:
        return None
    try:
        moment = datetime.datetime(
            int(year), int(month), int(day), *(int(part or 0) for part in time))
    except ValueError:
        return None
    return (moment - EPOCH) // datetime.timedelta(seconds=1)


def parse_time(text):
    """`2025-01-15` or `2025-01-15T08:30:00Z`; None for anything else."""
    match = DATE.match(text)
    return seconds(*match.groups()[:3], match.groups()[3:]) if match else None


def parse_cell_time(text):
    if not text:
        return UNKNOWN_DATE
    match = DAY_FIRST.match(text)
    if match:
        day, month, year, *time = match.groups()
        moment = seconds(year, month, day, time)
    else:
        moment = parse_time(text)
    if moment is None:
        raise LineRefused("password_changed_at is none of 2025-01-15, 2025-01-15T08:30:00Z, "
                          "15/01/2025, 15/01/2025 08:30")
    return moment


def format_time(moment):
    return (EPOCH + datetime.timedelta(seconds=moment)).isoformat(timespec="seconds") + "Z"


class Account:
    """One account; texts are bytes."""

    __slots__ = (
        "line", "login", "ref", "partner", "service_host", "changed_at", "flags", "aliases")


def checked_login(text, what, has_service_host, allow_generic):
    try:
        login = normalise(text.encode("utf-8"))
    except UnicodeTooOld:
        raise LineRefused(f"{what} has a character that this Python does not know yet; "
                          "use Python 3.11 or newer")
    if login is None:
        raise LineRefused(f"{what} is empty, too long, or holds a control character")
    name = login.decode("utf-8")
    if "@" in name and (
            any(c in '",;|<> ' for c in name) or name.startswith(("mailto:", "'")) or name[-1] == "@"):
        raise LineRefused(f"{what} is not one login")
    if UNSEEN.search(name) or SPREADSHEET.fullmatch(name):
        raise LineRefused(f"{what} is what a spreadsheet made of it, or holds signs that nobody sees")
    if not has_service_host and not allow_generic:
        if mail_domain_start(name) is None and (len(name) < 4 or name in GENERIC):
            raise LineRefused(f"{what} is generic and would match strangers everywhere; "
                              "give a service_host, or --allow-generic")
    return login


def account_of(line, cell, partner, allow_generic):
    account = Account()
    account.line = line
    service_host = cell["service_host"]
    if service_host:
        try:
            service_host = normalise_domain(service_host.encode("utf-8"))
        except UnicodeTooOld:
            service_host = None
        if service_host is None:
            raise LineRefused("service_host is not a bare host name")
    account.service_host = service_host.encode("ascii")

    has_host = bool(service_host)
    account.login = checked_login(cell["login"], "login", has_host, allow_generic)
    account.aliases = set()
    for alias in ALIAS_BORDER.split(cell["aliases"]):
        alias = alias.strip(WHITE_SPACE)
        if alias:
            account.aliases.add(checked_login(alias, "an alias", has_host, allow_generic))
    account.aliases.discard(account.login)

    account.ref = cell["ref"].encode("utf-8")
    if len(account.ref) > MAX_REF_BYTES:
        raise LineRefused(f"ref is longer than {MAX_REF_BYTES} bytes")
    if "@" in cell["ref"] or CONTROL.search(cell["ref"]):
        raise LineRefused("ref holds an @ or a control character; it stands in clear in the list, "
                          "so it must not be a login")
    account.partner = (cell["partner"] or partner).encode("utf-8")
    if not PARTNER.match(cell["partner"] or partner):
        raise LineRefused("partner is not 1 to 128 of A-Z a-z 0-9 . _ -")
    privileged = cell["privileged"].lower()
    if privileged not in TRUE and privileged not in FALSE:
        raise LineRefused("privileged is none of 1 true yes x oui vrai, 0 false no non faux")
    account.flags = 1 if privileged in TRUE else 0
    account.changed_at = parse_cell_time(cell["password_changed_at"])
    return account


def header_columns(line, cells):
    if cells is None:
        raise Refusal(f"CSV file, line {line}: a quote is not closed")
    columns = []
    for number, name in enumerate(cells, 1):
        name = name.lower()
        if name not in COLUMNS:
            # Not shown: without a header line it is somebody's login.
            raise Refusal(f"CSV file, line {line}: column {number} of the header is not one of "
                          + ", ".join(COLUMNS))
        if name in columns:
            raise Refusal(f"CSV file, line {line}: the header has {name} twice")
        columns.append(name)
    if "login" not in columns:
        raise Refusal(f"CSV file, line {line}: the header has no login")
    return columns


def read_accounts(raw, partner, allow_generic):
    text = csv_text(raw)
    rows = records(text, header_delimiter(text))
    try:
        columns = header_columns(*next(rows))
    except StopIteration:
        raise Refusal("CSV file: is empty")

    accounts, problems = {}, []
    for line, cells in rows:
        try:
            if cells is None:
                raise LineRefused("a quote is not closed")
            if len(cells) > len(columns):
                raise LineRefused("has more cells than the header")
            cell = dict.fromkeys(COLUMNS, "")
            cell.update(zip(columns, cells))
            account = account_of(line, cell, partner, allow_generic)
            where = (account.login, account.partner, account.service_host)
            earlier = accounts.setdefault(where, account)
            if earlier is not account:
                if (earlier.ref, earlier.changed_at, earlier.flags, earlier.aliases) != (
                        account.ref, account.changed_at, account.flags, account.aliases):
                    raise LineRefused(f"repeats the login of line {earlier.line} with another ref, "
                                      "date, flag or alias")
        except LineRefused as problem:
            problems.append(f"CSV file, line {line}: {problem}")
    if problems:
        more = len(problems) - MAX_NAMED_LINES
        named = problems[:MAX_NAMED_LINES] + ([f"and {more} more lines"] if more > 0 else [])
        raise Refusal("\n".join(named + ["nothing was written"]))
    if not accounts:
        raise Refusal("CSV file: holds no account")
    return list(accounts.values())


# The list


def padding(length):
    return bytes(-length % 16)


def list_bytes(key, partner, accounts, made, expires, domains, service_hosts, allow_generic):
    canary = Account()
    canary.login, canary.ref, canary.partner = key.canary_login, b"", partner.encode("ascii")
    canary.service_host, canary.changed_at, canary.flags = b"", UNKNOWN_DATE, 2
    canary.aliases = set()
    keyed = [(key.tag(b"login", account.login), account) for account in accounts]
    keyed.sort(key=lambda entry: (
        entry[0], entry[1].partner, entry[1].service_host, entry[1].ref))
    keyed.append((key.tag(b"login", canary.login), canary))

    owned, words, strings, offsets, table = set(), set(), bytearray(), {b"": 0}, bytearray()
    word_of = {}
    for index, (tag, account) in enumerate(keyed):
        owned.add((tag, index))
        for alias in account.aliases:
            owned.add((key.tag(b"alias", alias), index | 1 << 31))
        for login in (account.login, *account.aliases):
            if login not in word_of:
                word_of[login] = key.filter_word(login)
        names = (account.ref, account.partner, account.service_host)
        for string in names:
            if string not in offsets:
                offsets[string] = len(strings)
                strings += string
        table += struct.pack("<qIII", account.changed_at, *(offsets[string] for string in names))
        table += bytes((*map(len, names), account.flags))
    owned = sorted(owned)
    words = sorted(set(word_of.values()))

    header = [
        "dumpsieve-watchlist 1",
        f"partner: {partner}",
        f"key-id: {key.id}",
        f"key-check: {key.check}",
        f"normalisation: {NORMALISATION_VERSION}",
        f"made: {format_time(made)}",
    ]
    if expires is not None:
        header.append(f"expires: {format_time(expires)}")
    header += [
        "bare-logins: " + ("anywhere" if allow_generic else "at-services"),
        "filter: " + ("own" if key.has_own_filter else "installation"),
        f"filter-check: {key.filter_check}",
        f"accounts: {len(accounts)}",
        f"tags: {len(owned)}",
        f"filter-words: {len(words)}",
        f"strings: {len(strings)}",
    ]
    header += [f"mail-domain: {domain}" for domain in sorted(set(domains))]
    header += [f"service-host: {host}" for host in sorted(set(service_hosts))]

    result = bytearray(("\n".join(header) + "\n\n").encode("ascii"))
    for section in (
        b"",
        b"".join(tag for tag, _ in owned),
        struct.pack("<%dI" % len(owned), *(owner for _, owner in owned)),
        table,
        strings,
        key.sealed(struct.pack("<%dQ" % len(words), *words)),
    ):
        result += section
        result += padding(len(result))
    return bytes(result) + key.mac(result)


def write_whole(path, content):
    """All of it or nothing; readable by the owner alone."""
    path = pathlib.Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


# Reading a list

TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
COUNT = r"(?:0|[1-9][0-9]{0,9})"
HEADER = re.compile(
    r"dumpsieve-watchlist 1\n"
    r"partner: (?P<partner>[A-Za-z0-9._-]{1,128})\n"
    r"key-id: (?P<key_id>[0-9a-f]{16})\n"
    r"key-check: (?P<key_check>[0-9a-f]{32})\n"
    r"normalisation: (?P<normalisation>" + COUNT + r")\n"
    r"made: (?P<made>" + TIME + r")\n"
    r"(?:expires: (?P<expires>" + TIME + r")\n)?"
    r"bare-logins: (?P<bare>at-services|anywhere)\n"
    r"filter: (?P<filter>installation|own)\n"
    r"filter-check: (?P<filter_check>[0-9a-f]{16})\n"
    r"accounts: (?P<accounts>" + COUNT + r")\n"
    r"tags: (?P<tags>" + COUNT + r")\n"
    r"filter-words: (?P<words>" + COUNT + r")\n"
    r"strings: (?P<strings>" + COUNT + r")\n"
    r"(?P<domains>(?:mail-domain: [!-~]{1,253}\n)*)"
    r"(?P<hosts>(?:service-host: [!-~]{1,253}\n)*)"
    r"\n\Z"
)


def names_ascend(lines):
    names = lines.split("\n")[:-1]
    return all(a < b for a, b in zip(names, names[1:]))


def read_list(content, key=None):
    """Makes the reader's checks, but for the expiry, and returns the header's match object.

    Without a key, key id, key check value, MAC and filter check are left out.
    """
    if len(content) > MAX_LIST_BYTES:
        raise Refusal("list: is larger than 8 GiB")
    if not content.startswith(b"dumpsieve-watchlist 1\n"):
        if content.startswith(b"dumpsieve-watchlist "):
            raise Refusal("list: has a format version that this program does not know")
        raise Refusal("list: is not a watchlist; a CSV file is turned into one by the make command")
    end = content.find(b"\n\n", 0, MAX_HEADER_BYTES) + 2
    header = HEADER.match(content[:end].decode("latin-1")) if end >= 2 else None
    if not header or not names_ascend(header["domains"]) or not names_ascend(header["hosts"]):
        raise Refusal("list: the header is damaged")
    if parse_time(header["made"]) is None or (
            header["expires"] and parse_time(header["expires"]) is None):
        raise Refusal("list: the header is damaged")
    if int(header["normalisation"]) != NORMALISATION_VERSION:
        raise Refusal("list: has another normalisation version; make it anew")
    if key and (header["key_id"] != key.id or header["key_check"] != key.check):
        raise Refusal("list: was made with another key")

    tags, accounts = int(header["tags"]), int(header["accounts"]) + 1
    words, strings = int(header["words"]), int(header["strings"])
    places, position = {}, end + len(padding(end))
    for name, length in (("tags", 16 * tags), ("owners", 4 * tags), ("accounts", 24 * accounts),
                         ("strings", strings), ("filter", 16 + 8 * words)):
        places[name] = (position, position + length)
        position += length + len(padding(position + length))
    if position + 32 != len(content):
        raise Refusal("list: is cut off or has something behind its end")
    section = {name: content[start:stop] for name, (start, stop) in places.items()}
    if key:
        if not hmac.compare_digest(key.mac(content[:position]), content[position:]):
            raise Refusal("list: was changed after it was made")
        if header["filter_check"] != key.filter_check or (
                header["filter"] == "own") != key.has_own_filter:
            raise Refusal("list: was made with another filter key")

    if accounts == 1:
        raise Refusal("list: holds no account")
    owners = struct.unpack("<%dI" % tags, section["owners"])
    pairs = [(section["tags"][16 * i:16 * i + 16], owner) for i, owner in enumerate(owners)]
    if any(a >= b for a, b in zip(pairs, pairs[1:])):
        raise Refusal("list: its tags are out of order")
    if any(owner & 0x7FFFFFFF >= accounts for owner in owners):
        raise Refusal("list: a tag points at no account")
    for _, *fields, _ in struct.iter_unpack("<qIIIBBBB", section["accounts"]):
        if any(start + length > strings for start, length in zip(fields[:3], fields[3:])):
            raise Refusal("list: an account points behind the strings")
    if key and (key.tag(b"login", key.canary_login), accounts - 1) not in pairs:
        raise Refusal("list: has no canary account")
    return header


def read_file(path, what):
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise Refusal(f"{what}: cannot be read ({error.strerror})")


# Commands


class Parser(argparse.ArgumentParser):
    def __init__(self, **options):
        super().__init__(allow_abbrev=False, **options)

    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def make(parser, options):
    if not PARTNER.match(options.partner):
        parser.error("--partner takes 1 to 128 of A-Z a-z 0-9 . _ -")
    made = int(datetime.datetime.now(datetime.timezone.utc).timestamp())
    if options.made is not None:
        made = parse_time(options.made)
    expires = parse_time(options.expires) if options.expires is not None else None
    if made is None or (options.expires is not None and expires is None):
        parser.error("--made and --expires take 2026-07-01 or 2026-07-01T08:00:00Z")
    if expires is not None and expires <= made:
        parser.error("--expires is not later than --made")
    names = {}
    for option in ("domain", "service_host"):
        names[option] = []
        for number, name in enumerate(getattr(options, option), 1):
            domain = normalise_domain(os.fsencode(name))
            if domain is None:
                name = option.replace("_", "-")
                parser.error(f"--{name} number {number} is not a bare host name: "
                             "no scheme, port, path, query, blank, @ or *, at most 253 bytes")
            names[option].append(domain)
    key = read_key(options.key_file)
    if key.partner != options.partner:
        raise Refusal("key file: is of another partner than --partner")
    accounts = read_accounts(
        read_file(options.csv, "CSV file"), options.partner, options.allow_generic)
    content = list_bytes(
        key, options.partner, accounts, made, expires, names["domain"], names["service_host"],
        options.allow_generic)
    try:
        write_whole(options.out, content)
    except OSError as error:
        print(f"the list cannot be written: {error.strerror}", file=sys.stderr)
        return FAILED
    return 0


def info(_, options):
    content = read_file(options.list, "list")
    header = read_list(content)
    sys.stdout.write(header.group()[:-1])
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    if header["expires"] and parse_time(header["expires"]) <= now:
        print("the list has expired", file=sys.stderr)
    return 0


def check(_, options):
    header = read_list(read_file(options.list, "list"), read_key(options.key_file))
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    if header["expires"] and parse_time(header["expires"]) <= now:
        raise Refusal("list: has expired")
    return 0


def normalise_lines(_, options):
    status = 0
    lines = sys.stdin.buffer.read().split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, 1):
        try:
            login = normalise(line)
            problem = "is no login" if login is None else ""
        except UnicodeTooOld:
            login, problem = None, "needs Python 3.11 or newer"
        if login is None:
            print(f"line {number}: {problem}", file=sys.stderr)
            status = REFUSED
        sys.stdout.buffer.write((login or b"") + b"\n")
    return status


def vectors(_, options):
    path = options.vectors or (pathlib.Path(__file__).resolve().parent.parent / "Tests"
                               / "WatchlistsTests" / "normalisation-vectors.json")
    entries = json.loads(read_file(path, "vectors").decode("utf-8"))
    failures = skipped = 0
    for entry in entries:
        raw = bytes.fromhex(entry["hex"]) if "hex" in entry else entry["login"].encode("utf-8")
        try:
            login = normalise(raw)
        except UnicodeTooOld:
            skipped += 1
            continue
        if login != (None if entry["normalised"] is None else entry["normalised"].encode("utf-8")):
            failures += 1
            print(f"fails: {entry['what']}")
    print(f"{len(entries)} vectors, {failures} failed, {skipped} need a newer Python; "
          f"this one has Unicode {unicodedata.unidata_version}")
    return 1 if failures else 0


def main(arguments):
    parser = Parser(prog="watchlist.py", description="Makes and inspects dumpsieve watchlists.")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    command = commands.add_parser("make", help="make a list from a CSV file")
    command.add_argument("--key-file", required=True)
    command.add_argument("--partner", required=True, metavar="ID")
    command.add_argument("--out", required=True, metavar="FILE")
    command.add_argument("--domain", action="append", default=[], metavar="D")
    command.add_argument("--service-host", action="append", default=[], metavar="H")
    command.add_argument("--expires", metavar="DATE")
    command.add_argument("--made", metavar="TIME")
    command.add_argument("--allow-generic", action="store_true")
    command.add_argument("csv", metavar="CSV", help="file, or - for stdin")
    command.set_defaults(run=make)
    command = commands.add_parser("info", help="show the header of a list")
    command.add_argument("list", metavar="FILE")
    command.set_defaults(run=info)
    command = commands.add_parser("check", help="check a list under its key")
    command.add_argument("list", metavar="FILE")
    command.add_argument("--key-file", required=True)
    command.set_defaults(run=check)
    command = commands.add_parser("normalise", help="normalise the logins on stdin")
    command.set_defaults(run=normalise_lines)
    command = commands.add_parser("vectors", help="check the normalisation vectors")
    command.add_argument("vectors", nargs="?", metavar="FILE")
    command.set_defaults(run=vectors)
    options = parser.parse_args(arguments)
    try:
        return options.run(parser, options)
    except Refusal as refusal:
        for line in str(refusal).split("\n"):
            print(f"watchlist.py: {line}", file=sys.stderr)
        return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
