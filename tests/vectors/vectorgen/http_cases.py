"""http.jsonl: requests with a WIT and a WPT (WIT-6, WIT-10, WPT-4, WPT-5, WPT-7, WPT-8, WPT-10)."""

from . import keys
from .book import DROP, change
from .jose import jws, token_hash
from .keys import pub
from .wit_cases import KID, NOW, OTHER, SUB, TRUST, jwks, wit
from .wpt_cases import ACCESS, AUD, HEADER, TXN, USER, WIT, claims, wpt

AUDIENCE = "https://orders.example.com"
TARGET = "/v1/orders?x=1"
W = "Workload-Identity-Token"
A = "Authorization"
P = "Workload-Proof-Token"
GOOD_WPT = wpt()
ALLOWED = {"subject": SUB, "binding": "wpt"}


def fields(*pairs):
    return [list(pair) for pair in pairs]


def auth(proof=None, scheme="WPT ", **changes):
    return (A, scheme + (proof or wpt(**changes)))


BASE_FIELDS = [(W, WIT), (A, "WPT " + GOOD_WPT), ("Content-Type", "application/json")]


def request(*pairs, **members):
    out = {
        "method": "POST",
        "authority": "orders.example.com",
        "target": TARGET,
        "headers": fields(*(pairs or BASE_FIELDS)),
        "body": "{}",
    }
    return change(out, **members)


def line(req=None, **members):
    base = {
        "request": req or request(),
        "trust": TRUST,
        "now": NOW,
        "audiences": [AUDIENCE],
        "accept": ["wpt"],
    }
    return change(base, **members)


def with_fields(*extra, **members):
    """The good request with more field lines."""
    return line(request(*(BASE_FIELDS + list(extra))), **members)


def proof_line(*extra, **changes):
    """The good request with claims of the proof changed, and more field lines."""
    return line(request((W, WIT), auth(**changes), *extra))


def _good(book):
    def good(name, inputs, cites, note, attack=None, result=None):
        book.good(
            "http-good-" + name,
            "http.verify_request",
            inputs,
            result or ALLOWED,
            cites,
            note,
            attack,
        )

    good("base", line(), ["WPT-5", "WIT-6"], "the base of what follows")
    good("accept-default", line(accept=DROP), ["WPT-5"], "both bindings are accepted, one is used")
    good("get", line(request(method="GET", body=DROP)), ["WPT-5"], "no body")
    for name, scheme in [("lower", "wpt "), ("mixed", "wPt "), ("spaces", "WPT    ")]:
        good(
            "scheme-" + name,
            line(request((W, WIT), auth(GOOD_WPT, scheme))),
            ["WPT-4"],
            "the scheme has no case, spaces may follow",
        )
    good(
        "field-names",
        line(request((W.lower(), WIT), (A.upper(), "WPT " + GOOD_WPT))),
        ["WIT-6"],
        "field names have no case",
    )
    good(
        "field-space",
        line(request((W, " " + WIT + "\t"), (A, "WPT " + GOOD_WPT + " "))),
        ["WIT-6"],
        "white space around a field value is no part of it",
    )
    good(
        "audience-slash",
        line(audiences=[AUDIENCE + "/"]),
        ["WPT-5.6"],
        "an audience that is only an authority",
    )
    good("audience-exact", line(audiences=[AUD]), ["WPT-5.6"], "an audience with a path")
    good(
        "audience-alias",
        line(request((W, WIT), auth(aud="orders-v1")), audiences=[AUDIENCE, "orders-v1"]),
        ["WPT-5.6"],
        "a deployment's own value",
    )
    good(
        "audience-external",
        line(
            request((W, WIT), auth(aud="https://api.example.org/v1/orders")),
            audiences=[AUDIENCE, "https://api.example.org"],
        ),
        ["WPT-7"],
        "a second authority, as outside callers see it",
    )
    good(
        "host-irrelevant",
        line(request(authority="evil.example")),
        ["WPT-7"],
        "Host decides nothing",
        7,
    )
    good(
        "root",
        line(request((W, WIT), auth(aud=AUDIENCE), target="/")),
        ["WPT-5.6"],
        "an empty path is the path /",
    )
    good(
        "absolute-form",
        line(request(target="https://proxy.example" + TARGET)),
        ["WPT-5.6", "WPT-7"],
        "path of an absolute target; its authority decides nothing",
    )
    good(
        "query-ignored",
        line(request(target="/v1/orders?y=2")),
        ["WPT-5.6"],
        "the query is not covered",
    )
    good(
        "txn",
        proof_line(("Txn-Token", TXN), tth=token_hash(TXN)),
        ["WPT-5.10"],
        "Txn-Token covered",
    )
    oth = {"x-user-token": token_hash(USER)}
    good(
        "context",
        change(proof_line(("X-User-Token", USER), oth=oth), context_headers=["X-User-Token"]),
        ["WPT-5.11"],
        "context field covered",
    )
    good(
        "context-absent",
        line(context_headers=["x-user-token"]),
        ["WPT-5.11"],
        "a context field that the request does not have",
    )
    good(
        "context-unlisted",
        with_fields(("X-Other-Token", USER)),
        ["WPT-6"],
        "a field that nobody named is not used for authorization",
    )
    good(
        "stray-old-field",
        with_fields((P, "garbage")),
        ["WPT-4"],
        "Workload-Proof-Token is ignored in revision 02",
    )
    good(
        "proxy-authorization",
        with_fields(("Proxy-Authorization", "Basic eDp5")),
        ["WPT-12"],
        "Proxy-Authorization is separate",
    )
    good("ath-ignored", proof_line(ath="AAAA"), ["WPT-3"], "ath is an unknown claim in revision 02")
    good("callers", line(callers=[OTHER + "/x", SUB]), ["CRED-AZ"], "the caller is listed")


