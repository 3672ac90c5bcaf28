"""Judges pages for people: pages.py FILE... Prints a line for each fault.

A page may load and run nothing, its ids must be unique, each reference must lead somewhere, each box must have its label, and
headings must not leave a level out: what a browser or a screen reader would stumble over.
"""
import re
import sys
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "hr", "link", "img"}
# What these pages are made of; anything else has come from somewhere.
KNOWN = set("""html head meta title style body a div header span b main section h1 h2 h3 h4 p ul ol li input label table
thead tbody tr th td article details summary footer""".split())


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.faults, self.open, self.ids = [], [], []
        self.references, self.inputs, self.labels, self.headings = [], [], [], []
        self.policy, self.language, self.style = None, None, ""

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag not in KNOWN:
            self.faults.append(f"a {tag} has no place here")
        if len(values) < len(attributes):
            self.faults.append(f"{tag} has an attribute twice")
        for name, value in attributes:
            if name.startswith("on") or name in ("src", "srcset", "style", "action", "data"):
                self.faults.append(f"{tag} has {name}")
            if name == "href" and not (value or "").startswith("#"):
                self.faults.append(f"{tag} leads to {value}")
        if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values.get("content")
        if tag == "html":
            self.language = values.get("lang")
        if "id" in values:
            self.ids.append(values["id"])
        self.references += values.get("aria-labelledby", "").split()
        if values.get("href", "").startswith("#"):
            self.references.append(values["href"][1:])
        if tag == "input":
            self.inputs.append(values.get("id"))
        if tag == "label":
            self.labels.append(values.get("for"))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} ends where it does not stand open")

    def handle_data(self, text):
        if self.open and self.open[-1] == "style":
            self.style += text


def faults(text):
    page = Page()
    page.feed(text)
    page.close()
    yield from page.faults
    if page.open:
        yield f"{page.open} do not end"
    if "default-src 'none'" not in (page.policy or ""):
        yield "no policy forbids what might be loaded"
    if page.language not in ("en", "fr"):
        yield "the language is not told"
    if re.search(r"url\(|@import|expression", page.style):
        yield "the style loads something"
    for name in set(page.ids):
        if page.ids.count(name) > 1:
            yield f"the id {name} stands there {page.ids.count(name)} times"
    for name in page.references:
        if name not in page.ids:
            yield f"nothing has the id {name}"
    if set(page.inputs) - set(page.labels):
        yield "a box has no label"
    if page.headings.count(1) != 1:
        yield "there must be one main heading"
    for before, after in zip(page.headings, page.headings[1:]):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"


def main(*paths):
    count = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for fault in faults(file.read()):
                print(f"{path}: {fault}")
                count += 1
    sys.exit(1 if count else 0)


main(*sys.argv[1:])
