"""jwk.jsonl and signature.jsonl: keys and raw signatures (RFC 7517, 7518, 7638, 8037, BCP-1)."""

from . import keys
from .book import DROP, change
from .jose import (
    FIELD_BYTES,
    ORDER,
    b64u,
    der_signature,
    flip_bit,
    raw_signature,
    sign,
    sign_pss,
    split_signature,
    thumbprint,
    unb64u,
)
from .keys import pub

RFC7517 = "RFC7517-4"
BCP = "BCP-1"
SIGNATURE = "RFC7515-5.2"
EC = pub(keys.WORKLOAD, alg="ES256")
ED = pub(keys.WORKLOAD_ED, alg="Ed25519")
RSA = pub(keys.WORKLOAD_RSA, alg="RS256")


def _short(text):
    return b64u(unb64u(text)[:-1])


def _long(text):
    return b64u(b"\0" + unb64u(text))


def _good_keys():
    yield "es256", EC, {"alg": "ES256"}, "P-256"
    yield "es384", pub(keys.WORKLOAD_P384, alg="ES384"), {"alg": "ES384"}, "P-384"
    yield "es512", pub(keys.ISSUER_P521, alg="ES512"), {"alg": "ES512"}, "P-521"
    yield "eddsa", pub(keys.WORKLOAD_ED, alg="EdDSA"), {
        "alg": "EdDSA"
    }, "Ed25519 under its older name"
    yield "ed25519", ED, {"alg": "Ed25519"}, "Ed25519 under its newer name"
    for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        yield alg.lower(), pub(keys.WORKLOAD_RSA, alg=alg), {"alg": alg}, "RSA"
    yield "p256-no-alg", pub(keys.WORKLOAD), {"alg": "ES256"}, "the curve has one algorithm"
    yield "ed25519-no-alg", pub(keys.WORKLOAD_ED), {"alg": None}, "two names, one signature"
    for name, key, alg in (
        ("ec", keys.WORKLOAD, "ES256"),
        ("ed", keys.WORKLOAD_ED, "Ed25519"),
        ("rsa", keys.WORKLOAD_RSA, "RS256"),
    ):
        yield (
            "private-" + name,
            dict(key, alg=alg),
            {"alg": alg},
            "a private key is read for its public part; see cnf and bundles for refusals",
        )
    yield "unknown-member", change(EC, ext=True), {"alg": "ES256"}, "unknown members are ignored"
    yield "key-ops-verify", change(EC, key_ops=["verify"]), {"alg": "ES256"}, "meant for verifying"
    yield "use-enc", change(EC, use="enc"), {"alg": "ES256"}, "read; refused where it would verify"
    yield "kid-space", change(EC, kid="June 5"), {"alg": "ES256"}, "a kid may hold a space"
    yield "kid-128", change(EC, kid="k" * 128), {"alg": "ES256"}, "longest kid"


