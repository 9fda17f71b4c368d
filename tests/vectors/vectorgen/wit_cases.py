"""wit.jsonl: Workload Identity Tokens (WIT-1 to WIT-13, TA-1 to TA-4, WSVID-1)."""

from . import keys
from .book import DROP, change
from .id_cases import sized
from .jose import b64u, compact, jws, thumbprint
from .jws_cases import (
    alg_names,
    bad_signatures,
    hmac_with_public_key,
    sized_token,
    structural_faults,
)
from .keys import pub

NOW = 1790000000
ORIGIN = "wimse://trust.example.com"
OTHER = "wimse://partner.example.net"
SPIFFE = "spiffe://trust.example.com"
SUB = ORIGIN + "/service/edge"
KID = "wit-2026-1"
HEADER = {"alg": "ES256", "kid": KID, "typ": "wit+jwt"}
CNF = pub(keys.WORKLOAD, alg="ES256")
CLAIMS = {"sub": SUB, "iat": NOW - 60, "exp": NOW + 3540, "jti": "wit-1", "cnf": {"jwk": CNF}}
ISSUER_JWK = pub(keys.ISSUER, alg="ES256", kid=KID, use="wit-svid")
SECOND_JWK = pub(keys.ISSUER_2, alg="ES256", kid="wit-2026-2", use="wit-svid")


def jwks(*entries, **members):
    return {"jwks": {"keys": list(entries)}, **members}


TRUST = {ORIGIN: jwks(ISSUER_JWK)}


def wit(header=None, key=keys.ISSUER, claims=None, **changes):
    """The good WIT with claims changed."""
    return jws(header or HEADER, change(claims or CLAIMS, **changes), key)


def wit_h(**changes):
    """The good WIT with header members changed; signed as before."""
    return jws(change(HEADER, **changes), CLAIMS, keys.ISSUER, "ES256")


def cnf(jwk):
    return wit(cnf={"jwk": jwk})


def line(token, trust=None, now=NOW, **members):
    return {"token": token, "trust": trust or TRUST, "now": now, **members}


def result(sub=SUB, exp=CLAIMS["exp"], kid=KID, jwk=None):
    jwk = jwk or CNF
    return {
        "sub": sub,
        "exp": exp,
        "kid": kid,
        "cnf_alg": jwk["alg"],
        "cnf_thumbprint": thumbprint(jwk),
    }


