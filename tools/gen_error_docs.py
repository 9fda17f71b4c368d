#!/usr/bin/env python3
"""Writes docs/errors.md from src/protocol/base/errors.def.

    tools/gen_error_docs.py            writes the file
    tools/gen_error_docs.py --check    exit 1 if the file is not what would be written
    tools/gen_error_docs.py --self-test
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import errors_def  # noqa: E402

TARGET = Path("docs/errors.md")
HEAD = """# Error codes

Written by `tools/gen_error_docs.py` from `src/protocol/base/errors.def`; do not edit.

Each refusal has one code. The name is the metric label, the audit field and the problem type, and
never changes; the number goes into audit records and is never used again. *Rule* is the requirement
of [requirements.tsv](requirements.tsv) that refuses; a procedure may name a more exact step.
*HTTP* holds where the code alone decides: bindings refine it [WPT-8, WIT-9]. *Text* is all that a
peer is told. `signet explain CODE` prints the same.
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def render(entries: list[errors_def.Entry]) -> str:
    lines = [HEAD.rstrip("\n")]
    group = None
    for entry in entries:
        if entry.group != group:
            group = entry.group
            lines += [f"\n## {group[:1].upper()}{group[1:]}\n",
                      "| Code | Id | Rule | Level | HTTP | OAuth | gRPC | Text | Usual fix |",
                      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
        level = entry.severity.removeprefix("k").lower()
        lines.append(f"| `{entry.name}` | {entry.id} | {entry.rule} | {level} | {entry.http} "
                     f"| `{entry.oauth}` | {entry.grpc} | {_cell(entry.text)} | {_cell(entry.fix)} |")
    return "\n".join(lines) + "\n"


def problems(entries: list[errors_def.Entry]) -> list[str]:
    """What the compiler does not see: names that occur twice, prefixes that mix."""
    found = []
    seen: dict[str, int] = {}
    for entry in entries:
        where = f"{errors_def.PATH}:{entry.line}"
        if entry.name in seen:
            found.append(f"{where}: name {entry.name} is also that of line {seen[entry.name]}")
        seen[entry.name] = entry.line
        if not entry.text.strip() or not entry.fix.strip():
            found.append(f"{where}: {entry.name} has no text or no fix")
    return found


def check(root: Path) -> list[str]:
    entries = errors_def.read(root)
    found = problems(entries)
    path = root / TARGET
    if not path.exists() or path.read_text(encoding="utf-8") != render(entries):
        found.append(f"{TARGET}: stale; run tools/gen_error_docs.py")
    return found


def self_test() -> int:
    line = 'SIGNET_ERROR(kA, {id}, "{name}", "-", kNotice, 400, "invalid_request", 3, "T.", "F.")\n'
    failures = []
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        source = root / errors_def.PATH
        source.parent.mkdir(parents=True)
        (root / "docs").mkdir()
        source.write_text("// --- one: first ---\n" + line.format(id=1, name="a.b"))
        (root / TARGET).write_text(render(errors_def.read(root)))
        if check(root):
            failures.append("a fresh file is reported as stale")
        (root / TARGET).write_text((root / TARGET).read_text() + "x")
        if not check(root):
            failures.append("an edited file is not reported")
        source.write_text(line.format(id=1, name="a.b") + line.format(id=2, name="a.b"))
        (root / TARGET).write_text(render(errors_def.read(root)))
        if not check(root):
            failures.append("a name that occurs twice is not reported")
        source.write_text(line.format(id="x", name="a.b"))
        try:
            errors_def.read(root)
            failures.append("an entry that cannot be read is not reported")
        except ValueError:
            pass
    for failure in failures:
        print(f"gen_error_docs: self-test: {failure}", file=sys.stderr)
    print(f"gen_error_docs: self-test: {4 - len(failures)} of 4 controls as expected")
    return 1 if failures else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes docs/errors.md from errors.def.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if stale")
    parser.add_argument("--self-test", action="store_true", help="run the negative controls")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if options.check:
        found = check(options.root)
        for problem in found:
            print(f"gen_error_docs: {problem}", file=sys.stderr)
        return 1 if found else 0
    (options.root / TARGET).write_text(render(errors_def.read(options.root)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
