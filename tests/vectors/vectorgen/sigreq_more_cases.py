"""sigreq.jsonl: audience, times, content, what is changed after signing, the WIT before it."""

from . import keys
from .book import DROP, change
from .httpsig_make import bytes_item
from .jose import jws, unb64u
from .keys import pub
from .sigreq_cases import OP, digested
from .sigreq_make import (
    ALIAS,
    AUDIENCE,
    BODY,
    NONCE,
    RESULT,
    SI,
    A,
    D,
    S,
    T,
    W,
    digest,
    edit,
    get,
    line,
    sign,
    unsigned,
    with_fields,
)
from .wit_cases import HEADER, KID, NOW, ORIGIN, OTHER, SPIFFE, SUB, TRUST, jwks, wit
from .wpt_cases import TXN, WIT


def refuse(book, prefix):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad(f"sigreq-{prefix}-{name}", OP, inputs, code, rule, note, attack)

    return bad


def _audience(book):
    bad = refuse(book, "aud")
    for name, inputs, note in [
        ("other", line(sign(wimse_aud="https://billing.example.com/v1/orders")), "another service"),
        ("path", line(sign(wimse_aud=AUDIENCE + "/v1/refunds")), "another path"),
        ("path-above", line(sign(wimse_aud=AUDIENCE + "/v1")), "a path above"),
        ("origin", line(sign(wimse_aud=AUDIENCE)), "the authority alone"),
        ("scheme", line(sign(wimse_aud="http://orders.example.com/v1/orders")), "another scheme"),
        (
            "port",
            line(sign(wimse_aud="https://orders.example.com:443/v1/orders")),
            "nothing is normalised",
        ),
        (
            "case",
            line(sign(wimse_aud="https://Orders.example.com/v1/orders")),
            "nothing is normalised",
        ),
        ("percent", line(sign(wimse_aud=AUDIENCE + "/v1/%6frders")), "nothing is decoded"),
        ("alias", line(sign(wimse_aud=ALIAS)), "a value that is not configured"),
        ("empty", line(sign(wimse_aud="")), "an empty audience"),
        ("subject", line(sign(wimse_aud=SUB)), "the caller's own identifier"),
        ("prefix", line(audiences=[AUDIENCE + "/v1"]), "an audience with a path is no prefix"),
        ("moved", line(change(sign(), target="/v1/refunds?x=1")), "sent to another path"),
    ]:
        bad(name, inputs, "httpsig.aud_mismatch", "SIG-5", note, 7)
    evil = "https://evil.example/v1/orders"
    for name, req in [
        ("host", unsigned(authority="evil.example")),
        ("host-field", unsigned(("Host", "evil.example"))),
        ("forwarded-host", unsigned(("X-Forwarded-Host", "evil.example"))),
    ]:
        bad(
            name,
            line(sign(req, wimse_aud=evil)),
            "httpsig.aud_mismatch",
            "SIG-5",
            "what the message says makes no audience",
            7,
        )


def _times(book):
    bad = refuse(book, "time")
    for name, members, code, note, attack in [
        ("expired", {"created": NOW - 300, "expires": NOW - 60}, "expired", "60 s ago", 17),
        (
            "expired-long",
            {"created": NOW - 4000, "expires": NOW - 3700},
            "expired",
            "an hour ago",
            17,
        ),
        ("expires-zero", {"created": 0, "expires": 0}, "expired", "1970", 17),
        (
            "backwards",
            {"created": NOW, "expires": NOW - 1},
            "expired",
            "expires before created",
            17,
        ),
        ("ahead", {"created": NOW + 61, "expires": NOW + 300}, "created_ahead", "61 s ahead", 17),
        (
            "ahead-120",
            {"created": NOW + 120, "expires": NOW + 400},
            "created_ahead",
            "120 s ahead",
            17,
        ),
        ("long", {"created": NOW - 5, "expires": NOW + 356}, "lifetime_too_long", "361 s", 33),
        ("day", {"expires": NOW + 86400}, "lifetime_too_long", "a day", 33),
    ]:
        bad(name, line(sign(**members)), "httpsig." + code, "SIG-14", note, attack)
    bad(
        "no-leeway",
        line(sign(created=NOW - 300, expires=NOW), leeway_s=0),
        "httpsig.expired",
        "SIG-14",
        "no leeway",
        17,
    )
    bad(
        "long-no-leeway",
        line(sign(created=NOW, expires=NOW + 301), leeway_s=0),
        "httpsig.lifetime_too_long",
        "SIG-14",
        "301 s without leeway",
        17,
    )
    bad(
        "old",
        line(sign(created=NOW - 200, expires=NOW + 100), max_created_age_s=30),
        "httpsig.too_old",
        "SIG-14",
        "made 200 s ago where 30 s are allowed",
        17,
    )
    nonce = refuse(book, "nonce")
    nonce("empty", line(sign(nonce="")), "httpsig.nonce_invalid", "SIG-9", "an empty nonce", 16)
    nonce("257", line(sign(nonce="n" * 257)), "httpsig.nonce_invalid", "SIG-9", "257 bytes", 5)


