"""bundle.jsonl: trust bundles in SPIFFE and WIMSE form (BUN-1, TD-1 to TD-3, Q19)."""

import base64
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from . import keys
from .book import DROP, change
from .jose import private_key, thumbprint
from .keys import pub

BUN = "BUN-1"


def ca_certificate(key, serial, ca=True, signs=True):
    """A self-signed certificate in base64; the same bytes every time. ca: cA of basicConstraints, None
    leaves the extension out. signs: keyCertSign of keyUsage."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "example.org")])
    private = private_key(key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(datetime.datetime(2026, 1, 1))
        .not_valid_after(datetime.datetime(2036, 1, 1))
    )
    if ca is not None:
        constraints = x509.BasicConstraints(ca=ca, path_length=None)
        builder = builder.add_extension(constraints, critical=True)
    builder = builder.add_extension(
        x509.KeyUsage(not signs, False, False, False, False, signs, signs, False, False),
        critical=True,
    ).add_extension(
        x509.SubjectAlternativeName([x509.UniformResourceIdentifier("spiffe://example.org")]),
        critical=False,
    )
    certificate = builder.sign(private, hashes.SHA256(), ecdsa_deterministic=True)
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


CERT = ca_certificate(keys.CA, 1001)
CERT_2 = ca_certificate(keys.CA_2, 1002)
LEAF = ca_certificate(keys.CA_2, 1007, ca=False, signs=False)
WIT_ENTRY = pub(keys.ISSUER, alg="ES256", kid="w1", use="wit-svid")
WIT_ENTRY_2 = pub(keys.ISSUER_2, alg="ES256", kid="w2", use="wit-svid")
JWT_ENTRY = pub(keys.ISSUER_RSA, alg="RS256", kid="j1", use="jwt-svid")
X509_ENTRY = pub(keys.CA, use="x509-svid", x5c=[CERT])
W_JWT = change(WIT_ENTRY, use="wimse-jwt")
W_JWT_2 = change(WIT_ENTRY_2, use="wimse-jwt")
W_X509 = pub(keys.CA, use="wimse-x509", x5c=[CERT])


def spiffe(*entries, **members):
    return {"keys": list(entries), **members}


def parse(bundle, fmt="spiffe"):
    return {"bundle": bundle, "trust_domain": "example.org", "format": fmt}


def shown(entry):
    certificate = "x5c" in entry
    return {
        "kid": None if certificate else entry.get("kid"),
        "use": entry["use"],
        "alg": None if certificate else entry["alg"],
        "thumbprint": thumbprint(entry),
    }


def result(*entries, sequence=None, hint=None):
    return {"sequence": sequence, "refresh_hint_s": hint, "keys": [shown(e) for e in entries]}


def _parse_good(book):
    def good(name, bundle, expected, note, fmt="spiffe", cites=(BUN,)):
        book.good("bundle-good-" + name, "bundle.parse", parse(bundle, fmt), expected, cites, note)

    three = (X509_ENTRY, JWT_ENTRY, WIT_ENTRY)
    good(
        "spiffe",
        spiffe(*three, spiffe_sequence=7, spiffe_refresh_hint=600),
        result(*three, sequence=7, hint=600),
        "one key of each use",
    )
    good("spiffe-no-numbers", spiffe(WIT_ENTRY), result(WIT_ENTRY), "no sequence, no refresh hint")
    good(
        "spiffe-zero",
        spiffe(WIT_ENTRY, spiffe_sequence=0, spiffe_refresh_hint=0),
        result(WIT_ENTRY, sequence=0, hint=0),
        "zeros",
    )
    good(
        "spiffe-empty",
        spiffe(spiffe_sequence=8),
        result(sequence=8),
        "an empty bundle revokes everything",
    )
    good(
        "spiffe-unknown-use",
        spiffe(change(WIT_ENTRY_2, use="cwt-svid"), WIT_ENTRY),
        result(WIT_ENTRY),
        "unknown use is ignored",
    )
    good(
        "spiffe-missing-use",
        spiffe(change(WIT_ENTRY_2, use=DROP), WIT_ENTRY),
        result(WIT_ENTRY),
        "missing use is ignored",
    )
    good(
        "spiffe-use-case",
        spiffe(change(WIT_ENTRY_2, use="WIT-SVID"), WIT_ENTRY),
        result(WIT_ENTRY),
        "use is case-sensitive",
    )
    good(
        "spiffe-wimse-use",
        spiffe(W_JWT_2, WIT_ENTRY),
        result(WIT_ENTRY),
        "the other format's use is unknown",
    )
    good(
        "spiffe-unknown-kty",
        spiffe(
            {"kty": "AKP", "alg": "ML-DSA-44", "kid": "p", "use": "wit-svid", "pub": "AAAA"},
            WIT_ENTRY,
        ),
        result(WIT_ENTRY),
        "unknown kty is ignored",
    )
    good(
        "spiffe-ignored-kid",
        spiffe(change(WIT_ENTRY_2, use="cwt-svid", kid="w1"), WIT_ENTRY),
        result(WIT_ENTRY),
        "an ignored entry takes no kid",
    )
    good(
        "spiffe-unknown-member",
        spiffe(WIT_ENTRY, note="x"),
        result(WIT_ENTRY),
        "unknown members are ignored",
    )
    good(
        "spiffe-x5c-two",
        spiffe(change(X509_ENTRY, x5c=[CERT, CERT_2])),
        result(X509_ENTRY),
        "the first of several certificates counts (Q19)",
    )
    both = (W_X509, W_JWT)
    good(
        "wimse",
        spiffe(*both, sequence_number=7, refresh_hint=600),
        result(*both, sequence=7, hint=600),
        "one key of each use",
        "wimse",
        ["TD-1", "TD-2"],
    )
    good(
        "wimse-no-kid",
        spiffe(change(W_JWT, kid=DROP)),
        result(change(W_JWT, kid=DROP)),
        "kid is not required",
        "wimse",
        ["TD-2"],
    )
    good(
        "wimse-unknown-use",
        spiffe(change(W_JWT_2, use="sig"), W_JWT),
        result(W_JWT),
        "unknown use is ignored",
        "wimse",
        ["TD-2"],
    )
    good(
        "wimse-spiffe-use",
        spiffe(WIT_ENTRY_2, W_JWT),
        result(W_JWT),
        "the other format's use is unknown",
        "wimse",
        ["TD-2"],
    )
    good(
        "wimse-spiffe-numbers",
        spiffe(W_JWT, spiffe_sequence=7, spiffe_refresh_hint=600),
        result(W_JWT),
        "the other format's members are unknown",
        "wimse",
        ["TD-1"],
    )
    good("wimse-empty", spiffe(sequence_number=1), result(sequence=1), "no keys", "wimse", ["TD-1"])


def _parse_bad(book):
    def bad(name, bundle, code, rule, note, fmt="spiffe", attack=None):
        book.bad("bundle-" + name, "bundle.parse", parse(bundle, fmt), code, rule, note, attack)

    bad("keys-missing", {"spiffe_sequence": 1}, "bundle.malformed", BUN, "no keys")
    bad("keys-object", {"keys": WIT_ENTRY}, "bundle.malformed", BUN, "keys is no array")
    bad("entry-string", {"keys": ["w1"]}, "bundle.malformed", BUN, "an entry is no object")
    bad("text-array", "[]", "bundle.malformed", BUN, "an array, given as text")
    bad(
        "text-duplicate",
        '{"keys":[],"keys":[]}',
        "json.duplicate_name",
        "RFC7515-4",
        "a member twice, given as text",
        attack=5,
    )
    bad("text-words", "keys", "json.malformed", "BCP-1", "no JSON, given as text")
    for name, members in [
        ("sequence-negative", {"spiffe_sequence": -1}),
        ("sequence-fraction", {"spiffe_sequence": 1.5}),
        ("sequence-string", {"spiffe_sequence": "1"}),
        ("hint-negative", {"spiffe_refresh_hint": -300}),
        ("hint-string", {"spiffe_refresh_hint": "300"}),
    ]:
        bad(name, spiffe(WIT_ENTRY, **members), "bundle.sequence", BUN, "no non-negative integer")
    for name, members in [
        ("wimse-sequence-negative", {"sequence_number": -1}),
        ("wimse-sequence-string", {"sequence_number": "1"}),
        ("wimse-hint-negative", {"refresh_hint": -1}),
    ]:
        bad(
            name,
            spiffe(W_JWT, **members),
            "bundle.sequence",
            BUN,
            "no non-negative integer",
            "wimse",
        )
    bad(
        "wit-kid-missing",
        spiffe(change(WIT_ENTRY, kid=DROP)),
        "bundle.kid_missing",
        BUN,
        "a WIT key without kid",
    )
    bad(
        "jwt-kid-missing",
        spiffe(change(JWT_ENTRY, kid=DROP)),
        "bundle.kid_missing",
        BUN,
        "a JWT key without kid",
    )
    bad(
        "kid-duplicate",
        spiffe(WIT_ENTRY, change(WIT_ENTRY_2, kid="w1")),
        "bundle.kid_duplicate",
        BUN,
        "two WIT keys share a kid",
        attack=37,
    )
    bad(
        "kid-duplicate-uses",
        spiffe(change(JWT_ENTRY, kid="w1"), WIT_ENTRY),
        "bundle.kid_duplicate",
        BUN,
        "a JWT key and a WIT key share a kid",
        attack=6,
    )
    bad(
        "wimse-kid-duplicate",
        spiffe(W_JWT, change(W_JWT_2, kid="w1")),
        "bundle.kid_duplicate",
        BUN,
        "two keys share a kid",
        "wimse",
        37,
    )
    for name, x5c, note in [
        ("missing", DROP, "no certificate"),
        ("empty", [], "no certificate"),
        ("string", CERT, "no array"),
        ("base64", ["%%%"], "no base64"),
        ("base64url", [CERT.replace("+", "-").replace("/", "_")], "base64url"),
        ("leaf", [ca_certificate(keys.CA, 1003, ca=False, signs=False)], "no authority"),
        ("no-basic-constraints", [ca_certificate(keys.CA, 1004, ca=None)], "no authority"),
        ("no-cert-sign", [ca_certificate(keys.CA, 1005, signs=False)], "an authority that may not"),
        ("der", [base64.b64encode(b"no certificate").decode()], "no certificate"),
    ]:
        bad("x5c-" + name, spiffe(change(X509_ENTRY, x5c=x5c)), "bundle.x5c", "TD-2", note)
    bad(
        "x5c-one-is-a-leaf",
        spiffe(X509_ENTRY, WIT_ENTRY, pub(keys.CA_2, use="x509-svid", x5c=[LEAF])),
        "bundle.x5c",
        "TD-2",
        "an anchor beside others that may not sign certificates",
    )
    bad(
        "wimse-x5c-leaf",
        spiffe(change(W_X509, x5c=[ca_certificate(keys.CA, 1006, ca=False, signs=False)])),
        "bundle.x5c",
        "TD-2",
        "no authority",
        "wimse",
    )
    bad(
        "wimse-x5c-missing",
        spiffe(change(W_X509, x5c=DROP)),
        "bundle.x5c",
        "TD-2",
        "no certificate",
        "wimse",
    )
    bad(
        "wimse-x5c-two",
        spiffe(change(W_X509, x5c=[CERT, CERT_2])),
        "bundle.x5c",
        "TD-2",
        "more than one certificate",
        "wimse",
    )
    bad(
        "wimse-x5c-other-key",
        spiffe(change(W_X509, x5c=[CERT_2])),
        "bundle.x5c",
        "TD-2",
        "the certificate of another key",
        "wimse",
    )
    bad(
        "private",
        spiffe(dict(keys.ISSUER, alg="ES256", kid="w1", use="wit-svid")),
        "jwk.private",
        "WIT-11",
        "an issuer's private key is published",
        attack=8,
    )
    bad(
        "wimse-private",
        spiffe(dict(keys.ISSUER, alg="ES256", kid="w1", use="wimse-jwt")),
        "jwk.private",
        "WIT-11",
        "an issuer's private key is published",
        "wimse",
        8,
    )
    bad(
        "two-algs",
        spiffe(JWT_ENTRY, change(JWT_ENTRY, kid="j2", alg="PS256")),
        "bundle.key_two_algs",
        "BCP-1",
        "one key for two algorithms",
        attack=8,
    )


def _update(book):
    def line(old, new, fmt):
        return {"old": old, "new": new, "trust_domain": "example.org", "format": fmt}

    for fmt, seq, one, two in [
        ("spiffe", "spiffe_sequence", WIT_ENTRY, WIT_ENTRY_2),
        ("wimse", "sequence_number", W_JWT, W_JWT_2),
    ]:

        def b(*entries, sequence=None, name=seq):
            return spiffe(*entries, **({} if sequence is None else {name: sequence}))

        for name, old, new, added, removed, note in [
            ("same", b(one, sequence=5), b(one, sequence=5), [], [], "nothing changed"),
            ("higher", b(one, sequence=5), b(one, sequence=6), [], [], "only the number"),
            ("added", b(one, sequence=5), b(one, two, sequence=6), ["w2"], [], "a key more"),
            ("removed", b(one, two, sequence=5), b(two, sequence=9), [], ["w1"], "a key less"),
            ("rotated", b(one, sequence=5), b(two, sequence=6), ["w2"], ["w1"], "another key"),
            (
                "emptied",
                b(one, two, sequence=5),
                b(sequence=6),
                [],
                ["w1", "w2"],
                "all keys revoked",
            ),
            ("no-sequence", b(one), b(two), ["w2"], ["w1"], "neither bundle has a number"),
            (
                "sequence-new",
                b(one),
                b(two, sequence=1),
                ["w2"],
                ["w1"],
                "the new bundle has a number",
            ),
        ]:
            book.good(
                f"bundle-update-{fmt}-{name}",
                "bundle.update",
                line(old, new, fmt),
                {"added": added, "removed": removed},
                ["TD-3", BUN],
                note,
            )
        reused = change(two, kid="w1")
        for name, old, new, code, rule, attack, note in [
            (
                "rollback",
                b(one, sequence=5),
                b(one, two, sequence=4),
                "bundle.rollback",
                "TD-3",
                37,
                "a lower number",
            ),
            (
                "rollback-same-keys",
                b(one, sequence=5),
                b(one, sequence=4),
                "bundle.rollback",
                "TD-3",
                37,
                "a lower number, the same keys",
            ),
            (
                "not-increased",
                b(one, sequence=5),
                b(one, two, sequence=5),
                "bundle.not_increased",
                "TD-1",
                37,
                "other keys under the same number",
            ),
            (
                "sequence-lost",
                b(one, sequence=5),
                b(one, two),
                "bundle.sequence_lost",
                "TD-3",
                37,
                "the number is gone",
            ),
            (
                "kid-reused",
                b(one, sequence=5),
                b(reused, sequence=6),
                "bundle.kid_reused",
                BUN,
                37,
                "a kid names another key",
            ),
            (
                "kid-reused-no-sequence",
                b(one),
                b(reused),
                "bundle.kid_reused",
                BUN,
                37,
                "a kid names another key, without numbers",
            ),
            (
                "new-malformed",
                b(one, sequence=5),
                {seq: 6},
                "bundle.malformed",
                BUN,
                None,
                "the new bundle has no keys",
            ),
        ]:
            book.bad(
                f"bundle-update-{fmt}-{name}",
                "bundle.update",
                line(old, new, fmt),
                code,
                rule,
                note,
                attack,
            )


def add(book):
    _parse_good(book)
    _parse_bad(book)
    _update(book)