BAD_KEYS = [
    # name, jwk, code, rule, attack, note
    (
        "oct",
        {"kty": "oct", "k": b64u(b"0" * 32), "alg": "HS256"},
        "jwk.symmetric",
        BCP,
        2,
        "symmetric key",
    ),
    ("kty-unknown", change(EC, kty="XYZ"), "jwk.key_type", RFC7517, None, "unknown kty"),
    ("kty-case", change(EC, kty="ec"), "jwk.key_type", RFC7517, None, "kty is case-sensitive"),
    ("kty-missing", change(EC, kty=DROP), "jwk.malformed", RFC7517, None, "no kty"),
    ("kty-number", change(EC, kty=1), "jwk.malformed", RFC7517, None, "kty is no string"),
    (
        "crv-secp256k1",
        change(EC, crv="secp256k1"),
        "jwk.key_type",
        RFC7517,
        None,
        "unsupported curve",
    ),
    (
        "crv-x25519",
        change(ED, crv="X25519"),
        "jwk.key_type",
        RFC7517,
        None,
        "a curve for key agreement",
    ),
    ("crv-ed448", change(ED, crv="Ed448"), "jwk.key_type", RFC7517, None, "unsupported curve"),
    ("crv-missing", change(EC, crv=DROP), "jwk.malformed", RFC7517, None, "no crv"),
    ("x-missing", change(EC, x=DROP), "jwk.malformed", RFC7517, None, "no x"),
    ("y-missing", change(EC, y=DROP), "jwk.malformed", RFC7517, None, "no y"),
    ("x-number", change(EC, x=7), "jwk.malformed", RFC7517, None, "x is no string"),
    (
        "x-padded",
        change(EC, x=EC["x"] + "="),
        "jwk.malformed",
        RFC7517,
        10,
        "base64url with padding",
    ),
    ("x-short", change(EC, x=_short(EC["x"])), "jwk.malformed", RFC7517, 8, "x one byte too short"),
    ("x-long", change(EC, x=_long(EC["x"])), "jwk.malformed", RFC7517, 8, "x one byte too long"),
    (
        "ed-x-short",
        change(ED, x=_short(ED["x"])),
        "jwk.malformed",
        RFC7517,
        8,
        "x one byte too short",
    ),
    (
        "off-curve",
        change(EC, y=pub(keys.WORKLOAD_2)["y"]),
        "crypto.point_invalid",
        BCP,
        8,
        "the point is not on the curve",
    ),
    (
        "zero-point",
        change(EC, x=b64u(bytes(32)), y=b64u(bytes(32))),
        "crypto.point_invalid",
        BCP,
        8,
        "zero coordinates",
    ),
    (
        "x-above-p",
        change(EC, x=b64u(b"\xff" * 32)),
        "crypto.point_invalid",
        BCP,
        8,
        "a coordinate that is no field element",
    ),
    (
        "ed-small-order",
        change(ED, x=b64u(b"\x01" + bytes(31))),
        "crypto.point_invalid",
        BCP,
        8,
        "the neutral element",
    ),
    (
        "ed-zero",
        change(ED, x=b64u(bytes(32))),
        "crypto.point_invalid",
        BCP,
        8,
        "a point of order 4",
    ),
    (
        "rsa-no-alg",
        change(RSA, alg=DROP),
        "jwk.alg_missing",
        BCP,
        None,
        "RSA stands for six algorithms",
    ),
    ("alg-none", change(EC, alg="none"), "jwk.alg_mismatch", BCP, 1, "no algorithm"),
    ("alg-hs256", change(EC, alg="HS256"), "jwk.alg_mismatch", BCP, 2, "symmetric algorithm"),
    ("alg-es384", change(EC, alg="ES384"), "jwk.alg_mismatch", BCP, 8, "another curve's algorithm"),
    (
        "alg-eddsa-ec",
        change(EC, alg="EdDSA"),
        "jwk.alg_mismatch",
        BCP,
        8,
        "another key type's algorithm",
    ),
    (
        "alg-es256-ed",
        change(ED, alg="ES256"),
        "jwk.alg_mismatch",
        BCP,
        8,
        "another key type's algorithm",
    ),
    (
        "alg-case",
        change(EC, alg="es256"),
        "jwk.alg_mismatch",
        BCP,
        None,
        "names are case-sensitive",
    ),
    ("alg-ecdh", change(EC, alg="ECDH-ES"), "jwk.alg_mismatch", BCP, None, "encryption algorithm"),
    (
        "alg-rsa-oaep",
        change(RSA, alg="RSA-OAEP"),
        "jwk.alg_mismatch",
        BCP,
        None,
        "encryption algorithm",
    ),
    ("alg-number", change(EC, alg=256), "jwk.malformed", RFC7517, None, "alg is no string"),
    ("kid-129", change(EC, kid="k" * 129), "jose.kid", BCP, 3, "kid one byte too long"),
    ("kid-control", change(EC, kid="a\nb"), "jose.kid", BCP, 3, "control character in kid"),
    ("kid-empty", change(EC, kid=""), "jose.kid", BCP, 3, "an empty kid names nothing"),
    ("kid-number", change(EC, kid=5), "jwk.malformed", RFC7517, None, "kid is no string"),
    (
        "rsa-1024",
        change(RSA, n=keys.RSA_1024_N),
        "crypto.key_size",
        BCP,
        None,
        "modulus of 1024 bits",
    ),
    (
        "rsa-even-exponent",
        change(RSA, e=b64u(b"\x01\x00\x00")),
        "crypto.key_malformed",
        BCP,
        None,
        "even exponent",
    ),
    (
        "rsa-exponent-1",
        change(RSA, e="AQ"),
        "crypto.key_malformed",
        BCP,
        None,
        "with the exponent 1 everything is a signature",
    ),
    (
        "text-duplicate",
        '{"kty":"OKP","crv":"Ed25519","x":"' + ED["x"] + '","x":"' + ED["x"] + '"}',
        "json.duplicate_name",
        "RFC7515-4",
        5,
        "a member twice, given as text",
    ),
    ("text-array", "[]", "jwk.malformed", RFC7517, None, "an array, given as text"),
    ("rsa-n-missing", change(RSA, n=DROP), "jwk.malformed", RFC7517, None, "no modulus"),
]