def _content(book):
    bad = refuse(book, "content")
    good = sign()
    for name, req, code, note in [
        ("changed", change(good, body='{"amount":1}'), "mismatch", "the content changed"),
        ("removed", change(good, body=DROP), "mismatch", "the content is gone"),
        ("newline", change(good, body=BODY + "\n"), "mismatch", "a newline added"),
        ("other", sign(digested(digest("[]"))), "mismatch", "the digest of other content, signed"),
        (
            "one-of-two",
            sign(digested(digest(BODY) + ", " + digest("x", "sha-512"))),
            "mismatch",
            "one of two is wrong",
        ),
        ("none", sign(change(get(), body="x")), "missing", "content without Content-Digest"),
        ("added", change(sign(get()), body="x"), "missing", "content added"),
        ("md5", sign(digested("md5=:AAAAAAAAAAAAAAAAAAAAAA==:")), "unsupported", "md5 alone"),
        ("unknown", sign(digested("sha-999=:AAAA:")), "unsupported", "an unknown algorithm alone"),
        ("empty-field", sign(digested("")), "unsupported", "an empty field"),
        ("string", sign(digested('sha-256="x"')), "malformed", "a String"),
        ("short", sign(digested("sha-256=:AAAA:")), "malformed", "too short"),
        (
            "twice",
            sign(digested(digest(BODY) + ", " + digest(BODY))),
            "malformed",
            "an algorithm twice",
        ),
        ("second-line", with_fields(good, (D, digest("x"))), "malformed", "a second line"),
        ("open", sign(digested(digest(BODY)[:-1])), "malformed", "no end"),
    ]:
        bad(name, line(req), "digest." + code, "SIG-3", note, 15)


