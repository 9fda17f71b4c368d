"""httpsig.jsonl, second half: signatures over messages, by RFC 9421 and of the drafts."""

import json

from . import keys
from .book import DROP, change
from .httpsig_cases import RFC, b2, header, message
from .httpsig_make import bytes_item, fields, sign_lines
from .jose import b64u, unb64u
from .keys import PUBLISHED, pub

NOW = 1790000000
CITES = ["RFC9421-3.2", "RFC9421-3.3"]
PSS = change(pub(RFC["keys"]["test-key-rsa-pss"]), kid=DROP, alg="PS512")
RSA = change(pub(RFC["keys"]["test-key-rsa"]), kid=DROP, alg="RS256")
ECC = change(pub(RFC["keys"]["test-key-ecc-p256"]), kid=DROP)
ED = change(pub(RFC["keys"]["test-key-ed25519"]), kid=DROP)
SECRET = b64u(unb64u(RFC["keys"]["test-shared-secret"].replace("+", "-").replace("/", "_")))


def signed(msg, *pairs):
    return change(msg, headers=msg["headers"] + [list(pair) for pair in pairs])


def signed_b2(section):
    line, is_response = b2(section)
    example = RFC[section]
    pairs = [
        ("Signature-Input", example["signature_input"]),
        ("Signature", example["signature"]),
    ]
    name = "response" if is_response else "request"
    return {
        **line,
        name: signed(line[name], *pairs),
        "label": example["signature"].partition("=")[0],
    }


def _rfc(book):
    def good(name, inputs, note="example of RFC 9421"):
        book.good("httpsig-verify-" + name, "http.sig_verify", inputs, {}, CITES, note)

    def bad(name, inputs, note, code="signature_invalid", rule="SIG-10"):
        book.bad(
            "httpsig-verify-" + name,
            "http.sig_verify",
            inputs,
            "httpsig." + code,
            rule,
            note,
            None,
            [rule, "RFC9421-3.2"],
        )

    for section, members in [
        ("B.2.1", {"jwk": PSS}),
        ("B.2.2", {"jwk": PSS}),
        ("B.2.3", {"jwk": PSS, "alg": "rsa-pss-sha512"}),
        ("B.2.4", {"jwk": ECC}),
        ("B.2.5", {"hmac_b64u": SECRET}),
        ("B.2.6", {"jwk": ED}),
    ]:
        good("rfc-" + section.lower(), {**signed_b2(section), **members})
    two_four = {"label": "reqres", "jwk": ECC}
    good("rfc-2.4-1", {"request": message(("2.4", 0)), "response": message(("2.4", 2)), **two_four})
    good("rfc-2.4-2", {"request": message(("2.4", 3)), "response": message(("2.4", 4)), **two_four})
    good("rfc-2.4-request", {"request": message(("2.4", 3)), "label": "sig1", "jwk": PSS})
    good("rfc-3.2", {"request": message(("3.2", 0)), "label": "sig1", "jwk": PSS})
    good("rfc-4.3-client", {"request": message(("4.3", 0)), "label": "sig1", "jwk": ECC})
    proxied = {"request": message(("4.3", 2))}
    good("rfc-4.3-proxy", {**proxied, "label": "proxy_sig", "jwk": RSA}, "one of two signatures")
    bad(
        "rfc-4.3-client-proxied",
        {**proxied, "label": "sig1", "jwk": ECC},
        "the client's signature after the proxy changed the authority",
    )
    good("rfc-b3", {"request": message(("B.3", 2)), "label": "ttrp", "jwk": ECC})
    transform = {"label": "transform", "jwk": ED}
    for i in range(4):
        good(f"rfc-b4-{i + 1}", {"request": message(("B.4", i)), **transform}, "still valid")
    bad("rfc-b4-5", {"request": message(("B.4", 4)), **transform}, "method and authority changed")
    bad("rfc-b4-6", {"request": message(("B.4", 5)), **transform}, "the order of the lines changed")


REQUEST = {
    "method": "GET",
    "authority": "orders.example.com",
    "target": "/v1/orders?x=1",
    "headers": [["Date", "Tue, 20 Apr 2021 02:07:56 GMT"]],
}
LINES = [
    ('"@method"', "GET"),
    ('"@path"', "/v1/orders"),
    ('"@query"', "?x=1"),
    ('"date"', "Tue, 20 Apr 2021 02:07:56 GMT"),
]
PARAMETERS = {"created": NOW - 10, "expires": NOW + 290}


