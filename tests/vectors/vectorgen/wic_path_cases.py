"""wic.jsonl: the path from a leaf to the anchors of its own origin (WIC-2, RFC 5280 section 6)."""

from . import keys
from .jose import flip_bit
from .wic_make import (
    CLIENT,
    DAY,
    HOUR,
    INTERMEDIATE_NAME,
    OTHER_NAME,
    OTHER_ROOT,
    ROOT,
    ROOT_NAME,
    SERVER,
    SPIFFE_SUB,
    SUB,
    anchors,
    authority,
    basic,
    ext,
    ext_key_usage,
    key_usage,
    leaf,
    line,
    name,
    name_constraints,
    octets,
    san,
    subject_key_id,
    trust,
)
from .wit_cases import NOW, ORIGIN, OTHER, SPIFFE

OP = "wic.verify"
# A ladder of authorities, each with a key of its own: INTERMEDIATE signs the first.
STEP_KEYS = [keys.ISSUER, keys.ISSUER_P384, keys.WORKLOAD_2]


def below(key=keys.ISSUER_2, issuer=INTERMEDIATE_NAME, fields=None, **extensions):
    """A leaf under another authority than the root."""
    return leaf({"issuer_key": key, "issuer": issuer, **(fields or {})}, **extensions)


def intermediate(extensions=None, **fields):
    return authority(
        keys.ISSUER_2,
        INTERMEDIATE_NAME,
        keys.CA,
        ROOT_NAME,
        extensions,
        **{"serial": 1002, **fields},
    )


def ca_extensions(*more, constraints=None, usage=None):
    parts = [constraints or basic(True), usage or key_usage("key_cert_sign", "crl_sign")]
    return [part for part in parts if part] + [subject_key_id(keys.ISSUER_2), *more]


def ladder(count, **fields_of_first):
    """(leaf, [authorities between it and the root]) with `count` of them."""
    chain = [intermediate(**fields_of_first)]
    key, issuer = keys.ISSUER_2, INTERMEDIATE_NAME
    for i in range(count - 1):
        subject = name(f"Test intermediate {i + 2}")
        chain.append(
            authority(STEP_KEYS[i], subject, key, issuer, serial=1003 + i, alg=alg_of(key))
        )
        key, issuer = STEP_KEYS[i], subject
    return leaf({"issuer_key": key, "issuer": issuer, "alg": alg_of(key)}), chain


def alg_of(key):
    return "ES384" if key["crv"] == "P-384" else "ES256"


def _good(book):
    def good(case, inputs, note, cites=("RFC5280-6",), attack=None, subject=SUB):
        book.good("wic-path-good-" + case, OP, inputs, {"subject": subject}, cites, note, attack)

    for count in (2, 3):
        first, chain = ladder(count)
        good(f"ladder-{count}", line(first, *chain), f"{count} intermediates")
    first, chain = ladder(1, path_length=0)
    good("length-0", line(first, *chain), "no authority below the intermediate, and none is there")
    good("two-anchors", line(leaf(), trust=anchors(OTHER_ROOT, ROOT)), "one of two anchors")
    renewed = authority(keys.CA, ROOT_NAME, serial=1009)
    good("renewed-anchor", line(leaf(), trust=anchors(renewed)), "the anchor renewed under its key")
    good("stranger-sent", line(leaf(), OTHER_ROOT), "a certificate that is of no use")
    usages = intermediate(ca_extensions(ext_key_usage(CLIENT, SERVER)))
    good("eku", line(below(), usages), "an authority for both usages", ("TLS-3",))
    for case, tree in [
        ("uri", ("uri", "trust.example.com")),
        ("uri-dot", ("uri", ".example.com")),
        ("dns", ("dns", "example.com")),
    ]:
        limited = intermediate(ca_extensions(name_constraints([tree])))
        names = san(("uri", SUB), ("dns", "orders.example.com"))
        good(
            "names-" + case, line(below(san=names), limited), "names within the authority's limits"
        )
    limited = intermediate(ca_extensions(name_constraints((), [("uri", "partner.example.net")])))
    good("names-excluded", line(below(), limited), "another name is excluded")
    good(
        "first-second",
        line(leaf(), trust=anchors(authority(keys.CA, ROOT_NAME, not_before=NOW))),
        "the anchor's first second",
        ("WIC-2",),
        17,
    )
    partner = OTHER + "/service/edge"
    fields = {"issuer_key": keys.CA_2, "issuer": OTHER_NAME}
    good(
        "partner",
        line(leaf(fields, san=san(("uri", partner)))),
        "another trusted domain, by its own anchor",
        ("TLS-1",),
        subject=partner,
    )
    no_ski = intermediate([basic(True), key_usage("key_cert_sign")])
    good("no-crl-sign", line(below(), no_ski), "an authority that signs certificates only")