def _good_tokens(book):
    def good(name, inputs, expected, cites, note):
        book.good("wit-good-" + name, "wit.verify", inputs, expected, cites, note)

    good("base", line(wit()), result(), ["WIT-12", "TA-3"], "the base of what follows")
    good(
        "typ-application",
        line(wit_h(typ="application/wit+jwt")),
        result(),
        ["WIT-12.c"],
        "typ with its prefix (Q9)",
    )
    good(
        "typ-case",
        line(wit_h(typ="WIT+JWT")),
        result(),
        ["WIT-12.c"],
        "media types have no case (Q9)",
    )
    good(
        "unknown-claims",
        line(wit(**{"example.com/x": [1, {"y": None}], "azp": "z"})),
        result(),
        ["WIT-7", "WIT-12.f"],
        "unknown claims are ignored",
    )
    good(
        "unknown-header",
        line(wit_h(z=1)),
        result(),
        ["WIT-12.a"],
        "unknown header members are ignored",
    )
    good(
        "no-jti-no-iat",
        line(wit(jti=DROP, iat=DROP)),
        result(),
        ["WIT-2"],
        "optional claims absent",
    )
    good(
        "aud",
        line(wit(aud="https://orders.example.com")),
        result(),
        ["WIT-7"],
        "aud has no meaning in a WIT (Q8)",
    )
    good("iat-future", line(wit(iat=NOW + 7200)), result(), ["WIT-2"], "iat limits nothing")
    good(
        "kid-space",
        line(wit_h(kid="June 5"), {ORIGIN: jwks(change(ISSUER_JWK, kid="June 5"))}),
        result(kid="June 5"),
        ["TA-3"],
        "a kid may hold a space",
    )
    good(
        "kid-128",
        line(wit_h(kid="k" * 128), {ORIGIN: jwks(change(ISSUER_JWK, kid="k" * 128))}),
        result(kid="k" * 128),
        ["TA-3"],
        "longest kid",
    )
    good(
        "second-key",
        line(
            wit(change(HEADER, kid="wit-2026-2"), keys.ISSUER_2),
            {ORIGIN: jwks(ISSUER_JWK, SECOND_JWK)},
        ),
        result(kid="wit-2026-2"),
        ["TA-3"],
        "kid selects one of two keys",
    )
    good("no-kid", line(wit_h(kid=DROP)), {"sub": SUB}, ["TA-3"], "no kid, one key")
    good(
        "no-kid-one-of-alg",
        line(
            wit_h(kid=DROP),
            {ORIGIN: jwks(ISSUER_JWK, pub(keys.ISSUER_P384, alg="ES384", kid="p384"))},
        ),
        {"sub": SUB},
        ["TA-3"],
        "no kid, one key of this algorithm",
    )
    good(
        "jwk-no-use",
        line(wit(), {ORIGIN: jwks(change(ISSUER_JWK, use=DROP))}),
        result(),
        ["TA-3"],
        "use is absent from the configured key",
    )
    good(
        "jwk-no-alg",
        line(wit(), {ORIGIN: jwks(change(ISSUER_JWK, alg=DROP))}),
        result(),
        ["TA-3"],
        "alg is absent: the curve decides",
    )
    good(
        "two-domains",
        line(wit(), {OTHER: jwks(pub(keys.OTHER_ISSUER, alg="ES256", kid=KID)), **TRUST}),
        result(),
        ["TA-3"],
        "another domain has the same kid",
    )
    good(
        "spiffe-subject",
        line(wit(sub=SPIFFE + "/service/edge"), {SPIFFE: jwks(ISSUER_JWK)}),
        result(sub=SPIFFE + "/service/edge"),
        ["WIT-12.b"],
        "SPIFFE ID under the wimse profile",
    )
    long_sub = sized(2048, ORIGIN + "/")
    good("sub-2048", line(wit(sub=long_sub)), result(sub=long_sub), ["ID-3"], "longest identifier")
    token = sized_token(8192, lambda a, b: jws(dict(HEADER, z=b), dict(CLAIMS, pad=a), keys.ISSUER))
    good("size-8192", line(token), result(), ["WIT-12.a"], "longest token")


def _good_algorithms(book):
    def good(name, inputs, expected, note):
        book.good("wit-good-" + name, "wit.verify", inputs, expected, ["WIT-1", "WIT-3"], note)

    for alg, key in [
        ("ES384", keys.ISSUER_P384),
        ("ES512", keys.ISSUER_P521),
        ("EdDSA", keys.ISSUER_ED),
        ("Ed25519", keys.ISSUER_ED),
        ("RS256", keys.ISSUER_RSA),
        ("PS256", keys.ISSUER_RSA),
    ]:
        trust = {ORIGIN: jwks(pub(key, alg=alg, kid=KID))}
        good(
            "issuer-" + alg.lower(),
            line(wit(change(HEADER, alg=alg), key), trust),
            result(),
            "issuer with " + alg,
        )
    for alg in ("EdDSA", "Ed25519"):
        trust = {ORIGIN: jwks(pub(keys.ISSUER_ED, kid=KID))}
        good(
            f"issuer-{alg.lower()}-key-without-alg",
            line(wit(change(HEADER, alg=alg), keys.ISSUER_ED), trust),
            result(),
            "an Ed25519 key without alg accepts what the token says",
        )
    for alg, key in [
        ("ES384", keys.WORKLOAD_P384),
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
        ("RS256", keys.WORKLOAD_RSA),
        ("PS512", keys.WORKLOAD_RSA),
    ]:
        jwk = pub(key, alg=alg)
        good("cnf-" + alg.lower(), line(cnf(jwk)), result(jwk=jwk), "workload with " + alg)
    good(
        "cnf-use-sig",
        line(cnf(change(CNF, use="sig", kid="w", key_ops=["verify"]))),
        result(),
        "further members of the confirmed key",
    )
    good(
        "trust-algs",
        line(wit(), {ORIGIN: jwks(ISSUER_JWK, algs=["ES256"])}),
        result(),
        "the algorithm is on the trust domain's list",
    )


