"""sigreq.jsonl: requests with an HTTP signature (SIG-1 to SIG-10, SIG-14)."""

from . import keys
from .book import DROP, change
from .httpsig_make import Raw, bytes_item, fields, lines_of, sign_lines
from .jose import b64u
from .keys import pub
from .sigreq_make import (
    ALIAS,
    AUDIENCE,
    BODY,
    COVERED,
    DERIVED,
    DERIVED_06,
    NONCE,
    PARAMETERS,
    RESULT,
    SI,
    TARGET,
    A,
    D,
    S,
    T,
    covered,
    digest,
    edit,
    get,
    line,
    sign,
    unsigned,
    with_fields,
)
from .wit_cases import NOW, SPIFFE, TRUST, wit
from .wpt_cases import ACCESS, AUD, TXN

OP = "http.verify_request"


def _good(book):
    def good(name, inputs, cites, note, attack=None, result=None):
        book.good("sigreq-good-" + name, OP, inputs, result or RESULT, cites, note, attack)

    good("base", line(), ["SIG-1", "SIG-3", "SIG-4", "SIG-5", "SIG-10"], "the base of what follows")
    good("get", line(sign(get())), ["SIG-1"], "no content, no Content-Digest")
    good("no-query", line(sign(get(target="/v1/orders"))), ["SIG-1"], "@query is ? without a query")
    good("accept-default", line(accept=DROP), ["SIG-8"], "both bindings are accepted, one is used")
    good("accept-both", line(accept=["wpt", "http-signature"]), ["SIG-8"], "one of two is used")
    good("label", line(sign(label="sig1")), ["SIG-8"], "the label is not looked at")
    good("label-star", line(sign(label="*x.y-z_1")), ["SIG-8"], "the label is not looked at")
    for alg, key in [
        ("ES384", keys.WORKLOAD_P384),
        ("EdDSA", keys.WORKLOAD_ED),
        ("Ed25519", keys.WORKLOAD_ED),
        ("RS256", keys.WORKLOAD_RSA),
        ("PS256", keys.WORKLOAD_RSA),
    ]:
        token = wit(cnf={"jwk": pub(key, alg=alg)})
        req = sign(unsigned(wit=token), key=key, alg=alg)
        good(alg.lower(), line(req), ["SIG-7"], "workload with " + alg)
    names = [[n.lower() if i % 2 else n.upper(), v] for i, (n, v) in enumerate(sign()["headers"])]
    good("field-names", line(change(sign(), headers=names)), ["SIG-1"], "field names have no case")
    spaced = edit(sign(), T, lambda v: "  " + v + "\t")
    good("field-space", line(spaced), ["RFC9421-2"], "space around a value is no part of it")
    good("order", line(sign(cover=COVERED[::-1])), ["SIG-1"], "components in another order")
    pairs = list(PARAMETERS.items())[::-1]
    good("parameter-order", line(sign(pairs=pairs)), ["SIG-4"], "parameters in another order")
    good(
        "parameter-unknown",
        line(sign(pairs=[*PARAMETERS.items(), ("x-new", "1")])),
        ["SIG-4"],
        "an unknown parameter, signed",
    )
    good(
        "sign-response",
        line(sign(wimse_sign_response=True)),
        ["SIG-5a"],
        "demands a signed response",
    )
    good(
        "sign-response-false",
        line(sign(wimse_sign_response=False)),
        ["SIG-5a"],
        "?0 is the same as absent",
    )
    good("sha-512", line(sign(digested(digest(BODY, "sha-512")))), ["SIG-3"], "the other algorithm")
    both = digest(BODY) + ", " + digest(BODY, "sha-512")
    good("digests", line(sign(digested(both))), ["SIG-3"], "two digests, both right")
    binary = unsigned(body=DROP, body_b64u=b64u(bytes(range(256))))
    binary = edit(binary, D, lambda _: digest(bytes(range(256))))
    good("binary", line(sign(binary)), ["SIG-3"], "any bytes as content")
    empty = edit(unsigned(body=DROP), D, lambda _: digest(""))
    good("digest-of-nothing", line(sign(empty)), ["SIG-3"], "the digest of no content")
    for name, extra in [
        ("date", ("Date", "Tue, 20 Apr 2021 02:07:55 GMT")),
        ("x-note", ("X-Note", "")),
    ]:
        req = unsigned(extra)
        good(
            "extra-" + name, line(sign(req, covered(req) + [name])), ["SIG-1"], "one more component"
        )
    good("extra-authority", line(sign(cover=COVERED + ["@authority"])), ["SIG-1"], "@authority too")
    good(
        "extra-06",
        line(sign(cover=COVERED + ["@request-target"])),
        ["SIG-1"],
        "what revision 06 covers too",
    )
    lines = lines_of(COVERED, unsigned()) + [('"content-digest";key="sha-256"', digest(BODY)[8:])]
    good("extra-key", line(sign(lines=lines)), ["SIG-1"], "a member of a dictionary", 13)
    lines = lines_of(COVERED, unsigned()) + [('"@query-param";name="x"', "1")]
    good("extra-query-param", line(sign(lines=lines)), ["SIG-1"], "a query parameter", 13)
    req = with_fields(sign(), ("X-Note", "a"), ("X-Forwarded-Host", "evil.example"))
    good("uncovered", line(req), ["SIG-1"], "fields that need not be covered may be added")
    good(
        "host-irrelevant",
        line(change(sign(), authority="evil.example")),
        ["SIG-5"],
        "Host decides nothing",
        7,
    )
    good(
        "aud-alias",
        line(sign(wimse_aud=ALIAS), audiences=[ALIAS]),
        ["SIG-5"],
        "a deployment's own value",
    )
    good("aud-exact", line(audiences=[AUD]), ["SIG-5"], "an audience with a path")
    root = get(target="/?x=1")
    good("aud-root", line(sign(root, wimse_aud=AUDIENCE)), ["SIG-5"], "an empty path is the path /")
    good("nonce-short", line(sign(nonce="1")), ["SIG-9"], "no minimum on receipt")
    good("nonce-256", line(sign(nonce="n" * 256)), ["SIG-9"], "longest nonce")
    good("nonce-quote", line(sign(nonce='a"b\\c')), ["SIG-9"], "escaped in the field")
    good(
        "life-360",
        line(sign(created=NOW, expires=NOW + 360)),
        ["SIG-14"],
        "300 s and the leeway",
        17,
    )
    good("created-ahead-60", line(sign(created=NOW + 60)), ["SIG-14"], "60 s in the future", 17)
    good(
        "expired-59",
        line(sign(created=NOW - 300, expires=NOW - 59)),
        ["SIG-14"],
        "59 s ago, within the leeway",
        17,
    )
    young = sign(created=NOW - 20)
    good("created-age", line(young, max_created_age_s=30), ["SIG-14"], "young enough")
    good("revision-07", line(revision="http-signature-07"), ["SIG-1"], "the default by its name")
    req = sign(cover=covered(unsigned(), DERIVED_06))
    good("revision-06", line(req, revision="http-signature-06"), ["SIG-1"], "revision 06")
    req = sign(cover=covered(unsigned(), DERIVED + ["@request-target"]))
    for name in ("06", "07"):
        note = "a signature that covers what both revisions want"
        good("both-sign-" + name, line(req, revision="http-signature-" + name), ["SIG-1"], note)
    req = unsigned((A, "Bearer " + ACCESS), ("Txn-Token", TXN))
    good("tokens", line(sign(req)), ["SIG-1"], "access token and Txn-Token, both covered", 26)
    sub = SPIFFE + "/service/edge"
    token = wit(sub=sub)
    req = sign(unsigned(wit=token))
    spiffe = line(req, trust={SPIFFE: TRUST[next(iter(TRUST))]}, profile="spiffe")
    good(
        "spiffe",
        spiffe,
        ["WSVID-1"],
        "WIT-SVID",
        result={"subject": sub, "binding": "http-signature"},
    )
    foreign = sign_lines([('"@method"', "POST")], {"created": NOW, "tag": "proxy"}, keys.ATTACKER)
    req = with_fields(sign(), *fields("proxy", *foreign))
    good(
        "foreign",
        line(req),
        ["SIG-8", "SIG-16"],
        "a second signature with another tag, not looked at",
    )
    good(
        "foreign-first",
        line(change(sign(), headers=fields("wimse", *foreign) + sign(label="x")["headers"])),
        ["SIG-8"],
        "ours is found by its tag, under another label than usual",
        13,
    )
    joined = edit(edit(sign(), SI, lambda v: v + ', b=();tag="x"'), S, lambda v: v + ", b=:AAAA:")
    good("foreign-same-line", line(joined), ["SIG-8"], "two signatures in one line")
    good("callers", line(callers=[RESULT["subject"]]), ["CRED-AZ"], "the caller is listed")


