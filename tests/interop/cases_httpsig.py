"""RFC 9421 in general: what is covered, both ways, and changes of signed messages."""

import http_messages as http
import httpsig_changes
import raw
from http_messages import Exchange
from verdict import ACCEPTS, REFUSES

LINES = [
    ["Content-Type", "application/json"],
    ["X-List", "a, b"],
    ["X-List", "  c "],
    ["X-Spaces", "   two  words   "],
    ["X-Empty", ""],
    ["X-Dictionary", "a=1,   b=2;x=1;y=2, c=(1   2   3)"],
    ["X-Bytes", "value, with, lots"],
    ["X-Bytes", "of, commas"],
    ["Priority", "u=1,   i"],
]
BASIC = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-type"']
TARGETS = {
    "query-empty": ("/v1/orders?", ['"@query"']),
    "query-none": ("/v1/orders", ['"@query"']),
    "query-encoded": ("/v1/orders?a=b%20c&d=%7e+f", ['"@query"', '"@path"']),
    "path-encoded": ("/v1/%7eorders/a%2fb", ['"@path"']),
    "path-double-slash": ("/v1//orders", ['"@path"']),
    "path-dot-segments": ("/v1/./a/../orders", ['"@path"']),
    "path-root": ("/", ['"@path"', '"@target-uri"']),
    "target-uri": ("/v1/orders?x=1", ['"@target-uri"']),
    "target-uri-encoded": ("/v1/%7eorders?x=%7e", ['"@target-uri"']),
    "request-target": ("/v1/orders?x=1", ['"@request-target"']),
    "query-param": ("/p?a=1&b=2", ['"@query-param";name="a"']),
    "query-param-encoded": ("/p?a=x%20y%2f&b=2", ['"@query-param";name="a"']),
    "query-param-plus": ("/p?a=x+y", ['"@query-param";name="a"']),
    "query-param-name-encoded": ("/p?a%20b=1", ['"@query-param";name="a%20b"']),
    "query-param-empty": ("/p?a=&b=2", ['"@query-param";name="a"']),
    "query-param-lower-hex": ("/p?a=x%c3%a9", ['"@query-param";name="a"']),
}
FIELDS = {
    "field": ['"content-type"'],
    "field-lines": ['"x-list"'],
    "field-spaces": ['"x-spaces"'],
    "field-empty": ['"x-empty"'],
    "field-key": ['"x-dictionary";key="b"'],
    "field-key-list": ['"x-dictionary";key="c"'],
    "field-bytes": ['"x-bytes";bs'],
    "field-sf": ['"priority";sf'],
    "no-components": [],
    "scheme": ['"@scheme"'],
}
RESPONSE = {
    "status": ['"@status"', '"content-type"'],
    "request-of-response": ['"@status"', '"@method";req', '"@path";req', '"content-type";req'],
    "request-field-key": ['"@status"', '"x-dictionary";req;key="a"'],
}
PARAMETERS = ("created", "expires", "nonce", "tag", "keyid", "alg")


class General:
    def __init__(self, book, peer, scene):
        self.book, self.peer, self.scene = book, peer, scene
        self.public = raw.public(scene.client)
        self.verifies = peer.has("httpsig.verify")
        self.signs = peer.has("httpsig.sign")

    def params(self, *names):
        now = self.scene.now
        values = {"created": now, "expires": now + 120, "nonce": "bm9uY2UtMTIzNDU2Nzg5",
                  "tag": "interop", "keyid": "client", "alg": http.SIGNATURE_NAMES[self.scene.alg]}
        return {name: values[name] for name in names}

    def here(self, exchange, key=None, label="sig1"):
        jwk = {name: v for name, v in (key or self.public).items() if name != "alg"}
        return self.scene.signet.check(
            "http.sig_verify", **exchange.here, label=label, jwk=jwk, now=self.scene.now,
            alg=http.SIGNATURE_NAMES[self.scene.alg])

    def both(self, name, exchange, wanted, key=None, label="sig1"):
        ours = self.here(exchange, key, label)
        theirs = self.peer.ask("httpsig.verify", **exchange.there, label=label,
                               jwk=key or self.public, now=self.scene.now)
        return self.book.add(self.peer, f"httpsig/{name}", self.scene.alg, wanted, ours, theirs)

    def signed(self, exchange, components, params, key=None):
        return http.sign(self.scene.signet, exchange, components, params, key or self.scene.client)

    def ways(self, name, exchange, components, params):
        """Signed here and verified there; signed there and verified here. What is not done at all
        for this algorithm is not asked again."""
        if self.verifies:
            case = self.both(name, self.signed(exchange, components, params), ACCEPTS)
            self.verifies = name != "basic" or case.theirs.accepts
        if self.signs:
            theirs = self.peer.ask("httpsig.sign", **exchange.there, label="sig1",
                                   jwk=self.scene.client, components=components, params=params)
            signed = (exchange.added(theirs.result["headers"]) if theirs.accepts
                      else self.signed(exchange, components, params))
            self.book.add(self.peer, f"httpsig/sign-{name}", self.scene.alg, ACCEPTS,
                          self.here(signed), theirs, made_there=True)
            self.signs = name != "basic" or theirs.accepts


def run(book, peer, scenes):
    if not (peer.has("httpsig.verify") or peer.has("httpsig.sign")):
        return
    request = Exchange(http.request(headers=LINES))
    wanted = {"EC", "OKP"}
    for alg in http.SIGNATURE_NAMES:
        general = General(book, peer, scenes[alg])
        general.ways("basic", request, BASIC, general.params("created", "keyid"))
        kind = general.public["kty"]
        if kind in wanted and general.verifies:
            # What is covered has little to do with the key: one of each kind.
            wanted.remove(kind)
            coverage(general)
            httpsig_changes.run(general)


def coverage(general):
    usual = general.params("created", "keyid")
    for name, (target, components) in TARGETS.items():
        general.ways(name, Exchange(http.request(target=target)), components, usual)
    for name, components in FIELDS.items():
        general.ways(name, Exchange(http.request(headers=LINES)), components, usual)
    for name, authority in (("authority-upper-case", "Orders.Example.COM"),
                            ("authority-default-port", "orders.example.com:443"),
                            ("authority-port", "orders.example.com:8443")):
        general.ways(name, Exchange(http.request(authority=authority)), ['"@authority"'], usual)
    response = {"status": 201, "headers": [["Content-Type", "text/plain"]]}
    for name, components in RESPONSE.items():
        general.ways(name, Exchange(http.request(headers=LINES), response), components, usual)
    request = Exchange(http.request(headers=LINES))
    general.ways("all-parameters", request, BASIC, general.params(*PARAMETERS))
    general.ways("without-keyid", request, BASIC, general.params("created"))
    general.ways("without-created", request, BASIC, general.params("keyid"))
    extension = {**usual, "x-extension": "value", "x-flag": True}
    general.ways("extension-parameters", request, BASIC, extension)
