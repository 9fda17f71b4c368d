"""sigresp.jsonl: signed responses (SIG-2 to SIG-10, SIG-12)."""

from . import keys
from .book import DROP, change
from .httpsig_make import Raw, bytes_item, fields, lines_of, sign_lines
from .jose import unb64u
from .keys import pub
from .sigreq_make import DERIVED, DERIVED_06, NONCE, SI, D, S, T, W, digest, edit, get, with_fields
from .sigreq_make import sign as sign_request
from .sigresp_make import (
    COVERED,
    DEMANDING,
    PARAMETERS,
    REQUEST,
    SERVER,
    SERVER_WIT,
    SIGNED,
    UNSIGNED,
    covered,
    line,
    no_content,
    plain,
    sign,
)
from .wit_cases import KID, NOW, ORIGIN, OTHER, SPIFFE, TRUST, jwks, wit

OP = "http.verify_response"


def _good(book):
    def good(name, inputs, cites, note, attack=None, result=None):
        book.good("sigresp-good-" + name, OP, inputs, result or SIGNED, cites, note, attack)

    good("base", line(), ["SIG-2", "SIG-3", "SIG-6", "SIG-12"], "the base of what follows")
    good("demanded", line(request=DEMANDING), ["SIG-12"], "demanded by the request")
    good("required", line(required=True), ["SIG-12"], "required by the caller")
    good("request-nonce", line(request_nonce=NONCE), ["SIG-6"], "the nonce given")
    good("peer", line(expected_peer=SERVER), ["TLS-4"], "the expected server")
    good("no-content", line(sign(no_content())), ["SIG-2"], "no content")
    req = sign_request(get(target="/v1/orders"))
    good("no-query", line(request=req), ["SIG-2"], "@query of the request is ?")
    good("label", line(sign(label="sig1")), ["SIG-8"], "the label is not looked at")
    good("order", line(sign(cover=COVERED[::-1])), ["SIG-2"], "components in another order")
    good(
        "extra",
        line(sign(plain(("Date", "x")), COVERED + ["date"])),
        ["SIG-2"],
        "one more component",
    )
    extra = lines_of(COVERED, plain(), REQUEST) + [('"content-digest";req', digest("{}"))]
    good("extra-req", line(sign(lines=extra)), ["SIG-2"], "a field of the request too")
    extra = lines_of(COVERED, plain(), REQUEST) + [('"@authority";req', "orders.example.com")]
    good("extra-authority", line(sign(lines=extra)), ["SIG-2"], "the authority of the request too")
    good(
        "uncovered",
        line(with_fields(sign(), ("Server", "x"))),
        ["SIG-2"],
        "other fields may be added",
    )
    good("error", line(sign(plain(status=404))), ["SIG-2"], "a signed error")
    good(
        "sign-response-ignored",
        line(sign(wimse_sign_response=True)),
        ["SIG-5a"],
        "wimse-sign-response means nothing in a response",
    )
    good(
        "aud-ignored", line(sign(wimse_aud="x")), ["SIG-5"], "wimse-aud means nothing in a response"
    )
    for alg, key in [
        ("ES384", keys.WORKLOAD_P384),
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
    ]:
        token = wit(sub=SERVER, cnf={"jwk": pub(key, alg=alg)})
        response = sign(plain(wit=token), key=key, alg=alg)
        good(alg.lower(), line(response), ["SIG-7"], "a server with " + alg)
    for name, request, derived in [
        ("06", REQUEST, DERIVED_06),
        ("both-06", REQUEST, DERIVED + ["@request-target"]),
    ]:
        response = sign(cover=covered(plain(), derived))
        good(name, line(response, request, revision="http-signature-06"), ["SIG-2"], "revision 06")
    response = sign(cover=covered(plain(), DERIVED + ["@request-target"]))
    good("both-07", line(response, revision="http-signature-07"), ["SIG-2"], "both sets")
    sub = SPIFFE + "/service/orders"
    token = wit(sub=sub, cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")})
    good(
        "spiffe",
        line(sign(plain(wit=token)), trust={SPIFFE: TRUST[ORIGIN]}, profile="spiffe"),
        ["WSVID-1"],
        "WIT-SVID",
        result={"signed": True, "subject": sub},
    )
    partner = OTHER + "/service/orders"
    token = wit(key=keys.OTHER_ISSUER, sub=partner, cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")})
    trust = {**TRUST, OTHER: jwks(pub(keys.OTHER_ISSUER, alg="ES256", kid=KID))}
    good(
        "partner",
        line(sign(plain(wit=token)), trust=trust),
        ["TA-3"],
        "a server of another trusted domain",
        result={"signed": True, "subject": partner},
    )
    good(
        "unsigned",
        line(plain()),
        ["SIG-12"],
        "unsigned, and nobody demanded a signature",
        None,
        UNSIGNED,
    )
    bare = plain(headers=[[T, "application/json"]])
    good("unsigned-no-wit", line(bare), ["SIG-12"], "nothing of WIMSE in it", None, UNSIGNED)
    request = sign_request(wimse_sign_response=False)
    good("unsigned-false", line(plain(), request), ["SIG-5a"], "?0 demands nothing", None, UNSIGNED)
    foreign = sign_lines([('"@status"', "201")], {"created": NOW, "tag": "proxy"}, keys.ATTACKER)
    good(
        "foreign",
        line(with_fields(plain(), *fields("wimse", *foreign))),
        ["SIG-8", "SIG-12"],
        "only somebody else's signature: unsigned",
        None,
        UNSIGNED,
    )
    good(
        "foreign-too",
        line(with_fields(sign(), *fields("proxy", *foreign))),
        ["SIG-8"],
        "somebody else's signature beside the server's",
    )


def _unsigned(book):
    def bad(name, inputs, note, attack=18):
        book.bad(
            "sigresp-unsigned-" + name,
            OP,
            inputs,
            "httpsig.response_unsigned",
            "SIG-12",
            note,
            attack,
            ["SIG-12", "SIG-17"],
        )

    bad("demanded", line(plain(), DEMANDING), "the request demanded a signature")
    bad("required", line(plain(), required=True), "the caller requires a signature")
    bad(
        "not-required",
        line(plain(), DEMANDING, required=False),
        "the request demanded it all the same",
    )
    bad("empty", line({"status": 200, "headers": []}, DEMANDING), "nothing at all")
    bad("error", line(plain(status=500), DEMANDING), "also an error is signed")
    foreign = sign_lines([('"@status"', "201")], {"created": NOW, "tag": "proxy"}, keys.ATTACKER)
    bad(
        "foreign",
        line(with_fields(plain(), *fields("wimse", *foreign)), DEMANDING),
        "somebody else's signature",
    )
    bad(
        "tag",
        line(sign(tag="wimse-service-to-service", request=DEMANDING), DEMANDING),
        "the tag of an old draft",
    )
    bad("no-tag", line(sign(tag=DROP, request=DEMANDING), DEMANDING), "no tag")
    stripped = edit(edit(sign(request=DEMANDING), S, lambda _: DROP), SI, lambda _: DROP)
    bad("stripped", line(stripped, DEMANDING), "the signature was removed")


def _refusals(book):
    def bad(name, response, code, rule, note, attack=None, **members):
        book.bad("sigresp-" + name, OP, line(response, **members), code, rule, note, attack)

    def sig(name, response, code, rule, note, attack=None, **members):
        bad(name, response, "httpsig." + code, rule, note, attack, **members)

    for name in COVERED:
        cover = [c for c in COVERED if c != name]
        case = "cover-no-" + name.strip("@").replace(";", "-")
        sig(case, sign(cover=cover), "component_missing", "SIG-2", f"{name} is not covered", 13)
    for name, identifier, value in [
        ("method", '"@method"', "POST"),
        ("path", '"@path"', "/v1/orders"),
    ]:
        lines = [l for l in lines_of(COVERED, plain(), REQUEST) if l[0] != identifier + ";req"]
        sig(
            "cover-not-req-" + name,
            sign(lines=lines + [(identifier, value)]),
            "component_missing",
            "SIG-2",
            "a component of the response in place of the request's",
            13,
        )
    wit_of_request = lines_of(
        [c for c in COVERED if c != "workload-identity-token"], plain(), REQUEST
    )
    wit_of_request.append(('"workload-identity-token";req', dict(REQUEST["headers"])[W]))
    sig(
        "cover-wit-of-request",
        sign(lines=wit_of_request),
        "component_missing",
        "SIG-2",
        "the client's WIT in place of the server's",
        13,
    )
    sig("cover-empty", sign(lines=[]), "component_invalid", "SIG-2", "an empty list", 13)
    sig(
        "cover-06-of-07",
        sign(cover=covered(plain(), DERIVED_06)),
        "component_missing",
        "SIG-2",
        "@request-target in place of @path and @query",
        14,
    )
    sig(
        "cover-07-of-06",
        sign(),
        "component_missing",
        "SIG-2",
        "revision 06 wants @request-target",
        13,
        revision="http-signature-06",
    )
    sig(
        "cover-added-type",
        with_fields(sign(no_content()), (T, "text/html")),
        "component_missing",
        "SIG-2",
        "Content-Type was added",
        13,
    )
    base = lines_of(COVERED, plain(), REQUEST)
    sig(
        "cover-twice",
        sign(lines=base + base[:1]),
        "component_invalid",
        "SIG-8",
        "a component twice",
        12,
    )
    sig(
        "cover-upper-case",
        sign(lines=base + [('"Date"', "x")]),
        "component_invalid",
        "SIG-8",
        "upper case",
        13,
    )
    sig(
        "cover-unknown",
        sign(lines=base + [('"@reason"', "x")]),
        "component_invalid",
        "SIG-8",
        "unknown",
        13,
    )
    for name, identifier in [
        ("field", '"date"'),
        ("method", '"@method"'),
        ("status-req", '"@status";req'),
        ("req-field", '"date";req'),
    ]:
        sig(
            "unresolvable-" + name,
            sign(lines=base + [(identifier, "x")]),
            "unresolvable",
            "SIG-10",
            "a component that is not there",
            13,
        )

    sig(
        "req-nonce-missing",
        sign(wimse_req_nonce=DROP),
        "req_nonce_missing",
        "SIG-6",
        "no wimse-req-nonce",
        16,
    )
    sig(
        "req-nonce-missing-demanded",
        sign(wimse_req_nonce=DROP, request=DEMANDING),
        "req_nonce_missing",
        "SIG-6",
        "no wimse-req-nonce",
        16,
        request=DEMANDING,
    )
    for name, value in [
        ("other", "another"),
        ("empty", ""),
        ("own", PARAMETERS["nonce"]),
        ("case", NONCE.swapcase()),
    ]:
        sig(
            "req-nonce-" + name,
            sign(wimse_req_nonce=value),
            "req_nonce_mismatch",
            "SIG-6",
            "the nonce of another request",
            16,
        )
    other = sign_request(nonce="another")
    sig(
        "req-nonce-replayed",
        sign(),
        "req_nonce_mismatch",
        "SIG-6",
        "the response to an earlier request",
        16,
        request=other,
    )
    sig(
        "req-nonce-given",
        sign(),
        "req_nonce_mismatch",
        "SIG-6",
        "the caller's request had another nonce",
        16,
        request_nonce="another",
    )
    for name in ("created", "expires", "nonce"):
        sig(
            "no-" + name,
            sign(**{name: DROP}),
            "parameter_missing",
            "SIG-4",
            f"no {name}",
            33 if name == "expires" else None,
        )
    for name, value in [
        ("created", Raw('"1"')),
        ("expires", Raw("1.0")),
        ("nonce", Raw("abc")),
        ("wimse-req-nonce", Raw("abc")),
        ("wimse-req-nonce", 1),
    ]:
        case = f"type-{name}" + ("-integer" if value == 1 else "")
        sig(case, sign(**{name: value}), "parameter_type", "SIG-8", f"{name} of another type")
    for name, value in [("keyid", "k"), ("alg", "ecdsa-p256-sha256")]:
        sig(
            "forbidden-" + name,
            sign(pairs=[*PARAMETERS.items(), (name, value)]),
            "parameter_forbidden",
            "SIG-7",
            f"{name} is there",
            8,
        )
    sig(
        "two",
        with_fields(sign(), *sign(label="b")["headers"][3:]),
        "duplicate",
        "SIG-8",
        "two with the tag",
        12,
    )
    for name, response in [
        ("label-twice", with_fields(sign(), *sign()["headers"][3:])),
        ("no-signature", edit(sign(), S, lambda _: DROP)),
        ("no-input", edit(sign(), SI, lambda _: DROP)),
        ("labels", edit(sign(), S, lambda v: v.replace("wimse", "x"))),
        ("tag-twice", edit(sign(), SI, lambda v: v + ';tag="x"')),
    ]:
        sig(
            "fields-" + name,
            response,
            "malformed",
            "SIG-8",
            "the two fields do not belong together",
            12,
        )
    bad(
        "fields-open",
        edit(sign(), SI, lambda v: v[:-1]),
        "sfv.malformed",
        "SIG-8",
        "no end of a String",
    )
    for name, members, code, attack in [
        ("expired", {"created": NOW - 300, "expires": NOW - 60}, "expired", 17),
        ("ahead", {"created": NOW + 61, "expires": NOW + 300}, "created_ahead", 17),
        ("long", {"expires": NOW + 400}, "lifetime_too_long", 33),
    ]:
        sig("time-" + name, sign(**members), code, "SIG-14", "at another time", attack)
    sig("nonce-empty", sign(nonce=""), "nonce_invalid", "SIG-9", "an empty nonce", 16)
    sig("nonce-257", sign(nonce="n" * 257), "nonce_invalid", "SIG-9", "257 bytes", 5)

    for name, response, code, note in [
        ("changed", change(sign(), body='{"id":8}'), "mismatch", "the content changed"),
        ("removed", change(sign(), body=DROP), "mismatch", "the content is gone"),
        (
            "missing",
            sign(change(no_content(), body="x")),
            "missing",
            "content without Content-Digest",
        ),
        ("added", change(sign(no_content()), body="x"), "missing", "content added"),
        (
            "other",
            sign(edit(plain(), D, lambda _: digest("x"))),
            "mismatch",
            "the digest of other content",
        ),
        ("md5", sign(edit(plain(), D, lambda _: "md5=:AAAA:")), "unsupported", "md5 alone"),
        ("malformed", sign(edit(plain(), D, lambda _: "sha-256=x")), "malformed", "a Token"),
    ]:
        bad("content-" + name, response, "digest." + code, "SIG-3", note, 15)
    for name, response, note in [
        ("status", change(sign(), status=200), "the status"),
        ("type", edit(sign(), T, lambda _: "text/html"), "Content-Type"),
        ("type-twice", with_fields(sign(), (T, "text/html")), "a second Content-Type"),
        ("key", sign(key=keys.ATTACKER), "another key"),
        ("client-key", sign(key=keys.WORKLOAD), "the client's own key"),
        (
            "wit-newer",
            edit(
                sign(),
                W,
                lambda _: wit(sub=SERVER, jti="s2", cnf={"jwk": pub(keys.WORKLOAD_2, alg="ES256")}),
            ),
            "another WIT of the same key",
        ),
        ("nonce", edit(sign(), SI, lambda v: v.replace(PARAMETERS["nonce"], "x")), "the nonce"),
    ]:
        sig(
            "changed-" + name,
            response,
            "signature_invalid",
            "SIG-10",
            note,
            26 if "wit" in name else 13,
        )
    for name, request in [
        ("method", change(REQUEST, method="PUT")),
        ("path", change(REQUEST, target="/v1/refunds?x=1")),
        ("query", change(REQUEST, target="/v1/orders?x=2")),
    ]:
        sig(
            "request-" + name,
            sign(),
            "signature_invalid",
            "SIG-10",
            "the response to another request",
            16,
            request=request,
        )
    for name, edit_bytes, attack in [
        ("bit", lambda d: d[:-1] + bytes([d[-1] ^ 1]), None),
        ("zero", lambda d: bytes(64), 9),
        ("short", lambda d: d[:-1], 10),
    ]:

        def changed(v, edit_bytes=edit_bytes):
            raw = unb64u(v[7:-1].replace("+", "-").replace("/", "_").rstrip("="))
            return "wimse=" + bytes_item(edit_bytes(raw))

        sig(
            "signature-" + name,
            edit(sign(), S, changed),
            "signature_invalid",
            "SIG-10",
            "the signature",
            attack,
        )
    token = wit(sub=SERVER, cnf={"jwk": pub(keys.WORKLOAD_ED, alg="EdDSA")})
    sig(
        "alg",
        sign(plain(wit=token), key=keys.WORKLOAD_ED, alg="EdDSA"),
        "alg",
        "SIG-7",
        "EdDSA is not allowed for this trust domain",
        8,
        trust={origin: dict(entry, algs=["ES256"]) for origin, entry in TRUST.items()},
    )
    lie = sign(wimse_req_nonce=DROP)
    sig(
        "voluntary",
        lie,
        "req_nonce_missing",
        "SIG-6",
        "a signature that nobody demanded must be good, too",
        16,
        required=False,
    )


def _wit(book):
    def bad(name, response, code, rule, note, attack=None, **members):
        book.bad("sigresp-wit-" + name, OP, line(response, **members), code, rule, note, attack)

    broken = edit(sign(), S, lambda _: "wimse=:AAAA:")
    cnf = {"jwk": pub(keys.WORKLOAD_2, alg="ES256")}
    bad(
        "missing",
        edit(sign(), W, lambda _: DROP),
        "wit.missing",
        "WIT-6",
        "a signature without a WIT",
        18,
    )
    bad("duplicate", with_fields(sign(), (W, SERVER_WIT)), "wit.duplicate", "WIT-6", "two WITs", 12)
    for name, token, code, rule, attack in [
        ("expired", wit(sub=SERVER, cnf=cnf, exp=NOW - 60), "wit.expired", "WIT-8", 17),
        (
            "forged",
            wit(sub=SERVER, cnf=cnf, key=keys.ATTACKER),
            "wit.signature_invalid",
            "WIT-12.d",
            None,
        ),
        (
            "domain",
            wit(sub="wimse://evil.example/x", cnf=cnf),
            "trust.domain_unknown",
            "WIT-12.b",
            19,
        ),
        ("cnf", wit(sub=SERVER, cnf=DROP), "wit.cnf_missing", "WIT-12.e", 8),
    ]:
        bad(
            name,
            edit(broken, W, lambda _, token=token: token),
            code,
            rule,
            "the WIT is checked before the signature, which is not valid either",
            attack,
        )
    for name, peer, attack in [
        ("other", ORIGIN + "/service/billing", None),
        ("prefix", SERVER[:-1], 20),
        ("longer", SERVER + "/x", 20),
        ("domain", OTHER + "/service/orders", 19),
        ("scheme", SPIFFE + "/service/orders", 19),
    ]:
        book.bad(
            "sigresp-peer-" + name,
            OP,
            line(expected_peer=peer),
            "verify.server_unexpected",
            "TLS-4",
            "another server than expected",
            attack,
        )


def add(book):
    _good(book)
    _unsigned(book)
    _refusals(book)
    _wit(book)
