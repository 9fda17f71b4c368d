"""wpt.jsonl: Workload Proof Tokens (WPT-1 to WPT-12) and replay (RPL-1)."""

from . import keys
from .book import DROP, change
from .jose import b64u, jws, sha256, token_hash
from .jws_cases import (
    alg_names,
    bad_signatures,
    hmac_with_public_key,
    sized_token,
    structural_faults,
)
from .keys import pub
from .wit_cases import CNF, ISSUER_JWK, NOW, ORIGIN, SPIFFE, TRUST, jwks, wit

AUD = "https://orders.example.com/v1/orders"
AUDIENCES = [AUD]
HEADER = {"alg": "ES256", "typ": "wpt+jwt"}
WIT = wit()
TXN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl"
ACCESS = "16_mAd0GiwaZokU26_0902100"
USER = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"


def claims(**changes):
    base = {"aud": AUD, "exp": NOW + 60, "jti": "r5iXwYtY9qXJm1pQ0aZ5Kw", "wth": token_hash(WIT)}
    return change(base, **changes)


def wpt(key=keys.WORKLOAD, header=None, **changes):
    return jws(header or HEADER, claims(**changes), key)


def wpt_h(**changes):
    return jws(change(HEADER, **changes), claims(), keys.WORKLOAD, "ES256")


def line(proof, **members):
    base = {"wit": WIT, "wpt": proof, "trust": TRUST, "now": NOW, "audiences": AUDIENCES}
    base.update(members)
    return base


def _good(book):
    def good(name, inputs, cites, note, attack=None):
        book.good("wpt-good-" + name, "wpt.verify", inputs, None, cites, note, attack)

    good("base", line(wpt()), ["WPT-5.0", "WPT-5.4"], "the base of what follows")
    for alg, key in [
        ("ES384", keys.WORKLOAD_P384),
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
        ("RS256", keys.WORKLOAD_RSA),
        ("PS256", keys.WORKLOAD_RSA),
    ]:
        token = wit(cnf={"jwk": pub(key, alg=alg)})
        good(
            alg.lower(),
            line(wpt(key, dict(HEADER, alg=alg), wth=token_hash(token)), wit=token),
            ["WPT-1"],
            "workload with " + alg,
        )
    good(
        "typ-application",
        line(wpt_h(typ="application/wpt+jwt")),
        ["WPT-5.5"],
        "typ with its prefix (Q9)",
    )
    good("typ-case", line(wpt_h(typ="WPT+JWT")), ["WPT-5.5"], "media types have no case (Q9)")
    good(
        "kid-ignored",
        line(wpt_h(kid="anything")),
        ["WPT-5.2"],
        "the key is that of cnf, never of kid",
    )
    good(
        "unknown-claims", line(wpt(**{"example.com/x": 1})), ["WPT-9"], "unknown claims are ignored"
    )
    good("aud-array", line(wpt(aud=[AUD])), ["WPT-9"], "aud as an array of one")
    good(
        "aud-query",
        line(wpt(aud=AUD + "?x=1#y")),
        ["WPT-5.6"],
        "query and fragment of aud are ignored",
    )
    good(
        "audience-query",
        line(wpt(), audiences=[AUD + "?x=1"]),
        ["WPT-5.6"],
        "the query of the audience is ignored",
    )
    good(
        "aud-second",
        line(wpt(), audiences=["https://alias.example/v1", AUD]),
        ["WPT-5.6"],
        "one of several audiences",
    )
    good(
        "aud-alias",
        line(wpt(aud="orders-queue"), audiences=["orders-queue"]),
        ["WPT-2", "WPT-5.6"],
        "a deployment's own value",
    )
    good(
        "aud-empty-path",
        line(wpt(aud="https://orders.example.com"), audiences=["https://orders.example.com/"]),
        ["WPT-5.6"],
        "an empty path is the path /",
    )
    good(
        "audience-empty-path",
        line(wpt(aud="https://orders.example.com/"), audiences=["https://orders.example.com"]),
        ["WPT-5.6"],
        "an empty path is the path /",
    )
    good("exp-leeway", line(wpt(exp=NOW - 59)), ["WPT-5.7"], "last second: now < exp + leeway", 17)
    good(
        "exp-no-leeway",
        line(wpt(exp=NOW + 1), leeway_s=0),
        ["WPT-5.7"],
        "last second without leeway",
        17,
    )
    good("exp-ahead", line(wpt(exp=NOW + 360)), ["WPT-5.7"], "300 s and the leeway ahead", 17)
    good(
        "exp-ahead-set",
        line(wpt(exp=NOW + 90), max_proof_ahead_s=30),
        ["WPT-5.7"],
        "30 s and the leeway ahead",
        17,
    )
    good(
        "exp-ahead-no-leeway",
        line(wpt(exp=NOW + 300), leeway_s=0),
        ["WPT-5.7"],
        "300 s ahead, no leeway",
    )
    good("jti-256", line(wpt(jti="j" * 256)), ["WPT-5.9"], "longest jti")
    good("jti-8", line(wpt(jti="abcd1111")), ["WPT-5.9"], "short jti, as printed examples have it")
    good("txn", line(wpt(tth=token_hash(TXN)), txn_token=TXN), ["WPT-5.10"], "Txn-Token covered")
    good(
        "oth",
        line(wpt(oth={"x-user-token": token_hash(USER)}), other_tokens={"x-user-token": USER}),
        ["WPT-5.11", "WPT-5.12"],
        "context token covered",
    )
    good(
        "oth-two",
        line(
            wpt(oth={"x-user-token": token_hash(USER), "x-tenant": token_hash("t1")}),
            other_tokens={"x-tenant": "t1", "x-user-token": USER},
        ),
        ["WPT-5.12"],
        "two context tokens covered",
    )
    good(
        "oth-spaces",
        line(
            wpt(oth={"x-user-token": token_hash(USER)}),
            other_tokens={"x-user-token": "  " + USER + " "},
        ),
        ["WPT-3"],
        "outer spaces of the field value do not count",
    )
    good(
        "oth-inner-spaces",
        line(wpt(oth={"x-user-token": token_hash("a  b")}), other_tokens={"x-user-token": "a  b"}),
        ["WPT-3"],
        "inner spaces of the field value count",
    )
    good("ath-ignored", line(wpt(ath="AAAA")), ["WPT-3"], "ath is an unknown claim in revision 02")
    good(
        "size-8192",
        line(sized_token(8192, lambda a, b: jws(dict(HEADER, z=b), claims(pad=a), keys.WORKLOAD))),
        ["WPT-5.2"],
        "longest token",
    )
    spiffe_wit = wit(sub=SPIFFE + "/service/edge")
    good(
        "spiffe",
        line(wpt(wth=token_hash(spiffe_wit)), wit=spiffe_wit, trust={SPIFFE: jwks(ISSUER_JWK)}),
        ["WPT-5.0"],
        "SPIFFE ID as the subject",
    )


