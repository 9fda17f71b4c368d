"""jws.jsonl: compact JWS (RFC 7515, BCP-1). The same structural faults meet every token."""

import hashlib
import hmac
import json

from . import keys
from .book import DROP, change
from .jose import (
    b64u,
    compact,
    der_signature,
    encode,
    flip_bit,
    jws,
    raw_signature,
    trailing_bits,
    with_signature,
)
from .keys import pub

BCP = "BCP-1"
HEADER = {"alg": "ES256", "typ": "JWT"}
CLAIMS = {"iss": "vectors", "n": 1}
KEY = keys.WORKLOAD
JWK = pub(KEY, alg="ES256")


def nested(depth):
    """JSON whose nesting is `depth`, the outermost object included."""
    return ('{"x":' + "[" * (depth - 1) + "]" * (depth - 1) + "}").encode()


def members(count):
    return compact({f"m{i}": i for i in range(count)})


def sized_token(size, make):
    """The token of exactly `size` characters that `make(pad, header_pad)` can give."""
    for header_pad in range(4):
        low, high = 0, size
        while low < high:
            middle = (low + high) // 2
            if len(make("p" * middle, "h" * header_pad)) < size:
                low = middle + 1
            else:
                high = middle
        token = make("p" * low, "h" * header_pad)
        if len(token) == size:
            return token
    raise AssertionError("no token of this size")


def hmac_with_public_key(header, payload, jwk):
    """The key confusion of ATTACKS 2: the public key's bytes as the secret of an HMAC."""
    signing_input = encode(header) + "." + encode(payload)
    mac = hmac.new(compact(jwk), signing_input.encode(), hashlib.sha256).digest()
    return signing_input + "." + b64u(mac)


