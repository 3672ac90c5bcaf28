"""Files of mail and FTP clients (formats.md §2), as stealers copy or rewrite them; WinSCP and Pidgin are ours."""

import base64
from xml.sax.saxutils import escape

from resellers import shaped

#: Kind: file, lines above, one record, lines below; {o} is a second server of the same account.
TEXTS = {
    "outlook-blocks": (
        "clients/app_outlook.txt", "",
        "Soft: Outlook\nIMAP Server: {h}\nIMAP Port: 993\nSMTP Server: {o}\nIMAP User: {l}\nIMAP Password: {p}\n", "",
    ),
    "foxmail-blocks": (
        "clients/app_foxmail.txt", "",
        "Soft: Foxmail\nHost: {h}\nPort: 995\nLogin: {l}\nPassword: {p}\n", "",
    ),
    "mail-table": ("clients/email_credentials.txt", "", "imap://{h}\t{l}\t{p}", ""),
    "mail-table-smtp": ("clients/app_thunderbird.txt", "", "smtp://{h}:587\t{l}\t{p}", ""),
    "filezilla-sites": (
        "FTP/FileZilla/sitemanager.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<FileZilla3 version="3.66.4" platform="windows">\n  <Servers>',
        "    <Server>\n      <Host>{h}</Host>\n      <Port>21</Port>\n      <User>{l}</User>\n"
        '      <Pass encoding="base64">{p}</Pass>\n      <Logontype>1</Logontype>\n    </Server>',
        "  </Servers>\n</FileZilla3>",
    ),
    "filezilla-recent": (
        "FTP/FileZilla/recentservers.xml", "<FileZilla3><RecentServers>",
        '<Server><Host>{h}</Host><Port>21</Port><User>{l}</User><Pass encoding="base64">{p}</Pass></Server>',
        "</RecentServers></FileZilla3>",
    ),
    "filezilla-text": ("FTP/filezilla_credentials.txt", "", "Host: {h}:21\nUser: {l}\nPass: {p}\n", ""),
    "winscp-ini": (
        "FTP/WinSCP.ini", "",
        "[Sessions\\prod]\nHostName={h}\nPortNumber=22\nUserName={l}\nPassword={p}\n", "",
    ),
    "pidgin": ("Pidgin/Pidgin.txt", "", "Protocol: prpl-jabber\nUsername: {l}\nPassword: {p}\n", ""),
}  # fmt: skip


def write_clients(book, maker, count=8):
    for name, (path, above, shape, below) in TEXTS.items():
        with book.open(path) as file:
            if above:
                file.lines(*above.split("\n"))
            for _ in range(count):
                record = maker.record(url="none" if name == "pidgin" else "https", password="plain")
                other = maker.host()
                if "{o}" in shape and not record.service_host:
                    record.hosts += (other,)
                if name.startswith(("filezilla-s", "filezilla-r")):
                    record.password = base64.b64encode(record.password.encode()).decode("ascii")
                    record.login = escape(record.login)
                file.record(shaped(shape.replace("{o}", other), record), record, f"client/{name}")
            if below:
                file.lines(*below.split("\n"))
