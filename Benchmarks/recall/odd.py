"""The awkward cases: values and boundaries (formats.md §0, §1.2, §8), and files of several layouts."""

from blocks import FIFTEEN, REDLINE_ART, block
from encodings_made import SHORT, write_some
from lines import url_first
from resellers import shaped
from values import BARE_KINDS, EMAIL_KINDS, OTHER_LETTERS

JSON_LINE = '{{"url": "{u}", "login": "{l}", "password": "{p}"}}'
ROWS = "URL:url|Username:login|Password:password|Application:soft"


#: Labels of a record that hold an e-mail which is not its login.
DECOY_LABELS = {
    "Note: écrire à ": "note-label",
    "Comment: ": "comment-label",
    "Recovery email: ": "recovery-label",
    "Profile: ": "profile-name",
    "Application: Google Chrome, ": "application-label",
    "Seller: ": "seller-label",
}
ORDERS = [
    "Password:password|Username:login|URL:url",
    "Username:login|Password:password|URL:url",
    "URL:url|Password:password|Login:login",
]


def write_odd(book, maker):
    write_boundaries(book, maker)
    write_values(book, maker)
    write_two_logins(book, maker)
    write_lookalikes(book, maker)
    write_damage(book, maker)
    write_mixed(book, maker)


def write_boundaries(book, maker, count=15):
    """Where one record ends and the next begins (§0.2)."""
    rng = maker.rng
    ways = {
        "no-separator": [[]],
        "two-blank-lines": [["", ""]],
        "separator-or-with-blank": [[FIFTEEN], [FIFTEEN, ""]],
        "all-mixed": [[], [""], ["", ""], [FIFTEEN], ["-" * 40], ["*****"], ["", FIFTEEN, ""], ["~~~~~~~~"], ["#####"]],
        "blank-inside-record": [[""], ["", ""]],
    }
    for name, between in ways.items():
        with book.open(f"odd/{name}/Passwords.txt") as file:
            for number in range(count):
                record = maker.record(urls=None, filled=name == "blank-inside-record", odd=0.1)
                lines = block(record, SHORT)
                if name == "blank-inside-record":
                    lines.insert(1, "")
                file.record(lines, record, f"awkward/{name}")
                file.lines(*rng.choice(between))
    for order in ORDERS:
        with book.open("odd/order/passwords.txt") as file:
            for _ in range(count):
                record = maker.record(odd=0.1)
                file.record(block(record, order), record, "awkward/label-order")
                file.lines("")
    for name, ending in (("ends-after-login", 2), ("ends-in-password", 3)):
        with book.open(f"odd/{name}/Passwords.txt") as file:
            record = maker.record(odd=0)
            file.record(block(record, ROWS), record, f"awkward/{name}")
            file.lines(FIFTEEN)
            record = maker.record(odd=0)
            record.has_password = ending > 2
            file.record(block(record, ROWS)[:ending], record, f"awkward/{name}", end=False)


