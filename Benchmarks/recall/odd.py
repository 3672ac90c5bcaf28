"""The awkward cases: values and boundaries (formats.md §0, §1.2, §8), encodings and line ends (§4), files of several
layouts, and the mail and FTP clients of §2."""

import base64
from xml.sax.saxutils import escape

from blocks import FIFTEEN, REDLINE_ART, block
from lines import url_first

ROWS = "URL:url|Username:login|Password:password|Application:soft"
SHORT = "URL:url|Login:login|Password:password"
ENCODINGS = {
    "utf-8-bom": ("utf-8-sig", "utf-8"),
    "utf-16-le-bom": ("utf-16-le", "utf-16-le"),
    "utf-16-be-bom": ("utf-16-be", "utf-16-be"),
    "utf-16-le": ("", "utf-16-le"),
    "utf-16-be": ("", "utf-16-be"),
    "cp1251": ("", "cp1251"),
    "cp1252": ("", "cp1252"),
    "gbk": ("", "gbk"),
}


def write_odd(book, maker):
    write_boundaries(book, maker)
    write_values(book, maker)
    write_two_logins(book, maker)
    write_lookalikes(book, maker)
    write_damage(book, maker)
    write_encodings(book, maker)
    write_line_ends(book, maker)
    write_mixed(book, maker)
    write_mail_and_ftp(book, maker)


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
    for order in ("Password:password|Username:login|URL:url", "Username:login|Password:password|URL:url", "Password:password|URL:url|Login:login"):
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
    each("next-line-indented", lambda lines, r: [part if n % 2 == 0 else "  " + part for n, part in enumerate(next_line(lines, r))])
    each("several-line-android-url", wrapped_url, url="android")
    each("password-over-two-lines", lambda lines, r: lines[:2] + [lines[2], "CANARY second line", lines[3]], password="plain")
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
    each("app-as-service-host", lambda lines, _: lines, url="android", login="name", app=True)
    each("no-url-label", lambda lines, _: lines[1:], url="none", between=("",))
    each("empty-url", lambda lines, _: lines, url="none", between=("",))
    each("quoted-values", lambda lines, _: ['{}: "{}"'.format(*line.split(": ", 1)) for line in lines])
    each("json-like-lines", lambda lines, _: ['  "{}": "{}",'.format(*line.split(": ", 1)) for line in lines])
    each("padded-columns", lambda lines, _: ["{:<15}: {}".format(*line.split(": ", 1)) for line in lines])
    each("full-width-colon", lambda lines, _: [line.replace(": ", "：", 1) for line in lines])
    for kind in ("accented-name", "spaced-name", "windows", "siret", "phone", "number", "apostrophe", "plus-tag", "no-dot-email",
                 "idn-email", "accented-email", "upper-email", "cyrillic-name", "chinese-name"):  # fmt: skip
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
                book.true(other, "awkward/two-logins", file.path, file.number, " ⏎ ".join(lines))
                file.record(lines, record, "awkward/two-logins")
                file.lines("")


def write_lookalikes(book, maker):
    """Logins of one service at a host that only looks like it (§8): nothing there is an account."""
    with book.open("odd/lookalike/passwords.txt") as blocks, book.open("odd/lookalike/ulp.txt") as lines:
        for _ in range(12):
            host = maker.host()
            for other in (f"{host}.evil.example", f"not{host}", f"x-{host}", "evil.example/?next=https://" + host + "/login", maker.host()):
                login = maker.login("name")[1]
                secret = maker.password("plain", None)[0]
                blocks.decoy([f"URL: https://{other}", f"Username: {login}", f"Password: {secret}", ""], login, "lookalike-host", host)
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
            file.lines("URL: https://t.me/cloud_example", "Username: @cloud_example", "Password: https://t.me/cloud_example", "Application: t.me", FIFTEEN)
            record = maker.record(odd=0)
            file.record(block(record, ROWS) + [FIFTEEN], record, "awkward/fake-advert-record")
    with book.open("odd/appended-adverts/Passwords.txt") as file:
        for _ in range(12):
            advert = rng.choice([" | https://t.me/cloud_example You can buy dm @cloud_example", " [to buy @cloud_example]"])
            record = maker.record(odd=0, url="path")
            rows = rng.choice([SHORT, "Username:login|Password:password|URL:url", "URL:url|Password:password|Login:login"])
            lines = block(record, rows)
            lines[-1] += advert
            file.record(lines + [""], record, "awkward/appended-advert")
    with book.open("odd/banner-in-the-middle/Passwords.txt") as file:
        for _ in range(5):
            file.lines(*REDLINE_ART)
            few(file, "awkward/first-after-banner", 2)
    with book.open("odd/late-records/notes.txt") as file:
        for n in range(3000):
            file.lines(f"journal {n}: rien à signaler, machine en marche depuis {n} heures")
        few(file, "awkward/records-after-prose")
    for name in ("Passwords.txt.locked", "passwords .txt", "mot\u202egnp.txt", "Пароли.txt", "pass\\words.txt", "Passwords"):
        with book.open(f"odd/names/{name}") as file:
            few(file, "awkward/file-name", 3)


