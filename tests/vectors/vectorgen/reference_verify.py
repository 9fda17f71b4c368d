"""The second half of reference.py: WITs, WPTs, requests, and the outcome of a line."""

import re

from . import jose
from .reference import (
    ALGS,
    PRIVATE,
    SPIFFE_ALGS,
    base64url,
    check_alg,
    check_signature,
    is_media_type,
    parse_bundle,
    parse_id,
    parse_json,
    parse_jwk,
    read_jws,
    time_claim,
    update_bundle,
)
from .reference_http_signature import (
    RULES,
    base_line,
    digest_line,
    sig_verify,
    verify_request_signature,
    verify_response,
)
from .reference_sfv import canonical
from .reference_wic import verify_wic
from .refusal import Refusal, at_rule, require


def _select_key(keys, kid, alg):
    rule = "WIT-12.d"
    require(keys, "trust.no_keys", rule)
    if kid is not None:
        found = [key for key in keys if key["kid"] == kid]
        require(found, "trust.kid_unknown", rule)
    else:
        found = [key for key in keys if alg in key["algs"]]
        require(len(found) == 1, "trust.kid_ambiguous", rule)
    require(alg in found[0]["algs"], "jose.alg_key_mismatch", rule)
    return found[0]["jwk"]


def _check_times(claims, line, now, leeway):
    require("exp" in claims, "wit.exp_missing", "WIT-2")
    exp, nbf, iat = (time_claim(claims, name, "WIT-2") for name in ("exp", "nbf", "iat"))
    require(now < exp + leeway, "wit.expired", "WIT-8")
    require(nbf is None or now + leeway >= nbf, "wit.not_yet_valid", "WIT-8")
    limit = line.get("max_wit_lifetime_s")
    if limit is not None:
        begin = next((t for t in (nbf, iat) if t is not None), now)
        require(
            exp - begin <= limit and exp - now <= limit + leeway, "wit.lifetime_too_long", "WIT-8"
        )


def _check_cnf(claims, keys, spiffe):
    cnf = claims.get("cnf")
    jwk = cnf.get("jwk") if isinstance(cnf, dict) else None
    require(isinstance(jwk, dict), "wit.cnf_missing", "WIT-12.e")
    require("alg" in jwk, "wit.cnf_alg_missing", "WIT-12.e")
    require(jwk["alg"] in ALGS, "wit.cnf_alg_forbidden", "WIT-3")
    require(not spiffe or jwk["alg"] in SPIFFE_ALGS, "wit.cnf_alg_not_allowed", "WSVID-1")
    try:
        key = parse_jwk(jwk)
    except Refusal as refusal:
        if refusal.code == "jwk.private":
            raise Refusal("wit.cnf_private", "WIT-11") from None
        raise Refusal("wit.cnf_key_invalid", "WIT-12.e") from None
    require(jwk.get("use", "sig") == "sig", "wit.cnf_key_invalid", "WIT-12.e")
    require(
        key["thumbprint"] not in {k["thumbprint"] for k in keys}, "wit.cnf_issuer_key", "WIT-11"
    )
    return key


def verify_wit(token, line):
    now, leeway = line["now"], line.get("leeway_s", 60)
    spiffe = line.get("profile") == "spiffe"
    header, claims, signed, signature = at_rule("WIT-12.a", read_jws, token)
    require("sub" in claims, "wit.sub_missing", "WIT-12.b")
    sub = claims["sub"]
    require(isinstance(sub, str), "wit.sub_invalid", "WIT-12.b")
    try:
        origin = parse_id(sub)["origin"]
    except Refusal:
        raise Refusal("wit.sub_invalid", "WIT-12.b") from None
    require(not spiffe or sub.startswith("spiffe://"), "wit.sub_not_spiffe", "WSVID-1")
    require(origin in line["trust"], "trust.domain_unknown", "WIT-12.b")
    trust = line["trust"][origin]
    typ = header.get("typ")
    require(
        typ == "wit+jwt" if spiffe else is_media_type(typ, "wit+jwt"),
        "wit.typ_mismatch",
        "WIT-12.c",
    )
    require(not spiffe or "kid" in header, "wit.kid_missing", "WSVID-1")
    alg = header["alg"]
    allowed = (SPIFFE_ALGS if spiffe else set(ALGS)) & set(trust.get("algs", ALGS))
    check_alg(alg, allowed, "WIT-1", "WIT-1", "WIT-12.d")
    _, keys = parse_bundle(trust["jwks"], trust.get("bundle_format", "raw"))
    issuer = _select_key(keys, header.get("kid"), alg)
    try:
        check_signature(issuer, alg, signed, signature)
    except Refusal:
        raise Refusal("wit.signature_invalid", "WIT-12.d") from None
    _check_times(claims, line, now, leeway)
    require(isinstance(claims.get("iss", ""), str), "jwt.claim_type", "TA-2")
    require(
        "iss" not in claims or claims["iss"] in trust.get("issuers", [claims["iss"]]),
        "trust.issuer",
        "TA-2",
    )
    expected = line.get("expected_issuer")
    require(expected is None or claims.get("iss") == expected, "trust.issuer", "TA-2")
    require(not spiffe or "aud" not in claims, "wit.aud_present", "WSVID-1")
    key = _check_cnf(claims, keys, spiffe)
    return {
        "sub": sub,
        "exp": claims["exp"],
        "kid": header.get("kid"),
        "cnf_alg": key["alg"],
        "cnf_thumbprint": key["thumbprint"],
        "origin": origin,
        "jwk": key["jwk"],
    }


