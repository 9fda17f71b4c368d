#!/usr/bin/env python3
"""Runs clang-tidy on the files named on standard input, several at a time.

    git ls-files src | tools/tidy.py --jobs 2 build/tidy

A header stands for the sources of its name (wit.h for wit.cc and wit_test.cc). Files that are not in the
compilation database are left out. What passed is remembered in the build directory by a hash of the
file, of all files of ours that it includes, and of .clang-tidy, so that nothing is checked twice.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-19"
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def closure(path: Path, seen: set[Path]) -> set[Path]:
    """`path` and the files of ours that it includes, directly or not."""
    if path not in seen:
        seen.add(path)
        for name in INCLUDE.findall(path.read_bytes()):
            for base in (ROOT / "src", ROOT, path.parent):
                found = base / name.decode()
                if found.is_file():
                    closure(found.resolve(), seen)
                    break
    return seen


def digest(path: Path, checks: str = "") -> str:
    state = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + checks.encode())
    for file in sorted(closure(path, set())):
        state.update(file.as_posix().encode() + b"\0" + file.read_bytes())
    return state.hexdigest()


def sources_for(names: list[str], known: set[Path]) -> list[Path]:
    wanted: set[Path] = set()
    for name in names:
        path = (ROOT / name).resolve()
        if path.suffix == ".h":
            stem = path.with_suffix("")
            wanted |= {Path(f"{stem}.cc"), Path(f"{stem}_test.cc")}
        else:
            wanted.add(path)
    return sorted(wanted & known)


def check(path: Path, build: Path, checks: str) -> tuple[Path, bool, str]:
    mark = build / "passed" / digest(path, checks)
    if mark.exists():
        return path, True, ""
    done = subprocess.run([TIDY, "-p", str(build), "--quiet", f"--checks={checks}", str(path)], text=True,
                          capture_output=True, check=False)
    if done.returncode == 0:
        mark.parent.mkdir(exist_ok=True)
        mark.touch()
        return path, True, ""
    return path, False, done.stdout + "\n".join(
        line for line in done.stderr.splitlines() if "warnings generated" not in line)


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs clang-tidy on the files of standard input.")
    parser.add_argument("build", type=Path, help="build directory with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--checks", default="", help="added to those of .clang-tidy")
    parser.add_argument("--no-tests", action="store_true", help="leave out *_test.cc and tests/")
    options = parser.parse_args()
    if shutil.which(TIDY) is None:
        print(f"tidy: {TIDY} is not there: nothing was checked", file=sys.stderr)
        return 1
    build = options.build.resolve()
    database = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    known = {Path(entry["directory"], entry["file"]).resolve() for entry in database}
    files = sources_for(sys.stdin.read().split(), known)
    if options.no_tests:
        files = [f for f in files if not (f.stem.endswith("_test") or f.is_relative_to(ROOT / "tests"))]
    failed = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for path, good, output in pool.map(lambda p: check(p, build, options.checks), files):
            if not good:
                failed += 1
                print(f"{path.relative_to(ROOT)}:\n{output.strip()}\n", file=sys.stderr)
    print(f"tidy: {len(files)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
