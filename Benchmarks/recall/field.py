"""Shapes that formats.md does not name, but that thieves' tools are known to write: NirSoft's viewers, keyloggers that
mail HTML, LaZagne, HackBrowserData, SharpChrome, raw table dumps, keychain dumps, lists of one service, YAML, HTML and
plain XML.

Their rows begin with `field/`, and the table gives a total without them: they go beyond what the reference promises.
"""

import re

from resellers import shaped, write_styles

STYLES = {
    "emoji-only": "🌐: {u}\n👤: {l}\n🔑: {p}\n",
    "html": "<b>URL:</b> {u}<br>\n<b>Login:</b> {l}<br>\n<b>Password:</b> {p}<br>\n<hr>",
    "italian": "Sito: {u}\nNome utente: {l}\nPassword: {p}\n",
    "nirsoft-browser": (
        "==================================================\nURL               : {u}\n"
        "Web Browser       : Chrome\nUser Name         : {l}\nPassword          : {p}\n"
        "Password Strength : Strong\nUser Name Field   : email\nPassword Field    : pass\n"
        "Created Time      : 01/02/2024 10:11:12\nModified Time     : \n"
        "Filename          : C:\\Users\\u\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Login Data\n"
        "==================================================\n"
    ),
    "nirsoft-mail": (
        "==================================================\nName              : Compte\n"
        "Application       : MS Outlook 2016\nEmail             : \nServer            : {h}\n"
        "Server Port       : 995\nSecured           : Yes\nType              : POP3\n"
        "User              : {l}\nPassword          : {p}\nProfile           : Outlook\n"
        "Password Strength : Medium\nSMTP Server       : \n"
        "==================================================\n"
    ),
    "lazagne": (
        "------------------- Chrome passwords -----------------\n\n[+] Password found !!!\nURL: {u}\n"
        "Login: {l}\nPassword: {p}\n"
    ),
    "snake-keylogger": (
        "-------- Snake Keylogger --------\nFound From: Chrome\nHost: {u}\nUsername: {l}\n"
        "Password: {p}\n---------------------------------"
    ),
    "agent-tesla-lines": (
        "<br>URL: {u}<br>\n<br>Username: {l}<br>\n<br>Password: {p}<br>\n<br>Application: Chrome<br>\n<hr>"
    ),
    "agent-tesla-one-line": "URL: {u}<br>Username: {l}<br>Password: {p}<br>Application: Chrome<br><hr>",
    "html-table": "<tr><td>{u}</td><td>{l}</td><td>{p}</td></tr>",
    "extra-labels": (
        "ID: {n}\nURL: {u}\nCreated: 2024-01-02 10:11:12\nLogin: {l}\nTimes used: 3\nPassword: {p}\n"
        "Last used: 2025-01-01\n"
    ),
    "credential-manager": "Target: {u}\nType: Generic\nUserName: {l}\nPassword: {p}\nPersist: LocalMachine\n",
    "yaml": "- url: {u}\n  login: {l}\n  password: {p}",
    "xml": "<item>\n  <url>{u}</url>\n  <login>{l}</login>\n  <password>{p}</password>\n</item>",
    "xml-one-line": "<item><url>{u}</url><login>{l}</login><password>{p}</password></item>",
    "hackbrowserdata-json": (
        '  {{"UserName": "{l}", "encryptPass": "", "Password": "{p}", "LoginURL": "{u}",'
        ' "CreateDate": "2024-01-02T10:11:12Z"}},'
    ),
    "sql-rows": "INSERT INTO logins (url, username, password) VALUES ('{u}', '{l}', '{p}');",
    "keychain-dump": (
        'keychain: "/Users/u/Library/Keychains/login.keychain-db"\nclass: "inet"\nattributes:\n'
        '    "acct"<blob>="{l}"\n    "ptcl"<uint32>="htps"\n    "srvr"<blob>="{h}"\ndata:\n"{p}"'
    ),
}

#: Tables: the lines above the first row, and a row.
TABLES = {
    "hackbrowserdata-csv": ("UserName,Password,LoginURL,CreateDate", "{l},{p},{u},2024-01-02T10:11:12Z"),
    "login-data-csv": (
        "origin_url,action_url,username_value,password_value,date_created",
        "{u},{u},{l},{p},13370000000000000",
    ),
    "sharpchrome-csv": (
        "file_path,signon_realm,origin_url,date_created,times_used,username,password",
        "C:\\Users\\u\\Login Data,{u},{u},1/2/2024 10:11:12 AM,133,{l},{p}",
    ),
    "excel-sep-line": ("sep=;\nURL;Login;Password", "{u};{l};{p}"),
    "below-banner": ("@cloud_example - https://t.me/cloud_example\n\nurl,username,password", "{u},{l},{p}"),
    "spaced-header": ("URL , Username , Password", "{u} , {l} , {p}"),
    "chrome-no-header": ("", "Compte,{u},{l},{p}"),
}

#: Lines of one service: URL form, text.
LINES = {
    "rdp ip:port@login;pw": ("ipv4", "{h}:3389@{l};{p}"),
    "smtp host|port|login|pw": ("https", "{h}|587|{l}|{p}"),
    "cpanel url|login|pw": ("https", "https://{h}:2083|{l}|{p}"),
    "wordpress url#login@pw": ("https", "https://{h}/wp-login.php#{l}@{p}"),
    "ftp login:pw@host": ("https", "ftp://{l}:{p}@{h}/"),
    "proxy ip:port:login:pw": ("ipv4", "{h}:3128:{l}:{p}"),
}


def write_field(book, maker):
    write_styles(book, maker, STYLES, "field", plain=lambda style: style != "yaml")
    rng = maker.rng
    for name, (header, row) in TABLES.items():
        with book.open(f"field/{name}/passwords.csv", eol=rng.choice(["\n", "\r\n"])) as file:
            if header:
                file.lines(*header.split("\n"))
            for _ in range(12):
                record = maker.record(url=rng.choice(["path", "https", "port-path"]), password="plain")
                file.record(shaped(row, record), record, f"field/{name}")
    for kind, (url, shape) in LINES.items():
        with book.open(f"field/{kind.split()[0]}.txt") as file:
            for login in ("email", "name", "number", "phone", "siret") * 3:
                record = maker.record(url=url, login=login, password="plain")
                record.password = re.sub("[@#?%]", "", record.password)  # which a URL would not hold bare
                file.record(shaped(shape, record), record, f"field/{kind}")
