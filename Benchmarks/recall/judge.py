"""Runs dumpsieve over a made dump and holds its findings against the truth.

A record is *right* if its account has a finding at its host; at *wrong host* if it has findings, but none there; else
*missed*. *False* is a finding of a decoy account, and a finding of a true account at a host of no record although all
its records are right: a line read in one way too many.
"""

import csv
import json
import os
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

AS_OF = "2025-07-14T01:30:00Z"
PARTNER = "org-recall"


class ScanFailed(Exception):
    """dumpsieve did not do what it was asked; its own words follow."""


@dataclass
class Verdict:
    """What one or several dumps came to; the lists hold (kind, path, line, excerpt, what was found)."""

    records: Counter = field(default_factory=Counter)  # all by kind
    right: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    false: Counter = field(default_factory=Counter)
    decoys: Counter = field(default_factory=Counter)
    facets: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # (facet, value) -> [records, right]
    misses: list = field(default_factory=list)
    falsehoods: list = field(default_factory=list)
    slips: list = field(default_factory=list)  # right records with a wrong detail
    unread: Counter = field(default_factory=Counter)
    facts: Counter = field(default_factory=Counter)  # (fact, right or wrong …) of right records


def scan(book, program, place):
    """Makes key and list from the book's accounts, scans, and returns the findings document."""
    key, out = (os.path.join(place, name) for name in ("recall.key", "findings.json"))
    run(program, "key", "new", "--partner", PARTNER, "--out", key)
    # User names that count anywhere need a list that says so; all others are in the usual kind of list.
    parts = {"at-services": [], "anywhere": ["--allow-generic"]}
    lists = []
    for name, options in parts.items():
        accounts, watchlist = os.path.join(place, f"{name}.csv"), os.path.join(place, f"{name}.dsw")
        with open(accounts, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["login", "ref", "service_host"])
            for (login, service_host), ref in book.accounts.items():
                if (name == "anywhere") == ("@" not in login and not service_host):
                    writer.writerow([login, ref, service_host])
        run(
            program,
            "watchlist",
            "make",
            "--key-file",
            key,
            "--partner",
            PARTNER,
            *options,
            "--out",
            watchlist,
            accounts,
        )
        lists += ["--watchlist", watchlist]
    run(
        program, "scan", book.root, *lists, "--key-file", key, "--as-of", AS_OF, "--format", "json", "--out", out,
        "--fail-on", "none", "--problem-log", os.path.join(place, "problems.txt"), good=(0, 1, 3),
    )  # fmt: skip
    with open(out, encoding="ascii") as file:
        text = file.read()
    if "CANARY" in text:
        raise ScanFailed("a password came out: the findings hold the word CANARY")
    return json.loads(text)


def run(program, *arguments, good=(0,)):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode not in good:
        raise ScanFailed(f"dumpsieve {' '.join(arguments[:2])}: status {done.returncode}\n{done.stderr}")


def judge(book, document, verdict, wanted):
    """Adds one dump to the verdict; `wanted` says whether a kind is asked for."""
    found = defaultdict(dict)  # ref -> host -> finding
    for finding in document["findings"]:
        found[finding["account"]["ref"]][finding["service"]["host"] or ""] = finding
    truths, decoys = defaultdict(list), {}
    for entry in book.truths:
        truths[entry.ref].append(entry)
    for entry in book.decoys:
        decoys.setdefault(entry.ref, entry)
    for reason in document["run"]["coverage"]["unread"]:
        verdict.unread[reason["reason"]] += 1
    for ref, entries in truths.items():
        judge_account(entries, dict(found.get(ref, {})), verdict, wanted)
    for ref, entry in decoys.items():
        if not wanted(entry.kind):
            continue
        verdict.decoys[entry.kind] += 1
        if ref in found and ref not in truths:
            for host, finding in found[ref].items():
                note_false(verdict, entry.kind, entry, host, finding)


def judge_account(entries, hosts, verdict, wanted):
    """One account's records against its findings, which are taken out of `hosts` as they are accounted for."""
    left, findings = [], dict(hosts)
    for entry in entries:
        match = next((host for host in hosts if entry.hosts is None or host in entry.hosts), None)
        left.append((entry, match))
    for match in {match for _, match in left if match is not None}:
        del hosts[match]
    all_right = all(match is not None for _, match in left)
    for entry, match in left:
        if not wanted(entry.kind):
            continue
        verdict.records[entry.kind] += 1
        for facet, value in entry.facets.items():
            verdict.facets[facet, value][0] += 1
            verdict.facets[facet, value][1] += match is not None
        if match is not None:
            verdict.right[entry.kind] += 1
            judge_machine(entry.machine, findings[match]["infection"], verdict.facts)
            judge_details(entry, findings[match], verdict)
            continue
        (verdict.wrong if hosts else verdict.missed)[entry.kind] += 1
        verdict.misses.append(
            (entry.kind, entry.path, entry.line, entry.excerpt, f"found at {sorted(hosts)}" if hosts else "")
        )
    if all_right:
        for host, finding in hosts.items():
            if wanted(entries[0].kind):
                note_false(verdict, entries[0].kind, entries[0], host, finding)


