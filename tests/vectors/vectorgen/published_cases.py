"""published.jsonl: the examples of the documents themselves; see ../published/README.md."""

import json

from .jose import b64u, thumbprint, unb64u
from .keys import PUBLISHED, RFC, pub

CLOCK = 1745509900
SUB = "wimse://example.com/specific-workload"
ACCESS = "16_mAd0GiwaZokU26_0902100"
AUD = "https://workload.example.com/path"


def text(name):
    return (PUBLISHED / name).read_text().strip()


def key(name):
    return json.loads((PUBLISHED / name).read_text())


def http_request(name):
    """A printed message as `signet check` takes it."""
    head, _, body = (PUBLISHED / name).read_text().partition("\n\n")
    start, *fields = head.split("\n")
    method, target, _ = start.split(" ")
    pairs = [line.split(": ", 1) for line in fields if line]
    return {
        "method": method,
        "target": target,
        "authority": dict(pairs)["Host"],
        "headers": pairs,
        "body": body.rstrip("\n"),
    }


def _tokens(book):
    issuer = pub(key("2026-09/wit-issuer-jwk.json"))
    trust = {"wimse://example.com": {"jwks": {"keys": [issuer]}}}
    base = {"trust": trust, "now": CLOCK}
    verify = {**base, "audiences": [AUD]}
    wit02, wit03, wit01 = (
        text("2026-09/wit-02.txt"),
        text("2026-09/wit-03.txt"),
        text("2026-08/wit.txt"),
    )
    wpt02, wpt03, wpt01 = (
        text("2026-09/wpt-02.txt"),
        text("2026-09/wpt-03.txt"),
        text("2026-08/wpt.txt"),
    )
    cnf = thumbprint(key("2026-09/wit-workload-jwk.json"))
    for name, token, alg in [
        ("wit-02", wit02, "EdDSA"),
        ("wit-03", wit03, "Ed25519"),
        ("wit-2026-08", wit01, "EdDSA"),
    ]:
        book.good(
            "published-" + name,
            "wit.verify",
            {"token": token, **base},
            {"sub": SUB, "exp": 1745512510, "kid": "June 5", "cnf_alg": alg, "cnf_thumbprint": cnf},
            ["WIT-12", "TA-3"],
            "issuer key without alg, kid with a space",
        )
    for name, wit, wpt in [("wpt-02", wit02, wpt02), ("wpt-03", wit03, wpt03)]:
        book.good(
            "published-" + name,
            "wpt.verify",
            {"wit": wit, "wpt": wpt, **verify},
            None,
            ["WPT-5"],
            "WPT of the draft",
        )
        book.good(
            f"published-{name}-request",
            "http.verify_request",
            {
                "request": http_request(f"2026-09/{name}-request.txt"),
                "accept": ["wpt"],
                **base,
                "audiences": ["https://workload.example.com"],
            },
            {"subject": SUB, "binding": "wpt"},
            ["WPT-5"],
            "request of the draft",
        )
    old = {"revision": "wpt-01"}
    book.good(
        "published-wpt-01",
        "wpt.verify",
        {"wit": wit01, "wpt": wpt01, **verify, "access_token": ACCESS, **old},
        None,
        ["WPT-3"],
        "WPT with ath of the August text",
    )
    request = http_request("2026-08/wpt-request.txt")
    request_01 = {
        "request": request,
        "accept": ["wpt"],
        **base,
        "audiences": ["https://workload.example.com"],
    }
    book.good(
        "published-wpt-01-request",
        "http.verify_request",
        {**request_01, **old},
        {"subject": SUB, "binding": "wpt"},
        ["WPT-4"],
        "request of the August text",
    )
    book.good(
        "published-wpt-01-as-02",
        "wpt.verify",
        {"wit": wit01, "wpt": wpt01, **verify},
        None,
        ["WPT-3"],
        "ath is an unknown claim in revision 02",
    )
    book.bad(
        "published-wpt-01-request-as-02",
        "http.verify_request",
        request_01,
        "wpt.scheme_mismatch",
        "WPT-5.1",
        "revision 02 never reads the old field",
        18,
    )
    book.bad(
        "published-wpt-01-no-access-token",
        "wpt.verify",
        {"wit": wit01, "wpt": wpt01, **verify, **old},
        "wpt.ath_mismatch",
        "WPT-3",
        "the access token was removed",
        26,
    )
    book.bad(
        "published-wit-03-wpt-02",
        "wpt.verify",
        {"wit": wit03, "wpt": wpt02, **verify},
        "wpt.alg_mismatch",
        "WPT-5.3",
        "EdDSA is not Ed25519, though the key is the same",
        8,
    )
    book.bad(
        "published-wit-02-wpt-03",
        "wpt.verify",
        {"wit": wit02, "wpt": wpt03, **verify},
        "wpt.alg_mismatch",
        "WPT-5.3",
        "Ed25519 is not EdDSA, though the key is the same",
        8,
    )
    book.bad(
        "published-wit-08-wpt-02",
        "wpt.verify",
        {"wit": wit01, "wpt": wpt02, **verify},
        "wpt.wth_mismatch",
        "WPT-5.8",
        "the same claims signed at another time",
        26,
    )
    book.bad(
        "published-wpt-02-expired",
        "wpt.verify",
        {"wit": wit02, "wpt": wpt02, **verify, "now": 1745510076},
        "wpt.expired",
        "WPT-5.7",
        "60 s after its end",
        17,
    )
    book.bad(
        "published-wit-02-expired",
        "wit.verify",
        {"token": wit02, **base, "now": 1745512570},
        "wit.expired",
        "WIT-8",
        "60 s after its end",
        17,
    )
    for name in ("svca", "svcb", "svcc"):
        jwk = key(f"2026-09/sigs-{name}-jwk.json")
        book.good(
            "published-jwk-" + name,
            "jwk.parse",
            {"jwk": pub(jwk)},
            {"kty": jwk["kty"], "alg": jwk["alg"], "thumbprint": thumbprint(jwk)},
            ["RFC7517-4"],
            "public part of a key of the HTTP signature draft",
        )


