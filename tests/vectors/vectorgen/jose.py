"""JOSE in Python with the `cryptography` package: what the vectors are made and checked with.

Every signature is deterministic (RFC 6979 for ECDSA, a derived salt for RSASSA-PSS), so that
making the vectors twice gives the same bytes.
"""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
FIELD_BYTES = {"P-256": 32, "P-384": 48, "P-521": 66}
ORDER = {
    "P-256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "P-384": int(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF"
        "581A0DB248B0A77AECEC196ACCC52973",
        16,
    ),
    "P-521": int(
        "01" + "F" * 65 + "A51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16
    ),
}
CURVE_OF_ALG = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
HASH = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).digest()


def token_hash(token):
    """wth, tth, ath and the values of oth."""
    return b64u(sha256(token))


def thumbprint(jwk):
    """RFC 7638."""
    members = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
    return token_hash(compact({m: jwk[m] for m in members[jwk["kty"]]}))


def _int(text):
    return int.from_bytes(unb64u(text), "big")


def private_key(jwk):
    if jwk["kty"] == "EC":
        return ec.derive_private_key(_int(jwk["d"]), CURVES[jwk["crv"]])
    if jwk["kty"] == "OKP":
        return ed25519.Ed25519PrivateKey.from_private_bytes(unb64u(jwk["d"]))
    public = rsa.RSAPublicNumbers(_int(jwk["e"]), _int(jwk["n"]))
    return rsa.RSAPrivateNumbers(
        _int(jwk["p"]),
        _int(jwk["q"]),
        _int(jwk["d"]),
        _int(jwk["dp"]),
        _int(jwk["dq"]),
        _int(jwk["qi"]),
        public,
    ).private_key()


def public_key(jwk):
    if jwk["kty"] == "EC":
        return ec.EllipticCurvePublicNumbers(
            _int(jwk["x"]), _int(jwk["y"]), CURVES[jwk["crv"]]
        ).public_key()
    if jwk["kty"] == "OKP":
        return ed25519.Ed25519PublicKey.from_public_bytes(unb64u(jwk["x"]))
    return rsa.RSAPublicNumbers(_int(jwk["e"]), _int(jwk["n"])).public_key()


def raw_signature(r, s, crv):
    size = FIELD_BYTES[crv]
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def split_signature(signature):
    half = len(signature) // 2
    return int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")


def der_signature(signature):
    return utils.encode_dss_signature(*split_signature(signature))


def _mgf1(seed, size, name):
    out = b""
    for counter in range(-(-size // hashlib.new(name).digest_size)):
        out += hashlib.new(name, seed + counter.to_bytes(4, "big")).digest()
    return out[:size]


def sign_pss(jwk, bits, message, salt_size=None):
    """EMSA-PSS (RFC 8017 section 9.1.1) with a salt that is a hash of the message."""
    name = "sha" + bits
    digest = hashlib.new(name, message).digest()
    salt = hashlib.new(name, b"salt" + message).digest()[:salt_size]
    modulus = _int(jwk["n"])
    size = (modulus.bit_length() + 7) // 8
    hashed = hashlib.new(name, bytes(8) + digest + salt).digest()
    block = bytes(size - len(salt) - len(hashed) - 2) + b"\x01" + salt
    masked = bytes(a ^ b for a, b in zip(block, _mgf1(hashed, len(block), name)))
    encoded = bytes([masked[0] & 0x7F]) + masked[1:] + hashed + b"\xbc"
    return pow(int.from_bytes(encoded, "big"), _int(jwk["d"]), modulus).to_bytes(size, "big")


def sign(jwk, alg, message):
    if jwk["kty"] == "EC":
        curve = jwk["crv"]
        algorithm = HASH[{"P-256": "256", "P-384": "384", "P-521": "512"}[curve]]()
        der = private_key(jwk).sign(message, ec.ECDSA(algorithm, deterministic_signing=True))
        return raw_signature(*utils.decode_dss_signature(der), curve)
    if jwk["kty"] == "OKP":
        return private_key(jwk).sign(message)
    if alg.startswith("PS"):
        return sign_pss(jwk, alg[2:], message)
    return private_key(jwk).sign(message, padding.PKCS1v15(), HASH[alg[2:]]())


def verify(jwk, alg, message, signature):
    """True if `signature` is valid; lengths and ranges are the caller's business."""
    key = public_key(jwk)
    try:
        if alg in CURVE_OF_ALG:
            der = utils.encode_dss_signature(*split_signature(signature))
            key.verify(der, message, ec.ECDSA(HASH[alg[2:]]()))
        elif alg in ("EdDSA", "Ed25519"):
            key.verify(signature, message)
        elif alg.startswith("PS"):
            algorithm = HASH[alg[2:]]()
            pss = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
            key.verify(signature, message, pss, algorithm)
        else:
            key.verify(signature, message, padding.PKCS1v15(), HASH[alg[2:]]())
    except InvalidSignature:
        return False
    return True


def verify_der(jwk, alg, message, signature):
    """The same of a signature as certificates have it: ECDSA as a DER sequence."""
    if alg in CURVE_OF_ALG:
        r, s = utils.decode_dss_signature(signature)
        signature = raw_signature(r, s, jwk["crv"])
    return verify(jwk, alg, message, signature)


def encode(part):
    """A dict is encoded as compact JSON, bytes as they are, a string is base64url already."""
    if isinstance(part, str):
        return part
    return b64u(part if isinstance(part, bytes) else compact(part))


def jws(header, payload, key, alg=None):
    """A compact JWS. `alg` is the algorithm to sign with, by default the header's."""
    signing_input = encode(header) + "." + encode(payload)
    signature = sign(key, alg or header["alg"], signing_input.encode())
    return signing_input + "." + b64u(signature)


def with_signature(token, change):
    """`token` with its signature bytes passed through `change`."""
    head, _, signature = token.rpartition(".")
    return head + "." + b64u(change(unb64u(signature)))


def flip_bit(data):
    return data[:-1] + bytes([data[-1] ^ 1])


def trailing_bits(part):
    """The same bytes written with an unused bit set; the part must not end on a full group."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert len(part) % 4 in (2, 3)
    return part[:-1] + alphabet[alphabet.index(part[-1]) | 1]
