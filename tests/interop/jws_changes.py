"""Compact JWSs that change one thing of a good one: signature, header, encoding.

Each function yields (name, token). `good` is what is changed: header, payload bytes, key."""

import hashlib
import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization

import raw
from raw import jose

ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
# The algorithm of the same kind of key that a header may name instead.
SIBLING = {
    "ES256": "ES384",
    "ES384": "ES256",
    "ES512": "ES256",
    "EdDSA": "Ed25519",
    "Ed25519": "EdDSA",
    "PS256": "RS256",
}


class Good(NamedTuple):
    header: dict
    payload: bytes
    key: dict
    stranger: dict

    def token(self, **changes):
        header = {name: v for name, v in {**self.header, **changes}.items() if v is not None}
        return raw.token(header, self.payload, self.key, self.key["alg"])


def all_changes(good):
    for changes in (signatures, ranges, algorithms, headers, header_texts, encodings):
        yield from changes(good)


def accepted(good):
    """Changes that leave a valid token."""
    yield "unknown-header-member", good.token(x="unknown")
    if good.key["kty"] == "EC":
        order = jose.ORDER[good.key["crv"]]
        yield "s-complement", edit_numbers(good, lambda r, s: (r, order - s))


def edit_numbers(good, change):
    def edited(signature):
        return jose.raw_signature(*change(*jose.split_signature(signature)), good.key["crv"])

    return jose.with_signature(good.token(), edited)


def signatures(good):
    token = good.token()
    head, payload, signature = token.split(".")
    yield "signature-bit", jose.with_signature(token, jose.flip_bit)
    yield "signature-empty", f"{head}.{payload}."
    yield "signature-short", jose.with_signature(token, lambda s: s[:-1])
    yield "signature-long", jose.with_signature(token, lambda s: s + b"\0")
    yield "other-key", raw.token(good.header, good.payload, good.stranger, good.key["alg"])
    changed = jose.b64u(good.payload.replace(b"interop", b"Interop"))
    assert changed != payload
    yield "payload-changed", f"{head}.{changed}.{signature}"


def ranges(good):
    if good.key["kty"] == "EC":
        order = jose.ORDER[good.key["crv"]]
        yield "r-zero", edit_numbers(good, lambda r, s: (0, s))
        yield "s-zero", edit_numbers(good, lambda r, s: (r, 0))
        yield "r-and-s-zero", edit_numbers(good, lambda r, s: (0, 0))
        yield "r-is-order", edit_numbers(good, lambda r, s: (order, s))
        yield "s-is-order", edit_numbers(good, lambda r, s: (r, order))
        yield "signature-der", jose.with_signature(good.token(), jose.der_signature)
    if good.key["kty"] == "OKP":
        yield "s-plus-order", jose.with_signature(good.token(), add_order)


def add_order(signature):
    s = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    return signature[:32] + s.to_bytes(32, "little")


def algorithms(good):
    empty = {**good.header, "alg": "none"}
    yield "alg-none", f"{jose.encode(empty)}.{jose.encode(good.payload)}."
    spki = jose.public_key(good.key).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = jose.encode({**good.header, "alg": "HS256"}) + "." + jose.encode(good.payload)
    mac = hmac.new(spki, text.encode(), hashlib.sha256).digest()
    yield "alg-hmac-of-public-key", f"{text}.{jose.b64u(mac)}"
    sibling = SIBLING[good.key["alg"]]
    header = {**good.header, "alg": sibling}
    yield "alg-sibling", raw.token(header, good.payload, good.key, sibling)
    yield "alg-missing", good.token(alg=None)
    yield "alg-lower-case", good.token(alg=good.key["alg"].lower())


def headers(good):
    yield "crit-unknown", good.token(crit=["x"], x=1)
    yield "crit-empty", good.token(crit=[])
    yield "crit-without-member", good.token(crit=["x"])
    yield "crit-no-list", good.token(crit="x", x=1)
    public = raw.public(good.stranger)
    header = {**good.header, "jwk": public}
    yield "key-in-header", raw.token(header, good.payload, good.stranger, good.key["alg"])
    yield "own-key-in-header", good.token(jwk=raw.public(good.key))
    yield "key-url-in-header", good.token(jku="https://keys.example.com/jwks.json")


def header_texts(good):
    text = jose.compact(good.header)

    def with_header(data):
        return raw.token(data, good.payload, good.key, good.key["alg"])

    again = b',"alg":"' + good.key["alg"].encode() + b'"}'
    yield "header-duplicate", with_header(text[:-1] + again)
    yield "header-duplicate-typ", with_header(text.replace(b"{", b'{"typ":"other",', 1))
    yield "header-trailing", with_header(text + b"{}")
    yield "header-array", with_header(b"[" + text + b"]")
    yield "header-not-utf8", with_header(text[:-1] + b',"x":"\xff"}')
    yield "header-byte-order-mark", with_header(b"\xef\xbb\xbf" + text)
    yield "header-comment", with_header(text[:-1] + b"/**/}")


def encodings(good):
    """What is not base64url as RFC 7515 has it. Headers and payloads are signed as they stand."""
    token = good.token()
    head, payload, signature = token.split(".")
    if len(signature) % 4:
        yield "signature-trailing-bits", f"{head}.{payload}.{jose.trailing_bits(signature)}"
        yield "signature-padded", token + "=" * (-len(signature) % 4)
    yield "signature-newline", f"{head}.{payload}.{signature[:40]}\n{signature[40:]}"
    yield "signature-star", f"{head}.{payload}.{signature[:40]}*{signature[40:]}"
    spaced = good.payload + b" " * (2 - len(good.payload) % 3)  # ends on two of three bytes
    text = jose.b64u(spaced)

    def with_payload(part):
        return raw.token(good.header, part, good.key, good.key["alg"])

    yield "payload-trailing-bits", with_payload(jose.trailing_bits(text))
    yield "payload-padded", with_payload(text + "=")
    yield "payload-newline", with_payload(text[:8] + "\n" + text[8:])
    yield "signature-standard-alphabet", standard_alphabet(good)
    yield "four-parts", token + ".e30"
    yield "two-parts", f"{head}.{payload}"
    yield "trailing-newline", token + "\n"
    yield "leading-space", " " + token


def standard_alphabet(good):
    """A signature that has one of the two letters in which the alphabets differ."""
    for n in range(10000):
        token = good.token(n=n)
        head, _, signature = token.rpartition(".")
        if "-" in signature or "_" in signature:
            return head + "." + signature.replace("-", "+").replace("_", "/")
    raise AssertionError("no signature with - or _")