def plain_audience(uri):
    uri = re.split(r"[?#]", uri)[0]
    return uri + "/" if re.fullmatch(r"[a-z]+://[^/]+", uri) else uri


class Replay:
    """Proofs used in the run of one file [RPL-1]."""

    def __init__(self):
        self.entries = {}

    def use(self, key, end, now, code="wpt.replayed", rule="WPT-5.9"):
        self.entries = {k: e for k, e in self.entries.items() if e > now}
        require(key not in self.entries, code, rule)
        self.entries[key] = end


def _check_context(claims, line, other):
    tth, txn = claims.get("tth"), line.get("txn_token")
    require(isinstance(tth or "", str), "jwt.claim_type", "WPT-5.10")
    require(txn is None or "tth" in claims, "wpt.tth_missing", "WPT-5.10")
    require(txn is not None or "tth" not in claims, "wpt.tth_without_token", "WPT-5.10")
    require(txn is None or tth == jose.token_hash(txn), "wpt.tth_mismatch", "WPT-5.10")
    oth = claims.get("oth", {})
    require(
        isinstance(oth, dict) and all(isinstance(v, str) for v in oth.values()),
        "wpt.oth_malformed",
        "WPT-5.12",
    )
    for name, value in other.items():
        require(name in oth, "wpt.oth_missing", "WPT-5.11")
        require(
            value is None or oth[name] == jose.token_hash(value.strip(" ")),
            "wpt.oth_mismatch",
            "WPT-5.11",
        )
    require(all(other.get(name) is not None for name in oth), "wpt.oth_unknown", "WPT-5.12")


def verify_wpt(wit, proof, line, audiences, other, replay):
    """The proof after its WIT; `wit` is what verify_wit returned. None in `other`: sent twice."""
    now, leeway = line["now"], line.get("leeway_s", 60)
    header, claims, signed, signature = at_rule("WPT-5.2", read_jws, proof)
    require(header["alg"] == wit["cnf_alg"], "wpt.alg_mismatch", "WPT-5.3")
    try:
        check_signature(wit["jwk"], header["alg"], signed, signature)
    except Refusal:
        raise Refusal("wpt.signature_invalid", "WPT-5.4") from None
    require(is_media_type(header.get("typ"), "wpt+jwt"), "wpt.typ_mismatch", "WPT-5.5")
    require("aud" in claims, "wpt.aud_missing", "WPT-5.6")
    aud = claims["aud"]
    if isinstance(aud, list) and len(aud) == 1:
        aud = aud[0]
    require(
        isinstance(aud, str) and plain_audience(aud) in map(plain_audience, audiences),
        "wpt.aud_mismatch",
        "WPT-5.6",
    )
    require("exp" in claims, "wpt.exp_missing", "WPT-5.7")
    exp = time_claim(claims, "exp", "WPT-5.7")
    require(now < exp + leeway, "wpt.expired", "WPT-5.7")
    require(
        exp <= now + line.get("max_proof_ahead_s", 300) + leeway, "wpt.lifetime_too_long", "WPT-5.7"
    )
    require("wth" in claims, "wpt.wth_missing", "WPT-5.8")
    require(isinstance(claims["wth"], str), "jwt.claim_type", "WPT-5.8")
    require(claims["wth"] == jose.token_hash(wit["token"]), "wpt.wth_mismatch", "WPT-5.8")
    require("jti" in claims, "wpt.jti_missing", "WPT-5.9")
    jti = claims["jti"]
    require(isinstance(jti, str) and 0 < len(jti.encode()) <= 256, "wpt.jti_invalid", "WPT-5.9")
    _check_context(claims, line, other)
    if line.get("revision") == "wpt-01":
        access = line.get("access_token")
        require(access is None or "ath" in claims, "wpt.ath_missing", "WPT-3")
        require(
            claims.get("ath") == (access and jose.token_hash(access)), "wpt.ath_mismatch", "WPT-3"
        )
    key = (wit["origin"], wit["sub"], wit["cnf_thumbprint"], jti)
    return (lambda: replay.use(key, exp + leeway, now)) if line.get("replay") else (lambda: None)


