"""Password files of every family, as labelled records (formats.md §1, §1.1, §1.3, §1.4), each in a log of its own.

`FAMILIES` is §1's table. A family's labels, separators, banner, file name, system file, date and autofill are its own;
everything else of a log comes from `machine.py`.
"""

import json
from dataclasses import dataclass

from machine import FOLDERS, machine, write_surroundings, write_system

FIFTEEN = "=" * 15
REDLINE_ART = [
    " " + "*" * 59,
    "*   ____  _____ ____  _     ___ _   _ _____               *",
    "*  |  _ \\| ____|  _ \\| |   |_ _| \\ | | ____|              *",
    "*  | |_) |  _| | | | | |    | ||  \\| |  _|                *",
    "*    Telegram: https://t.me/REDLINE_SHOP_EXAMPLE          *",
    "*" * 59,
]
BARE_ART = [line.replace("\\", "") for line in REDLINE_ART]
BLOCK_ART = ["░█▀▄░█▀█░█▀▀░█▀▀░█▀█░█▀█░█▀█", "░█▀▄░█▀█░█░░░█░░░█░█░█░█░█░█", "▀░▀░▀░▀░▀▀▀░▀▀▀░▀▀▀░▀▀▀░▀░▀"]
CHANNEL = ["CHANNEL - @cloud_example | SHOP - @shop_example | SUPPORT - @help_example", "-" * 64, ""]
MANTICORE = ["_ / | _ / | MANTICORE | _ / |", "─" * 40, "https://t.me/manticore_example", "─" * 40]


@dataclass
class Family:
    """How one family writes its passwords."""

    name: str
    file: str  # within the log's folder
    rows: str  # "Label:field" with | between, in the order written
    between: tuple = ((),)  # what may stand between records, drawn anew each time
    top: tuple = ()
    system: tuple = ("UserInformation.txt", "redline", "mdy")  # file, style, date
    autofill: str = "field"
    colon: str = ": "
    first: bool = False  # whether the separator stands before each record


def redline_like(name, top=(), **more):
    return Family(
        name, "Passwords.txt", "URL:url|Username:login|Password:password|Application:soft",
        ((FIFTEEN,), (FIFTEEN, "")), tuple(top), **more,
    )  # fmt: skip


