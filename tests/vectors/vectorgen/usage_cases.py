"""usage.jsonl: lines that `signet check` itself refuses. The tool ends with exit code 2."""

import json

from .book import DROP, change
from .http_cases import line as http_line
from .issue_cases import issue, sign
from .wit_cases import ORIGIN, line as wit_line, wit
from .wpt_cases import line as wpt_line, wpt

GOOD = {"case": "u", "op": "id.parse", "id": "wimse://a/b"}


def add(book):

    def bad(name, value, code, note, reported="u"):
        text = (
            value if isinstance(value, (str, bytes)) else json.dumps(value, separators=(",", ":"))
        )
        book.raw("usage-" + name, text, "usage." + code, note, reported)

    for name, text, note in [
        ("words", "wimse://a/b", "no JSON"),
        ("truncated", json.dumps(GOOD)[:-1], "no end"),
        ("array", "[" + json.dumps(GOOD) + "]", "an array"),
        ("string", '"x"', "a string"),
        ("null", "null", "null"),
        ("trailing", json.dumps(GOOD) + " {}", "two values"),
        ("duplicate", '{"case":"u","op":"id.parse","id":"a","id":"b"}', "a name twice"),
        ("single-quotes", "{'case':'u'}", "no JSON"),
        ("utf8", b'{"case":"u","op":"id.parse","id":"\xff"}', "not UTF-8"),
    ]:
        bad("not-json-" + name, text, "not_json", note, None)
    bad("unknown-op", change(GOOD, op="id.make"), "unknown_op", "an operation that does not exist")
    bad("op-case", change(GOOD, op="ID.parse"), "unknown_op", "operations are case-sensitive")
    bad("op-empty", change(GOOD, op=""), "unknown_op", "no operation")
    good_wit = {"case": "u", "op": "wit.verify", **wit_line(wit())}
    good_wpt = {"case": "u", "op": "wpt.verify", **wpt_line(wpt())}
    good_http = {"case": "u", "op": "http.verify_request", **http_line()}
    bad("case-missing", change(GOOD, case=DROP), "missing_member", "no case", None)
    bad("op-number", change(GOOD, op=7), "bad_member", "op is no string")
    bad("op-missing", change(GOOD, op=DROP), "missing_member", "no op")
    bad("id-missing", change(GOOD, id=DROP), "missing_member", "id.parse without id")
    for member in ("token", "trust", "now"):
        bad(
            f"wit-{member}-missing",
            change(good_wit, **{member: DROP}),
            "missing_member",
            "wit.verify without " + member,
        )
    for member in ("wit", "wpt", "trust", "now", "audiences"):
        bad(
            f"wpt-{member}-missing",
            change(good_wpt, **{member: DROP}),
            "missing_member",
            "wpt.verify without " + member,
        )
    for member in ("request", "trust", "now", "audiences"):
        bad(
            f"http-{member}-missing",
            change(good_http, **{member: DROP}),
            "missing_member",
            "http.verify_request without " + member,
        )
    no_method = change(good_http, request=change(good_http["request"], method=DROP))
    bad("http-method-missing", no_method, "missing_member", "a request without method")
    bad(
        "issue-time-missing",
        {"case": "u", "op": "wit.issue", **issue(ttl_s=DROP)},
        "missing_member",
        "neither ttl_s nor exp",
    )
    bad(
        "sign-time-missing",
        {"case": "u", "op": "wpt.sign", **sign(ttl_s=DROP)},
        "missing_member",
        "neither ttl_s nor exp",
    )
    bad("unknown-member", change(GOOD, ident="x"), "unknown_member", "a member that does not exist")
    bad(
        "want-member",
        change(GOOD, want={"ok": True}),
        "unknown_member",
        "want is for the runner only",
    )
    bad("member-case", change(good_wit, Now=1), "unknown_member", "members are case-sensitive")
    bad("misspelt", change(good_wit, leeway=60), "unknown_member", "leeway_s without its unit")
    bad(
        "member-of-other-op",
        change(good_wit, audiences=["x"]),
        "unknown_member",
        "a member of wpt.verify",
    )
    bad(
        "trust-member",
        change(good_wit, trust={ORIGIN: {"jwks": {"keys": []}, "alg": "ES256"}}),
        "unknown_member",
        "algs without its s",
    )
    bad(
        "request-member",
        change(good_http, request=change(good_http["request"], header=[])),
        "unknown_member",
        "headers without its s",
    )
    for name, value, note in [
        ("id-number", change(GOOD, id=7), "id is no string"),
        (
            "headers-pair",
            change(good_http, request=change(good_http["request"], headers=[["a"]])),
            "a field line without its value",
        ),
        ("callers", change(good_http, callers=["edge"]), "a caller that is no identifier"),
        (
            "body-both",
            change(good_http, request=change(good_http["request"], body_b64u="e30")),
            "body and body_b64u",
        ),
        ("ttl-and-exp", {"case": "u", "op": "wit.issue", **issue(exp=1790000090)}, "ttl_s and exp"),
        ("now-string", change(good_wit, now="1790000000"), "now is no number"),
        ("now-fraction", change(good_wit, now=1790000000.5), "now is no whole number"),
        ("trust-array", change(good_wit, trust=[]), "trust is no object"),
        (
            "trust-origin",
            change(good_wit, trust={ORIGIN + "/service/edge": {"jwks": {"keys": []}}}),
            "an identifier in place of an origin",
        ),
        ("profile", change(good_wit, profile="SPIFFE"), "a profile that does not exist"),
        ("leeway-negative", change(good_wit, leeway_s=-1), "a negative leeway"),
        ("revision", change(good_wpt, revision="wpt-99"), "a revision that does not exist"),
        (
            "audiences",
            change(good_wpt, audiences="https://orders.example.com"),
            "audiences is no array",
        ),
        ("accept", change(good_http, accept=["mtls"]), "a binding that does not exist"),
        (
            "headers",
            change(good_http, request=change(good_http["request"], headers={"Host": "x"})),
            "headers is no array",
        ),
        (
            "format",
            {
                "case": "u",
                "op": "bundle.parse",
                "bundle": {"keys": []},
                "trust_domain": "example.org",
                "format": "raw",
            },
            "a format that does not exist",
        ),
        (
            "base64url",
            {
                "case": "u",
                "op": "signature.verify",
                "alg": "ES256",
                "jwk": {},
                "message_b64u": "%",
                "signature_b64u": "",
            },
            "no base64url",
        ),
    ]:
        bad("bad-" + name, value, "bad_member", note)
    book.raw(
        "usage-continues",
        json.dumps(change(GOOD, case="last")),
        None,
        "the lines after a refused one are still judged",
        "last",
    )