def _credentials(book):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("http-" + name, "http.verify_request", inputs, code, rule, note, attack)

    proof = (A, "WPT " + GOOD_WPT)
    bad("wit-missing", line(request(proof)), "wit.missing", "WIT-6", "a proof without a WIT", 18)
    bad(
        "wit-duplicate",
        line(request((W, WIT), (W, wit(jti="wit-2")), proof)),
        "wit.duplicate",
        "WIT-6",
        "two WITs",
        12,
    )
    bad(
        "wit-duplicate-same",
        line(request((W, WIT), (W.lower(), WIT), proof)),
        "wit.duplicate",
        "WIT-6",
        "the same WIT twice",
        12,
    )
    bad(
        "wit-list",
        line(request((W, WIT + ", " + WIT), proof)),
        "jose.character",
        "WIT-12.a",
        "a list of two WITs in one field",
        12,
    )
    bad(
        "wit-padding",
        line(request((W, WIT + "="), proof)),
        "jose.character",
        "WIT-12.a",
        "base64 padding",
        10,
    )
    bad(
        "no-credentials",
        line(request(("Content-Type", "application/json"))),
        "verify.no_credentials",
        "WPT-8",
        "neither WIT nor Authorization",
        18,
    )
    bad(
        "wit-as-bearer",
        line(request((A, "Bearer " + WIT))),
        "wit.missing",
        "WIT-6",
        "the WIT as a bearer token",
        18,
    )
    bad("wit-alone", line(request((W, WIT))), "wpt.missing", "WPT-5.1", "a WIT without a proof", 18)
    bad(
        "wit-alone-old-field",
        line(request((W, WIT), (P, GOOD_WPT))),
        "wpt.missing",
        "WPT-5.1",
        "revision 02 never falls back to Workload-Proof-Token",
        18,
    )
    bad(
        "authorization-twice",
        line(request((W, WIT), proof, proof)),
        "wpt.authorization_duplicate",
        "WPT-5.1",
        "the same proof twice",
        12,
    )
    bad(
        "authorization-bearer-too",
        line(request((W, WIT), proof, (A, "Bearer " + ACCESS))),
        "wpt.authorization_duplicate",
        "WPT-5.1",
        "a bearer token beside the proof",
        12,
    )
    bad(
        "authorization-bearer-first",
        line(request((W, WIT), (A, "Bearer " + ACCESS), proof)),
        "wpt.authorization_duplicate",
        "WPT-5.1",
        "a bearer token before the proof",
        12,
    )
    for name, value in [
        ("bearer", "Bearer " + ACCESS),
        ("bearer-wpt", "Bearer " + GOOD_WPT),
        ("basic", "Basic eDp5"),
        ("dpop", "DPoP " + GOOD_WPT),
        ("longer", "WPTX " + GOOD_WPT),
        ("no-space", "WPT" + GOOD_WPT),
        ("no-scheme", GOOD_WPT),
    ]:
        bad(
            "scheme-" + name,
            line(request((W, WIT), (A, value))),
            "wpt.scheme_mismatch",
            "WPT-5.1",
            "not the scheme WPT",
            18,
        )
    for name, value, note in [
        ("tab", "WPT\t" + GOOD_WPT, "a tab after the scheme"),
        ("space-tab", "WPT \t" + GOOD_WPT, "a tab before the proof"),
        ("empty", "WPT", "no credentials"),
        ("list", "WPT " + GOOD_WPT + ", WPT " + GOOD_WPT, "a list of two proofs"),
        ("list-bearer", "WPT " + GOOD_WPT + ", Bearer " + ACCESS, "a list of two schemes"),
        ("two", "WPT " + GOOD_WPT + " " + GOOD_WPT, "two proofs"),
        ("padding", "WPT " + GOOD_WPT + "=", "base64 padding"),
        ("tilde", "WPT " + GOOD_WPT + "~", "a character of token68 that no JWT has"),
        ("plus", "WPT +" + GOOD_WPT[1:], "a character of plain base64"),
        ("slash", "WPT /" + GOOD_WPT[1:], "a character of plain base64"),
        ("quoted", 'WPT "' + GOOD_WPT + '"', "quoted"),
        ("parameter", "WPT token=" + GOOD_WPT, "a parameter"),
    ]:
        bad(
            "credentials-" + name,
            line(request((W, WIT), (A, value))),
            "wpt.credentials_malformed",
            "WPT-5.2",
            note,
            10,
        )
    bad(
        "wpt-two-parts",
        line(request((W, WIT), auth(GOOD_WPT.rpartition(".")[0]))),
        "jose.parts",
        "WPT-5.2",
        "the proof without its signature",
    )
    bad(
        "wpt-empty-signature",
        line(request((W, WIT), auth(GOOD_WPT.rpartition(".")[0] + "."))),
        "jose.part_empty",
        "WPT-5.2",
        "an unsecured proof",
        1,
    )
    bad(
        "wpt-crit",
        line(request((W, WIT), auth(jws(dict(HEADER, crit=["exp"]), claims(), keys.WORKLOAD)))),
        "jose.crit",
        "WPT-5.2",
        "a critical extension",
    )
    bad(
        "wpt-jwk",
        line(
            request(
                (W, WIT),
                auth(
                    jws(
                        dict(HEADER, typ="dpop+jwt", jwk=pub(keys.ATTACKER)),
                        claims(),
                        keys.ATTACKER,
                    )
                ),
            )
        ),
        "jose.key_in_header",
        "WPT-5.2",
        "a DPoP proof that brings its own key",
        4,
    )