FAMILIES = [
    redline_like("redline", REDLINE_ART),
    redline_like("redline-no-backslashes", ["https://t.me/x_example", "https://t.me/y_example", ""] + BARE_ART * 2),
    Family("meta", "Passwords.txt", "URL:url|Username:login|Password:password|Application:soft", (("",),),
           ("META_DATA",)),
    redline_like("bradmax", ["*" * 40, "*  BRADMAX", "*" * 40, ""]),
    redline_like("manticore", MANTICORE),
    Family("dotnet-clone", "Passwords.txt", "URL:url|Username:login|Password:password|Application:soft",
           (("=" * 34, ""),)),
    Family("lumma", "All Passwords.txt", "SOFT:soft-profile|URL:url|USER:login|PASS:password",
           system=("System.txt", "lumma", "dmy-dots"), autofill="form"),
    Family("stealc", "passwords.txt", "browser:soft|profile:profile|url:url|login:login|password:password",
           (("",),), tuple(CHANNEL), ("system_info.txt", "stealc", "ymd-loose"), "pair"),
    Family("vidar", "passwords.txt", "Soft:soft-bracket|Host:url|Login:login|Password:password", (("", ""),), (),
           ("information.txt", "vidar", "dmy"), "pair"),
    Family("vidar-unique", "unique_passwords.txt", "Soft:soft|Url:url|Login:login|Password:password", (("", ""),),
           (), ("information.txt", "vidar", "dmy"), "pair"),
    Family("amos", "Passwords.txt", "URL:url|LOGIN:login|PASSWORD:password",
           system=("UserInformation.txt", "macos", "mdy-padded"), autofill="name"),
    Family("banshee", "Passwords.txt", "URL:url|Login:login|Password:password",
           system=("System.txt", "macos", "month-name"), autofill="name"),
    Family("poseidon", "Passwords.txt", "Browser:soft|URL:url|Username:login|Password:password", (("",),),
           system=("UserInformation.txt", "macos", "mdy-padded"), autofill="name"),
    Family("macsync", "iCloud Passwords.txt", "URL:url|Login:login|Password:password", (("",),),
           system=("info.txt", "macos", "mdy")),
    Family("raccoon-line", "passwords.txt", "URL:url|USER:login|PASS:password", top=tuple(BLOCK_ART),
           system=("System Info.txt", "colon", "ymd-dots"), colon=" | "),
    Family("raccoon", "passwords.txt", "Url:url|Login:login|Password:password", (("",),), tuple(BLOCK_ART),
           ("MachineInfo.txt", "colon", "long")),
    Family("stealerium", "Browsers/Google/Passwords.txt", "Hostname:url|Username:login|Password:password",
           (("",),), system=("System/Info.txt", "sections", "ymd-half")),
    Family("worldwind", "Browsers/Edge/Passwords.txt", "Url:url|Username:login|Password:password",
           system=("System/Info.txt", "sections", "ymd-half")),
    Family("python-clone", "passwords.txt", "URL:url|Username:login|Password:password", (("",),),
           system=("ip.txt", "colon", "iso-utc")),
    Family("python-padded", "passwords.txt", "Username:login-padded|Password:password-padded|Site:url",
           (("=" * 31,),), first=True, system=("system.txt", "colon", "iso-utc")),
    Family("blank-grabber", "Credentials/Chrome Passwords.txt", "URL:url|Username:login|Password:password",
           (("", "Blank Grabber".center(50, "="), ""),), system=("System/System Info.txt", "systeminfo", "mdy"),
           first=True),
    Family("cryptbot", "_AllPasswords_list.txt", "Soft:soft|Host:url|Login:login|Password:password", (("",),),
           system=("_Information.txt", "sections", "iso-utc")),
    Family("azorult", "PasswordsList.txt", "SOFT:soft|URL:url|USER:login|PASS:password", (("",),),
           system=("System.txt", "colon", "dmy-dots")),
    Family("fox", "Lists/Password.txt", "Url:url|Login:login|Password:password|Browser:soft", (("-" * 20,),),
           system=("InfoPC.txt", "colon", "dmy")),
    Family("aurora", "Passwords.txt", "HOST:url|USER:login|PASS:password", (("",),),
           system=("System.txt", "sections", "dmy")),
    Family("meduza", "Passwords.txt", "URL:url|LOGIN:login|PASSWORD:password", (("",),),
           system=("UserInformation.txt", "colon", "dmy-dash")),
    Family("whitesnake", "Passwords.txt", "Url:url|Username:login|Password:password", (("",),),
           system=("PC_info.txt", "colon", "mdy")),
    Family("rhadamanthys", "Browser/Logins/Chrome_Default.txt", "URL:url|Login:login|Password:password",
           (("",), ("", "")), system=("Information.txt", "colon", "two-digit")),
    Family("risepro", "passwords.txt", "URL:url|Username:login|Password:password|Browser:soft", (("",),),
           ("*" * 30, "* RISEPRO  Telegram: @risepro_example", "*" * 30, ""),
           ("information.txt", "sections", "long")),
    Family("dcrat", "Passwords[Chrome]_1.txt", "Site:url|Login:login|Pass:password", (("-" * 30,),), ("DCRAT", ""),
           ("Info.txt", "colon", "dmy-dots")),
    Family("phemedrone", "Browser Data/Passwords.txt",
           "URL:url|Username:login|Password:password|Browser:soft|Profile:profile", (("", "-" * 40),),
           system=("Information.txt", "colon", "mdy")),
    Family("skalka", "logins.txt", "Origin_URL:url|USER LOGIN:login|USER PASSWORD:password", (("",),),
           system=("system.txt", "colon", "iso")),
    Family("acreed", "passwords.json", "url:url|username:login|password:password",
           system=("pc_info.json", "json", "iso")),
    Family("purelogs", "log.json", "URL:url|Login:login|Password:password", system=("Info.json", "json", "iso")),
    Family("json-logs", "Browser_Chrome_Default/Passwords.json",
           "origin_url:url|username_value:login|password:password", system=("Info.json", "json", "iso")),
    Family("json-parallel", "Browser_Chrome_Default/Passwords.json", "url:url|user:login|password:password",
           system=("Info.json", "json", "iso")),
]  # fmt: skip


