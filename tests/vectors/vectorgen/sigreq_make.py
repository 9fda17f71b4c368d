"""Requests with a WIT and an HTTP signature of the WIMSE profile, and what changes of them."""

import hashlib

from . import keys
from .book import DROP, change
from .httpsig_make import TAG, bytes_item, fields, lines_of, sign_lines
from .wit_cases import NOW, SUB, TRUST
from .wpt_cases import AUD, WIT

AUDIENCE = "https://orders.example.com"
ALIAS = "orders-v1"
TARGET = "/v1/orders?x=1"
BODY = "{}"
W, D, T, A = "Workload-Identity-Token", "Content-Digest", "Content-Type", "Authorization"
SI, S = "Signature-Input", "Signature"
NONCE = "4Zx1yC9mQeW0r2sKp7uVtA"
DERIVED = ["@method", "@path", "@query"]
DERIVED_06 = ["@method", "@request-target"]
COVERED = DERIVED + ["content-type", "content-digest", "workload-identity-token"]
PARAMETERS = {
    "created": NOW - 5,
    "expires": NOW + 295,
    "nonce": NONCE,
    "tag": TAG,
    "wimse-aud": AUD,
}
RESULT = {"subject": SUB, "binding": "http-signature"}


def digest(body, name="sha-256"):
    data = body if isinstance(body, bytes) else body.encode()
    return name + "=" + bytes_item(hashlib.new(name.replace("-", ""), data).digest())


def unsigned(*extra, wit=WIT, **members):
    """The request before it is signed."""
    out = {
        "method": "POST",
        "authority": "orders.example.com",
        "target": TARGET,
        "headers": [[W, wit], [T, "application/json"], [D, digest(BODY)], *map(list, extra)],
        "body": BODY,
    }
    return change(out, **members)


def get(*extra, wit=WIT, target=TARGET):
    """A request without content."""
    headers = [[W, wit], *map(list, extra)]
    return unsigned(method="GET", body=DROP, target=target, headers=headers)


def sign(
    request=None,
    cover=None,
    lines=None,
    key=keys.WORKLOAD,
    alg="ES256",
    label="wimse",
    pairs=None,
    **parameters
):
    """`request` with its signature. `cover`: components by name; `lines`: (identifier, value) as
    they stand; `pairs`: all parameters, in their order; else those that change."""
    request = request or unsigned()
    if lines is None:
        lines = lines_of(cover if cover is not None else covered(request), request)
    named = {name.replace("_", "-"): value for name, value in parameters.items()}
    inner, signature = sign_lines(lines, pairs or change(PARAMETERS, **named), key, alg)
    return change(request, headers=request["headers"] + fields(label, inner, signature))


def covered(request, derived=DERIVED):
    """What must be covered of this request, and nothing else."""
    wanted = (
        "content-type",
        "content-digest",
        "authorization",
        "txn-token",
        "workload-identity-token",
    )
    present = [name.lower() for name, _ in request["headers"]]
    return derived + [name for name in wanted if name in present]


def edit(request, name, change_value):
    """One field of a finished request changed; DROP removes it."""
    headers = []
    for other, value in request["headers"]:
        new = change_value(value) if other == name else value
        if new is not DROP:
            headers.append([other, new])
    return change(request, headers=headers)


def with_fields(request, *pairs):
    return change(request, headers=request["headers"] + [list(pair) for pair in pairs])


def line(request=None, **members):
    base = {
        "request": request or sign(),
        "trust": TRUST,
        "now": NOW,
        "audiences": [AUDIENCE],
        "accept": ["http-signature"],
    }
    return change(base, **members)
