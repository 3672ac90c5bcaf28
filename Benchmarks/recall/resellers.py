"""Logs as resellers and bots rewrite them (formats.md §0.1, §1.1, §1.3, §5): other labels, marks and frames round the
same three values. None of these shapes belongs to a family."""

import json

STYLES = {
    "numbered-1.": lambda u, l, p, n: [f"{n}.", f"URL: {u}", f"Login: {l}", f"Password: {p}", ""],
    "numbered-[1]": lambda u, l, p, n: [f"[{n}]", f"URL: {u}", f"Login: {l}", f"Password: {p}", ""],
    "numbered-inline": lambda u, l, p, n: [f"{n}) URL: {u}", f"   Login: {l}", f"   Password: {p}", ""],
    "record-heading": lambda u, l, p, n: [f"--- Account #{n} ---", f"URL: {u}", f"Login: {l}", f"Password: {p}"],
    "plus-bracket": lambda u, l, p, n: [f"[+] URL: {u}", f"[+] Login: {l}", f"[+] Password: {p}", ""],
    "star-bracket": lambda u, l, p, n: [f"[*] Host : {u}", f"[*] User : {l}", f"[*] Pass : {p}", ""],
    "greater-than": lambda u, l, p, n: [f"> URL: {u}", f"> Login: {l}", f"> Password: {p}", ""],
    "emoji": lambda u, l, p, n: [f"🌐 URL: {u}", f"👤 Login: {l}", f"🔑 Password: {p}", ""],
    "emoji-only": lambda u, l, p, n: [f"🌐: {u}", f"👤: {l}", f"🔑: {p}", ""],
    "tree": lambda u, l, p, n: [f"├ URL: {u}", f"├ Login: {l}", f"└ Password: {p}", ""],
    "frame": lambda u, l, p, n: ["╔══════════", f"║ URL: {u}", f"║ Login: {l}", f"║ Password: {p}", "╚══════════"],
    "markdown": lambda u, l, p, n: [f"**URL:** {u}", f"**Login:** {l}", f"**Password:** {p}", ""],
    "markdown-outside": lambda u, l, p, n: [f"- **URL**: {u}", f"- **Login**: {l}", f"- **Password**: {p}", ""],
    "markdown-ticks": lambda u, l, p, n: [f"**URL:** `{u}`", f"**Login:** `{l}`", f"**Password:** `{p}`", ""],
    "markdown-table": lambda u, l, p, n: [f"| {u} | {l} | {p} |"],
    "html": lambda u, l, p, n: [f"<b>URL:</b> {u}<br>", f"<b>Login:</b> {l}<br>", f"<b>Password:</b> {p}<br>", "<hr>"],
    "nbsp-before-colon": lambda u, l, p, n: [f"URL\u00a0: {u}", f"Identifiant\u00a0: {l}", f"Mot de passe\u00a0: {p}", ""],
    "nbsp-after-colon": lambda u, l, p, n: [f"URL:\u00a0{u}", f"Login:\u00a0{l}", f"Password:\u00a0{p}", ""],
    "tab-before-colon": lambda u, l, p, n: [f"URL\t: {u}", f"Login\t: {l}", f"Password\t: {p}", ""],
    "arrow": lambda u, l, p, n: [f"URL => {u}", f"Login => {l}", f"Password => {p}", ""],
    "thin-arrow": lambda u, l, p, n: [f"URL -> {u}", f"Login -> {l}", f"Password -> {p}", ""],
    "no-colon": lambda u, l, p, n: [f"URL {u}", f"Username {l}", f"Password {p}", ""],
    "no-colon-tab": lambda u, l, p, n: [f"URL\t{u}", f"Username\t{l}", f"Password\t{p}", ""],
    "brackets": lambda u, l, p, n: [f"[URL]: {u}", f"[Login]: {l}", f"[Password]: {p}", ""],
    "brackets-no-colon": lambda u, l, p, n: [f"[URL] {u}", f"[USER] {l}", f"[PASS] {p}", ""],
    "browser-header": lambda u, l, p, n: ['["Chrome" = "Default"]', f"URL: {u}", f"Login: {l}", f"Password: {p}", ""],
    "one-line-bar": lambda u, l, p, n: [f"URL: {u} | Login: {l} | Password: {p}"],
    "one-line-double-bar": lambda u, l, p, n: [f"URL: {u} || USER: {l} || PASS: {p}"],
    "one-line-semicolon": lambda u, l, p, n: [f"url: {u}; login: {l}; password: {p}"],
    "one-line-comma": lambda u, l, p, n: [f"Host: {u}, Username: {l}, Password: {p}"],
    "one-line-tab": lambda u, l, p, n: [f"URL: {u}\tUser: {l}\tPass: {p}"],
    "one-line-login-first": lambda u, l, p, n: [f"Login: {l} | Pass: {p} | URL: {u}"],
    "one-line-soft-first": lambda u, l, p, n: [f"SOFT: Chrome | URL: {u} | USER: {l} | PASS: {p}"],
    "one-line-bracketed": lambda u, l, p, n: [f"[Chrome] {u} | {l} | {p}"],
    "one-line-equals": lambda u, l, p, n: [f"url={u} user={l} pass={p}"],
    "json-line": lambda u, l, p, n: [json.dumps({"url": u, "username": l, "password": p}, ensure_ascii=False)],
    "json-line-comma": lambda u, l, p, n: [json.dumps({"id": n, "host": u, "login": l, "pass": p}, ensure_ascii=False) + ","],
    "python-dict": lambda u, l, p, n: [str({"url": u, "username": l, "password": p})],
    "leetspeak": lambda u, l, p, n: [f"UR1: {u}", f"U53RN4M3: {l}", f"P455W0RD: {p}", ""],
    "user-login-labels": lambda u, l, p, n: [f"HOSTNAME: {u}", f"USER LOGIN: {l}", f"USER PASSWORD: {p}", ""],
    "site-mail-pwd": lambda u, l, p, n: [f"Website: {u}", f"E-mail: {l}", f"pwd: {p}", ""],
    "link-account": lambda u, l, p, n: [f"Link: {u}", f"Account: {l}", f"Pass: {p}", ""],
    "web-site": lambda u, l, p, n: [f"Web Site: {u}", f"User name: {l}", f"Password: {p}", ""],
    "domain-target": lambda u, l, p, n: [f"Target: {u}", f"User: {l}", f"Password: {p}", ""],
    "french": lambda u, l, p, n: [f"Site : {u}", f"Identifiant : {l}", f"Mot de passe : {p}", ""],
    "russian": lambda u, l, p, n: [f"Сайт: {u}", f"Логин: {l}", f"Пароль: {p}", ""],
    "russian-link": lambda u, l, p, n: [f"Ссылка: {u}", f"логин: {l}", f"пароль: {p}", ""],
    "portuguese": lambda u, l, p, n: [f"Site: {u}", f"Usuário: {l}", f"Senha: {p}", ""],
    "spanish": lambda u, l, p, n: [f"Sitio: {u}", f"Usuario: {l}", f"Contraseña: {p}", ""],
    "spanish-clave": lambda u, l, p, n: [f"Sitio: {u}", f"Usuario: {l}", f"Clave: {p}", ""],
    "german": lambda u, l, p, n: [f"URL: {u}", f"Benutzername: {l}", f"Passwort: {p}", ""],
    "german-kennwort": lambda u, l, p, n: [f"URL: {u}", f"Benutzername: {l}", f"Kennwort: {p}", ""],
    "turkish": lambda u, l, p, n: [f"Site: {u}", f"Kullanıcı adı: {l}", f"Şifre: {p}", ""],
    "chinese": lambda u, l, p, n: [f"网址：{u}", f"用户名：{l}", f"密码：{p}", ""],
    "chinese-account": lambda u, l, p, n: [f"网址: {u}", f"账号: {l}", f"密码: {p}", ""],
    "italian": lambda u, l, p, n: [f"Sito: {u}", f"Nome utente: {l}", f"Password: {p}", ""],
    "storage-software": lambda u, l, p, n: ["Storage: Google [Default]", f"URL: {u}", f"Login: {l}", f"Password: {p}", ""],
    "seller-on-top": lambda u, l, p, n: ["Seller: @cloud_example", f"URL: {u}", f"USER: {l}", f"PASS: {p}", "Log Tools: @cloud_example", ""],
    "ulp-numbered": lambda u, l, p, n: [f"{n}. {u}:{l}:{p}"],
    "ulp-source-tag": lambda u, l, p, n: [f"{u}:{l}:{p} | @cloud_example"],
    "ulp-bullets": lambda u, l, p, n: [f"- {u}:{l}:{p}"],
    "ulp-quoted": lambda u, l, p, n: [f'"{u}";"{l}";"{p}"'],
    "ulp-date-first": lambda u, l, p, n: [f"2025-06-30 {u}|{l}|{p}"],
}  # fmt: skip

