"""Signatures over any bytes with the `cryptography` package: neither Signet nor a peer would sign
most of what the refusals need."""

import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric import ec, utils

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "vectors"))
from vectorgen import jose  # noqa: E402

PRIVATE = ("d", "p", "q", "dp", "dq", "qi")


def public(jwk, **members):
    kept = {name: value for name, value in jwk.items() if name not in PRIVATE}
    return {**kept, **members}


def sign(jwk, alg, message):
    """`vectorgen.jose.sign`, which asks more of the package for ECDSA: that it be deterministic."""
    if jwk["kty"] != "EC":
        return jose.sign(jwk, alg, message)
    algorithm = jose.HASH[{"P-256": "256", "P-384": "384", "P-521": "512"}[jwk["crv"]]]()
    der = jose.private_key(jwk).sign(message, ec.ECDSA(algorithm))
    return jose.raw_signature(*utils.decode_dss_signature(der), jwk["crv"])


def token(header, payload, jwk, alg=None):
    """A compact JWS. Parts: a dict becomes compact JSON, bytes stay, text is base64url already."""
    signing_input = jose.encode(header) + "." + jose.encode(payload)
    return signing_input + "." + jose.b64u(sign(jwk, alg or jwk["alg"], signing_input.encode()))