def _fields(request):
    out = {}
    require(len(request["headers"]) <= 128, "http.too_large")
    for name, value in request["headers"]:
        require(re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name), "http.field_invalid")
        require(not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), "http.field_invalid")
        out.setdefault(name.lower(), []).append(value.strip(" \t"))
    return out


def _path(target):
    match = re.fullmatch(r"(?:https?://[^/?#\s]+)?(/[^?#\s]*)?(\?[^#\s]*)?", target)
    require(match and target, "http.target_invalid")
    return match.group(1) or ""


def _bearer(values):
    if values and values[0][:7].lower() == "bearer ":
        return values[0][7:].strip(" ")
    return None


def _proof_02(fields):
    values = fields.get("authorization", [])
    require(len(values) < 2, "wpt.authorization_duplicate", "WPT-5.1")
    require(values, "wpt.missing", "WPT-5.1")
    scheme = re.match(r"[^ \t]*", values[0]).group()
    require(scheme.lower() == "wpt", "wpt.scheme_mismatch", "WPT-5.1")
    rest = values[0][3:].lstrip(" ")
    require(rest and re.fullmatch(r"[A-Za-z0-9_.-]+", rest), "wpt.credentials_malformed", "WPT-5.2")
    return rest


def _proof_01(fields):
    values = fields.get("workload-proof-token", [])
    authorization = fields.get("authorization", [])
    require(
        not values or not any(v[:4].lower() == "wpt " for v in authorization),
        "wpt.both_forms",
        "WPT-4",
    )
    require(values, "wpt.field_missing", "WPT-4")
    require(len(values) < 2, "wpt.field_duplicate", "WPT-4")
    return values[0]


def _audiences(line, path):
    out = []
    for entry in line["audiences"]:
        match = re.fullmatch(r"([a-z]+://[^/?#]+)/?", entry)
        out.append(match.group(1) + path if match else entry)
    return out


def _find_request_wit(fields, old, accept):
    signed = "signature" in fields or "signature-input" in fields
    wits = fields.get("workload-identity-token", [])
    if not wits:
        proof = "authorization" in fields or (old and "workload-proof-token" in fields)
        rule = "WPT-8" if "wpt" in accept else "SIG-8"
        require(proof or signed, "verify.no_credentials", rule)
        raise Refusal("wit.missing", "WIT-6")
    require(len(wits) == 1, "wit.duplicate", "WIT-6")
    return wits[0]


def _verify_wpt_of(line, fields, wit, audiences, replay):
    old = line.get("revision") == "wpt-01"
    proof = _proof_01(fields) if old else _proof_02(fields)
    txn = fields.get("txn-token", [])
    require(len(txn) < 2, "http.field_duplicate", "WPT-5.10")
    other = {}
    for name in (name.lower() for name in line.get("context_headers", [])):
        if name in fields:
            other[name] = fields[name][0] if len(fields[name]) == 1 else None
    context = dict(
        line, txn_token=txn[0] if txn else None, access_token=_bearer(fields.get("authorization"))
    )
    return verify_wpt(wit, proof, context, audiences, other, replay)


def _has_wpt(fields):
    return any(
        value[:3].lower() == "wpt" and value[3:4] in ("", " ", "\t")
        for value in fields.get("authorization", [])
    )