def _trust(book):
    def bad(case, inputs, code, note, attack=19):
        book.bad("wic-trust-" + case, OP, inputs, code, "WIC-2", note, attack, ["WIC-2", "TA-4"])

    unknown = leaf(san=san(("uri", "wimse://evil.example/edge")))
    bad("domain", line(unknown), "trust.domain_unknown", "an unknown trust domain")
    bad(
        "subdomain",
        line(leaf(san=san(("uri", "wimse://a.trust.example.com/edge")))),
        "trust.domain_unknown",
        "a trust domain below one that is trusted",
    )
    spiffe = leaf(san=san(("uri", SPIFFE_SUB)))
    bad(
        "scheme",
        line(spiffe),
        "trust.domain_unknown",
        "anchors of wimse:// for a name of spiffe://",
    )
    bad(
        "scheme-back",
        line(leaf(), trust=anchors(ROOT, origin=SPIFFE)),
        "trust.domain_unknown",
        "anchors of spiffe:// for a name of wimse://",
    )
    two = {**anchors(OTHER_ROOT, origin=SPIFFE), **anchors(ROOT)}
    bad(
        "scheme-other-anchor",
        line(spiffe, trust=two),
        "wic.untrusted",
        "an authority of wimse:// signs a name of spiffe:// [TA-4]",
    )
    bad("none", line(leaf(), trust={ORIGIN: {"jwks": {"keys": []}}}), "trust.no_keys", "no anchor")
    bad(
        "empty",
        line(leaf(), trust=trust(**{ORIGIN: {"x509_der_b64u": []}})),
        "trust.no_keys",
        "no anchor",
    )
    bad(
        "other-domain",
        line(leaf(san=san(("uri", OTHER + "/service/edge")))),
        "wic.untrusted",
        "the authority of one domain signs a name of another",
    )
    fields = {"issuer_key": keys.CA_2, "issuer": OTHER_NAME}
    bad("other-domain-back", line(leaf(fields)), "wic.untrusted", "the other way round")
    bad(
        "other-domain-anchor-sent",
        line(leaf(fields), OTHER_ROOT),
        "wic.untrusted",
        "and the other domain's anchor is sent with it",
    )


def _anchors(book):
    """An anchor that cannot be one refuses the configuration, whatever is verified by it."""
    no_sign = [basic(True), key_usage("crl_sign"), subject_key_id(keys.CA)]
    for case, der, note in [
        ("leaf", leaf(), "a leaf"),
        ("no-cert-sign", authority(keys.CA, ROOT_NAME, extensions=no_sign), "no keyCertSign"),
        ("garbage", b"garbage", "no certificate"),
        ("empty", b"", "no bytes"),
    ]:
        inputs = line(leaf(), trust=anchors(der))
        book.bad("wic-anchor-" + case, OP, inputs, "wic.anchor", "TA-1", note + " as an anchor")


