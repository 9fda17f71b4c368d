"""Tokens that change one thing of a good WIT or WPT: type, times, claims."""

import raw
from raw import jose


class Tokens:
    """Signs WITs or WPTs: claims and header are those of a good one, and what changes."""

    def __init__(self, claims, header, key):
        self.claims = claims
        self.header = header
        self.key = key

    def __call__(self, header=None, key=None, **claims):
        payload = {name: v for name, v in {**self.claims, **claims}.items() if v is not None}
        return self.text(jose.compact(payload), header, key)

    def text(self, payload, header=None, key=None):
        members = {**self.header, **(header or {})}
        kept = {name: value for name, value in members.items() if value is not None}
        key = key or self.key
        return raw.token(kept, payload, key, key["alg"])


def accepted(sign, typ):
    """Changes that leave a valid token."""
    # RFC 7515 section 4.1.9: a media type without `application/`; its letters have no case.
    yield "typ-media-type", sign({"typ": "application/" + typ})
    yield "typ-upper-case", sign({"typ": typ.upper()})
    # RFC 7519 section 2: a NumericDate may have a fraction.
    yield "exp-fraction", sign(exp=sign.claims["exp"] + 0.5)


def types(sign, typ, other):
    yield "typ-jwt", sign({"typ": "JWT"})
    yield "typ-missing", sign({"typ": None})
    yield "typ-other-token", sign({"typ": other})
    yield "typ-array", sign({"typ": [typ]})


def times(sign, now):
    yield "expired", sign(exp=now - 3600)
    yield "exp-missing", sign(exp=None)
    yield "exp-string", sign(exp=str(sign.claims["exp"]))
    yield "exp-null", sign.text(without_exp(sign, b"null"))
    yield "exp-negative", sign(exp=-1)
    yield "nbf-future", sign(nbf=now + 3600)


def without_exp(sign, value):
    claims = {name: v for name, v in sign.claims.items() if name != "exp"}
    return jose.compact(claims)[:-1] + b',"exp":' + value + b"}"


def payloads(sign):
    text = jose.compact(sign.claims)
    yield "claim-duplicate", sign.text(text.replace(b"{", b'{"exp":4102444800,', 1))
    yield "claim-duplicate-escaped", sign.text(text.replace(b"{", b'{"\\u0065xp":4102444800,', 1))
    yield "payload-array", sign.text(b"[" + text + b"]")
    yield "payload-trailing", sign.text(text + b"{}")
    yield "payload-not-utf8", sign.text(text[:-1] + b',"x":"\xff"}')
    yield "payload-lone-surrogate", sign.text(text[:-1] + b',"x":"\\ud800"}')
    yield "payload-empty", sign.text(b"")


def audiences(sign, audience):
    yield "aud-other", sign(aud="https://other.example.com/v1/orders")
    yield "aud-prefix", sign(aud=audience[:-1])
    yield "aud-missing", sign(aud=None)
    yield "aud-upper-case", sign(aud=audience.replace("https", "HTTPS"))
    yield "aud-two", sign(aud=[audience, "https://other.example.com/"])
    yield "aud-empty-array", sign(aud=[])
