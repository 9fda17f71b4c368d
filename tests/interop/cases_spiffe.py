"""SPIFFE: identifiers, bundles, WIT-SVIDs."""

import json
import pathlib
import tempfile

import raw
from jwt_changes import Tokens
from raw import jose
from scene import TRUST_DOMAIN
from verdict import ACCEPTS, REFUSES

ORIGIN = f"spiffe://{TRUST_DOMAIN}"
GOOD_IDS = {
    "plain": "spiffe://example.org/service/payment",
    "letters": "spiffe://example.org/A-Z_a.z/0",
    "three-dots": "spiffe://example.org/a/.../b",
    "trust-domain-characters": "spiffe://ex_ample-1.org/a",
}
BAD_IDS = {
    "scheme-upper-case": "SPIFFE://example.org/a",
    "scheme-other": "https://example.org/a",
    "trust-domain-upper-case": "spiffe://Example.org/a",
    "trust-domain-empty": "spiffe:///a",
    "port": "spiffe://example.org:443/a",
    "user": "spiffe://user@example.org/a",
    "query": "spiffe://example.org/a?b",
    "fragment": "spiffe://example.org/a#b",
    "percent": "spiffe://example.org/%61",
    "dot-segment": "spiffe://example.org/a/./b",
    "dot-dot-segment": "spiffe://example.org/a/../b",
    "empty-segment": "spiffe://example.org/a//b",
    "trailing-slash": "spiffe://example.org/a/",
    "trailing-newline": "spiffe://example.org/a\n",
    "leading-space": " spiffe://example.org/a",
    "not-ascii": "spiffe://example.org/caf\u00e9",
    "nul": "spiffe://example.org/a\u0000b",
    "backslash": "spiffe://example.org\\a",
    "only-slash": "spiffe://example.org/",
    "empty": "",
    "too-long": "spiffe://example.org/" + "a" * 2048,
    "trust-domain-too-long": "spiffe://" + "a" * 256 + "/a",
}


def run(book, peer, scenes):
    scene = scenes["ES256"]
    if peer.has("spiffe_id.parse"):
        identifiers(book, peer, scene.signet)
    if peer.has("bundle.parse"):
        bundles(book, peer, scenes)
    if peer.has("wit_svid.parse"):
        for alg in ("ES256", "ES384"):
            wit_svids(book, peer, scenes[alg])


def identifiers(book, peer, signet):
    for names, wanted in ((GOOD_IDS, ACCEPTS), (BAD_IDS, REFUSES)):
        for name, text in names.items():
            ours = signet.check("id.parse", id=text)
            theirs = peer.ask("spiffe_id.parse", id=text)
            read = [(v.result.get("trust_domain"), v.result.get("path")) for v in (ours, theirs)]
            differs = "" if read[0] == read[1] or not (ours.accepts and theirs.accepts) else read
            book.add(peer, f"id/{name}", "-", wanted, ours, theirs, str(differs))


# --- bundles ------------------------------------------------------------------------------------


def make_bundle(scenes):
    """By `signet bundle make`: a WIT key, a JWT key and an X.509 authority."""
    scene = scenes["ES256"]
    with tempfile.TemporaryDirectory() as folder:
        key = pathlib.Path(folder) / "ca.jwk"
        key.write_text(json.dumps(scene.issuer))
        key.chmod(0o600)
        authority = pathlib.Path(folder) / "ca.pem"
        authority.write_text(scene.signet.tool("cert", "ca", "--key", str(key), "--trust-domain",
                                               ORIGIN))
        text = scene.signet.tool(
            "bundle", "make", "--format", "spiffe", "--sequence", "7", "--refresh-hint", "5m",
            "--key", json.dumps(raw.public(scene.issuer)),
            "--jwt-key", json.dumps(raw.public(scenes["ES384"].issuer)), "--x509", str(authority))
    return json.loads(text)


