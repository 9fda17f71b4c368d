"""PyJWT: JWS, WIT, WPT."""

import hashlib
import json

import jwt
from jwt.algorithms import get_default_algorithms

from common import Unsupported, b64u, caller_check

NAME = "PyJWT"
VERSION = jwt.__version__
ALGORITHMS = get_default_algorithms()


def key_of(jwk):
    if jwk["alg"] not in ALGORITHMS:
        raise Unsupported(f"no algorithm {jwk['alg']}")
    return jwt.PyJWK.from_dict(jwk)


def token_hash(token):
    return b64u(hashlib.sha256(token.encode()).digest())


def jws_verify(request):
    key = key_of(request["jwk"])
    jws = jwt.PyJWS()

    def handle():
        done = jws.decode_complete(request["token"], key, algorithms=[key.algorithm_name])
        return {"header": done["header"], "payload": json.loads(done["payload"])}

    return handle


def jws_sign(request):
    key = key_of(request["jwk"])
    jws = jwt.PyJWS()

    def handle():
        payload = json.dumps(request["payload"]).encode()
        headers = request["header"]
        return {"token": jws.encode(payload, key, key.algorithm_name, headers=headers)}

    return handle


def wit_verifier(request):
    """Verifies a WIT under a set of keys, which are imported once."""
    keys = {jwk.get("kid"): key_of(jwk) for jwk in request["jwks"]["keys"]}

    def verify(token):
        kid = jwt.get_unverified_header(token).get("kid")
        caller_check(kid in keys, "no key has this kid")
        key = keys[kid]
        done = jwt.decode_complete(
            token, key, algorithms=[key.algorithm_name], options={"require": ["exp"]}
        )
        caller_check(done["header"].get("typ") == "wit+jwt", "typ is not wit+jwt")
        return done["payload"]

    return verify


def wit_verify(request):
    verify = wit_verifier(request)
    return lambda: {"claims": verify(request["token"])}


def wit_wpt_verify(request):
    verify_wit = wit_verifier(request)

    def handle():
        wit = verify_wit(request["wit"])
        key = key_of(wit["cnf"]["jwk"])
        done = jwt.decode_complete(
            request["wpt"],
            key,
            algorithms=[key.algorithm_name],
            audience=request["aud"],
            options={"require": ["exp", "aud"]},
        )
        claims = done["payload"]
        caller_check(done["header"].get("typ") == "wpt+jwt", "typ is not wpt+jwt")
        caller_check(claims.get("wth") == token_hash(request["wit"]), "wth is not of the WIT")
        return {"claims": claims}

    return handle


def wit_issue(request):
    key = key_of(request["jwk"])
    headers = {"typ": "wit+jwt", "kid": request["kid"]}
    return lambda: {
        "token": jwt.encode(request["claims"], key, key.algorithm_name, headers=headers)
    }


def wpt_issue(request):
    key = key_of(request["jwk"])
    headers = {"typ": "wpt+jwt"}

    def handle():
        claims = {name: request[name] for name in ("aud", "jti", "exp")}
        claims["wth"] = token_hash(request["wit"])
        return {"token": jwt.encode(claims, key, key.algorithm_name, headers=headers)}

    return handle


OPERATIONS = {
    "jws.verify": jws_verify,
    "jws.sign": jws_sign,
    "wit.verify": wit_verify,
    "wit_wpt.verify": wit_wpt_verify,
    "wit.issue": wit_issue,
    "wpt.issue": wpt_issue,
}
