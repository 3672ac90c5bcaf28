"""Line lists: every order, separator, URL form and login kind of formats.md §5.

A construction is left out where no reader could tell the login: a number right behind a host without path that might be
a port (numbers here are above 65535), a separator that the URL or login holds itself.
"""

from values import BARE_KINDS, ULP_LOGINS, URL_KINDS

#: Separators of url-login-password lines; a pair is one behind the URL and one behind the login.
SEPARATORS = [":", "|", " | ", ";", ";;", "\t", " ", ",", "||", " : ", (" | ", ":"), (" ", ":"), ("\t", ":"), ("|", ";"), (" - ", " - ")]
LOGIN_FIRST = [":", "|", " | ", ";", "\t", ","]
NAMES = ["{n}_ulp.txt", "url-log-pass {n}.txt", "@channel_example {n}.txt", "part{n}.txt", "lines_{n}", "combo{n}.csv.txt"]
SHOWN = {" ": "␠", "\t": "⇥"}


def shown(separator):
    """A separator as it is named in a kind."""
    return "".join(SHOWN.get(mark, mark) for mark in separator)


def forbidden(*separators):
    """What URL and login may not hold beside these separators. Colons are everywhere; the password comes last."""
    return tuple(mark for mark in (separator.strip(" -") or separator for separator in separators) if mark != ":")


def fits(url, separator):
    """Whether a careful reader can split such a line."""
    return not (separator == "," and url in ("colon-in-query",))


def url_first(maker, separator, url, login, password=None):
    """A line `url SEP login SEP password`, and its record."""
    first, second = separator if isinstance(separator, tuple) else (separator, separator)
    record = maker.record(url=url, login=login, password=password, avoid=forbidden(first, second), password_avoid=())
    return record.url + first + record.login + second + record.password, record


def write_lists(book, maker):
    """One file for each order and separator, every URL form with every login kind; then one file of all mixed."""
    number = 0
    mixed = []
    for separator in SEPARATORS:
        number += 1
        name = shown(separator if isinstance(separator, str) else "…".join(separator))
        with open_list(book, number) as file:
            for url in URL_KINDS:
                for login in ULP_LOGINS:
                    if not fits(url, "".join(separator)):
                        continue
                    line, record = url_first(maker, separator, url, login)
                    file.record([line], record, f"ulp/url{name}login{name}pw" if isinstance(separator, str) else f"ulp/url-login-pw {name}")
            for url in ("path", "https", "no-scheme", "android"):
                line, record = url_first(maker, separator, url, "email", password="NOT_SAVED")
                file.record([line], record, "ulp/no-password")
            write_line_decoys(file, maker, separator)
        mixed.append(separator)
    for separator in LOGIN_FIRST:
        number += 1
        with open_list(book, number) as file:
            write_login_first(file, maker, separator)
    with open_list(book, number + 1) as file:
        write_mixed(file, maker, mixed)
    with open_list(book, number + 2) as file:
        write_combos(file, maker)
    with open_list(book, number + 3) as file:
        write_addresses(file, maker)


def open_list(book, number):
    rng = book.rng
    file = book.open("ulp/" + rng.choice(NAMES).format(n=number), eol=rng.choice(["\n", "\n", "\r\n"]))
    if rng.random() < 0.4:
        file.lines("=" * 40, "   FREE CLOUD  -  https://t.me/cloud_example", "=" * 40)
    return file


def write_line_decoys(file, maker, separator):
    """Listed logins that such a line holds where none can be: in the query, as the password, behind the password."""
    first, second = separator if isinstance(separator, tuple) else (separator, separator)
    avoid = forbidden(first, second)
    for _ in range(2):
        record = maker.record(url="login-in-query", login="email", password="plain", avoid=avoid)
        file.record([record.url + first + record.login + second + record.password], record, "ulp/login-in-query")
        record = maker.record(url="path", login="email", password="other-email", avoid=avoid)
        file.record([record.url + first + record.login + second + record.password], record, "ulp/password-is-login")
        record = maker.record(url="https", login="name", password="other-name", avoid=avoid)
        file.record([record.url + first + record.login + second + record.password], record, "ulp/password-is-login")


def write_login_first(file, maker, separator):
    """`login SEP password SEP url`, also with the address behind it; the URL has a scheme, or the login is an e-mail."""
    avoid = forbidden(separator)
    name = shown(separator)
    for url in URL_KINDS:
        if url in ("lost-colon", "lost-scheme", "single-label") or (separator == "," and url == "colon-in-query"):
            continue
        for login in ULP_LOGINS:
            if login != "email" and url.startswith("no-scheme"):
                continue
            record = maker.record(url=url, login=login, password=maker.rng.choice(["plain", "plain", "quotes", "hash", "colon"]), avoid=avoid)
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


def write_mixed(file, maker, separators):
    """A seller's file in which each line has its own order and separator, with adverts between (§5, §1.3)."""
    rng = maker.rng
    for _ in range(200):
        separator, url, login = rng.choice(separators), rng.choice(URL_KINDS), rng.choice(ULP_LOGINS)
        if fits(url, "".join(separator)):
            line, record = url_first(maker, separator, url, login)
            file.record([line], record, "ulp/mixed-in-one-file")
        if rng.random() < 0.05:
            file.lines(rng.choice(["", "@channel_example - best logs", "https://t.me/cloud_example", "-" * 30, "https://t.me/x:https://t.me/x:https://t.me/x"]))


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


def write_addresses(file, maker):
    """Hosts by address or with a service's own line shape: `ip:login:password`, RDP, SMTP, cPanel, WordPress, FTP (§5)."""
    for login in ULP_LOGINS:
        for _ in range(3):
            record = maker.record(url="ipv4", login=login, password="plain")
            file.record([f"{record.hosts[0]}:{record.login}:{record.password}"], record, "ulp/ip:login:pw")
            record = maker.record(url="ipv4", login=login, password="plain")
            file.record([f"{record.hosts[0]}:3389@{record.login};{record.password}"], record, "ulp/rdp ip:port@login;pw")
            record = maker.record(url="https", login=login, password="plain")
            file.record([f"{record.hosts[0]}|587|{record.login}|{record.password}"], record, "ulp/smtp host|port|login|pw")
            record = maker.record(url="https", login=login, password="plain")
            file.record([f"https://{record.hosts[0]}:2083|{record.login}|{record.password}"], record, "ulp/cpanel url|login|pw")
            record = maker.record(url="https", login=login, password="plain")
            password = record.password.replace("@", "")
            file.record([f"https://{record.hosts[0]}/wp-login.php#{record.login}@{password}"], record, "ulp/wordpress url#login@pw")
    for login in ("email", "name", "number"):
        for _ in range(3):
            record = maker.record(url="https", login=login, password="plain")
            password = record.password.replace("@", "").replace("#", "").replace("?", "").replace("%", "")
            file.record([f"ftp://{record.login}:{password}@{record.hosts[0]}/"], record, "ulp/userinfo ftp:login:pw@host")
            record = maker.record(url="path", login=login, password="plain")
            file.record([f"URL: {record.url} | USER: {record.login} | PASS: {record.password}"], record, "ulp/inline-labels")
            record = maker.record(url="path", login=login, password="plain")
            file.record([f"url:{record.url} login:{record.login} password:{record.password}"], record, "ulp/inline-labels-spaces")
