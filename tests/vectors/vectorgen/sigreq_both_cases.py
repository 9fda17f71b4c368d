"""sigreq.jsonl: revision 06, two proofs in one request (NQ4), replay (SIG-9, RPL-1)."""

from . import keys
from .book import DROP, change
from .http_cases import auth
from .jose import token_hash
from .keys import pub
from .sigreq_cases import OP
from .sigreq_make import (
    AUDIENCE,
    COVERED,
    DERIVED_06,
    RESULT,
    SI,
    A,
    S,
    covered,
    edit,
    get,
    line,
    sign,
    unsigned,
    with_fields,
)
from .sigreq_more_cases import refuse
from .wit_cases import NOW, ORIGIN, SUB, wit
from .wpt_cases import TXN, wpt

BOTH = ["wpt", "http-signature"]


def _revision_06(book):
    bad = refuse(book, "06")
    old = {"revision": "http-signature-06"}
    good = sign(cover=covered(unsigned(), DERIVED_06))
    for name, cover in [
        ("method", ["@request-target"]),
        ("target", ["@method", "@path", "@query"]),
    ]:
        inputs = line(sign(cover=cover + COVERED[3:]), **old)
        bad("no-" + name, inputs, "httpsig.component_missing", "SIG-1", "not covered", 13)
    for name, target in [("query", "/v1/orders?x=2"), ("question-mark", "/v1/orders?x=1&")]:
        bad(
            name,
            line(change(good, target=target), **old),
            "httpsig.signature_invalid",
            "SIG-10",
            "the request target changed",
            14,
        )
    no_query = get(target="/v1/orders")
    signed = sign(no_query, covered(no_query, DERIVED_06))
    bad(
        "empty-query",
        line(change(signed, target="/v1/orders?"), **old),
        "httpsig.signature_invalid",
        "SIG-10",
        "@request-target tells an empty query from none",
        14,
    )
    book.good("sigreq-06-no-query", OP, line(signed, **old), RESULT, ["SIG-1"], "no query")
    bad(
        "by-07",
        line(good, revision="http-signature-07"),
        "httpsig.component_missing",
        "SIG-1",
        "a revision is never guessed",
        13,
    )


def both(proof=None, cover=None, **changes):
    """The request with a WPT, and a signature over it."""
    req = unsigned(auth(proof, **changes) if proof is None else (A, "WPT " + proof))
    return sign(req, cover)


def _both(book):
    bad = refuse(book, "both")

    def good(name, inputs, result, note, attack=None):
        book.good("sigreq-both-" + name, OP, inputs, result, ["NQ4", "SIG-1"], note, attack)

    two = {"subject": SUB, "binding": "both"}
    good("base", line(both(), accept=BOTH), two, "both proofs")
    good("default", line(both(), accept=DROP), two, "both are accepted by default")
    req = unsigned(("Txn-Token", TXN), auth(tth=token_hash(TXN)))
    good("txn", line(sign(req), accept=BOTH), two, "a Txn-Token that both cover", 26)
    wpt_only = unsigned(auth())
    good(
        "wpt-alone",
        line(wpt_only, accept=BOTH),
        {"subject": SUB, "binding": "wpt"},
        "one of two accepted",
    )
    good("signature-alone", line(accept=BOTH), RESULT, "the other of two accepted")
    bearer = sign(unsigned((A, "Bearer t1")))
    good("bearer", line(bearer, accept=BOTH), RESULT, "an access token beside a signature", 26)
    broken = edit(both(), S, lambda _: "wimse=:AAAA:")
    good(
        "wpt-only-accepted",
        line(broken, accept=["wpt"]),
        {"subject": SUB, "binding": "wpt"},
        "a signature is not looked at where it is not accepted",
    )
    old = wpt(exp=NOW - 600)
    good(
        "signature-only-accepted",
        line(both(old)),
        RESULT,
        "a WPT is not looked at where it is not accepted",
    )
    foreign = edit(both(), SI, lambda v: v.replace("wimse-workload-to-workload", "proxy"))
    good(
        "foreign",
        line(foreign, accept=BOTH),
        {"subject": SUB, "binding": "wpt"},
        "somebody else's signature",
    )

    for name, proof, code, rule, note, attack in [
        ("wpt-expired", {"exp": NOW - 60}, "expired", "WPT-5.7", "the WPT has expired", 17),
        (
            "wpt-aud",
            {"aud": AUDIENCE + "/v1/refunds"},
            "aud_mismatch",
            "WPT-5.6",
            "another audience",
            7,
        ),
        ("wpt-wth", {"wth": token_hash("x")}, "wth_mismatch", "WPT-5.8", "another WIT", 26),
        ("wpt-jti", {"jti": DROP}, "jti_missing", "WPT-5.9", "no identifier", 16),
    ]:
        bad(
            name,
            line(both(**proof), accept=BOTH),
            "wpt." + code,
            rule,
            note + ", the signature is good",
            attack,
        )
    forged = both(wpt(keys.ATTACKER))
    bad(
        "wpt-forged",
        line(forged, accept=BOTH),
        "wpt.signature_invalid",
        "WPT-5.4",
        "a forged WPT, the signature is good",
        18,
    )
    bad(
        "wpt-first",
        line(edit(forged, S, lambda _: "wimse=:AAAA:"), accept=BOTH),
        "wpt.signature_invalid",
        "WPT-5.4",
        "both are wrong: the WPT comes first",
    )
    bad(
        "signature",
        line(broken, accept=BOTH),
        "httpsig.signature_invalid",
        "SIG-10",
        "a wrong signature beside a good WPT",
        18,
    )
    bad(
        "signature-expired",
        line(sign(unsigned(auth()), created=NOW - 300, expires=NOW - 60), accept=BOTH),
        "httpsig.expired",
        "SIG-14",
        "an expired signature beside a good WPT",
        17,
    )
    cover = [c for c in covered(unsigned(auth())) if c != "authorization"]
    bad(
        "not-covered",
        line(both(cover=cover), accept=BOTH),
        "httpsig.component_missing",
        "SIG-1",
        "the signature does not cover the WPT",
        26,
    )
    bad(
        "wpt-added",
        line(with_fields(sign(), auth()), accept=BOTH),
        "httpsig.component_missing",
        "SIG-1",
        "a WPT added to a signed request",
        26,
    )
    bad(
        "wpt-swapped",
        line(edit(both(), A, lambda _: "WPT " + wpt(jti="another")), accept=BOTH),
        "httpsig.signature_invalid",
        "SIG-10",
        "another good WPT of the same sender",
        26,
    )
    bad(
        "txn-not-in-wpt",
        line(sign(unsigned(("Txn-Token", TXN), auth())), accept=BOTH),
        "wpt.tth_missing",
        "WPT-5.10",
        "a Txn-Token that only the signature covers",
        26,
    )
    bad("none", line(unsigned(), accept=BOTH), "wpt.missing", "WPT-5.1", "neither proof", 18)
    bad(
        "tag-twice",
        line(with_fields(both(), *sign(label="b")["headers"][3:]), accept=BOTH),
        "httpsig.duplicate",
        "SIG-8",
        "two signatures beside a good WPT",
        12,
    )