def verify_request(line, replay):
    request = line["request"]
    accept = line.get("accept", ["wpt", "http-signature"])
    require(request.get("scheme", "https") == "https", "verify.channel_unprotected", "WIT-10")
    fields = _fields(request)
    path = _path(request["target"])
    token = _find_request_wit(fields, line.get("revision") == "wpt-01", accept)
    wit = {**verify_wit(token, line), "token": token}
    audiences = _audiences(line, path)
    signed = "http-signature" in accept and ("signature" in fields or "signature-input" in fields)
    bindings, commits = [], []
    if "wpt" in accept and (_has_wpt(fields) or not signed):
        commits.append(_verify_wpt_of(line, fields, wit, audiences, replay))
        bindings.append("wpt")
    if signed or accept == ["http-signature"]:
        try:
            proof = verify_request_signature(
                line, wit, lambda aud: plain_audience(aud) in map(plain_audience, audiences)
            )
        except Refusal as refusal:
            if refusal.code != "httpsig.missing" or not bindings:
                raise
        else:
            key = ("httpsig", wit["origin"], wit["sub"], wit["cnf_thumbprint"], proof[0])
            use = (key, proof[1], line["now"], "httpsig.replayed", "SIG-9")
            if line.get("replay"):
                commits.insert(0, lambda: replay.use(*use))
            bindings.append("http-signature")
    callers = line.get("callers")
    require(callers is None or wit["sub"] in callers, "verify.caller_not_allowed", "CRED-AZ")
    for commit in commits:
        commit()
    return {"subject": wit["sub"], "binding": "both" if len(bindings) == 2 else bindings[0]}


def from_text(value):
    """Objects may be given as their JSON text, which can hold what no JSON library writes."""
    return parse_json(value.encode()) if isinstance(value, str) else value


def show_jwk(jwk, any_use=False):
    """jwk.parse reads a private key for its public part."""
    require(isinstance(jwk, dict), "jwk.malformed", "RFC7517-4")
    key = parse_jwk({k: v for k, v in jwk.items() if k not in PRIVATE}, any_use)
    key["alg"] = next(iter(key["algs"])) if len(key["algs"]) == 1 else None
    return key


def _jws(line):
    header, _, signed, signature = read_jws(line["jws"], any_payload=True)
    key = parse_jwk(line["jwk"])
    check_alg(header["alg"], line["algs"], "WIT-1", "BCP-1", "BCP-1")
    require(header["alg"] in key["algs"], "jose.alg_key_mismatch", "BCP-1")
    check_signature(key["jwk"], header["alg"], signed, signature)
    return {"alg": header["alg"]}


def _wpt_line(line, replay):
    wit = {**verify_wit(line["wit"], line), "token": line["wit"]}
    other = line.get("other_tokens", {})
    verify_wpt(wit, line["wpt"], line, line["audiences"], other, replay)()
    return {}


DEFAULT_RULES = {
    "base64url.length": "RFC7515-2",
    "base64url.trailing_bits": "RFC7515-2",
    "json.duplicate_name": "RFC7515-4",
}


def outcome(line, replay):
    """(ok, code, rule, result) of a line; None if this reference does not know its operation."""
    operations = {
        "id.parse": lambda: parse_id(line["id"]),
        "jwk.parse": lambda: show_jwk(from_text(line["jwk"]), any_use=True),
        "signature.verify": lambda: show_jwk(line["jwk"])
        and check_signature(
            line["jwk"],
            line["alg"],
            base64url(line["message_b64u"]),
            base64url(line["signature_b64u"]),
        )
        or {},
        "jws.verify": lambda: _jws(line),
        "wit.verify": lambda: verify_wit(line["token"], line),
        "wpt.verify": lambda: _wpt_line(line, replay),
        "http.verify_request": lambda: verify_request(line, replay),
        "bundle.parse": lambda: parse_bundle(from_text(line["bundle"]), line["format"])[0],
        "bundle.update": lambda: update_bundle(line),
        "sf.parse": lambda: {"canonical": canonical(line["kind"], line["raw"])},
        "digest.verify": lambda: digest_line(line),
        "http.signature_base": lambda: base_line(line),
        "http.sig_verify": lambda: sig_verify(line),
        "wic.verify": lambda: verify_wic(line),
        "http.verify_response": lambda: verify_response(line, verify_wit),
    }
    if line["op"] not in operations:
        return None
    try:
        return True, None, None, operations[line["op"]]()
    except Refusal as refusal:
        rule = refusal.rule
        if rule is None and refusal.code.startswith(("json.", "base64url.")):
            rule = DEFAULT_RULES.get(refusal.code, "BCP-1")
        if rule is None:
            rule = RULES.get(refusal.code)
        return False, refusal.code, rule, None
