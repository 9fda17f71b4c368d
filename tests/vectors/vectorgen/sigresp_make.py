"""Responses with a signature of the WIMSE profile, and the lines of sigresp.jsonl."""

from . import keys
from .book import DROP, change
from .httpsig_make import TAG, fields, lines_of, sign_lines
from .keys import pub
from .sigreq_make import (
    DERIVED,
    NONCE,
    D,
    T,
    W,
    digest,
)
from .sigreq_make import sign as sign_request
from .wit_cases import NOW, ORIGIN, TRUST, wit

SERVER = ORIGIN + "/service/orders"
SERVER_WIT = wit(sub=SERVER, jti="server-1", cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")})
BODY = '{"id":7}'
REQUEST = sign_request()
DEMANDING = sign_request(wimse_sign_response=True)
PARAMETERS = {
    "created": NOW - 2,
    "expires": NOW + 298,
    "nonce": "b0hIu7fDqk2nYw9sT4xZ1g",
    "tag": TAG,
    "wimse-req-nonce": NONCE,
}
COVERED = ["@status"] + [name + ";req" for name in DERIVED]
COVERED += ["content-type", "content-digest", "workload-identity-token"]
SIGNED = {"signed": True, "subject": SERVER}
UNSIGNED = {"signed": False, "subject": None}


def plain(*extra, wit=SERVER_WIT, **members):
    out = {
        "status": 201,
        "headers": [[W, wit], [T, "application/json"], [D, digest(BODY)], *map(list, extra)],
        "body": BODY,
    }
    return change(out, **members)


def no_content(wit=SERVER_WIT):
    return plain(status=204, body=DROP, headers=[[W, wit]])


def covered(response, derived=DERIVED):
    present = [name.lower() for name, _ in response["headers"]]
    wanted = ("content-type", "content-digest", "workload-identity-token")
    return ["@status"] + [n + ";req" for n in derived] + [n for n in wanted if n in present]


def sign(
    response=None,
    cover=None,
    lines=None,
    request=REQUEST,
    key=keys.WORKLOAD_2,
    alg="ES256",
    label="wimse",
    pairs=None,
    **parameters
):
    response = response or plain()
    if lines is None:
        names = cover if cover is not None else covered(response)
        lines = lines_of(names, response, request)
    named = {name.replace("_", "-"): value for name, value in parameters.items()}
    inner, signature = sign_lines(lines, pairs or change(PARAMETERS, **named), key, alg)
    return change(response, headers=response["headers"] + fields(label, inner, signature))


def line(response=None, request=REQUEST, **members):
    base = {
        "request": request,
        "response": response or sign(request=request),
        "trust": TRUST,
        "now": NOW,
    }
    return change(base, **members)