def line(parameters=PARAMETERS, key=keys.WORKLOAD, alg="ES256", lines=LINES, jwk=None, **members):
    inner, signature = sign_lines(lines, parameters, key, alg)
    out = {
        "request": signed(REQUEST, *fields("sig", inner, signature)),
        "label": "sig",
        "jwk": jwk or pub(key, alg=alg),
    }
    return change(out, **members)


def edited(base, name, edit):
    """`base` with the value of one field changed."""
    headers = [[n, edit(v) if n == name else v] for n, v in base["request"]["headers"]]
    return change(base, request=change(base["request"], headers=headers))


def _algorithms(book):
    def good(name, inputs, note, attack=None):
        book.good("httpsig-alg-" + name, "http.sig_verify", inputs, {}, CITES, note, attack)

    for alg, registered, key in [
        ("ES256", "ecdsa-p256-sha256", keys.WORKLOAD),
        ("ES384", "ecdsa-p384-sha384", keys.WORKLOAD_P384),
        ("Ed25519", "ed25519", keys.WORKLOAD_ED),
        ("EdDSA", "ed25519", keys.WORKLOAD_ED),
        ("PS512", "rsa-pss-sha512", keys.WORKLOAD_RSA),
        ("RS256", "rsa-v1_5-sha256", keys.WORKLOAD_RSA),
    ]:
        name = alg.lower()
        good(name, line(key=key, alg=alg), "by the key")
        named = change(line(key=key, alg=alg), alg=registered)
        good(name + "-named", named, "by the key and by the caller")
        good(
            name + "-parameter",
            line({**PARAMETERS, "alg": registered}, key, alg),
            "by the key and by the signature",
        )
    good("no-jwk-alg", line(jwk=pub(keys.WORKLOAD)), "the key has one algorithm")

    def bad(name, inputs, note, attack=8):
        book.bad(
            "httpsig-alg-" + name,
            "http.sig_verify",
            inputs,
            "httpsig.alg",
            "SIG-7",
            note,
            attack,
            ["SIG-7", "RFC9421-3.3"],
        )

    for name, key, alg, other in [
        ("p256-p384", keys.WORKLOAD, "ES256", "ecdsa-p384-sha384"),
        ("p384-p256", keys.WORKLOAD_P384, "ES384", "ecdsa-p256-sha256"),
        ("p256-ed25519", keys.WORKLOAD, "ES256", "ed25519"),
        ("ed25519-p256", keys.WORKLOAD_ED, "Ed25519", "ecdsa-p256-sha256"),
        ("p256-rsa", keys.WORKLOAD, "ES256", "rsa-pss-sha512"),
        ("rsa-pss-v15", keys.WORKLOAD_RSA, "PS512", "rsa-v1_5-sha256"),
        ("rsa-v15-pss", keys.WORKLOAD_RSA, "RS256", "rsa-pss-sha512"),
        ("p256-hmac", keys.WORKLOAD, "ES256", "hmac-sha256"),
    ]:
        attack = 2 if "hmac" in name else 8
        bad(name, change(line(key=key, alg=alg), alg=other), "the caller names another", attack)
        bad(
            name + "-parameter",
            line({**PARAMETERS, "alg": other}, key, alg),
            "the signature names another",
            attack,
        )
    bare = line(jwk=pub(keys.WORKLOAD))
    bad("no-jwk-alg-p384", change(bare, alg="ecdsa-p384-sha384"), "the key has another curve")
    bad("no-jwk-alg-hmac", change(bare, alg="hmac-sha256"), "the public key as a shared secret", 2)
    es512 = change(line(), jwk=pub(keys.ISSUER_P521, alg="ES512"))
    bad("es512", es512, "an algorithm of JOSE that is not registered here")
    bad(
        "unknown-parameter",
        line({**PARAMETERS, "alg": "ES256"}),
        "the signature names an algorithm that is not registered",
    )
    bad(
        "disagree",
        change(line({**PARAMETERS, "alg": "ed25519"}), alg="ecdsa-p256-sha256"),
        "signature and caller disagree",
    )
    bad(
        "hmac-ecdsa",
        change(line({**PARAMETERS, "alg": "ecdsa-p256-sha256"}), jwk=DROP, hmac_b64u=SECRET),
        "a shared secret for a signature of a key pair",
        2,
    )


