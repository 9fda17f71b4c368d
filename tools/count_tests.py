#!/usr/bin/env python3
"""Counts the tests of a ctest run from its LastTest.log.

    tools/count_tests.py build/dev/Testing/Temporary/LastTest.log

A GoogleTest program counts as many tests as it has cases, and so does a program that ends with
`N cases, M faults`; any other counts as one. Prints `N passed, M failed`.
"""

import re
import sys
from pathlib import Path


def count(log: str) -> tuple[int, int]:
    passed = failed = 0
    for block in re.split(r"^\d+/\d+ Testing: ", log, flags=re.MULTILINE)[1:]:
        good = re.search(r"^\[  PASSED  \] (\d+) test", block, re.MULTILINE)
        bad = re.search(r"^\[  FAILED  \] (\d+) test", block, re.MULTILINE)
        cases = re.search(r"^(\d+) cases, (\d+) faults$", block, re.MULTILINE)
        if cases and (int(cases[2]) or "Test Passed." in block):
            passed += int(cases[1]) - int(cases[2])
            failed += int(cases[2])
        elif good or bad:
            passed += int(good[1]) if good else 0
            failed += int(bad[1]) if bad else 0
            # A program that stops after its cases has failed too.
            failed += 1 if not bad and "Test Passed." not in block else 0
        elif "Test Passed." in block:
            passed += 1
        else:
            failed += 1
    return passed, failed


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if len(sys.argv) == 2 else 2
    passed, failed = count(Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace"))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