def _changed(book):
    """Everything that the signature covers, changed after signing."""
    bad = refuse(book, "changed")
    good, alias = sign(), {"audiences": [ALIAS]}
    aliased = sign(wimse_aud=ALIAS)
    for name, inputs, note, attack in [
        ("method", line(change(good, method="PUT")), "the method", 13),
        ("method-case", line(change(good, method="post")), "the method's case", 14),
        ("path", line(change(aliased, target="/v1/refunds?x=1"), **alias), "the path", 14),
        (
            "path-slash",
            line(change(aliased, target="/v1/orders/?x=1"), **alias),
            "a slash added",
            14,
        ),
        (
            "path-percent",
            line(change(aliased, target="/v1%2Forders?x=1"), **alias),
            "%2F for a slash",
            14,
        ),
        (
            "path-encoded",
            line(change(aliased, target="/v1/%6frders?x=1"), **alias),
            "a letter encoded",
            14,
        ),
        (
            "path-dots",
            line(change(aliased, target="/v1/./orders?x=1"), **alias),
            "a dot segment",
            14,
        ),
        (
            "path-slashes",
            line(change(aliased, target="/v1//orders?x=1"), **alias),
            "two slashes",
            14,
        ),
        (
            "path-semicolon",
            line(change(aliased, target="/v1/orders;a=b?x=1"), **alias),
            "a parameter",
            14,
        ),
        ("query", line(change(good, target="/v1/orders?x=2")), "the query", 14),
        ("query-gone", line(change(good, target="/v1/orders")), "the query is gone", 14),
        ("query-more", line(change(good, target="/v1/orders?x=1&y=2")), "the query is longer", 14),
        (
            "query-added",
            line(change(sign(get(target="/v1/orders")), target="/v1/orders?x=1")),
            "a query where none was",
            14,
        ),
        ("query-encoded", line(change(good, target="/v1/orders?%78=1")), "the query encoded", 14),
        (
            "query-plus",
            line(change(sign(get(target="/v1/orders?a+b")), target="/v1/orders?a%20b")),
            "%20 for a plus",
            14,
        ),
        ("content-type", line(edit(good, T, lambda _: "text/plain")), "Content-Type", 13),
        ("content-type-case", line(edit(good, T, str.upper)), "the case of Content-Type", 13),
        (
            "content-type-twice",
            line(with_fields(good, (T, "application/json"))),
            "a second Content-Type",
            12,
        ),
    ]:
        bad(name, inputs, "httpsig.signature_invalid", "SIG-10", note, attack)
    book.good(
        "sigreq-query-empty",
        OP,
        line(change(sign(get(target="/v1/orders")), target="/v1/orders?")),
        RESULT,
        ["RFC9421-2"],
        "an empty query has the value of none",
        14,
    )
    tokens = sign(unsigned((A, "Bearer t1"), ("Txn-Token", TXN)))
    bad(
        "authorization",
        line(edit(tokens, A, lambda _: "Bearer t2")),
        "httpsig.signature_invalid",
        "SIG-10",
        "another access token",
        26,
    )
    bad(
        "txn-token",
        line(edit(tokens, "Txn-Token", lambda v: v + "A")),
        "httpsig.signature_invalid",
        "SIG-10",
        "another Txn-Token",
        26,
    )
    for name, field in [("authorization", A), ("txn-token", "Txn-Token")]:
        bad(
            name + "-gone",
            line(edit(tokens, field, lambda _: DROP)),
            "httpsig.unresolvable",
            "SIG-10",
            "a covered token is gone",
            26,
        )
        again = with_fields(tokens, (field, "Bearer t2" if field == A else TXN))
        bad(name + "-twice", line(again), "http.field_duplicate", "SIG-1", "a token twice", 12)
    bad(
        "content-type-gone",
        line(edit(good, T, lambda _: DROP)),
        "httpsig.unresolvable",
        "SIG-10",
        "a covered field is gone",
        13,
    )
    bad(
        "digest-gone",
        line(edit(sign(unsigned(body=DROP)), D, lambda _: DROP)),
        "httpsig.unresolvable",
        "SIG-10",
        "Content-Digest of no content is gone",
        15,
    )
    for name, value in [
        ("created", lambda v: v.replace(str(NOW - 5), str(NOW - 4))),
        ("expires", lambda v: v.replace(str(NOW + 295), str(NOW + 296))),
        ("nonce", lambda v: v.replace(NONCE, NONCE + "x")),
        ("sign-response", lambda v: v + ";wimse-sign-response"),
        ("unknown", lambda v: v + ";x=1"),
        ("order", lambda v: v.replace('"@method" "@path"', '"@path" "@method"')),
    ]:
        bad(
            "input-" + name,
            line(edit(good, SI, value)),
            "httpsig.signature_invalid",
            "SIG-10",
            "a parameter or the list",
            13,
        )
    demand = sign(wimse_sign_response=True)
    bad(
        "input-no-sign-response",
        line(edit(demand, SI, lambda v: v.replace(";wimse-sign-response", ""))),
        "httpsig.signature_invalid",
        "SIG-10",
        "the demand for a signed response removed",
    )
    for name, value, note, attack in [
        ("bit", lambda d: d[:-1] + bytes([d[-1] ^ 1]), "the last bit flipped", None),
        ("short", lambda d: d[:-1], "one byte too short", 10),
        ("long", lambda d: d + b"\0", "one byte too long", 10),
        ("empty", lambda d: b"", "no bytes", None),
        ("zero", lambda d: bytes(64), "r and s are zero", 9),
    ]:

        def bytes_changed(v, value=value):
            raw = unb64u(v[7:-1].replace("+", "-").replace("/", "_").rstrip("="))
            return "wimse=" + bytes_item(value(raw))

        bad(
            "signature-" + name,
            line(edit(good, S, bytes_changed)),
            "httpsig.signature_invalid",
            "SIG-10",
            note,
            attack,
        )
    bad(
        "key",
        line(sign(key=keys.ATTACKER)),
        "httpsig.signature_invalid",
        "SIG-10",
        "a stolen WIT with the thief's own key",
        18,
    )
    other = wit(sub=ORIGIN + "/service/other", cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")})
    bad(
        "wit-swapped",
        line(edit(good, W, lambda _: other)),
        "httpsig.signature_invalid",
        "SIG-10",
        "another workload's WIT",
        26,
    )
    bad(
        "wit-newer",
        line(edit(good, W, lambda _: wit(jti="wit-2"))),
        "httpsig.signature_invalid",
        "SIG-10",
        "another WIT of the same key",
        26,
    )


def _wit_first(book):
    """The signature is not looked at before the WIT is valid; here it would fail, too."""
    bad = refuse(book, "wit")
    broken = edit(sign(), S, lambda _: "wimse=:AAAA:")

    def with_wit(token):
        return line(edit(broken, W, lambda _: token))

    for name, inputs, code, rule, note, attack in [
        ("expired", with_wit(wit(exp=NOW - 60)), "wit.expired", "WIT-8", "expired", 17),
        (
            "forged",
            with_wit(wit(key=keys.ATTACKER)),
            "wit.signature_invalid",
            "WIT-12.d",
            "forged",
            None,
        ),
        (
            "domain",
            with_wit(wit(sub="wimse://evil.example/edge")),
            "trust.domain_unknown",
            "WIT-12.b",
            "an unknown trust domain",
            19,
        ),
        ("sub", with_wit(wit(sub=DROP)), "wit.sub_missing", "WIT-12.b", "no subject", None),
        (
            "typ",
            with_wit(jws(change(HEADER, typ="wpt+jwt"), {"sub": SUB}, keys.ISSUER)),
            "wit.typ_mismatch",
            "WIT-12.c",
            "another type",
            6,
        ),
        ("cnf", with_wit(wit(cnf=DROP)), "wit.cnf_missing", "WIT-12.e", "no key", 8),
        ("parts", with_wit("a.b"), "jose.parts", "WIT-12.a", "two parts", None),
        (
            "none",
            with_wit(jws(change(HEADER, alg="none"), {"sub": SUB}, keys.ISSUER, "ES256")),
            "jose.alg_none",
            "WIT-1",
            "alg none",
            1,
        ),
    ]:
        bad(name, inputs, code, rule, note + "; the signature is not valid either", attack)
    bad(
        "missing",
        line(edit(sign(), W, lambda _: DROP)),
        "wit.missing",
        "WIT-6",
        "a signature without a WIT",
        18,
    )
    bad(
        "duplicate",
        line(with_fields(sign(), (W, wit(jti="wit-2")))),
        "wit.duplicate",
        "WIT-6",
        "two WITs",
        12,
    )
    bad(
        "duplicate-same",
        line(with_fields(sign(), (W, WIT))),
        "wit.duplicate",
        "WIT-6",
        "the same WIT twice",
        12,
    )
    bad(
        "list",
        line(edit(sign(), W, lambda v: v + ", " + v)),
        "jose.character",
        "WIT-12.a",
        "two WITs in a list",
        12,
    )
    trust = {**TRUST, OTHER: jwks(pub(keys.OTHER_ISSUER, alg="ES256", kid=KID))}
    stranger = unsigned(wit=wit(key=keys.OTHER_ISSUER))
    bad(
        "other-domain",
        line(sign(stranger), trust=trust),
        "wit.signature_invalid",
        "WIT-12.d",
        "the issuer of another domain asserts a name here",
        19,
    )
    bad(
        "spiffe-alg",
        line(
            sign(
                unsigned(
                    wit=wit(
                        sub=SPIFFE + "/service/edge",
                        cnf={"jwk": pub(keys.WORKLOAD_ED, alg="EdDSA")},
                    )
                ),
                key=keys.WORKLOAD_ED,
                alg="EdDSA",
            ),
            trust={SPIFFE: TRUST[ORIGIN]},
            profile="spiffe",
        ),
        "wit.cnf_alg_not_allowed",
        "WSVID-1",
        "EdDSA in a WIT-SVID",
        8,
    )
    bad(
        "nothing",
        line(unsigned(headers=[])),
        "verify.no_credentials",
        "SIG-8",
        "neither WIT nor proof",
        18,
    )
    bad(
        "channel",
        line(change(sign(), scheme="http")),
        "verify.channel_unprotected",
        "WIT-10",
        "plain HTTP",
    )
    bad(
        "caller",
        line(callers=[ORIGIN + "/service/other"]),
        "verify.caller_not_allowed",
        "CRED-AZ",
        "authenticated, but not allowed",
    )
    bad(
        "caller-prefix",
        line(callers=[SUB[:-1]]),
        "verify.caller_not_allowed",
        "CRED-AZ",
        "no prefix",
        20,
    )


def add(book):
    _audience(book)
    _times(book)
    _content(book)
    _changed(book)
    _wit_first(book)
