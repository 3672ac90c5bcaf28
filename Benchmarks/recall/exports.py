"""Exports of browsers and password managers (formats.md §6): CSV, JSON, XML and SQLite, and tables of no known product.

CSV is RFC 4180, here with quoted line breaks in notes and passwords; rows that are no login (cards, secure notes) and
notes that name other logins stand between.
"""

import csv
import io
import json
import os
import sqlite3
from xml.sax.saxutils import escape

URLS = [
    "https", "path", "port", "ipv4-port", "ipv6", "idn", "punycode", "upper", "trailing-dot", "android", "no-scheme",
    "url-in-query", "userinfo", "none", "single-label", "long-path", "colon-in-path",
]  # fmt: skip

#: Header, and for each column what stands in it; a text in quotes stands for itself.
CSVS = {
    "chrome-csv": ("name,url,username,password,note", "title,url,login,password,note"),
    "chrome-csv-no-note": ("name,url,username,password", "title,url,login,password"),
    "firefox-csv": (
        "url,username,password,httpRealm,formActionOrigin,guid,timeCreated,timeLastUsed,timePasswordChanged",
        "url,login,password,,origin,guid,epoch,epoch,epoch",
    ),
    "safari-csv": ("Title,URL,Username,Password,Notes,OTPAuth", "title,url,login,password,note,"),
    "bitwarden-csv": (
        "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
        ",,'login',title,note,,'0',url,login,password,",
    ),
    "lastpass-csv": ("url,username,password,totp,extra,name,grouping,fav", "url,login,password,,note,title,,'0'"),
    "1password-csv": ("Title,Url,Username,Password,Notes,Type", "title,url,login,password,note,'Login'"),
    "1password-csv-new": (
        "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes",
        "title,url,login,password,,'false','false',,note",
    ),
    "dashlane-csv": (
        "username,username2,username3,title,password,note,url,category,otpSecret",
        "login,,,title,password,note,url,,",
    ),
    "keepass1-csv": ("Account,Login Name,Password,Web Site,Comments", "title,login,password,url,note"),
    "keepassxc-csv": ("Group,Title,Username,Password,URL,Notes,TOTP", "'Root',title,login,password,url,note,"),
    "generic-csv": ("Site,Login,Pass", "url,login,password"),
    "generic-csv-mail": ("id,email,password,website,last_seen", "guid,login,password,url,epoch"),
    "generic-csv-french": ("Site,Identifiant,Mot de passe", "url,login,password"),
    "generic-tsv": ("url\tusername\tpassword\tbrowser", "url,login,password,soft"),
    "generic-semicolon": ("Host;User;Password", "url,login,password"),
    "generic-bar": ("url|login|password", "url,login,password"),
}


LOGINS_TABLE = (
    "CREATE TABLE logins (origin_url VARCHAR NOT NULL, action_url VARCHAR, username_element VARCHAR,"
    " username_value VARCHAR, password_element VARCHAR, password_value BLOB, submit_element VARCHAR,"
    " signon_realm VARCHAR NOT NULL, date_created INTEGER NOT NULL, blacklisted_by_user INTEGER NOT NULL,"
    " scheme INTEGER NOT NULL, times_used INTEGER, id INTEGER PRIMARY KEY AUTOINCREMENT)"
)
#: Databases of several makes: with a write-ahead log's mark in the header, of UTF-16 text, with small and large pages.
LOGIN_DATA = {
    "Chrome/Default/Login Data": ([], 30),
    "Edge/Default/Login Data": (["journal_mode=WAL"], 12),
    "Opera/Login Data": (["encoding='UTF-16le'"], 12),
    "Brave/Login Data For Account": (["page_size=512"], 60),
    "Vivaldi/Login Data.db": (["page_size=65536"], 12),
}


def write_exports(book, maker, rounds=1):
    for number in range(rounds):
        for name in CSVS:
            write_csv(book, maker, name, f"exports {number}/{name}")
        write_dashlane_second(book, maker, f"exports {number}/dashlane second names.csv")
        write_bitwarden_json(book, maker, f"exports {number}/bitwarden_export.json")
        write_keepass_xml(book, maker, f"exports {number}/keepass.xml")
        write_firefox_json(book, maker, f"exports {number}/logins.json")
        for place, (pragmas, count) in LOGIN_DATA.items():
            write_login_data(book, maker, f"exports {number}/{place}", pragmas, count)
        for shape in (
            "list",
            "pretty-list",
            "lines",
            "object-of-lists",
            "object-of-objects",
            "escaped",
            "truncated",
            "two-in-one",
            "bom",
            "utf-16",
        ):
            write_json(book, maker, shape, f"exports {number}/{shape}.json")


def export_records(maker, count=14, **wanted):
    return [maker.record(urls=URLS, odd=0.4, **wanted) for _ in range(count)]