def add_jwk(book):
    for name, jwk, result, note in _good_keys():
        result = {"kty": jwk["kty"], **result, "thumbprint": thumbprint(jwk)}
        book.good("jwk-good-" + name, "jwk.parse", {"jwk": jwk}, result, [RFC7517], note)
    for name, jwk, code, rule, attack, note in BAD_KEYS:
        book.bad("jwk-bad-" + name, "jwk.parse", {"jwk": jwk}, code, rule, note, attack)


MESSAGE = b"signet conformance vector"


def _line(alg, jwk, signature, message=MESSAGE):
    return {
        "alg": alg,
        "jwk": jwk,
        "message_b64u": b64u(message),
        "signature_b64u": b64u(signature),
    }


SIGNERS = {
    "ES256": keys.WORKLOAD,
    "ES384": keys.WORKLOAD_P384,
    "ES512": keys.ISSUER_P521,
    "EdDSA": keys.WORKLOAD_ED,
    "Ed25519": keys.WORKLOAD_ED,
    "RS256": keys.WORKLOAD_RSA,
    "RS384": keys.WORKLOAD_RSA,
    "RS512": keys.WORKLOAD_RSA,
    "PS256": keys.WORKLOAD_RSA,
    "PS384": keys.WORKLOAD_RSA,
    "PS512": keys.WORKLOAD_RSA,
}


def _ranges(book):
    """ECDSA numbers out of range: 1 <= r, s < n (CVE-2022-21449)."""
    for alg, curve in (("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521")):
        r, s = split_signature(sign(SIGNERS[alg], alg, MESSAGE))
        n = ORDER[curve]
        for name, pair, note in [
            ("zero", (0, 0), "r and s are 0"),
            ("r-zero", (0, s), "r is 0"),
            ("s-zero", (r, 0), "s is 0"),
            ("r-n", (n, s), "r is the order"),
            ("s-n", (r, n), "s is the order"),
            ("s-max", (r, 256 ** FIELD_BYTES[curve] - 1), "s is above the order"),
        ]:
            book.bad(
                f"signature-{alg.lower()}-{name}",
                "signature.verify",
                _line(alg, pub(SIGNERS[alg], alg=alg), raw_signature(*pair, curve)),
                "crypto.signature_range",
                SIGNATURE,
                note,
                9,
            )
    n = ORDER["P-256"]
    r, s = split_signature(sign(keys.WORKLOAD, "ES256", MESSAGE))
    book.good(
        "signature-es256-high-s",
        "signature.verify",
        _line("ES256", EC, raw_signature(r, n - s, "P-256")),
        None,
        [SIGNATURE],
        "n - s is the other valid s: a token's bytes are no replay key",
        10,
    )


def _uses(book):
    good = sign(keys.WORKLOAD, "ES256", MESSAGE)
    for name, members, note in [
        ("use-enc", {"use": "enc"}, "a key meant for encryption"),
        ("key-ops-derive", {"key_ops": ["deriveKey"]}, "a key not meant for verifying"),
    ]:
        book.bad(
            "signature-key-" + name,
            "signature.verify",
            _line("ES256", change(EC, **members), good),
            "jwk.use",
            RFC7517,
            note,
        )