def _wit_first(book):
    for name, token, code, rule, attack, note in [
        ("expired", wit(exp=NOW - 60), "wit.expired", "WIT-8", None, "the WIT has expired"),
        (
            "signature",
            wit(key=keys.ATTACKER),
            "wit.signature_invalid",
            "WIT-12.d",
            None,
            "the WIT is signed by nobody",
        ),
        (
            "domain",
            wit(sub="wimse://evil.example/edge"),
            "trust.domain_unknown",
            "WIT-12.b",
            19,
            "the WIT is of an unknown domain",
        ),
        ("typ", wpt(), "wit.sub_missing", "WIT-12.b", 6, "a WPT in place of the WIT"),
        ("cnf", wit(cnf=DROP), "wit.cnf_missing", "WIT-12.e", 18, "the WIT confirms no key"),
        ("parts", "abc", "jose.parts", "WIT-12.a", None, "the WIT is no JWT"),
    ]:
        book.bad(
            "wpt-wit-" + name,
            "wpt.verify",
            line(wpt(wth=token_hash(token)), wit=token),
            code,
            rule,
            note,
            attack,
            ["WPT-5.0", rule],
        )


def _algorithms_and_signature(book):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("wpt-" + name, "wpt.verify", inputs, code, rule, note, attack)

    for name, alg, _, attack, note in alg_names():
        bad("alg-" + name, line(wpt_h(alg=alg)), "wpt.alg_mismatch", "WPT-5.3", note, attack or 8)
    bad(
        "alg-hs256",
        line(hmac_with_public_key(dict(HEADER, alg="HS256"), claims(), CNF)),
        "wpt.alg_mismatch",
        "WPT-5.3",
        "HMAC keyed with the confirmed public key",
        2,
    )
    bad(
        "alg-es384",
        line(jws(dict(HEADER, alg="ES384"), claims(), keys.WORKLOAD_P384)),
        "wpt.alg_mismatch",
        "WPT-5.3",
        "another algorithm than cnf.jwk.alg",
        8,
    )
    for cnf_alg, alg in [("EdDSA", "Ed25519"), ("Ed25519", "EdDSA")]:
        token = wit(cnf={"jwk": pub(keys.WORKLOAD_ED, alg=cnf_alg)})
        bad(
            f"alg-{alg.lower()}-for-{cnf_alg.lower()}",
            line(wpt(keys.WORKLOAD_ED, dict(HEADER, alg=alg), wth=token_hash(token)), wit=token),
            "wpt.alg_mismatch",
            "WPT-5.3",
            "two names of one signature are not string-equal",
            8,
        )
    good = wpt()
    for name, token, _, attack, note in bad_signatures(good):
        bad("signature-" + name, line(token), "wpt.signature_invalid", "WPT-5.4", note, attack)
    bad(
        "stolen-wit",
        line(wpt(keys.ATTACKER)),
        "wpt.signature_invalid",
        "WPT-5.4",
        "a stolen WIT with the thief's own key",
        18,
    )
    bad(
        "issuer-signed",
        line(wpt(keys.ISSUER)),
        "wpt.signature_invalid",
        "WPT-5.4",
        "signed with the issuer's key",
    )
    bad(
        "wit-as-wpt",
        line(WIT),
        "wpt.signature_invalid",
        "WPT-5.4",
        "the WIT in place of the proof",
        6,
    )
    h, _, s = good.split(".")
    bad(
        "payload-swapped",
        line(".".join([h, wpt(aud=AUD + "/1").split(".")[1], s]), audiences=[AUD + "/1"]),
        "wpt.signature_invalid",
        "WPT-5.4",
        "the audience was changed after signing",
        7,
    )
    for name, value in [
        ("absent", DROP),
        ("jwt", "JWT"),
        ("wit", "wit+jwt"),
        ("dpop", "dpop+jwt"),
        ("draft-2024", "wimse-proof+jwt"),
        ("transaction", "txntoken+jwt"),
        ("other-top-level", "text/wpt+jwt"),
        ("space", " wpt+jwt"),
        ("nul", "wpt+jwt\0"),
    ]:
        bad(
            "typ-" + name,
            line(wpt_h(typ=value)),
            "wpt.typ_mismatch",
            "WPT-5.5",
            "typ is not that of a WPT",
            6,
        )


