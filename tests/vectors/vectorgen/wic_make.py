"""Certificates for the vectors, written byte by byte, so that faults can be written, too. The same
bytes every time: fixed keys, serial numbers and times; RFC 6979."""

import datetime
import hashlib
import ipaddress

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from . import keys
from .book import change
from .jose import b64u, private_key, public_key, sign, split_signature
from .wit_cases import NOW, ORIGIN, OTHER, SPIFFE

HOUR = 3600
DAY = 24 * HOUR
CLIENT, SERVER, ANY = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0"
SIGNATURE_OIDS = {
    "ES256": "1.2.840.10045.4.3.2",
    "ES384": "1.2.840.10045.4.3.3",
    "SHA1": "1.2.840.10045.4.1",
    "RS256": "1.2.840.113549.1.1.11",
    "Ed25519": "1.3.101.112",
}
USAGE_BITS = {"digital_signature": 0, "key_encipherment": 2, "key_cert_sign": 5, "crl_sign": 6}


def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


def seq(*parts):
    return tlv(0x30, *parts)


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([40 * first + second])
    for number in rest:
        octets = [number & 0x7F]
        while number := number >> 7:
            octets.insert(0, number & 0x7F | 0x80)
        out += bytes(octets)
    return tlv(0x06, out)


def octets(*parts):
    return tlv(0x04, *parts)


def bit_string(data):
    return tlv(0x03, b"\0", data)


def text(value, tag=0x0C):
    return tlv(tag, value if isinstance(value, bytes) else value.encode())


def moment(seconds):
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    if when.year < 2050:
        return text(when.strftime("%y%m%d%H%M%SZ"), 0x17)
    return text(when.strftime("%Y%m%d%H%M%SZ"), 0x18)


def name(common=None):
    return seq(tlv(0x31, seq(oid("2.5.4.3"), text(common)))) if common else seq()


def spki(jwk):
    key = public_key(jwk)
    der, info = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(der, info)


def key_id(jwk):
    return hashlib.sha1(spki(jwk)).digest()


def ext(kind, value, critical=False):
    flag = tlv(0x01, b"\xff") if critical else b""
    return seq(oid(kind), flag, octets(value))


def san(*entries, critical=True):
    """Entries are (kind, value): uri, dns, ip, email."""
    tags = {"uri": 0x86, "dns": 0x82, "ip": 0x87, "email": 0x81}
    parts = [
        tlv(tags[kind], ipaddress.ip_address(v).packed) if kind == "ip" else text(v, tags[kind])
        for kind, v in entries
    ]
    return ext("2.5.29.17", seq(*parts), critical)


def key_usage(*names, critical=True):
    value = bytearray(1)
    for one in names:
        value[0] |= 0x80 >> USAGE_BITS[one]
    unused = (value[0] & -value[0]).bit_length() - 1 if value[0] else 7
    return ext("2.5.29.15", tlv(0x03, bytes([unused]), bytes(value)), critical)


def ext_key_usage(*kinds, critical=False):
    return ext("2.5.29.37", seq(*map(oid, kinds)), critical)


def basic(ca, path_length=None, critical=True):
    parts = ([tlv(0x01, b"\xff")] if ca else []) + (
        [] if path_length is None else [integer(path_length)]
    )
    return ext("2.5.29.19", seq(*parts), critical)


def subject_key_id(jwk):
    return ext("2.5.29.14", octets(key_id(jwk)))


def authority_key_id(jwk):
    return ext("2.5.29.35", seq(tlv(0x80, key_id(jwk))))


def name_constraints(permitted=(), excluded=(), critical=True):
    tags = {"uri": 0x86, "dns": 0x82}

    def trees(tag, entries):
        return tlv(tag, *[seq(text(v, tags[k])) for k, v in entries]) if entries else b""

    return ext("2.5.29.30", seq(trees(0xA0, permitted), trees(0xA1, excluded)), critical)


def sign_der(jwk, alg, message):
    if alg == "SHA1":
        algorithm = ec.ECDSA(hashes.SHA1(), deterministic_signing=True)
        return private_key(jwk).sign(message, algorithm)
    signature = sign(jwk, alg, message)
    return utils.encode_dss_signature(*split_signature(signature)) if alg[:2] == "ES" else signature


