"""Logs as resellers and bots rewrite them (formats.md §0.1, §1.1, §1.3, §5): other labels, marks and frames round the
same three values. None of these shapes belongs to a family."""

#: Each style as a text with {u} for the URL, {h} its host, {l} the login, {p} the password, {n} the record's number.
STYLES = {
    "numbered-1.": "{n}.\nURL: {u}\nLogin: {l}\nPassword: {p}\n",
    "numbered-[1]": "[{n}]\nURL: {u}\nLogin: {l}\nPassword: {p}\n",
    "numbered-inline": "{n}) URL: {u}\n   Login: {l}\n   Password: {p}\n",
    "record-heading": "--- Account #{n} ---\nURL: {u}\nLogin: {l}\nPassword: {p}",
    "plus-bracket": "[+] URL: {u}\n[+] Login: {l}\n[+] Password: {p}\n",
    "star-bracket": "[*] Host : {u}\n[*] User : {l}\n[*] Pass : {p}\n",
    "greater-than": "> URL: {u}\n> Login: {l}\n> Password: {p}\n",
    "emoji": "🌐 URL: {u}\n👤 Login: {l}\n🔑 Password: {p}\n",
    "tree": "├ URL: {u}\n├ Login: {l}\n└ Password: {p}\n",
    "frame": "╔══════════\n║ URL: {u}\n║ Login: {l}\n║ Password: {p}\n╚══════════",
    "markdown": "**URL:** {u}\n**Login:** {l}\n**Password:** {p}\n",
    "markdown-outside": "- **URL**: {u}\n- **Login**: {l}\n- **Password**: {p}\n",
    "markdown-ticks": "**URL:** `{u}`\n**Login:** `{l}`\n**Password:** `{p}`\n",
    "markdown-table": "| {u} | {l} | {p} |",
    "nbsp-before-colon": "URL\u00a0: {u}\nIdentifiant\u00a0: {l}\nMot de passe\u00a0: {p}\n",
    "nbsp-after-colon": "URL:\u00a0{u}\nLogin:\u00a0{l}\nPassword:\u00a0{p}\n",
    "tab-before-colon": "URL\t: {u}\nLogin\t: {l}\nPassword\t: {p}\n",
    "arrow": "URL => {u}\nLogin => {l}\nPassword => {p}\n",
    "thin-arrow": "URL -> {u}\nLogin -> {l}\nPassword -> {p}\n",
    "no-colon": "URL {u}\nUsername {l}\nPassword {p}\n",
    "no-colon-tab": "URL\t{u}\nUsername\t{l}\nPassword\t{p}\n",
    "brackets": "[URL]: {u}\n[Login]: {l}\n[Password]: {p}\n",
    "brackets-no-colon": "[URL] {u}\n[USER] {l}\n[PASS] {p}\n",
    "browser-header": '["Chrome" = "Default"]\nURL: {u}\nLogin: {l}\nPassword: {p}\n',
    "one-line-bar": "URL: {u} | Login: {l} | Password: {p}",
    "one-line-double-bar": "URL: {u} || USER: {l} || PASS: {p}",
    "one-line-semicolon": "url: {u}; login: {l}; password: {p}",
    "one-line-comma": "Host: {u}, Username: {l}, Password: {p}",
    "one-line-tab": "URL: {u}\tUser: {l}\tPass: {p}",
    "one-line-login-first": "Login: {l} | Pass: {p} | URL: {u}",
    "one-line-soft-first": "SOFT: Chrome | URL: {u} | USER: {l} | PASS: {p}",
    "one-line-bracketed": "[Chrome] {u} | {l} | {p}",
    "one-line-equals": "url={u} user={l} pass={p}",
    "json-line": '{{"url": "{u}", "username": "{l}", "password": "{p}"}}',
    "json-line-comma": '{{"id": {n}, "host": "{u}", "login": "{l}", "pass": "{p}"}},',
    "python-dict": "{{'url': '{u}', 'username': '{l}', 'password': '{p}'}}",
    "leetspeak": "UR1: {u}\nU53RN4M3: {l}\nP455W0RD: {p}\n",
    "user-login-labels": "HOSTNAME: {u}\nUSER LOGIN: {l}\nUSER PASSWORD: {p}\n",
    "site-mail-pwd": "Website: {u}\nE-mail: {l}\npwd: {p}\n",
    "link-account": "Link: {u}\nAccount: {l}\nPass: {p}\n",
    "web-site": "Web Site: {u}\nUser name: {l}\nPassword: {p}\n",
    "domain-target": "Target: {u}\nUser: {l}\nPassword: {p}\n",
    "french": "Site : {u}\nIdentifiant : {l}\nMot de passe : {p}\n",
    "russian": "Сайт: {u}\nЛогин: {l}\nПароль: {p}\n",
    "russian-link": "Ссылка: {u}\nлогин: {l}\nпароль: {p}\n",
    "portuguese": "Site: {u}\nUsuário: {l}\nSenha: {p}\n",
    "spanish": "Sitio: {u}\nUsuario: {l}\nContraseña: {p}\n",
    "spanish-clave": "Sitio: {u}\nUsuario: {l}\nClave: {p}\n",
    "german": "URL: {u}\nBenutzername: {l}\nPasswort: {p}\n",
    "german-kennwort": "URL: {u}\nBenutzername: {l}\nKennwort: {p}\n",
    "turkish": "Site: {u}\nKullanıcı adı: {l}\nŞifre: {p}\n",
    "chinese": "网址：{u}\n用户名：{l}\n密码：{p}\n",
    "chinese-account": "网址: {u}\n账号: {l}\n密码: {p}\n",
    "storage-software": "Storage: Google [Default]\nURL: {u}\nLogin: {l}\nPassword: {p}\n",
    "seller-on-top": "Seller: @cloud_example\nURL: {u}\nUSER: {l}\nPASS: {p}\nLog Tools: @cloud_example\n",
    "ulp-numbered": "{n}. {u}:{l}:{p}",
    "ulp-source-tag": "{u}:{l}:{p} | @cloud_example",
    "ulp-bullets": "- {u}:{l}:{p}",
    "ulp-quoted": '"{u}";"{l}";"{p}"',
    "ulp-index-first": "{n} | {u} | {l} | {p}",
    "ulp-country-first": "[FR] {u}:{l}:{p}",
    "ulp-address-last": "{u}:{l}:{p}:203.0.113.5",
    "ulp-pair-dash-url": "{l}:{p} - {u}",
    "ulp-pair-bar-url": "{l}:{p} | {u}",
    "ulp-url-dash-pair": "{u} - {l}:{p}",
    "ulp-url-arrow-pair": "{u} => {l}:{p}",
    "ulp-date-first": "2025-06-30 {u}|{l}|{p}",
}