def write_values(book, maker, count=8):
    """Values that are empty, elsewhere, over several lines, or look like labels (§1.2)."""
    rng = maker.rng

    def each(name, change, rows=ROWS, between=(FIFTEEN,), app=False, **wanted):
        with book.open(f"odd/{name}/Passwords.txt") as file:
            for _ in range(count):
                record = maker.record(**{"odd": 0, **wanted})
                if app:
                    record.service_host = record.hosts[0]
                file.record(change(block(record, rows), record), record, f"awkward/{name}")
                file.lines(*between)

    def next_line(lines, _):
        return [part for line in lines for part in (line.split(": ", 1)[0] + ":", line.split(": ", 1)[1])]

    def wrapped_url(lines, record):
        half = len(record.url) // 2
        return [f"URL: {record.url[:half]}", record.url[half:]] + lines[1:]

    each("next-line-value", next_line)
    each(
        "next-line-indented",
        lambda lines, r: [part if n % 2 == 0 else "  " + part for n, part in enumerate(next_line(lines, r))],
    )
    each("several-line-android-url", wrapped_url, url="android")
    each(
        "password-over-two-lines",
        lambda lines, r: lines[:2] + [lines[2], "CANARY second line", lines[3]],
        password="plain",
    )
    each("no-space-after-label", lambda lines, _: [line.replace(": ", ":", 1) for line in lines])
    each("tab-after-label", lambda lines, _: [line.replace(": ", ":\t", 1) for line in lines])
    each("equals-sign", lambda lines, _: [line.replace(": ", rng.choice([" = ", "="]), 1) for line in lines])
    each("space-before-colon", lambda lines, _: [line.replace(": ", " : ", 1) for line in lines])
    each("bullets", lambda lines, _: [rng.choice(["- ", "• ", "  ", "\t", "* "]) + line for line in lines])
    each("trailing-blanks", lambda lines, _: [line + rng.choice(["  ", "\t", " "]) for line in lines])
    each("label-inside-password", lambda lines, _: lines, password="label")
    each("only-equals-password", lambda lines, _: lines, password="equals")
    each("fifteen-equals-password", lambda lines, _: lines, password="fifteen-equals")
    each("empty-password", lambda lines, _: [line.rstrip() for line in lines], password="empty")
    each("not-saved-password", lambda lines, _: lines, password="NOT_SAVED")
    each("other-email-as-password", lambda lines, _: lines, password="other-email")
    each("other-name-as-password", lambda lines, _: lines, password="other-name", login="name", url="path")
    each("login-in-query", lambda lines, _: lines, url="login-in-query", login="email")
    each("next-line-empty-password", next_line, password="empty")
    each(
        "missing-login-before",
        lambda lines, r: [f"URL: https://{maker.host()}/", "Password: CANARYalone"] + lines,
        rows=SHORT,
        between=("",),
    )
    each(
        "missing-password-after",
        lambda lines, r: lines + [f"URL: https://{maker.host()}/", f"Login: x{maker.rng.randrange(9999)}"],
        rows=SHORT,
        between=(),
    )
    for label, kind in DECOY_LABELS.items():
        with book.open(f"odd/labels/{kind}.txt") as file:
            for _ in range(count):
                record = maker.record(odd=0, password="plain")
                login = maker.login("email")[1]
                record.decoys.append((login, kind, None))
                lines = block(record, SHORT)
                lines.insert(0 if kind == "profile-name" else len(lines), f"{label}{login}")
                file.record(lines + [""], record, "awkward/other-labels")
    each("app-as-service-host", lambda lines, _: lines, url="android", login="name", app=True)
    each("no-url-label", lambda lines, _: lines[1:], url="none", between=("",))
    each("empty-url", lambda lines, _: lines, url="none", between=("",))
    each("quoted-values", lambda lines, _: ['{}: "{}"'.format(*line.split(": ", 1)) for line in lines])
    each("json-like-lines", lambda lines, _: ['  "{}": "{}",'.format(*line.split(": ", 1)) for line in lines])
    each("padded-columns", lambda lines, _: ["{:<15}: {}".format(*line.split(": ", 1)) for line in lines])
    each("full-width-colon", lambda lines, _: [line.replace(": ", "：", 1) for line in lines])
    for kind in EMAIL_KINDS + BARE_KINDS + OTHER_LETTERS:
        each(f"login-{kind}", lambda lines, _: lines, login=kind)


def write_two_logins(book, maker):
    """A record with a user name and an e-mail: both are logins of it (issue 3)."""
    for rows in ("URL: {u}|Username: {n}|Email: {e}|Password: {p}", "Host: {u}|Email: {e}|Login: {n}|Pass: {p}"):
        with book.open("odd/two-logins/Passwords.txt") as file:
            for _ in range(8):
                record = maker.record(url="path", login="name", password="plain")
                written, listed = maker.login("email")
                lines = rows.format(u=record.url, n=record.login, e=written, p=record.password).split("|")
                other = type(record)(record.url, record.hosts, written, listed, "", True, record.facets)
                line = file.number + next(n for n, text in enumerate(lines) if written in text)
                book.true(other, "awkward/two-logins", file.path, line, " ⏎ ".join(lines))
                file.record(lines, record, "awkward/two-logins")
                file.lines("")


def write_lookalikes(book, maker):
    """Logins of one service at a host that only looks like it (§8): nothing there is an account."""
    with book.open("odd/lookalike/passwords.txt") as blocks, book.open("odd/lookalike/ulp.txt") as lines:
        for _ in range(12):
            host = maker.host()
            others = [
                f"{host}.evil.example",
                f"not{host}",
                f"x-{host}",
                f"evil.example/?next=https://{host}/",
                maker.host(),
            ]
            for other in others:
                login = maker.login("name")[1]
                secret = maker.password("plain", None)[0]
                text = [f"URL: https://{other}", f"Username: {login}", f"Password: {secret}", ""]
                blocks.decoy(text, login, "lookalike-host", host)
                login = maker.login("siret")[1]
                lines.decoy([f"https://{other}:{login}:{secret}"], login, "lookalike-host", host)
            login = maker.login("name")[1]
            lines.decoy([f"https://{maker.host()}/login:{login}@{host}:{secret}"], login, "mail-name-of-a-login", host)