def _http_signatures(book):
    """The drafts' HTTP signatures as raw signatures over their signature bases."""
    for name, who in [
        ("request-a-b", "svca"),
        ("response-b-a", "svcb"),
        ("request-b-c", "svcb"),
        ("response-c-b", "svcc"),
    ]:
        jwk = pub(key(f"2026-09/sigs-{who}-jwk.json"))
        message = (PUBLISHED / f"2026-09/sigs-{name}.txt").read_text()
        signature = message.split("Signature: sig1=:")[1].split(":\n")[0]
        base = (PUBLISHED / f"2026-09/sigs-{name}.sigbase.txt").read_bytes()
        plain = signature.replace("+", "-").replace("/", "_").rstrip("=")
        book.good(
            "published-signature-" + name,
            "signature.verify",
            {"alg": jwk["alg"], "jwk": jwk, "message_b64u": b64u(base), "signature_b64u": plain},
            None,
            ["SIG-15"],
            "signature over the base of the draft's message",
        )


def _spiffe(book):
    token = text("spiffe-wit-svid-appendix-a.txt")
    claims = json.loads(unb64u(token.split(".")[1]))
    header = json.loads(unb64u(token.split(".")[0]))
    cnf = claims["cnf"]["jwk"]
    now = claims["iat"] + 60
    book.good(
        "published-spiffe-sub",
        "id.parse",
        {"id": claims["sub"]},
        {
            "scheme": "spiffe",
            "trust_domain": "example.com",
            "path": "/my-workload",
            "origin": "spiffe://example.com",
        },
        ["SPID-1"],
        "sub of WIT-SVID appendix A",
    )
    book.good(
        "published-spiffe-cnf",
        "jwk.parse",
        {"jwk": cnf},
        {"kty": "EC", "alg": "ES256", "thumbprint": thumbprint(cnf)},
        ["WSVID-1"],
        "cnf.jwk of WIT-SVID appendix A",
    )
    book.bad(
        "published-spiffe-domain",
        "wit.verify",
        {
            "token": token,
            "now": now,
            "profile": "spiffe",
            "trust": {"wimse://example.com": {"jwks": {"keys": []}}},
        },
        "trust.domain_unknown",
        "WIT-12.b",
        "WIT-SVID appendix A; its trust domain under another scheme",
        19,
    )
    stranger = pub(key("2026-09/sigs-svcc-jwk.json"), kid=header["kid"])
    book.bad(
        "published-spiffe-signature",
        "wit.verify",
        {
            "token": token,
            "now": now,
            "profile": "spiffe",
            "trust": {"spiffe://example.com": {"jwks": {"keys": [stranger]}}},
        },
        "wit.signature_invalid",
        "WIT-12.d",
        "WIT-SVID appendix A: the issuer's key is unpublished, another has its kid",
    )


