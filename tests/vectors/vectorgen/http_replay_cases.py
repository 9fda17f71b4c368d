"""http.jsonl, second part: context tokens, callers, revision 01, malformed messages, replay."""

from . import keys
from .book import change
from .jose import token_hash
from .wit_cases import ORIGIN, OTHER, SPIFFE, SUB, wit
from .http_cases import (
    A,
    ALLOWED,
    BASE_FIELDS,
    GOOD_WPT,
    P,
    W,
    auth,
    line,
    proof_line,
    request,
    with_fields,
)
from .wpt_cases import ACCESS, TXN, USER, WIT, wpt


def _context(book):
    def bad(name, inputs, code, rule, note, attack=26):
        book.bad("http-" + name, "http.verify_request", inputs, code, rule, note, attack)

    tth = token_hash(TXN)
    bad(
        "txn-uncovered",
        with_fields(("Txn-Token", TXN)),
        "wpt.tth_missing",
        "WPT-5.10",
        "a Txn-Token that the proof does not cover",
    )
    bad(
        "txn-swapped",
        proof_line(("Txn-Token", TXN[:-1] + "m"), tth=tth),
        "wpt.tth_mismatch",
        "WPT-5.10",
        "the Txn-Token was swapped",
    )
    bad(
        "txn-removed",
        proof_line(tth=tth),
        "wpt.tth_without_token",
        "WPT-5.10",
        "the Txn-Token was removed",
    )
    bad(
        "txn-twice",
        proof_line(("Txn-Token", TXN), ("Txn-Token", TXN), tth=tth),
        "http.field_duplicate",
        "WPT-5.10",
        "two Txn-Tokens",
        12,
    )
    oth = {"x-user-token": token_hash(USER)}

    def named(*pairs, **changes):
        return change(proof_line(*pairs, **changes), context_headers=["x-user-token"])

    bad(
        "context-uncovered",
        named(("X-User-Token", USER)),
        "wpt.oth_missing",
        "WPT-5.11",
        "a context field that the proof does not cover",
    )
    bad(
        "context-swapped",
        named(("X-User-Token", USER[:-1] + "m"), oth=oth),
        "wpt.oth_mismatch",
        "WPT-5.11",
        "the context field was swapped",
    )
    bad(
        "context-removed",
        named(oth=oth),
        "wpt.oth_unknown",
        "WPT-5.12",
        "the context field was removed",
    )
    bad(
        "context-twice",
        named(("X-User-Token", USER), ("X-User-Token", USER), oth=oth),
        "wpt.oth_unknown",
        "WPT-5.12",
        "the context field twice",
        12,
    )
    bad(
        "context-malformed",
        named(("X-User-Token", USER), oth=token_hash(USER)),
        "wpt.oth_malformed",
        "WPT-5.12",
        "oth is one hash, as in the drafts of 2024",
    )


def _callers(book):
    pay = ORIGIN + "/service/pay"
    for name, sub, callers, note in [
        ("other", SUB, [ORIGIN + "/service/other"], "another caller is listed"),
        ("prefix", ORIGIN + "/service/payroll", [pay], "the listed identifier is a prefix"),
        ("segment", pay + "/instance", [pay], "the listed identifier is a parent"),
        ("shorter", pay, [pay + "roll"], "a prefix of the listed identifier"),
        ("case", ORIGIN + "/service/Pay", [pay], "paths are case-sensitive"),
        ("scheme", pay, [SPIFFE + "/service/pay"], "the same name under another scheme"),
        ("domain", pay, [OTHER + "/service/pay"], "the same path in another trust domain"),
        ("nobody", SUB, [], "an empty list allows nobody"),
    ]:
        token = wit(sub=sub)
        book.bad(
            "http-caller-" + name,
            "http.verify_request",
            line(request((W, token), auth(wth=token_hash(token))), callers=callers),
            "verify.caller_not_allowed",
            "CRED-AZ",
            note,
            20,
        )