def _tokens(book):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("http-" + name, "http.verify_request", inputs, code, rule, note, attack)

    def wit_line(token):
        return line(request((W, token), auth(wth=token_hash(token))))

    bad(
        "wit-expired",
        wit_line(wit(exp=NOW - 60)),
        "wit.expired",
        "WIT-8",
        "the WIT has expired",
        17,
    )
    bad(
        "wit-forged",
        wit_line(wit(key=keys.ATTACKER)),
        "wit.signature_invalid",
        "WIT-12.d",
        "the WIT is signed by nobody",
    )
    bad(
        "wit-unknown-domain",
        wit_line(wit(sub="wimse://evil.example/edge")),
        "trust.domain_unknown",
        "WIT-12.b",
        "an unknown trust domain",
        19,
    )
    bad(
        "wit-other-domain",
        change(
            wit_line(wit(key=keys.OTHER_ISSUER)),
            trust={**TRUST, OTHER: jwks(pub(keys.OTHER_ISSUER, alg="ES256", kid=KID))},
        ),
        "wit.signature_invalid",
        "WIT-12.d",
        "the issuer of another domain asserts a name here",
        19,
    )
    bad(
        "stolen-wit",
        line(request((W, WIT), auth(wpt(keys.ATTACKER)))),
        "wpt.signature_invalid",
        "WPT-5.4",
        "a stolen WIT with the thief's own key",
        18,
    )
    bad(
        "wit-swapped",
        line(request((W, wit(jti="wit-2")), (A, "WPT " + GOOD_WPT))),
        "wpt.wth_mismatch",
        "WPT-5.8",
        "another WIT of this key",
        26,
    )
    bad(
        "alg",
        line(request((W, WIT), auth(jws(dict(HEADER, alg="ES384"), claims(), keys.WORKLOAD_P384)))),
        "wpt.alg_mismatch",
        "WPT-5.3",
        "another algorithm than cnf.jwk.alg",
        8,
    )
    bad(
        "typ",
        line(request((W, WIT), auth(jws(dict(HEADER, typ="JWT"), claims(), keys.WORKLOAD)))),
        "wpt.typ_mismatch",
        "WPT-5.5",
        "typ is not that of a WPT",
        6,
    )
    bad("expired", proof_line(exp=NOW - 60), "wpt.expired", "WPT-5.7", "the proof has expired", 17)
    bad("exp-missing", proof_line(exp=DROP), "wpt.exp_missing", "WPT-5.7", "no expiry", 33)
    bad("jti-missing", proof_line(jti=DROP), "wpt.jti_missing", "WPT-5.9", "no identifier", 16)
    bad(
        "channel",
        line(request(scheme="http")),
        "verify.channel_unprotected",
        "WIT-10",
        "credentials over plain HTTP",
    )


