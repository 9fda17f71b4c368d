"""JWS, WIT and WPT, both ways, and thumbprints."""

import json

import jws_changes
import jwt_changes
import raw
from jws_changes import Good, all_changes
from jwt_changes import Tokens, audiences, payloads, times, types
from raw import jose
from scene import AUDIENCE, CLIENT, SERVER
from verdict import ACCEPTS, REFUSES

WIT_HEADER = {"typ": "wit+jwt"}


def run(book, peer, scenes):
    for scene in scenes.values():
        if peer.has("jwk.thumbprint"):
            thumbprints(book, peer, scene)
        if peer.has("jws.verify") or peer.has("jws.sign"):
            jws(book, peer, scene)
        if peer.has("wit.verify"):
            wit_here_to_there(book, peer, scene)
        if peer.has("wit.issue"):
            wit_there_to_here(book, peer, scene)
        if peer.has("wit_wpt.verify"):
            wpt_here_to_there(book, peer, scene)
        if peer.has("wpt.issue"):
            wpt_there_to_here(book, peer, scene)


def differs(ours, theirs, what):
    """'' or what is not equal, where both accept."""
    if not (ours.accepts and theirs.accepts):
        return ""
    return "" if what[0] == what[1] else f"{what[0]!r} here, {what[1]!r} there"


def thumbprints(book, peer, scene):
    for name, jwk in (
        ("public", raw.public(scene.issuer)),
        ("private", scene.issuer),
        ("other-members", raw.public(scene.issuer, use="sig", kid="another")),
    ):
        ours = scene.signet.check("jwk.parse", jwk=jwk)
        theirs = peer.ask("jwk.thumbprint", jwk=jwk)
        both = ours.result.get("thumbprint"), theirs.result.get("thumbprint")
        book.add(peer, f"thumbprint/{name}", scene.alg, ACCEPTS, ours, theirs,
                 differs(ours, theirs, both))


# --- JWS ----------------------------------------------------------------------------------------


def jws(book, peer, scene):
    payload = {"iss": "interop", "n": 1}
    header = {"alg": scene.alg, "typ": "JWT", "kid": scene.issuer["kid"]}
    public = raw.public(scene.issuer)

    def here(token):
        return scene.signet.check("jws.verify", jws=token, jwk=public, algs=[scene.alg])

    def both(name, token, wanted):
        ours, theirs = here(token), peer.ask("jws.verify", token=token, jwk=public)
        read = (payload, theirs.result.get("payload"))
        return book.add(peer, f"jws/{name}", scene.alg, wanted, ours, theirs,
                        differs(ours, theirs, read))

    good = Good(header, json.dumps(payload).encode(), scene.issuer, scene.stranger)
    if peer.has("jws.verify") and both("verify", good.token(), ACCEPTS).theirs.accepts:
        for name, token in jws_changes.accepted(good):
            both(name, token, ACCEPTS)
        for name, token in all_changes(good):
            both(name, token, REFUSES)
    if peer.has("jws.sign"):
        signed = peer.ask("jws.sign", jwk=scene.issuer, header=header, payload=payload)
        ours = here(signed.result["token"]) if signed.accepts else here(good.token())
        book.add(peer, "jws/sign", scene.alg, ACCEPTS, ours, signed, made_there=True)


# --- WIT ----------------------------------------------------------------------------------------


def wit_here_to_there(book, peer, scene):
    def both(name, token, wanted):
        ours = scene.signet.check("wit.verify", token=token, trust=scene.trust, now=scene.now)
        theirs = peer.ask("wit.verify", token=token, jwks=scene.jwks, now=scene.now)
        read = ours.result.get("sub"), theirs.result.get("claims", {}).get("sub")
        return book.add(peer, f"wit/{name}", scene.alg, wanted, ours, theirs,
                        differs(ours, theirs, read))

    if not both("verify", scene.wit(iss="https://issuer.example.com"), ACCEPTS).theirs.accepts:
        return
    header = {"alg": scene.alg, "kid": scene.issuer["kid"], **WIT_HEADER}
    sign = Tokens(scene.claims(), header, scene.issuer)
    good = Good(header, jose.compact(sign.claims), scene.issuer, scene.stranger)
    both("unknown-claim", sign(x={"y": [1, 2.5, None, True]}), ACCEPTS)
    both("nbf-past", sign(nbf=scene.now - 60), ACCEPTS)
    both("iat-future", sign(iat=scene.now + 3600), ACCEPTS)
    for name, token in (*jws_changes.accepted(good), *jwt_changes.accepted(sign, "wit+jwt")):
        both(name, token, ACCEPTS)
    both("nbf-string", sign(nbf=str(scene.now - 60)), REFUSES)
    both("kid-unknown", sign({"kid": "unknown"}), REFUSES)
    for changes in (all_changes(good), types(sign, "wit+jwt", "wpt+jwt"),
                    times(sign, scene.now), payloads(sign)):
        for name, token in changes:
            both(name, token, REFUSES)


def wit_there_to_here(book, peer, scene):
    claims = scene.claims(iss="https://issuer.example.com")
    kid = scene.issuer["kid"]
    issued = peer.ask("wit.issue", jwk=scene.issuer, claims=claims, kid=kid)
    token = issued.result["token"] if issued.accepts else scene.wit()
    ours = scene.signet.check("wit.verify", token=token, trust=scene.trust, now=scene.now)
    read = (CLIENT, ours.result.get("sub"))
    book.add(peer, "wit/issue", scene.alg, ACCEPTS, ours, issued, differs(ours, issued, read),
             made_there=True)
    if issued.accepts and peer.has("wit.verify"):
        changed = jose.with_signature(token, jose.flip_bit)
        ours = scene.signet.check("wit.verify", token=changed, trust=scene.trust, now=scene.now)
        theirs = peer.ask("wit.verify", token=changed, jwks=scene.jwks, now=scene.now)
        book.add(peer, "wit/issue-signature-bit", scene.alg, REFUSES, ours, theirs)