def structural_faults(header, payload, key, alg="ES256"):
    """name, token, code, attack, note: one fault each, the signature being valid where it can be.

    Used for plain JWS, WITs and WPTs: the codes are the same, the rule is the caller's.
    """
    good = jws(header, payload, key, alg)
    h, p, s = good.split(".")

    def with_header(**changes):
        return jws(change(header, **changes), payload, key, alg)

    def raw(head=None, body=None):
        return jws(head or header, body or payload, key, alg)

    body = compact(payload)
    # Unused bits need a part that does not end on a full group of characters.
    padded = dict(payload, pad="") if len(p) % 4 == 0 else payload
    while len(encode(padded)) % 4 not in (2, 3):
        padded["pad"] += "p"
    head = dict(header)
    while len(encode(head)) % 4 not in (2, 3):
        head["pad"] = head.get("pad", "") + "p"
    yield "two-parts", h + "." + p, "jose.parts", None, "no signature part"
    yield "four-parts", good + "." + s, "jose.parts", None, "one part too many"
    yield "five-parts", ".".join([h, p, s, p, s]), "jose.parts", 5, "the shape of a JWE"
    yield "padding", good + "==", "jose.character", 10, "base64 padding"
    yield "space", good.replace(".", ". ", 1), "jose.character", 10, "white space"
    yield "newline", good + "\n", "jose.character", 10, "line feed at the end"
    yield "plus", good[:-1] + "+", "jose.character", 10, "character of plain base64"
    yield (
        "json-form",
        json.dumps({"payload": p, "protected": h, "signature": s}),
        "jose.character",
        None,
        "JSON serialization",
    )
    yield "empty-signature", h + "." + p + ".", "jose.part_empty", 1, "unsecured JWS"
    yield "empty-header", "." + p + "." + s, "jose.part_empty", None, "no header"
    yield "empty-payload", h + ".." + s, "jose.part_empty", None, "detached payload"
    yield (
        "size-8193",
        sized_token(8193, lambda a, b: jws(dict(header, pad=b), dict(payload, pad=a), key, alg)),
        "jose.too_long",
        5,
        "one character over the limit",
    )
    one_over = h + "A" * (5 - len(h) % 4)
    yield (
        "base64-length",
        one_over + "." + p + "." + s,
        "base64url.length",
        10,
        "a length that base64url cannot have",
    )
    yield (
        "header-bits",
        jws(trailing_bits(encode(head)), payload, key, alg),
        "base64url.trailing_bits",
        10,
        "unused bits of the header set",
    )
    yield (
        "payload-bits",
        jws(header, trailing_bits(encode(padded)), key, alg),
        "base64url.trailing_bits",
        10,
        "unused bits of the payload set",
    )
    yield (
        "signature-bits",
        h + "." + p + "." + trailing_bits(s),
        "base64url.trailing_bits",
        10,
        "unused bits of the signature set",
    )
    yield "header-not-json", raw(head=b"alg=ES256"), "json.malformed", None, "the header is no JSON"
    yield "payload-not-json", raw(body=b"sub=x"), "json.malformed", None, "the payload is no JSON"
    yield (
        "payload-nan",
        raw(body=body[:-1] + b',"z":NaN}'),
        "json.malformed",
        None,
        "a number that JSON does not have",
    )
    yield (
        "payload-comma",
        raw(body=body[:-1] + b",}"),
        "json.malformed",
        None,
        "comma before the end",
    )
    yield (
        "payload-control",
        raw(body=body[:-1] + b',"z":"a\nb"}'),
        "json.malformed",
        None,
        "control character in a string",
    )
    yield (
        "payload-surrogate",
        raw(body=body[:-1] + b',"z":"\\ud800"}'),
        "json.malformed",
        22,
        "half of a surrogate pair",
    )
    yield (
        "payload-bom",
        raw(body=b"\xef\xbb\xbf" + body),
        "json.not_utf8",
        None,
        "byte order mark",
    )
    yield (
        "header-trailing",
        raw(head=compact(header) + b"{}"),
        "json.trailing_bytes",
        None,
        "bytes after the header's object",
    )
    yield (
        "payload-trailing",
        raw(body=body + b" x"),
        "json.trailing_bytes",
        None,
        "bytes after the payload's object",
    )
    yield (
        "header-utf8",
        raw(head=compact(header)[:-1] + b',"z":"\xff"}'),
        "json.not_utf8",
        None,
        "the header is not UTF-8",
    )
    yield (
        "payload-utf8",
        raw(body=body[:-1] + b',"z":"\xc0\xaf"}'),
        "json.not_utf8",
        22,
        "overlong encoding in the payload",
    )
    yield (
        "header-duplicate",
        raw(head=compact(header)[:-1] + b',"alg":"none"}'),
        "json.duplicate_name",
        5,
        "alg twice",
    )
    yield (
        "payload-duplicate",
        raw(body=body[:-1] + b',"z":1,"z":1}'),
        "json.duplicate_name",
        5,
        "a claim twice",
    )
    yield (
        "payload-duplicate-escaped",
        raw(body=body[:-1] + b',"z":1,"\\u007a":1}'),
        "json.duplicate_name",
        5,
        "a claim twice, once written with an escape",
    )
    yield (
        "payload-depth",
        raw(body=body[:-1] + b',"z":' + b"[" * 8 + b"]" * 8 + b"}"),
        "json.too_deep",
        5,
        "nesting of 9",
    )
    yield (
        "payload-members",
        raw(body=compact({**payload, **{f"m{i}": i for i in range(65 - len(payload))}})),
        "json.too_many_members",
        5,
        "65 members",
    )
    yield (
        "payload-elements",
        raw(body=compact({**payload, "z": [0] * 65})),
        "json.too_many_members",
        5,
        "array of 65 elements",
    )
    yield "header-array", raw(
        head=b'["alg","ES256"]'
    ), "jose.header", None, "the header is an array"
    yield "payload-array", raw(body=b"[1]"), "jose.payload", None, "the payload is an array"
    yield "payload-string", raw(body=b'"x"'), "jose.payload", None, "the payload is a string"
    yield "alg-missing", with_header(alg=DROP), "jose.alg_missing", None, "no alg"
    yield "alg-number", with_header(alg=256), "jose.header", None, "alg is no string"
    yield "typ-number", with_header(typ=1), "jose.header", None, "typ is no string"
    yield "kid-number", with_header(kid=1), "jose.header", None, "kid is no string"
    yield "jwk", with_header(jwk=pub(key)), "jose.key_in_header", 4, "the token brings its own key"
    yield (
        "jku",
        with_header(jku="https://evil.example/jwks"),
        "jose.key_in_header",
        4,
        "the token names its own key set",
    )
    yield (
        "x5u",
        with_header(x5u="http://169.254.169.254/cert"),
        "jose.key_in_header",
        4,
        "the token names its own certificate",
    )
    yield "x5c", with_header(
        x5c=["MIIB"]
    ), "jose.key_in_header", 4, "the token brings a certificate"
    yield "crit", with_header(crit=["exp"], exp=1), "jose.crit", None, "critical extension"
    yield "crit-empty", with_header(crit=[]), "jose.crit", None, "empty list of critical extensions"
    yield "enc", with_header(enc="A256GCM"), "jose.not_jws", 5, "encryption header"
    yield "zip", with_header(zip="DEF"), "jose.not_jws", 5, "compressed payload"
    yield "b64", with_header(b64=False), "jose.not_jws", None, "unencoded payload without crit"
    yield "kid-129", with_header(kid="k" * 129), "jose.kid", 3, "kid one byte too long"
    yield "kid-nul", with_header(kid="wit-2026-1\0"), "jose.kid", 22, "NUL at the end of kid"
    yield "kid-empty", with_header(kid=""), "jose.kid", 3, "an empty kid names nothing"
    yield "kid-control", with_header(kid="a\nb"), "jose.kid", 3, "control character in kid"