def cells(maker, record, columns):
    """One row, by what its columns hold."""
    rng = maker.rng
    values = {
        "url": record.url, "login": record.login, "password": record.password, "soft": record.soft, "": "",
        "title": rng.choice(["Mon compte", "Compte pro", "Portail, accès", 'Le "site"', "Épargne"]),
        "note": rng.choice(["", "", "voir Paul", "deux\nlignes", "code, puis 4"]),
        "origin": record.url, "guid": f"{{{rng.randrange(16**12):012x}}}",
        "epoch": str(1_700_000_000_000 + rng.randrange(10**10)),
    }  # fmt: skip
    return [column.strip("'") if column.startswith("'") else values[column] for column in columns.split(",")]


def write_csv(book, maker, name, path):
    """One table: header of odd case or with a byte order mark now and then, all or only needful cells in quotes."""
    rng = maker.rng
    header, columns = CSVS[name]
    delimiter = next(mark for mark in "\t;|," if mark in header)
    eol = rng.choice(["\n", "\r\n"])
    all_quoted = name in ("firefox-csv", "keepass1-csv", "keepassxc-csv") or rng.random() < 0.2
    with book.open(path + (".tsv" if delimiter == "\t" else ".csv"), eol="") as file:
        if rng.random() < 0.3:
            file.text("\ufeff")

        def row(values):
            buffer = io.StringIO()
            quoting = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
            csv.writer(buffer, delimiter=delimiter, lineterminator=eol, quoting=quoting).writerow(values)
            return buffer.getvalue()

        names = header.split(delimiter)
        file.lines(row(names if rng.random() < 0.8 else [n.upper() for n in names]))
        for record in export_records(maker):
            if rng.random() < 0.1 and record.has_password:
                record.password += "\nCANARY second line"
            file.record([row(cells(maker, record, columns))], record, f"export/{name}")
        if "title" in columns:
            record, login = maker.record(url="path", login="email", password="plain"), maker.login("email")[1]
            values = cells(maker, record, columns)
            values[columns.split(",").index("title")] = login
            file.book.decoy(login, "title", None, file.path, file.number, row(values))
            file.record([row(values)], record, f"export/{name}")
        if "note" in columns:
            record, login = maker.record(url="path", login="email", password="plain"), maker.login("email")[1]
            values = cells(maker, record, columns)
            values[columns.split(",").index("note")] = (
                f"demander à {login}:\nhttps://{maker.host()}/x:{login}:CANARY note"
            )
            line = row(values)
            file.book.decoy(login, "note", None, file.path, file.number, line)
            file.record([line], record, f"export/{name}")


def write_dashlane_second(book, maker, path):
    """A user name and an e-mail in one row: both are logins of it (issue 3)."""
    header, _ = CSVS["dashlane-csv"]
    with book.open(path) as file:
        file.lines(header)
        for _ in range(8):
            record = maker.record(url="path", login="name", password="plain")
            written, listed = maker.login("email")
            line = f"{record.login},{written},,Compte,{record.password},,{record.url},,"
            file.book.true(second(record, written, listed), "export/two-logins", file.path, file.number, line)
            file.record([line], record, "export/two-logins")


def second(record, written, listed):
    """The same record with its other login."""
    return type(record)(record.url, record.hosts, written, listed, record.password, True, record.facets)


def enter(file, records, kind, texts):
    """Enters records of a document whose lines do not matter."""
    for record, text in zip(records, texts):
        file.book.true(record, kind, file.path, 0, text)
        for login, decoy_kind, host in record.decoys:
            file.book.decoy(login, decoy_kind, host, file.path, 0, text)


def write_bitwarden_json(book, maker, path):
    records = export_records(maker, 20)
    decoy = maker.login("email")[1]
    items = []
    for record in records:
        uris = [{"match": None, "uri": record.url}] if record.url else None
        items.append({
            "id": f"{maker.rng.randrange(16**12):012x}", "organizationId": None, "folderId": None, "type": 1,
            "reprompt": 0,             "name": "Compte", "notes": None, "favorite": False,
            "login": {"uris": uris, "username": record.login, "password": record.password, "totp": None},
        })  # fmt: skip
    items.append({"type": 2, "name": "Note", "notes": f"écrire à {decoy}: rendez-vous", "secureNote": {"type": 0}})
    with book.open(path) as file:
        file.book.decoy(decoy, "note", None, path, 0, "notes")
        enter(file, records, "export/bitwarden-json", [json.dumps(item) for item in items])
        file.text(json.dumps({"encrypted": False, "folders": [], "items": items}, indent=2))


