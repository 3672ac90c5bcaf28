"""Documents of records, in every layout and as nobody writes them, for `made_inputs.py`: what mutation of known texts comes
upon late, a grammar makes at once.
"""

import json
import re

INVISIBLE = ["\u200b", "\ufeff", "\u00a0", "\u00ad", "\u200e", "\u2060", "\u3000", "\u0085", "\u2028", "\0", "\t", "\n", " "]


class Records:
    """One or several documents: blocks, lines, tables, JSON, XML, HTML and SQL of the same kind of records."""

    labels = {
        "url": "URL url Host HOST Hostname Site Website Link URI Soft 网址 链接 origin_url signon_realm login_uri action_url Domain URL1 loginurl",
        "login": "Login login USER User Username username user_name Логин 用户名 Identifiant Benutzername Usuario Nick username_value ID USR",
        "email": "Email E-mail Mail EMAIL 邮箱 itemEmail Correo",
        "password": "Password PASS Pass password pwd Пароль 密码 P455W0RD Passwort Contraseña password_value MDP passwd Pw secret",
        "other": "Browser Application Profile Storage note Title Date IP Country HWID Seller date_created times_used id folder totp Comment",
    }
    hosts = [
        "a.example", "www.b.example", "intranet", "a", "a.example:8443", "localhost:3000", "198.51.100.7", "[2001:db8::1]",
        "xn--bcher-kva.example", "bücher.example", "A.EXAMPLE.", "com.example.app", "t.me",
    ]
    paths = ["", "/", "/in", "/in?next=https://b.example/x", "/a:b", "/#x", "?q=1", "/é", " "]
    logins = [
        "ann@mail.example", "ann", "a", "+33612345678", "0612345678", "8080", "DOM\\ann", "Ann Lee", "<ann@mail.example>",
        "mailto:ann@mail.example", "ann%40mail.example", "ann+x@mail.example", "邮@例.example", "UNKNOWN", "", "null", "user@a.example",
        '"ann"', "12:30", "ann|bob", "https://x.example", "-", "N/A", "x" * 64, "x" * 320, "x" * 321,
    ]
    passwords = [
        "CANARY", "CANARY:1", "CANARY|2", "CANARY;3,4", "CANARY 5 6", 'CANARY"7', "CANARY'8", "CANARY\\9", "CANARY\t1", "CANARY=", "{CANARY}",
        "CANARY@b.example", "&amp;CANARY", "éCANARY", "C", "https://secret.example", "ann@mail.example", "", "null", "********", "[NOT_SAVED]",
        "N/A", "8080", "http", "x" * 40, "x" * 300, "x" * 1100,
    ]
    others = [
        "Chrome", "Google_[Chrome]_Default", "Default", "2025-07-12 08:00:00", "198.51.100.7", "FR", "1", "x y z", "", "{}", "[]", "true",
        "https://c.example/",
    ]
    orders = [
        *["url login password"] * 6, "login password", "url email password", "url login email password", "login password url",
        "url password login", "url login", "password", "url login password password", "login login password", "email",
    ]

    def __init__(self, rng, known):
        self.rng = rng
        self.known = known
        self.labels = {kind: words.split() for kind, words in self.labels.items()}

    def make(self):
        rng = self.rng
        forms = [
            *[self.blocks] * 3, *[self.lines] * 2, *[self.table] * 2, *[self.json] * 3, *[self.xml] * 2, self.html, self.sql, self.noise,
        ]
        parts = [rng.choice(forms)(self.records()) for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3, 5]))]
        text = rng.choice(["\n", "\n", "\n\n", "", "\n\n\n", " "]).join(parts) + rng.choice(["", "\n"])
        if rng.random() < 0.12:
            text = "\n".join(rng.choice(["> ", "  ", "\t", "│ ", "* "]) + line for line in text.split("\n"))
        text = text.replace("\n", rng.choice(["\n"] * 17 + ["\r\n", "\r\n", "\r"]))
        if rng.random() < 0.15:
            text = text[rng.randrange(min(len(text), 300) or 1):]
        if rng.random() < 0.2:
            text = text[:rng.randrange(len(text) + 1)]
        return text.encode(rng.choice(["utf-8"] * 9 + ["utf-8-sig", "cp1251", "gbk", "cp1252"]), "replace")

    def records(self):
        """Records as (kind, label, value), most of them with the same labels."""
        rng = self.rng
        first = self.record()
        count = rng.choice([1, 1, 2, 3, 6, 15])
        if rng.random() < 0.7:
            return [[(kind, label, self.value(kind)) for kind, label, _ in first] for _ in range(count)]
        return [self.record() for _ in range(count)]

    def record(self):
        rng = self.rng
        kinds = rng.choice(self.orders).split()
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 4])):
            kinds.insert(rng.randrange(len(kinds) + 1), "other")
        return [(kind, rng.choice(self.labels[kind]), self.value(kind)) for kind in kinds]

    def url(self):
        rng = self.rng
        host, place = rng.choice(self.hosts), rng.choice(self.hosts) + rng.choice(self.paths)
        return rng.choice([
            f"https://{place}", f"http://{place}", place, f"android://{'h' * rng.choice([8, 86, 88])}==@com.example.app/", f"ftp://u:p@{place}",
            f"https://ann:pw@{place}", f"HTTPS://{place}", f"moz-proxy://{host}:80", "chrome://x", "file:///C:/x", "",
            f"[{host}](https://{place})", f"<https://{host}>", f"{place} (x)",
        ])

    def value(self, kind):
        rng = self.rng
        text = {
            "url": self.url, "login": lambda: rng.choice(self.logins), "email": lambda: rng.choice(["ann@mail.example", "ann", ""]),
            "password": lambda: rng.choice(self.passwords), "other": lambda: rng.choice(self.others),
        }[kind]()
        return self.invisible() + text + self.invisible()

    def invisible(self):
        rng = self.rng
        return "".join(rng.choice(INVISIBLE) for _ in range(rng.choice([1, 1, 2, 5]))) if rng.random() < 0.06 else ""

    def blocks(self, records):
        rng = self.rng
        sign = rng.choice([": ", ":", " : ", "\t", " = ", "=", "： ", ":\n", " - ", ":  ", " → ", "->"])
        begin, end = rng.choice([
            *[("", "")] * 3, *[(mark, "") for mark in ["- ", "* ", "1. ", "[+] ", "> ", "│ ", "• ", "   ", "\t", "# ", "// ", "✅ "]],
            ('"', '"'), ("**", "**"), ("<b>", "</b>"),
        ])
        between = rng.choice(["\n"] * 8 + [" | ", "; ", ", ", "  ", "<br>\n", "\t", "\\n", " , "])
        behind = rng.choice(["\n", "\n\n", "\n===============\n", "\n---\n", "\n" * 5, " | ", "; ", ", ", "<br>", "\\n"])
        case = rng.choice([str] * 5 + [str.upper, str.lower])
        return behind.join(
            between.join(begin + case(label) + end + sign + value for _, label, value in record) for record in records)

    def lines(self, records):
        rng = self.rng
        separator = rng.choice([*":::::|;,\t ", "----", " | ", " : ", ":  ", "::", "=>", " - "])
        begin = ["", "", "", "1. ", "FR ", "[x] ", '"']
        end = ["", "", "", separator, '"', separator + "FR", separator + "198.51.100.7", " "]
        return "\n".join(
            rng.choice(begin) + separator.join(value for _, _, value in record) + rng.choice(end) for record in records)

    def table(self, records):
        rng = self.rng
        separator = rng.choice(",,;\t|")
        is_quoted = rng.random() < 0.4

        def cell(text):
            if is_quoted or any(sign in text for sign in (separator, '"', "\n")) and rng.random() < 0.9:
                return '"' + text.replace('"', '""' if rng.random() < 0.9 else '\\"') + '"'
            return text

        names = [separator.join(cell(label) for _, label, _ in records[0])] if rng.random() < 0.85 else []
        rows = [separator.join(cell(value) for _, _, value in record) + rng.choice([""] * 8 + [separator, '"', separator * 3]) for record in records]
        if rng.random() < 0.1:
            names.append(separator.join("---" for _ in records[0]))
        if rng.random() < 0.1:
            names.insert(0, rng.choice(["sep=,", '"sep=;"', "title", "Chrome passwords", "https://a.example"]))
        rows = names + rows
        return "\n".join([separator + row + separator for row in rows] if rng.random() < 0.1 else rows)

    def json(self, records):
        rng = self.rng

        def written(value):
            separators = rng.choice([None, (",", ":"), (" , ", " : ")])
            return json.dumps(value, indent=rng.choice([None, None, 2, "\t", 0]), ensure_ascii=rng.random() < 0.3, separators=separators)

        objects = [self.object(record) for record in records]
        text = rng.choice([
            lambda: written(objects),
            lambda: "\n".join(json.dumps(entry, ensure_ascii=False) for entry in objects),
            lambda: written({rng.choice(["logins", "items", "encrypted", "a"]): objects, "x": 1}),
            lambda: written({str(number): entry for number, entry in enumerate(objects)}),
            lambda: rng.choice(["var x = ", "x=", "// c\n", "/* c */", "data: ", "f("]) + written(objects) + rng.choice(["", ";", ");"]),
            lambda: ",\n".join(written(entry) for entry in objects),
            lambda: written({"a": {"b": [{"c": objects}]}}),
        ])()
        return rng.choice([
            *[lambda: text] * 12, lambda: text.replace('"', "'"), lambda: text.replace('": ', '":'), lambda: text.replace('"', '\\"'),
            lambda: json.dumps(text), lambda: text.replace("true", "True").replace("null", "None"),
            lambda: re.sub(r'"(\w+)":', r"\1:", text),
        ])()

    def object(self, record):
        rng = self.rng
        members = {
            label: rng.choice([*[value] * 9, [value], {"value": value}, None, 1, True, {"a": [value]}, f"{value}\n{value}"])
            for _, label, value in record
        }
        return rng.choice([
            *[members] * 7, {rng.choice(["login", "data", "entry", "item", "Login"]): members, "url": self.url()},
            [value for _, _, value in record],
        ])

    def xml(self, records):
        rng = self.rng

        def escaped(text):
            text = text.replace("&", rng.choice(["&amp;", "&"])).replace("<", "&lt;")
            return rng.choice([text, text, f"<![CDATA[{text}]]>", text.replace("a", "&#97;"), text.replace("e", "&#x65;")])

        def tag(label):
            return "".join(sign if sign.isalnum() else "_" for sign in label)

        def attribute(label, value):
            quote = rng.choice("\"'")
            return f"{tag(label)}={quote}{value.replace('<', '&lt;')}{quote}"

        end = rng.choice(["\n", "\n", "", "\n  "])
        form = rng.choice([
            lambda fields: f"<Entry>{end}{end.join(f'<{tag(label)}>{escaped(value)}</{tag(label)}>' for label, value in fields)}{end}</Entry>",
            lambda fields: f"<entry {' '.join(attribute(*field) for field in fields)}{rng.choice(['/>', '></entry>'])}",
            lambda fields: "".join(f"<String><Key>{label}</Key><Value>{escaped(value)}</Value></String>" for label, value in fields).join(
                ["<Entry>", "</Entry>"]),
            lambda fields: "".join(f"<key>{label}</key><string>{escaped(value)}</string>" for label, value in fields).join(["<dict>", "</dict>"]),
            lambda fields: "".join(
                f'<{tag(label)} encoding="{rng.choice(["base64", "x"])}">{escaped(value)}</{tag(label)}>' for label, value in fields).join(
                    ["<Server>", "</Server>"]),
            lambda fields: "".join(f'<field name="{label}">{escaped(value)}</field>' for label, value in fields).join(["<item>", "</item>"]),
        ])
        head = rng.choice([
            '<?xml version="1.0" encoding="utf-8"?>\n', "", "<!DOCTYPE x [<!ENTITY a 'b'>]>\n", "<!-- c -->", "<?xml version='1.0'?>"])
        root = rng.choice(["root", "FileZilla3", "KeePassFile", "plist", "logins"])
        entries = end.join(form([(label, value) for _, label, value in record]) for record in records)
        return f"{head}<{root}>{entries}{rng.choice([f'</{root}>', f'</{root}>', '', '</x>'])}"

    def html(self, records):
        rng = self.rng
        between = rng.choice(["", "\n", "\n "])
        rows = [between.join(f"<th>{label}</th>" for _, label, _ in records[0])] if rng.random() < 0.7 else []
        for record in records:
            if rng.random() < 0.15:
                rows += [f"<td>{label}{rng.choice(['', ':'])}</td><td>{value}</td>" for _, label, value in record]
                continue
            rows.append(between.join(
                f"<td{rng.choice(['', ' class=x'])}>{rng.choice(['', '<b>', '<a href=x>'])}{value}</td>" for _, _, value in record))
        return rng.choice(["<html><body>", ""]) + "<table>" + "\n".join(f"<tr>{row}</tr>" for row in rows) + rng.choice(["</table>", ""])

    def sql(self, records):
        rng = self.rng

        def quoted(value):
            text = "'" + value.replace("'", "''") + "'"
            return rng.choice([*[text] * 7, "'" + value.replace("'", "\\'") + "'", "NULL", "1", "X'00'", "N" + text])

        begin, end = rng.choice([("", ""), ("`", "`"), ('"', '"'), ("[", "]")])
        columns = rng.choice(["", f" ({', '.join(begin + label + end for _, label, _ in records[0])})"])
        rows = ["(" + rng.choice([",", ", "]).join(quoted(value) for _, _, value in record) + ")" for record in records]
        verb = rng.choice(["INSERT INTO", "insert into", "INSERT OR REPLACE INTO", "REPLACE INTO", "INSERT IGNORE INTO"])
        values = rng.choice([" VALUES ", " VALUES\n", " values"]) + rng.choice([",", ",\n", ", "]).join(rows)
        return f"{verb} `logins`{columns}{values}" + rng.choice([";", ""])

    def noise(self, records):
        rng = self.rng
        return rng.choice([
            lambda: "\n".join(f"{rng.choice(['# ', '', '// '])}t.me/chan {'=' * rng.choice([3, 20])}" for _ in records),
            lambda: rng.choice(self.known or [b""]).decode("utf-8", "replace")[:rng.choice([80, 300, 900])],
            lambda: "machine a.example login ann password CANARY\ndefault login x password y",
            lambda: "\n".join(f"{label.upper()}={value}" for record in records for _, label, value in record),
            lambda: "BEGIN:VCARD\nEMAIL:ann@mail.example\nEND:VCARD",
            lambda: ".a.example\tTRUE\t/\tFALSE\t1752364800\tsid\tCANARY",
            lambda: f"\x1b[31m{self.blocks(records)}\x1b[0m",
            lambda: "".join(chr(rng.randrange(32, 127)) for _ in range(rng.choice([5, 60, 400]))),
            lambda: rng.choice(["\n" * 60, "{" * 200, "[" * 70, '"', "<table>", "url,login,password"]),
        ])()
