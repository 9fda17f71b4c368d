#!/usr/bin/env python3
"""Runs the tests with the ctest label `unprivileged` as nobody (uid and gid 65534).

    tools/run_unprivileged.py build/dev

Root passes every permission check of the kernel, so what tests permissions must also run without it.
What the commands name is copied to a directory that everybody may enter, since the checkout need
not be one. Each program gets a fresh, private directory as working directory, HOME and TMPDIR.
Prints `N passed, M failed`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import count_tests  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
LABEL = "unprivileged"
NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]


def labelled_tests(build: Path) -> list[dict]:
    answer = subprocess.run(["ctest", "--test-dir", str(build), "-L", f"^{LABEL}$",
                             "--show-only=json-v1"], check=True, capture_output=True, text=True)
    return [t for t in json.loads(answer.stdout)["tests"] if "command" in t]


def stage(tests: list[dict], directory: Path) -> None:
    """Copies the tests, what they read and the programs, and points the commands at the copies."""
    directory.chmod(0o755)
    for folder in ("tests", "docs"):
        shutil.copytree(ROOT / folder, directory / folder)
    for test in tests:
        command = []
        for argument in test["command"]:
            path = Path(argument)
            if path.is_absolute() and path.is_relative_to(ROOT):
                copy = directory / path.relative_to(ROOT)
                if not copy.exists():
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, copy)
                argument = str(copy)
            command.append(argument)
        test["command"] = command
    for path in directory.rglob("*"):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))


def run(test: dict) -> tuple[int, int]:
    properties = {p["name"]: p["value"] for p in test.get("properties", [])}
    directory = tempfile.mkdtemp(prefix="signet-nobody-")
    os.chown(directory, NOBODY, NOBODY)
    environment = {"PATH": os.environ["PATH"], "HOME": directory, "TMPDIR": directory, "LANG": "C"}
    environment |= dict(e.split("=", 1) for e in properties.get("ENVIRONMENT", []))
    try:
        done = subprocess.run(AS_NOBODY + test["command"], cwd=directory, env=environment,
                              timeout=float(properties.get("TIMEOUT", 300)), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        output, good = done.stdout, done.returncode == 0
    except subprocess.TimeoutExpired as late:
        output, good = f"{late.stdout or ''}\ntimed out", False
    except OSError as error:
        output, good = str(error), False
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    passed, failed = count_tests.count(
        f"1/1 Testing: {test['name']}\n{output}\n" + ("Test Passed.\n" if good else ""))
    if not good:
        print(output)
    print(f"{test['name']} as uid {NOBODY}: {'passed' if good else 'FAILED'}")
    return passed, max(failed, 0 if good else 1)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if len(sys.argv) == 2 else 2
    if os.geteuid() != 0:
        print("run_unprivileged: not root: the tests ran without privileges already")
        return 0
    build = Path(sys.argv[1]).resolve()
    tests = labelled_tests(build)
    if not tests:
        print(f"run_unprivileged: no test has the label {LABEL}")
        return 0
    with tempfile.TemporaryDirectory(prefix="signet-stage-") as directory:
        stage(tests, Path(directory))
        for test in tests:
            program = test["command"][0]
            if subprocess.run(AS_NOBODY + ["test", "-x", program], check=False).returncode != 0:
                print(f"run_unprivileged: uid {NOBODY} may not run {program}", file=sys.stderr)
                return 1
        results = [run(test) for test in tests]
    passed, failed = (sum(column) for column in zip(*results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