def _refusals(book):
    def bad(case, inputs, note, code="untrusted", attack=None, rule="WIC-2"):
        book.bad(
            "wic-path-" + case, OP, inputs, "wic." + code, rule, note, attack, [rule, "RFC5280-6"]
        )

    own = name("edge")
    bad(
        "self-signed",
        line(leaf({"issuer_key": keys.WORKLOAD, "issuer": own, "subject": own})),
        "signed by itself",
    )
    bad("attacker", line(leaf({"issuer_key": keys.ATTACKER})), "the right name, another key")
    fake = authority(keys.ATTACKER, ROOT_NAME)
    bad(
        "attacker-root",
        line(leaf({"issuer_key": keys.ATTACKER}), fake),
        "an attacker's root of the same name is sent",
    )
    bad("signature", line(leaf({"damage": flip_bit})), "a bit of the signature flipped", attack=10)
    none = line(leaf({"damage": lambda _: b""}))
    bad("signature-empty", none, "no signature", "malformed", 9, "WIC-1")
    zero = b"\x30\x06\x02\x01\x00\x02\x01\x00"
    bad("signature-zero", line(leaf({"damage": lambda _: zero})), "r and s are zero", attack=9)
    bad("signature-sha1", line(leaf({"alg": "SHA1"})), "SHA-1")
    bad("intermediate-sha1", line(below(), intermediate(alg="SHA1")), "SHA-1 in the intermediate")
    bad("intermediate-missing", line(below()), "the intermediate is not sent")
    bad(
        "intermediate-signature",
        line(below(), intermediate(damage=flip_bit)),
        "the intermediate's signature",
    )
    bad(
        "intermediate-garbage",
        line(below(), b"garbage"),
        "no certificate",
        "malformed",
        rule="WIC-1",
    )
    for case, extensions, note in [
        ("not-ca", ca_extensions(constraints=basic(False)), "CA:FALSE"),
        (
            "no-basic",
            [key_usage("key_cert_sign"), subject_key_id(keys.ISSUER_2)],
            "no basicConstraints",
        ),
        (
            "no-cert-sign",
            ca_extensions(usage=key_usage("digital_signature")),
            "keyUsage without keyCertSign",
        ),
        (
            "critical",
            ca_extensions(ext("1.3.6.1.4.1.55555.1", octets(b"x"), True)),
            "an unknown critical extension",
        ),
    ]:
        bad("intermediate-" + case, line(below(), intermediate(extensions)), note)
    leaf_as_ca = leaf({"issuer_key": keys.WORKLOAD, "issuer": own}, key=keys.WORKLOAD_2)
    bad("leaf-as-authority", line(leaf_as_ca, leaf({"subject": own})), "signed by another leaf")
    for case, usage, wanted in [("client", CLIENT, "server"), ("server", SERVER, "client")]:
        limited = intermediate(ca_extensions(ext_key_usage(usage)))
        bad(
            "intermediate-eku-" + case,
            line(below(), limited, usage=wanted),
            "an authority for the other usage",
            "ext_key_usage",
            rule="TLS-3",
        )
    first, chain = ladder(2, path_length=0)
    bad("length-0", line(first, *chain), "an authority below one that allows none")
    first, chain = ladder(3, path_length=1)
    bad("length-1", line(first, *chain), "two authorities below one that allows one")
    first, chain = ladder(4)
    bad("five-steps", line(first, *chain), "six certificates from leaf to anchor", attack=5)
    for case, permitted, excluded in [
        ("uri", [("uri", "partner.example.net")], ()),
        ("uri-dot", [("uri", ".trust.example.com")], ()),
        ("uri-excluded", (), [("uri", "trust.example.com")]),
        ("uri-excluded-dot", (), [("uri", ".example.com")]),
        ("dns", [("dns", "example.net")], ()),
        ("dns-excluded", (), [("dns", "orders.example.com")]),
    ]:
        limited = intermediate(ca_extensions(name_constraints(permitted, excluded)))
        names = san(("uri", SUB), ("dns", "orders.example.com"))
        bad(
            "names-" + case,
            line(below(san=names), limited),
            "a name outside the authority's limits",
            attack=19,
        )
    limited_root = authority(
        keys.CA,
        ROOT_NAME,
        extensions=[
            basic(True),
            key_usage("key_cert_sign"),
            subject_key_id(keys.CA),
            name_constraints([("uri", "partner.example.net")]),
        ],
    )
    bad(
        "names-root",
        line(leaf(), trust=anchors(limited_root)),
        "a name outside the anchor's limits",
        attack=19,
    )

    for case, inputs, code, note in [
        ("expired", line(leaf({"not_after": NOW - 1})), "expired", "a second ago"),
        (
            "expired-day",
            line(leaf({"not_before": NOW - 2 * DAY, "not_after": NOW - DAY})),
            "expired",
            "a day ago",
        ),
        ("not-yet", line(leaf({"not_before": NOW + 1})), "not_yet_valid", "a second ahead"),
        (
            "not-yet-hour",
            line(leaf({"not_before": NOW + HOUR, "not_after": NOW + DAY})),
            "not_yet_valid",
            "an hour ahead",
        ),
        ("later", line(leaf(), now=NOW + HOUR + 1), "expired", "the good one, later"),
        ("earlier", line(leaf(), now=NOW - HOUR - 1), "not_yet_valid", "the good one, earlier"),
        (
            "intermediate-expired",
            line(below(), intermediate(not_after=NOW - 1)),
            "expired",
            "the intermediate",
        ),
        (
            "intermediate-not-yet",
            line(below(), intermediate(not_before=NOW + 1)),
            "not_yet_valid",
            "the intermediate",
        ),
        (
            "anchor-expired",
            line(leaf(), trust=anchors(authority(keys.CA, ROOT_NAME, not_after=NOW - 1))),
            "expired",
            "the anchor",
        ),
    ]:
        bad("time-" + case, inputs, note, code, 17)


def add(book):
    _good(book)
    _trust(book)
    _anchors(book)
    _refusals(book)
