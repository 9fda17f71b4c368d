#!/usr/bin/env python3
"""Runs the vectors through `signet check` and compares.

    run_vectors.py PATH_OF_SIGNET [FILE.jsonl ...]

Prints one line for each case that does not match, and a summary. Exit code 0 if all match. What a
case makes (tokens, signed messages, certificates) is verified here with the Python `cryptography`
package (without it the signatures are not checked, and the summary says so); all else needs the
standard library only.
"""

import json
import pathlib
import subprocess
import sys

from vectorgen.compare import RUNNER_MEMBERS, subset, unb64u
from vectorgen.issued import FAULTS, verify

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_S = 120


def given(line):
    """The bytes that `signet check` gets for this vector."""
    if "raw_b64u" in line:
        return unb64u(line["raw_b64u"])
    if "op" not in line:
        return line["raw"].encode()
    stripped = {name: value for name, value in line.items() if name not in RUNNER_MEMBERS}
    return json.dumps(stripped, separators=(",", ":")).encode()


def fault(line, answer):
    """Why `answer` is not what the vector wants; None if it is."""
    want = line["want"]
    if answer.get("case") != want.get("case", line["case"]):
        return f"answer to case {answer.get('case')}"
    for name in ("ok", "code", "rule"):
        if answer.get(name) != want[name]:
            return "wants {ok} {code} {rule}, got ".format(**want) + "{} {} {} ({})".format(
                answer.get("ok"), answer.get("code"), answer.get("rule"), answer.get("detail")
            )
    if "result" in want and not subset(want["result"], answer.get("result")):
        return f"wants result {want['result']}, got {answer.get('result')}"
    for name, check in FAULTS.items():
        if name in want:
            return check(want[name], answer["result"], line)
    return None


def run_file(binary, path):
    """(cases, faults) of one file; a fault is (case, text)."""
    lines = [json.loads(text) for text in path.read_text().splitlines()]
    data = b"".join(given(line) + b"\n" for line in lines)
    run = subprocess.run(
        [binary, "check", "-"], input=data, capture_output=True, timeout=TIMEOUT_S, check=False
    )
    answers = [json.loads(text) for text in run.stdout.splitlines()]
    if len(answers) != len(lines):
        error = run.stderr.decode(errors="replace").strip()[-300:]
        return len(lines), [("all", f"{len(answers)} answers to {len(lines)} lines; {error}")]
    faults = [
        (line["case"], text)
        for line, answer in zip(lines, answers)
        if (text := fault(line, answer)) is not None
    ]
    usage = any((line["want"]["code"] or "").startswith("usage.") for line in lines)
    if run.returncode != (2 if usage else 0):
        faults.append(("exit", f"exit code {run.returncode}"))
    return len(lines), faults


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    paths = [pathlib.Path(name) for name in arguments[1:]] or sorted(HERE.glob("*.jsonl"))
    total = failed = 0
    for path in paths:
        count, faults = run_file(arguments[0], path)
        total += count
        failed += len(faults)
        for case, text in faults:
            print(f"{path.name}: {case}: {text}")
        print(f"{path.name}: {count} cases, {len(faults)} faults")
    if verify is None:
        print("no `cryptography` package: signatures of what was made were not checked")
    print(f"{total} cases, {failed} faults")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
