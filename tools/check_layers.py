#!/usr/bin/env python3
"""Checks the architecture rules of CONVENTIONS.md: floors, never-rules, sizes, READMEs.

    tools/check_layers.py              checks the tree this file is in; exit 1 on a violation
    tools/check_layers.py --self-test  builds one small tree for each rule and expects its report

A message is `file:line: [rule] what is wrong`. The rules, by the names that the messages use:

    floor     a file of src/protocol or src/platform includes a higher floor, or another folder of
              its own floor
    never-1 ... never-7   the list in CONVENTIONS.md
    asio      Boost.Asio or Boost.Beast outside the .cc and *_impl.h files of src/platform
    header    a header without #pragma once, a source whose own header is not its first include,
              an include of a file that does not exist
    size      a file over 600 lines (tests 800) or a function over 80; a warning over 300 and 60
    readme    a folder of src with code and without README.md, or one over 40 lines
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

PROTOCOL_FLOORS = {"base": 0, "codec": 1, "crypto": 2, "identity": 2, "http": 2, "jose": 3, "cose": 3,
                   "trust": 4, "credential": 5, "attest": 5, "proof": 6, "token": 7, "policy": 7,
                   "verify": 8, "capi": 9}
PLATFORM_FLOORS = {"runtime": 0, "telemetry": 1, "config": 1, "net": 2, "store": 2, "http1": 3,
                   "http2": 3, "rpc": 4, "client": 5}
HIGHEST_FLOOR_OF_PLATFORM = 2

MAX_LINES, MAX_TEST_LINES, SOFT_LINES = 600, 800, 300
MAX_FUNCTION_LINES, SOFT_FUNCTION_LINES = 80, 60
MAX_README_LINES = 40

IMPURE = re.compile(r"^(boost/(asio|beast)|nghttp2/|google/protobuf|sqlite3|libpq-fe|spdlog/|"
                    r"(thread|mutex|shared_mutex|condition_variable|fstream|iostream|filesystem)$|"
                    r"sys/socket\.h$)")
ISSUING = re.compile(r"(^|/)(private_key|pkcs8|jwk_private|jws_sign|\w+_(issue|sign|mint))\.h$")
ISSUING_STEM = re.compile(r"^(private_key(_impl)?|pkcs8|jwk_private|\w+_(issue|sign|mint))(_test)?$")
ISSUING_TARGET = re.compile(r"^\w+_(sign|issue|mint)$")
AMBIENT = re.compile(r"\b(getenv|secure_getenv|setenv|gettimeofday|clock_gettime|srand)\s*\(|"
                     r"\bsystem_clock\s*::\s*now\b|\bstd\s*::\s*(rand|time)\s*\(|"
                     r"\brandom_device\b")
SQL = re.compile(r'"\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|'
                 r"CREATE\s+(TABLE|INDEX)|PRAGMA\s+\w)", re.IGNORECASE)
TEST_INCLUDE = re.compile(r"^(gtest|gmock)/|^tests/|(^|/)testing/|_test_util\.h$|(^|/)fake_\w+\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.text}"


class Include(NamedTuple):
    line: int
    target: str
    ours: bool


def strip(source: str, keep_strings: bool = False) -> str:
    """`source` with comments, and string and character literals, as blanks. Lines stay lines."""
    out, i, n = [], 0, len(source)

    def blank(text: str) -> str:
        return re.sub(r"[^\n]", " ", text)

    while i < n:
        if source.startswith("//", i):
            end = source.find("\n", i)
            end = n if end < 0 else end
            out.append(blank(source[i:end]))
        elif source.startswith("/*", i):
            end = source.find("*/", i + 2)
            end = n if end < 0 else end + 2
            out.append(blank(source[i:end]))
        elif (raw := re.compile(r'R"([^()\\ ]{0,16})\(').match(source, i)):
            end = source.find(f'){raw[1]}"', i)
            end = n if end < 0 else end + len(raw[1]) + 2
            out.append(source[i:end] if keep_strings else blank(source[i:end]))
        elif source[i] == '"' or (source[i] == "'" and not (i and source[i - 1].isalnum())):
            match = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'').match(source, i)
            end = match.end() if match else i + 1
            out.append(source[i:end] if keep_strings else blank(source[i:end]))
        else:
            end = i + 1
            out.append(source[i])
        i = end
    return "".join(out)


class File:
    """One C++ file of src/, read once."""

    def __init__(self, root: Path, path: Path):
        self.path = path.relative_to(root).as_posix()
        self.source = path.read_text(encoding="utf-8")
        self.parts = self.path.split("/")[1:]
        self.tower = self.parts[0]
        self.folder = "" if self.tower == "app" else self.parts[1] if len(self.parts) > 2 else ""
        self.name = self.parts[-1]
        self.stem = self.name.rsplit(".", 1)[0]
        self.is_header = self.name.endswith(".h")
        self.is_test = self.stem.endswith("_test") or bool({"testing", "testdata"} & set(self.parts[:-1]))
        self.code = strip(self.source)
        self.includes = list(self._read_includes())

    def _read_includes(self) -> Iterator[Include]:
        for number, line in enumerate(strip(self.source, keep_strings=True).split("\n"), 1):
            if match := INCLUDE.match(line):
                yield Include(number, match[1] or match[2], match[2] is not None)

    def line_at(self, offset: int) -> int:
        return self.source.count("\n", 0, offset) + 1

    def place(self) -> str:
        return f"{self.tower}/{self.folder}" if self.folder else self.tower


def place_of(include: str) -> tuple[str, str]:
    """Tower and folder of an include path of ours."""
    parts = include.split("/")
    return parts[0], parts[1] if len(parts) > 2 else ""


def check_floor(file: File) -> Iterator[Finding]:
    floors = {"protocol": PROTOCOL_FLOORS, "platform": PLATFORM_FLOORS}.get(file.tower)
    if floors is None:
        return
    if file.folder not in floors:
        yield Finding(file.path, 1, "floor", f"src/{file.place()} has no floor in this tool's table")
        return
    for include in file.includes:
        tower, folder = place_of(include.target)
        if not include.ours or tower != file.tower or folder == file.folder:
            continue
        if folder not in floors:
            yield Finding(file.path, include.line, "floor", f"{tower}/{folder} has no floor")
        elif floors[folder] >= floors[file.folder]:
            yield Finding(file.path, include.line, "floor",
                          f"{file.folder} (floor {floors[file.folder]}) includes {folder} "
                          f"(floor {floors[folder]})")


def check_towers(file: File) -> Iterator[Finding]:
    """Never-rules 1 to 3."""
    for include in file.includes:
        tower, folder = place_of(include.target)
        ours = include.ours and tower in ("protocol", "platform", "service", "app")
        if file.tower == "protocol":
            if (ours and tower != "protocol") or (IMPURE.match(include.target) and not file.is_test):
                yield Finding(file.path, include.line, "never-1",
                              f"the protocol tower is pure: no {include.target}")
        elif file.tower == "platform" and ours:
            if tower in ("service", "app"):
                yield Finding(file.path, include.line, "never-2", f"platform includes {tower}")
            elif tower == "protocol" and (
                    PROTOCOL_FLOORS.get(folder, 99) > HIGHEST_FLOOR_OF_PLATFORM):
                yield Finding(file.path, include.line, "never-2",
                              f"platform knows no tokens: {include.target} is above floor "
                              f"{HIGHEST_FLOOR_OF_PLATFORM}")
        elif file.tower == "service" and ours:
            if tower == "app" or (tower == "service" and folder != file.folder):
                yield Finding(file.path, include.line, "never-3",
                              f"service/{file.folder} includes {include.target}")


def check_wrappers(file: File) -> Iterator[Finding]:
    """Never-rule 4, and where Asio may be seen."""
    place = file.place()
    for include in file.includes:
        target = include.target
        if re.match(r"openssl/|sodium(\.h|/)|gmp\.h", target) and not file.is_test:
            allowed = place == "protocol/crypto" or (
                place == "platform/net" and file.name.startswith("tls"))
            if not allowed:
                yield Finding(file.path, include.line, "never-4",
                              f"{target} outside protocol/crypto and platform/net/tls*")
        if target.startswith("nghttp2/") and place != "platform/http2":
            yield Finding(file.path, include.line, "never-4", f"{target} outside platform/http2")
        if re.match(r"sqlite3|libpq", target) and place != "platform/store":
            yield Finding(file.path, include.line, "never-4", f"{target} outside platform/store")
        # A header `*_impl.h` of platform is part of the sources that include it.
        inner = file.tower == "platform" and (not file.is_header or file.stem.endswith("_impl"))
        if re.match(r"boost/(asio|beast)|platform/.*_impl\.h$", target) and not inner:
            yield Finding(file.path, include.line, "asio",
                          f"{target} outside the .cc and *_impl.h files of src/platform")
    if file.tower != "app" and place != "platform/runtime":
        for match in AMBIENT.finditer(file.code):
            yield Finding(file.path, file.line_at(match.start()), "never-4",
                          f"`{match[0].rstrip('( ')}` outside src/app and platform/runtime")
    if place != "platform/store" and not file.is_test:
        for match in SQL.finditer(strip(file.source, keep_strings=True)):
            yield Finding(file.path, file.line_at(match.start()), "never-4",
                          "SQL outside platform/store")


def libraries(path: Path) -> Iterator[tuple[str, list[str], int]]:
    """Name, words and line of each signet_library() of a CMakeLists.txt."""
    text = re.sub(r"#[^\n]*", "", path.read_text(encoding="utf-8"))
    for match in re.finditer(r"\bsignet_library\s*\(\s*(\w+)([^)]*)\)", text):
        yield match[1], match[2].split(), text.count("\n", 0, match.start()) + 1


def sources_of_issuers(root: Path) -> set[str]:
    """Sources that only an issuing target compiles."""
    found: set[str] = set()
    for path in (root / "src").rglob("CMakeLists.txt"):
        for name, words, _ in libraries(path):
            if ISSUING_TARGET.match(name):
                folder = path.parent.relative_to(root).as_posix()
                found |= {f"{folder}/{word}" for word in words if word.endswith(".cc")}
    return found


def check_issuing(file: File, issuers: set[str]) -> Iterator[Finding]:
    """Never-rule 5: who verifies sees no private key."""
    verifying = file.tower == "protocol" or "verify" in file.stem
    may_issue = ISSUING_STEM.match(file.stem) is not None or file.path in issuers
    for include in file.includes:
        if include.ours and verifying and not may_issue and not file.is_test and (
                ISSUING.search(include.target)):
            yield Finding(file.path, include.line, "never-5",
                          f"{include.target} is for issuing files only "
                          "(private_key, pkcs8, *_private, *_sign, *_issue, *_mint)")
        if include.target.endswith(".pb.h") and (file.tower == "protocol" or (
                file.tower == "service" and file.is_header and not file.stem.endswith("_handler"))):
            yield Finding(file.path, include.line, "never-5", "generated protobuf type")


def check_internal(file: File) -> Iterator[Finding]:
    """Never-rule 6."""
    for include in file.includes:
        if include.ours and "/internal/" in include.target:
            if "/".join(place_of(include.target)).rstrip("/") != file.place():
                yield Finding(file.path, include.line, "never-6",
                              f"{include.target} is internal to its folder")
        if not file.is_test and TEST_INCLUDE.search(include.target):
            yield Finding(file.path, include.line, "never-6",
                          f"test-only {include.target} in product code")
        # Messages of the public grpc.* packages are ours to speak; the library is not.
        if (not file.is_test and re.match(r"grpc(pp)?/", include.target)
                and not include.target.endswith(".pb.h")):
            yield Finding(file.path, include.line, "never-6", "libgrpc in product code")


def check_cycles(files: list[File]) -> Iterator[Finding]:
    """Never-rule 7: units (a header with its source) that need each other."""
    def unit(path: str) -> str:
        return path.rsplit(".", 1)[0]

    extends = {(file.path.removeprefix("src/"), unit(include.target))
               for file in files if file.is_header for include in file.includes if include.ours}
    edges: dict[str, dict[str, tuple[str, int]]] = {}
    for file in files:
        if file.is_test:
            continue
        own = unit(file.path.removeprefix("src/"))
        for include in file.includes:
            # What a source takes from its folder's internal/ is a part of that source, and so is a
            # header that extends the source's own one (the members behind a pointer).
            inner = not file.is_header and ("/internal/" in include.target or
                                            (include.target, own) in extends)
            if include.ours and not inner and unit(include.target) != own:
                edges.setdefault(own, {}).setdefault(unit(include.target),
                                                     (file.path, include.line))
    done: set[str] = set()
    for start in sorted(edges):
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(edges.get(start, {}))))]
        trail.append(start)
        while stack:
            node, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                done.add(node)
                stack.pop()
                trail.pop()
            elif step in trail:
                cycle = trail[trail.index(step):] + [step]
                path, line = edges[node][step]
                yield Finding(path, line, "never-7", "cycle: " + " -> ".join(cycle))
            elif step not in done:
                trail.append(step)
                stack.append((step, iter(sorted(edges.get(step, {})))))


def check_header(file: File, root: Path) -> Iterator[Finding]:
    if file.is_header and not re.search(r"^#pragma once$", file.source, re.MULTILINE):
        yield Finding(file.path, 1, "header", "no #pragma once")
    own = "/".join(file.parts[:-1] + [file.stem + ".h"])
    if file.name.endswith(".cc") and (root / "src" / own).exists() and (
            not file.includes or file.includes[0].target != own):
        yield Finding(file.path, 1, "header", f"the first include is not {own}")
    for include in file.includes:
        if include.ours and place_of(include.target)[0] in (
                "protocol", "platform", "service", "app") and not (
                root / "src" / include.target).exists():
            yield Finding(file.path, include.line, "header", f"{include.target} does not exist")


def function_sizes(code: str) -> Iterator[tuple[int, int]]:
    """First line and count of lines of each function body, by matching braces."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), code,
                  flags=re.MULTILINE)
    kinds: list[tuple[str, int]] = []
    statement, line, parens = "", 1, 0
    for char in code:
        if char == "\n":
            line += 1
        parens += (char == "(") - (char == ")")
        if char == "{":
            outer = all(kind == "scope" for kind, _ in kinds)
            scope = re.search(r"\b(namespace|class|struct|union|enum|extern)\b", statement)
            plain = re.search(r"\)\s*(const|noexcept|override|final|->|&|:|$)", statement.strip())
            if outer and parens == 0 and plain and not re.search(r"=\s*$", statement) and not (
                    scope and "(" not in statement):
                kinds.append(("function", line))
            else:
                kinds.append(("scope" if outer and scope else "other", line))
            statement = ""
        elif char == "}":
            if kinds:
                kind, first = kinds.pop()
                if kind == "function":
                    yield first, line - first + 1
            statement = ""
        elif char == ";" and parens == 0:
            statement = ""
        else:
            statement += char