def _signatures(book):
    def bad(name, inputs, note, code="signature_invalid", rule="SIG-10", attack=None):
        book.bad(
            "httpsig-signature-" + name,
            "http.sig_verify",
            inputs,
            code if "." in code else "httpsig." + code,
            rule,
            note,
            attack,
            [rule],
        )

    good = line()
    request = good["request"]
    book.good(
        "httpsig-signature-good", "http.sig_verify", good, {}, CITES, "the base of what follows"
    )
    for name, req, note in [
        ("method", change(request, method="PUT"), "the method changed"),
        ("path", change(request, target="/v1/refunds?x=1"), "the path changed"),
        ("query", change(request, target="/v1/orders?x=2"), "the query changed"),
        ("query-gone", change(request, target="/v1/orders"), "the query is gone"),
    ]:
        bad(name, change(good, request=req), note)
    bad("field", edited(good, "Date", lambda v: v.replace("2021", "2022")), "a field changed")
    doubled = signed(request, ("Date", "x"))
    bad("field-added", change(good, request=doubled), "a second line of a field", attack=12)
    bad("key", change(good, jwk=pub(keys.WORKLOAD_2, alg="ES256")), "another key")
    raw = unb64u
    for name, edit, note, attack in [
        ("bit", lambda d: d[:-1] + bytes([d[-1] ^ 1]), "the last bit flipped", None),
        ("short", lambda d: d[:-1], "one byte too short", 10),
        ("long", lambda d: d + b"\0", "one byte too long", 10),
        ("empty", lambda d: b"", "no bytes", None),
        ("zero", lambda d: bytes(64), "r and s are zero", 9),
        ("zero-r", lambda d: bytes(32) + d[32:], "r is zero", 9),
        ("zero-s", lambda d: d[:32] + bytes(32), "s is zero", 9),
    ]:

        def change_bytes(value, edit=edit):
            data = raw(
                value.partition("=:")[2][:-1].replace("+", "-").replace("/", "_").rstrip("=")
            )
            return "sig=" + bytes_item(edit(data))

        bad(name, edited(good, "Signature", change_bytes), note, attack=attack)
    for name, edit, note in [
        ("parameter", lambda v: v.replace(str(NOW - 10), str(NOW - 9)), "a parameter changed"),
        ("parameter-added", lambda v: v + ';nonce="x"', "a parameter added"),
        ("parameter-gone", lambda v: v.partition(";expires")[0], "a parameter is gone"),
        (
            "parameter-order",
            lambda v: f'{v.partition(";")[0]};expires={NOW + 290};created={NOW - 10}',
            "the parameters in another order",
        ),
        ("component-gone", lambda v: v.replace(' "date"', ""), "one component less"),
        ("component-added", lambda v: v.replace('"date"', '"date" "@authority"'), "one more"),
        (
            "component-order",
            lambda v: v.replace('"@path" "@query"', '"@query" "@path"'),
            "the components in another order",
        ),
        ("component-bs", lambda v: v.replace('"date"', '"date";bs'), "a component wrapped"),
        ("empty-list", lambda v: "sig=()" + v.partition(")")[2], "the list emptied"),
    ]:
        bad("input-" + name, edited(good, "Signature-Input", edit), note, attack=13)
    bad(
        "absent-field",
        edited(good, "Signature-Input", lambda v: v.replace("date", "etag")),
        "a covered field that is not there",
        "unresolvable",
        "SIG-1",
        13,
    )
    bad(
        "component",
        edited(good, "Signature-Input", lambda v: v.replace("@query", "@qery")),
        "an unknown component",
        "component_invalid",
        "SIG-1",
        13,
    )
    bad("label", change(good, label="other"), "no such label", "missing", "SIG-8")
    bad("none", change(good, request=REQUEST), "no signature", "missing", "SIG-8")
    for name, edit_input, edit_signature, note in [
        ("labels", None, lambda v: v.replace("sig=", "gis="), "another label in Signature"),
        ("input-more", lambda v: v + ", b=()", None, "a label of Signature-Input only"),
        ("signature-more", None, lambda v: v + ", b=:AAAA:", "a label of Signature only"),
        ("string", None, lambda v: 'sig="AAAA"', "a signature that is a String"),
        ("list", None, lambda v: "sig=(:AAAA:)", "a signature that is an inner list"),
        ("twice", None, lambda v: v + ", " + v, "a signature twice"),
        ("item", lambda v: 'sig="@method"', None, "no inner list"),
    ]:
        inputs = edited(good, "Signature-Input", edit_input) if edit_input else good
        inputs = edited(inputs, "Signature", edit_signature) if edit_signature else inputs
        bad("fields-" + name, inputs, note, "malformed", "SIG-8", 12)
    for name in ("Signature", "Signature-Input"):
        without = [pair for pair in request["headers"] if pair[0] != name]
        inputs = change(good, request=change(request, headers=without))
        bad("without-" + name.lower(), inputs, "only one of the two fields", "malformed", "SIG-8")
    bad(
        "fields-open",
        edited(good, "Signature", lambda v: v[:-1]),
        "a Signature that does not parse",
        "sfv.malformed",
        "RFC9651-4.2",
    )
    two = change(
        good,
        request=change(
            request,
            headers=[*request["headers"], ["Signature-Input", "sig=()"], ["Signature", "b=:AAAA:"]],
        ),
    )
    bad("lines-label-twice", two, "a label again on a second line", "malformed", "SIG-8", 12)
    lines = change(
        good,
        request=signed(request, ["Signature-Input", 'b=("@method")'], ["Signature", "b=:AAAA:"]),
    )
    book.good(
        "httpsig-signature-lines",
        "http.sig_verify",
        lines,
        {},
        ["RFC9421-4"],
        "another signature on further lines",
    )
    mac = {"request": signed_b2("B.2.5")["request"], "label": "sig-b25"}
    bad("hmac-secret", {**mac, "hmac_b64u": b64u(b"another secret")}, "another secret")
    for name, now, code in [
        ("expired", NOW + 3600, "expired"),
        ("ahead", NOW - 3600, "created_ahead"),
    ]:
        bad("time-" + name, change(good, now=now), "at another time", code, "SIG-14", 17)
    book.good(
        "httpsig-signature-time",
        "http.sig_verify",
        change(good, now=NOW),
        {},
        ["SIG-14"],
        "at its time",
        17,
    )