def _times(book):
    def good(name, inputs, exp, note):
        book.good("wit-time-" + name, "wit.verify", inputs, result(exp=exp), ["WIT-8"], note, 17)

    def bad(name, inputs, code, note):
        book.bad("wit-time-" + name, "wit.verify", inputs, code, "WIT-8", note, 17)

    good("exp-leeway", line(wit(exp=NOW - 59)), NOW - 59, "last second: now < exp + leeway")
    bad("exp-leeway-over", line(wit(exp=NOW - 60)), "wit.expired", "now = exp + leeway")
    good("exp-no-leeway", line(wit(exp=NOW + 1), leeway_s=0), NOW + 1, "last second without leeway")
    bad("exp-no-leeway-over", line(wit(exp=NOW), leeway_s=0), "wit.expired", "now = exp, no leeway")
    good("exp-leeway-120", line(wit(exp=NOW - 119), leeway_s=120), NOW - 119, "a larger leeway")
    bad("exp-120", line(wit(exp=NOW - 120)), "wit.expired", "clock 120 s ahead")
    bad("exp-past", line(wit(), now=CLAIMS["exp"] + 86400), "wit.expired", "a day late")
    bad("exp-zero", line(wit(exp=0)), "wit.expired", "the epoch")
    good("nbf-leeway", line(wit(nbf=NOW + 60)), CLAIMS["exp"], "first second: now + leeway = nbf")
    bad("nbf-leeway-over", line(wit(nbf=NOW + 61)), "wit.not_yet_valid", "now + leeway < nbf")
    good("nbf-no-leeway", line(wit(nbf=NOW), leeway_s=0), CLAIMS["exp"], "now = nbf, no leeway")
    bad(
        "nbf-no-leeway-over",
        line(wit(nbf=NOW + 1), leeway_s=0),
        "wit.not_yet_valid",
        "now < nbf, no leeway",
    )
    bad("nbf-120", line(wit(nbf=NOW + 120)), "wit.not_yet_valid", "clock 120 s behind")
    limit = {"max_wit_lifetime_s": 3600}
    good("lifetime-iat", line(wit(), **limit), CLAIMS["exp"], "exp - iat = limit")
    bad(
        "lifetime-iat-over",
        line(wit(exp=NOW + 3541), **limit),
        "wit.lifetime_too_long",
        "exp - iat one second over the limit",
    )
    good(
        "lifetime-nbf",
        line(wit(nbf=NOW, iat=NOW - 9000, exp=NOW + 3600), **limit),
        NOW + 3600,
        "nbf is the beginning where there is one",
    )
    bad(
        "lifetime-nbf-over",
        line(wit(nbf=NOW - 61), **limit),
        "wit.lifetime_too_long",
        "exp - nbf one second over the limit",
    )
    good(
        "lifetime-now",
        line(wit(iat=DROP, exp=NOW + 3600), **limit),
        NOW + 3600,
        "exp - now = limit where there is no beginning",
    )
    bad(
        "lifetime-now-over",
        line(wit(iat=DROP, exp=NOW + 3601), **limit),
        "wit.lifetime_too_long",
        "exp - now one second over the limit",
    )
    good(
        "lifetime-ahead",
        line(wit(iat=NOW + 60, exp=NOW + 3660), **limit),
        NOW + 3660,
        "exp - now = limit + leeway",
    )
    bad(
        "lifetime-ahead-over",
        line(wit(iat=NOW + 61, exp=NOW + 3661), **limit),
        "wit.lifetime_too_long",
        "a beginning in the future does not stretch the limit",
    )
    good("lifetime-none", line(wit(exp=NOW + 10**8)), NOW + 10**8, "no limit unless one is given")