def _audience(book):
    def bad(name, inputs, note):
        book.bad(
            "http-aud-" + name,
            "http.verify_request",
            inputs,
            "wpt.aud_mismatch",
            "WPT-5.6",
            note,
            7,
            ["WPT-5.6", "WPT-7"],
        )

    evil = "https://evil.example/v1/orders"
    bad(
        "host",
        line(request((W, WIT), auth(aud=evil), authority="evil.example")),
        "Host makes no audience",
    )
    bad(
        "forwarded-host",
        line(request((W, WIT), auth(aud=evil), ("X-Forwarded-Host", "evil.example"))),
        "X-Forwarded-Host makes no audience",
    )
    bad(
        "forwarded",
        line(request((W, WIT), auth(aud=evil), ("Forwarded", "host=evil.example"))),
        "Forwarded makes no audience",
    )
    bad(
        "absolute-target",
        line(request((W, WIT), auth(aud=evil), target=evil)),
        "the target's authority makes no audience",
    )
    bad("other-path", line(request(target="/v1/refunds")), "the proof was made for another path")
    bad("longer-path", line(request(target="/v1/orders/7")), "the proof was made for a path above")
    bad("trailing-slash", line(request(target="/v1/orders/")), "slash at the end of the target")
    bad("path-case", line(request(target="/v1/Orders")), "nothing is normalised")
    bad("percent", line(request(target="/v1/%6frders")), "nothing is decoded")
    bad("dot-segment", line(request(target="/v1/x/../orders")), "nothing is normalised")
    bad(
        "origin-only",
        proof_line(aud=AUDIENCE),
        "the authority alone, for a request to another path",
    )
    bad(
        "alias-no-prefix",
        line(audiences=["https://orders.example.com/v1"]),
        "an audience with a path is no prefix",
    )
    bad("port", line(audiences=["https://orders.example.com:443"]), "nothing is normalised")
    bad("http", proof_line(aud="http://orders.example.com/v1/orders"), "another scheme")
    bad(
        "other-service",
        line(audiences=["https://billing.example.com"]),
        "meant for another service",
    )


def add(book):
    _good(book)
    _credentials(book)
    _tokens(book)
    _audience(book)