def _revision_01(book):
    old = {"revision": "wpt-01"}
    ath = token_hash(ACCESS)
    bearer = (A, "Bearer " + ACCESS)
    for name, pairs, note in [
        ("base", [(W, WIT), (P, GOOD_WPT)], "the proof in its own field"),
        ("ath", [bearer, (W, WIT), (P, wpt(ath=ath))], "access token covered"),
        ("txn", [(W, WIT), (P, wpt(tth=token_hash(TXN))), ("Txn-Token", TXN)], "Txn-Token covered"),
    ]:
        book.good(
            "http-01-" + name,
            "http.verify_request",
            line(request(*pairs), **old),
            ALLOWED,
            ["WPT-4", "WPT-3"],
            note,
        )
    for name, pairs, code, rule, note, attack in [
        ("field-missing", [(W, WIT)], "wpt.field_missing", "WPT-4", "a WIT without a proof", 18),
        (
            "field-duplicate",
            [(W, WIT), (P, GOOD_WPT), (P, GOOD_WPT)],
            "wpt.field_duplicate",
            "WPT-4",
            "two proofs",
            12,
        ),
        (
            "both-forms",
            [(W, WIT), (P, GOOD_WPT), (A, "WPT " + GOOD_WPT)],
            "wpt.both_forms",
            "WPT-4",
            "the proof in the old and in the new field",
            12,
        ),
        (
            "ath-missing",
            [bearer, (W, WIT), (P, GOOD_WPT)],
            "wpt.ath_missing",
            "WPT-3",
            "an access token that the proof does not cover",
            26,
        ),
        (
            "ath-mismatch",
            [(A, "Bearer " + ACCESS + "x"), (W, WIT), (P, wpt(ath=ath))],
            "wpt.ath_mismatch",
            "WPT-3",
            "the access token was swapped",
            26,
        ),
        (
            "ath-without-token",
            [(W, WIT), (P, wpt(ath=ath))],
            "wpt.ath_mismatch",
            "WPT-3",
            "the access token was removed",
            26,
        ),
        (
            "signature",
            [(W, WIT), (P, wpt(keys.ATTACKER))],
            "wpt.signature_invalid",
            "WPT-5.4",
            "a stolen WIT with the thief's own key",
            18,
        ),
    ]:
        book.bad(
            "http-01-" + name,
            "http.verify_request",
            line(request(*pairs), **old),
            code,
            rule,
            note,
            attack,
        )


def _message(book):
    for name, req, code, note, attack in [
        (
            "field-newline",
            request(*BASE_FIELDS, ("X-Note", "a\r\nAuthorization: x")),
            "http.field_invalid",
            "line break in a field value",
            22,
        ),
        (
            "field-nul",
            request(*BASE_FIELDS, ("X-Note", "a\x00b")),
            "http.field_invalid",
            "NUL in a field value",
            22,
        ),
        (
            "field-name",
            request(*BASE_FIELDS, ("X Note", "a")),
            "http.field_invalid",
            "space in a field name",
            22,
        ),
        (
            "target",
            request(target="v1/orders"),
            "http.target_invalid",
            "target of no known form",
            None,
        ),
        (
            "target-space",
            request(target="/v1/or ders"),
            "http.target_invalid",
            "space in the target",
            None,
        ),
        (
            "fields-129",
            request(*BASE_FIELDS, *[(f"X-{i}", "a") for i in range(126)]),
            "http.too_large",
            "129 field lines",
            5,
        ),
    ]:
        book.bad("http-message-" + name, "http.verify_request", line(req), code, None, note, attack)
    book.good(
        "http-message-fields-128",
        "http.verify_request",
        line(request(*BASE_FIELDS, *[(f"X-{i}", "a") for i in range(125)])),
        ALLOWED,
        ["WIT-6"],
        "128 field lines",
    )


def _replay(book):
    def req(**changes):
        return request((W, WIT), auth(**changes))

    def good(name, inputs, note, attack=16):
        book.good(
            "http-replay-" + name,
            "http.verify_request",
            change(inputs, replay=True),
            ALLOWED,
            ["WPT-5.9", "RPL-1"],
            note,
            attack,
        )

    def bad(name, inputs, code, rule, note, attack=16):
        book.bad(
            "http-replay-" + name,
            "http.verify_request",
            change(inputs, replay=True),
            code,
            rule,
            note,
            attack,
            [rule, "RPL-1"],
        )

    one = line(req(jti="http-1"))
    good("first", one, "first use")
    bad("second", one, "wpt.replayed", "WPT-5.9", "the same request again")
    bad(
        "other-body",
        change(one, request=change(req(jti="http-1"), body="[]")),
        "wpt.replayed",
        "WPT-5.9",
        "the same proof with another body",
    )
    bad(
        "not-allowed",
        line(req(jti="http-2"), callers=[ORIGIN + "/x"]),
        "verify.caller_not_allowed",
        "CRED-AZ",
        "authenticated, but not allowed",
    )
    good("not-allowed-then-allowed", line(req(jti="http-2")), "the refusal used nothing up")
    bad(
        "other-path-first",
        line(change(req(jti="http-3"), target="/v1/refunds")),
        "wpt.aud_mismatch",
        "WPT-5.6",
        "refused for its path",
        7,
    )
    good("other-path-then-good", line(req(jti="http-3")), "a refused proof has used nothing up")


def add(book):
    _context(book)
    _callers(book)
    _revision_01(book)
    _message(book)
    _replay(book)
