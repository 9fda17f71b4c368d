"""sigissue.jsonl: http.sign_request, http.sign_response. Signatures need not be deterministic, so
the runner builds the base itself: want.signed says what is covered, and with which parameters."""

from . import keys
from .book import DROP, change
from .httpsig_make import TAG
from .keys import priv, pub
from .sigreq_make import (
    BODY,
    DERIVED,
    DERIVED_06,
    NONCE,
    A,
    D,
    T,
    W,
    digest,
    get,
    unsigned,
    with_fields,
)
from .sigreq_make import sign as signed_request
from .sigresp_make import REQUEST, SERVER_WIT, plain
from .wit_cases import NOW, wit
from .wpt_cases import AUD, TXN, WIT

KEY = priv(keys.WORKLOAD, alg="ES256")
SERVER_KEY = priv(keys.WORKLOAD_2, alg="ES256")
COVERED = DERIVED + ["content-type", "content-digest", "workload-identity-token"]
PARAMETERS = {"created": NOW, "expires": NOW + 60, "nonce": NONCE, "tag": TAG, "wimse-aud": AUD}
RESPONSE_NONCE = "b0hIu7fDqk2nYw9sT4xZ1g"


def bare(*extra, **members):
    """The request as its sender has it: neither WIT nor Content-Digest nor signature."""
    return unsigned(headers=[[T, "application/json"], *map(list, extra)], **members)


def request(**changes):
    base = {
        "key": KEY,
        "wit": WIT,
        "request": bare(),
        "now": NOW,
        "ttl_s": 60,
        "audience": AUD,
        "nonce": NONCE,
    }
    return change(base, **changes)


def response(**changes):
    base = {
        "key": SERVER_KEY,
        "wit": SERVER_WIT,
        "request": REQUEST,
        "response": change(plain(), headers=[[T, "application/json"]]),
        "now": NOW,
        "ttl_s": 60,
        "nonce": RESPONSE_NONCE,
    }
    return change(base, **changes)


def identifiers(names):
    return ['"' + n[:-4] + '";req' if n.endswith(";req") else '"' + n + '"' for n in names]


def want(jwk, covered, parameters, added, **members):
    return {
        "jwk": jwk,
        "covered": identifiers(covered),
        "parameters": parameters,
        "added": sorted(name.lower() for name in added),
        **members,
    }


ADDED = [W, D, "Signature-Input", "Signature"]


def _requests(book):
    jwk = pub(keys.WORKLOAD, alg="ES256")

    def good(
        name,
        inputs,
        note,
        covered=None,
        parameters=PARAMETERS,
        added=None,
        key=jwk,
        cites=("SIG-1", "SIG-4", "SIG-5"),
        **members
    ):
        book.good(
            "sigissue-request-" + name,
            "http.sign_request",
            inputs,
            None,
            cites,
            note,
            signed=want(key, covered or COVERED, parameters, added or ADDED, **members),
        )

    good("base", request(), "the base of what follows")
    nothing = get()
    nothing = change(nothing, headers=[])
    names = DERIVED + ["workload-identity-token"]
    no_digest = [W, "Signature-Input", "Signature"]
    good("get", request(request=nothing), "no content, no Content-Digest", names, added=no_digest)
    good(
        "no-query",
        request(request=change(nothing, target="/v1/orders")),
        "@query is ?",
        names,
        added=no_digest,
    )
    made = change(PARAMETERS, nonce=DROP)
    good(
        "nonce",
        request(nonce=DROP),
        "nonce made: at least 128 bits",
        parameters=made,
        min_chars={"nonce": 22},
        cites=("SIG-9",),
    )
    good(
        "sign-response",
        request(sign_response=True),
        "demands a signed response",
        parameters={**PARAMETERS, "wimse-sign-response": True},
        cites=("SIG-5a",),
    )
    good(
        "ttl-300",
        request(ttl_s=300),
        "the longest",
        parameters={**PARAMETERS, "expires": NOW + 300},
        cites=("SIG-14",),
    )
    good(
        "aud-alias",
        request(audience="orders-v1"),
        "a deployment's own value",
        parameters={**PARAMETERS, "wimse-aud": "orders-v1"},
        cites=("SIG-5",),
    )
    good(
        "nonce-quote",
        request(nonce='a"b\\c'),
        "escaped in the field",
        parameters={**PARAMETERS, "nonce": 'a"b\\c'},
    )
    tokens = bare((A, "Bearer t1"), ("Txn-Token", TXN))
    good(
        "tokens",
        request(request=tokens),
        "tokens are covered",
        COVERED + ["authorization", "txn-token"],
    )
    with_wit = bare((W, WIT))
    good("wit-there", request(request=with_wit), "the WIT is there already", added=ADDED[1:])
    with_digest = bare((D, digest(BODY, "sha-512")))
    good(
        "digest-there",
        request(request=with_digest),
        "a right Content-Digest is there already",
        added=[W, *ADDED[2:]],
        cites=("SIG-3",),
    )
    good(
        "other-fields",
        request(request=bare(("X-Note", "a"), ("Host", "x"))),
        "other fields are left alone",
    )
    proxy = bare(
        ("Signature-Input", 'proxy=("@method");tag="proxy"'), ("Signature", "proxy=:AAAA:")
    )
    good(
        "foreign",
        request(request=proxy),
        "somebody else's signature is there already",
        cites=("SIG-16",),
    )
    for name, revision, derived in [
        ("06", "http-signature-06", DERIVED_06),
        ("07", "http-signature-07", DERIVED),
        ("both", "both-sign", DERIVED + ["@request-target"]),
    ]:
        good(name, request(revision=revision), "what that revision wants", derived + COVERED[3:])
    for alg, key in [
        ("ES384", keys.WORKLOAD_P384),
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
        ("RS256", keys.WORKLOAD_RSA),
    ]:
        token = wit(cnf={"jwk": pub(key, alg=alg)})
        good(
            alg.lower(),
            request(key=priv(key, alg=alg), wit=token),
            "workload with " + alg,
            key=pub(key, alg=alg),
            cites=("SIG-7",),
        )

    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("sigissue-request-" + name, "http.sign_request", inputs, code, rule, note, attack)

    for name, inputs, note in [
        (
            "other-key",
            request(key=priv(keys.WORKLOAD_2, alg="ES256")),
            "the WIT confirms another key",
        ),
        ("wit-words", request(wit="abc"), "the WIT is no JWT"),
        ("other-wit", request(request=bare((W, wit(jti="wit-2")))), "another WIT is there already"),
        ("aud-empty", request(audience=""), "no audience"),
        ("ttl-zero", request(ttl_s=0), "expires at once"),
        ("ttl-301", request(ttl_s=301), "lives too long"),
        ("nonce-257", request(nonce="n" * 257), "a nonce of 257 bytes"),
        ("no-cnf", request(wit=wit(cnf=DROP)), "the WIT confirms no key"),
    ]:
        bad(name, inputs, "httpsig.sign_input", "SIG-4", note)
    again = request(request=signed_request())
    book.bad(
        "sigissue-request-again",
        "http.sign_request",
        again,
        "httpsig.sign_input",
        "SIG-4",
        "signed with our tag already",
        12,
        ["SIG-4", "SIG-16"],
    )
    bad(
        "digest-wrong",
        request(request=bare((D, digest("x")))),
        "digest.mismatch",
        "SIG-3",
        "a wrong Content-Digest is there already",
        15,
    )
    bad(
        "digest-md5",
        request(request=bare((D, "md5=:AAAA:"))),
        "digest.unsupported",
        "SIG-3",
        "a Content-Digest that does not count is there already",
        15,
    )
    bad(
        "aud-not-ascii",
        request(audience="https://\u00fc.example"),
        "sfv.unserializable",
        "RFC9651-4.1",
        "no String can hold it",
        22,
    )
    bad(
        "nonce-newline",
        request(nonce="a\nb"),
        "sfv.unserializable",
        "RFC9651-4.1",
        "no String can hold it",
        22,
    )
    bad(
        "public-key",
        request(key=pub(keys.WORKLOAD, alg="ES256")),
        "jwk.not_private",
        None,
        "the key has no private part",
    )


