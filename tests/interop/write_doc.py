#!/usr/bin/env python3
"""Writes docs/interop.md from the JSON of a whole run (`run --json FILE`) and disagreements.json.

    write_doc.py FILE
"""

import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
DOC = HERE.parent.parent / "docs/interop.md"
# Columns: title, subjects.
COLUMNS = (
    ("JWS", ("jws", "thumbprint")),
    ("WIT", ("wit",)),
    ("WPT", ("wpt",)),
    ("RFC 9421", ("httpsig",)),
    ("WIMSE requests", ("wimse-request",)),
    ("WIMSE responses", ("wimse-response",)),
    ("Certificates", ("certificate-spiffe", "certificate-wimse")),
    ("SPIFFE", ("id", "bundle", "wit-svid")),
)
RIGHT = (
    ("peer", "The other implementation is right"),
    ("neither", "Neither is right"),
    ("signet", "Signet is right"),
    ("both", "The documents leave it open, or it is not for it"),
    ("caller", "The library leaves it to its caller"),
)
HEAD = """# Interoperability

Written by `tests/interop/write_doc.py` from a run of `./dev interop`; do not edit.

Signet and other implementations judge the same messages: good ones, made by either side, and ones
with one thing wrong. Each library is used as its documentation says, by a driver in `tests/peers/`.
A disagreement is listed below, with who is right by which rule of `docs/requirements.tsv`; one that
is not listed, or that is listed and does not happen any more, fails the run.

## Counts

Agreed / known disagreements / not supported by it. A case counts once for each algorithm. *By the
driver*: so many of the agreed refusals are checks that the library leaves to its caller. Changes of
WIMSE messages that a library signed are judged by Signet alone, and count as agreed if it refuses.

"""


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    run = json.loads(pathlib.Path(sys.argv[1]).read_text())
    if run["faults"]:
        sys.exit("that run failed: nothing is written")
    listed = {entry for peer in table() for entry in peer["peers"]}
    missing = listed - {peer["name"] for peer in run["peers"]}
    if missing:
        sys.exit(f"that run had no {', '.join(sorted(missing))}: nothing is written")
    DOC.write_text(HEAD + counts(run) + disagreements() + unsupported())
    print(DOC)


def table():
    return json.loads((HERE / "disagreements.json").read_text())["disagreements"]


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def counts(run):
    titles = ["Implementation", "Version", *(title for title, _ in COLUMNS), "By the driver"]
    out = row(titles) + row(["---"] * len(titles))
    total = collections.Counter()
    for peer in run["peers"]:
        cells = [peer["name"], peer["version"]]
        own = collections.Counter()
        for _, subjects in COLUMNS:
            sums = collections.Counter()
            for subject in subjects:
                sums.update(peer["subjects"].get(subject, {}))
            own.update(sums)
            agreed = sums["agreed"] + sums["by_driver"]
            cells.append(f"{agreed} / {sums['disagreed']} / {sums['unsupported']}" if sums else "")
        total.update(own)
        out += row([*cells, str(own["by_driver"] or "")])
    agreed = total["agreed"] + total["by_driver"]
    return out + (f"\n{sum(total.values())} cases: {agreed} agreed, {total['disagreed']} known "
                  f"disagreements, {total['unsupported']} not supported.\n")


def who(entry):
    return ", ".join(f"{name} {version}" for name, version in entry["peers"].items())


def what(entry):
    out = ", ".join(f"`{name}`" for name in entry["cases"])
    return out if entry["algs"] == "all" else f"{out} ({', '.join(entry['algs'])})"


def disagreements():
    out = ""
    for right, title in RIGHT:
        chosen = [entry for entry in table()
                  if entry["right"] == right and entry["peer"] != "unsupported"]
        if not chosen:
            continue
        out += f"\n## {title}\n\n" + row(["Case", "Who", "Signet", "It", "Rule", "Why"])
        out += row(["---"] * 6)
        for entry in sorted(chosen, key=lambda e: e["cases"]):
            out += row([what(entry), who(entry), entry["signet"], entry["peer"],
                        f"[{entry['rule']}]", entry["why"]])
    return out


def unsupported():
    out = "\n## Not supported\n\n" + row(["Case", "Who", "Why"]) + row(["---"] * 3)
    for entry in table():
        if entry["peer"] == "unsupported":
            out += row([what(entry), who(entry), entry["why"]])
    return out


if __name__ == "__main__":
    main()
