"""Nights with a state directory: what a disturbed one leaves is whole, and the next undisturbed one makes up for it."""

import shutil
import sqlite3
import subprocess

from workplace import MARKER, OUTPUT, REFERENCES, Broken, Workplace

STATE = "state"
STORE = "history.sqlite"
# The clock of each night: two that went well, the one that is disturbed, and the one behind it.
EARLIER = ["2025-07-12T01:30:00Z", "2025-07-13T01:30:00Z"]
TONIGHT = "2025-07-14T01:30:00Z"
NEXT = "2025-07-15T01:30:00Z"
# What comes with the disturbed night; all else an earlier night has read.
LATE = ["archives/pack.zip", "archives/pack.7z", "exports", "ulp/late.txt"]
# Whose theft the partner has dealt with: the one's is told as resolved before the disturbed night, and that night
# brings another; the other's is to be told as resolved by the disturbed night.
STOLEN_AGAIN = "m.perrin"
DEALT_WITH = "k.haddad"

# What docs/OPERATIONS.md says of it.
TOLD_AGAIN = "status 2, as the store fails behind the document, which is the new one"


class Night:
    """What a document says of one finding."""

    def __init__(self, finding):
        self.state = finding["state"]
        self.first_seen = finding["history"]["first_seen"]
        self.account = (finding["account"]["ref"], finding["service"]["host"])
        history = {name: value for name, value in finding["history"].items() if name != "first_seen"}
        self.facts = {**finding, "history": history}

    def is_same(self, other):
        return self.facts == other.facts


def told(document):
    return {finding["id"]: Night(finding) for finding in document["findings"]}


