#!/usr/bin/env python3
"""Runs conformance vectors through `signet check` and compares what comes back.

    run_vectors.py SIGNET FILE.jsonl...

A vector line is an input line of `signet check` (docs/check.md) with four further members that are
taken off before it is given to the program: `want`, what must come back ({"ok", "code", "rule",
"result": a part that must be equal}); `cites`, `attack` and `note` for readers and for
tools/spec_coverage.py. A line {"raw": TEXT, "want": ...} gives TEXT itself, so that lines that are
no JSON can be tested. Each file is one run: replay state holds over its lines.

A want of {"result": {"NAME": {"jwt": {"header": ..., "claims": ...}}}} compares a part of the
decoded token; {"any": true} accepts whatever is there.
"""
import base64
import json
import subprocess
import sys


def strip(vector):
    if "raw" in vector:
        return vector["raw"]
    own = ("want", "cites", "attack", "note")
    return json.dumps({k: v for k, v in vector.items() if k not in own}, ensure_ascii=False)


def decode_jwt(token):
    def part(text):
        return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))

    header, payload, _ = token.split(".")
    return {"header": part(header), "claims": part(payload)}


def holds(wanted, got):
    """True if `got` has everything that `wanted` names."""
    if isinstance(wanted, dict):
        if wanted.get("any") is True:
            return True
        if set(wanted) == {"jwt"} and isinstance(got, str):
            return holds(wanted["jwt"], decode_jwt(got))
        return isinstance(got, dict) and all(k in got and holds(v, got[k]) for k, v in wanted.items())
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(map(holds, wanted, got))
    return wanted == got and isinstance(wanted, bool) == isinstance(got, bool)


def faults(vector, answer):
    want = vector["want"]
    out = []
    if "case" in vector and answer.get("case") != vector["case"]:
        out.append(f"case is {answer.get('case')!r}")
    for name in ("ok", "code", "rule"):
        if name in want and want[name] != answer.get(name):
            out.append(f"{name} is {answer.get(name)!r}, want {want[name]!r}")
    if want["ok"] and "result" in want and not holds(want["result"], answer.get("result")):
        out.append(f"result is {answer.get('result')!r}, want {want['result']!r}")
    for member in ("case", "ok", "code", "rule", "detail", "result"):
        if member not in answer:
            out.append(f"no {member}")
    return out


def run_file(signet, path):
    with open(path, encoding="utf-8") as file:
        vectors = [json.loads(line) for line in file if line.strip()]
    lines = "".join(strip(v) + "\n" for v in vectors)
    # A lone surrogate in a vector is written as the byte it stands for: a line that is no UTF-8.
    data = lines.encode("utf-8", "surrogateescape")
    done = subprocess.run([signet, "check", "-"], input=data, capture_output=True, check=False)
    answers = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    bad = 0
    if len(answers) != len(vectors):
        print(f"{path}: {len(vectors)} lines in, {len(answers)} out")
        print(done.stderr.decode("utf-8", "replace")[-2000:])
        return len(vectors), len(vectors)
    for vector, answer in zip(vectors, answers):
        found = faults(vector, answer)
        if found:
            bad += 1
            name = vector.get("case", vector.get("raw", "")[:40])
            print(f"{path}: {name} ({vector.get('note', '')}): " + "; ".join(found)
                  + f"; detail {answer.get('detail')!r}")
    usage = any(str(v["want"].get("code") or "").startswith("usage.") for v in vectors)
    if done.returncode != (2 if usage else 0):
        bad += 1
        print(f"{path}: exit code {done.returncode}, want {2 if usage else 0}")
    return len(vectors), bad


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    total = wrong = 0
    for path in arguments[1:]:
        count, bad = run_file(arguments[0], path)
        total += count
        wrong += bad
    print(f"{total - wrong} vectors passed, {wrong} failed")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