def _replay(book):
    def good(name, request, note, result=RESULT, attack=16, **members):
        inputs = line(request, replay=True, **members)
        book.good("sigreq-replay-" + name, OP, inputs, result, ["SIG-9", "RPL-1"], note, attack)

    def bad(name, request, code, rule, note, attack=16, **members):
        inputs = line(request, replay=True, **members)
        book.bad("sigreq-replay-" + name, OP, inputs, code, rule, note, attack, [rule, "RPL-1"])

    replayed = ("httpsig.replayed", "SIG-9")
    one = sign(nonce="one")
    good("first", one, "first use")
    bad("second", one, *replayed, "the same request again")
    bad("other-request", sign(get(), nonce="one"), *replayed, "the same nonce over another request")
    bad("other-label", sign(nonce="one", label="b"), *replayed, "under another label")
    bad("other-times", sign(nonce="one", expires=NOW + 200), *replayed, "signed again")
    malleable = sign(nonce="one", cover=COVERED[::-1])
    bad("other-signature", malleable, *replayed, "another signature with the same nonce", 10)
    good("other-nonce", sign(nonce="two"), "another nonce")
    good("nonce-case", sign(nonce="ONE"), "nonces have a case")
    token = wit(sub=ORIGIN + "/service/other", cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")})
    stranger = sign(unsigned(wit=token), key=keys.WORKLOAD_2, nonce="one")
    other = {"subject": ORIGIN + "/service/other", "binding": "http-signature"}
    good("other-sender", stranger, "the nonce of another sender burns nothing", other, 35)
    new = sign(unsigned(wit=wit(jti="wit-2")), nonce="one")
    bad("new-wit", new, *replayed, "a new WIT of the same key makes no new sender")
    bad(
        "refused",
        sign(nonce="three", key=keys.ATTACKER),
        "httpsig.signature_invalid",
        "SIG-10",
        "a forged request",
        35,
    )
    good(
        "refused-then-good", sign(nonce="three"), "what was refused has used nothing up", attack=35
    )
    four = sign(nonce="four")
    bad(
        "not-allowed",
        four,
        "verify.caller_not_allowed",
        "CRED-AZ",
        "not allowed",
        35,
        callers=[ORIGIN + "/x"],
    )
    good("not-allowed-then-allowed", four, "the refusal used nothing up", attack=35)
    late = {"now": NOW + 354}
    bad(
        "end",
        sign(nonce="two"),
        *replayed,
        "one second before it ends, leeway included",
        17,
        **late
    )
    bad("after-end", sign(nonce="two"), "httpsig.expired", "SIG-14", "ended", 17, now=NOW + 355)
    five = sign(unsigned(auth(jti="five")), nonce="five")
    two = {"subject": SUB, "binding": "both"}
    good("both-first", five, "nonce and jti are of different kinds", two, accept=BOTH)
    bad("both-second", five, *replayed, "both again", accept=BOTH)
    bad(
        "both-jti",
        sign(unsigned(auth(jti="five")), nonce="six"),
        "wpt.replayed",
        "WPT-5.9",
        "a new signature over a used WPT",
        accept=BOTH,
    )
    bad(
        "both-nonce",
        sign(unsigned(auth(jti="seven")), nonce="five"),
        *replayed,
        "a new WPT under a used nonce",
        accept=BOTH
    )


def add(book):
    _revision_06(book)
    _both(book)
    _replay(book)
