"""The fourth part of reference.py: certificates (WIC-1, WIC-2, XSVID-1, TLS-3, TLS-4, RFC 5280)."""

import ipaddress
import re

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from . import jose
from .der import elements, read, read_certificate
from .reference import parse_id
from .refusal import Refusal, require

MAX_CERTIFICATE = 16 * 1024
MAX_CHAIN = 8
MAX_CHAIN_BYTES = 64 * 1024
MAX_PATH = 5
WEAK = {"1.2.840.10045.4.1", "1.2.840.113549.1.1.5"}  # SHA-1


def _read(der):
    """Our own reader, and that of `cryptography`: what either refuses is malformed."""
    require(len(der) <= MAX_CERTIFICATE, "wic.too_large", "WIC-1")
    try:
        out = read_certificate(der)
        x509.load_der_x509_certificate(der)
    except (ValueError, IndexError, TypeError, UnicodeDecodeError):
        raise Refusal("wic.malformed", "WIC-1") from None
    out["der"] = der
    return out


def _check_key(certificate):
    try:
        key = serialization.load_der_public_key(bytes.fromhex(certificate["spki"]))
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal("wic.key", "WIC-1") from None
    good = (
        isinstance(key, ed25519.Ed25519PublicKey)
        or isinstance(key, ec.EllipticCurvePublicKey)
        and key.curve.name in ("secp256r1", "secp384r1", "secp521r1")
        or isinstance(key, rsa.RSAPublicKey)
        and 2048 <= key.key_size <= 8192
    )
    require(good, "wic.key", "WIC-1")


def _identify(leaf, spiffe):
    names = leaf["san"]
    require(names and names["uri"], "wic.san_missing", "WIC-1")
    require(len(names["uri"]) == 1, "wic.san_many", "WIC-1")
    try:
        found = parse_id(names["uri"][0])
    except Refusal:
        raise Refusal("wic.san_invalid", "WIC-1") from None
    marked = not leaf["subject_empty"] or "san" in leaf["critical"]
    require(not spiffe or marked, "wic.san_not_critical", "XSVID-1")
    usage = leaf["key_usage"]
    constraints = leaf["basic_constraints"]
    require(not (constraints and constraints["ca"]), "wic.is_ca", "XSVID-1")
    if spiffe:
        require(found["scheme"] == "spiffe" and found["path"], "wic.san_invalid", "XSVID-1")
        require(usage is not None and "key_usage" in leaf["critical"], "wic.key_usage", "XSVID-1")
    if usage is not None:
        require("digital_signature" in usage, "wic.key_usage", "XSVID-1")
        require(not {"key_cert_sign", "crl_sign"} & set(usage), "wic.key_usage", "XSVID-1")
    return names["uri"][0], found["origin"]


def _check_leaf_usage(leaf, wanted, spiffe):
    usages = leaf["ext_key_usage"]
    if usages is None:
        return
    require(wanted in usages, "wic.ext_key_usage", "TLS-3")
    require(not spiffe or {"client", "server"} <= set(usages), "wic.ext_key_usage", "XSVID-1")


# --- the path ------------------------------------------------------------------------------------


def _signed_by(child, parent):
    try:
        pair = [x509.load_der_x509_certificate(c["der"]) for c in (child, parent)]
        pair[0].verify_directly_issued_by(pair[1])
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _paths(path, others, anchors):
    """Every path of valid signatures from its first certificate to an anchor."""
    if path[-1]["der"] in {anchor["der"] for anchor in anchors}:
        yield path
        return
    for parent in anchors + others:
        if parent in path or parent["subject"] != path[-1]["issuer"]:
            continue
        if _signed_by(path[-1], parent):
            yield from _paths(path + [parent], others, anchors)


def _within(names, tree):
    """True if the name of this type lies in the subtree."""
    kind, base = tree
    for value in names[kind]:
        host = re.sub(r"^[a-z]+://", "", value).partition("/")[0] if kind == "uri" else value
        if kind == "uri" and base.startswith("."):
            inside = host.endswith(base)
        elif kind == "uri":
            inside = host == base
        else:
            inside = host == base or host.endswith("." + base.lstrip("."))
        yield inside


def _trees(content):
    kinds = {0x86: "uri", 0x82: "dns"}
    for tag, value, _ in elements(read(content)[1]):
        for _, tree, _ in elements(value):
            base_tag, base, _ = read(tree)
            yield tag == 0xA0, (kinds[base_tag], base.decode())