def digested(value):
    return edit(unsigned(), D, lambda _: value)


def _coverage(book):
    def bad(name, inputs, note, code="component_missing", rule="SIG-1", attack=13):
        book.bad("sigreq-cover-" + name, OP, inputs, "httpsig." + code, rule, note, attack)

    for name in COVERED:
        cover = [c for c in COVERED if c != name]
        attack = 26 if "token" in name else 15 if "digest" in name else 13
        bad(
            "no-" + name.strip("@"),
            line(sign(cover=cover)),
            f"{name} is not covered",
            attack=attack,
        )
    for name, pair in [
        ("authorization", (A, "Bearer " + ACCESS)),
        ("txn-token", ("Txn-Token", TXN)),
    ]:
        req = unsigned(pair)
        cover = [c for c in covered(req) if c != name]
        bad("no-" + name, line(sign(req, cover)), f"{name} is there and not covered", attack=26)
        bad("added-" + name, line(with_fields(sign(), pair)), f"{name} was added", attack=26)
    bad(
        "added-content-type",
        line(with_fields(sign(get()), (T, "text/plain"))),
        "Content-Type was added",
    )
    bad(
        "added-digest",
        line(with_fields(sign(get()), (D, digest("")))),
        "Content-Digest was added",
        attack=15,
    )
    plain = get(target="/v1/orders")
    bad(
        "no-query-at-all",
        line(sign(plain, ["@method", "@path", "workload-identity-token"])),
        "@query is not covered where there is no query",
        attack=14,
    )
    req = sign(cover=covered(unsigned(), DERIVED_06))
    bad("request-target", line(req), "@request-target in place of @path and @query", attack=14)
    bad(
        "revision-06-of-07", line(revision="http-signature-06"), "revision 06 wants @request-target"
    )
    bad(
        "authority-for-path",
        line(sign(cover=["@method", "@authority", "@query", *COVERED[3:]])),
        "@authority in place of @path",
    )
    bad(
        "target-uri",
        line(
            sign(
                lines=[
                    ('"@target-uri"', AUDIENCE + TARGET),
                    *lines_of(["@method", *COVERED[3:]], unsigned()),
                ]
            )
        ),
        "@target-uri in place of @path and @query",
    )
    base = lines_of(COVERED, unsigned())

    def swapped(identifier, new, value=None):
        return [(new, value or v) if i == identifier else (i, v) for i, v in base]

    wrapped = bytes_item(b"application/json")
    bad(
        "bs",
        line(sign(lines=swapped('"content-type"', '"content-type";bs', wrapped))),
        "content-type wrapped is another component",
    )
    bad(
        "sf",
        line(sign(lines=swapped('"content-digest"', '"content-digest";sf'))),
        "content-digest serialized is another component",
    )
    bad(
        "key",
        line(
            sign(
                lines=swapped(
                    '"content-digest"', '"content-digest";key="sha-256"', digest(BODY)[8:]
                )
            )
        ),
        "one member of content-digest is another component",
    )
    bad(
        "req", line(sign(lines=swapped('"@method"', '"@method";req'))), "@method of another request"
    )
    bad(
        "tr",
        line(sign(lines=swapped('"content-type"', '"content-type";tr'))),
        "a trailer is another component",
    )
    bad(
        "query-param",
        line(sign(lines=swapped('"@query"', '"@query-param";name="x"', "1"))),
        "one query parameter is not the query",
    )
    bad("empty", line(sign(lines=[])), "an empty list", "component_invalid")

    def invalid(name, lines, note, attack=13):
        bad("invalid-" + name, line(sign(lines=lines)), note, "component_invalid", "SIG-8", attack)

    invalid("twice", base + [base[0]], "a component twice", 12)
    invalid("twice-field", base + [base[3]], "a field twice", 12)
    invalid("upper-case", swapped('"content-type"', '"Content-Type"'), "a name in upper case")
    invalid("unknown", base + [('"@request-line"', "x")], "an unknown derived component")
    invalid("parameter", base + [('"content-type";x', "application/json")], "an unknown parameter")
    invalid(
        "parameter-false", base + [('"content-digest";sf=?0', digest(BODY))], "a flag that is false"
    )
    invalid("signature-params", base + [('"@signature-params"', "x")], "the list covers itself")
    invalid("bs-sf", base + [('"content-digest";bs;sf', "x")], "parameters that exclude each other")
    invalid("token", base + [("date", "x")], "a token instead of a String")

    def unresolvable(name, extra, note, attack=13):
        bad(
            "unresolvable-" + name,
            line(sign(lines=base + [extra])),
            note,
            "unresolvable",
            "SIG-10",
            attack,
        )

    unresolvable("field", ('"date"', "x"), "a field that is not there")
    unresolvable("key", ('"content-digest";key="sha-512"', "x"), "a member that is not there")
    unresolvable(
        "sf", ('"content-type";sf', "application/json"), "sf of a field whose type is not known"
    )
    unresolvable("status", ('"@status"', "200"), "the status of a request")
    unresolvable("req", ('"@path";req', "/v1/orders"), "req in a request")
    unresolvable(
        "req-field", ('"content-type";req', "application/json"), "a field with req in a request"
    )
    unresolvable("tr", ('"content-type";tr', "application/json"), "a trailer that is not there")
    unresolvable(
        "query-param", ('"@query-param";name="y"', "1"), "a query parameter that is not there"
    )
    twice = get(target="/v1/orders?x=1&x=2")
    lines = lines_of(covered(twice), twice) + [('"@query-param";name="x"', "1")]
    bad(
        "unresolvable-query-param-twice",
        line(sign(twice, lines=lines)),
        "a query parameter that is there twice",
        "unresolvable",
        "SIG-10",
        13,
    )