def check_size(path: str, source: str, is_test: bool) -> Iterator[Finding]:
    lines = source.count("\n")
    hard = MAX_TEST_LINES if is_test else MAX_LINES
    if lines > hard:
        yield Finding(path, hard + 1, "size", f"{lines} lines, at most {hard}")
    elif lines > SOFT_LINES and not is_test:
        yield Finding(path, SOFT_LINES + 1, "size-warning", f"{lines} lines, {SOFT_LINES} are better")
    if is_test:
        return
    for first, count in function_sizes(strip(source)):
        if count > MAX_FUNCTION_LINES:
            yield Finding(path, first, "size",
                          f"function of {count} lines, at most {MAX_FUNCTION_LINES}")
        elif count > SOFT_FUNCTION_LINES:
            yield Finding(path, first, "size-warning",
                          f"function of {count} lines, {SOFT_FUNCTION_LINES} are better")


def check_readmes(files: list[File], root: Path) -> Iterator[Finding]:
    for place in sorted({file.place() for file in files}):
        path = f"src/{place}/README.md"
        if not (root / path).exists():
            yield Finding(path, 1, "readme", "missing: purpose, floor, entry header, what it must not know")
        elif (count := (root / path).read_text(encoding="utf-8").count("\n")) > MAX_README_LINES:
            yield Finding(path, MAX_README_LINES + 1, "readme",
                          f"{count} lines, at most {MAX_README_LINES}")


