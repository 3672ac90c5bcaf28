"""What a log holds beside credentials, and a reader of structure may take for one: every login here is a decoy.

Papers that a file grabber takes (contacts, mail, journals, pages, settings), and the browser's own databases and JSON
files (formats.md §2, §6): they name people and hosts, and none of them a login with a password.
"""

import json
import os
import sqlite3

#: Kind: file, text; {e} is the decoy, {h} a host, {i} an address. Doubled braces are the text's own.
TEXTS = {
    "contacts": (
        "FileGrabber/Desktop/contacts.csv",
        "First Name,Last Name,E-mail Address,Web Page,Phone\nMarie,Durand,{e},https://{h}/,0476000000",
    ),
    "table-without-password": (
        "FileGrabber/Desktop/inscriptions.csv",
        "date;url;email;session\n2025-06-30;https://{h}/inscription;{e};12",
    ),
    "mail": (
        "FileGrabber/Desktop/message.eml",
        "Return-Path: <{e}>\nFrom: Marie Durand <{e}>\nTo: <{e}>\nSubject: planning\n\nBonjour,\nsalle 12: 14:30.",
    ),
    "journal": ("FileGrabber/Desktop/app.log", "2025-06-30 10:11:12,345 INFO session: user={e} from {i}: ok"),
    "prose": (
        "FileGrabber/Documents/notes.txt",
        "Réunion du 30 juin: voir https://{h}/planning\nContact: écrire à {e}, pas de mot de passe par mail!",
    ),
    "page": (
        "FileGrabber/Documents/page.html",
        '<html><body><p>Contact: <a href="mailto:{e}">{e}</a></p>\n<a href="https://{h}/">site</a></body></html>',
    ),
    "settings-xml": (
        "FileGrabber/Documents/settings.xml",
        '<?xml version="1.0"?>\n\n<settings><server>https://{h}/</server><sender>{e}</sender><theme>dark</theme></settings>',
    ),
    "package-json": (
        "FileGrabber/Documents/package.json",
        '{{"name": "site", "homepage": "https://{h}/",'
        ' "author": {{"name": "Marie", "email": "{e}"}}, "version": "1.0.0"}}',
    ),
    "cookies-json": (
        "Cookies/Chrome_Default.json",
        '[{{"domain": ".{h}", "name": "remember_user", "value": "{e}", "path": "/", "expirationDate": 1767225600.5,'
        ' "hostOnly": false, "httpOnly": true, "secure": true, "sameSite": "lax", "session": false, "storeId": "0"}}]',
    ),
    "autofill-json": ("Autofills/Chrome_Default.json", '[{{"name": "email", "value": "{e}", "count": 3}}]'),
    "history-json": (
        "History/Chrome_Default.json",
        '[{{"url": "https://{h}/?login_hint={e}", "title": "{e} - Webmail",'
        ' "visits": 4, "last": "2025-06-30T10:11:12Z"}}]',
    ),
    "history-csv": (
        "History/Chrome_Default.csv",
        "url,title,visit_count\nhttps://{h}/inbox,Inbox - {e},4\nhttps://{h}/?login_hint={e},Connexion,1",
    ),
    "autofill-csv": ("Autofills/Chrome_Default.csv", "name,value,count\nemail,{e},3"),
    "card-labels": ("CreditCards/Chrome.txt", "Holder: {e}\nCard: 4000000000000000\nExpire: 01/30\n"),
}

#: Kind: file, the table, a row for it.
DATABASES = {
    "forms-database": (
        "Chrome/Default/Web Data",
        "CREATE TABLE autofill (name VARCHAR, value VARCHAR, value_lower VARCHAR, count INTEGER)",
        ("email", "{e}", "{e}", 3),
    ),
    "history-database": (
        "Chrome/Default/History",
        "CREATE TABLE urls (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER)",
        (1, "https://{h}/?login_hint={e}", "Inbox - {e}", 4),
    ),
    "cookie-database": (
        "Chrome/Default/Network/Cookies",
        "CREATE TABLE cookies (creation_utc INTEGER, host_key TEXT, name TEXT, value TEXT, path TEXT,"
        " expires_utc INTEGER)",
        (13370000000000000, ".{h}", "remember_user", "{e}", "/", 13400000000000000),
    ),
    "firefox-forms-database": (
        "Firefox/Profiles/x.default/formhistory.sqlite",
        "CREATE TABLE moz_formhistory (id INTEGER PRIMARY KEY, fieldname TEXT NOT NULL, value TEXT NOT NULL)",
        (1, "email", "{e}"),
    ),
}


def write_papers(book, maker, folder):
    """Some of these papers, drawn anew for each log."""
    rng = maker.rng
    for kind, (path, text) in TEXTS.items():
        if rng.random() < 0.4:
            with book.open(f"{folder}/{path}", eol=rng.choice(["\n", "\r\n"])) as file:
                login = maker.login("email")[1]
                lines = text.format(e=login, h=maker.host(), i=maker.ipv4()).split("\n")
                file.decoy(lines, login, kind)
    for kind, (path, table, row) in DATABASES.items():
        if rng.random() < 0.3:
            with book.open(f"{folder}/{path}") as file:
                login, host = maker.login("email")[1], maker.host()
                book.decoy(login, kind, None, file.path, 0, table)
            os.remove(file.full)
            values = [value.format(e=login, h=host) if isinstance(value, str) else value for value in row]
            write_database(file.full, table, values)
    if rng.random() < 0.3:
        with book.open(f"{folder}/Chrome/Default/Local Storage/leveldb/000003.log") as file:
            login = maker.login("email")[1]
            book.decoy(login, "leveldb", None, file.path, 0, "")
            state = json.dumps({"email": login, "url": f"https://{maker.host()}/", "theme": "dark"})
            file.raw(
                rng.randbytes(40) + b"\x01\x00_https://app.example\x00\x01user" + state.encode() + rng.randbytes(60)
            )


def write_database(path, table, values):
    database = sqlite3.connect(path)
    database.execute(table)
    name = table.split()[2]
    database.execute(f"INSERT INTO {name} VALUES ({','.join('?' * len(values))})", values)
    database.commit()
    database.close()
