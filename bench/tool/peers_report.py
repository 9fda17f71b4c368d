"""docs/benchmarks.md and docs/benchmarks.svg from what peers.py measured."""

import json
import pathlib
import textwrap
import subprocess

from build import ROOT

# Closer than this is called a tie.
TIE = 0.05
# Above this something else was running.
IDLE_LOAD = 0.5

INTRODUCTION = """\
# Benchmarks against other implementations

Written by `./dev bench --peers --write`; the figures are of one run on one machine.

![Time of each operation](benchmarks.svg)

{where}

## What is compared

Every implementation gets the same messages, does what a service does for each request with its best
documented use, and is measured in turns with the others: keys are read before, whatever the message
says is read in every iteration, and a result that is not success ends the measurement. The drivers
are in [tests/peers](../tests/peers/README.md). A figure is the median over the batches of a
round, and the best of eight rounds over all of them, every second one in reverse order.

- Time is CPU time: of the whole process for the others, so the work of a garbage collector counts,
  and of the thread for Signet, which has one. "wall" marks a driver that only has wall time.
- The language is part of the result: under most of these libraries lies C or assembler, which does
  the signature, and what differs is the rest.
- *Verify a WIT*: the token alone, its issuer's key ready. Signet also checks the key that the WIT
  confirms, which the others leave as JSON.
- *Verify a WIT and its WPT*: nothing cached. Signet's figure includes what a request costs there
  besides: HTTP fields, policy, audience, caller, the replay table. The others do the two tokens.
- *Verify an HTTP signature*: the key is known: for Signet that is a WIT that was verified before,
  and again the whole decision with Content-Digest and replay table. The others verify the
  signature; whether they check the digest is theirs.
- *Sign an HTTP request*: Signet computes Content-Digest, checks that the WIT is its own, and adds
  all fields; the others are given the digest, and sign without `wimse-aud`.
- *Issue a WIT*: claims to token.
- Signet has tables of multiples of P-256 keys that are used often (issuers, frequent callers).
  "Without key tables" is the first second of a process, or a caller who comes seldom.
- With EdDSA Signet's time is nearly all libsodium's (`raw/ed25519_verify/libsodium` of `./dev bench`);
  who is faster there has a faster Ed25519.

Within {tie:.0f} % is a tie.
"""


def _where(found):
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items()
                         if version and name in ("OpenSSL", "libsodium", "g++"))
    busy = "" if found["load"] <= IDLE_LOAD else \
        " **The machine was not idle: nothing to quote, only a check that the benchmark runs.**"
    return "\n".join(textwrap.wrap(
        f"Commit {found['commit']}; {found['cpu']}, {found['cores']} cores, Linux "
        f"{found['kernel']}, load {found['load']:.2f} at the start; {versions}.{busy}", 100))


def _name(result):
    return result["name"] if result["name"].startswith("Signet") else \
        f"{result['name']} {result['version']}"


def _list(names):
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def verdict(task):
    """Who is faster than Signet, and by how much; who is as fast."""
    ours = next(result["us"] for result in task["results"] if result["name"] == "Signet")
    others = [result for result in task["results"]
              if result["us"] and not result["name"].startswith("Signet")]
    if not others:
        return "Nobody else here does this."
    faster = [f"{_name(r)} ({r['us'] / ours:.2f} of the time)" for r in others
              if r["us"] < ours * (1 - TIE)]
    tied = [_name(r) for r in others if abs(r["us"] / ours - 1) <= TIE]
    words = [f"Faster than Signet: {_list(faster)}." if faster else "Nobody is faster than Signet."]
    if tied:
        words.append(f"As fast: {_list(tied)}.")
    return " ".join(words)


def _table(task):
    ours = next(result["us"] for result in task["results"] if result["name"] == "Signet")
    done = sorted((r for r in task["results"] if r["us"]), key=lambda r: r["us"])
    lines = ["| implementation | language | us | of Signet's |", "| --- | --- | --- | --- |"]
    for result in done:
        clock = "" if result["cpu"] else " (wall)"
        bold = "**" if result["name"] == "Signet" else ""
        lines.append(f"| {bold}{_name(result)}{bold} | {result['language']} | "
                     f"{result['us']:.1f}{clock} | {result['us'] / ours:.2f} |")
    refused = [f"- {_name(r)}: {r['refusal'][:160]}" for r in task["results"] if r["refusal"]]
    if refused:
        lines += ["", "Not measured:", "", *refused]
    return "\n".join(lines)


def write(found):
    parts = [INTRODUCTION.format(where=_where(found), tie=100 * TIE)]
    for alg in dict.fromkeys(task["alg"] for task in found["tasks"]):
        parts.append(f"## {alg}\n")
        for task in found["tasks"]:
            if task["alg"] == alg:
                parts.append(f"### {task['title']}\n\n{_table(task)}\n\n{verdict(task)}\n")
    (ROOT / "docs/benchmarks.md").write_text("\n".join(parts), encoding="utf-8")
    # The system's Python: matplotlib is a Debian package.
    subprocess.run(["/usr/bin/python3", str(pathlib.Path(__file__).with_name("plot.py")),
                    str(ROOT / "docs/benchmarks.svg")], check=True, text=True,
                   input=json.dumps(found))
