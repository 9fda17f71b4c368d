"""Signed requests that change one thing of a good one."""

import re

import http_messages as http
import raw
from http_messages import Exchange
from verdict import ACCEPTS, REFUSES

COMPONENTS = ['"@method"', '"@authority"', '"@path"', '"@query"', '"content-type"', '"x-list"']
LINES = [["Content-Type", "application/json"], ["X-List", "a, b"], ["X-Other", "c"]]


def run(general):
    params = general.params("created", "expires", "keyid")
    exchange = general.signed(Exchange(http.request(headers=LINES)), COMPONENTS, params)
    if not general.both("verify", exchange, ACCEPTS).theirs.accepts:
        return
    general.both("uncovered-field", exchange.edited("x-other", lambda v: "d"), ACCEPTS)
    stranger = raw.public(general.scene.stranger)
    general.both("other-key", exchange, REFUSES, key=stranger)
    for changes in (messages, signature_inputs, signature_fields):
        for name, changed in changes(exchange):
            general.both(name, changed, REFUSES)
    for name, signed in signed_otherwise(general, params):
        general.both(name, signed, REFUSES)
    path = general.signed(Exchange(http.request(target="/public")), ['"@path"'], params)
    for name, target in (("path-through-dots", "/admin/../public"),
                         ("path-through-encoded-dots", "/admin/%2e%2e/public")):
        general.both(name, path.replaced({**path.message, "target": target}), REFUSES)
    body_change(general, params)


def messages(exchange):
    request = exchange.request
    yield "method-other", Exchange({**request, "method": "PUT"})
    yield "method-lower-case", Exchange({**request, "method": "post"})
    yield "authority-other", Exchange({**request, "authority": "other.example.com"})
    yield "path-other", Exchange({**request, "target": "/v2/orders?x=1"})
    yield "path-upper-case", Exchange({**request, "target": "/V1/orders?x=1"})
    yield "query-other", Exchange({**request, "target": "/v1/orders?x=2"})
    yield "field-changed", exchange.edited("x-list", lambda v: "a, c")
    yield "field-removed", exchange.edited("x-list", lambda v: None)
    yield "field-line-added", exchange.added([["X-List", "c"]])
    yield "field-inner-space", exchange.edited("x-list", lambda v: "a,  b")


def signature_inputs(exchange):
    def edited(old, new):
        def change(value):
            assert re.search(old, value)
            return re.sub(old, new, value, count=1)

        return exchange.edited("signature-input", change)

    yield "component-removed", edited(' "x-list"', "")
    yield "component-added", edited(' "x-list"', ' "x-list" "x-other"')
    yield "component-order", edited('"@method" "@authority"', '"@authority" "@method"')
    yield "created-tampered", edited(r"created=\d+", lambda m: f"created={int(m[0][8:]) - 1}")
    yield "expires-tampered", edited(r"expires=\d+", "expires=4102444800")
    yield "expires-removed", edited(r";expires=\d+", "")
    yield "keyid-tampered", edited('keyid="client"', 'keyid="other"')
    yield "parameter-added", edited("$", ';nonce="n"')
    yield "label-other", edited("^sig1", "sig2")


def signature_fields(exchange):
    def edited(change):
        return exchange.edited("signature", change)

    yield "signature-bit", edited(http.flip_signature)
    yield "signature-removed", edited(lambda v: None)
    yield "signature-empty", edited(lambda v: "sig1=::")
    yield "signature-no-bytes", edited(lambda v: 'sig1="text"')
    yield "signature-malformed", edited(lambda v: v + " ,")
    yield "signature-input-removed", exchange.edited("signature-input", lambda v: None)


def signed_otherwise(general, params):
    """Good signatures over what a verifier must not take."""
    exchange = Exchange(http.request(headers=LINES))
    now = general.scene.now

    def signed(**changes):
        return general.signed(exchange, COMPONENTS, {**params, **changes})

    yield "expired", signed(created=now - 7200, expires=now - 3600)
    yield "created-future", signed(created=now + 3600, expires=now + 3700)
    yield "alg-of-other-key", signed(alg="hmac-sha256")
    yield "alg-unknown", signed(alg="unknown")
    base = http.signature_input(COMPONENTS, params)
    for name, components, line in (
        ("component-twice", COMPONENTS + ['"x-list"'], '"x-list": a, b'),
        ("component-upper-case", COMPONENTS + ['"X-Other"'], '"X-Other": c'),
        ("component-unknown", COMPONENTS + ['"@unknown"'], '"@unknown": c'),
        ("component-unknown-parameter", COMPONENTS + ['"x-other";x'], '"x-other";x: c'),
        ("component-absent", COMPONENTS + ['"x-absent"'], '"x-absent": '),
        ("component-token", COMPONENTS + ["x-other"], "x-other: c"),
        ("component-status-of-request", COMPONENTS + ['"@status"'], '"@status": 200'),
        ("component-req-in-request", COMPONENTS + ['"x-other";req'], '"x-other";req: c'),
    ):
        yield name, with_line(general, exchange, base, components, line, params)


def with_line(general, exchange, base, components, line, params):
    """Signed over a base that has this line too, which Signet would not write."""
    good = general.scene.signet.make("http.signature_base", **exchange.here,
                                     signature_input="sig1=" + base, label="sig1")["base"]
    lines = good.split("\n")[:-1]
    text = http.signature_input(components, params)
    whole = "\n".join([*lines, line, '"@signature-params": ' + text])
    key = general.scene.client
    signature = raw.sign(key, key["alg"], whole.encode())
    return http.with_signature(exchange, "sig1=" + text, signature)


def body_change(general, params):
    """Content-Digest is signed, and the body is another one."""
    body = '{"n":1}'
    lines = LINES + [["Content-Digest", http.digest(body)]]
    exchange = Exchange(http.request(headers=lines, body=body))
    signed = general.signed(exchange, ['"@method"', '"content-digest"'], params)
    if general.both("digest", signed, ACCEPTS).theirs.accepts:
        # Signet's own comparison is that of http.verify_request: cases_wimse.py.
        other = signed.replaced(http.edit(signed.message, "content-digest",
                                          lambda v: http.digest("{}")))
        general.both("digest-other", other, REFUSES)