def _parameters(book):
    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("sigreq-" + name, OP, inputs, "httpsig." + code, rule, note, attack)

    for name in ("created", "expires", "nonce"):
        attack = {"expires": 33, "nonce": 16}.get(name)
        bad(
            "no-" + name,
            line(sign(**{name: DROP})),
            "parameter_missing",
            "SIG-4",
            f"no {name}",
            attack,
        )
    bad("no-aud", line(sign(wimse_aud=DROP)), "parameter_missing", "SIG-5", "no wimse-aud", 7)
    for name, value, note in [
        ("created", Raw('"1"'), "created as a String"),
        ("created", Raw("1.5"), "created as a Decimal"),
        ("created", Raw(f"@{NOW}"), "created as a Date"),
        ("expires", Raw(f'"{NOW + 60}"'), "expires as a String"),
        ("expires", True, "expires without a value"),
        ("nonce", Raw("abc"), "nonce as a Token"),
        ("nonce", Raw(":AAAA:"), "nonce as bytes"),
        ("tag", Raw("wimse-workload-to-workload"), "tag as a Token"),
        ("wimse-aud", Raw("orders-v1"), "wimse-aud as a Token"),
        ("wimse-sign-response", 1, "wimse-sign-response as an integer"),
        ("wimse-sign-response", Raw('"?1"'), "wimse-sign-response as a String"),
    ]:
        kind = note.split()[-1].lower()
        bad(f"type-{name}-{kind}", line(sign(**{name: value})), "parameter_type", "SIG-8", note)
    for name, value in [("created", -1), ("expires", 253402300800)]:
        bad(
            "range-" + name,
            line(sign(**{name: value})),
            "parameter_type",
            "SIG-4",
            f"{name} outside the years 1970 to 9999",
        )
    for name, value in [
        ("keyid", "k"),
        ("keyid", ""),
        ("alg", "ecdsa-p256-sha256"),
        ("alg", "none"),
    ]:
        suffix = name + ("-empty" if not value else "" if value != "none" else "-none")
        pairs = [*PARAMETERS.items(), (name, value)]
        bad(
            "forbidden-" + suffix,
            line(sign(pairs=pairs)),
            "parameter_forbidden",
            "SIG-7",
            f"{name} is there",
            8 if name == "alg" else 3,
        )
    for name, members, note in [
        ("tag", {"tag": "wimse-service-to-service"}, "the tag of an old draft"),
        ("tag-case", {"tag": "WIMSE-workload-to-workload"}, "tags have a case"),
        ("tag-longer", {"tag": "wimse-workload-to-workload2"}, "a longer tag"),
        ("tag-empty", {"tag": ""}, "an empty tag"),
        ("tag-none", {"tag": DROP}, "no tag, though the label is right"),
    ]:
        bad(name, line(sign(**members)), "missing", "SIG-8", note, 13)
    bad("none", line(unsigned()), "missing", "SIG-8", "a WIT without a signature", 18)
    bad(
        "wpt-field",
        line(with_fields(unsigned(), (A, "WPT a.b.c"))),
        "missing",
        "SIG-8",
        "a WPT where only signatures are accepted",
        18,
    )
    two = with_fields(sign(), *sign(label="b", nonce="other")["headers"][3:])
    bad("two", line(two), "duplicate", "SIG-8", "two signatures with the tag", 12)
    attacker = with_fields(sign(), *sign(label="b", key=keys.ATTACKER)["headers"][3:])
    bad(
        "two-attacker",
        line(attacker),
        "duplicate",
        "SIG-8",
        "an attacker's signature with the tag",
        12,
    )

    def malformed(name, request, note, code="httpsig.malformed", attack=12):
        book.bad("sigreq-fields-" + name, OP, line(request), code, "SIG-8", note, attack)

    good = sign()
    malformed("label-twice", with_fields(good, *good["headers"][3:]), "both fields twice")
    malformed("label-again", edit(good, SI, lambda v: v + ", " + v), "a label twice in one line")
    malformed("no-signature", edit(good, S, lambda _: DROP), "Signature-Input alone")
    malformed("no-input", edit(good, SI, lambda _: DROP), "Signature alone")
    malformed("other-label", edit(good, S, lambda v: v.replace("wimse", "sig1")), "another label")
    malformed("string", edit(good, S, lambda v: 'wimse="AAAA"'), "a signature that is a String")
    malformed("item", edit(good, SI, lambda v: "wimse=1"), "no inner list")
    malformed("nonce-twice", edit(good, SI, lambda v: v + f';nonce="{NONCE}"'), "nonce twice")
    malformed("tag-twice", edit(good, SI, lambda v: v.replace(";tag", ';tag="x";tag')), "tag twice")
    more = ", ".join(f"s{i}=()" for i in range(16))
    values = ", ".join(f"s{i}=:AAAA:" for i in range(16))
    malformed(
        "17",
        edit(edit(good, SI, lambda v: v + ", " + more), S, lambda v: v + ", " + values),
        "17 signatures",
        attack=5,
    )
    malformed("open", edit(good, SI, lambda v: v[:-1]), "no end of a String", "sfv.malformed", None)
    malformed(
        "trailing-comma",
        edit(good, SI, lambda v: v + ","),
        "a comma at the end",
        "sfv.malformed",
        None,
    )
    malformed(
        "base64url",
        edit(good, S, lambda v: "wimse=:_-__:"),
        "the alphabet of base64url",
        "sfv.malformed",
        10,
    )
    malformed(
        "not-ascii",
        edit(good, SI, lambda v: v + ';x="\u00fc"'),
        "a byte over 0x7f",
        "sfv.malformed",
        22,
    )
    long_label = "k" * 129
    malformed("label-129", sign(label=long_label), "a label of 129 characters", "sfv.too_large", 5)


def _alg(book):
    def bad(name, inputs, note):
        book.bad("sigreq-alg-" + name, OP, inputs, "httpsig.alg", "SIG-7", note, 8)

    for name, allowed, alg, key in [
        ("eddsa", ["ES256"], "EdDSA", keys.WORKLOAD_ED),
        ("es384", ["ES256"], "ES384", keys.WORKLOAD_P384),
        ("rs256", ["ES256", "PS256"], "RS256", keys.WORKLOAD_RSA),
        ("ed25519", ["ES256", "EdDSA"], "Ed25519", keys.WORKLOAD_ED),
    ]:
        token = wit(cnf={"jwk": pub(key, alg=alg)})
        trust = {origin: dict(entry, algs=allowed) for origin, entry in TRUST.items()}
        req = sign(unsigned(wit=token), key=key, alg=alg)
        bad(name, line(req, trust=trust), f"{alg} is not allowed for this trust domain")


def add(book):
    _good(book)
    _coverage(book)
    _parameters(book)
    _alg(book)