def write_keepass_xml(book, maker, path):
    """KeePass 2.x: `Entry/String/{Key,Value}`; an entry's history repeats older states of it."""
    records = export_records(maker, 20)
    strings = []
    for record in records:
        pairs = [
            ("Notes", "a & b <c>"),
            ("Password", record.password),
            ("Title", "Compte"),
            ("URL", record.url),
            ("UserName", record.login),
        ]
        strings.append(string_elements(pairs))
    with book.open(path, eol="\r\n") as file:
        enter(file, records, "export/keepass-xml", [text.strip() for text in strings])
        file.lines(
            '<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
            "<KeePassFile>",
            "\t<Root>",
            "\t\t<Group>",
            "\t\t\t<Name>Général</Name>",
        )
        for text in strings:
            file.lines("\t\t\t<Entry>", "\t\t\t\t<UUID>AAAA==</UUID>" + text, "\t\t\t\t<History />", "\t\t\t</Entry>")
        file.lines("\t\t</Group>", "\t</Root>", "</KeePassFile>")


def string_elements(pairs):
    text = ""
    for key, value in pairs:
        protected = ' ProtectInMemory="True"' if key == "Password" else ""
        lines = ["<String>", f"\t<Key>{key}</Key>", f"\t<Value{protected}>{escape(value)}</Value>", "</String>"]
        text += "".join("\n\t\t\t\t" + line for line in lines)
    return text


def write_firefox_json(book, maker, path):
    """The decrypted variant of `logins.json`."""
    records = export_records(maker, 16)
    logins = [
        {
            "id": n, "hostname": r.url, "httpRealm": None, "formSubmitURL": r.url, "usernameField": "user",
            "passwordField": "pw", "username": r.login, "password": r.password, "guid": "{0}",
            "timeCreated": 1_700_000_000_000, "timesUsed": 3,
        }
        for n, r in enumerate(records)
    ]  # fmt: skip
    with book.open(path) as file:
        enter(file, records, "export/firefox-logins-json", [json.dumps(login) for login in logins])
        file.text(json.dumps({"nextId": 99, "logins": logins, "potentiallyVulnerablePasswords": [], "version": 3}))


def write_login_data(book, maker, path, pragmas, count):
    """Chrome's `Login Data`: the login is plain, the password is a blob (§6)."""
    urls = ["https", "path", "port", "android", "ipv4-port", "punycode", "long-path"]
    records = [maker.record(urls=urls, password="plain") for _ in range(count)]
    for record in records:
        record.has_password = None  # a blob, which may hold an empty one
    with book.open(path) as file:
        texts = [f"origin_url={r.url} username_value={r.login}" for r in records]
        enter(file, records, "export/chrome-login-data" + (" " + pragmas[0] if pragmas else ""), texts)
    os.remove(file.full)
    database = sqlite3.connect(file.full)
    for pragma in pragmas:
        database.execute("PRAGMA " + pragma)
    database.execute(LOGINS_TABLE)
    database.execute(
        "CREATE TABLE stats (origin_domain VARCHAR NOT NULL, username_value VARCHAR, dismissal_count INTEGER)"
    )
    database.execute(
        "INSERT INTO logins VALUES ('https://never.example/','','','','',x'','','https://never.example/',0,1,0,0,NULL)"
    )
    for record in records:
        blob = b"v10" + b"CANARY" + maker.rng.randbytes(24)
        database.execute(
            "INSERT INTO logins VALUES (?,?,'email',?,'pass',?,'',?,13370000000000000,0,0,1,NULL)",
            (record.url, record.url, record.login, blob, record.url),
        )
    database.commit()
    database.close()


def write_json(book, maker, shape, path):
    """Tables of no product: list, lines, object of lists, object of objects (§6, §1), with synonyms of §1.1 as keys."""
    rng = maker.rng
    records = export_records(maker, 16)
    keys = rng.choice(
        [
            ("url", "login", "password"),
            ("host", "user", "pass"),
            ("URL", "Username", "Password"),
            ("website", "email", "pwd"),
        ]
    )
    rows = [dict(zip(keys, (r.url, r.login, r.password)), browser=r.soft, id=n) for n, r in enumerate(records)]
    dumped = [json.dumps(row, ensure_ascii=False) for row in rows]
    text = {
        "list": json.dumps(rows, ensure_ascii=False),
        "pretty-list": json.dumps(rows, ensure_ascii=False, indent=4),
        "lines": "\n".join(dumped) + "\n",
        "object-of-lists": json.dumps({key: [row[key] for row in rows] for key in rows[0]}),
        "object-of-objects": json.dumps(
            {"data": {f"acc{n}": row for n, row in enumerate(rows)}, "count": len(rows)}, indent=1
        ),
        "truncated": json.dumps(rows + rows[:1], ensure_ascii=False)[: -len(dumped[0]) // 2],
        "two-in-one": json.dumps(rows[:8]) + "\n" + json.dumps(rows[8:]),
        "bom": "\ufeff" + json.dumps(rows, ensure_ascii=False),
        "utf-16": "\ufeff" + json.dumps(rows, ensure_ascii=False),
        "escaped": json.dumps({"result": rows}).replace("/", "\\/"),
    }[shape]
    with book.open(path, encoding="utf-16-le" if shape == "utf-16" else "utf-8") as file:
        enter(file, records, f"export/json-{shape}", dumped)
        file.text(text)