def _claims(book):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("wit-" + name, "wit.verify", inputs, code, rule, note, attack)

    bad("sub-missing", line(wit(sub=DROP)), "wit.sub_missing", "WIT-12.b", "no subject")
    for name, value, note, attack in [
        ("number", 7, "subject is no string", None),
        ("array", [SUB], "two subjects at heart", None),
        ("empty", "", "empty subject", None),
        ("plain", "edge", "subject is no URI", None),
        ("https", "https://trust.example.com/service/edge", "unknown scheme", None),
        (
            "upper-case-scheme",
            "WIMSE://trust.example.com/service/edge",
            "scheme in upper case",
            None,
        ),
        (
            "upper-case-domain",
            "wimse://Trust.example.com/service/edge",
            "domain in upper case",
            None,
        ),
        ("percent", ORIGIN + "/service/%65dge", "percent-encoded letter", 23),
        ("dot-dot", ORIGIN + "/service/x/../edge", "path traversal", 23),
        ("double-slash", ORIGIN + "/service//edge", "empty segment", 23),
        ("trailing-slash", SUB + "/", "slash at the end", None),
        ("no-path", ORIGIN, "no path", None),
        ("query", SUB + "?a=b", "query", None),
        ("fragment", SUB + "#a", "fragment", None),
        ("port", "wimse://trust.example.com:443/service/edge", "port", None),
        (
            "userinfo",
            "wimse://trust.example.com@evil.example/service/edge",
            "the trusted name is only user information",
            19,
        ),
        ("domain-dot", "wimse://trust.example.com./service/edge", "domain ends with a dot", None),
        ("non-ascii", SUB + "\u00e9", "letter outside ASCII", 22),
        ("delete", SUB + "\x7f", "DEL", 22),
        ("nul", SUB + "\0", "NUL at the end", 22),
        ("nul-inside", SUB + "\0/admin", "NUL inside", 22),
        ("space-end", SUB + " ", "space at the end", 22),
        ("2049", sized(2049, ORIGIN + "/"), "one octet too long", None),
        ("spiffe-tilde", SPIFFE + "/edge~1", "tilde is not legal in SPIFFE", None),
    ]:
        bad("sub-" + name, line(wit(sub=value)), "wit.sub_invalid", "WIT-12.b", note, attack)
    for name, value, note in [
        ("unknown", "wimse://evil.example/service/edge", "a domain that nobody configured"),
        ("subdomain", "wimse://a.trust.example.com/service/edge", "a subdomain is another domain"),
        ("parent", "wimse://example.com/service/edge", "the parent is another domain"),
        ("scheme", SPIFFE + "/service/edge", "the same name under another scheme"),
    ]:
        bad("domain-" + name, line(wit(sub=value)), "trust.domain_unknown", "WIT-12.b", note, 19)
    bad(
        "domain-scheme-2",
        line(wit(), {SPIFFE: jwks(ISSUER_JWK)}),
        "trust.domain_unknown",
        "WIT-12.b",
        "an issuer of spiffe:// says nothing of wimse:// [TA-4]",
        19,
    )
    for name, value in [
        ("absent", DROP),
        ("jwt", "JWT"),
        ("jose", "JOSE"),
        ("wpt", "wpt+jwt"),
        ("access-token", "at+jwt"),
        ("transaction", "txntoken+jwt"),
        ("draft-2024", "wimse-id+jwt"),
        ("other-top-level", "text/wit+jwt"),
        ("application-jwt", "application/jwt"),
        ("space", "wit+jwt "),
        ("nul", "wit+jwt\0"),
        ("empty", ""),
    ]:
        bad(
            "typ-" + name,
            line(wit_h(typ=value)),
            "wit.typ_mismatch",
            "WIT-12.c",
            "typ is not that of a WIT",
            6,
        )
    bad("exp-missing", line(wit(exp=DROP)), "wit.exp_missing", "WIT-2", "no expiry", 33)
    for name, value, attack in [
        ("exp-string", str(NOW + 3540), None),
        ("exp-fraction", NOW + 0.5, None),
        ("exp-negative", -1, None),
        ("exp-null", None, 33),
        ("exp-huge", 10**30, 5),
        ("exp-beyond-year-9999", 253402300800, 5),
        ("exp-array", [NOW + 3540], None),
    ]:
        bad(
            name,
            line(wit(exp=value)),
            "jwt.claim_type",
            "WIT-2",
            "exp is no time in whole seconds",
            attack,
        )
    exponent = compact(CLAIMS).replace(str(CLAIMS["exp"]).encode(), b"1.8e9")
    bad(
        "exp-exponent",
        line(jws(HEADER, exponent, keys.ISSUER)),
        "jwt.claim_type",
        "WIT-2",
        "exp written with an exponent",
    )
    bad("nbf-string", line(wit(nbf=str(NOW))), "jwt.claim_type", "WIT-2", "nbf is no time")
    bad("iat-string", line(wit(iat=str(NOW))), "jwt.claim_type", "WIT-2", "iat is no time")


