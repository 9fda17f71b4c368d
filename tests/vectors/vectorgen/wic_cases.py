"""wic.jsonl: certificates: what the leaf must be (WIC-1, XSVID-1, TLS-3), and the expected peer."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519

from . import keys
from .book import DROP
from .jose import b64u, flip_bit, unb64u
from .wic_make import (
    ANY,
    CLIENT,
    EXTENSIONS,
    INTERMEDIATE,
    INTERMEDIATE_NAME,
    ROOT,
    SERVER,
    SPIFFE_SUB,
    SUB,
    basic,
    ext,
    ext_key_usage,
    integer,
    key_usage,
    leaf,
    line,
    name,
    octets,
    oid,
    san,
    seq,
    spiffe_leaf,
    spiffe_line,
    spki,
    text,
    tlv,
)
from .wit_cases import NOW, ORIGIN, OTHER, SPIFFE

OP = "wic.verify"


def _good(book):
    def good(case, inputs, cites, note, attack=None, subject=SUB):
        book.good("wic-good-" + case, OP, inputs, {"subject": subject}, cites, note, attack)

    good("base", line(leaf()), ["WIC-1", "WIC-2", "TLS-3"], "the base of what follows")
    good("server", line(leaf(), usage="server"), ["TLS-3"], "the same certificate as a server's")
    good("anchor-sent", line(leaf(), ROOT), ["RFC5280-6"], "the anchor is sent, too")
    inter = leaf({"issuer_key": keys.ISSUER_2, "issuer": INTERMEDIATE_NAME})
    good("intermediate", line(inter, INTERMEDIATE), ["RFC5280-6"], "one intermediate")
    good("order", line(inter, ROOT, INTERMEDIATE), ["RFC5280-6"], "the others in any order")
    good(
        "subject", line(leaf({"subject": name("edge")})), ["WIC-1"], "a subject, which says nothing"
    )
    not_critical = san(("uri", SUB), critical=False)
    good(
        "san-not-critical",
        line(leaf({"subject": name("edge")}, san=not_critical)),
        ["WIC-1"],
        "a subject, so the names need not be critical",
    )
    good(
        "no-eku",
        line(leaf(ext_key_usage=DROP)),
        ["TLS-3"],
        "an absent extended key usage limits nothing",
    )
    good(
        "eku-client",
        line(leaf(ext_key_usage=ext_key_usage(CLIENT))),
        ["TLS-3"],
        "a client's certificate",
    )
    good(
        "eku-server",
        line(leaf(ext_key_usage=ext_key_usage(SERVER)), usage="server"),
        ["TLS-3"],
        "a server's",
    )
    eku = ext_key_usage(ANY, CLIENT, critical=True)
    good(
        "eku-more", line(leaf(ext_key_usage=eku)), ["TLS-3"], "critical, with another usage beside"
    )
    good(
        "no-key-usage", line(leaf(key_usage=DROP)), ["WIC-1"], "keyUsage is no duty outside SPIFFE"
    )
    usage = key_usage("digital_signature", "key_encipherment", critical=False)
    good("key-usage-more", line(leaf(key_usage=usage)), ["WIC-1"], "not critical, with another bit")
    good("no-basic", line(leaf(basic=DROP)), ["WIC-1"], "no basicConstraints")
    good(
        "no-key-ids",
        line(leaf(subject_key_id=DROP, authority_key_id=DROP)),
        ["RFC5280-6"],
        "no key identifiers",
    )
    names = san(
        ("uri", SUB), ("dns", "orders.example.com"), ("ip", "192.0.2.1"), ("email", "a@example.com")
    )
    good("san-others", line(leaf(san=names)), ["WIC-1"], "other types of names beside the URI", 21)
    names = san(("dns", "orders.example.com"), ("uri", SUB))
    good("san-order", line(leaf(san=names)), ["WIC-1"], "the URI is not the first name", 21)
    extra = leaf(extra=ext("1.3.6.1.4.1.55555.1", octets(b"x")))
    good(
        "unknown-extension",
        line(extra),
        ["RFC5280-4.2"],
        "an unknown extension that is not critical",
    )
    for case, key in [
        ("p384", keys.WORKLOAD_P384),
        ("ed25519", keys.WORKLOAD_ED),
        ("rsa", keys.WORKLOAD_RSA),
    ]:
        good("key-" + case, line(leaf(key=key)), ["WIC-1"], "another type of key")
    good("not-before", line(leaf({"not_before": NOW})), ["WIC-2"], "its first second", 17)
    good("not-after", line(leaf({"not_after": NOW})), ["WIC-2"], "its last second", 17)
    good("generalized", line(leaf({"not_after": 2527000000})), ["RFC5280-4.1"], "ends after 2049")
    good(
        "serial-20",
        line(leaf({"serial": 2**158 + 1})),
        ["RFC5280-4.1"],
        "a serial number of 20 bytes",
    )
    tilde = ORIGIN + "/service/~edge"
    good(
        "tilde",
        line(leaf(san=san(("uri", tilde)))),
        ["ID-6"],
        "a character that only wimse allows",
        None,
        tilde,
    )
    good(
        "spiffe-uri",
        spiffe_line(spiffe_leaf(), profile=DROP),
        ["WIC-1"],
        "a SPIFFE ID in the wimse profile",
        None,
        SPIFFE_SUB,
    )
    good("spiffe", spiffe_line(spiffe_leaf()), ["XSVID-1"], "X509-SVID", None, SPIFFE_SUB)
    good(
        "spiffe-no-eku",
        spiffe_line(spiffe_leaf(ext_key_usage=DROP)),
        ["XSVID-1"],
        "no extended key usage",
        None,
        SPIFFE_SUB,
    )
    good(
        "spiffe-no-basic",
        spiffe_line(spiffe_leaf(basic=DROP)),
        ["XSVID-1"],
        "absent is CA:FALSE",
        None,
        SPIFFE_SUB,
    )
    fields = {"subject": name("edge")}
    plain = san(("uri", SPIFFE_SUB), critical=False)
    good(
        "spiffe-subject",
        spiffe_line(spiffe_leaf(fields, san=plain)),
        ["XSVID-1"],
        "a subject",
        None,
        SPIFFE_SUB,
    )


def _identity(book):
    def bad(case, code, rule, note, attack=21, inputs=None, fields=None, **extensions):
        book.bad(
            "wic-" + case, OP, inputs or line(leaf(fields, **extensions)), code, rule, note, attack
        )

    for case, names, note in [
        ("dns", san(("dns", "orders.example.com")), "a DNS name only"),
        ("dns-uri", san(("dns", SUB)), "the identifier as a DNS name"),
        ("email", san(("email", SUB)), "the identifier as an e-mail address"),
        ("ip", san(("ip", "192.0.2.1")), "an address only"),
        ("absent", DROP, "no names"),
    ]:
        bad("san-missing-" + case, "wic.san_missing", "WIC-1", note, san=names)
    bad(
        "san-missing-cn",
        "wic.san_missing",
        "WIC-1",
        "the identifier as common name",
        fields={"subject": name(SUB)},
        san=DROP,
    )
    for case, names, note in [
        ("two", san(("uri", SUB), ("uri", ORIGIN + "/service/other")), "two identifiers"),
        ("same", san(("uri", SUB), ("uri", SUB)), "the same identifier twice"),
        ("https", san(("uri", SUB), ("uri", "https://example.com/")), "another URI beside it"),
        (
            "https-first",
            san(("uri", "https://example.com/"), ("uri", SUB)),
            "another URI before it",
        ),
        (
            "apart",
            san(("uri", SUB), ("dns", "a.example"), ("uri", SUB + "2")),
            "another name between them",
        ),
    ]:
        bad("san-many-" + case, "wic.san_many", "WIC-1", note, san=names)
    for case, uri, note, attack in [
        ("https", "https://trust.example.com/service/edge", "another scheme", 21),
        ("case", "WIMSE://trust.example.com/service/edge", "the scheme in upper case", 23),
        (
            "domain-case",
            "wimse://Trust.example.com/service/edge",
            "the trust domain in upper case",
            23,
        ),
        ("percent", "wimse://trust.example.com/service/%65dge", "percent-encoding", 23),
        ("dots", "wimse://trust.example.com/service/../edge", "a dot segment", 23),
        ("slashes", "wimse://trust.example.com//edge", "an empty segment", 23),
        ("trailing", SUB + "/", "a slash at the end", 23),
        ("no-path", ORIGIN, "no path", 21),
        ("query", SUB + "?x=1", "a query", 23),
        ("fragment", SUB + "#x", "a fragment", 23),
        ("userinfo", "wimse://a@trust.example.com/service/edge", "user information", 23),
        ("port", "wimse://trust.example.com:443/service/edge", "a port", 23),
        ("words", "edge", "no URI", 21),
    ]:
        bad("san-invalid-" + case, "wic.san_invalid", "WIC-1", note, attack, san=san(("uri", uri)))
    for case, uri in [
        ("nul", SUB.encode() + b"\0.evil.example"),
        ("space", SUB.encode() + b" "),
        ("empty", b""),
        ("newline", SUB.encode() + b"\n"),
        ("del", SUB.encode() + b"\x7f"),
        ("utf8", SUB.encode() + "\u00e9".encode()),
        ("latin1", SUB.encode() + b"\xe9"),
    ]:
        bad(
            "san-bytes-" + case,
            "wic.malformed",
            "WIC-1",
            "what no URI may be",
            22,
            san=san(("uri", uri)),
        )
    bad(
        "san-bytes-dns-space",
        "wic.malformed",
        "WIC-1",
        "a space in a DNS name beside the identifier",
        22,
        san=san(("uri", SUB), ("dns", "orders example.com")),
    )
    bad(
        "san-bytes-dns-nul",
        "wic.malformed",
        "WIC-1",
        "NUL in a DNS name beside the identifier",
        22,
        san=san(("uri", SUB), ("dns", b"orders.example.com\0.evil.example")),
    )
    bad("is-ca", "wic.is_ca", "XSVID-1", "CA:TRUE", None, basic=basic(True))
    bad(
        "is-ca-pathlen",
        "wic.is_ca",
        "XSVID-1",
        "CA:TRUE, no certificate below",
        None,
        basic=basic(True, 0),
    )
    for case, usage, note in [
        ("cert-sign", key_usage("digital_signature", "key_cert_sign"), "keyCertSign"),
        ("crl-sign", key_usage("digital_signature", "crl_sign"), "cRLSign"),
        ("no-signature", key_usage("key_encipherment"), "no digitalSignature"),
        ("cert-sign-only", key_usage("key_cert_sign"), "keyCertSign alone"),
    ]:
        bad("key-usage-" + case, "wic.key_usage", "XSVID-1", note, None, key_usage=usage)
    for case, usages, usage, note in [
        ("server-as-client", [SERVER], "client", "a server's certificate shown by a client"),
        ("client-as-server", [CLIENT], "server", "a client's certificate shown by a server"),
        ("any", [ANY], "client", "anyExtendedKeyUsage names no usage"),
        ("code-signing", ["1.3.6.1.5.5.7.3.3"], "client", "a certificate for code"),
        ("unknown", ["1.3.6.1.4.1.55555.2"], "server", "a usage that is not known"),
    ]:
        inputs = line(leaf(ext_key_usage=ext_key_usage(*usages)), usage=usage)
        bad("eku-" + case, "wic.ext_key_usage", "TLS-3", note, None, inputs)
    for case, extension in [
        ("unknown", ext("1.3.6.1.4.1.55555.1", octets(b"x"), True)),
        ("policy-mappings", ext("2.5.29.33", seq(), True)),
    ]:
        bad(
            "critical-" + case,
            "wic.critical_extension",
            "RFC5280-4.2",
            "an unknown critical extension",
            None,
            extra=extension,
        )

    def spiffe(case, code, rule, note, fields=None, names=SPIFFE_SUB, origin=SPIFFE, **extensions):
        extensions.setdefault("san", san(("uri", names)))
        roots = {origin: {"x509_der_b64u": [b64u(ROOT)]}}
        inputs = spiffe_line(spiffe_leaf(fields, **extensions), trust=roots)
        bad("spiffe-" + case, code, rule, note, None, inputs)

    spiffe("scheme", "wic.san_invalid", "XSVID-1", "another scheme", names=SUB, origin=ORIGIN)
    spiffe(
        "no-path", "wic.san_invalid", "XSVID-1", "the identifier of the trust domain", names=SPIFFE
    )
    spiffe(
        "tilde",
        "wic.san_invalid",
        "WIC-1",
        "a character that only wimse allows",
        names=SPIFFE + "/~x",
    )
    spiffe("no-key-usage", "wic.key_usage", "XSVID-1", "no keyUsage", key_usage=DROP)
    spiffe(
        "key-usage-not-critical",
        "wic.key_usage",
        "XSVID-1",
        "keyUsage is not critical",
        key_usage=key_usage("digital_signature", critical=False),
    )
    for case, usage in [("client", CLIENT), ("server", SERVER)]:
        inputs = spiffe_line(spiffe_leaf(ext_key_usage=ext_key_usage(usage)), usage=case)
        bad(
            "spiffe-eku-" + case,
            "wic.ext_key_usage",
            "XSVID-1",
            "one of the two usages",
            None,
            inputs,
        )
    spiffe(
        "san-not-critical",
        "wic.san_not_critical",
        "XSVID-1",
        "no subject, and the names are not critical",
        san=san(("uri", SPIFFE_SUB), critical=False),
    )
    spiffe("is-ca", "wic.is_ca", "XSVID-1", "CA:TRUE", basic=basic(True))


def _malformed(book):
    good = leaf()

    def bad(case, der, note, code="wic.malformed", attack=None):
        book.bad("wic-" + case, OP, line(der), code, "WIC-1", note, attack)

    for case, der, note in [
        ("empty", b"", "no bytes"),
        ("zero", bytes(64), "zeros"),
        ("text", b"not a certificate", "text"),
        ("pem", b"-----BEGIN CERTIFICATE-----\n", "PEM"),
        ("short", good[:-1], "the last byte is gone"),
        ("trailing", good + b"\0", "a byte follows"),
        ("twice", good + good, "two certificates in one"),
        ("indefinite", b"\x30\x80" + good[4:] + b"\0\0", "an indefinite length"),
        ("long-length", b"\x30\x83\0" + good[2:], "a length written too long"),
        ("integer", integer(1), "an integer"),
        ("inner", good[4:], "the inner part alone"),
    ]:
        bad("der-" + case, der, note, attack=5 if "length" in case else None)
    for case, fields, note in [
        ("version-1", {"version": 0}, "version 1"),
        ("version-2", {"version": 1}, "version 2"),
        ("alg-mismatch", {"inner_alg": "ES384"}, "another algorithm inside than outside"),
    ]:
        bad("der-" + case, leaf(fields), note)
    for case in ("san", "key_usage", "basic", "ext_key_usage"):
        bad(
            "der-twice-" + case.replace("_", "-"),
            leaf(again=EXTENSIONS[case]),
            "an extension twice",
        )
    false = seq(oid("2.5.29.15"), tlv(0x01, b"\0"), octets(tlv(0x03, b"\x07\x80")))
    bad("der-default", leaf(key_usage=false), "a default value is written")
    true = seq(oid("2.5.29.15"), tlv(0x01, b"\x01"), octets(tlv(0x03, b"\x07\x80")))
    bad("der-boolean", leaf(key_usage=true), "TRUE is not 0xff")
    bad(
        "der-san-garbage",
        leaf(san=ext("2.5.29.17", b"\x30\x05\x86\x10abc", True)),
        "names that end too early",
        attack=21,
    )
    bad(
        "der-san-trailing",
        leaf(san=ext("2.5.29.17", seq(text(SUB, 0x86)) + b"\0", True)),
        "a byte follows the names",
        attack=21,
    )
    der, info = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    names = [("uri", SUB)] + [("dns", f"h{i}.example.com") for i in range(64)]
    bad("san-65", leaf(san=san(*names)), "65 names", attack=5)
    book.good(
        "wic-good-san-64",
        OP,
        line(leaf(san=san(*names[:64]))),
        {"subject": SUB},
        ["WIC-1"],
        "64 names",
    )
    k1 = ec.derive_private_key(7, ec.SECP256K1()).public_key().public_bytes(der, info)
    p224 = ec.derive_private_key(7, ec.SECP224R1()).public_key().public_bytes(der, info)
    x = (
        x25519.X25519PrivateKey.from_private_bytes(bytes(range(32)))
        .public_key()
        .public_bytes(der, info)
    )
    modulus = int.from_bytes(unb64u(keys.RSA_1024_N), "big")
    rsa = seq(
        seq(oid("1.2.840.113549.1.1.1"), tlv(0x05)),
        tlv(0x03, b"\0", seq(integer(modulus), integer(65537))),
    )
    off = spki(keys.WORKLOAD)[:-1] + flip_bit(spki(keys.WORKLOAD))[-1:]
    for case, info, note in [
        ("secp256k1", k1, "a curve that is not used"),
        ("p224", p224, "a curve that is too small"),
        ("x25519", x, "a key that cannot sign"),
        ("rsa-1024", rsa, "an RSA key that is too small"),
        ("off-curve", off, "a point that is not on its curve"),
        (
            "unknown",
            seq(seq(oid("1.3.6.1.4.1.55555.3")), tlv(0x03, b"\0x")),
            "an unknown type of key",
        ),
    ]:
        bad("key-" + case, leaf({"info": info}), note, "wic.key")
    huge = leaf(extra=ext("1.3.6.1.4.1.55555.1", octets(bytes(17000))))
    bad("size-leaf", huge, "a leaf over 16 KiB", "wic.too_large", 5)
    many = [leaf()] + [INTERMEDIATE] * 8
    book.bad("wic-size-nine", OP, line(*many), "wic.too_large", "WIC-1", "nine certificates", 5)
    big = leaf(extra=ext("1.3.6.1.4.1.55555.1", octets(bytes(16000))))
    book.bad(
        "wic-size-chain",
        OP,
        line(leaf(), *[big] * 5),
        "wic.too_large",
        "WIC-1",
        "a chain over 64 KiB",
        5,
    )
    book.good(
        "wic-good-eight", OP, line(*many[:8]), {"subject": SUB}, ["WIC-1"], "eight certificates"
    )
    book.bad("wic-missing", OP, line(), "wic.missing", "TLS-2", "no certificate", 18)


def _peer(book):
    names = san(
        ("uri", SUB),
        ("dns", "orders.example.com"),
        ("dns", "*.api.example.com"),
        ("dns", "*.com"),
        ("dns", "*"),
        ("dns", "w*.part.example.com"),
        ("dns", "x.*.example.com"),
        ("ip", "192.0.2.1"),
        ("ip", "2001:db8::1"),
        ("dns", "192.0.2.7"),
    )
    der = leaf(san=names)

    def good(case, note, **members):
        inputs = line(der, usage="server", **members)
        book.good("wic-peer-" + case, OP, inputs, {"subject": SUB}, ["TLS-4", "RFC9525-6.3"], note)

    def bad(case, note, code="wic.host_mismatch", rule="TLS-4", attack=None, cert=der, **members):
        inputs = line(cert, **{"usage": "server", **members})
        book.bad("wic-peer-" + case, OP, inputs, code, rule, note, attack, [rule])

    good("id", "the expected identifier", expected_id=SUB)
    for case, host in [
        ("dns", "orders.example.com"),
        ("dns-case", "Orders.Example.COM"),
        ("wildcard", "v1.api.example.com"),
        ("wildcard-case", "V1.API.example.com"),
        ("ip4", "192.0.2.1"),
        ("ip6", "2001:db8::1"),
        ("ip6-long", "2001:0db8:0:0:0:0:0:1"),
    ]:
        good(case, "a name of the certificate", dns_name=host)
    for case, host, note, attack in [
        ("other", "billing.example.com", "another host", None),
        ("prefix", "orders.example.co", "the beginning of a name", 20),
        ("suffix", "xorders.example.com", "the end of a name", 20),
        ("parent", "example.com", "the domain above", 20),
        ("below", "a.orders.example.com", "a host below", 20),
        ("wildcard-two", "a.b.api.example.com", "a wildcard is one label", 20),
        ("wildcard-none", "api.example.com", "a wildcard is one label, not none", 20),
        ("wildcard-text", "*.other.example.com", "a wildcard that is expected", 20),
        ("wildcard-tld", "example2.com", "a wildcard with one label behind it", 20),
        ("wildcard-all", "localhost", "a wildcard alone", 20),
        ("wildcard-part", "www.part.example.com", "a wildcard that is a part of a label", 20),
        ("wildcard-inner", "x.y.example.com", "a wildcard that is not the left-most label", 20),
        ("trust-domain", "trust.example.com", "the host of the identifier [TLS-5]", 21),
        ("ip-other", "192.0.2.2", "another address", None),
        ("ip-as-dns", "192.0.2.7", "an address that stands as a DNS name", 21),
        ("ip6-other", "2001:db8::2", "another address", None),
    ]:
        bad(case, note, attack=attack, dns_name=host)
    bad(
        "cn",
        "the common name counts for nothing",
        attack=21,
        dns_name="orders.example.com",
        cert=leaf({"subject": name("orders.example.com")}),
    )
    for case, expected, note, attack in [
        ("id-other", ORIGIN + "/service/other", "another workload", None),
        ("id-prefix", SUB[:-1], "the beginning of the identifier", 20),
        ("id-longer", SUB + "/x", "a longer identifier", 20),
        ("id-case", ORIGIN + "/service/Edge", "identifiers have a case", 20),
    ]:
        bad(case, note, "tls.peer_unexpected", "TLS-4", attack, expected_id=expected)
    for case, expected in [
        ("id-domain", OTHER + "/service/edge"),
        ("id-scheme", SPIFFE + "/service/edge"),
    ]:
        bad(
            case,
            "a peer of another trust domain",
            "tls.peer_unexpected",
            "TLS-1",
            19,
            expected_id=expected,
        )
    bad(
        "id-of-client",
        "a client's certificate shown by the expected server",
        "wic.ext_key_usage",
        "TLS-3",
        cert=leaf(ext_key_usage=ext_key_usage(CLIENT)),
        expected_id=SUB,
    )


def add(book):
    _good(book)
    _identity(book)
    _malformed(book)
    _peer(book)