def write_damage(book, maker):
    """NUL bytes, bad bytes, long lines, fake records and appended adverts (§1.2, §1.3, §8)."""
    rng = maker.rng

    def few(file, kind, count=6, spoil=lambda text: text):
        for _ in range(count):
            record = maker.record(odd=0)
            file.record([spoil(line) for line in block(record, SHORT)] + [""], record, kind)

    with book.open("odd/nul-after-values/Passwords.txt") as file:
        few(file, "awkward/nul-after-value", spoil=lambda line: line + "\0" * rng.randrange(1, 4))
    with book.open("odd/nul-hole/Passwords.txt") as file:
        few(file, "awkward/nul-hole")
        file.raw(b"\0" * 9000)
        file.text("\n")
        few(file, "awkward/nul-hole")
    with book.open("odd/nul-hole-first/Passwords.txt") as file:
        file.raw(b"\0" * 70_000)
        file.text("\n")
        few(file, "awkward/nul-hole-first")
    with book.open("odd/bad-bytes/Passwords.txt") as file:
        for _ in range(6):
            few(file, "awkward/bad-bytes", 1)
            file.raw(b"Application: \xff\xfe\x81\xc3\x28\n\n")
    with book.open("odd/long-line/Passwords.txt") as file:
        few(file, "awkward/long-line")
        file.lines("x" * 2_000_000)
        few(file, "awkward/long-line")
    with book.open("odd/long-line/ulp.txt") as file:
        for _ in range(10):
            line, record = url_first(maker, ":", "path", "email")
            file.record([line], record, "awkward/long-line-ulp")
        file.lines("y" * 3_000_000)
        for _ in range(10):
            line, record = url_first(maker, ":", "path", "email")
            file.record([line], record, "awkward/long-line-ulp")
    with book.open("odd/fake-records/Passwords.txt") as file:
        for _ in range(6):
            file.lines(
                "URL: https://t.me/cloud_example",
                "Username: @cloud_example",
                "Password: https://t.me/cloud_example",
                "Application: t.me",
                FIFTEEN,
            )
            record = maker.record(odd=0)
            file.record(block(record, ROWS) + [FIFTEEN], record, "awkward/fake-advert-record")
    with book.open("odd/appended-adverts/Passwords.txt") as file:
        for _ in range(12):
            record = maker.record(odd=0, url="path")
            lines = block(record, rng.choice([SHORT, *ORDERS]))
            lines[-1] += rng.choice([" | https://t.me/cloud_example You can buy dm @cloud", " [to buy @cloud_example]"])
            file.record(lines + [""], record, "awkward/appended-advert")
    with book.open("odd/banner-in-the-middle/Passwords.txt") as file:
        for _ in range(5):
            file.lines(*REDLINE_ART)
            few(file, "awkward/first-after-banner", 2)
    with book.open("odd/late-records/notes.txt") as file:
        for n in range(3000):
            file.lines(f"journal {n}: rien à signaler, machine en marche depuis {n} heures")
        few(file, "awkward/records-after-prose")
    for name in ("Passwords.txt.locked", "pass .txt", "mot\u202egnp.txt", "Пароли.txt", "pass\\words.txt", "Passwords"):
        with book.open(f"odd/names/{name}") as file:
            few(file, "awkward/file-name", 3)


def write_mixed(book, maker):
    """Files that hold blocks, lines and tables one after the other, as sellers join them (§0, §4)."""
    rng = maker.rng

    def lines(file, kind, separator=":"):
        for _ in range(10):
            url, login = rng.choice(["path", "https", "port-path"]), rng.choice(["email", "name", "siret"])
            line, record = url_first(maker, separator, url, login)
            file.record([line], record, kind)

    def table(file, kind):
        file.lines("name,url,username,password,note")
        for _ in range(8):
            record = maker.record(url="path", password="plain")
            file.record([f"Compte,{record.url},{record.login},{record.password},"], record, kind)

    def json_lines(file, kind):
        for _ in range(6):
            record = maker.record(url="path", password="plain", login="email")
            file.record(shaped(JSON_LINE, record), record, kind)

    def blocks(file, kind):
        write_some(file, maker, "blocks", kind, 8)

    writers = {
        "blocks": blocks,
        "lines": lines,
        "bar-lines": lambda f, k: lines(f, k, "|"),
        "table": table,
        "json-lines": json_lines,
    }
    orders = [
        ("blocks", "lines"), ("lines", "blocks"), ("blocks", "table"), ("table", "blocks"), ("lines", "table"),
        ("table", "lines"), ("table", "table"), ("lines", "bar-lines"), ("json-lines", "lines"),
        ("blocks", "lines", "table", "blocks", "json-lines"),
    ]  # fmt: skip
    for order in orders:
        with book.open(f"mixed/{' then '.join(order)}.txt") as file:
            for part in order:
                writers[part](file, f"mixed/{part}-in-mixed")
                if rng.random() < 0.5:
                    file.lines("", f"------ @cloud_example part {rng.randrange(9)} ------", "")
    with book.open("mixed/line by line.txt") as file:
        for _ in range(30):
            record = maker.record(url="path", login="email", password="plain")
            if rng.random() < 0.5:
                file.record(block(record, SHORT), record, "mixed/blocks-between-lines")
            else:
                file.record([f"{record.url}:{record.login}:{record.password}"], record, "mixed/lines-between-blocks")