def _responses(book):
    jwk = pub(keys.WORKLOAD_2, alg="ES256")
    names = ["@status"] + [n + ";req" for n in DERIVED] + COVERED[3:]
    parameters = {
        "created": NOW,
        "expires": NOW + 60,
        "nonce": RESPONSE_NONCE,
        "tag": TAG,
        "wimse-req-nonce": NONCE,
    }

    def good(
        name,
        inputs,
        note,
        covered=None,
        values=parameters,
        added=None,
        cites=("SIG-2", "SIG-6"),
        **members
    ):
        book.good(
            "sigissue-response-" + name,
            "http.sign_response",
            inputs,
            None,
            cites,
            note,
            signed=want(jwk, covered or names, values, added or ADDED, **members),
        )

    good("base", response(), "the base of what follows")
    good(
        "no-content",
        response(response={"status": 204, "headers": []}),
        "no content",
        names[:4] + ["workload-identity-token"],
        added=[W, "Signature-Input", "Signature"],
    )
    good(
        "error",
        response(response={"status": 500, "headers": [], "body": "x"}),
        "an error, no Content-Type",
        names[:4] + ["content-digest", "workload-identity-token"],
    )
    made = change(parameters, nonce=DROP)
    good(
        "nonce",
        response(nonce=DROP),
        "nonce made: at least 128 bits",
        values=made,
        min_chars={"nonce": 22},
        cites=("SIG-9",),
    )
    for name, revision, derived in [
        ("06", "http-signature-06", DERIVED_06),
        ("both", "both-sign", DERIVED + ["@request-target"]),
    ]:
        good(
            name,
            response(revision=revision),
            "what that revision wants",
            ["@status"] + [n + ";req" for n in derived] + COVERED[3:],
        )

    def bad(name, inputs, code, rule, note, attack=None):
        book.bad(
            "sigissue-response-" + name, "http.sign_response", inputs, code, rule, note, attack
        )

    for name, inputs, note in [
        ("other-key", response(key=KEY), "the WIT confirms another key"),
        ("wit-words", response(wit="abc"), "the WIT is no JWT"),
        ("ttl-zero", response(ttl_s=0), "expires at once"),
        ("ttl-301", response(ttl_s=301), "lives too long"),
    ]:
        bad(name, inputs, "httpsig.sign_input", "SIG-4", note)
    wrong = with_fields(response()["response"], (D, digest("x")))
    bad(
        "digest-wrong",
        response(response=wrong),
        "digest.mismatch",
        "SIG-3",
        "a wrong Content-Digest is there already",
        15,
    )


def add(book):
    _requests(book)
    _responses(book)