def _issuer(book):
    iss = "https://issuer.trust.example.com"
    listed = {ORIGIN: jwks(ISSUER_JWK, issuers=["https://other.example", iss])}
    for name, inputs, note in [
        ("listed", line(wit(iss=iss), listed), "iss is on the list"),
        ("absent", line(wit(), listed), "no iss, although there is a list"),
        ("unlisted-no-list", line(wit(iss="https://any.example")), "no list, so iss is not judged"),
        ("expected", line(wit(iss=iss), expected_issuer=iss), "the expected issuer"),
    ]:
        book.good("wit-iss-" + name, "wit.verify", inputs, {"sub": SUB}, ["TA-2"], note)
    for name, inputs, note in [
        ("unlisted", line(wit(iss="https://evil.example"), listed), "iss is not on the list"),
        ("trailing-slash", line(wit(iss=iss + "/"), listed), "compared byte for byte"),
        (
            "unexpected",
            line(wit(iss="https://evil.example"), expected_issuer=iss),
            "not the expected issuer",
        ),
        ("expected-absent", line(wit(), expected_issuer=iss), "no iss, although one is expected"),
    ]:
        book.bad("wit-iss-" + name, "wit.verify", inputs, "trust.issuer", "TA-2", note, 19)
    book.bad(
        "wit-iss-number",
        "wit.verify",
        line(wit(iss=7), listed),
        "jwt.claim_type",
        "TA-2",
        "iss is no string",
    )