def bundles(book, peer, scenes):
    signet = scenes["ES256"].signet
    whole = make_bundle(scenes)
    tokens_only = {**whole, "keys": [key for key in whole["keys"] if key["use"] == "jwt-svid"]}

    def both(name, text, wanted):
        text = text if isinstance(text, str) else json.dumps(text)
        ours = signet.check("bundle.parse", bundle=text, trust_domain=TRUST_DOMAIN, format="spiffe")
        theirs = peer.ask("bundle.parse", text=text, trust_domain=TRUST_DOMAIN)
        return book.add(peer, f"bundle/{name}", "-", wanted, ours, theirs,
                        counts_differ(ours, theirs))

    both("verify", tokens_only, ACCEPTS)
    both("every-use", whole, ACCEPTS)
    both("unknown-use", {**tokens_only, "keys": tokens_only["keys"] + [
        {**whole["keys"][0], "use": "unknown", "kid": "unknown"}]}, ACCEPTS)
    both("unknown-key-type", {**tokens_only, "keys": tokens_only["keys"] + [
        {"kty": "unknown", "use": "jwt-svid", "kid": "unknown"}]}, ACCEPTS)
    both("not-json", "{", REFUSES)
    both("array", [whole], REFUSES)
    both("keys-missing", {"spiffe_sequence": 1}, REFUSES)
    both("keys-null", {"keys": None}, REFUSES)
    text = json.dumps(tokens_only)
    both("trailing", text + "{}", REFUSES)
    both("keys-twice", text[:-1] + ',"keys":[]}', REFUSES)
    both("sequence-negative", {**tokens_only, "spiffe_sequence": -1}, REFUSES)
    both("sequence-string", {**tokens_only, "spiffe_sequence": "7"}, REFUSES)


def counts_differ(ours, theirs):
    if not (ours.accepts and theirs.accepts):
        return ""
    uses = [key["use"] for key in ours.result["keys"]]
    read = {
        "jwt_keys": uses.count("jwt-svid"),
        "x509_authorities": uses.count("x509-svid"),
        "wit_keys": uses.count("wit-svid"),
        "sequence": ours.result["sequence"],
        "refresh_hint_s": ours.result["refresh_hint_s"],
    }
    said = {name: theirs.result[name] for name in read if theirs.result.get(name) is not None}
    other = {name: value for name, value in said.items() if value != read[name]}
    return f"{ {name: read[name] for name in other} } here, {other} there" if other else ""


# --- WIT-SVIDs ----------------------------------------------------------------------------------


def wit_svids(book, peer, scene):
    subject = f"{ORIGIN}/service/client"
    bundle = json.dumps({"keys": [raw.public(scene.issuer, use="wit-svid")],
                         "spiffe_sequence": 1, "spiffe_refresh_hint": 300})
    trust = {ORIGIN: {"bundle_format": "spiffe", "jwks": json.loads(bundle)}}

    def both(name, token, wanted):
        ours = scene.signet.check("wit.verify", token=token, trust=trust, now=scene.now,
                                  profile="spiffe")
        theirs = peer.ask("wit_svid.parse", token=token, bundle=bundle,
                          trust_domain=TRUST_DOMAIN)
        read = ours.result.get("sub"), theirs.result.get("id")
        differs = ""
        if ours.accepts and theirs.accepts and read[0] != read[1]:
            differs = f"{read[0]} here, {read[1]} there"
        return book.add(peer, f"wit-svid/{name}", scene.alg, wanted, ours, theirs, differs)

    made = scene.wit(sub=subject, profile="spiffe")
    if not both("verify", made, ACCEPTS).theirs.accepts:
        return
    header = {"alg": scene.alg, "kid": scene.issuer["kid"], "typ": "wit+jwt"}
    sign = Tokens(scene.claims(sub=subject), header, scene.issuer)
    both("sub-without-path", sign(sub=ORIGIN), ACCEPTS)
    for name, token in (
        ("signature-bit", jose.with_signature(made, jose.flip_bit)),
        ("other-key", sign(key={**scene.stranger, "kid": scene.issuer["kid"]})),
        ("expired", sign(exp=scene.now - 3600)),
        ("exp-missing", sign(exp=None)),
        ("typ-jwt", sign({"typ": "JWT"})),
        ("typ-missing", sign({"typ": None})),
        ("kid-missing", sign({"kid": None})),
        ("sub-missing", sign(sub=None)),
        ("sub-of-other-domain", sign(sub=subject.replace("interop.", "other."))),
        ("sub-wimse", sign(sub=subject.replace("spiffe:", "wimse:"))),
        ("cnf-missing", sign(cnf=None)),
        ("cnf-without-alg", sign(cnf={"jwk": {
            name: value for name, value in scene.cnf(scene.client).items() if name != "alg"}})),
        ("cnf-private", sign(cnf={"jwk": scene.client})),
    ):
        both(name, token, REFUSES)
