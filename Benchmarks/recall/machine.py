"""The infected machine of a log, and the files beside its passwords (formats.md §2, §3, §3.1).

None of these files holds a credential, so each is a place for decoys: autofill, cookies, history, clipboard, word
lists, process and software lists, prose, and the names of files and folders.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from papers import write_papers

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass
class Machine:
    """Who was robbed, when, of which machine."""

    name: str
    user: str
    hwid: str
    ip: str
    country: str
    when: datetime


def machine(maker):
    rng = maker.rng
    return Machine(
        f"{rng.choice(['DESKTOP', 'PC', 'LAPTOP'])}-{rng.randrange(16**7):07X}",
        rng.choice(["Marie", "user", "Hélène", "admin", "Ольга", "Bureau 2", "PC"]),
        f"{rng.randrange(16**32):032X}",
        maker.ipv4(),
        rng.choice(["FR", "BE", "ES", "PT", "BR", "TR", "RU", "CN"]),
        datetime(2025, 1, 1) + timedelta(seconds=rng.randrange(180 * 86400)),
    )


def twelve(when):
    """The hour and half of the day of a 12-hour clock."""
    return (when.hour % 12 or 12), ("PM" if when.hour >= 12 else "AM")


#: §3.1: how each family writes the time of the theft.
DATES = {
    "mdy": lambda t: f"{t.month}/{t.day}/{t.year} {twelve(t)[0]}:{t:%M:%S} {twelve(t)[1]}",
    "mdy-padded": lambda t: f"{t:%m/%d/%Y %H:%M:%S}",
    "dmy-dots": lambda t: f"{t:%d.%m.%Y %H:%M:%S}",
    "dmy": lambda t: f"{t:%d/%m/%Y %H:%M:%S}",
    "ymd-loose": lambda t: f"{t.year}/{t.month}/{t.day} {t.hour}:{t.minute}:{t.second}",
    "long": lambda t: f"{t:%a} {MONTHS[t.month - 1]} {t:%d} {t.hour}:{t:%M:%S} {t.year}",
    "ymd-dots": lambda t: f"{t:%Y.%m.%d - %H:%M:%S} GMT",
    "two-digit": lambda t: f"{t:%d} {MONTHS[t.month - 1]} {t:%y %H:%M} UTC",
    "dmy-dash": lambda t: f"{t:%d-%m-%Y, %H:%M:%S}",
    "month-name": lambda t: f"{t:%d %B %Y %H:%M:%S}",
    "iso-utc": lambda t: f"{t:%Y-%m-%d %H:%M:%S} [ UTC: +2 ]",
    "ymd-half": lambda t: f"{t:%Y-%m-%d} {twelve(t)[0]}:{t:%M:%S} {twelve(t)[1]}",
    "iso": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}+02:00[Europe/Paris]",
}

#: §3: line shapes of the system file; the order is machine, user, hwid, IP, country, date, OS, antivirus, path, build.
SYSTEM = {
    "redline": [
        "Build ID: @cloudlogs", "IP: {ip}", "FileLocation: C:\\Users\\{user}\\AppData\\Local\\Temp\\setup.exe",
        "UserName: {user}", "MachineName: {name}", "Country: {country}", "Zip Code: 38000",
        "Location: Grenoble, Isère", "HWID: {hwid}", "Current Language: French (France)",
        "ScreenSize: {{Width=1920, Height=1080}}", "TimeZone: (UTC+01:00) Paris",
        "Operation System: Windows 11 Pro x64", "Log date: {date}", "", "Available KeyboardLayouts:",
        "French (France)", "", "Hardwares: ", "Name: Intel Core i5, 4 Cores", "", "Anti-Viruses:",
        "Windows Defender",
    ],
    "lumma": [
        "LummaC2 Build: Nov 20 2024", "LID: abc123--cloud", "Configuration: 0123abcd",
        "- Path: C:\\Temp\\setup.exe", "", "- OS Version: Windows 10 (10.0.19045) x64", "- Local Date: {date}",
        "- Time Zone: UTC+1", "- Install Date: 02.03.2021 10:11:12", "- Elevated: false", "- Computer: {name}",
        "- User: {user}", "- Domain: ", "- Hostname: {name}", "- HWID: {hwid}", "- Anti Virus:",
        "\t- Windows Defender", "- IP Address: {ip}", "- Country: {country}",
    ],
    "vidar": [
        "Version: 11.3", "", "Date: {date}", "MachineID: {hwid}", "GUID: {{{hwid}}}", "HWID: {hwid}", "",
        "Path: C:\\Temp\\a.exe ", "Work Dir: In memory", "", "Windows: Windows 10 Pro [x64]",
        "Install Date: 02/03/2021 10:11:12", "AV: Windows Defender", "Computer Name: {name}", "User Name: {user}",
        "Display Resolution: 1920x1080", "Local Time: {date}", "TimeZone: UTC-4294967292", "", "[Hardware]",
        "Processor: Intel", "", "[Processes]", "- explorer.exe", "", "[Software]",
        "Kairos Login: Password Manager 1.2", "7-Zip 19.00 [19.00]",
    ],
    "stealc": [
        "Network Info:", "\t- IP: {ip}", "\t- Country: {country}", "", "System Summary:", "\t- HWID: {hwid}",
        "\t- OS: Windows 10 Pro", "\t- UserName: {user}", "\t- Computer Name: {name}", "\t- Local Time: {date}",
        "\t- UTC: 2", "\t- Language: fr-FR", "User Agents:", "", "Installed Apps:", "All Users:", "\tGit - 2.41",
        "Current User:",
    ],
    "colon": [
        "IP : {ip}", "Country : {country}", "Username : {user}", "PC Name : {name}", "HWID : {hwid}",
        "OS : Windows 11", "Date : {date}", "Antivirus : Defender",
    ],
    "sections": [
        "[IP]", "External IP: {ip}", "Internal IP: 192.168.1.20", "", "[Machine]", "Username: {user}",
        "Compname: {name} [WORKGROUP]", "System: Windows 10", "HWID: {hwid}", "Date: {date}", "Country: {country}",
    ],
    "systeminfo": [
        "Host Name:                 {name}", "OS Name:                   Microsoft Windows 11 Professionnel",
        "OS Version:                10.0.22631 N/A Build 22631", "Registered Owner:          {user}",
        "Original Install Date:     02/03/2021, 10:11:12", "System Boot Time:          {date}",
        "System Manufacturer:       Example", "Hotfix(s):                 2 Hotfix(s) Installed.",
        "                           [01]: KB5034467", "Network Card(s):           1 NIC(s) Installed.",
        "                                 [01]: 192.168.1.20",
    ],
    "macos": [
        "IP: {ip}/24", "Country: {country}", "ComputerName: MacBook-Air", "UserName: {user}",
        "OS Version: macOS 14.5", "HWID: {hwid}", "Date: {date}",
    ],
    "json": [
       
        '{{"ip": "{ip}", "country": "{country}", "user": "{user}", "pc": "{name}", "hwid": "{hwid}",'
        ' "date": "{date}"}}',
    ],
}  # fmt: skip

#: §2, §3.1: names of a log's folder; impossible times do occur.
FOLDERS = [
    lambda m: f"{m.country}[{m.hwid}] [{m.when:%Y-%m-%dT%H_%M_%S}.87-07_00]",
    lambda m: f"{m.country}_{m.hwid[:8]}_{m.when:%Y_%m_%d}T10_63_80_585685",
    lambda m: f"{m.country}_{m.ip}_{m.when:%Y-%m-%d}",
    lambda m: f"Family_P003_{m.hwid[:10]}",
    lambda m: f"{m.when:%Y_%m_%d}_{m.name}",
    lambda m: f"[{m.country}] {m.ip} - {m.user}",
]


def write_system(log_file, style, date, machine):
    """The file that describes the machine."""
    when = DATES[date](machine.when)
    for line in SYSTEM[style]:
        log_file.lines(line.format(**vars(machine), date=when))


#: §2: autofill by the writer's style.
AUTOFILL = {
    "field": "Field: {} | Value: {}",
    "form": "FORM: {}\nVALUE: {}",
    "pair": "{} {}",
    "name": "Name: {}\nValue: {}\n" + "=" * 50,
}


def write_surroundings(book, maker, folder, autofill):
    """What stands beside the passwords, with decoys in it."""
    rng = maker.rng

    def decoy():
        return maker.login("email")[1]

    with book.open(f"{folder}/Autofills/Google_[Chrome]_Default.txt") as file:
        login = decoy()
        for name, value in (("tel", "0476000000"), ("nom", "Durand")):
            file.lines(*AUTOFILL[autofill].format(name, value).split("\n"))
        file.decoy(AUTOFILL[autofill].format("email", login).split("\n"), login, "autofill")
    with book.open(f"{folder}/Cookies/Google_[Chrome]_Default Network.txt") as file:
        for _ in range(rng.randrange(3, 20)):
            expiry = rng.choice([1767225600, 2538097566, 0])
            file.lines(f".{maker.host()}\tTRUE\t/\tFALSE\t{expiry}\tsid\tCANARY{rng.randrange(9999)}")
        login = decoy()
        file.decoy([f"{maker.host()}\tFALSE\t/\tTRUE\t1767225600\tremember\t{login}"], login, "cookie")
    with book.open(f"{folder}/History/Google_[Chrome]_Default.txt") as file:
        for _ in range(rng.randrange(2, 8)):
            host, login = maker.host(), decoy()
            if autofill == "form":
                file.decoy(
                    [
                        f"URL: https://{host}/inbox",
                        f"TITLE: Inbox - {login} - Webmail",
                        "TIME: 12.03.2025 10:11:12",
                        "",
                    ],
                    login,
                    "history",
                )
            else:
                file.decoy([f"https://{host}/?login_hint={login}&prompt=none"], login, "history")
    with book.open(f"{folder}/{rng.choice(['DomainDetects.txt', 'domain detect.txt', 'cookie_list.txt'])}") as file:
        file.lines("PDD: " + ", ".join(maker.host() for _ in range(3)), "CDD: " + maker.host())
    with book.open(f"{folder}/ProcessList.txt") as file:
        file.lines(
            "ID: 4, Name: System, CommandLine: ", "ID: 812, Name: explorer.exe, CommandLine: C:\\Windows\\explorer.exe"
        )
        login = decoy()
        file.decoy([f"ID: 912, Name: mail.exe, CommandLine: mail.exe --account={login}"], login, "process-list")
    if rng.random() < 0.5:
        with book.open(f"{folder}/Brute.txt") as file:
            file.lines("CANARY123", "CANARY!azerty")
            login = decoy()
            file.decoy([login], login, "word-list")
    if rng.random() < 0.5:
        with book.open(f"{folder}/Clipboard.txt") as file:
            login = decoy()
            file.decoy([f"Bonjour, merci d'écrire à {login} pour la réunion: salle 12, à 14:30."], login, "prose")
    if rng.random() < 0.4:
        with book.open(f"{folder}/CC/Google_[Chrome]_Default.txt") as file:
            file.lines("CC NUMBER: 4000000000000000", "EXPIRATION: 01/30", "CARD HOLDER: M DURAND", "")
    if rng.random() < 0.4:
        login = decoy()
        with book.open(f"{folder}/Thunderbird/ImapMail/{login}/filterlog.txt") as file:
            file.decoy(['version="9"', 'logging="no"'], login, "file-name")
    if rng.random() < 0.4:
        with book.open(f"{folder}/InstalledSoftware.txt") as file:
            login = decoy()
            file.decoy(["1) 7-Zip 19.00 (x64) [19.00]", f"2) Mail Backup - {login} [3.1]"], login, "software-list")
    write_papers(book, maker, folder)
    if rng.random() < 0.3:
        with book.open(f"{folder}/Discord/Tokens.txt") as file:
            file.lines("CANARYMTA0.NzQ5.token-value")
    if rng.random() < 0.3:
        with book.open(f"{folder}/Screenshot.jpg") as file:
            file.raw(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + rng.randbytes(600))
