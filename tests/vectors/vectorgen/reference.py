"""A second reading of the rules, in Python: tells the outcome of every vector.

It shares only the arithmetic of jose.py with the generator, so a vector that is refused for another
reason than its note says is found before any other implementation runs it. It is a check on the
vectors, not a library: it knows the operations and options that the vectors use.
"""

import base64
import json
import re

from cryptography import x509

from . import jose
from .refusal import Refusal, require

ALGS = {
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
    **{a + b: ("RSA", None) for a in ("RS", "PS") for b in ("256", "384", "512")},
}
SPIFFE_ALGS = set(ALGS) - {"EdDSA", "Ed25519"}
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth"}
MAX_DATE = 253402300799
TOKEN_CHARACTERS = re.compile(r"[A-Za-z0-9_.-]*\Z")


# --- encodings -----------------------------------------------------------------------------------


def base64url(text):
    require(re.fullmatch(r"[A-Za-z0-9_-]*", text), "base64url.character")
    require(len(text) % 4 != 1, "base64url.length")
    data = jose.unb64u(text)
    require(jose.b64u(data) == text, "base64url.trailing_bits")
    return data


def parse_json(data):
    def members(pairs):
        require(len(pairs) <= 64, "json.too_many_members")
        require(len({k for k, _ in pairs}) == len(pairs), "json.duplicate_name")
        return dict(pairs)

    def constant(_):
        raise Refusal("json.malformed")

    require(not data.startswith(b"\xef\xbb\xbf"), "json.not_utf8")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Refusal("json.not_utf8") from None
    depth = deepest = 0
    for token in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        deepest = max(deepest, depth)
    require(deepest <= 8, "json.too_deep")
    decoder = json.JSONDecoder(object_pairs_hook=members, parse_constant=constant)
    begin = len(text) - len(text.lstrip(" \t\r\n"))
    try:
        value, end = decoder.raw_decode(text, begin)
    except json.JSONDecodeError:
        raise Refusal("json.malformed") from None
    require(text[end:].strip(" \t\r\n") == "", "json.trailing_bytes")

    def arrays(node):
        if isinstance(node, list):
            require(len(node) <= 64, "json.too_many_members")
        if isinstance(node, str):
            require(not re.search("[\ud800-\udfff]", node), "json.malformed")
        for child in (
            node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        ):
            arrays(child)

    arrays(value)
    return value


# --- identifiers ---------------------------------------------------------------------------------


def parse_id(text):
    def need(condition, code, rule):
        require(condition, "id." + code, rule)

    need(text, "empty", "ID-1")
    need(len(text.encode()) <= 2048, "too_long", "ID-3")
    need(all(0x20 < ord(c) < 0x7F for c in text), "character", "ID-1")
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text)
    need(match and text.index(":") == match.end(1), "not_absolute", "ID-1")
    scheme = match.group(1)
    known = ("wimse", "spiffe")
    need(scheme in known or scheme.lower() not in known, "scheme_case", "ID-5")
    need(scheme in known, "scheme_unknown", "ID-4")
    need("#" not in text, "fragment", "ID-2")
    need("?" not in text, "query", "ID-2")
    domain, slash, path = text[match.end() :].partition("/")
    path = slash + path
    need(domain, "authority_empty", "ID-1")
    need("@" not in domain, "userinfo", "ID-2")
    need(domain.startswith("[") or ":" not in domain, "port", "ID-2")
    need(re.fullmatch(r"[a-z0-9._-]+", domain), "trust_domain_character", "ID-5")
    if scheme == "wimse":
        need(not domain.endswith("."), "trust_domain_dot", "ID-5")
        need(not re.fullmatch(r"\d+(\.\d+){3}", domain), "trust_domain_ip", "ID-11")
        need(path, "path_missing", "ID-6")
    else:
        need(len(domain) <= 255, "trust_domain_length", "SPID-1")
    if path:
        need(not path.endswith("/"), "path_trailing_slash", "ID-6")
        for segment in path[1:].split("/"):
            need(segment, "path_empty_segment", "ID-6")
            need(segment not in (".", ".."), "path_dot_segment", "ID-6")
        need("%" not in path, "path_percent", "ID-6")
        need(
            re.fullmatch(r"[A-Za-z0-9._/~-]+" if scheme == "wimse" else r"[A-Za-z0-9._/-]+", path),
            "path_character",
            "ID-6",
        )
    return {
        "scheme": scheme,
        "trust_domain": domain,
        "path": path,
        "origin": scheme + "://" + domain,
    }


# --- keys and signatures -------------------------------------------------------------------------


def _number(jwk, name, size=None):
    require(isinstance(jwk.get(name), str), "jwk.malformed", "RFC7517-4")
    try:
        data = base64url(jwk[name])
    except Refusal:
        raise Refusal("jwk.malformed", "RFC7517-4") from None
    require(data and (size is None or len(data) == size), "jwk.malformed", "RFC7517-4")
    return int.from_bytes(data, "big")


def _small_order(x):
    """Ed25519 points of order 1, 2 or 4; enough for the vectors."""
    return int.from_bytes(jose.unb64u(x), "little") & (2**255 - 1) in (0, 1, 2**255 - 20)


