"""http-message-signatures: signatures of HTTP messages (RFC 9421)."""

import datetime
import importlib.metadata

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from jwt import PyJWK

from common import Unsupported, unb64u

NAME = "http-message-signatures"
VERSION = importlib.metadata.version(NAME)
ALGORITHMS = {
    "ES256": algorithms.ECDSA_P256_SHA256,
    "ES384": algorithms.ECDSA_P384_SHA384,
    "EdDSA": algorithms.ED25519,
    "Ed25519": algorithms.ED25519,
    "PS512": algorithms.RSA_PSS_SHA512,
    "RS256": algorithms.RSA_V1_5_SHA256,
}
# What sign() takes; `created` and `keyid` it always writes.
PARAMETERS = {"created", "expires", "nonce", "tag", "keyid", "alg"}
ALWAYS = {"created", "keyid"}


class Headers:
    """The lines of a message's fields, as the library wants to read them."""

    def __init__(self, lines):
        self.lines = [tuple(line) for line in lines]

    def items(self):
        return iter(self.lines)

    def __iter__(self):
        return iter([name for name, _ in self.lines])

    def __contains__(self, wanted):
        return any(name.lower() == wanted.lower() for name, _ in self.lines)

    def __delitem__(self, unwanted):
        self.lines = [line for line in self.lines if line[0].lower() != unwanted.lower()]

    def __setitem__(self, name, value):
        self.lines.append((name, value))


class Request:
    def __init__(self, fields):
        self.method = fields["method"]
        self.url = fields["url"]
        self.headers = Headers(fields["headers"])


class Response:
    def __init__(self, fields, request):
        self.status_code = fields["status"]
        self.headers = Headers(fields["headers"])
        self.request = request


class OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key):
        self.key = key

    def resolve_public_key(self, key_id):
        return self.key

    def resolve_private_key(self, key_id):
        return self.key


def algorithm_of(jwk):
    if jwk["alg"] not in ALGORITHMS:
        raise Unsupported(f"no signature algorithm for {jwk['alg']}")
    return ALGORITHMS[jwk["alg"]]


def key_of(jwk):
    # PyJWT reads the JWK; Ed25519 it knows by its older name.
    name = "EdDSA" if jwk["kty"] == "OKP" else jwk["alg"]
    return OneKey(PyJWK.from_dict(jwk, name).key)


def message_of(request):
    made = Request(request["request"])
    return Response(request["response"], made) if "response" in request else made


def body_of(request):
    fields = request.get("response", request["request"])
    if "body_b64u" in fields:
        return unb64u(fields["body_b64u"])
    return fields["body"].encode() if "body" in fields else None


def sign(request):
    params = request["params"]
    if set(params) - PARAMETERS:
        raise Unsupported(f"sign() takes no parameter {sorted(set(params) - PARAMETERS)}")
    if ALWAYS - set(params):
        raise Unsupported(f"sign() always writes {sorted(ALWAYS - set(params))}")
    jwk = request["jwk"]
    signer = HTTPMessageSigner(signature_algorithm=algorithm_of(jwk), key_resolver=key_of(jwk))
    options = {name: params[name] for name in ("nonce", "tag") if name in params}
    for time in ("created", "expires"):
        if time in params:
            options[time] = datetime.datetime.fromtimestamp(params[time], datetime.timezone.utc)

    def handle():
        message = message_of(request)
        signer.sign(
            message,
            key_id=params["keyid"],
            label=request["label"],
            include_alg="alg" in params,
            covered_component_ids=request["components"],
            use_existing_digest=digested(request),
            **options,
        )
        wanted = ("signature-input", "signature")
        return {"headers": [line for line in message.headers.items() if line[0].lower() in wanted]}

    return handle


def verify(request):
    """The library selects by tag, and by label only together with one: the one signature of the
    message is meant."""
    jwk = request["jwk"]
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithm_of(jwk), key_resolver=key_of(jwk)
    )

    def handle():
        verifier.verify(message_of(request), body=body_of(request) if digested(request) else None)
        return {}

    return handle


def digested(request):
    """Whether the message has a Content-Digest, which verify() then compares with the body."""
    lines = request.get("response", request["request"])["headers"]
    return any(name.lower() == "content-digest" for name, _ in lines)


OPERATIONS = {"httpsig.sign": sign, "httpsig.verify": verify}
