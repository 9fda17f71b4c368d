"""Tests of the small tools that have no negative controls of their own."""

import hashlib
import io
import re
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_layers  # noqa: E402
import count_tests  # noqa: E402
import errors_def  # noqa: E402
import fuzz_corpus  # noqa: E402
import spec_coverage  # noqa: E402
import tidy  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


class CountTests(unittest.TestCase):
    def test_cases_of_a_program_count_one_each(self):
        log = "1/2 Testing: a\n[  PASSED  ] 12 tests.\nTest Passed.\n2/2 Testing: b\nok\nTest Passed.\n"
        self.assertEqual(count_tests.count(log), (13, 0))

    def test_failed_cases_are_counted(self):
        log = "1/1 Testing: a\n[  PASSED  ] 3 tests.\n[  FAILED  ] 2 tests, listed below:\nTest Failed.\n"
        self.assertEqual(count_tests.count(log), (3, 2))

    def test_cases_of_vectors_count_one_each(self):
        self.assertEqual(count_tests.count("1/1 Testing: v\n9 cases, 0 faults\nTest Passed.\n"), (9, 0))
        self.assertEqual(count_tests.count("1/1 Testing: v\n9 cases, 2 faults\nTest Failed.\n"), (7, 2))
        self.assertEqual(count_tests.count("1/1 Testing: v\n9 cases, 0 faults\nTest Failed.\n"), (0, 1))

    def test_a_program_that_dies_after_its_cases_has_failed(self):
        self.assertEqual(count_tests.count("1/1 Testing: a\n[  PASSED  ] 3 tests.\nTest Failed.\n"),
                         (3, 1))

    def test_a_program_that_dies_before_its_cases_has_failed(self):
        self.assertEqual(count_tests.count("1/1 Testing: a\nSegmentation fault\n"), (0, 1))


class ErrorsDef(unittest.TestCase):
    def test_the_real_list_is_read_whole(self):
        entries = errors_def.read(ROOT)
        source = (ROOT / errors_def.PATH).read_text(encoding="utf-8")
        self.assertEqual(len(entries), source.count("\nSIGNET_ERROR("))
        self.assertEqual(len({e.id for e in entries}), len(entries))


class Strip(unittest.TestCase):
    def test_comments_and_literals_become_blanks_of_the_same_length(self):
        source = 'a; // "x"\nb = "c // d \\" e"; /* f\ng */ h = \'"\'; R"x(i)"y)x" 1\'000 j'
        code = check_layers.strip(source)
        self.assertEqual(len(code), len(source))
        self.assertEqual(code.count("\n"), source.count("\n"))
        self.assertEqual(code.split(), ["a;", "b", "=", ";", "h", "=", ";", "1'000", "j"])

    def test_functions_are_measured_where_they_begin(self):
        code = "namespace a {\nstruct B {\n  int F() const {\n    if (x) {\n    }\n  }\n};\n" \
               "int G(int a,\n      int b) noexcept {\n}\nint k[] = {1};\n}\n"
        self.assertEqual(list(check_layers.function_sizes(code)), [(3, 4), (9, 2)])


class Documents(unittest.TestCase):
    def test_each_prefix_of_a_requirement_has_a_document(self):
        ids, problems = spec_coverage.read_requirements(ROOT)
        self.assertEqual(problems, [])
        rows = (ROOT / "docs/documents.tsv").read_text(encoding="utf-8").splitlines()[1:]
        prefixes = [row.split("\t")[0] for row in rows]
        self.assertTrue(all(len(row.split("\t")) == 3 for row in rows))
        self.assertEqual(len(prefixes), len(set(prefixes)))
        for name in ids:
            prefix = name.split("-")[0] if "-" in name else name.rstrip("0123456789ab")
            self.assertIn(prefix, prefixes, name)


UNITS = {"": 1, "KiB": 1024, "MiB": 1024 * 1024, "s": 1, "h": 3600}


