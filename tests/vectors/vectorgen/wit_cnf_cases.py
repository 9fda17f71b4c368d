"""wit.jsonl, second part: the confirmed key (WIT-3, WIT-11, WIT-12.e) and the spiffe profile
(WSVID-1), which also shows bundles in their own formats."""

from . import keys
from .book import DROP, change
from .jose import b64u, jws, thumbprint
from .keys import pub
from .wit_cases import (
    CLAIMS,
    CNF,
    HEADER,
    ISSUER_JWK,
    KID,
    NOW,
    ORIGIN,
    SECOND_JWK,
    SPIFFE,
    SUB,
    cnf,
    jwks,
    line,
    result,
    wit,
)


def _confirmation(book):
    def bad(name, inputs, code, rule, note, attack=8):
        book.bad("wit-cnf-" + name, "wit.verify", inputs, code, rule, note, attack)

    for name, value, note in [
        ("missing", DROP, "no cnf"),
        ("string", "key", "cnf is no object"),
        ("empty", {}, "cnf without a key"),
        ("jkt", {"jkt": thumbprint(CNF)}, "only a thumbprint"),
        ("kid", {"kid": "k"}, "only a key id"),
        ("x5t", {"x5t#S256": thumbprint(CNF)}, "only a certificate hash"),
        ("jwk-string", {"jwk": "key"}, "jwk is no object"),
    ]:
        bad(name, line(wit(cnf=value)), "wit.cnf_missing", "WIT-12.e", note, 18)
    bad(
        "alg-missing", line(cnf(change(CNF, alg=DROP))), "wit.cnf_alg_missing", "WIT-12.e", "no alg"
    )
    for alg, attack in [
        ("none", 1),
        ("HS256", 2),
        ("A128KW", 8),
        ("ECDH-ES", 8),
        ("RSA-OAEP-256", 8),
        ("ES256K", 8),
        ("es256", 8),
    ]:
        bad(
            "alg-" + (alg.lower() if alg != "es256" else "lower-case"),
            line(cnf(change(CNF, alg=alg))),
            "wit.cnf_alg_forbidden",
            "WIT-3",
            "alg is no signature algorithm known here",
            attack,
        )
    rsa = pub(keys.WORKLOAD_RSA, alg="RS256")
    for name, jwk, note in [
        ("alg-es384", change(CNF, alg="ES384"), "another curve's algorithm"),
        ("alg-eddsa", change(CNF, alg="EdDSA"), "another key type's algorithm"),
        ("off-curve", change(CNF, y=keys.WORKLOAD_2["y"]), "the point is not on the curve"),
        ("oct", {"kty": "oct", "k": b64u(bytes(32)), "alg": "ES256"}, "symmetric key"),
        ("crv", change(CNF, crv="secp256k1"), "unsupported curve"),
        ("x-missing", change(CNF, x=DROP), "no x"),
        ("x-short", change(CNF, x=CNF["x"][:-2]), "x too short"),
        ("kty-missing", change(CNF, kty=DROP), "no kty"),
        ("use-enc", change(CNF, use="enc"), "a key for encryption"),
        ("key-ops-sign", change(CNF, key_ops=["sign"]), "not meant for verifying"),
        ("rsa-1024", change(rsa, n=keys.RSA_1024_N), "modulus of 1024 bits"),
        (
            "ed-small-order",
            {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": b64u(b"\x01" + bytes(31))},
            "the neutral element",
        ),
    ]:
        bad(name, line(cnf(jwk)), "wit.cnf_key_invalid", "WIT-12.e", note)
    for name, jwk in [
        ("ec", dict(keys.WORKLOAD, alg="ES256")),
        ("ed", dict(keys.WORKLOAD_ED, alg="Ed25519")),
        ("rsa", dict(keys.WORKLOAD_RSA, alg="RS256")),
    ]:
        bad(
            "private-" + name,
            line(cnf(jwk)),
            "wit.cnf_private",
            "WIT-11",
            "the private key is published",
        )
    bad(
        "issuer-key",
        line(cnf(pub(keys.ISSUER, alg="ES256"))),
        "wit.cnf_issuer_key",
        "WIT-11",
        "the key that signs this WIT",
    )
    bad(
        "issuer-key-2",
        line(cnf(pub(keys.ISSUER_2, alg="ES256")), {ORIGIN: jwks(ISSUER_JWK, SECOND_JWK)}),
        "wit.cnf_issuer_key",
        "WIT-11",
        "another key that signs WITs",
    )


def _spiffe(book):
    sub = SPIFFE + "/service/edge"
    claims = change(CLAIMS, sub=sub)
    trust = {
        SPIFFE: {"bundle_format": "spiffe", "jwks": {"keys": [ISSUER_JWK], "spiffe_sequence": 4}}
    }

    def spiffe(header=None, profile_trust=None, **changes):
        token = jws(header or HEADER, change(claims, **changes), keys.ISSUER, "ES256")
        return line(token, profile_trust or trust, profile="spiffe")

    book.good(
        "wit-spiffe-base",
        "wit.verify",
        spiffe(),
        result(sub=sub),
        ["WSVID-1"],
        "the base of the spiffe profile",
    )
    book.good(
        "wit-spiffe-optional",
        "wit.verify",
        spiffe(jti=DROP, iat=DROP, nbf=NOW - 5),
        result(sub=sub),
        ["WSVID-1"],
        "jti and iat absent, nbf present",
    )
    raw = {SPIFFE: jwks(ISSUER_JWK)}
    both = {SPIFFE: jwks(ISSUER_JWK), ORIGIN: jwks(ISSUER_JWK)}
    eddsa = line(
        jws(dict(HEADER, alg="EdDSA"), claims, keys.ISSUER_ED),
        {SPIFFE: jwks(pub(keys.ISSUER_ED, alg="EdDSA", kid=KID))},
        profile="spiffe",
    )
    for name, inputs, code, rule, note in [
        ("kid-missing", spiffe(change(HEADER, kid=DROP)), "wit.kid_missing", "WSVID-1", "no kid"),
        (
            "typ-application",
            spiffe(dict(HEADER, typ="application/wit+jwt")),
            "wit.typ_mismatch",
            "WIT-12.c",
            "typ is exactly wit+jwt in this profile (Q9)",
        ),
        (
            "typ-case",
            spiffe(dict(HEADER, typ="WIT+JWT")),
            "wit.typ_mismatch",
            "WIT-12.c",
            "typ is exactly wit+jwt in this profile (Q9)",
        ),
        (
            "wimse-subject",
            spiffe(profile_trust=both, sub=SUB),
            "wit.sub_not_spiffe",
            "WSVID-1",
            "subject is no SPIFFE ID",
        ),
        (
            "aud",
            spiffe(aud="https://orders.example.com"),
            "wit.aud_present",
            "WSVID-1",
            "a WIT-SVID has no audience",
        ),
        ("alg-eddsa", eddsa, "jose.alg_not_allowed", "WIT-12.d", "SPIFFE has no EdDSA"),
        (
            "cnf-eddsa",
            spiffe(cnf={"jwk": pub(keys.WORKLOAD_ED, alg="EdDSA")}),
            "wit.cnf_alg_not_allowed",
            "WSVID-1",
            "SPIFFE has no EdDSA",
        ),
        (
            "cnf-ed25519",
            spiffe(cnf={"jwk": pub(keys.WORKLOAD_ED, alg="Ed25519")}),
            "wit.cnf_alg_not_allowed",
            "WSVID-1",
            "SPIFFE has no Ed25519",
        ),
        ("nbf", spiffe(nbf=NOW + 61), "wit.not_yet_valid", "WIT-8", "not valid yet"),
        ("expired", spiffe(exp=NOW - 60), "wit.expired", "WIT-8", "expired"),
        ("exp-missing", spiffe(exp=DROP), "wit.exp_missing", "WIT-2", "no expiry"),
    ]:
        book.bad("wit-spiffe-" + name, "wit.verify", inputs, code, rule, note)
    wimse = {
        ORIGIN: {
            "bundle_format": "wimse",
            "jwks": {"keys": [change(ISSUER_JWK, use="wimse-jwt")], "sequence_number": 4},
        }
    }
    book.good(
        "wit-bundle-wimse",
        "wit.verify",
        line(wit(), wimse),
        result(),
        ["TD-2"],
        "keys from a bundle in WIMSE form",
    )
    book.good(
        "wit-bundle-raw-spiffe",
        "wit.verify",
        spiffe(profile_trust=raw),
        result(sub=sub),
        ["WSVID-1"],
        "keys from a plain JWK Set",
    )
    for name, fmt, use, note in [
        ("wimse-foreign-use", "wimse", "wit-svid", "a use of the other format"),
        ("spiffe-jwt-svid", "spiffe", "jwt-svid", "only JWT-SVID keys"),
        ("spiffe-foreign-use", "spiffe", "wimse-jwt", "a use of the other format"),
    ]:
        origin = {ORIGIN: {"bundle_format": fmt, "jwks": {"keys": [change(ISSUER_JWK, use=use)]}}}
        book.bad(
            "wit-bundle-" + name,
            "wit.verify",
            line(wit(), origin),
            "trust.no_keys",
            "WIT-12.d",
            note,
            6,
        )


def add(book):
    _confirmation(book)
    _spiffe(book)