def _constrained(leaf, content):
    permitted = {}
    for is_permitted, tree in _trees(content):
        inside = list(_within(leaf["san"], tree))
        if not is_permitted and any(inside):
            return False
        if is_permitted:
            permitted.setdefault(tree[0], []).append(inside)
    return all(any(one) for trees in permitted.values() for one in zip(*trees))


def _sound(path, wanted):
    leaf, authorities = path[0], path[1:]
    if len(path) > MAX_PATH:
        return False
    for depth, ca in enumerate(authorities):
        constraints, usage = ca["basic_constraints"], ca["key_usage"]
        if not constraints or not constraints["ca"] or ca["unknown_critical"]:
            return False
        if usage is not None and "key_cert_sign" not in usage:
            return False
        length = constraints["path_length"]
        if length is not None and depth > length:
            return False
        if ca["name_constraints"] is not None and not _constrained(leaf, ca["name_constraints"]):
            return False
    if any(c["signature_alg"] in WEAK for c in path[:-1]):
        return False
    for ca in authorities[:-1]:
        allowed = ca["ext_key_usage"]
        require(allowed is None or wanted in allowed, "wic.ext_key_usage", "TLS-3")
    return True


def _check_path(chain, anchors, line):
    leaf = chain[0]
    sound = [path for path in _paths([leaf], chain[1:], anchors) if _sound(path, line["usage"])]
    require(sound, "wic.untrusted", "WIC-2")
    now = line["now"]
    for path in sound:
        if all(c["not_before"] <= now <= c["not_after"] for c in path):
            return
    late = any(now > c["not_after"] for path in sound for c in path)
    raise Refusal("wic.expired" if late else "wic.not_yet_valid", "WIC-2")


# --- RFC 9525 ------------------------------------------------------------------------------------


def host_matches(names, host):
    try:
        return str(ipaddress.ip_address(host)) in names["ip"]
    except ValueError:
        pass
    host = host.lower()
    for pattern in map(str.lower, names["dns"]):
        first, _, rest = pattern.partition(".")
        if pattern == host:
            return True
        if first == "*" and "." in rest and "*" not in rest and host.partition(".")[2] == rest:
            return bool(host.partition(".")[0])
    return False


def _read_anchor(text):
    try:
        anchor = _read(jose.unb64u(text))
    except Refusal:
        raise Refusal("wic.anchor", "TA-1") from None
    constraints, usage = anchor["basic_constraints"], anchor["key_usage"]
    require(constraints and constraints["ca"], "wic.anchor", "TA-1")
    require(usage is None or "key_cert_sign" in usage, "wic.anchor", "TA-1")
    return anchor


def verify_wic(line):
    trusted = {
        name: [_read_anchor(text) for text in entry.get("x509_der_b64u", [])]
        for name, entry in line["trust"].items()
    }
    chain = [jose.unb64u(text) for text in line["chain_der_b64u"]]
    spiffe = line.get("profile") == "spiffe"
    require(chain, "wic.missing", "TLS-2")
    require(len(chain) <= MAX_CHAIN, "wic.too_large", "WIC-1")
    require(sum(map(len, chain)) <= MAX_CHAIN_BYTES, "wic.too_large", "WIC-1")
    leaf = _read(chain[0])
    _check_key(leaf)
    subject, origin = _identify(leaf, spiffe)
    _check_leaf_usage(leaf, line["usage"], spiffe)
    require(not leaf["unknown_critical"], "wic.critical_extension", "RFC5280-4.2")
    require(origin in trusted, "trust.domain_unknown", "WIC-2")
    anchors = trusted[origin]
    require(anchors, "trust.no_keys", "WIC-2")
    others = []
    for der in chain[1:]:
        try:
            others.append(_read(der))
        except Refusal:
            raise Refusal("wic.malformed", "WIC-1") from None
    _check_path([leaf, *others], anchors, line)
    expected = line.get("expected_id")
    if expected is not None:
        require(parse_id(expected)["origin"] == origin, "tls.peer_unexpected", "TLS-1")
        require(expected == subject, "tls.peer_unexpected", "TLS-4")
    host = line.get("dns_name")
    require(host is None or host_matches(leaf["san"], host), "wic.host_mismatch", "TLS-4")
    return {"subject": subject}
