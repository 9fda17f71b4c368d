"""The third part of reference.py: Content-Digest, HTTP signatures, their WIMSE profile."""

import hashlib
import hmac

from . import jose
from .reference import ALGS, check_signature, parse_jwk
from .reference_base import (
    build_base,
    lines_of,
    read_signature_input,
    read_signatures,
    same,
)
from .reference_sfv import parse_dictionary
from .refusal import Refusal, at_rule, require

TAG = "wimse-workload-to-workload"
DERIVED = {
    "http-signature-07": ["@method", "@path", "@query"],
    "http-signature-06": ["@method", "@request-target"],
}
REQUEST_FIELDS = [
    "content-type",
    "content-digest",
    "authorization",
    "txn-token",
    "workload-identity-token",
]
RESPONSE_FIELDS = ["content-type", "content-digest", "workload-identity-token"]
MAX_LIFETIME = 300
MAX_AHEAD = 60
MAX_NONCE = 256
REGISTERED = {
    "rsa-pss-sha512": "PS512",
    "rsa-v1_5-sha256": "RS256",
    "ecdsa-p256-sha256": "ES256",
    "ecdsa-p384-sha384": "ES384",
    "ed25519": "Ed25519",
    "hmac-sha256": None,
}
BY_JOSE_NAME = {**{v: k for k, v in REGISTERED.items() if v}, "EdDSA": "ed25519"}
ONLY = {"P-256": "ecdsa-p256-sha256", "P-384": "ecdsa-p384-sha384", "Ed25519": "ed25519"}
# errors.def: what a code is listed under where no step of the profile says more.
RULES = {
    "httpsig.missing": "SIG-8",
    "httpsig.malformed": "SIG-8",
    "httpsig.component_invalid": "SIG-1",
    "httpsig.unresolvable": "SIG-1",
    "httpsig.parameter_type": "SIG-4",
    "httpsig.alg": "SIG-7",
    "httpsig.expired": "SIG-14",
    "httpsig.created_ahead": "SIG-14",
    "httpsig.signature_invalid": "SIG-10",
    "digest.missing": "SIG-3",
    "digest.malformed": "RFC9530-2",
    "digest.unsupported": "SIG-3",
    "digest.mismatch": "SIG-3",
    "sfv.malformed": "RFC9651-4.2",
    "sfv.too_large": "RFC9651-4.2",
}


def body_of(message):
    if "body_b64u" in message:
        return jose.unb64u(message["body_b64u"])
    return message.get("body", "").encode()


def check_digest(lines, body):
    require(lines, "digest.missing")
    try:
        entries, repeated = parse_dictionary(lines)
    except Refusal:
        raise Refusal("digest.malformed") from None
    require("label" not in repeated, "digest.malformed")
    known = []
    for key, (value, _) in entries:
        require(isinstance(value, bytes), "digest.malformed")
        if key in ("sha-256", "sha-512"):
            digest = hashlib.new(key.replace("-", ""), body).digest()
            require(len(value) == len(digest), "digest.malformed")
            known.append(value == digest)
    require(known, "digest.unsupported")
    require(all(known), "digest.mismatch")


def digest_line(line):
    header = line["header"]
    check_digest([header] if isinstance(header, str) else header, jose.unb64u(line["body_b64u"]))
    return {}


# --- RFC 9421 in general -------------------------------------------------------------------------


def base_line(line):
    entry = read_signature_input(line["signature_input"], line["label"])
    return {
        "base": build_base(
            entry["components"], entry["params_text"], line["request"], line.get("response")
        )
    }


def _resolve_alg(line, entry):
    """Every source that names an algorithm must name the same one (RFC 9421 section 3.2 step 6)."""
    named = [entry["parameters"].get("alg"), line.get("alg")]
    if "hmac_b64u" in line:
        named.append("hmac-sha256")
    else:
        jwk = line["jwk"]
        if "alg" in jwk:
            named.append(BY_JOSE_NAME.get(jwk["alg"], "other"))
        elif jwk.get("crv") in ONLY:
            named.append(ONLY[jwk["crv"]])
    named = {name for name in named if name is not None}
    require(len(named) == 1 and named <= set(REGISTERED), "httpsig.alg")
    return named.pop()


def sig_verify(line):
    message = line.get("response") or line["request"]
    found = [e for e in read_signatures(message["headers"]) if e["label"] == line["label"]]
    require(found, "httpsig.missing")
    entry = found[0]
    if "jwk" in line:
        parse_jwk(_with_alg(line["jwk"]))
    alg = _resolve_alg(line, entry)
    if "now" in line:
        created, expires = (entry["parameters"].get(n) for n in ("created", "expires"))
        require(expires is None or line["now"] < expires + 60, "httpsig.expired")
        require(created is None or created <= line["now"] + MAX_AHEAD, "httpsig.created_ahead")
    base = build_base(
        entry["components"], entry["params_text"], line["request"], line.get("response")
    ).encode()
    if alg == "hmac-sha256":
        mac = hmac.new(jose.unb64u(line["hmac_b64u"]), base, hashlib.sha256).digest()
        require(hmac.compare_digest(mac, entry["signature"]), "httpsig.signature_invalid")
        return {}
    _check_raw(dict(line["jwk"], alg=REGISTERED[alg]), base, entry["signature"])
    return {}


def _with_alg(jwk):
    return dict(jwk, alg="PS512") if jwk["kty"] == "RSA" and "alg" not in jwk else jwk


def _check_raw(jwk, base, signature):
    try:
        check_signature(jwk, jwk["alg"], base, signature)
    except Refusal:
        raise Refusal("httpsig.signature_invalid") from None


# --- the profile ---------------------------------------------------------------------------------