def _keys(book):
    def bad(name, inputs, code, note, attack=None, rule="WIT-12.d"):
        book.bad("wit-" + name, "wit.verify", inputs, code, rule, note, attack)

    for name, alg, code, attack, note in alg_names():
        bad("alg-" + name, line(wit_h(alg=alg)), code, note, attack, "WIT-1")
    bad(
        "alg-hs256",
        line(hmac_with_public_key(dict(HEADER, alg="HS256"), CLAIMS, ISSUER_JWK)),
        "jose.alg_unknown",
        "HMAC keyed with the issuer's public key",
        2,
        "WIT-1",
    )
    bad(
        "alg-not-listed",
        line(wit(), {ORIGIN: jwks(ISSUER_JWK, algs=["ES384", "RS256"])}),
        "jose.alg_not_allowed",
        "not on the trust domain's list",
    )
    for name, kid, note in [
        ("path", "../../../../dev/null", "a path"),
        ("sql", "x' UNION SELECT 'k'--", "a query"),
        ("url", "https://evil.example/key", "an address"),
        ("prefix", KID[:-1], "a prefix of the kid"),
        ("case", KID.upper(), "the kid in another case"),
    ]:
        bad("kid-" + name, line(wit_h(kid=kid)), "trust.kid_unknown", note, 3)
    both = {
        ORIGIN: jwks(ISSUER_JWK),
        OTHER: jwks(pub(keys.OTHER_ISSUER, alg="ES256", kid="partner-1")),
    }
    bad(
        "kid-of-other-domain",
        line(wit(change(HEADER, kid="partner-1"), keys.OTHER_ISSUER), both),
        "trust.kid_unknown",
        "a key of another trust domain",
        19,
    )
    bad(
        "no-kid-two-keys",
        line(wit_h(kid=DROP), {ORIGIN: jwks(ISSUER_JWK, SECOND_JWK)}),
        "trust.kid_ambiguous",
        "no kid, two keys of this algorithm",
    )
    bad(
        "no-keys",
        line(wit(), {ORIGIN: jwks()}),
        "trust.no_keys",
        "an empty key set revokes everything",
    )
    for use in ("jwt-svid", "sig", "enc", "wimse-x509"):
        bad(
            "no-keys-" + use,
            line(wit(), {ORIGIN: jwks(change(ISSUER_JWK, use=use))}),
            "trust.no_keys",
            "the only key is not for WITs",
            6,
        )
    ed = {ORIGIN: jwks(pub(keys.ISSUER_ED, alg="Ed25519", kid=KID))}
    bad(
        "alg-of-key-name",
        line(wit(change(HEADER, alg="EdDSA"), keys.ISSUER_ED), ed),
        "jose.alg_key_mismatch",
        "EdDSA is not Ed25519",
        8,
    )
    rsa = {ORIGIN: jwks(pub(keys.ISSUER_RSA, alg="RS256", kid=KID))}
    bad(
        "alg-of-key-rsa",
        line(wit(change(HEADER, alg="PS256"), keys.ISSUER_RSA), rsa),
        "jose.alg_key_mismatch",
        "one key, one algorithm",
        8,
    )
    bad(
        "alg-of-key-curve",
        line(wit(change(HEADER, alg="ES384"), keys.ISSUER_P384)),
        "jose.alg_key_mismatch",
        "the kid's key is of another curve",
        8,
    )
    good = wit()
    for name, token, _, attack, note in bad_signatures(good):
        bad("signature-" + name, line(token), "wit.signature_invalid", note, attack)
    bad(
        "signature-attacker",
        line(wit(key=keys.ATTACKER)),
        "wit.signature_invalid",
        "signed by nobody's key",
    )
    bad(
        "signature-other-domain",
        line(
            wit(key=keys.OTHER_ISSUER),
            {ORIGIN: jwks(ISSUER_JWK), OTHER: jwks(pub(keys.OTHER_ISSUER, alg="ES256", kid=KID))},
        ),
        "wit.signature_invalid",
        "the issuer of another domain asserts a name here",
        19,
    )
    bad(
        "signature-self",
        line(wit(key=keys.WORKLOAD)),
        "wit.signature_invalid",
        "signed with its own confirmed key",
    )
    h, _, s = good.split(".")
    forged = wit(sub=ORIGIN + "/service/admin").split(".")[1]
    bad(
        "payload-swapped",
        line(".".join([h, forged, s])),
        "wit.signature_invalid",
        "the subject was changed",
    )
    bad(
        "header-swapped",
        line(".".join([b64u(compact(dict(HEADER, z=1))), good.split(".")[1], s])),
        "wit.signature_invalid",
        "the header was changed",
    )


def add(book):
    _good_tokens(book)
    _good_algorithms(book)
    for name, token, code, attack, note in structural_faults(HEADER, CLAIMS, keys.ISSUER):
        book.bad("wit-" + name, "wit.verify", line(token), code, "WIT-12.a", note, attack)
    second_sub = compact(CLAIMS)[:-1] + b',"sub":"' + SUB.encode() + b'"}'
    book.bad(
        "wit-sub-twice",
        "wit.verify",
        line(jws(HEADER, second_sub, keys.ISSUER)),
        "json.duplicate_name",
        "WIT-12.a",
        "sub twice",
        5,
        ["WIT-4", "WIT-12.a"],
    )
    _claims(book)
    _keys(book)
    _times(book)
    _issuer(book)