def algorithm_of(alg):
    null = tlv(0x05) if alg.startswith("RS") else b""
    return seq(oid(SIGNATURE_OIDS[alg]), null)


def certificate(
    key,
    issuer_key,
    issuer,
    subject,
    extensions,
    alg="ES256",
    version=2,
    serial=1,
    not_before=NOW - HOUR,
    not_after=NOW + HOUR,
    inner_alg=None,
    info=None,
    damage=lambda signature: signature,
):
    """One certificate; `extensions` is a list of their DER, None for no such field."""
    tbs = seq(
        tlv(0xA0, integer(version)) if version else b"",
        integer(serial),
        algorithm_of(inner_alg or alg),
        issuer,
        seq(moment(not_before), moment(not_after)),
        subject,
        info or spki(key),
        tlv(0xA3, seq(*extensions)) if extensions is not None else b"",
    )
    return seq(tbs, algorithm_of(alg), bit_string(damage(sign_der(issuer_key, alg, tbs))))


# --- the good ones -------------------------------------------------------------------------------

ROOT_NAME = name("Test root of trust.example.com")
OTHER_NAME = name("Test root of partner.example.net")


def authority(
    key, subject, issuer_key=None, issuer=None, extensions=None, path_length=None, **fields
):
    if extensions is None:
        extensions = [
            basic(True, path_length),
            key_usage("key_cert_sign", "crl_sign"),
            subject_key_id(key),
        ]
    members = {"not_before": NOW - 30 * DAY, "not_after": NOW + 30 * DAY, "serial": 1001, **fields}
    return certificate(key, issuer_key or key, issuer or subject, subject, extensions, **members)


ROOT = authority(keys.CA, ROOT_NAME)
OTHER_ROOT = authority(keys.CA_2, OTHER_NAME)
INTERMEDIATE_NAME = name("Test intermediate 1")
INTERMEDIATE = authority(keys.ISSUER_2, INTERMEDIATE_NAME, keys.CA, ROOT_NAME, serial=1002)
SUB = ORIGIN + "/service/edge"
SPIFFE_SUB = SPIFFE + "/service/edge"
EXTENSIONS = {
    "san": san(("uri", SUB)),
    "key_usage": key_usage("digital_signature"),
    "ext_key_usage": ext_key_usage(CLIENT, SERVER),
    "basic": basic(False),
    "subject_key_id": subject_key_id(keys.WORKLOAD),
    "authority_key_id": authority_key_id(keys.CA),
}


def leaf(fields=None, key=keys.WORKLOAD, **extensions):
    """The good leaf with extensions changed (DROP removes one) and fields of the certificate."""
    fields = dict(fields or {})
    issuer_key = fields.pop("issuer_key", keys.CA)
    issuer = fields.pop("issuer", ROOT_NAME)
    subject = fields.pop("subject", name())
    if issuer_key is not keys.CA:
        extensions.setdefault("authority_key_id", authority_key_id(issuer_key))
    parts = list(change(EXTENSIONS, **extensions).values())
    return certificate(key, issuer_key, issuer, subject, parts, **{"serial": 7, **fields})


def trust(**members):
    base = {ORIGIN: {"x509_der_b64u": [b64u(ROOT)]}, OTHER: {"x509_der_b64u": [b64u(OTHER_ROOT)]}}
    return change(base, **members)


def line(*chain, **members):
    base = {
        "chain_der_b64u": [b64u(der) for der in chain],
        "trust": trust(),
        "now": NOW,
        "usage": "client",
    }
    return change(base, **members)


SPIFFE_TRUST = {SPIFFE: {"x509_der_b64u": [b64u(ROOT)]}}


def spiffe_leaf(fields=None, **extensions):
    return leaf(fields, **{"san": san(("uri", SPIFFE_SUB)), **extensions})


def spiffe_line(*chain, **members):
    return line(*chain, **{"trust": SPIFFE_TRUST, "profile": "spiffe", **members})


def anchors(*certificates, origin=ORIGIN):
    return {origin: {"x509_der_b64u": [b64u(der) for der in certificates]}}
