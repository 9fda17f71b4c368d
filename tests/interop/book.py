"""Keeps what the sides said, and holds it against the table of known disagreements."""

import json
import pathlib
from typing import NamedTuple

from verdict import ACCEPTS, REFUSES, UNSUPPORTED, Verdict

TABLE = pathlib.Path(__file__).resolve().parent / "disagreements.json"
REQUIREMENTS = TABLE.parent.parent.parent / "docs/requirements.tsv"


# Who is right: one of them; both, where the documents leave it open; the library's caller, to whom
# it leaves the check; neither, where they agree on what is not wanted.
RIGHT = ("signet", "peer", "both", "caller", "neither")


class Case(NamedTuple):
    """One input, judged by Signet and by a peer. `wanted`: what both should say of it."""

    peer: str
    name: str  # subject/case
    alg: str
    wanted: str
    ours: Verdict
    theirs: Verdict
    differs: str  # both accept, but read different things: what
    made_there: bool  # the input is what the peer made of something good

    @property
    def subject(self):
        return self.name.split("/")[0]

    @property
    def agreed(self):
        if self.wanted == REFUSES:
            # A library that cannot do a thing does not accept it.
            return self.ours.says == REFUSES and self.theirs.says != ACCEPTS
        return self.ours.says == self.theirs.says == self.wanted and not self.differs

    @property
    def words(self):
        out = f"{self.name} {self.alg}: wanted: {self.wanted}; "
        out += f"signet {self.ours.says} {self.ours.why}; peer {self.theirs.says} {self.theirs.why}"
        return " ".join((out + (f"; differs: {self.differs}" if self.differs else "")).split())


class Book:
    def __init__(self):
        self.cases = []

    def add(self, peer, name, alg, wanted, ours, theirs, differs="", made_there=False):
        case = Case(peer.name, name, alg, wanted, ours, theirs, differs, made_there)
        self.cases.append(case)
        return case

    def add_ours(self, peer, name, alg, wanted, ours):
        """What the peer made, judged by Signet alone."""
        return self.add(peer, name, alg, wanted, ours, Verdict(wanted, "not asked", {}),
                        made_there=True)

    def of(self, peer):
        return [case for case in self.cases if case.peer == peer.name]


def load_table():
    """The entries, one for each (peer, case): {(peer, case): entry}."""
    rules = {line.split("\t")[0] for line in REQUIREMENTS.read_text().splitlines()}
    out = {}
    for entry in json.loads(TABLE.read_text())["disagreements"]:
        complain(entry["right"] in RIGHT, entry, "right")
        complain(entry["rule"] in rules, entry, "no such rule")
        complain(set(entry["peers"]) and entry["cases"] and entry["why"], entry, "empty")
        for peer, version in entry["peers"].items():
            for name in entry["cases"]:
                complain((peer, name) not in out, entry, f"{peer} {name} is listed twice")
                out[peer, name] = {**entry, "version": version}
    return out


def complain(holds, entry, what):
    if not holds:
        raise SystemExit(f"disagreements.json: {what}: {json.dumps(entry)}")


class Judgement(NamedTuple):
    agreed: list
    listed: list  # (case, entry)
    faults: list  # text


def judge(cases, peers, table):
    """Holds the cases against the table: each disagreement is listed, each listed one happens, with
    all of its algorithms and no others."""
    agreed, listed, faults = [], [], []
    happened = {}
    for case in cases:
        entry = table.get((case.peer, case.name))
        if case.agreed:
            agreed.append(case)
        elif case.theirs.why == "not asked":
            faults.append(f"{case.peer}: Signet is wrong of what the peer made: {case.words}")
        elif entry is None or not covers(entry, case.alg):
            faults.append(f"{case.peer}: not listed: {case.words}")
        elif entry["signet"] != case.ours.says or entry["peer"] != case.theirs.says:
            faults.append(f"{case.peer}: listed otherwise: {case.words}")
        elif entry["right"] == "signet" and case.ours.says != case.wanted and not case.made_there:
            faults.append(f"{case.peer}: listed, but Signet is wrong: {case.words}")
        elif entry["right"] == "peer" and case.theirs.says != case.wanted:
            faults.append(f"{case.peer}: listed, but the peer is wrong: {case.words}")
        elif (entry["right"] == "neither") != (case.ours.says == case.theirs.says != case.wanted):
            faults.append(f"{case.peer}: neither is right, or one is: {case.words}")
        else:
            listed.append((case, entry))
            happened.setdefault((case.peer, case.name), set()).add(case.alg)
    versions = {peer.name: peer.version for peer in peers}
    for (peer, name), entry in table.items():
        if peer in versions:
            ran = {case.alg for case in cases if (case.peer, case.name) == (peer, name)}
            did = happened.get((peer, name), set())
            faults += stale(peer, name, entry, versions[peer], ran, did)
    return Judgement(agreed, listed, faults)


def covers(entry, alg):
    return entry["algs"] == "all" or alg in entry["algs"]


def stale(peer, name, entry, version, ran, happened):
    """What an entry says that is not so. `ran`: the algorithms of the case."""
    if entry["version"] != version:
        yield f"{peer}: {name} was listed of version {entry['version']}, this is {version}"
    wanted = ran if entry["algs"] == "all" else set(entry["algs"])
    missing = sorted(wanted - happened)
    if missing or not wanted:
        yield f"{peer}: {name} is listed but does not happen ({', '.join(missing) or 'never ran'})"


def unsupported(case):
    return case.theirs.says == UNSUPPORTED
