"""issue.jsonl: wit.issue and wpt.sign. Signatures need not be deterministic, so the runner checks
the token's parts: want.jws names the result's member, the key, and what header and claims must be.
"""

from . import keys
from .book import DROP, change
from .jose import token_hash
from .keys import priv, pub
from .wit_cases import CNF, KID, NOW, SPIFFE, SUB, wit
from .wpt_cases import ACCESS, AUD, TXN, USER, WIT

ISSUER = priv(keys.ISSUER, alg="ES256")


def issue(**changes):
    return change(
        {"key": ISSUER, "kid": KID, "sub": SUB, "cnf_jwk": CNF, "now": NOW, "ttl_s": 3600},
        **changes
    )


def sign(**changes):
    return change(
        {
            "key": priv(keys.WORKLOAD, alg="ES256"),
            "wit": WIT,
            "aud": AUD,
            "now": NOW,
            "ttl_s": 60,
            "jti": "r5iXwYtY9qXJm1pQ0aZ5Kw",
        },
        **changes
    )


def _wit(book):
    def good(name, inputs, jwk, header, claims, note, cites=("WIT-1", "WIT-2"), absent=("aud",)):
        book.good(
            "issue-wit-" + name,
            "wit.issue",
            inputs,
            None,
            cites,
            note,
            jws={
                "member": "token",
                "jwk": jwk,
                "header": header,
                "claims": claims,
                "absent": list(absent),
            },
        )

    issuer = pub(keys.ISSUER, alg="ES256")
    header = {"alg": "ES256", "typ": "wit+jwt", "kid": KID}
    claims = {"sub": SUB, "exp": NOW + 3600, "cnf": {"jwk": CNF}}
    good("base", issue(), issuer, header, claims, "the base of what follows", absent=["aud", "iss"])
    good(
        "exp",
        issue(ttl_s=DROP, exp=NOW + 90),
        issuer,
        header,
        dict(claims, exp=NOW + 90),
        "exp given",
    )
    good(
        "iss",
        issue(iss="https://issuer.example"),
        issuer,
        header,
        dict(claims, iss="https://issuer.example"),
        "iss given",
    )
    good(
        "day",
        issue(ttl_s=86400),
        issuer,
        header,
        dict(claims, exp=NOW + 86400),
        "a day: the longest",
    )
    good("jti", issue(jti="j-1"), issuer, header, dict(claims, jti="j-1"), "jti given")
    for alg, key in [
        ("ES384", keys.ISSUER_P384),
        ("EdDSA", keys.ISSUER_ED),
        ("Ed25519", keys.ISSUER_ED),
        ("RS256", keys.ISSUER_RSA),
        ("PS256", keys.ISSUER_RSA),
    ]:
        good(
            alg.lower(),
            issue(key=priv(key, alg=alg)),
            pub(key, alg=alg),
            dict(header, alg=alg),
            claims,
            "issuer with " + alg,
        )
    for alg in ("EdDSA", "Ed25519"):
        jwk = pub(keys.WORKLOAD_ED, alg=alg)
        good(
            "cnf-" + alg.lower(),
            issue(cnf_jwk=jwk),
            issuer,
            header,
            dict(claims, cnf={"jwk": jwk}),
            "workload with " + alg,
            ("WIT-3",),
        )
    sub = SPIFFE + "/service/edge"
    good(
        "spiffe",
        issue(sub=sub, profile="spiffe"),
        issuer,
        header,
        dict(claims, sub=sub),
        "WIT-SVID",
        ("WSVID-1",),
    )

    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("issue-wit-" + name, "wit.issue", inputs, code, rule, note, attack)

    bad("ttl-zero", issue(ttl_s=0), "wit.issue_input", "WIT-2", "expires at once")
    bad(
        "exp-past",
        issue(ttl_s=DROP, exp=NOW - 1),
        "wit.issue_input",
        "WIT-2",
        "has expired already",
    )
    for name, inputs, note in [
        ("day-over", issue(ttl_s=86401), "lives longer than a day"),
        ("spiffe-subject", issue(profile="spiffe"), "no SPIFFE ID in the spiffe profile"),
        ("spiffe-kid", issue(sub=sub, profile="spiffe", kid=DROP), "no kid in the spiffe profile"),
        (
            "spiffe-eddsa",
            issue(sub=sub, profile="spiffe", key=priv(keys.ISSUER_ED, alg="EdDSA")),
            "the issuer's algorithm in the spiffe profile",
        ),
        (
            "spiffe-cnf-eddsa",
            issue(sub=sub, profile="spiffe", cnf_jwk=pub(keys.WORKLOAD_ED, alg="EdDSA")),
            "the workload's algorithm in the spiffe profile",
        ),
        ("own-key", issue(cnf_jwk=issuer), "the confirmed key is the issuer's own"),
        ("kid-129", issue(kid="k" * 129), "kid one byte too long"),
        ("iss-words", issue(iss="the issuer"), "iss is no URI"),
    ]:
        bad(name, inputs, "wit.issue_input", "WIT-2", note)
    bad(
        "sub-trailing-slash",
        issue(sub=SUB + "/"),
        "id.path_trailing_slash",
        "ID-6",
        "issuers emit canonical identifiers",
    )
    bad(
        "sub-percent",
        issue(sub=SUB + "%31"),
        "id.path_percent",
        "ID-6",
        "issuers emit canonical identifiers",
        23,
    )
    bad(
        "cnf-private",
        issue(cnf_jwk=priv(keys.WORKLOAD, alg="ES256")),
        "jwk.private",
        "WIT-11",
        "the workload's private key",
        8,
    )
    bad(
        "cnf-off-curve",
        issue(cnf_jwk=change(CNF, y=keys.WORKLOAD_2["y"])),
        "crypto.point_invalid",
        "BCP-1",
        "the confirmed key is not on its curve",
        8,
    )
    bad(
        "public-key",
        issue(key=issuer),
        "jwk.not_private",
        None,
        "the issuer's key has no private part",
    )
    bad(
        "key-mismatch",
        issue(key=dict(ISSUER, d=keys.ISSUER_2["d"])),
        "crypto.key_mismatch",
        "BCP-1",
        "d belongs to another key",
    )