def draft_message(name):
    """A printed message as `signet check` takes it; its body ends where Content-Length says."""
    head, _, body = (PUBLISHED / name).read_text().partition("\n\n")
    start, *lines = head.rstrip("\n").split("\n")
    pairs = [line.split(": ", 1) for line in lines]
    size = dict(pairs).get("Content-Length")
    body = body if size is None else body[: int(size)]
    words = start.split(" ")
    out = {"headers": pairs}
    if words[0] == "HTTP/1.1":
        out["status"] = int(words[1])
    else:
        out.update(method=words[0], target=words[1], authority=dict(pairs)["Host"])
    return change(out, body=body or DROP) if body.strip() else out


def _drafts(book):
    def key(name):
        return json.loads((PUBLISHED / name).read_text())

    for folder, label, names in [
        (
            "2026-09",
            "sig1",
            [
                ("request-a-b", None, "svca"),
                ("response-b-a", "request-a-b", "svcb"),
                ("request-b-c", None, "svcb"),
                ("response-c-b", "request-b-c", "svcc"),
            ],
        ),
        (
            "2026-08",
            "wimse",
            [("request-a-b", None, "svca"), ("response-b-a", "request-a-b", "svcb")],
        ),
    ]:
        for name, request, who in names:
            path = f"{folder}/sigs-{name}"
            msg = draft_message(path + ".txt")
            inputs = {"request": draft_message(f"{folder}/sigs-{request}.txt") if request else msg}
            if request:
                inputs["response"] = msg
            case = f"httpsig-draft-{folder}-{name}"
            base = (PUBLISHED / (path + ".sigbase.txt")).read_text()
            book.good(
                case + "-base",
                "http.signature_base",
                {**inputs, "signature_input": header(msg, "Signature-Input"), "label": label},
                {"base": base},
                ["SIG-15", "RFC9421-2.5"],
                "message of the draft",
            )
            jwk = pub(key(f"{folder}/sigs-{who}-jwk.json"))
            verify = {**inputs, "label": label, "jwk": jwk}
            book.good(case, "http.sig_verify", verify, {}, ["SIG-15"], "message of the draft")
            times = {**verify, "now": int(base.partition("created=")[2][:10]) + 5}
            book.good(
                case + "-now", "http.sig_verify", times, {}, ["SIG-15"], "5 s after it was made"
            )
            other = pub(key(f"{folder}/sigs-{'svcb' if who == 'svca' else 'svca'}-jwk.json"))
            book.bad(
                case + "-key",
                "http.sig_verify",
                {**verify, "jwk": other},
                "httpsig.signature_invalid",
                "SIG-10",
                "the other workload's key",
            )
            if "body" in msg and request is None:
                continue
            if request:
                changed = change(inputs["request"], target=inputs["request"]["target"] + "x")
                book.bad(
                    case + "-request",
                    "http.sig_verify",
                    {**verify, "request": changed},
                    "httpsig.signature_invalid",
                    "SIG-10",
                    "the response to another request",
                )


def add(book):
    _rfc(book)
    _algorithms(book)
    _signatures(book)
    _drafts(book)