def judge_machine(machine, infection, facts):
    """What the finding says of the infected machine; a time is right within a day's zones, as logs write local time."""
    if machine is None:
        return
    facts["device", "known" if infection["device_id"] else "unknown"] += 1
    facts[
        "country",
        "unknown" if not infection["country"] else "right" if infection["country"] == machine.country else "wrong",
    ] += 1
    readings = [infection["stolen_at"], infection["stolen_at_other_reading"]]
    same_day = readings[0] and readings[0][:10] == f"{machine.when:%Y-%m-%d}"
    near = [
        text and abs(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") - machine.when) < timedelta(hours=15)
        for text in readings
    ]
    state = (
        "right"
        if near[0] or same_day
        else "right in the other reading"
        if near[1]
        else "wrong"
        if readings[0]
        else "unknown"
    )
    facts["time of the theft", state] += 1


def judge_details(entry, finding, verdict):
    """Whether the finding says rightly that a password stood there, and on which line the login stands."""
    present = finding["exposure"]["password"]["present"]
    if entry.has_password is not None:
        verdict.facts["password", "right" if present == entry.has_password else f"wrongly {present}"] += 1
        if present != entry.has_password:
            verdict.slips.append((entry.kind, entry.path, entry.line, entry.excerpt, f"password {present}"))
    if entry.line and not entry.kind.startswith("line-end"):  # which have more than one way to count
        places = [(sighting["member"], sighting["line"]) for sighting in finding["sightings"]]
        lines = [line for path, line in places if path == entry.path or "\\" in path]  # an escaped name
        verdict.facts["line", "right" if entry.line in lines else "wrong"] += 1
        if entry.line not in lines:
            verdict.slips.append((entry.kind, entry.path, entry.line, entry.excerpt, f"line {lines}"))


def note_false(verdict, kind, entry, host, finding):
    seen = finding["sightings"][0]
    verdict.false[kind] += 1
    verdict.falsehoods.append((kind, seen["member"], seen["line"], entry.excerpt, f"found at {host or 'no host'}"))


def group(kind, depth):
    return "/".join(kind.split("/")[:depth]) if depth else kind


def table(verdict, depth):
    """Rows of (group, records, right, wrong host, missed, false); decoys have their number as records."""
    rows = defaultdict(lambda: [0] * 5)
    for place, counter in enumerate((verdict.records, verdict.right, verdict.wrong, verdict.missed, verdict.false)):
        for kind, count in counter.items():
            rows[group(kind, depth)][place] += count
    return [(kind, *rows[kind]) for kind in sorted(rows) if kind.split("/")[0] != "decoy"], [
        (kind, verdict.decoys[kind], verdict.false[kind]) for kind in sorted(verdict.decoys)
    ]


def print_table(verdict, depth, facets):
    rows, decoys = table(verdict, depth)
    width = max([len(row[0]) for row in rows + decoys] + [20])
    print(f"{'KIND':<{width}} {'RECORDS':>8} {'RIGHT':>8} {'WRONG':>6} {'MISSED':>7} {'FALSE':>6} {'RECALL':>8}")
    for kind, records, right, wrong, missed, false in rows:
        share = f"{100 * right / records:7.2f}%" if records else ""
        print(f"{kind:<{width}} {records:>8} {right:>8} {wrong:>6} {missed:>7} {false:>6} {share:>8}")
    for kind, count, false in decoys:
        print(f"{kind:<{width}} {count:>8} {'':>8} {'':>6} {'':>7} {false:>6}")
    counters = (verdict.records, verdict.right, verdict.wrong, verdict.missed, verdict.false)
    for name, beyond in (("TOTAL", True), ("TOTAL without field/", False)):
        sums = [sum(n for kind, n in c.items() if beyond or not kind.startswith("field/")) for c in counters]
        share = f"{100 * sums[1] / sums[0]:7.2f}%" if sums[0] else ""
        print(f"{name:<{width}} {sums[0]:>8} {sums[1]:>8} {sums[2]:>6} {sums[3]:>7} {sums[4]:>6} {share:>8}")
    if facets:
        print("\nThe same records by their URL, login and password:")
        for (facet, value), (count, good) in sorted(verdict.facets.items()):
            print(f"{facet + '=' + value:<{width}} {count:>8} {good:>8} {'':>21} {100 * good / count:7.2f}%")
    if verdict.facts:
        print("\nOf the right ones, and of the infected machine where they stand in a log:")
    for fact in ("password", "line", "device", "country", "time of the theft"):
        states = ", ".join(f"{count} {state}" for (name, state), count in sorted(verdict.facts.items()) if name == fact)
        if states:
            print(f"{fact:<{width}} {states}")
    if verdict.unread:
        print("\nNot read: " + ", ".join(f"{count} × {reason}" for reason, count in sorted(verdict.unread.items())))


def print_examples(title, examples, per_kind, depth):
    """Up to `per_kind` examples of each group, with file and line; everything in them is invented."""
    shown = Counter()
    for kind, path, line, excerpt, note in examples:
        name = group(kind, depth)
        if shown[name] < per_kind:
            shown[name] += 1
            text = excerpt if len(excerpt) < 400 else excerpt[:400] + "…"
            print(f"{title} {kind}  {path}:{line}  {note}\n    {text!r}")


def as_json(verdict, seed, logs, depth):
    rows, decoys = table(verdict, depth)
    names = ("kind", "records", "right", "wrong_host", "missed", "false")
    return {
        "seed": seed,
        "logs": logs,
        "total": {
            name: sum(getattr(verdict, counter).values())
            for name, counter in zip(names[1:], ("records", "right", "wrong", "missed", "false"))
        },
        "kinds": [dict(zip(names, row)) for row in rows],
        "decoys": [{"kind": kind, "records": count, "false": false} for kind, count, false in decoys],
        "facets": [
            {"facet": facet, "value": value, "records": count, "right": good}
            for (facet, value), (count, good) in sorted(verdict.facets.items())
        ],
        "facts": [{"fact": f, "state": s, "records": n} for (f, s), n in sorted(verdict.facts.items())],
        "unread": dict(sorted(verdict.unread.items())),
    }