#: Shapes that read only with values of this kind: no blanks, bars or commas within.
PLAIN_ONLY = ("one-line", "markdown-table", "ulp-", "no-colon", "json", "python", "markdown-ticks")
BANNERS = [
    [], [], ["FREE LOGS - https://t.me/cloud_example", ""], ["@cloud_example", "=" * 30], ["# Results", ""],
    ["📁 NEW LOG | FR | 203.0.113.5", "Passwords: 12", "Cookies: 340", "Cards: 0", ""],
    ["Seller: @cloud_example", "Log Tools: v2", ""], ["🔥🔥 CLOUD 🔥🔥", "https://t.me/cloud_example", ""],
]  # fmt: skip


def write_resellers(book, maker, count=12):
    """One file for each style, then one whose styles change from record to record."""
    write_styles(book, maker, STYLES, "reseller", plain=lambda style: style.startswith(PLAIN_ONLY), count=count)
    with book.open("reseller/all of it.txt") as file:
        for number in range(1, 6 * count):
            style = maker.rng.choice(list(STYLES))
            write_one(file, maker, STYLES[style], number, "reseller/styles-mixed", style.startswith(PLAIN_ONLY))


def write_styles(book, maker, styles, group, plain, count=12):
    """A file for each style; `plain` says which styles read only with plain values."""
    rng = maker.rng
    for style, shape in styles.items():
        name = rng.choice(["logs", "Passwords", "result", "all"])
        with book.open(f"{group}/{style}/{name}.txt", eol=rng.choice(["\n", "\r\n"])) as file:
            file.lines(*rng.choice(BANNERS))
            for number in range(1, count + 1):
                write_one(file, maker, shape, number, f"{group}/{style}", plain(style))


def write_one(file, maker, shape, number, kind, plain):
    if plain:
        login = maker.rng.choice(["email", "email", "name", "siret", "dotted-name"])
        record = maker.record(url=maker.rng.choice(["path", "https", "port-path"]), login=login, password="plain")
    else:
        urls = ["android", "port", "idn", "ipv4-port", "no-scheme-path", "upper", "userinfo"]
        record = maker.record(odd=0.15, urls=urls, filled=True)
    file.record(shaped(shape, record, number), record, kind)


def shaped(shape, record, number=0, host=None):
    """The lines of a record in a style."""
    values = {"u": record.url, "h": host or record.hosts[0], "l": record.login, "p": record.password, "n": number}
    return shape.format(**values).split("\n")
