"""Encodings and line ends (formats.md §4), for a whole file and mixed within one, each as blocks and as lines."""

from blocks import block

SHORT = "URL:url|Login:login|Password:password"
ENCODINGS = {
    "utf-8-bom": ("\ufeff", "utf-8"),
    "utf-16-le-bom": ("\ufeff", "utf-16-le"),
    "utf-16-be-bom": ("\ufeff", "utf-16-be"),
    "utf-16-le": ("", "utf-16-le"),
    "utf-16-be": ("", "utf-16-be"),
    "cp1251": ("", "cp1251"),
    "cp1252": ("", "cp1252"),
    "gbk": ("", "gbk"),
}
LINE_ENDS = {
    "crlf": "\r\n",
    "cr": "\r",
    "crlf-and-lf": ["\r\n", "\n"],
    "all-three": ["\r\n", "\n", "\r"],
    "cr-cr-lf": "\r\r\n",
    "unicode-ls": ["\u2028\n", "\n"],
    "vertical-tab": ["\x0b\n", "\n"],
}


def write_encodings(book, maker, count=14):
    """§4: one encoding for a file, then several in one. Logins beyond ASCII are drawn only where it has them."""
    own = {"cp1251": "cyrillic-name", "gbk": "chinese-name", "cp1252": "accented-name"}
    for name, (mark, encoding) in ENCODINGS.items():
        for shape in ("blocks", "lines"):
            eol = maker.rng.choice(["\n", "\r\n"])
            with book.open(f"encodings/{name}/{shape}.txt", eol=eol, encoding=encoding) as file:
                file.text(mark)
                for number in range(count):
                    foreign = number % 4 == 3
                    login = own.get(name, "accented-name") if foreign else maker.rng.choice(["email", "name"])
                    password = {"cp1251": "cyrillic", "gbk": "plain"}.get(name, "accents")
                    kind = f"encoding/{name}" + ("/own-letters" if foreign else "")
                    record = maker.record(url="path", login=login, password=password, odd=0)
                    write_either(file, record, shape, kind)
    with book.open("encodings/odd-length-utf16.txt", encoding="utf-16-le") as file:
        file.text("\ufeff")
        write_some(file, maker, "blocks", "encoding/utf-16-odd-length")
        file.raw(b"U")
    parts = {
        "mixed-bytes": ["utf-8", "cp1251", "cp1252", "gbk", "utf-8"],
        "bom-mid-file": ["utf-8-bom"] * 3,
        "utf-16-behind-utf-8": ["utf-8", "utf-16-le-bom", "utf-8"],
        "utf-8-behind-utf-16": ["utf-16-le-bom", "utf-8"],
    }
    for name, encodings in parts.items():
        for shape in ("blocks", "lines"):
            with book.open(f"encodings/{name}/{shape}.txt") as file:
                for part in encodings:
                    mark, file.encoding = ENCODINGS.get(part, ("", part))
                    file.text(mark)
                    write_some(file, maker, shape, f"encoding/{name}")


def write_line_ends(book, maker):
    for name, ends in LINE_ENDS.items():
        for shape in ("blocks", "lines"):
            with book.open(f"line-ends/{name}/{shape}.txt", eol=ends) as file:
                write_some(file, maker, shape, f"line-end/{name}", 12)


def write_either(file, record, shape, kind):
    if shape == "blocks":
        file.record(block(record, SHORT) + [""], record, kind)
    else:
        file.record([f"{record.url}:{record.login}:{record.password}"], record, kind)


def write_some(file, maker, shape, kind, count=6):
    for _ in range(count):
        record = maker.record(url="path", login=maker.rng.choice(["email", "name"]), password="plain")
        write_either(file, record, shape, kind)