STRUCTURE_RULE = {
    "base64url.length": "RFC7515-2",
    "base64url.trailing_bits": "RFC7515-2",
    "json.duplicate_name": "RFC7515-4",
    "jose.header": "RFC7515-4",
    "jose.payload": "RFC7519-7.2",
    "jose.alg_missing": "RFC7515-4",
    "jose.crit": "RFC7515-4.1.11",
}


def bad_signatures(token):
    """name, token, kind, attack, note; kind is the code that signature.verify would give."""
    yield (
        "flipped",
        with_signature(token, flip_bit),
        "crypto.signature_invalid",
        None,
        "one bit changed",
    )
    yield (
        "zero",
        with_signature(token, lambda _: raw_signature(0, 0, "P-256")),
        "crypto.signature_range",
        9,
        "r and s are 0",
    )
    yield "der", with_signature(token, der_signature), "crypto.signature_length", 10, "DER form"
    yield (
        "short",
        with_signature(token, lambda b: b[:-1]),
        "crypto.signature_length",
        10,
        "one byte missing",
    )


def alg_names():
    """name, alg, code, attack, note: algorithms that no verifier here has."""
    for name, alg in [
        ("none", "none"),
        ("none-title", "None"),
        ("none-upper", "NONE"),
        ("none-mixed", "noNE"),
    ]:
        yield name, alg, "jose.alg_none", 1, "not signed, in disguise"
    yield "lower-case", "es256", "jose.alg_unknown", None, "names are case-sensitive"
    yield "es256k", "ES256K", "jose.alg_unknown", None, "another curve"
    yield "rsa-oaep", "RSA-OAEP", "jose.alg_unknown", None, "encryption algorithm"
    yield "dir", "dir", "jose.alg_unknown", None, "encryption algorithm"
    yield "pbes2", "PBES2-HS256+A128KW", "jose.alg_unknown", 5, "password-based encryption"


