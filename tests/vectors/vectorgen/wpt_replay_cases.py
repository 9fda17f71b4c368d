"""wpt.jsonl, second part: context tokens, revision 01, order of the rules, replay (RPL-1)."""

from . import keys
from .book import DROP
from .jose import ORDER, jws, raw_signature, split_signature, token_hash, with_signature
from .keys import pub
from .wit_cases import ISSUER_JWK, NOW, ORIGIN, SPIFFE, jwks, wit
from .wpt_cases import ACCESS, AUD, HEADER, TXN, USER, claims, line, wpt


def _context(book):
    def bad(name, inputs, code, rule, note):
        book.bad("wpt-" + name, "wpt.verify", inputs, code, rule, note, 26)

    bad(
        "tth-missing",
        line(wpt(), txn_token=TXN),
        "wpt.tth_missing",
        "WPT-5.10",
        "a Txn-Token that the proof does not cover",
    )
    bad(
        "tth-mismatch",
        line(wpt(tth=token_hash(TXN)), txn_token=TXN[:-1] + "m"),
        "wpt.tth_mismatch",
        "WPT-5.10",
        "the Txn-Token was swapped",
    )
    bad(
        "tth-without-token",
        line(wpt(tth=token_hash(TXN))),
        "wpt.tth_without_token",
        "WPT-5.10",
        "the Txn-Token was removed",
    )
    bad(
        "tth-number",
        line(wpt(tth=7), txn_token=TXN),
        "jwt.claim_type",
        "WPT-5.10",
        "tth is no string",
    )
    user = {"x-user-token": USER}
    good = {"x-user-token": token_hash(USER)}
    bad(
        "oth-missing",
        line(wpt(), other_tokens=user),
        "wpt.oth_missing",
        "WPT-5.11",
        "a context token that the proof does not cover",
    )
    bad(
        "oth-missing-second",
        line(wpt(oth=good), other_tokens=dict(user, **{"x-tenant": "t1"})),
        "wpt.oth_missing",
        "WPT-5.11",
        "a second context token that the proof does not cover",
    )
    bad(
        "oth-mismatch",
        line(wpt(oth=good), other_tokens={"x-user-token": USER[:-1] + "m"}),
        "wpt.oth_mismatch",
        "WPT-5.11",
        "the context token was swapped",
    )
    bad(
        "oth-untrimmed",
        line(
            wpt(oth={"x-user-token": token_hash(USER + " ")}),
            other_tokens={"x-user-token": USER + " "},
        ),
        "wpt.oth_mismatch",
        "WPT-5.11",
        "the hash counts the outer space",
    )
    bad(
        "oth-unknown",
        line(wpt(oth=dict(good, **{"x-tenant": token_hash("t1")})), other_tokens=user),
        "wpt.oth_unknown",
        "WPT-5.12",
        "an entry that names nothing in the request",
    )
    bad(
        "oth-unknown-only",
        line(wpt(oth=good)),
        "wpt.oth_unknown",
        "WPT-5.12",
        "the context token was removed",
    )
    bad(
        "oth-upper-case",
        line(wpt(oth=dict(good, **{"X-Tenant": token_hash("t1")})), other_tokens=user),
        "wpt.oth_unknown",
        "WPT-5.12",
        "a name that is not in lower case",
    )
    for name, value, note in [
        ("array", [token_hash(USER)], "an array"),
        ("string", token_hash(USER), "one hash, as in the drafts of 2024"),
        ("number", {"x-user-token": 7}, "a hash that is no string"),
        ("nested", {"x-user-token": {"sha-256": token_hash(USER)}}, "a hash that is an object"),
    ]:
        bad(
            "oth-malformed-" + name,
            line(wpt(oth=value), other_tokens=user),
            "wpt.oth_malformed",
            "WPT-5.12",
            note,
        )


def _revision_01(book):
    old = {"revision": "wpt-01"}
    ath = token_hash(ACCESS)
    for name, inputs, note in [
        ("base", line(wpt(), **old), "no access token, no ath"),
        ("ath", line(wpt(ath=ath), access_token=ACCESS, **old), "access token covered"),
        ("tth", line(wpt(tth=token_hash(TXN)), txn_token=TXN, **old), "Txn-Token covered"),
    ]:
        book.good("wpt-01-" + name, "wpt.verify", inputs, None, ["WPT-3"], note)
    for name, inputs, code, note in [
        (
            "ath-missing",
            line(wpt(), access_token=ACCESS, **old),
            "wpt.ath_missing",
            "an access token that the proof does not cover",
        ),
        (
            "ath-mismatch",
            line(wpt(ath=ath), access_token=ACCESS + "x", **old),
            "wpt.ath_mismatch",
            "the access token was swapped",
        ),
        (
            "ath-without-token",
            line(wpt(ath=ath), **old),
            "wpt.ath_mismatch",
            "the access token was removed",
        ),
    ]:
        book.bad("wpt-01-" + name, "wpt.verify", inputs, code, "WPT-3", note, 26)
    book.bad(
        "wpt-01-tth-missing",
        "wpt.verify",
        line(wpt(), txn_token=TXN, **old),
        "wpt.tth_missing",
        "WPT-5.10",
        "a Txn-Token that the proof does not cover",
        26,
    )
    book.bad(
        "wpt-01-aud",
        "wpt.verify",
        line(wpt(aud=AUD + "/7"), **old),
        "wpt.aud_mismatch",
        "WPT-5.6",
        "another audience",
        7,
    )