#: Shapes that read only with values of this kind: no blanks, bars or commas within.
PLAIN_ONLY = ("one-line", "markdown-table", "ulp-", "no-colon", "html", "json", "python", "markdown-ticks")
BANNERS = [
    [], [], ["FREE LOGS - https://t.me/cloud_example", ""], ["@cloud_example", "=" * 30], ["# Results", ""],
    ["Seller: @cloud_example", "Log Tools: v2", ""], ["🔥🔥 CLOUD 🔥🔥", "https://t.me/cloud_example", ""],
]  # fmt: skip


def write_resellers(book, maker, count=12):
    """One file for each style, then one whose styles change from record to record."""
    rng = maker.rng
    for style in STYLES:
        with book.open(f"resellers/{style}/{rng.choice(['logs', 'Passwords', 'result', 'all'])}.txt", eol=rng.choice(["\n", "\r\n"])) as file:
            file.lines(*rng.choice(BANNERS))
            for number in range(1, count + 1):
                write_one(file, maker, style, number, f"reseller/{style}")
    with book.open("resellers/all of it.txt") as file:
        for number in range(1, 6 * count):
            write_one(file, maker, rng.choice(list(STYLES)), number, "reseller/styles-mixed")


def write_one(file, maker, style, number, kind):
    if style.startswith(PLAIN_ONLY):
        login = maker.rng.choice(["email", "email", "name", "siret", "dotted-name"])
        record = maker.record(url=maker.rng.choice(["path", "https", "port-path"]), login=login, password="plain")
    else:
        record = maker.record(odd=0.15, urls=["android", "port", "idn", "ipv4-port", "no-scheme-path", "upper", "userinfo"], filled=True)
    file.record(STYLES[style](record.url, record.login, record.password, number), record, kind)