class Limits(unittest.TestCase):
    """docs/limits.md against the headers: the same names, the same numbers."""

    def setUp(self):
        headers = [p for p in (ROOT / "src").rglob("*.h")
                   if "internal" not in p.parts and not p.stem.endswith("_test")]
        self.code = {p: check_layers.strip(p.read_text(encoding="utf-8")) for p in headers}
        self.rows = {}
        for line in (ROOT / "docs/limits.md").read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == 4 and cells[2].startswith("`"):
                number, _, unit = cells[1].partition(" ")
                self.rows[cells[2].strip("`")] = int(number) * UNITS[unit]

    def value_in_code(self, name: str) -> int | None:
        struct, _, member = name.rpartition("::")
        for code in self.code.values():
            start = code.find(f"struct {struct} {{") if struct else 0
            match = re.search(rf"\b{member}(?:\s*=\s*|\{{)([\d*'\s]+)[;}}]", code[start:])
            if start >= 0 and match:
                value = 1
                for factor in match[1].replace("'", "").split("*"):
                    value *= int(factor)
                milliseconds = "milliseconds " + member in code[start:]
                return value // 1000 if milliseconds else value
        return None

    def test_each_row_says_what_the_code_says(self):
        self.assertGreater(len(self.rows), 30)
        for name, value in self.rows.items():
            self.assertEqual(self.value_in_code(name), value, name)

    def test_each_constant_is_listed(self):
        constant = re.compile(r"^inline constexpr (?:std::\w+|seconds|int) (k(?:Max|Min|Default)\w+)",
                              re.MULTILINE)
        for path, code in self.code.items():
            if path.is_relative_to(ROOT / "src/app"):
                continue
            for name in constant.findall(code):
                self.assertIn(name, self.rows, f"{path} defines it, docs/limits.md does not list it")


class Tidy(unittest.TestCase):
    def test_a_header_stands_for_its_sources(self):
        known = {tidy.ROOT / "src/a.cc", tidy.ROOT / "src/a_test.cc", tidy.ROOT / "src/b.cc"}
        self.assertEqual(tidy.sources_for(["src/a.h"], known),
                         [tidy.ROOT / "src/a.cc", tidy.ROOT / "src/a_test.cc"])
        self.assertEqual(tidy.sources_for(["src/unknown.cc"], known), [])

    def test_the_digest_follows_includes(self):
        with tempfile.TemporaryDirectory() as name:
            source, header = Path(name, "a.cc"), Path(name, "b.h")
            source.write_text('#include "b.h"\n')
            header.write_text("int a;\n")
            before = tidy.digest(source)
            header.write_text("int b;\n")
            self.assertNotEqual(before, tidy.digest(source))


class FuzzCorpus(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name: str, *contents: bytes) -> Path:
        (self.folder / name).mkdir()
        for i, data in enumerate(contents):
            (self.folder / name / str(i)).write_bytes(data)
        return self.folder / name

    def test_what_is_packed_is_unpacked_without_the_seeds(self):
        archive = self.folder / "a.tar.xz"
        found = self.write("found", b"one", b"", b"two", b"seed")
        self.assertEqual(fuzz_corpus.pack(archive, found, self.write("seeds", b"seed")), 3)
        once = archive.read_bytes()
        self.assertEqual(fuzz_corpus.unpack(archive, self.folder / "out"), 3)
        self.assertEqual(sorted(p.read_bytes() for p in (self.folder / "out").iterdir()),
                         [b"", b"one", b"two"])
        again = self.write("again", b"two", b"one", b"")
        fuzz_corpus.pack(archive, again, None)
        self.assertEqual(archive.read_bytes(), once, "it depends on the contents only")
        fuzz_corpus.pack(archive, self.write("empty"), None)
        self.assertFalse(archive.exists())
        self.assertEqual(fuzz_corpus.unpack(archive, self.folder / "out"), 0)

    def test_other_members_are_refused(self):
        digest = hashlib.sha256(b"x").hexdigest()
        link = tarfile.TarInfo(digest)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        for member in (tarfile.TarInfo("../" + digest), tarfile.TarInfo(digest[:-1] + "_"), link):
            archive = self.folder / "a.tar.xz"
            with tarfile.open(archive, "w:xz") as out:
                member.size = 0 if member.type == tarfile.SYMTYPE else 1
                out.addfile(member, io.BytesIO(b"x"))
            with self.assertRaises(ValueError):
                fuzz_corpus.unpack(archive, self.folder / "out")


if __name__ == "__main__":
    unittest.main()