def _order(book):
    """Two faults: the rule that comes first in WPT-5 is the one reported."""
    for name, proof, code, rule in [
        (
            "structure-alg",
            wpt(header=dict(HEADER, zip="DEF", alg="ES384"), key=keys.WORKLOAD),
            "jose.not_jws",
            "WPT-5.2",
        ),
        (
            "alg-signature",
            jws(dict(HEADER, alg="ES384"), claims(), keys.ATTACKER),
            "wpt.alg_mismatch",
            "WPT-5.3",
        ),
        (
            "signature-typ",
            jws(dict(HEADER, typ="JWT"), claims(), keys.ATTACKER),
            "wpt.signature_invalid",
            "WPT-5.4",
        ),
        (
            "typ-aud",
            jws(dict(HEADER, typ="JWT"), claims(aud="x"), keys.WORKLOAD),
            "wpt.typ_mismatch",
            "WPT-5.5",
        ),
        ("aud-exp", wpt(aud="x", exp=NOW - 600), "wpt.aud_mismatch", "WPT-5.6"),
        ("exp-wth", wpt(exp=NOW - 600, wth="x"), "wpt.expired", "WPT-5.7"),
        ("wth-jti", wpt(wth="x", jti=DROP), "wpt.wth_mismatch", "WPT-5.8"),
        ("jti-tth", wpt(jti="", tth="x"), "wpt.jti_invalid", "WPT-5.9"),
        ("tth-oth", wpt(tth="x", oth={"a": "b"}), "wpt.tth_without_token", "WPT-5.10"),
    ]:
        book.bad(
            "wpt-order-" + name,
            "wpt.verify",
            line(proof),
            code,
            rule,
            "two faults: the first in order counts",
        )


def _replay(book):
    def good(name, proof, note, attack=16, **members):
        book.good(
            "wpt-replay-" + name,
            "wpt.verify",
            line(proof, replay=True, **members),
            None,
            ["WPT-5.9", "RPL-1"],
            note,
            attack,
        )

    def bad(name, proof, note, code="wpt.replayed", rule="WPT-5.9", attack=16, **members):
        book.bad(
            "wpt-replay-" + name,
            "wpt.verify",
            line(proof, replay=True, **members),
            code,
            rule,
            note,
            attack,
            [rule, "RPL-1"],
        )

    first = wpt(jti="replay-1")
    good("first", first, "first use")
    bad("second", first, "the same proof again")
    bad("third", first, "and again")
    n = ORDER["P-256"]
    bad(
        "malleated",
        with_signature(
            first,
            lambda b: raw_signature(split_signature(b)[0], n - split_signature(b)[1], "P-256"),
        ),
        "the other valid s: other bytes, the same proof",
        attack=10,
    )
    bad(
        "signed-again",
        wpt(jti="replay-1", exp=NOW + 90),
        "the same jti in a new proof of this sender",
    )
    token = wit(cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")})
    good(
        "other-key",
        wpt(keys.WORKLOAD_2, jti="replay-1", wth=token_hash(token)),
        "the same jti by another key of this subject",
        35,
        wit=token,
    )
    token = wit(sub=ORIGIN + "/service/other")
    good(
        "other-subject",
        wpt(jti="replay-1", wth=token_hash(token)),
        "the same jti by another subject",
        35,
        wit=token,
    )
    token = wit(sub=SPIFFE + "/service/edge")
    good(
        "other-origin",
        wpt(jti="replay-1", wth=token_hash(token)),
        "the same jti in another origin",
        35,
        wit=token,
        trust={SPIFFE: jwks(ISSUER_JWK)},
    )
    token = wit(jti="wit-2")
    bad(
        "new-wit",
        wpt(jti="replay-1", wth=token_hash(token)),
        "a new WIT of the same subject and key is the same sender",
        wit=token,
    )
    good("other-jti", wpt(jti="replay-2"), "another jti")
    good("case", wpt(jti="REPLAY-2"), "a jti is case-sensitive")
    bad(
        "refused-first",
        wpt(jti="replay-3", aud=AUD + "/7"),
        "refused for its audience",
        "wpt.aud_mismatch",
        "WPT-5.6",
    )
    good("refused-then-good", wpt(jti="replay-3"), "a refused proof has used nothing up")
    bad(
        "thief-first",
        wpt(keys.ATTACKER, jti="replay-4"),
        "a thief burns no jti of the sender",
        "wpt.signature_invalid",
        "WPT-5.4",
        35,
    )
    good("thief-then-owner", wpt(jti="replay-4"), "the sender's own proof with this jti", 35)
    book.good(
        "wpt-replay-off",
        "wpt.verify",
        line(first),
        None,
        ["RPL-1"],
        "without replay the state is neither read nor written",
        16,
    )
    good(
        "expiry-first",
        wpt(jti="replay-5", exp=NOW + 10),
        "an entry that ends at now + 10 + leeway",
        17,
    )
    bad(
        "expiry-before",
        wpt(jti="replay-5", exp=NOW + 120),
        "the last second of the entry",
        now=NOW + 69,
        attack=17,
    )
    good(
        "expiry-after", wpt(jti="replay-5", exp=NOW + 120), "the entry has ended", 17, now=NOW + 71
    )
    # Last, so that the clock never goes back within this file's replays.
    bad("later", first, "within the leeway after its expiry", now=NOW + 119)


def add(book):
    _context(book)
    _revision_01(book)
    _order(book)
    _replay(book)