def _wpt(book):
    def good(name, inputs, jwk, header, claims, note, cites=("WPT-1", "WPT-2", "WPT-3"), absent=()):
        book.good(
            "issue-wpt-" + name,
            "wpt.sign",
            inputs,
            None,
            cites,
            note,
            jws={
                "member": "wpt",
                "jwk": jwk,
                "header": header,
                "claims": claims,
                "absent": list(absent),
            },
        )

    header = {"alg": "ES256", "typ": "wpt+jwt"}
    claims = {"aud": AUD, "exp": NOW + 60, "jti": "r5iXwYtY9qXJm1pQ0aZ5Kw", "wth": token_hash(WIT)}
    none = ["tth", "oth", "ath", "iss"]
    good("base", sign(), CNF, header, claims, "the base of what follows", absent=none)
    good(
        "exp", sign(ttl_s=DROP, exp=NOW + 30), CNF, header, dict(claims, exp=NOW + 30), "exp given"
    )
    good(
        "txn",
        sign(txn_token=TXN),
        CNF,
        header,
        dict(claims, tth=token_hash(TXN)),
        "Txn-Token covered",
        absent=["oth", "ath"],
    )
    good(
        "aud-query", sign(aud=AUD + "?x=1#y"), CNF, header, claims, "query and fragment are cut off"
    )
    good(
        "oth",
        sign(other_tokens={"x-user-token": " " + USER}),
        CNF,
        header,
        dict(claims, oth={"x-user-token": token_hash(USER)}),
        "outer space removed",
        absent=["tth", "ath"],
    )
    good(
        "access-token-02",
        sign(access_token=ACCESS),
        CNF,
        header,
        claims,
        "revision 02 has no ath",
        absent=none,
    )
    good(
        "ath",
        sign(access_token=ACCESS, revision="wpt-01"),
        CNF,
        header,
        dict(claims, ath=token_hash(ACCESS)),
        "access token covered in revision 01",
    )
    for alg, key in [
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
        ("RS256", keys.WORKLOAD_RSA),
    ]:
        token = wit(cnf={"jwk": pub(key, alg=alg)})
        good(
            alg.lower(),
            sign(key=priv(key, alg=alg), wit=token),
            pub(key, alg=alg),
            dict(header, alg=alg),
            dict(claims, wth=token_hash(token)),
            "workload with " + alg,
        )
    book.good(
        "issue-wpt-jti",
        "wpt.sign",
        sign(jti=DROP),
        None,
        ["WPT-2"],
        "jti made: at least 128 bits",
        jws={
            "member": "wpt",
            "jwk": CNF,
            "header": header,
            "claims": change(claims, jti=DROP),
            "absent": none,
            "min_chars": {"jti": 22},
        },
    )

    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("issue-wpt-" + name, "wpt.sign", inputs, code, rule, note, attack)

    bad(
        "other-key",
        sign(key=priv(keys.WORKLOAD_2, alg="ES256")),
        "wpt.sign_input",
        "WPT-2",
        "the WIT confirms another key",
    )
    bad("aud-empty", sign(aud=""), "wpt.sign_input", "WPT-2", "no audience")
    eddsa = wit(cnf={"jwk": pub(keys.WORKLOAD_ED, alg="Ed25519")})
    bad(
        "other-alg",
        sign(key=priv(keys.WORKLOAD_ED, alg="EdDSA"), wit=eddsa),
        "wpt.sign_input",
        "WPT-2",
        "the WIT confirms this key under another name of its algorithm",
        8,
    )
    bad("wit-words", sign(wit="abc"), "wpt.sign_input", "WPT-2", "the WIT is no JWT")
    bad(
        "oth-upper-case",
        sign(other_tokens={"X-User-Token": USER}),
        "wpt.sign_input",
        "WPT-2",
        "a context token's name is not in lower case",
    )
    bad("public-key", sign(key=CNF), "jwk.not_private", None, "the key has no private part")


def add(book):
    _wit(book)
    _wpt(book)
