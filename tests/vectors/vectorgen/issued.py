"""What the runner checks of tokens, signed messages and certificates that were made: want.jws,
want.signed, want.certificate. The standard library is enough; with the `cryptography` package the
signatures are verified, too."""

import base64
import hashlib
import json

from .compare import subset, unb64u
from .der import read_certificate
from .reference_base import build_base, read_signatures
from .refusal import Refusal

try:
    from .jose import verify, verify_der
except ImportError:  # without `cryptography`
    verify = verify_der = None

TAG = "wimse-workload-to-workload"


def token_fault(want, result, _line):
    """What is wrong with an issued token; None if nothing."""
    token = result.get(want["member"])
    if not isinstance(token, str) or token.count(".") != 2:
        return "no token"
    header, claims = (json.loads(unb64u(part)) for part in token.split(".")[:2])
    signing_input, _, signature = token.rpartition(".")
    alg = want["header"]["alg"]
    if verify and not verify(want["jwk"], alg, signing_input.encode(), unb64u(signature)):
        return "the signature is not valid"
    if header != want["header"]:
        return f"header {header}"
    if not subset(want["claims"], claims):
        return f"claims {claims}"
    present = [name for name in want["absent"] if name in claims]
    if present:
        return f"claims that must be absent: {present}"
    return _short(want, claims)


def _short(want, values):
    sizes = want.get("min_chars", {})
    short = [name for name, size in sizes.items() if len(values.get(name, "")) < size]
    return f"too short: {short}" if short else None


def signed_fault(want, result, line):
    """What is wrong with the fields that sign a message."""
    added = result.get("headers")
    if not isinstance(added, list) or sorted(name.lower() for name, _ in added) != want["added"]:
        return f"adds {added}, not {want['added']}"
    request, response = line["request"], line.get("response")
    message = dict(request if response is None else response)
    message["headers"] = message["headers"] + added
    try:
        entries = [
            e for e in read_signatures(message["headers"]) if e["parameters"].get("tag") == TAG
        ]
        if len(entries) != 1:
            return f"{len(entries)} signatures with the tag"
        entry = entries[0]
        pair = (message, None) if response is None else (request, message)
        base = build_base(entry["components"], entry["params_text"], *pair)
    except Refusal as refusal:
        return f"not usable: {refusal.code}"
    covered = sorted(component[2] for component in entry["components"])
    if covered != sorted(want["covered"]):
        return f"covers {covered}, not {sorted(want['covered'])}"
    free = set(want.get("min_chars", {}))
    parameters = {k: v for k, v in entry["parameters"].items() if k not in free}
    if parameters != want["parameters"]:
        return f"parameters {parameters}, not {want['parameters']}"
    jwk = want["jwk"]
    if verify and not verify(jwk, jwk["alg"], base.encode(), entry["signature"]):
        return "the signature is not valid"
    return _short(want, entry["parameters"]) or _digest_fault(message)


def _digest_fault(message):
    body = message.get("body", "").encode()
    lines = [v for n, v in message["headers"] if n.lower() == "content-digest"]
    if not body:
        return None
    values = {
        f"{name}=:{base64.b64encode(hashlib.new(name.replace('-', ''), body).digest()).decode()}:"
        for name in ("sha-256", "sha-512")
    }
    return None if len(lines) == 1 and lines[0] in values else f"Content-Digest {lines}"


def certificate_fault(want, result, line):
    """What is wrong with an issued certificate; its first is the leaf."""
    chain = result.get("chain_der_b64u")
    if not isinstance(chain, list) or not chain:
        return "no chain"
    found = read_certificate(unb64u(chain[0]))
    issuer = read_certificate(unb64u(line["ca_der_b64u"]))
    for name, expected in want["fields"].items():
        if found[name] != expected:
            return f"{name} {found[name]}, not {expected}"
    if found["issuer"] != issuer["subject"]:
        return "the issuer's name"
    serial = found["serial"]
    if not 0 < serial < 2**159 or serial.bit_length() < 64:
        return f"serial number {serial:x}"
    if found["authority_key_id"] != issuer["subject_key_id"] or not found["subject_key_id"]:
        return "key identifiers"
    jwk, alg = want["jwk"], want["alg"]
    if verify_der and not verify_der(jwk, alg, found["tbs"], found["signature"]):
        return "the signature is not valid"
    return None


FAULTS = {"jws": token_fault, "signed": signed_fault, "certificate": certificate_fault}