def check_targets(root: Path) -> Iterator[Finding]:
    """Never-rules 5 and 6 in the build: what a library target compiles and links."""
    for path in sorted((root / "src").rglob("CMakeLists.txt")):
        where = path.relative_to(root).as_posix()
        for name, words, line in libraries(path):
            for word in words:
                if re.search(r"_test\.cc$|^GTest::|^testing/", word) and not (
                        re.search(r"_test(ing)?$|_test_util$", name)):
                    yield Finding(where, line, "never-6", f"{name} has test-only {word}")
                if where.startswith("src/protocol/") and ISSUING_TARGET.match(word) and not (
                        ISSUING_TARGET.match(name)):
                    yield Finding(where, line, "never-5",
                                  f"{name} verifies and links the issuing {word}")


def check(root: Path) -> list[Finding]:
    paths = sorted(p for p in (root / "src").rglob("*") if p.suffix in (".h", ".cc"))
    files = [File(root, path) for path in paths]
    issuers = sources_of_issuers(root)
    found: list[Finding] = []
    for file in files:
        for rule in (check_floor, check_towers, check_wrappers, check_internal):
            found += rule(file)
        found += check_issuing(file, issuers)
        found += check_header(file, root)
        found += check_size(file.path, file.source, file.is_test)
    found += check_cycles(files)
    found += check_readmes(files, root)
    found += check_targets(root)
    for top in ("tests", "fuzz", "bench"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                found += check_size(path.relative_to(root).as_posix(),
                                    path.read_text(encoding="utf-8"), is_test=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks the architecture rules of CONVENTIONS.md.")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--self-test", action="store_true", help="run the negative controls")
    parser.add_argument("--quiet", action="store_true", help="do not print warnings")
    options = parser.parse_args()
    if options.self_test:
        sys.dont_write_bytecode = True
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "tools"))
        import check_layers_controls  # noqa: PLC0415
        return check_layers_controls.run(check)
    found = check(options.root.resolve())
    errors = [f for f in found if not f.rule.endswith("-warning")]
    for finding in found:
        if finding in errors or not options.quiet:
            print(finding, file=sys.stderr)
    print(f"check_layers: {len(errors)} violations, {len(found) - len(errors)} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