class Nights(Workplace):
    """A workplace whose scans keep a store that holds earlier nights; it is put back between runs.

    What is judged of a disturbed night is its document, the store, and the document of the night that follows: that one
    must be as if the disturbed night had been left out or had gone well, for each finding.
    """

    def __init__(self, executable):
        super().__init__(executable)
        self.state = self.path / STATE
        self.template = self.path / "state-of-earlier-nights"
        self.stateless = self.scan
        line = "https://kairos.france-travail.example/:{}@formation-isere.example:CANARY-night\n"
        (self.dump / "ulp/early.txt").write_text(line.format(STOLEN_AGAIN) + line.format(DEALT_WITH), encoding="ascii")
        (self.dump / "ulp/late.txt").write_text(line.format(STOLEN_AGAIN), encoding="ascii")
        self._play_earlier_nights()
        shutil.copytree(self.state, self.template)
        self.good = (self.results / OUTPUT).read_bytes()
        self.before = told(self.document(OUTPUT))
        self.expected = self._undisturbed(TONIGHT)
        self.if_done = told(self._undisturbed(NEXT))
        self.restore()
        self.if_skipped = told(self._undisturbed(NEXT))
        self.restore()
        self._set_clock(TONIGHT)
        self._check_setting()

    def _set_clock(self, time):
        self.scan = [*self.stateless, "--state-dir", STATE, "--settle", "0s"]
        self.scan[self.scan.index("--as-of") + 1] = time

    def _undisturbed(self, time):
        self._set_clock(time)
        outcome = self.run()
        if outcome.status != 1:
            raise Broken(f"an undisturbed night ends with {outcome.status}: {outcome.errors[-300:]!r}")
        document = self.document(OUTPUT)
        if not document["run"]["coverage"]["complete"]:
            raise Broken(f"an undisturbed night does not read all: {document['run']['coverage']['unread']}")
        return document

    def _play_earlier_nights(self):
        away = self.path / "late"
        away.mkdir()
        for number, name in enumerate(LATE):
            (self.dump / name).rename(away / str(number))
        first = self._undisturbed(EARLIER[0])
        self._deal_with(STOLEN_AGAIN, first, EARLIER[0])
        second = self._undisturbed(EARLIER[1])
        self._deal_with(DEALT_WITH, second, EARLIER[1])
        for number, name in enumerate(LATE):
            (away / str(number)).rename(self.dump / name)

    def _deal_with(self, account, document, time):
        reference = REFERENCES[account]
        for finding in document["findings"]:
            if finding["account"]["ref"] == reference:
                subprocess.run(
                    [self.executable, "findings", "set", finding["id"], "reset-done", "--at", time,
                     "--state-dir", STATE], cwd=self.path, check=True, capture_output=True)

    def _check_setting(self):
        """The disturbed night must have something of each kind to tell, or little is shown."""
        states = {night.state for night in told(self.expected).values()}
        if states != {"new", "ongoing", "reopened", "resolved"} or self.if_done.keys() == self.if_skipped.keys():
            raise SystemExit(f"an undisturbed night tells only what is {sorted(states)}")
        if self.expected["run"]["coverage"]["unchanged"] == 0:
            raise SystemExit("an undisturbed night reads all again")

    def restore(self):
        super().restore()
        # The earlier nights run without.
        if self.template.exists():
            shutil.rmtree(self.state, ignore_errors=True)
            shutil.copytree(self.template, self.state)

    def _check(self, outcome, killed, interrupted, check):
        self.outcome = outcome
        super()._check(outcome, killed, interrupted, check)
        if any(MARKER in path.read_bytes() for path in self.state.iterdir()):
            raise Broken("a secret gets into the state directory")
        document = self.document(OUTPUT) if (self.results / OUTPUT).read_bytes() != self.good else None
        is_concluded = self._check_store(document)
        if outcome.status in (0, 1, 3) and not is_concluded:
            raise Broken("it ends well, and the store does not know it")
        try:
            after = self._undisturbed(NEXT)
        finally:
            self._set_clock(TONIGHT)
        self._check_next(told(after), told(document) if document else {}, is_concluded)
        if {path.name for path in self._written()} != {OUTPUT}:
            raise Broken(f"the next night leaves {sorted(path.name for path in self._written())}")

    def _check_store(self, document):
        """Whether the store counts what tonight's document told as told. A copy is opened: the next night gets it as it is."""
        copy = self.path / "copy-of-state"
        shutil.copytree(self.state, copy)
        try:
            store = sqlite3.connect(copy / STORE)
            try:
                sound = store.execute("PRAGMA integrity_check").fetchall()
                dangling = store.execute("PRAGMA foreign_key_check").fetchall()
                concluded = store.execute(
                    "SELECT sha256 FROM runs WHERE number > ? AND finished IS NOT NULL", (len(EARLIER),)
                ).fetchall()
            finally:
                store.close()
        except sqlite3.Error as error:
            raise Broken(f"the store cannot be read: {error}") from None
        finally:
            shutil.rmtree(copy)
        if sound != [("ok",)] or dangling:
            raise Broken(f"the store is damaged: {sound} {dangling}")
        if concluded and document is None:
            raise Broken("what no document tells counts as told")
        return bool(concluded)

    def _check_stands(self, why):
        is_of_store = self.outcome.status == 2 and STORE.encode() in self.outcome.errors
        if is_of_store and (self.results / OUTPUT).read_bytes() != self.good:
            self._check_whole()
            self.remarks[TOLD_AGAIN] += 1
        else:
            super()._check_stands(why)

    def _check_complete(self, document):
        coverage, wanted = document["run"]["coverage"], self.expected["run"]["coverage"]
        more = wanted["unchanged"] - coverage["unchanged"]
        if coverage["complete"] and document["findings"] == self.expected["findings"] and more > 0:
            # What a file was could not be told: then it is read.
            if coverage["files"] != wanted["files"] or coverage["unread"]:
                raise Broken("it calls itself complete, and is not")
        else:
            super()._check_complete(document)
        lacking = {night.account for night in self.before.values() if night.state != "resolved"}
        lacking -= {night.account for night in told(document).values()}
        if lacking:
            raise Broken(f"what earlier nights found lacks: {sorted(lacking)}")

    def _check_next(self, after, tonight, is_concluded):
        is_told_again = False
        for finding in sorted(after.keys() | self.if_done.keys() | self.if_skipped.keys()):
            got, done, skipped = (each.get(finding) for each in (after, self.if_done, self.if_skipped))
            if done is None and skipped is None:
                raise Broken(f"the next night finds what is not there: {got.account}")
            own = tonight.get(finding)
            if done is not None and skipped is not None and done.is_same(skipped):
                self._check_same(got, done, {done.first_seen})
                continue
            # It was news: told by tonight's document or by the next night's.
            was_told = own is not None and own.state == skipped.state or self._was_told_otherwise(skipped, tonight)
            if is_concluded and was_told:
                if done is None and got is not None:
                    raise Broken(f"the next night tells again that {got.account} is {got.state}")
                if done is not None:
                    self._check_same(got, done, {done.first_seen})
            else:
                # Tonight's run may have kept it, though no document tells it.
                since = {own.first_seen} if own else {skipped.first_seen, *([done.first_seen] if done else [])}
                self._check_same(got, skipped, since)
                is_told_again = is_told_again or was_told
        # A kill between document and store: better twice than never.
        self.remarks["nights whose news is told again, as the store does not know of their document"] += is_told_again

    def _was_told_otherwise(self, skipped, tonight):
        """Whether tonight told it under another id, as its machine could not be read."""
        known = self.if_done.keys() | self.if_skipped.keys()
        return any(night.account == skipped.account for id_, night in tonight.items() if id_ not in known)

    @staticmethod
    def _check_same(got, wanted, first_seen):
        if got is None:
            raise Broken(f"the next night does not find {wanted.account}, {wanted.state}")
        if not got.is_same(wanted) or got.first_seen not in first_seen:
            what = {name for name in wanted.facts if got.facts.get(name) != wanted.facts[name]}
            raise Broken(
                f"the next night says that {got.account} is {got.state} since {got.first_seen}, not {wanted.state} "
                f"since {' or '.join(sorted(first_seen))}; {sorted(what)} differ")
