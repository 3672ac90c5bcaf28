"""The vocabulary: hosts, URLs, logins and passwords of every kind (formats.md §1.2, §5, §8).

Everything is invented: hosts end in `.example` or `.test`, addresses are those of RFC 5737 and RFC 3849, and
every real password holds `CANARY`.
"""

import base64
import unicodedata

from book import Record, normal_host

EMAIL_KINDS = ["email", "plus-tag", "apostrophe", "upper-email", "accented-email", "idn-email", "no-dot-email"]
BARE_KINDS = [
    "name", "dotted-name", "accented-name", "spaced-name", "number", "phone", "siret", "windows", "tag-name",
    "slash-domain", "spaced-phone",
]  # fmt: skip
OTHER_LETTERS = ["cyrillic-name", "chinese-name", "nfd-name"]
ULP_LOGINS = ["email", "name", "number", "phone", "siret", "windows"]

URL_KINDS = [
    "https", "http", "path", "port", "port-path", "www", "no-scheme", "no-scheme-path", "no-scheme-port",
    "no-scheme-port-path", "ipv4", "ipv4-port", "ipv6", "ipv6-port", "idn", "punycode", "upper", "trailing-dot",
    "lost-colon", "lost-scheme", "android", "colon-in-path", "url-in-query", "colon-in-query", "userinfo",
    "fragment", "semicolon-in-path", "bare-app", "long-path", "single-label", "ftp",
]  # fmt: skip
BLOCK_URL_KINDS = URL_KINDS + [
    "imap", "smtp", "oauth", "moz-proxy", "chrome-extension", "windows-vault", "windows-path", "none", "placeholder",
]  # fmt: skip
#: What most records of a real log look like.
COMMON_URL_KINDS = ["https", "path", "path", "path", "http", "www", "port-path", "no-scheme", "android"]

PASSWORD_KINDS = [
    "colon", "space", "label", "equals", "fifteen-equals", "quotes", "other-email", "other-name", "url", "comma",
    "semicolon", "bar", "tab", "empty", "NOT_SAVED", "UNKNOWN", "accents", "cyrillic", "advert-like", "backslash",
    "colon-email", "hash", "angle", "brace", "long",
]  # fmt: skip

FIRST = "marie jean paul lea hugo chloe luc nora yanis ines omar karim sofia adam emma louis rose theo".split()
LAST = "durand martin petit moreau garcia benali roux faure blanc lopez meyer henry lemoine perrin".split()
WORDS = (
    "portail espace mutuelle agence cap-emploi mission formation mairie crm intranet paie boutique forum banque"
    " extranet achats logement clinique transport jeux billet ecole candidat assurance energie"
).split()
SUBS = ["www", "login", "mon", "app", "sso", "accounts", "client", "pro", "m", "auth-prod"]
PATHS = ["login", "signin", "wp-login.php", "auth/realms/pro/login", "users/sign_in", "account/login.aspx", "index.php"]
SOFTS = [
    ("Google Chrome", "Default"), ("Google_[Chrome]_Profile 1", "Profile 1"), ("Microsoft Edge", "Default"),
    ("Opera Stable", "Default"), ("Mozilla Firefox", "a1b2c3d4.default-release"), ("Brave", "Profile 2"),
]  # fmt: skip