# --- WPT ----------------------------------------------------------------------------------------


def wpt_verdict_here(scene, wit, wpt):
    return scene.signet.check("wpt.verify", wit=wit, wpt=wpt, trust=scene.trust, now=scene.now,
                              audiences=[AUDIENCE])


def wpt_here_to_there(book, peer, scene):
    def both(name, wit, wpt, wanted):
        ours = wpt_verdict_here(scene, wit, wpt)
        theirs = peer.ask("wit_wpt.verify", wit=wit, wpt=wpt, jwks=scene.jwks, aud=AUDIENCE,
                          now=scene.now)
        read = ours.result.get("jti"), theirs.result.get("claims", {}).get("jti")
        if name == "jti-missing":
            read = ("", "")
        return book.add(peer, f"wpt/{name}", scene.alg, wanted, ours, theirs,
                        differs(ours, theirs, read))

    wit = scene.wit()
    made = scene.signet.make("wpt.sign", key=scene.client, wit=wit, aud=AUDIENCE, now=scene.now,
                             ttl_s=120)["wpt"]
    if not both("verify", wit, made, ACCEPTS).theirs.accepts:
        return
    claims = {"aud": AUDIENCE, "exp": scene.now + 120, "jti": "interop-wpt-0123456789",
              "wth": jose.token_hash(wit)}
    header = {"alg": scene.alg, "typ": "wpt+jwt"}
    sign = Tokens(claims, header, scene.client)
    good = Good(header, jose.compact(claims), scene.client, scene.stranger)
    both("aud-array-of-one", wit, sign(aud=[AUDIENCE]), ACCEPTS)
    both("aud-with-query", wit, sign(aud=AUDIENCE + "?a=1"), ACCEPTS)
    for name, wpt in (*jws_changes.accepted(good), *jwt_changes.accepted(sign, "wpt+jwt")):
        both(name, wit, wpt, ACCEPTS)
    for changes in (all_changes(good), types(sign, "wpt+jwt", "wit+jwt"), times(sign, scene.now),
                    payloads(sign), audiences(sign, AUDIENCE), proofs(sign, scene)):
        for name, wpt in changes:
            both(name, wit, wpt, REFUSES)
    for name, changed in wits(scene, wit):
        both(name, changed, sign(wth=jose.token_hash(changed)), REFUSES)


def proofs(sign, scene):
    """What only a proof has."""
    yield "wth-missing", sign(wth=None)
    yield "wth-of-other-wit", sign(wth=jose.token_hash(scene.wit(sub=SERVER)))
    yield "wth-padded", sign(wth=sign.claims["wth"] + "=")
    yield "jti-missing", sign(jti=None)
    yield "exp-far-ahead", sign(exp=scene.now + 86400)
    yield "key-of-issuer", sign(key=scene.issuer)


def wits(scene, wit):
    """Good proofs with a WIT that is not good."""
    yield "wit-signature-bit", jose.with_signature(wit, jose.flip_bit)
    header = {"alg": scene.alg, "kid": scene.issuer["kid"], **WIT_HEADER}
    sign = Tokens(scene.claims(), header, scene.issuer)
    yield "wit-expired", sign(exp=scene.now - 3600)
    yield "wit-of-stranger", sign(key={**scene.stranger, "kid": scene.issuer["kid"]})
    yield "wit-without-cnf", sign(cnf=None)
    symmetric = {"kty": "oct", "k": jose.b64u(b"k" * 32), "alg": "HS256"}
    yield "wit-symmetric-cnf", sign(cnf={"jwk": symmetric})


def wpt_there_to_here(book, peer, scene):
    wit = scene.wit()
    claims = {"aud": AUDIENCE, "jti": "interop-wpt-9876543210", "exp": scene.now + 120}
    issued = peer.ask("wpt.issue", jwk=scene.client, wit=wit, now=scene.now, **claims)
    if not issued.accepts:
        ours = scene.signet.check("wit.verify", token=wit, trust=scene.trust, now=scene.now)
        book.add(peer, "wpt/issue", scene.alg, ACCEPTS, ours, issued)
        return
    wpt = issued.result["token"]
    ours = wpt_verdict_here(scene, wit, wpt)
    read = (claims["jti"], ours.result.get("jti"))
    book.add(peer, "wpt/issue", scene.alg, ACCEPTS, ours, issued, differs(ours, issued, read),
             made_there=True)
    request = {"method": "GET", "authority": "orders.example.com", "target": "/v1/orders",
               "headers": [["Workload-Identity-Token", wit], ["Authorization", f"WPT {wpt}"]]}
    ours = scene.signet.check("http.verify_request", request=request, trust=scene.trust,
                              now=scene.now, audiences=["https://orders.example.com"],
                              accept=["wpt"])
    read = (CLIENT, ours.result.get("subject"))
    book.add(peer, "wpt/issue-http", scene.alg, ACCEPTS, ours, issued,
             differs(ours, issued, read), made_there=True)
    if peer.has("wit_wpt.verify"):
        theirs = peer.ask("wit_wpt.verify", wit=scene.wit(sub=SERVER), wpt=wpt, jwks=scene.jwks,
                          aud=AUDIENCE, now=scene.now)
        ours = wpt_verdict_here(scene, scene.wit(sub=SERVER), wpt)
        book.add(peer, "wpt/issue-for-other-wit", scene.alg, REFUSES, ours, theirs)