def _audience(book):
    book.bad(
        "wpt-aud-missing",
        "wpt.verify",
        line(wpt(aud=DROP)),
        "wpt.aud_missing",
        "WPT-5.6",
        "no audience",
        7,
    )
    for name, aud, note in [
        ("number", 7, "aud is no string"),
        ("object", {"a": AUD}, "aud is an object"),
        ("array-empty", [], "no element"),
        ("array-two", [AUD, "https://other.example/"], "meant for two recipients"),
        ("array-same-twice", [AUD, AUD], "two elements"),
        ("array-number", [7], "element is no string"),
        ("empty", "", "empty"),
        ("other-host", "https://billing.example.com/v1/orders", "another recipient"),
        ("other-path", "https://orders.example.com/v1/refunds", "another path"),
        ("longer-path", AUD + "/7", "a path below"),
        ("shorter-path", "https://orders.example.com/v1", "a path above"),
        ("http", "http://orders.example.com/v1/orders", "another scheme"),
        ("trailing-slash", AUD + "/", "slash at the end"),
        ("host-case", "https://Orders.example.com/v1/orders", "nothing is normalised"),
        ("path-case", "https://orders.example.com/v1/Orders", "nothing is normalised"),
        ("percent", "https://orders.example.com/v1/%6frders", "nothing is decoded"),
        ("dot-segment", "https://orders.example.com/v1/x/../orders", "nothing is normalised"),
        ("default-port", "https://orders.example.com:443/v1/orders", "nothing is normalised"),
        ("userinfo", "https://orders.example.com@evil.example/v1/orders", "another authority"),
        (
            "suffix",
            "https://evil.example/?https://orders.example.com/v1/orders",
            "the right value behind a question mark",
        ),
        ("space", AUD + " ", "space at the end"),
        ("nul", AUD + "\0", "NUL at the end"),
        ("issuer", ORIGIN, "the trust domain"),
    ]:
        book.bad(
            "wpt-aud-" + name,
            "wpt.verify",
            line(wpt(aud=aud)),
            "wpt.aud_mismatch",
            "WPT-5.6",
            note,
            7,
        )