class Maker:
    """Makes records of wanted or random kinds; every login it makes is new to the book."""

    def __init__(self, rng, book):
        self.rng, self.book = rng, book

    # Records

    def record(
        self, url=None, login=None, password=None, avoid=(), password_avoid=None, urls=None, filled=False, odd=0.25
    ):
        """A record. Kinds that are not given are drawn, unusual ones with the probability `odd`.

        `avoid` lists texts that neither URL nor login may hold, nor the password unless `password_avoid` says
        otherwise; `filled` asks for a real password.
        """
        rng = self.rng
        strange = rng.random() < odd
        url_kind = url or rng.choice((urls or BLOCK_URL_KINDS) if strange else COMMON_URL_KINDS)
        for _ in range(50):
            text, hosts, decoys = self.url(url_kind)
            if not any(mark in text for mark in avoid):
                break
        else:
            raise ValueError(f"no URL of kind {url_kind} without {avoid!r}")
        login_kind = login or self._login_kind(avoid)
        written, listed = self.login(login_kind)
        kind = password or (rng.choice(PASSWORD_KINDS) if rng.random() < odd else "plain")
        secret, filled_in, more = self.password(
            kind, hosts, avoid if password_avoid is None else password_avoid, filled
        )
        soft, profile = rng.choice(SOFTS)
        facets = {"url": url_kind, "login": login_kind, "password": kind}
        record = Record(text, hosts, written, listed, secret, filled_in, facets, decoys + more, soft, profile)
        # Most user names are listed for their service. Where a list cannot name it, and for some others, they are
        # listed as counting anywhere (`--allow-generic`), which also shows logins that were read at a wrong host.
        nameable = hosts and hosts[0] and url_kind != "android" and not hosts[0].startswith("[")
        if login_kind in BARE_KINDS + OTHER_LETTERS and nameable and rng.random() < 0.7:
            record.service_host = hosts[0]
        return record

    def _login_kind(self, avoid):
        rng = self.rng
        while True:
            if rng.random() < 0.6:
                kind = rng.choice(EMAIL_KINDS if rng.random() < 0.3 else ["email"])
            else:
                kind = rng.choice(BARE_KINDS)
            if not (" " in avoid and kind.startswith("spaced")):
                return kind

    # Hosts and URLs

    def host(self):
        rng = self.rng
        name = f"{rng.choice(WORDS)}-{rng.randrange(10, 100)}.{rng.choice(['example', 'test'])}"
        if rng.random() < 0.4:
            name = f"{rng.choice(SUBS)}.{name}"
        return name

    def app(self):
        rng = self.rng
        word, kind = rng.choice(WORDS).replace("-", ""), rng.choice(["mobile", "app", "pro", "android"])
        return f"com.{word}{rng.randrange(1000)}.{kind}"

    def ipv4(self):
        return f"{self.rng.choice(['192.0.2', '198.51.100', '203.0.113'])}.{self.rng.randrange(1, 255)}"

    def ipv6(self):
        return f"[2001:db8:{self.rng.randrange(1, 0xFFFF):x}::{self.rng.randrange(1, 0xFFFF):x}]"

    def port(self):
        return self.rng.choice([8080, 8443, 2083, 4443, 10000, 81, 7443, 5001, 3000])

    def url(self, kind):
        """The URL as written, the hosts that a finding may name, and the decoys it holds."""
        rng, host, path = self.rng, self.host(), self.rng.choice(PATHS)
        slash, bare = rng.choice(["", "/"]), host.removeprefix("www.")
        foreign = rng.choice(["préfecture", "mairie-orléans", "münchen", "школа", "学校"])
        idn = f"{foreign}-{rng.randrange(10, 99)}.example"
        v4, v6, app = self.ipv4(), self.ipv6(), self.app()
        single = f"{rng.choice(['nas', 'intranet', 'srv-paie', 'localhost', 'routeur'])}"
        plain = {
            "https": f"https://{host}{slash}",
            "http": f"http://{host}{slash}",
            "path": f"https://{host}/{path}",
            "port": f"https://{host}:{self.port()}{slash}",
            "port-path": f"https://{host}:{self.port()}/{path}",
            "www": f"https://www.{bare}/{path}",
            "no-scheme": f"{host}{slash}",
            "no-scheme-path": f"{host}/{path}",
            "no-scheme-port": f"{host}:{self.port()}",
            "no-scheme-port-path": f"{host}:{self.port()}/{path}",
            "ipv4": f"http://{v4}{slash}",
            "ipv4-port": f"http://{v4}:{self.port()}/{rng.choice(['', path])}",
            "ipv6": f"http://{v6}{slash}",
            "ipv6-port": f"https://{v6}:{self.port()}/{path}",
            "idn": f"https://{idn}/{path}",
            "punycode": f"https://{normal_host(idn)}/{path}",
            "upper": f"HTTPS://{host.upper()}/{path}",
            "trailing-dot": f"https://{host}./{path}",
            "lost-colon": f"https//{host}/{path}",
            "lost-scheme": f"//{host}/{path}",
            "colon-in-path": f"https://{host}/" + rng.choice(["oauth2/v2.0:443", "urn:pro:login", "Aide:Connexion"]),
            "colon-in-query": f"https://{host}/{path}?t=12:30&s=a:b",
            "semicolon-in-path": f"https://{host}/{path};jsessionid=0A1B2C?lang=fr",
            "bare-app": app,
            "fragment": f"https://{host}/{path}#/session/new",
            "long-path": f"https://{host}/{path}?state=" + "".join(rng.choices("abcdefXYZ0123456789-_", k=300)),
            "ftp": f"ftp://{host}{rng.choice(['', ':21', '/'])}",
            "imap": f"imap://{host}",
            "smtp": f"smtp://{host}:587",
            "oauth": f"oauth:https://{host}",
            "moz-proxy": f"moz-proxy://{host}:3128",
        }
        if kind in plain:
            name = host
            if kind in ("idn", "punycode"):
                name = idn
            elif kind == "www":
                name = "www." + bare
            elif kind == "bare-app":
                name = app
            elif kind.startswith("ipv4"):
                name = v4
            elif kind.startswith("ipv6"):
                return plain[kind], (v6, v6[1:-1]), []
            return plain[kind], (normal_host(name),), []
        if kind == "android":
            digest = base64.b64encode(rng.randbytes(64)).decode("ascii").replace("/", "_").replace("+", "-")
            return f"android://{digest}@{app}{rng.choice(['/', '/', ''])}", (app,), []
        if kind == "url-in-query":
            other = self.host()
            inner = rng.choice([f"https://{other}/x", f"https%3A%2F%2F{other}%2Fx"])
            return f"https://{host}/{path}?redirect={inner}", (host,), []
        if kind == "login-in-query":
            decoy = self.login("email")[1]
            return f"https://{host}/reset?email={decoy}&lang=fr", (host,), [(decoy, "login-in-query", None)]
        if kind == "login-in-path":
            decoy = self.login("email")[1]
            return f"https://{host}/unsubscribe/{decoy}/confirm", (host,), [(decoy, "login-in-path", None)]
        if kind == "userinfo":
            return f"https://site:CANARY{rng.randrange(1000)}@{host}/{path}", (host,), []
        if kind == "single-label":
            return f"http://{single}:{self.port()}/{path}", (single,), []
        if kind == "chrome-extension":
            return "chrome-extension://" + "".join(rng.choices("abcdefghijklmnop", k=32)) + "/popup.html", None, []
        if kind == "windows-vault":
            return (
                rng.choice([f"LegacyGeneric:target={host}", f"Domain:target={host}", "WindowsLive:(token):name=x"]),
                None,
                [],
            )
        if kind == "windows-path":
            return rng.choice(["C:\\Program Files\\App\\app.exe", "file:///C:/Users/Public/login.html"]), None, []
        if kind == "none":
            return "", ("",), []
        if kind == "placeholder":
            return rng.choice(["UNKNOWN", "N/A", "null", "-"]), ("",), []
        raise ValueError(kind)

    # Logins

    def login(self, kind):
        """A new login, as written and as listed. A login without a mail domain holds a number of its own."""
        while True:
            written, listed = self._login(kind)
            if self.book.fresh(listed):
                return written, listed

    def _login(self, kind):
        rng = self.rng
        first, last, number = rng.choice(FIRST), rng.choice(LAST), rng.randrange(10, 100000)
        domain = f"{rng.choice(WORDS)}{rng.choice(['', '-38', '-pro'])}.{rng.choice(['example', 'test'])}"
        email = f"{first[0]}{rng.choice(['.', '', '_', '-'])}{last}{number}@{domain}"
        name = f"{first[0]}{last}{number}"
        if kind == "email":
            return email, email
        if kind == "plus-tag":
            tagged = email.replace("@", f"+{rng.choice(['shop', 'pro', '2024'])}@")
            return tagged, rng.choice([email, tagged])
        if kind == "apostrophe":
            email = f"{first[0]}.o'{last}{number}@{domain}"
            return email, email
        if kind == "upper-email":
            return rng.choice([email.upper(), email.title()]), email
        if kind == "accented-email":
            email = f"jérôme.{last}{number}@{domain}"
            return email, email
        if kind == "idn-email":
            email = f"{first}{number}@société-{rng.randrange(10, 99)}.example"
            return email, email
        if kind == "no-dot-email":
            email = f"{first}{number}@{rng.choice(['localhost', 'srv-mail'])}"
            return email, email
        if kind == "name":
            return rng.choice([name, name.upper(), name.title()]), name
        if kind == "dotted-name":
            name = rng.choice([f"{first}.{last}{number}", f"{first}_{last}-{number}"])
            return name, name
        if kind == "nfd-name":  # as macOS writes accents
            name = f"{rng.choice(['hélène', 'zoé', 'françois'])}{number}"
            return unicodedata.normalize("NFD", name), name
        if kind == "accented-name":
            name = f"{rng.choice(['hélène', 'zoé', 'françois'])}{number}"
            return name, name
        if kind == "cyrillic-name":
            name = f"{rng.choice(['иванов', 'пётр', 'ольга'])}{number}"
            return name, name
        if kind == "chinese-name":
            name = f"{rng.choice(['王伟', '张敏', '李娜'])}{number}"
            return name, name
        if kind == "spaced-name":
            name = f"{first} {last} {number}"
            return name, name
        if kind == "tag-name":
            name = f"{first}#{number}"
            return name, name
        if kind == "slash-domain":
            name = f"CORP/{name}"
            return name, name.lower()
        if kind == "spaced-phone":
            digits = f"{rng.randrange(10**8):08d}"
            name = "06 " + " ".join(digits[n : n + 2] for n in range(0, 8, 2))
            return name, name
        if kind == "number":
            name = str(rng.randrange(200_000, 4_000_000_000))
            return name, name
        if kind == "phone":
            name = rng.choice(["06", "07", "+336", "+337", "00336"]) + f"{rng.randrange(10**8):08d}"
            return name, name
        if kind == "siret":
            name = f"{rng.randrange(3, 9)}{rng.randrange(10**8):08d}{rng.randrange(1, 40):05d}"
            return name, name
        if kind == "windows":
            whole = f"{rng.choice(['CORP', 'AD', 'FORMATION'])}\\{name}"
            return whole, rng.choice([whole, name])
        raise ValueError(kind)

    # Passwords

    def password(self, kind, hosts, avoid=(), filled=False):
        """A password, whether it is a real one, and the decoys it holds. Falls back on a plain one."""
        if filled and kind in ("empty", "NOT_SAVED", "UNKNOWN"):
            kind = "plain"
        text, decoys = self._password(kind, hosts)
        if any(mark in text for mark in avoid):
            text, decoys = self._password("plain", hosts)
        for login, _, _ in decoys:
            self.book.fresh(login)
        return text, kind not in ("empty", "NOT_SAVED", "UNKNOWN"), decoys

    def _password(self, kind, hosts):
        rng = self.rng
        plain = f"CANARY{rng.choice(['', *'!$-*?%'])}{rng.randrange(10000)}{rng.choice(['', 'aB', 'x#', '@'])}"
        simple = {
            "plain": plain,
            "colon": f"CANARY:{plain}:{rng.randrange(10)}",
            "space": f"mon {plain} secret",
            "label": f"{rng.choice(['pass: ', 'url:', 'Login: ', 'user:', 'Password: ', 'url: https://'])}{plain}",
            "equals": "=" * rng.randrange(3, 12),
            "fifteen-equals": "=" * 15,
            "quotes": f'"{plain}\'"',
            "url": f"https://{self.host()}/{plain}",
            "comma": f"{plain},b,c",
            "semicolon": f"{plain};b;;c",
            "bar": f"{plain}|b||c",
            "tab": f"{plain}\tb",
            "empty": "",
            "NOT_SAVED": rng.choice(["NOT_SAVED", "[NOT_SAVED]"]),
            "UNKNOWN": rng.choice(["UNKNOWN", "N/A", "null", "None", "(empty)"]),
            "accents": f"été{plain}ça",
            "cyrillic": f"пароль{plain}",
            "advert-like": f"to buy stuff {plain}",
            "backslash": f"\\{plain}\\n\\",
            "hash": f"#{plain}",
            "angle": f"<{plain}>&amp;",
            "brace": f"{{{plain}}}",
            "long": plain + "Zz9" * 60,
        }
        if kind in simple:
            return simple[kind], []
        if kind == "other-email":
            login = self.login("email")[1]
            return login, [(login, "login-as-password", None)]
        if kind == "colon-email":
            login = self.login("email")[1]
            return f"{plain}:{login}", [(login, "login-behind-password", None)]
        if kind == "other-name":
            nameable = hosts and hosts[0] and not hosts[0].startswith(("[", "com."))
            login = self.login("name")[1]
            return login, [(login, "login-as-password", hosts[0] if nameable else None)]
        raise ValueError(kind)