def write_encodings(book, maker, count=14):
    """§4: one encoding for a file, then several in one. Logins beyond ASCII are drawn only where the encoding has them."""
    own = {"cp1251": "cyrillic-name", "gbk": "chinese-name", "cp1252": "accented-name"}
    for name, (mark, encoding) in ENCODINGS.items():
        for shape in ("blocks", "lines"):
            with book.open(f"encodings/{name}/{shape}.txt", eol=maker.rng.choice(["\n", "\r\n"]), encoding=encoding) as file:
                if mark:
                    file.text("\ufeff")
                for number in range(count):
                    login = own.get(name, "accented-name") if number % 4 == 3 else maker.rng.choice(["email", "name", "plus-tag"])
                    password = {"cp1251": "cyrillic", "gbk": "plain"}.get(name, "accents")
                    kind = f"encoding/{name}" + ("/own-letters" if number % 4 == 3 else "")
                    record = maker.record(url="path", login=login, password=password, odd=0)
                    write_either(file, record, shape, kind)
    with book.open("encodings/odd-length-utf16.txt", encoding="utf-16-le") as file:
        file.text("\ufeff")
        write_some(file, maker, "blocks", "encoding/utf-16-odd-length")
        file.raw(b"U")
    parts = {
        "mixed-bytes": ["utf-8", "cp1251", "cp1252", "gbk", "utf-8"],
        "bom-mid-file": ["utf-8-sig", "utf-8-sig", "utf-8-sig"],
        "utf-16-behind-utf-8": ["utf-8", "utf-16", "utf-8"],
        "utf-8-behind-utf-16": ["utf-16", "utf-8"],
    }
    for name, encodings in parts.items():
        for shape in ("blocks", "lines"):
            with book.open(f"encodings/{name}/{shape}.txt") as file:
                for encoding in encodings:
                    file.encoding = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
                    if encoding in ("utf-8-sig", "utf-16"):
                        file.text("\ufeff")
                    write_some(file, maker, shape, f"encoding/{name}")


def write_either(file, record, shape, kind):
    if shape == "blocks":
        file.record(block(record, SHORT) + [""], record, kind)
    else:
        file.record([f"{record.url}:{record.login}:{record.password}"], record, kind)


def write_some(file, maker, shape, kind, count=6):
    for _ in range(count):
        write_either(file, maker.record(url="path", login=maker.rng.choice(["email", "name"]), password="plain"), shape, kind)


def write_line_ends(book, maker):
    for name, ends in {"crlf": "\r\n", "cr": "\r", "crlf-and-lf": ["\r\n", "\n"], "all-three": ["\r\n", "\n", "\r"], "cr-cr-lf": "\r\r\n",
                       "unicode-ls": ["\u2028\n", "\n"], "vertical-tab": ["\x0b\n", "\n"]}.items():  # fmt: skip
        for shape in ("blocks", "lines"):
            with book.open(f"line-ends/{name}/{shape}.txt", eol=ends) as file:
                write_some(file, maker, shape, f"line-end/{name}", 12)


