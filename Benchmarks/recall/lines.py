"""Line lists: every order, separator, URL form and login kind of formats.md §5.

A construction is left out where no reader could tell the login: a number right behind a host without path that might be
a port (numbers here are above 65535), a separator that the URL or login holds itself.
"""

from resellers import shaped
from values import BARE_KINDS, EMAIL_KINDS, OTHER_LETTERS, ULP_LOGINS, URL_KINDS

#: Separators of url-login-password lines; a pair is one behind the URL and one behind the login.
SEPARATORS = [
    ":", "|", " | ", ";", ";;", "\t", " ", ",", "||", " : ", "::", ": ", "   ", " ; ",
    (" | ", ":"), (" ", ":"), ("\t", ":"), ("|", ";"), (":", "|"), (" - ", " - "),
]  # fmt: skip
LOGIN_FIRST = [":", "|", " | ", ";", "\t", ","]
NAMES = ["{n}_ulp.txt", "url-log-pass {n}.txt", "@channel {n}.txt", "part{n}.txt", "lines_{n}", "combo{n}.csv.txt"]
ADVERTS = [
    "",
    "@channel_example - best logs",
    "https://t.me/cloud_example",
    "-" * 30,
    "https://t.me/x:https://t.me/x:x",
]

#: Lines of other shapes: kind, URL form, text.
SHAPES = [
    ("ip:login:pw", "ipv4", "{h}:{l}:{p}"),
    ("inline-labels", "path", "URL: {u} | USER: {l} | PASS: {p}"),
    ("inline-labels-blanks", "path", "url:{u} login:{l} password:{p}"),
]
SHOWN = {" ": "␠", "\t": "⇥"}


def both(separator):
    """The separators behind the URL and behind the login."""
    return separator if isinstance(separator, tuple) else (separator, separator)


def shown(separator):
    """A separator as it is named in a kind."""
    return "".join(SHOWN.get(mark, mark) for mark in separator)


def forbidden(*separators):
    """What URL and login may not hold beside these separators. Colons are everywhere; the password comes last."""
    return tuple(mark for mark in (separator.strip(" -") or separator for separator in separators) if mark != ":")


def fits(url, separator):
    """Whether a careful reader can split such a line: the URL does not hold the separator."""
    return not (";" in separator and url == "semicolon-in-path" or "::" in separator and url.startswith("ipv6"))


def url_first(maker, separator, url, login, password=None):
    """A line `url SEP login SEP password`, and its record."""
    first, second = both(separator)
    record = maker.record(url=url, login=login, password=password, avoid=forbidden(first, second), password_avoid=())
    return record.url + first + record.login + second + record.password, record


def write_lists(book, maker):
    """One file for each order and separator, every URL form with every login kind; then one file of all mixed."""
    for number, separator in enumerate(SEPARATORS, 1):
        first, second = both(separator)
        kind = f"ulp/url{shown(first)}login{shown(second)}pw"
        with open_list(book, number) as file:
            for url in URL_KINDS:
                for login in ULP_LOGINS:
                    if not fits(url, "".join(separator)):
                        continue
                    line, record = url_first(maker, separator, url, login)
                    file.record([line], record, kind)
            for url in ("path", "https", "no-scheme", "android"):
                line, record = url_first(maker, separator, url, "email", password="NOT_SAVED")
                file.record([line], record, "ulp/no-password")
            write_line_decoys(file, maker, separator)
            line, record = url_first(maker, separator, "path", "email", password="plain")
            file.record([line], record, "ulp/no-line-end", end=False)
    for number, separator in enumerate(LOGIN_FIRST, 50):
        with open_list(book, number) as file:
            write_login_first(file, maker, separator)
    with open_list(book, 59) as file:
        for login in EMAIL_KINDS + BARE_KINDS + OTHER_LETTERS:
            for separator in (":", "|", ";", "\t", ":"):
                line, record = url_first(maker, separator, "path", login)
                file.record([line], record, f"ulp/odd-login/{login}")
    with open_list(book, 60) as file:
        write_mixed(file, maker)
    with open_list(book, 61) as file:
        write_combos(file, maker)
    with open_list(book, 62) as file:
        write_shapes(file, maker)