def parse_jwk(jwk, any_use=False):
    rule = "RFC7517-4"
    require(isinstance(jwk.get("kty"), str), "jwk.malformed", rule)
    require(jwk["kty"] != "oct", "jwk.symmetric", "BCP-1")
    require(jwk["kty"] in ("EC", "OKP", "RSA"), "jwk.key_type", rule)
    if jwk["kty"] != "RSA":
        require(isinstance(jwk.get("crv"), str), "jwk.malformed", rule)
        require((jwk["kty"], jwk["crv"]) in ALGS.values(), "jwk.key_type", rule)
    require(not PRIVATE & set(jwk), "jwk.private", "WIT-11")
    for name in ("alg", "kid", "use"):
        require(isinstance(jwk.get(name, ""), str), "jwk.malformed", rule)
    kid = jwk.get("kid", "")
    require("kid" not in jwk or 0 < len(kid) <= 128 and kid.isprintable(), "jose.kid", "BCP-1")
    if not any_use:
        require(jwk.get("use") != "enc", "jwk.use", rule)
        require("verify" in jwk.get("key_ops", ["verify"]), "jwk.use", rule)
    alg = jwk.get("alg")
    if alg is not None:
        suits = ALGS.get(alg, ("", None))
        require(
            suits[0] == jwk["kty"] and suits[1] in (None, jwk.get("crv")),
            "jwk.alg_mismatch",
            "BCP-1",
        )
    if jwk["kty"] == "RSA":
        n, e = _number(jwk, "n"), _number(jwk, "e")
        require(alg is not None, "jwk.alg_missing", "BCP-1")
        require(2048 <= n.bit_length() <= 8192, "crypto.key_size", "BCP-1")
        require(e % 2 == 1 and e >= 3, "crypto.key_malformed", "BCP-1")
    elif jwk["kty"] == "OKP":
        _number(jwk, "x", 32)
        require(not _small_order(jwk["x"]), "crypto.point_invalid", "BCP-1")
    else:
        size = jose.FIELD_BYTES[jwk["crv"]]
        _number(jwk, "x", size)
        _number(jwk, "y", size)
        try:
            jose.public_key(jwk)
        except ValueError:
            raise Refusal("crypto.point_invalid", "BCP-1") from None
    default = {
        "P-256": {"ES256"},
        "P-384": {"ES384"},
        "P-521": {"ES512"},
        "Ed25519": {"EdDSA", "Ed25519"},
    }
    return {
        "kty": jwk["kty"],
        "alg": alg,
        "thumbprint": jose.thumbprint(jwk),
        "jwk": jwk,
        "algs": {alg} if alg else default[jwk["crv"]],
        "kid": kid,
        "use": jwk.get("use"),
    }


def check_signature(jwk, alg, message, signature):
    rule = "RFC7515-5.2"
    require(
        alg in ALGS and ALGS[alg][0] == jwk["kty"] and ALGS[alg][1] in (None, jwk.get("crv")),
        "crypto.alg_unsupported",
        "BCP-1",
    )
    if jwk["kty"] == "EC":
        require(len(signature) == 2 * jose.FIELD_BYTES[jwk["crv"]], "crypto.signature_length", rule)
        order = jose.ORDER[jwk["crv"]]
        require(
            all(1 <= v < order for v in jose.split_signature(signature)),
            "crypto.signature_range",
            rule,
        )
    else:
        size = 64 if jwk["kty"] == "OKP" else len(jose.unb64u(jwk["n"]))
        require(len(signature) == size, "crypto.signature_length", rule)
    require(jose.verify(jwk, alg, message, signature), "crypto.signature_invalid", rule)


# --- JWS -----------------------------------------------------------------------------------------


def read_jws(token, any_payload=False):
    require(len(token) <= 8192, "jose.too_long", "BCP-1")
    require(TOKEN_CHARACTERS.match(token), "jose.character", "BCP-1")
    parts = token.split(".")
    require(len(parts) == 3, "jose.parts", "BCP-1")
    require(all(parts), "jose.part_empty", "BCP-1")
    raw_header, raw_payload, signature = (base64url(part) for part in parts)
    header = parse_json(raw_header)
    require(isinstance(header, dict), "jose.header", "RFC7515-4")
    require("alg" in header, "jose.alg_missing", "RFC7515-4")
    for name in ("alg", "typ", "kid"):
        require(isinstance(header.get(name, ""), str), "jose.header", "RFC7515-4")
    require(not {"jwk", "jku", "x5c", "x5u"} & set(header), "jose.key_in_header", "BCP-1")
    require("crit" not in header, "jose.crit", "RFC7515-4.1.11")
    require(not {"enc", "zip", "b64"} & set(header), "jose.not_jws", "BCP-1")
    kid = header.get("kid")
    require(kid is None or 0 < len(kid) <= 128 and kid.isprintable(), "jose.kid", "BCP-1")
    claims = None if any_payload else parse_json(raw_payload)
    require(any_payload or isinstance(claims, dict), "jose.payload", "RFC7519-7.2")
    return header, claims, token.rpartition(".")[0].encode(), signature