def write_mixed(book, maker):
    """Files that hold blocks, lines and tables one after the other, as sellers join them (§0, §4)."""
    rng = maker.rng

    def lines(file, kind, separator=":"):
        for _ in range(10):
            line, record = url_first(maker, separator, rng.choice(["path", "https", "port-path"]), rng.choice(["email", "name", "siret"]))
            file.record([line], record, kind)

    def table(file, kind):
        file.lines("name,url,username,password,note")
        for _ in range(8):
            record = maker.record(url="path", password="plain")
            file.record([f"Compte,{record.url},{record.login},{record.password},"], record, kind)

    def json_lines(file, kind):
        for _ in range(6):
            record = maker.record(url="path", password="plain", login="email")
            file.record([f'{{"url": "{record.url}", "login": "{record.login}", "password": "{record.password}"}}'], record, kind)

    def blocks(file, kind):
        write_some(file, maker, "blocks", kind, 8)

    writers = {"blocks": blocks, "lines": lines, "bar-lines": lambda f, k: lines(f, k, "|"), "table": table, "json-lines": json_lines}
    orders = [
        ("blocks", "lines"), ("lines", "blocks"), ("blocks", "table"), ("table", "blocks"), ("lines", "table"), ("table", "lines"),
        ("table", "table"), ("lines", "bar-lines"), ("blocks", "lines", "table", "blocks", "json-lines"), ("json-lines", "lines"),
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


def write_mail_and_ftp(book, maker):
    """§2: mail clients as blocks and tables, FileZilla as XML and text, WinSCP's list, Pidgin."""

    def hosted(scheme):
        record = maker.record(url="https", password="plain")
        record.url = f"{scheme}{record.hosts[0]}"
        return record

    with book.open("clients/app_outlook.txt") as file:
        for _ in range(8):
            record, server = hosted(""), maker.host()
            record.hosts = (record.hosts[0],) if record.service_host else (record.hosts[0], server)
            file.record(["Soft: Outlook", f"IMAP Server: {record.url}", "IMAP Port: 993", f"SMTP Server: {server}", f"IMAP User: {record.login}", f"IMAP Password: {record.password}", ""], record, "client/outlook-blocks")
    with book.open("clients/app_foxmail.txt") as file:
        for _ in range(6):
            record = hosted("")
            file.record(["Soft: Foxmail", f"Host: {record.url}", "Port: 995", f"Login: {record.login}", f"Password: {record.password}", ""], record, "client/foxmail-blocks")
    with book.open("clients/email_credentials.txt") as file:
        for _ in range(8):
            record = hosted(maker.rng.choice(["imap://", "smtp://", "pop3://"]))
            file.record([f"{record.url}\t{record.login}\t{record.password}"], record, "client/mail-table")
    for name in ("sitemanager.xml", "recentservers.xml"):
        with book.open(f"FTP/FileZilla/{name}") as file:
            outer = "Servers" if name.startswith("site") else "RecentServers"
            file.lines('<?xml version="1.0" encoding="UTF-8"?>', '<FileZilla3 version="3.66.4" platform="windows">', f"  <{outer}>")
            for _ in range(8):
                record = hosted("")
                secret = base64.b64encode(record.password.encode()).decode("ascii")
                file.record(["    <Server>", f"      <Host>{record.url}</Host>", "      <Port>21</Port>", "      <Protocol>0</Protocol>",
                             f"      <User>{escape(record.login)}</User>", f'      <Pass encoding="base64">{secret}</Pass>', "      <Logontype>1</Logontype>", "    </Server>"], record, "client/filezilla-xml")  # fmt: skip
            file.lines(f"  </{outer}>", "</FileZilla3>")
    with book.open("FTP/filezilla_credentials.txt") as file:
        for _ in range(8):
            record = hosted("")
            file.record([f"Host: {record.url}:21", f"User: {record.login}", f"Pass: {record.password}", ""], record, "client/filezilla-text")
    with book.open("FTP/WinSCP.ini") as file:
        for _ in range(6):
            record = hosted("")
            file.record([f"[Sessions\\{maker.rng.choice(['prod', 'site'])}]", f"HostName={record.url}", "PortNumber=22", f"UserName={record.login}", f"Password={record.password}", ""], record, "client/winscp-ini")
    with book.open("Pidgin/Pidgin.txt") as file:
        for _ in range(5):
            record = maker.record(url="none", login="email", password="plain")
            file.record(["Protocol: prpl-jabber", f"Username: {record.login}", f"Password: {record.password}", ""], record, "client/pidgin")
