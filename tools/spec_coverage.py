#!/usr/bin/env python3
"""Checks the citations of requirements against docs/requirements.tsv.

    tools/spec_coverage.py                 exit 1 on a wrong citation or an uncovered requirement
    tools/spec_coverage.py --list-missing  each MUST of the checked sections without a citing test
    tools/spec_coverage.py --self-test     the negative controls

requirements.tsv has one requirement a line: id, level, document, section, text. Levels: M must, N must
not, S should, s should not, O may, D a default of Signet's own, - none. An id may be cited anywhere
as `WPT-5.6` or `[ID-2]`, attacks as `ATTACK-5` or `ATTACKS 5`, open questions as `[Q9]`.

1. Each citation in src, tests, fuzz, docs and the top-level documents names an id that exists, and so
   does the rule of each entry of errors.def.
2. Each MUST and MUST NOT of sections 1 to 5 and of X509-SVID is cited by a test (a `_test.cc`, anything under
   tests/, a vector by its `rule` or `cites`), or has a reason in docs/coverage_reasons.tsv
   (id TAB reason). A requirement with steps is covered when its steps are.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Iterator, NamedTuple

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import errors_def  # noqa: E402

REQUIREMENTS = Path("docs/requirements.tsv")
REASONS = Path("docs/coverage_reasons.tsv")
CHECKED_SECTIONS = ("1", "2", "3", "4", "4a", "5")
# Of the section on SPIFFE: certificates.
CHECKED_IDS = ("XSVID-1",)
SUFFIXES = {".h", ".cc", ".def", ".md", ".py", ".sh", ".jsonl", ".tsv", ".cmake"}
# In these documents other notations look like ids (a table of prefixes, the list itself).
NOT_SCANNED = {REQUIREMENTS.as_posix(), "docs/documents.tsv"}


class Requirement(NamedTuple):
    id: str
    level: str
    document: str
    section: str
    text: str

    @property
    def number(self) -> str:
        return self.section.split(" ")[0].split(".")[0]


class Citation(NamedTuple):
    path: str
    line: int
    id: str
    counts: bool  # a test that stands for this id alone, not a range


def read_requirements(root: Path) -> tuple[dict[str, Requirement], list[str]]:
    problems: list[str] = []
    found: dict[str, Requirement] = {}
    lines = (root / REQUIREMENTS).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[1:], 2):
        columns = line.split("\t")
        if len(columns) != len(Requirement._fields) or not all(columns):
            problems.append(f"{REQUIREMENTS}:{number}: not {len(Requirement._fields)} columns")
        elif columns[0] in found:
            problems.append(f"{REQUIREMENTS}:{number}: {columns[0]} is there twice")
        elif not re.fullmatch(r"[MNSsOD]+|-", columns[1]):
            problems.append(f"{REQUIREMENTS}:{number}: unknown level {columns[1]}")
        else:
            found[columns[0]] = Requirement(*columns)
    return found, problems


class Patterns:
    """How the known ids are written in running text."""

    def __init__(self, ids: dict[str, Requirement]):
        numbered = {i.rsplit("-", 1)[0] for i in ids if re.search(r"-\d", i)}
        prefixes = "|".join(sorted(map(re.escape, numbered - {"ATTACK"}), key=len, reverse=True))
        self.id = re.compile(
            rf"(?<![\w/+-])((?:{prefixes})-[1-9]\d*[a-z]?(?:\.(?:\d+|[a-z])(?![\w.]*\()\b)*)(?![\w-])"
            rf"(?P<range>\.\.+)?(?:(?<=\.)(?P<last>\d+|[a-z])\b)?")
        self.named = re.compile(r"\b(CRED-[A-Z]+)\b")
        self.attack = re.compile(r"\bATTACKS?[- ](\d+)(\.\.\d+)?\b")
        self.question = re.compile(r"""[\["](N?Q\d+[a-z]?)[\]"]""")

    def find(self, text: str) -> Iterator[tuple[str, bool]]:
        """Ids cited in `text`, and whether each stands for itself."""
        for match in self.id.finditer(text):
            yield match[1], match["range"] is None
            if match["range"] and match["last"]:
                yield re.sub(r"(\d+|[a-z])$", match["last"], match[1]), False
        for match in self.named.finditer(text):
            yield match[1], True
        for match in self.attack.finditer(text):
            yield f"ATTACK-{match[1]}", match[2] is None
        for match in self.question.finditer(text):
            yield match[1], True


def strings_of(value: object, names: tuple[str, ...], inside: bool = False) -> Iterator[str]:
    """The strings below members of these names."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from strings_of(item, names, inside or key in names)
    elif isinstance(value, list):
        for item in value:
            yield from strings_of(item, names, inside)
    elif isinstance(value, str) and inside:
        yield value


def is_test(path: str) -> bool:
    return path.startswith("tests/") or path.endswith("_test.cc")


def citations(root: Path, ids: dict[str, Requirement]) -> Iterator[Citation]:
    patterns = Patterns(ids)
    paths = [p for top in ("src", "tests", "fuzz", "docs") for p in (root / top).rglob("*")]
    paths += list(root.glob("*.md"))
    for path in sorted(p for p in paths if p.is_file() and p.suffix in SUFFIXES):
        name = path.relative_to(root).as_posix()
        if name in NOT_SCANNED:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text = line
            if path.suffix == ".jsonl":
                try:
                    text = " ".join(strings_of(json.loads(line), ("rule", "cites")))
                except ValueError:
                    continue  # vectors of malformed lines
            for cited, alone in patterns.find(text):
                yield Citation(name, number, cited, alone and is_test(name))


def check(root: Path) -> tuple[list[str], list[Requirement], int]:
    """Problems, uncovered requirements, and how many of the checked ones are cited by a test."""
    ids, problems = read_requirements(root)
    cited: set[str] = set()
    for citation in citations(root, ids):
        if citation.id not in ids:
            problems.append(f"{citation.path}:{citation.line}: {citation.id} is not in {REQUIREMENTS}")
        elif citation.counts:
            cited.add(citation.id)
    for entry in errors_def.read(root):
        if entry.rule != "-" and entry.rule not in ids:
            problems.append(f"{errors_def.PATH}:{entry.line}: rule {entry.rule} of {entry.name} "
                            f"is not in {REQUIREMENTS}")
    reasons: dict[str, str] = {}
    if (root / REASONS).exists():
        for number, line in enumerate((root / REASONS).read_text(encoding="utf-8").splitlines(), 1):
            name, _, reason = line.partition("\t")
            if name == "id" or not line:
                continue
            if name not in ids or not reason.strip():
                problems.append(f"{REASONS}:{number}: no such requirement, or no reason")
            elif name in cited:
                problems.append(f"{REASONS}:{number}: {name} has a citing test: remove the line")
            reasons[name] = reason
    wanted = checked(ids)
    missing = [r for r in wanted if r.id not in cited and r.id not in reasons]
    return problems, missing, len([r for r in wanted if r.id in cited])


def checked(ids: dict[str, Requirement]) -> list[Requirement]:
    """What must be covered. Requirements with steps are left out: their steps are in."""
    with_steps = {i.rsplit(".", 1)[0] for i in ids if "." in i}
    return [r for r in ids.values()
            if (r.number in CHECKED_SECTIONS or r.id in CHECKED_IDS) and r.id not in with_steps and
            (set(r.level) & set("MN") or r.number == "4a")]


def self_test() -> int:
    rows = ("id\tlevel\tdocument\tsection\ttext\n"
            "AB-1\tM\tD\t1 One\tT.\nAB-2\tM\tD\t3 Two\tT.\nAB-2.1\tM\tD\t3 Two\tT.\n"
            "AB-3\tS\tD\t1 One\tT.\nATTACK-1\tN\tD\t17 A\tT.\nQ1\tD\tD\t16 Q\tT.\n")
    entry = 'SIGNET_ERROR(kA, 1, "a.b", "{}", kNotice, 400, "x", 3, "T.", "F.")\n'
    test = "src/a_test.cc"
    # Name, files, what the report must hold; nothing means that the tree is good.
    controls = [
        ("a good tree", {test: "// [AB-1] AB-2.1.\n"}, ""),
        ("citation of nothing", {test: "// AB-1 AB-2.1", "src/a.cc": "// [AB-9]"}, "AB-9"),
        ("step of nothing", {test: "// AB-1 AB-2.1", "docs/a.md": "see `AB-2.7`"}, "AB-2.7"),
        ("attack of nothing", {test: "// AB-1 AB-2.1 ATTACKS 2"}, "ATTACK-2"),
        ("question of nothing", {test: "// AB-1 AB-2.1 [Q2]"}, "Q2"),
        ("end of a range", {test: "// AB-1 AB-2.1", "src/a.h": "// AB-1..7"}, "AB-7"),
        ("rule of nothing", {test: "// AB-1 AB-2.1",
                             errors_def.PATH.as_posix(): entry.format("AB-8")}, "AB-8"),
        ("uncovered", {test: "// AB-1"}, "missing AB-2.1"),
        ("covered by a range only", {test: "// AB-1..3 AB-2.1"}, "missing AB-1"),
        ("cited by product code only", {test: "// AB-1", "src/a.cc": "// AB-2.1"}, "missing AB-2.1"),
        ("covered by a reason", {test: "// AB-1", REASONS.as_posix(): "AB-2.1\twhy\n"}, ""),
        ("a reason that says nothing", {test: "// AB-1", REASONS.as_posix(): "AB-2.1\t\n"}, "no reason"),
        ("a reason beside a test", {test: "// AB-1 AB-2.1", REASONS.as_posix(): "AB-2.1\twhy\n"},
         "remove the line"),
        ("covered by a vector", {test: "// AB-1",
                                 "tests/v.jsonl": '{"expect":{"rule":"AB-2.1"}}\n'}, ""),
        ("a vector's other members", {test: "// AB-1", "tests/v.jsonl": '{"token":"AB-2.1"}\n'},
         "missing AB-2.1"),
        ("an id twice", {test: "// AB-1 AB-2.1", REQUIREMENTS.as_posix():
                         rows + "AB-1\tM\tD\t1 One\tT.\n"}, "twice"),
        ("a level of nothing", {test: "// AB-1 AB-2.1", REQUIREMENTS.as_posix():
                                rows + "AB-4\tX\tD\t1 One\tT.\n"}, "unknown level"),
        ("parts of longer words", {test: "// AB-1 AB-2.1 xAB-9 AB-9xy CAB-9 -AB-9"}, ""),
    ]
    wrong = []
    for name, files, expected in controls:
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            tree = {REQUIREMENTS.as_posix(): rows, errors_def.PATH.as_posix(): entry.format("AB-1")}
            for path, content in {**tree, **files}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
            problems, missing, _ = check(root)
            report = problems + [f"missing {r.id}" for r in missing]
            if (expected == "" and report) or (expected and not any(expected in r for r in report)):
                wrong.append(f"{name}: reported {report}, expected {expected!r}")
    for line in wrong:
        print(f"spec_coverage: self-test: {line}", file=sys.stderr)
    print(f"spec_coverage: self-test: {len(controls) - len(wrong)} of {len(controls)} "
          "controls as expected")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the citations of requirements.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--list-missing", action="store_true",
                        help="print the requirements without a citing test, exit 0")
    parser.add_argument("--self-test", action="store_true", help="run the negative controls")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    problems, missing, covered = check(options.root.resolve())
    if options.list_missing:
        for requirement in missing:
            print(f"{requirement.id}\t{requirement.level}\t{requirement.text}")
        return 0
    for problem in problems:
        print(f"spec_coverage: {problem}", file=sys.stderr)
    for requirement in missing:
        print(f"spec_coverage: {requirement.id} has no citing test and no reason in {REASONS}: "
              f"{requirement.text}", file=sys.stderr)
    ids, _ = read_requirements(options.root.resolve())
    total = len(checked(ids))
    print(f"spec_coverage: {covered} of {total} requirements of sections "
          f"{', '.join(CHECKED_SECTIONS)} are cited by a test, "
          f"{total - covered - len(missing)} have a reason, {len(missing)} have neither")
    return 1 if problems or missing else 0


if __name__ == "__main__":
    sys.exit(main())