def open_list(book, number):
    rng = book.rng
    file = book.open("ulp/" + rng.choice(NAMES).format(n=number), eol=rng.choice(["\n", "\n", "\r\n"]))
    if rng.random() < 0.4:
        file.lines("=" * 40, "   FREE CLOUD  -  https://t.me/cloud_example", "=" * 40)
    return file


def write_line_decoys(file, maker, separator):
    """Listed logins that such a line holds where none can be: in the query, as the password, behind the password."""
    first, second = both(separator)
    wanted = [
        ("login-in-query", "email", "plain", "login-in-query"),
        ("login-in-path", "email", "plain", "login-in-path"),
        ("path", "email", "other-email", "password-is-login"),
        ("https", "name", "other-name", "password-is-login"),
        ("path", "email", "colon-email", "login-behind-password"),
    ]
    for url, login, password, kind in wanted * 2:
        record = maker.record(url=url, login=login, password=password, avoid=forbidden(first, second))
        file.record([record.url + first + record.login + second + record.password], record, f"ulp/{kind}")


def write_login_first(file, maker, separator):
    """`login SEP password SEP url`, also with the address behind it; a scheme or an e-mail tells which is which."""
    avoid = forbidden(separator)
    name = shown(separator)
    for url in URL_KINDS:
        if url in ("lost-colon", "lost-scheme", "single-label") or not fits(url, separator):
            continue
        for login in ULP_LOGINS:
            if login != "email" and url.startswith(("no-scheme", "bare-app")):
                continue
            password = maker.rng.choice(["plain", "plain", "quotes", "hash", "colon"])
            record = maker.record(url=url, login=login, password=password, avoid=avoid)
            line = separator.join([record.login, record.password, record.url])
            file.record([line], record, f"ulp/login{name}pw{name}url")
    if separator in (":", "|", ";"):
        for url in ("path", "https", "port-path", "android"):
            for login in ULP_LOGINS:
                record = maker.record(url=url, login=login, password="plain", avoid=avoid)
                line = separator.join([record.login, record.password, record.url, maker.ipv4(), "FR"])
                file.record([line], record, f"ulp/login{name}pw{name}url{name}ip{name}cc")
        for _ in range(4):
            record = maker.record(url="path", login="email", password="other-email", avoid=avoid)
            file.record([separator.join([record.login, record.password, record.url])], record, "ulp/password-is-login")


def write_mixed(file, maker):
    """A seller's file in which each line has its own order and separator, with adverts between (§5, §1.3)."""
    rng = maker.rng
    for _ in range(200):
        separator, url, login = rng.choice(SEPARATORS), rng.choice(URL_KINDS), rng.choice(ULP_LOGINS)
        if fits(url, "".join(separator)):
            line, record = url_first(maker, separator, url, login)
            file.record([line], record, "ulp/mixed-in-one-file")
        if rng.random() < 0.03:
            login = maker.login("email")[1]
            lone = rng.choice(
                [login, f"https://{maker.host()}/reset?email={login}", f"mailto:{login}", f"From: {login}"]
            )
            file.decoy([lone], login, "lone-in-a-list")
        if rng.random() < 0.05:
            file.lines(rng.choice(ADVERTS))


def write_combos(file, maker):
    """`login:password` without a URL; also with the e-mail's name as user name in passing (§5)."""
    for separator in (":", ";", "|", " | ", "\t", " ", ","):
        for password in ("plain", "colon", "other-email", "url", "quotes", "plain"):
            for login in ("email", "plus-tag", "apostrophe", "upper-email", "name", "phone", "siret", "windows"):
                if separator in (" ", "\t", ",") and password != "plain":
                    continue
                if separator == " " and login in BARE_KINDS:
                    continue  # two words are no record
                record = maker.record(url="none", login=login, password=password)
                if separator.strip() and separator.strip() in record.password and password not in ("colon", "url"):
                    continue
                file.record([record.login + separator + record.password], record, f"combo/login{shown(separator)}pw")

    for _ in range(12):
        record = maker.record(url="none", login="email", password="plain")
        capture = f" | Name = {maker.rng.choice(['Jean', 'Marie'])} | Country = FR | Plan = Premium"
        file.record([f"{record.login}:{record.password}{capture}"], record, "combo/with-capture")


def write_shapes(file, maker):
    for kind, url, shape in SHAPES:
        for login in ULP_LOGINS:
            for _ in range(3):
                record = maker.record(url=url, login=login, password="plain")
                file.record(shaped(shape, record), record, f"ulp/{kind}")