def _lengths(book):
    good = sign(keys.WORKLOAD, "ES256", MESSAGE)
    ed = sign(keys.WORKLOAD_ED, "Ed25519", MESSAGE)
    rs = sign(keys.WORKLOAD_RSA, "RS256", MESSAGE)
    size = FIELD_BYTES["P-256"]
    for name, alg, jwk, signature, note in [
        ("es256-der", "ES256", EC, der_signature(good), "DER form"),
        ("es256-short", "ES256", EC, good[:-1], "one byte missing"),
        ("es256-long", "ES256", EC, good + b"\0", "one byte too many"),
        ("es256-half", "ES256", EC, good[:size], "s missing"),
        ("ed25519-short", "Ed25519", ED, ed[:-1], "one byte missing"),
        ("ed25519-long", "Ed25519", ED, ed + b"\0", "one byte too many"),
        ("rs256-short", "RS256", RSA, rs[1:], "one byte missing"),
        ("rs256-long", "RS256", RSA, b"\0" + rs, "leading zero byte"),
    ]:
        book.bad(
            "signature-" + name,
            "signature.verify",
            _line(alg, jwk, signature),
            "crypto.signature_length",
            SIGNATURE,
            note,
            10,
        )


def add_signature(book):
    for alg, key in SIGNERS.items():
        jwk = pub(key, alg=alg)
        signature = sign(key, alg, MESSAGE)
        book.good(
            "signature-good-" + alg.lower(),
            "signature.verify",
            _line(alg, jwk, signature),
            None,
            [SIGNATURE],
            "valid " + alg,
        )
        book.bad(
            f"signature-{alg.lower()}-flipped",
            "signature.verify",
            _line(alg, jwk, flip_bit(signature)),
            "crypto.signature_invalid",
            SIGNATURE,
            "one bit of the signature changed",
        )
    _ranges(book)
    _uses(book)
    _lengths(book)
    es256 = sign(keys.WORKLOAD, "ES256", MESSAGE)
    r, s = split_signature(es256)
    pss = sign_pss(keys.WORKLOAD_RSA, "256", MESSAGE, salt_size=0)
    for name, line, note in [
        ("message-changed", _line("ES256", EC, es256, flip_bit(MESSAGE)), "another message"),
        ("message-empty", _line("ES256", EC, es256, b""), "empty message"),
        ("other-key", _line("ES256", pub(keys.WORKLOAD_2, alg="ES256"), es256), "another key"),
        ("r-s-swapped", _line("ES256", EC, raw_signature(s, r, "P-256")), "r and s swapped"),
        (
            "rs256-as-ps256",
            _line(
                "PS256",
                pub(keys.WORKLOAD_RSA, alg="PS256"),
                sign(keys.WORKLOAD_RSA, "RS256", MESSAGE),
            ),
            "PKCS#1 v1.5 padding",
        ),
        (
            "rs256-sha384",
            _line("RS256", RSA, sign(keys.WORKLOAD_RSA, "RS384", MESSAGE)),
            "another digest",
        ),
        (
            "ps256-no-salt",
            _line("PS256", pub(keys.WORKLOAD_RSA, alg="PS256"), pss),
            "salt of length 0 instead of 32 (RFC 7518 section 3.5)",
        ),
    ]:
        book.bad(
            "signature-" + name,
            "signature.verify",
            line,
            "crypto.signature_invalid",
            SIGNATURE,
            note,
        )
    plain = pub(keys.WORKLOAD)
    for alg, attack, note in [
        ("ES384", 8, "the key is of another curve"),
        ("Ed25519", 8, "the key is of another type"),
        ("HS256", 2, "symmetric algorithm"),
        ("none", 1, "no algorithm"),
        ("es256", None, "names are case-sensitive"),
    ]:
        book.bad(
            "signature-alg-" + ("lower-case" if alg == "es256" else alg.lower()),
            "signature.verify",
            _line(alg, plain, es256),
            "crypto.alg_unsupported",
            BCP,
            note,
            attack,
        )