def wimse_entries(headers):
    return [e for e in read_signatures(headers) if e["parameters"].get("tag") == TAG]


def plain(name, *parameters):
    return name, frozenset((p, True) for p in parameters)


def _check_parameters(entry, allowed_algs, cnf_alg):
    parameters = entry["parameters"]
    for name in ("created", "expires", "nonce"):
        require(name in parameters, "httpsig.parameter_missing", "SIG-4")
    for name in ("created", "expires"):
        require(0 <= parameters[name] <= 253402300799, "httpsig.parameter_type", "SIG-4")
    require(not {"keyid", "alg"} & set(parameters), "httpsig.parameter_forbidden", "SIG-7")
    require(cnf_alg in allowed_algs, "httpsig.alg", "SIG-7")


def _check_covered(entry, wanted, rule):
    covered = {same(c) for c in entry["components"]}
    require(covered, "httpsig.component_invalid", rule)
    require(set(wanted) <= covered, "httpsig.component_missing", rule)


def _check_times(parameters, line):
    now, leeway = line["now"], line.get("leeway_s", 60)
    created, expires = parameters["created"], parameters["expires"]
    rule = "SIG-14"
    require(now < expires + leeway and created <= expires, "httpsig.expired", rule)
    require(created <= now + MAX_AHEAD, "httpsig.created_ahead", rule)
    age = line.get("max_created_age_s")
    require(age is None or created >= now - age - leeway, "httpsig.too_old", rule)
    require(expires - created <= MAX_LIFETIME + leeway, "httpsig.lifetime_too_long", rule)
    require(0 < len(parameters["nonce"]) <= MAX_NONCE, "httpsig.nonce_invalid", "SIG-9")


def _check_rest(entry, wit, line, request, response):
    message = request if response is None else response
    lines = lines_of("content-digest", message["headers"])
    body = body_of(message)
    if body or lines:
        at_rule("SIG-3", check_digest, lines, body)
    base = at_rule(
        "SIG-10", build_base, entry["components"], entry["params_text"], request, response
    )
    at_rule("SIG-10", _check_raw, wit["jwk"], base.encode(), entry["signature"])


def find_signature(headers):
    entries = at_rule("SIG-8", wimse_entries, headers)
    require(entries, "httpsig.missing", "SIG-8")
    require(len(entries) == 1, "httpsig.duplicate", "SIG-8")
    return entries[0]


def allowed_algs(line, wit):
    return set(line["trust"][wit["origin"]].get("algs", ALGS))


def verify_request_signature(line, wit, accepts_audience):
    """The signature after its WIT; returns (nonce, end of validity)."""
    request = line["request"]
    headers = request["headers"]
    for name in ("txn-token", "authorization"):
        require(len(lines_of(name, headers)) < 2, "http.field_duplicate", "SIG-1")
    entry = find_signature(headers)
    parameters = entry["parameters"]
    _check_parameters(entry, allowed_algs(line, wit), wit["cnf_alg"])
    revision = line.get("revision", "")
    derived = DERIVED.get(revision, DERIVED["http-signature-07"])
    wanted = [plain(n) for n in derived]
    wanted += [plain(n) for n in REQUEST_FIELDS if lines_of(n, headers)]
    _check_covered(entry, wanted, "SIG-1")
    require("wimse-aud" in parameters, "httpsig.parameter_missing", "SIG-5")
    require(accepts_audience(parameters["wimse-aud"]), "httpsig.aud_mismatch", "SIG-5")
    _check_times(parameters, line)
    _check_rest(entry, wit, line, request, None)
    return parameters["nonce"], parameters["expires"] + line.get("leeway_s", 60)


def _request_demands(line):
    """(nonce, whether a signed response is demanded) of the request's own signature."""
    entries = wimse_entries(line["request"]["headers"])
    parameters = entries[0]["parameters"] if entries else {}
    return parameters.get("nonce"), parameters.get("wimse-sign-response", False)


def verify_response(line, verify_wit):
    response, request = line["response"], line["request"]
    headers = response["headers"]
    nonce, demanded = _request_demands(line)
    nonce = line.get("request_nonce", nonce)
    signed = bool(lines_of("signature", headers) or lines_of("signature-input", headers))
    signed = signed and bool(at_rule("SIG-8", wimse_entries, headers))
    if not signed:
        demanded = demanded or line.get("required", False)
        require(not demanded, "httpsig.response_unsigned", "SIG-12")
        return {"signed": False, "subject": None}
    wits = lines_of("workload-identity-token", headers)
    require(wits, "wit.missing", "WIT-6")
    require(len(wits) == 1, "wit.duplicate", "WIT-6")
    wit = verify_wit(wits[0], line)
    peer = line.get("expected_peer", wit["sub"])
    require(peer == wit["sub"], "verify.server_unexpected", "TLS-4")
    entry = find_signature(headers)
    parameters = entry["parameters"]
    _check_parameters(entry, allowed_algs(line, wit), wit["cnf_alg"])
    derived = DERIVED.get(line.get("revision", ""), DERIVED["http-signature-07"])
    wanted = [plain("@status")] + [plain(n, "req") for n in derived]
    wanted += [plain(n) for n in RESPONSE_FIELDS if lines_of(n, headers)]
    _check_covered(entry, wanted, "SIG-2")
    require("wimse-req-nonce" in parameters, "httpsig.req_nonce_missing", "SIG-6")
    require(parameters["wimse-req-nonce"] == nonce, "httpsig.req_nonce_mismatch", "SIG-6")
    _check_times(parameters, line)
    _check_rest(entry, wit, line, request, response)
    return {"signed": True, "subject": wit["sub"]}