def _rfc(book):
    def bad(name, op, inputs, code, rule, note, attack=None):
        book.bad("published-" + name, op, inputs, code, rule, note, attack)

    a2, a3, a4 = RFC["rfc7515_a2"], RFC["rfc7515_a3"], RFC["rfc7515_a4"]
    book.good(
        "published-rfc7515-a2",
        "jws.verify",
        {"jws": a2["jws"], "jwk": pub(a2["jwk"], alg="RS256"), "algs": ["RS256"]},
        None,
        ["RFC7515-5.2"],
        "RS256; alg added to the key",
    )
    book.good(
        "published-rfc7515-a3",
        "jws.verify",
        {"jws": a3["jws"], "jwk": pub(a3["jwk"]), "algs": ["ES256"]},
        None,
        ["RFC7515-5.2"],
        "ES256; the key has no alg",
    )
    es512 = {
        "alg": "ES512",
        "jwk": pub(a4["jwk"]),
        "message_b64u": b64u(a4["jws"].rpartition(".")[0].encode()),
        "signature_b64u": a4["jws"].rpartition(".")[2],
    }
    book.good("published-rfc7515-a4", "signature.verify", es512, None, ["RFC7515-5.2"], "ES512")
    a1 = RFC["rfc7515_a1"]
    bad(
        "rfc7515-a1",
        "jws.verify",
        {"jws": a1["jws"], "jwk": pub(a3["jwk"]), "algs": ["ES256"]},
        "jose.alg_unknown",
        "BCP-1",
        "HS256 is refused",
        2,
    )
    bad(
        "rfc7515-a1-key",
        "jwk.parse",
        {"jwk": a1["jwk"]},
        "jwk.symmetric",
        "BCP-1",
        "symmetric key",
        2,
    )
    bad(
        "rfc7515-a2-no-alg",
        "jwk.parse",
        {"jwk": pub(a2["jwk"])},
        "jwk.alg_missing",
        "BCP-1",
        "an RSA key without alg",
    )
    bad(
        "rfc7515-a3-payload",
        "jws.verify",
        {
            "jws": a3["jws"].replace(".eyJpc3MiOiJqb2Ui", ".eyJpc3MiOiJqb2Ui"[:-1] + "k"),
            "jwk": pub(a3["jwk"]),
            "algs": ["ES256"],
        },
        "crypto.signature_invalid",
        "RFC7515-5.2",
        "a character of the payload changed",
    )
    book.good(
        "published-rfc7515-a4-jws",
        "jws.verify",
        {"jws": a4["jws"], "jwk": pub(a4["jwk"]), "algs": ["ES512"]},
        {"alg": "ES512"},
        ["RFC7515-5.2"],
        "the payload is text: a JWS, but no token of WIMSE",
    )
    bad(
        "rfc7515-a5",
        "jws.verify",
        {"jws": RFC["rfc7515_a5"]["jws"], "jwk": pub(a3["jwk"]), "algs": ["ES256"]},
        "jose.part_empty",
        "BCP-1",
        "unsecured JWS",
        1,
    )
    for part, about in (("a1", "public key"), ("a2", "private key, read for its public part")):
        encryption, signing = RFC["rfc7517_" + part]["keys"]
        book.good(
            f"published-rfc7517-{part}-1",
            "jwk.parse",
            {"jwk": encryption},
            {"kty": "EC", "alg": "ES256", "thumbprint": thumbprint(encryption)},
            ["RFC7517-4"],
            about + "; its use is enc, which matters where it is used",
        )
        book.good(
            f"published-rfc7517-{part}-2",
            "jwk.parse",
            {"jwk": signing},
            {"kty": "RSA", "alg": "RS256", "thumbprint": thumbprint(signing)},
            ["RFC7517-4"],
            about,
        )
    for i, jwk in enumerate(RFC["rfc7517_a3"]["keys"]):
        bad(
            f"rfc7517-a3-{i + 1}",
            "jwk.parse",
            {"jwk": jwk},
            "jwk.symmetric",
            "BCP-1",
            "symmetric key",
            2,
        )
    book.good(
        "published-rfc7638-3.1",
        "jwk.parse",
        {"jwk": RFC["rfc7638_31"]["jwk"]},
        {"kty": "RSA", "alg": "RS256", "thumbprint": RFC["rfc7638_31"]["thumbprint"]},
        ["RFC7517-4"],
        "thumbprint of RFC 7638 section 3.1",
    )
    book.good(
        "published-rfc8037-a1",
        "jwk.parse",
        {"jwk": RFC["rfc8037_a1"]},
        {"kty": "OKP", "thumbprint": RFC["rfc8037_a3"]},
        ["RFC7517-4"],
        "private key, read for its public part",
    )
    book.good(
        "published-rfc8037-a2-a3",
        "jwk.parse",
        {"jwk": RFC["rfc8037_a2"]},
        {"kty": "OKP", "thumbprint": RFC["rfc8037_a3"]},
        ["RFC7517-4"],
        "thumbprint of A.3",
    )
    token = RFC["rfc8037_a4"]
    line = {
        "jwk": RFC["rfc8037_a2"],
        "message_b64u": b64u(token.rpartition(".")[0].encode()),
        "signature_b64u": token.rpartition(".")[2],
    }
    for alg in ("EdDSA", "Ed25519"):
        book.good(
            "published-rfc8037-a4-" + alg.lower(),
            "signature.verify",
            {"alg": alg, **line},
            None,
            ["RFC7515-5.2"],
            "the one signature under both names",
        )
    book.good(
        "published-rfc8037-a4-jws",
        "jws.verify",
        {"jws": token, "jwk": RFC["rfc8037_a2"], "algs": ["EdDSA"]},
        {"alg": "EdDSA"},
        ["RFC7515-5.2"],
        "the payload is text: a JWS, but no token of WIMSE",
    )


def add(book):
    _tokens(book)
    _http_signatures(book)
    _spiffe(book)
    _rfc(book)
