#!/usr/bin/env python3
"""Makes the conformance vectors of this folder, independently of Signet's own code.

    make_vectors.py               write the JSONL files and check them
    make_vectors.py --check       fail if the files differ from what would be written
    make_vectors.py --self-check  only check the files that are there; prints the counts

Needs Python 3.11 or later and the `cryptography` package, 45 or later. The output is the same on
every run. README.md describes the format.
"""

import argparse
import pathlib
import sys

from vectorgen import (
    bundle_cases,
    digest_cases,
    http_cases,
    http_replay_cases,
    httpsig_cases,
    httpsig_verify_cases,
    id_cases,
    issue_cases,
    jwk_cases,
    jws_cases,
    published_cases,
    sfv_cases,
    sigissue_cases,
    sigreq_both_cases,
    sigreq_cases,
    sigreq_more_cases,
    sigresp_cases,
    usage_cases,
    wic_cases,
    wic_issue_cases,
    wic_path_cases,
    wit_cases,
    wit_cnf_cases,
    wpt_cases,
    wpt_replay_cases,
)
from vectorgen.book import Book
from vectorgen.selfcheck import Checker, read_codes

HERE = pathlib.Path(__file__).resolve().parent
ERRORS_DEF = HERE.parent.parent / "src/protocol/base/errors.def"
FILES = {
    "id.jsonl": [id_cases.add],
    "jwk.jsonl": [jwk_cases.add_jwk],
    "signature.jsonl": [jwk_cases.add_signature],
    "jws.jsonl": [jws_cases.add],
    "wit.jsonl": [wit_cases.add, wit_cnf_cases.add],
    "wpt.jsonl": [wpt_cases.add, wpt_replay_cases.add],
    "http.jsonl": [http_cases.add, http_replay_cases.add],
    "sf.jsonl": [sfv_cases.add],
    "digest.jsonl": [digest_cases.add],
    "httpsig.jsonl": [httpsig_cases.add, httpsig_verify_cases.add],
    "sigreq.jsonl": [sigreq_cases.add, sigreq_more_cases.add, sigreq_both_cases.add],
    "sigresp.jsonl": [sigresp_cases.add],
    "sigissue.jsonl": [sigissue_cases.add],
    "wic.jsonl": [wic_cases.add, wic_path_cases.add, wic_issue_cases.add],
    "bundle.jsonl": [bundle_cases.add],
    "issue.jsonl": [issue_cases.add],
    "published.jsonl": [published_cases.add],
    "usage.jsonl": [usage_cases.add],
}


def make():
    """{file name: text}"""
    out = {}
    for name, adders in FILES.items():
        book = Book()
        for add in adders:
            add(book)
        out[name] = book.text()
    return out


def self_check(files):
    checker = Checker(read_codes(ERRORS_DEF.read_text()))
    for name, text in files.items():
        checker.check_file(name, text)
    checker.finish()
    print(checker.summary())
    for problem in checker.problems:
        print("problem:", problem, file=sys.stderr)
    return not checker.problems


def main():
    parser = argparse.ArgumentParser(description="Makes the conformance vectors.")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--self-check", action="store_true", help="check the files that are there")
    options = parser.parse_args()
    if options.self_check:
        names = [path.name for path in sorted(HERE.glob("*.jsonl"))]
        return 0 if self_check({name: (HERE / name).read_text() for name in names}) else 1
    files = make()
    if options.check:
        stale = [
            n
            for n, text in files.items()
            if not (HERE / n).exists() or (HERE / n).read_text() != text
        ]
        for name in stale:
            print("differs:", name, file=sys.stderr)
        return 1 if stale else 0
    for name, text in files.items():
        (HERE / name).write_text(text)
    return 0 if self_check(files) else 1


if __name__ == "__main__":
    sys.exit(main())