def add(book):

    def line(token, jwk=None, algs=("ES256",)):
        return {"jws": token, "jwk": jwk or JWK, "algs": list(algs)}

    good = jws(HEADER, CLAIMS, KEY)
    book.good(
        "jws-good", "jws.verify", line(good), None, ["RFC7515-5.2"], "the base of what follows"
    )
    for alg, key in [
        ("ES384", keys.WORKLOAD_P384),
        ("ES512", keys.ISSUER_P521),
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
        ("RS256", keys.WORKLOAD_RSA),
        ("PS256", keys.WORKLOAD_RSA),
    ]:
        book.good(
            "jws-good-" + alg.lower(),
            "jws.verify",
            line(jws({"alg": alg}, CLAIMS, key), pub(key, alg=alg), [alg]),
            None,
            ["RFC7515-5.2"],
            "valid " + alg,
        )
    for alg in ("EdDSA", "Ed25519"):
        book.good(
            f"jws-good-{alg.lower()}-key-without-alg",
            "jws.verify",
            line(jws({"alg": alg}, CLAIMS, keys.WORKLOAD_ED), pub(keys.WORKLOAD_ED), [alg]),
            None,
            ["BCP-1"],
            "the token says which of the two names",
        )
    for name, token, note in [
        (
            "unknown-header",
            jws(dict(HEADER, z=1), CLAIMS, KEY),
            "unknown header members are ignored",
        ),
        ("kid-128", jws(dict(HEADER, kid="k" * 128), CLAIMS, KEY), "longest kid"),
        (
            "white-space",
            jws(b'{ "alg" : "ES256" }\n', b' {"a":1}\r\n', KEY, "ES256"),
            "white space around and in the JSON",
        ),
        ("claim-nul", jws(HEADER, dict(CLAIMS, z="a\0b"), KEY), "NUL in a claim nobody reads"),
        ("depth-8", jws(HEADER, nested(8), KEY), "deepest nesting"),
        ("members-64", jws(HEADER, members(64), KEY), "most members"),
        (
            "size-8192",
            sized_token(8192, lambda a, b: jws(dict(HEADER, z=b), {"pad": a}, KEY)),
            "longest token",
        ),
    ]:
        book.good("jws-good-" + name, "jws.verify", line(token), None, [BCP], note)
    for name, token, code, attack, note in structural_faults(HEADER, CLAIMS, KEY):
        # jws.verify takes any payload: claims are for tokens.
        if name.startswith("payload-") and code.startswith(("json.", "jose.payload")):
            continue
        book.bad(
            "jws-" + name,
            "jws.verify",
            line(token),
            code,
            STRUCTURE_RULE.get(code, BCP),
            note,
            attack,
        )
    for name, alg, code, attack, note in alg_names():
        book.bad(
            "jws-alg-" + name,
            "jws.verify",
            line(jws(dict(HEADER, alg=alg), CLAIMS, KEY, "ES256")),
            code,
            "WIT-1" if code == "jose.alg_none" else BCP,
            note,
            attack,
        )
    book.bad(
        "jws-alg-hs256",
        "jws.verify",
        line(hmac_with_public_key({"alg": "HS256", "typ": "JWT"}, CLAIMS, JWK)),
        "jose.alg_unknown",
        BCP,
        "HMAC keyed with the public key",
        2,
    )
    book.bad(
        "jws-alg-not-allowed",
        "jws.verify",
        line(good, JWK, ["ES384"]),
        "jose.alg_not_allowed",
        BCP,
        "not on the list",
    )
    book.bad(
        "jws-alg-key",
        "jws.verify",
        line(good, pub(keys.WORKLOAD_P384, alg="ES384")),
        "jose.alg_key_mismatch",
        BCP,
        "the key is for another algorithm",
        8,
    )
    book.bad(
        "jws-alg-key-name",
        "jws.verify",
        line(
            jws({"alg": "EdDSA"}, CLAIMS, keys.WORKLOAD_ED),
            pub(keys.WORKLOAD_ED, alg="Ed25519"),
            ["EdDSA", "Ed25519"],
        ),
        "jose.alg_key_mismatch",
        BCP,
        "EdDSA is not Ed25519",
        8,
    )
    book.bad(
        "jws-alg-rs256-as-ps256",
        "jws.verify",
        line(
            jws({"alg": "PS256"}, CLAIMS, keys.WORKLOAD_RSA),
            pub(keys.WORKLOAD_RSA, alg="RS256"),
            ["PS256", "RS256"],
        ),
        "jose.alg_key_mismatch",
        BCP,
        "one key, one algorithm",
    )
    for name, token, code, attack, note in bad_signatures(good):
        book.bad(
            "jws-signature-" + name, "jws.verify", line(token), code, "RFC7515-5.2", note, attack
        )
    other = jws(HEADER, dict(CLAIMS, n=2), KEY)
    swapped = good.split(".")[0] + "." + other.split(".")[1] + "." + good.split(".")[2]
    book.bad(
        "jws-payload-swapped",
        "jws.verify",
        line(swapped),
        "crypto.signature_invalid",
        "RFC7515-5.2",
        "the payload of another token",
    )
    book.bad(
        "jws-other-key",
        "jws.verify",
        line(good, pub(keys.WORKLOAD_2, alg="ES256")),
        "crypto.signature_invalid",
        "RFC7515-5.2",
        "another key",
    )