def field_text(record, name):
    """The text of one field of a row."""
    return {
        "url": record.url,
        "login": record.login,
        "password": record.password,
        "soft": record.soft,
        "profile": record.profile,
        "soft-profile": f"{record.soft} {record.profile} (132.0.6834.160)",
        "soft-bracket": f"{record.soft} [{record.profile}]",
        "login-padded": record.login.ljust(30),
        "password-padded": record.password.ljust(30),
    }[name]


def block(record, rows, colon=": "):
    """The lines of one labelled record."""
    pairs = [row.rsplit(":", 1) for row in rows.split("|")]
    return [f"{label}{colon}{field_text(record, name)}" for label, name in pairs]


def write_logs(book, maker, count):
    """`count` logs, the families taking turns; depth and channel folders vary (§2)."""
    for number in range(count):
        family = FAMILIES[number % len(FAMILIES)]
        robbed = machine(maker)
        parents = ["2025-06_tg-cloud", "2025-06_tg-cloud/@channel_example LOGS/part 2", f"pack {number % 7}"]
        folder = maker.rng.choice(parents) + "/" + maker.rng.choice(FOLDERS)(robbed).replace("/", "_")
        book.machine = robbed
        with book.open(f"{folder}/{family.system[0]}", eol=maker.rng.choice(["\n", "\r\n"])) as file:
            write_system(file, *family.system[1:], robbed)
        write_surroundings(book, maker, folder, family.autofill)
        records = [maker.record() for _ in range(maker.rng.randrange(8, 32))]
        kind = f"block/{family.name}"
        if family.file.endswith(".json"):
            write_json(book, f"{folder}/{family.file}", family, records, kind)
        else:
            write_blocks(book, maker, f"{folder}/{family.file}", family, records, kind)
        if family.name == "lumma":  # the same credentials again, as in §1.2
            write_blocks(book, maker, f"{folder}/Chrome/Default/Passwords.txt", family, records, kind)
    book.machine = None


def write_blocks(book, maker, path, family, records, kind):
    rng = maker.rng
    with book.open(path, eol=rng.choice(["\n", "\n", "\r\n"])) as file:
        file.lines(*family.top)
        for number, record in enumerate(records):
            between = rng.choice(family.between)
            if family.first:
                file.lines(*between)
            if family.colon == " | ":
                file.record([" | ".join(block(record, family.rows))], record, kind)
                continue
            lines = block(record, family.rows, family.colon)
            last = number == len(records) - 1
            if last and lines[-1].startswith("Application") and rng.random() < 0.5:
                lines.pop()
            ragged = last and rng.random() < 0.5
            file.record(lines, record, kind, end=not ragged)
            if not family.first and not last:
                file.lines(*between)
            if rng.random() < 0.05 and not last:
                write_no_login(file, maker, family)
                if not family.first:
                    file.lines(*between)


def write_no_login(file, maker, family):
    """A record whose login was not saved; its password is somebody's login, which is no login here (§1.2)."""
    record = maker.record(url="path", password="other-email", login="email")
    (decoy, kind, _), = record.decoys  # fmt: skip
    record.login = maker.rng.choice(["UNKNOWN", "", "N/A"])
    file.decoy(block(record, family.rows, family.colon), decoy, kind)


def write_json(book, path, family, records, kind):
    """§1: a list of objects, or one object of parallel lists; pretty or minified."""
    rng = book.rng
    names = [row.rsplit(":", 1) for row in family.rows.split("|")]
    with book.open(path) as file:
        ascii_only = rng.random() < 0.5
        rows = [{label: field_text(record, name) for label, name in names} for record in records]
        if family.name == "json-parallel":
            document = {label: [row[label] for row in rows] for label, _ in names}
        elif family.name == "purelogs":
            document = {
                "BrowserExtenstions": [],
                "Browsers": [{"Name": "Chrome", "Logins": rows}],
                "Machine": {"Name": "PC-1"},
            }
        else:
            document = rows
        indent = rng.choice([None, 2, 4])
        for record, row in zip(records, rows):
            file.book.true(record, kind, file.path, 0, json.dumps(row, ensure_ascii=False))
            for login, decoy_kind, host in record.decoys:
                file.book.decoy(login, decoy_kind, host, file.path, 0, json.dumps(row, ensure_ascii=False))
        file.text(json.dumps(document, ensure_ascii=ascii_only, indent=indent))
