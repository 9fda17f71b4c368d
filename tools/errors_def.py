"""Reads src/protocol/base/errors.def, for the other tools. Not a program of its own."""

import re
from pathlib import Path
from typing import NamedTuple

PATH = Path("src/protocol/base/errors.def")

_ENTRY = re.compile(
    r"""SIGNET_ERROR\(\s*(?P<symbol>k\w+)\s*,\s*(?P<id>\d+)\s*,\s*"(?P<name>[^"]*)"\s*,
        \s*"(?P<rule>[^"]*)"\s*,\s*(?P<severity>k\w+)\s*,\s*(?P<http>\d+)\s*,
        \s*"(?P<oauth>[^"]*)"\s*,\s*(?P<grpc>\d+)\s*,
        \s*(?P<text>(?:"(?:[^"\\]|\\.)*"\s*)+),\s*(?P<fix>(?:"(?:[^"\\]|\\.)*"\s*)+)\)""",
    re.VERBOSE)
_GROUP = re.compile(r"^// --- (?P<title>.*?) -*$", re.MULTILINE)


class Entry(NamedTuple):
    line: int
    group: str
    symbol: str
    id: int
    name: str
    rule: str
    severity: str
    http: int
    oauth: str
    grpc: int
    text: str
    fix: str


def _literal(text: str) -> str:
    """The value of adjacent C string literals."""
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return re.sub(r"\\(.)", r"\1", "".join(parts))


def read(root: Path) -> list[Entry]:
    """All entries in file order. Raises ValueError for a line that cannot be read."""
    source = (root / PATH).read_text(encoding="utf-8")
    groups = [(m.start(), m["title"]) for m in _GROUP.finditer(source)]
    entries = []
    for match in _ENTRY.finditer(source):
        before = [title for start, title in groups if start < match.start()]
        entries.append(Entry(
            line=source.count("\n", 0, match.start()) + 1, group=before[-1] if before else "",
            symbol=match["symbol"], id=int(match["id"]), name=match["name"], rule=match["rule"],
            severity=match["severity"], http=int(match["http"]), oauth=match["oauth"],
            grpc=int(match["grpc"]), text=_literal(match["text"]), fix=_literal(match["fix"])))
    uses = len(re.findall(r"^\s*SIGNET_ERROR\(", source, re.MULTILINE))
    if uses != len(entries):
        raise ValueError(f"{PATH}: {uses} entries, {len(entries)} of them could be read")
    return entries
