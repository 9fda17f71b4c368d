"""HTTP signatures of the WIMSE profile: requests and responses, signed here and verified there,
signed there and put through the whole of `http.verify_request` and `http.verify_response` here."""

import http_messages as http
import raw
from http_messages import Exchange
from scene import AUDIENCE, CLIENT, SERVER
from verdict import ACCEPTS, REFUSES

BODY = '{"order":7}'
TAG = "wimse-workload-to-workload"
NONCE = "4Zx1yC9mQeW0r2sKp7uVtA"
COVERED = ['"@method"', '"@path"', '"@query"', '"content-type"', '"content-digest"',
           '"workload-identity-token"']
RESPONSE_COVERED = ['"@status"', '"@method";req', '"@path";req', '"@query";req', '"content-type"',
                    '"content-digest"', '"workload-identity-token"']
PROOF_ALGS = ("ES256", "ES384", "EdDSA", "Ed25519")


def run(book, peer, scenes):
    for alg in PROOF_ALGS:
        profile = Profile(book, peer, scenes[alg])
        if peer.has("httpsig.verify"):
            profile.request_here_to_there()
            profile.response_here_to_there()
        if peer.has("httpsig.sign"):
            profile.request_there_to_here()
            profile.response_there_to_here()


class Profile:
    def __init__(self, book, peer, scene):
        self.book, self.peer, self.scene = book, peer, scene
        self.client_wit = scene.wit()
        self.server_wit = scene.wit(sub=SERVER, key=scene.server)
        self.plain = http.request(headers=[["Content-Type", "application/json"]], body=BODY)
        self.answer = {"status": 201, "headers": [["Content-Type", "application/json"]],
                       "body": '{"id":7}'}

    # --- here to there ---

    def signed_request(self):
        made = self.scene.signet.make(
            "http.sign_request", request=self.plain, key=self.scene.client, wit=self.client_wit,
            audience=AUDIENCE, now=self.scene.now, ttl_s=120, nonce=NONCE, sign_response=True)
        return http.with_headers(self.plain, made["headers"])

    def signed_response(self, request):
        made = self.scene.signet.make(
            "http.sign_response", request=request, response=self.answer, key=self.scene.server,
            wit=self.server_wit, now=self.scene.now, ttl_s=120)
        return http.with_headers(self.answer, made["headers"])

    def verify_here(self, exchange):
        if exchange.response is None:
            return self.scene.signet.check(
                "http.verify_request", request=exchange.request, trust=self.scene.trust,
                now=self.scene.now, audiences=["https://orders.example.com"],
                accept=["http-signature"])
        return self.scene.signet.check(
            "http.verify_response", **exchange.here, trust=self.scene.trust, now=self.scene.now,
            expected_peer=SERVER, required=True)

    def both(self, name, exchange, wanted):
        """The peer gets the key: to it a WIT is a field like others. With `audiences` a library
        that has the WIMSE profile applies it."""
        key = self.scene.client if exchange.response is None else self.scene.server
        theirs = self.peer.ask("httpsig.verify", **exchange.there, label="wimse",
                               jwk=raw.public(key), now=self.scene.now, audiences=[AUDIENCE])
        return self.book.add(self.peer, f"wimse-{name}", self.scene.alg, wanted,
                             self.verify_here(exchange), theirs)

    def request_here_to_there(self):
        exchange = Exchange(self.signed_request())
        if self.both("request/verify", exchange, ACCEPTS).theirs.accepts:
            for name, changed in self.changes(exchange):
                self.both(f"request/{name}", changed, REFUSES)

    def response_here_to_there(self):
        request = self.signed_request()
        exchange = Exchange(request, self.signed_response(request))
        if self.both("response/verify", exchange, ACCEPTS).theirs.accepts:
            for name, changed in self.changes(exchange):
                self.both(f"response/{name}", changed, REFUSES)
            other = {**request, "target": "/v1/other?x=1"}
            self.both("response/other-request", Exchange(other, exchange.response), REFUSES)
            status = {**exchange.response, "status": 200}
            self.both("response/status-other", Exchange(request, status), REFUSES)

    def changes(self, exchange):
        yield "signature-bit", exchange.edited("signature", http.flip_signature)
        yield "content-type-other", exchange.edited("content-type", lambda v: "text/plain")
        yield "body-other", exchange.replaced({**exchange.message, "body": "{}"})
        body = {**exchange.message, "body": "{}"}
        yield "body-and-digest-other", exchange.replaced(
            http.edit(body, "content-digest", lambda v: http.digest("{}")))
        other = self.scene.wit(sub=SERVER if exchange.response is None else CLIENT)
        yield "other-wit", exchange.edited("workload-identity-token", lambda v: other)
        yield "nonce-other", exchange.edited(
            "signature-input", lambda v: v.replace(';nonce="', ';nonce="A', 1))
        yield "tag-removed", exchange.edited(
            "signature-input", lambda v: v.replace(f';tag="{TAG}"', ""))
        yield "digest-removed", exchange.edited("content-digest", lambda v: None)
        if exchange.response is None:
            yield "audience-other", exchange.edited(
                "signature-input", lambda v: v.replace("https://orders", "https://other"))

    # --- there to here ---

    def sign_there(self, exchange, key, components, **params):
        params = {"created": self.scene.now, "expires": self.scene.now + 120, "tag": TAG, **params}
        return self.peer.ask("httpsig.sign", **exchange.there, label="wimse", jwk=key,
                             components=components, params=params)

    def request_there_to_here(self):
        lines = [["Workload-Identity-Token", self.client_wit],
                 ["Content-Digest", http.digest(BODY)]]
        plain = Exchange(http.with_headers(self.plain, lines))
        params = {"nonce": NONCE, "wimse-aud": AUDIENCE, "wimse-sign-response": True}
        theirs = self.sign_there(plain, self.scene.client, COVERED, **params)
        if self.note("request/sign", plain, theirs, CLIENT).agreed:
            signed = plain.added(theirs.result["headers"])
            for name, components in (("without-wit", COVERED[:-1]), ("without-query", [
                    part for part in COVERED if part != '"@query"'])):
                less = self.sign_there(plain, self.scene.client, components, **params)
                done = plain.added(less.result["headers"])
                self.must_refuse(f"request/sign-{name}", done)
            stale = plain.added(self.sign_there(
                plain, self.scene.client, COVERED, **params, created=self.scene.now - 7200,
                expires=self.scene.now - 3600).result["headers"])
            self.must_refuse("request/sign-expired", stale)
            for name, changed in self.changes(signed):
                self.must_refuse(f"request/sign-{name}", changed)

    def response_there_to_here(self):
        request = self.signed_request()
        lines = [["Workload-Identity-Token", self.server_wit],
                 ["Content-Digest", http.digest(self.answer["body"])]]
        plain = Exchange(request, http.with_headers(self.answer, lines))
        params = {"nonce": "b0hIu7fDqk2nYw9sT4xZ1g", "wimse-req-nonce": NONCE}
        theirs = self.sign_there(plain, self.scene.server, RESPONSE_COVERED, **params)
        if self.note("response/sign", plain, theirs, SERVER).agreed:
            params["wimse-req-nonce"] = "AAAAAAAAAAAAAAAAAAAAAA"
            other = self.sign_there(plain, self.scene.server, RESPONSE_COVERED, **params)
            self.must_refuse("response/sign-other-nonce", plain.added(other.result["headers"]))
            for name, changed in self.changes(plain.added(theirs.result["headers"])):
                self.must_refuse(f"response/sign-{name}", changed)

    def note(self, name, plain, theirs, subject):
        """What the peer signed; or what we would have, if it signs no such thing."""
        if theirs.accepts:
            exchange = plain.added(theirs.result["headers"])
        else:
            request = self.signed_request()
            exchange = (Exchange(request) if plain.response is None
                        else Exchange(request, self.signed_response(request)))
        ours = self.verify_here(exchange)
        read = ours.result.get("subject")
        differs = "" if read == subject or not ours.accepts else f"subject {read}"
        return self.book.add(self.peer, f"wimse-{name}", self.scene.alg, ACCEPTS, ours, theirs,
                             differs, made_there=True)

    def must_refuse(self, name, exchange):
        """Of the peer's signatures, what is against the profile: its verification knows no profile,
        so Signet's alone counts."""
        ours = self.verify_here(exchange)
        self.book.add_ours(self.peer, f"wimse-{name}", self.scene.alg, REFUSES, ours)
