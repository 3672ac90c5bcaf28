"""Big files whose true records lie round the borders of the pieces in which a program may read them (1 MiB, 64 KiB)."""

from blocks import block

BORDERS = [1 << 16, 1 << 20, 2 << 20, 3 << 20]


def write_big(book, maker):
    shapes = {
        "lines": (None, lambda r: [f"{r.url}:{r.login}:{r.password}"]),
        "blocks": (None, lambda r: block(r, "SOFT:soft|URL:url|USER:login|PASS:password") + [""]),
        "table": ("name,url,username,password,note", lambda r: [f"Compte,{r.url},{r.login},{r.password},"]),
        "json-lines": (None, lambda r: [f'{{"url": "{r.url}", "login": "{r.login}", "password": "{r.password}"}}']),
        "utf-16": (None, lambda r: [f"{r.url}:{r.login}:{r.password}"]),
    }
    for name, (header, shape) in shapes.items():
        with book.open(f"big/{name}.txt", encoding="utf-16-le" if name == "utf-16" else "utf-8") as file:
            if name == "utf-16":
                file.text("\ufeff")
            if header:
                file.lines(header)
            for border in BORDERS:
                write_to(file, maker, shape, border - maker.rng.randrange(40, 900))
                for _ in range(8):
                    record = maker.record(url="path", login=maker.rng.choice(["email", "name"]), password="plain")
                    file.record(shape(record), record, f"big/{name}")


def write_to(file, maker, shape, size):
    """Records of people on no list, until the file is nearly `size` bytes long."""
    filler = maker.record(url="path", login="email", password="plain")
    number = 0
    while file.size < size:
        number += 1
        filler.login = f"autre{number}@{maker.host()}"
        file.lines(*shape(filler))