def _time_hash_jti(book):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("wpt-" + name, "wpt.verify", inputs, code, rule, note, attack)

    bad("exp-missing", line(wpt(exp=DROP)), "wpt.exp_missing", "WPT-5.7", "no expiry", 33)
    for name, value, attack in [
        ("string", str(NOW + 60), None),
        ("fraction", NOW + 60.5, None),
        ("negative", -60, None),
        ("null", None, 33),
        ("huge", 10**30, 5),
    ]:
        bad(
            "exp-" + name,
            line(wpt(exp=value)),
            "jwt.claim_type",
            "WPT-5.7",
            "exp is no time in whole seconds",
            attack,
        )
    for name, inputs, code, note in [
        ("leeway-over", line(wpt(exp=NOW - 60)), "wpt.expired", "now = exp + leeway"),
        ("no-leeway-over", line(wpt(exp=NOW), leeway_s=0), "wpt.expired", "now = exp, no leeway"),
        ("120", line(wpt(exp=NOW - 120)), "wpt.expired", "clock 120 s ahead"),
        (
            "ahead-over",
            line(wpt(exp=NOW + 361)),
            "wpt.lifetime_too_long",
            "one second more than 300 s and the leeway ahead",
        ),
        (
            "ahead-set-over",
            line(wpt(exp=NOW + 91), max_proof_ahead_s=30),
            "wpt.lifetime_too_long",
            "one second more than 30 s and the leeway ahead",
        ),
        (
            "ahead-no-leeway-over",
            line(wpt(exp=NOW + 301), leeway_s=0),
            "wpt.lifetime_too_long",
            "301 s ahead, no leeway",
        ),
        ("ahead-hour", line(wpt(exp=NOW + 3600)), "wpt.lifetime_too_long", "an hour ahead"),
    ]:
        bad("exp-" + name, inputs, code, "WPT-5.7", note, 17)
    bad("wth-missing", line(wpt(wth=DROP)), "wpt.wth_missing", "WPT-5.8", "bound to no WIT", 26)
    digest = sha256(WIT)
    newer = wit(jti="wit-2")
    for name, inputs, note in [
        ("other-wit", line(wpt(), wit=newer), "the proof was made for another WIT of this key"),
        ("hex", line(wpt(wth=digest.hex())), "hexadecimal"),
        ("padded", line(wpt(wth=b64u(digest) + "=")), "base64url with padding"),
        ("empty", line(wpt(wth="")), "empty"),
        ("truncated", line(wpt(wth=b64u(digest[:16]))), "half of the hash"),
        ("double", line(wpt(wth=token_hash(digest))), "the hash of the hash"),
        (
            "signing-input",
            line(wpt(wth=token_hash(WIT.rpartition(".")[0]))),
            "the hash of the WIT without its signature",
        ),
    ]:
        bad("wth-" + name, inputs, "wpt.wth_mismatch", "WPT-5.8", note, 26)
    bad("wth-number", line(wpt(wth=7)), "jwt.claim_type", "WPT-5.8", "wth is no string", 26)
    bad("jti-missing", line(wpt(jti=DROP)), "wpt.jti_missing", "WPT-5.9", "no identifier", 16)
    for name, value, note in [
        ("empty", "", "empty"),
        ("257", "j" * 257, "one byte too long"),
        ("number", 7, "no string"),
    ]:
        bad("jti-" + name, line(wpt(jti=value)), "wpt.jti_invalid", "WPT-5.9", note, 16)


def add(book):
    _good(book)
    _wit_first(book)
    for name, token, code, attack, note in structural_faults(HEADER, claims(), keys.WORKLOAD):
        book.bad("wpt-" + name, "wpt.verify", line(token), code, "WPT-5.2", note, attack)
    _algorithms_and_signature(book)
    _audience(book)
    _time_hash_jti(book)
