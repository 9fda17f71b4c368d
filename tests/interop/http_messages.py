"""HTTP messages in the two shapes: that of `signet check` and that of the drivers; signatures over
the base that Signet computes."""

import base64

import raw
from raw import jose

SIGNATURE_NAMES = {
    "ES256": "ecdsa-p256-sha256",
    "ES384": "ecdsa-p384-sha384",
    "EdDSA": "ed25519",
    "Ed25519": "ed25519",
    "PS512": "rsa-pss-sha512",
    "RS256": "rsa-v1_5-sha256",
}


def request(method="POST", target="/v1/orders?x=1", headers=(), authority="orders.example.com",
            body=None):
    out = {"method": method, "authority": authority, "target": target,
           "headers": [list(line) for line in headers]}
    return out if body is None else {**out, "body": body}


def for_peer(message):
    """The request as a driver wants it: with an absolute URL."""
    kept = {name: message[name] for name in ("method", "headers", "body") if name in message}
    return {**kept, "url": f"https://{message['authority']}{message['target']}"}


def digest(body):
    return "sha-256=:" + base64.b64encode(jose.sha256(body)).decode() + ":"


def with_headers(message, headers):
    return {**message, "headers": message["headers"] + [list(line) for line in headers]}


def edit(message, name, change):
    """One field changed; None from `change` removes its line."""
    out = []
    for field, value in message["headers"]:
        new = change(value) if field.lower() == name.lower() else value
        if new is not None:
            out.append([field, new])
    assert out != message["headers"], f"{name} is not there to be changed"
    return {**message, "headers": out}


def parameters(params):
    def text(value):
        if value is True:
            return ""
        return f"={value}" if isinstance(value, int) else f'="{value}"'

    return "".join(f";{name}{text(value)}" for name, value in params.items())


def signature_input(components, params):
    return "(" + " ".join(components) + ")" + parameters(params)


class Exchange:
    """A request, or a response to it; what is signed is `message`."""

    def __init__(self, request, response=None):
        self.request = request
        self.response = response

    @property
    def message(self):
        return self.response or self.request

    def replaced(self, message):
        if self.response:
            return Exchange(self.request, message)
        return Exchange(message)

    def edited(self, name, change):
        return self.replaced(edit(self.message, name, change))

    def added(self, headers):
        return self.replaced(with_headers(self.message, headers))

    @property
    def here(self):
        return {"request": self.request} | ({"response": self.response} if self.response else {})

    @property
    def there(self):
        out = {"request": for_peer(self.request)}
        return out | ({"response": self.response} if self.response else {})


def sign(signet, exchange, components, params, key, label="sig1"):
    """The exchange, signed over the base that Signet computes for these components."""
    line = label + "=" + signature_input(components, params)
    base = signet.make("http.signature_base", **exchange.here, signature_input=line, label=label)
    signature = raw.sign(key, key["alg"], base["base"].encode())
    return with_signature(exchange, line, signature, label)


def with_signature(exchange, line, signature, label="sig1"):
    text = f"{label}=:{base64.b64encode(signature).decode()}:"
    return exchange.added([["Signature-Input", line], ["Signature", text]])


def flip_signature(value):
    """A bit of the signature in a Signature field, not one of the base64."""
    label, _, text = value.partition("=:")
    data = base64.b64decode(text.rstrip(":"))
    return f"{label}=:{base64.b64encode(jose.flip_bit(data)).decode()}:"