def check_alg(alg, allowed, none_rule, unknown_rule, allowed_rule):
    require(alg.lower() != "none", "jose.alg_none", none_rule)
    require(alg in ALGS, "jose.alg_unknown", unknown_rule)
    require(alg in allowed, "jose.alg_not_allowed", allowed_rule)


def is_media_type(typ, subtype):
    return typ is not None and typ.lower().removeprefix("application/") == subtype


def time_claim(claims, name, rule):
    if name not in claims:
        return None
    value = claims[name]
    require(
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_DATE,
        "jwt.claim_type",
        rule,
    )
    return value


# --- bundles -------------------------------------------------------------------------------------

USES = {
    "spiffe": {"wit-svid": "wit", "jwt-svid": "jwt", "x509-svid": "x509"},
    "wimse": {"wimse-jwt": "wit", "wimse-x509": "x509"},
    "raw": {None: "wit", "wit-svid": "wit", "wimse-jwt": "wit"},
}


def _may_sign(extensions):
    """What makes a certificate an anchor: cA, and keyCertSign where there is a keyUsage."""
    found = {extension.oid: extension.value for extension in extensions}
    constraints = found.get(x509.BasicConstraints.oid)
    usage = found.get(x509.KeyUsage.oid)
    return bool(constraints and constraints.ca and (usage is None or usage.key_cert_sign))


def _x509_entry(entry, fmt):
    x5c = entry.get("x5c")
    require(
        isinstance(x5c, list) and x5c and (fmt == "spiffe" or len(x5c) == 1), "bundle.x5c", "TD-2"
    )
    try:
        der = base64.b64decode(x5c[0], validate=True)
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key().public_numbers()
    except ValueError:
        raise Refusal("bundle.x5c", "TD-2") from None
    require(_may_sign(certificate.extensions), "bundle.x5c", "TD-2")
    require(fmt == "spiffe" or key == jose.public_key(entry).public_numbers(), "bundle.x5c", "TD-2")
    return {"kid": None, "use": entry["use"], "alg": None, "thumbprint": jose.thumbprint(entry)}


def parse_bundle(bundle, fmt):
    require(
        isinstance(bundle, dict) and isinstance(bundle.get("keys"), list),
        "bundle.malformed",
        "BUN-1",
    )
    names = (
        ("spiffe_sequence", "spiffe_refresh_hint")
        if fmt == "spiffe"
        else ("sequence_number", "refresh_hint")
    )
    numbers = []
    for name in names:
        value = bundle.get(name)
        require(
            name not in bundle or (isinstance(value, int) and value >= 0),
            "bundle.sequence",
            "BUN-1",
        )
        numbers.append(value)
    shown, wit_keys, kids, algs = [], [], set(), {}
    for entry in bundle["keys"]:
        require(isinstance(entry, dict), "bundle.malformed", "BUN-1")
        kind = USES[fmt].get(entry.get("use"))
        if kind is None:
            continue
        if kind == "x509":
            shown.append(_x509_entry(entry, fmt))
            continue
        try:
            key = parse_jwk(entry)
        except Refusal as refusal:
            if refusal.code == "jwk.key_type":
                continue
            raise
        require(key["kid"] or fmt != "spiffe", "bundle.kid_missing", "BUN-1")
        require(not key["kid"] or key["kid"] not in kids, "bundle.kid_duplicate", "BUN-1")
        kids.add(key["kid"])
        require(
            algs.setdefault(key["thumbprint"], key["algs"]) == key["algs"],
            "bundle.key_two_algs",
            "BCP-1",
        )
        entry_shown = {name: key[name] for name in ("kid", "use", "alg", "thumbprint")}
        entry_shown["kid"] = entry_shown["kid"] or None
        shown.append(entry_shown)
        if kind == "wit":
            wit_keys.append(key)
    return {"sequence": numbers[0], "refresh_hint_s": numbers[1], "keys": shown}, wit_keys


def update_bundle(line):
    old, _ = parse_bundle(line["old"], line["format"])
    new, _ = parse_bundle(line["new"], line["format"])

    def names(keys):
        return {(k["kid"], k["thumbprint"]) for k in keys}

    def label(pair):
        return pair[0] or pair[1]

    added = sorted(map(label, names(new["keys"]) - names(old["keys"])))
    removed = sorted(map(label, names(old["keys"]) - names(new["keys"])))
    if old["sequence"] is not None:
        require(new["sequence"] is not None, "bundle.sequence_lost", "TD-3")
        require(new["sequence"] >= old["sequence"], "bundle.rollback", "TD-3")
        require(
            new["sequence"] > old["sequence"] or not (added or removed),
            "bundle.not_increased",
            "TD-1",
        )
    before = {k["kid"]: k["thumbprint"] for k in old["keys"] if k["kid"]}
    for key in new["keys"]:
        require(
            before.get(key["kid"], key["thumbprint"]) == key["thumbprint"],
            "bundle.kid_reused",
            "BUN-1",
        )
    return {"added": added, "removed": removed}
