"""wic.jsonl: wic.issue. Serial numbers and signatures are fresh each time, so the runner reads the
certificate: want.certificate says which fields it must have."""

from . import keys
from .book import change
from .jose import b64u
from .keys import priv, pub
from .wic_make import (
    DAY,
    ROOT,
    ROOT_NAME,
    SPIFFE_SUB,
    SUB,
    authority,
    basic,
    key_usage,
    leaf,
    name,
    spki,
    subject_key_id,
)
from .wit_cases import NOW, ORIGIN

OP = "wic.issue"
BOTH = ["client", "server"]


def issue(**changes):
    base = {
        "ca_key": priv(keys.CA, alg="ES256"),
        "ca_der_b64u": b64u(ROOT),
        "id": SUB,
        "public_jwk": pub(keys.WORKLOAD, alg="ES256"),
        "now": NOW,
        "ttl_s": 3600,
    }
    return change(base, **changes)


def fields(sub=SUB, key=keys.WORKLOAD, **changes):
    base = {
        "subject_empty": True,
        "not_before": NOW - 10,
        "not_after": NOW + 3600,
        "spki": spki(key).hex(),
        "san": {"uri": [sub], "dns": [], "ip": [], "other": 0},
        "key_usage": ["digital_signature"],
        "ext_key_usage": BOTH,
        "basic_constraints": {"ca": False, "path_length": None},
        "critical": ["basic_constraints", "key_usage", "san"],
        "unknown_critical": False,
        "name_constraints": None,
    }
    return change(base, **changes)


def add(book):
    def good(case, inputs, found, note, cites=("WIC-1",), key=keys.CA, alg="ES256"):
        book.good(
            "wic-issue-" + case,
            OP,
            inputs,
            None,
            cites,
            note,
            certificate={"jwk": pub(key), "alg": alg, "fields": found},
        )

    good("base", issue(), fields(), "the base of what follows", ("WIC-1", "XSVID-1", "TLS-3"))
    good("spiffe", issue(id=SPIFFE_SUB), fields(SPIFFE_SUB), "X509-SVID", ("XSVID-1",))
    names = ["orders.example.com", "api.example.com"]
    san = {"uri": [SUB], "dns": names, "ip": [], "other": 0}
    good("dns", issue(dns=names), fields(san=san), "names of a server")
    good("usage-both", issue(usage="both"), fields(), "both usages by name", ("TLS-3",))
    for usage in BOTH:
        good(
            "usage-" + usage,
            issue(usage=usage),
            fields(ext_key_usage=[usage]),
            "one usage",
            ("TLS-3",),
        )
    good("ttl", issue(ttl_s=60), fields(not_after=NOW + 60), "a minute")
    good(
        "ttl-cut",
        issue(ttl_s=31 * DAY),
        fields(not_after=NOW + 30 * DAY),
        "never longer than the authority",
        ("WIC-2",),
    )
    for case, key in [
        ("p384", keys.WORKLOAD_P384),
        ("ed25519", keys.WORKLOAD_ED),
        ("rsa", keys.WORKLOAD_RSA),
    ]:
        alg = {"p384": "ES384", "ed25519": "Ed25519", "rsa": "RS256"}[case]
        good(
            "key-" + case,
            issue(public_jwk=pub(key, alg=alg)),
            fields(key=key),
            "another type of key",
        )
    p384 = authority(keys.ISSUER_P384, ROOT_NAME, alg="ES384")
    good(
        "ca-p384",
        issue(ca_key=priv(keys.ISSUER_P384, alg="ES384"), ca_der_b64u=b64u(p384)),
        fields(),
        "an authority with P-384",
        key=keys.ISSUER_P384,
        alg="ES384",
    )

    def bad(case, inputs, code, rule, note, attack=None):
        book.bad("wic-issue-" + case, OP, inputs, code, rule, note, attack)

    not_ca = leaf({"subject": name("edge"), "issuer_key": keys.CA}, key=keys.CA)
    no_sign = authority(
        keys.CA, ROOT_NAME, extensions=[basic(True), key_usage("crl_sign"), subject_key_id(keys.CA)]
    )
    expired = authority(keys.CA, ROOT_NAME, not_after=NOW - 1)
    for case, inputs, note in [
        ("not-ca", issue(ca_der_b64u=b64u(not_ca)), "the issuer's certificate is a leaf's"),
        ("no-cert-sign", issue(ca_der_b64u=b64u(no_sign)), "the issuer may not sign certificates"),
        ("ca-expired", issue(ca_der_b64u=b64u(expired)), "the issuer's certificate has expired"),
        ("ttl-zero", issue(ttl_s=0), "expires at once"),
        ("dns-empty", issue(dns=[""]), "an empty DNS name"),
        ("dns-space", issue(dns=["a b.example.com"]), "a DNS name with a space"),
        ("dns-upper", issue(dns=["Orders.example.com"]), "a DNS name in upper case"),
        ("dns-33", issue(dns=[f"h{i}.example.com" for i in range(33)]), "33 DNS names"),
    ]:
        bad(case, inputs, "wic.issue_input", "WIC-1", note)
    bad(
        "ca-key",
        issue(ca_key=priv(keys.CA_2, alg="ES256")),
        "crypto.key_mismatch",
        "BCP-1",
        "the key is not that of the certificate",
    )
    bad("ca-garbage", issue(ca_der_b64u=b64u(b"x")), "wic.malformed", "WIC-1", "no certificate")
    bad(
        "ca-public",
        issue(ca_key=pub(keys.CA, alg="ES256")),
        "jwk.not_private",
        None,
        "no private part",
    )
    bad(
        "id-trailing",
        issue(id=SUB + "/"),
        "id.path_trailing_slash",
        "ID-6",
        "issuers emit canonical identifiers",
    )
    bad(
        "id-percent",
        issue(id=SUB + "%31"),
        "id.path_percent",
        "ID-6",
        "issuers emit canonical identifiers",
        23,
    )
    bad("id-no-path", issue(id=ORIGIN), "id.path_missing", "ID-6", "no path")
    bad(
        "key-off-curve",
        issue(public_jwk=change(pub(keys.WORKLOAD, alg="ES256"), y=keys.WORKLOAD_2["y"])),
        "crypto.point_invalid",
        "BCP-1",
        "the key is not on its curve",
        8,
    )
