"""httpsig.jsonl: RFC 9421 in general: http.signature_base and http.sig_verify."""

import json

from .book import change
from .keys import PUBLISHED

RFC = json.loads((PUBLISHED / "rfc9421-examples.json").read_text())
CITES = ["RFC9421-2", "RFC9421-2.5"]
REQUEST = {
    "method": "POST",
    "authority": "www.example.com",
    "target": "/path?param=value",
    "headers": [
        ["Host", "www.example.com"],
        ["Date", "Tue, 20 Apr 2021 02:07:56 GMT"],
        ["X-OWS-Header", "   Leading and trailing whitespace.   "],
        ["Cache-Control", "max-age=60"],
        ["Cache-Control", "   must-revalidate"],
        ["Example-Dict", " a=1,    b=2;x=1;y=2,   c=(a   b   c), d"],
        ["X-Empty-Header", ""],
        ["Example-Header", "value, with, lots"],
        ["Example-Header", "of, commas"],
        ["Content-Digest", "sha-256=:AAAA:,   sha-512=:BBBB:;x"],
        ["Priority", "u=1,   i"],
        ["Broken-Dict", "a=1, b=("],
        ["Not-Ascii", "caf\u00e9"],
    ],
}
RESPONSE = {"status": 200, "headers": [["Date", "Fri, 26 Mar 2010 00:05:00 GMT"]]}


def base_line(components, request=REQUEST, response=None, parameters=";created=1", label="sig"):
    line = {
        "request": request,
        "signature_input": f"{label}=({components}){parameters}",
        "label": "sig",
    }
    return dict(line, response=response) if response else line


def with_target(target, method="GET", **members):
    return change(REQUEST, target=target, method=method, **members)


def _values(book):
    """Component, value; RFC 9421 section 2 in its order."""

    def good(name, component, value, request=REQUEST, response=None, note="", attack=None):
        base = f'{component}: {value}\n"@signature-params": ({component});created=1'
        book.good(
            "httpsig-value-" + name,
            "http.signature_base",
            base_line(component, request, response),
            {"base": base},
            ["RFC9421-2"],
            note or "example of RFC 9421 section 2",
            attack,
        )

    good("field", '"date"', "Tue, 20 Apr 2021 02:07:56 GMT")
    good("field-space", '"x-ows-header"', "Leading and trailing whitespace.")
    good("field-lines", '"cache-control"', "max-age=60, must-revalidate")
    good("field-not-strict", '"example-dict"', "a=1,    b=2;x=1;y=2,   c=(a   b   c), d")
    good("field-empty", '"x-empty-header"', "")
    good("key-a", '"example-dict";key="a"', "1")
    good("key-b", '"example-dict";key="b"', "2;x=1;y=2")
    good("key-c", '"example-dict";key="c"', "(a b c)")
    good("key-d", '"example-dict";key="d"', "?1")
    good("bs", '"example-header";bs', ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:")
    joined = change(REQUEST, headers=[["Example-Header", "value, with, lots, of, commas"]])
    good("bs-joined", '"example-header";bs', ":dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:", joined)
    good("bs-not-ascii", '"not-ascii";bs', ":Y2Fmw6k=:", note="bytes over 0x7f, wrapped")
    good("sf", '"content-digest";sf', "sha-256=:AAAA:, sha-512=:BBBB:;x", note="a dictionary")
    good("sf-priority", '"priority";sf', "u=1, i", note="a dictionary of another RFC")
    good("sf-key", '"priority";sf;key="i"', "?1", note="redundant, but not incompatible")
    good("method", '"@method"', "POST")
    good(
        "method-case",
        '"@method"',
        "post",
        change(REQUEST, method="post"),
        note="no case is changed",
    )
    good("target-uri", '"@target-uri"', "https://www.example.com/path?param=value")
    good("authority", '"@authority"', "www.example.com")
    for name, authority, scheme, value in [
        ("case", "WWW.Example.COM", "https", "www.example.com"),
        ("port", "www.example.com:443", "https", "www.example.com"),
        ("port-http", "www.example.com:80", "http", "www.example.com"),
        ("port-kept", "www.example.com:8443", "https", "www.example.com:8443"),
        ("port-other", "www.example.com:80", "https", "www.example.com:80"),
        ("ipv6", "[2001:DB8::1]:443", "https", "[2001:db8::1]"),
    ]:
        req = change(REQUEST, authority=authority, scheme=scheme)
        good("authority-" + name, '"@authority"', value, req, note="normalised by RFC 9110 4.2.3")
    good("scheme", '"@scheme"', "http", change(REQUEST, scheme="http"))
    good("request-target", '"@request-target"', "/path?param=value")
    absolute = "https://www.example.com/path?param=value"
    good("request-target-absolute", '"@request-target"', absolute, with_target(absolute))
    good(
        "request-target-authority",
        '"@request-target"',
        "www.example.com:80",
        with_target("www.example.com:80", "CONNECT"),
    )
    good("request-target-asterisk", '"@request-target"', "*", with_target("*", "OPTIONS"))
    good("path", '"@path"', "/path")
    for name, target, path in [
        ("absolute", "https://www.example.com", "/"),
        ("percent", "/a%2Fb%2fc", "/a%2Fb%2fc"),
        ("dots", "/a/../b/./c", "/a/../b/./c"),
        ("slashes", "//a//b/", "//a//b/"),
        ("semicolon", "/a;b=c+d", "/a;b=c+d"),
    ]:
        good(
            "path-" + name,
            '"@path"',
            path,
            with_target(target),
            note="as received, nothing is decoded or removed",
            attack=14,
        )
    for name, target, query in [
        (
            "example",
            "/path?param=value&foo=bar&baz=bat%2Dman",
            "?param=value&foo=bar&baz=bat%2Dman",
        ),
        ("word", "/path?queryString", "?queryString"),
        ("absent", "/path", "?"),
        ("empty", "/path?", "?"),
        ("marks", "/path?a?b", "?a?b"),
        ("plus", "/path?a+b;c=%20", "?a+b;c=%20"),
    ]:
        good(
            "query-" + name,
            '"@query"',
            query,
            with_target(target),
            note="as received; absent and empty are both ?",
            attack=14,
        )
    params = with_target("/path?param=value&foo=bar&baz=batman&qux=")
    for name, value in [("baz", "batman"), ("qux", ""), ("param", "value")]:
        good("query-param-" + name, f'"@query-param";name="{name}"', value, params)
    odd = with_target(
        "/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace"
        "&fa%C3%A7ade%22%3A%20=something"
    )
    for i, (name, value) in enumerate(
        [
            ("var", "this%20is%20a%20big%0Amultiline%20value"),
            ("bar", "with%20plus%20whitespace"),
            ("fa%C3%A7ade%22%3A%20", "something"),
        ]
    ):
        good(f"query-param-encoded-{i + 1}", f'"@query-param";name="{name}"', value, odd)
    good("status", '"@status"', "200", response=RESPONSE)
    good("req-field", '"cache-control";req', "max-age=60, must-revalidate", response=RESPONSE)
    good("req-method", '"@method";req', "POST", response=RESPONSE)
    good("req-key", '"example-dict";key="a";req', "1", response=RESPONSE, note="two parameters")
    good(
        "req-first",
        '"example-dict";req;key="a"',
        "1",
        response=RESPONSE,
        note="their order is kept",
    )
    good("response-field", '"date"', "Fri, 26 Mar 2010 00:05:00 GMT", response=RESPONSE)


def _bases(book):
    def good(name, line, base, note="", cites=CITES, attack=None):
        book.good(
            "httpsig-base-" + name, "http.signature_base", line, {"base": base}, cites, note, attack
        )

    for section, request, response, base, signed in [
        ("2.4-1", "2.4", ("2.4", 2), ("2.4", 0), ("2.4", 2)),
        ("2.4-2", "2.4", ("2.4", 4), ("2.4", 1), ("2.4", 4)),
        ("2.5", "2.5", None, ("2.5", 0), ("3.2", 0)),
        ("4.3", ("4.3", 2), None, ("4.3", 0), ("4.3", 2)),
        ("b3", ("B.3", 1), None, ("B.3", 0), ("B.3", 2)),
        ("b4", ("B.4", 0), None, ("B.4", 0), ("B.4", 0)),
    ]:
        label = {"2.4-1": "reqres", "2.4-2": "reqres", "4.3": "proxy_sig", "b3": "ttrp"}.get(
            section, "transform" if section == "b4" else "sig1"
        )
        line = {
            "request": message(request if isinstance(request, tuple) else (request, 0)),
            "signature_input": header(message(signed), "Signature-Input"),
            "label": label,
        }
        if response:
            line["response"] = message(response)
            line["request"] = message(("2.4", 0 if section == "2.4-1" else 3))
        good("rfc-" + section, line, RFC[base[0]]["bases"][base[1]], "example of RFC 9421")
    for section in ("B.2.1", "B.2.2", "B.2.3", "B.2.4", "B.2.5", "B.2.6"):
        line, _ = b2(section)
        line["signature_input"] = RFC[section]["signature_input"]
        line["label"] = RFC[section]["signature_input"].partition("=")[0]
        good("rfc-" + section.lower(), line, RFC[section]["base"], "example of RFC 9421")
    good(
        "canonical",
        base_line('  "date"   "@method"  ', parameters=';  created=1;tag="a\\"b"; x=?1'),
        '"date": Tue, 20 Apr 2021 02:07:56 GMT\n"@method": POST\n"@signature-params": '
        '("date" "@method");created=1;tag="a\\"b";x',
        "the inner list is written again by RFC 9651",
    )
    good(
        "label",
        dict(base_line('"date"'), signature_input='other=("date"), sig=("@method");created=1'),
        '"@method": POST\n"@signature-params": ("@method");created=1',
        "one label of two",
    )
    good(
        "order",
        base_line('"@method" "date"'),
        '"@method": POST\n"date": Tue, 20 Apr 2021 02:07:56 GMT\n'
        '"@signature-params": ("@method" "date");created=1',
        "lines in the order of the list",
    )
    good("empty", base_line(""), '"@signature-params": ();created=1', "nothing is covered")
    good(
        "distinct",
        base_line('"example-dict";key="a" "example-dict";key="d"'),
        '"example-dict";key="a": 1\n"example-dict";key="d": ?1\n"@signature-params": '
        '("example-dict";key="a" "example-dict";key="d");created=1',
        "one name, two components",
    )


def message(where):
    return RFC[where[0]]["messages"][where[1]]


def header(msg, name):
    return dict((n, v) for n, v in msg["headers"])[name]


def b2(section):
    """(line without label, whether it is a response) of an example of B.2."""
    is_response = section == "B.2.4"
    request, response = (RFC["B.2"]["messages"][i] for i in (0, 1))
    return (
        {"request": request, "response": response} if is_response else {"request": request}
    ), is_response


def _base_refusals(book):
    def invalid(name, components, note, attack=13, **members):
        book.bad(
            "httpsig-component-" + name,
            "http.signature_base",
            base_line(components, **members),
            "httpsig.component_invalid",
            "SIG-1",
            note,
            attack,
            ["SIG-1", "RFC9421-2"],
        )

    for name, components, note in [
        ("upper-case", '"Date"', "a field name in upper case"),
        ("token", "date", "a token instead of a String"),
        ("integer", "1", "an integer"),
        ("empty-name", '""', "no name"),
        ("space", '"a b"', "a space in the name"),
        ("colon", '"date:"', "a colon in the name"),
        ("newline-like", '"date\\\\n"', "a backslash in the name"),
        ("unknown-derived", '"@request-method"', "an unknown derived component"),
        ("derived-case", '"@Method"', "a derived component in upper case"),
        ("at", '"@"', "a name of one character"),
        ("signature-params", '"@signature-params"', "the list covers itself"),
        ("unknown-parameter", '"date";utf8', "an unknown parameter"),
        ("parameter-case", '"date";x-sf', "an unknown parameter"),
        ("sf-false", '"content-digest";sf=?0', "a flag that is false"),
        ("sf-string", '"content-digest";sf="1"', "a flag that is a String"),
        ("key-true", '"example-dict";key', "key without a value"),
        ("key-token", '"example-dict";key=a', "key that is a token"),
        ("key-integer", '"example-dict";key=1', "key that is an integer"),
        ("bs-sf", '"content-digest";bs;sf', "bs together with sf"),
        ("bs-key", '"example-dict";bs;key="a"', "bs together with key"),
        ("derived-sf", '"@method";sf', "sf on a derived component"),
        ("derived-bs", '"@path";bs', "bs on a derived component"),
        ("derived-key", '"@query";key="param"', "key on a derived component"),
        ("derived-tr", '"@method";tr', "tr on a derived component"),
        ("query-param-no-name", '"@query-param"', "@query-param without name"),
        ("query-param-name-token", '"@query-param";name=param', "name that is a token"),
        ("name-on-field", '"date";name="x"', "name on a field"),
        ("name-on-query", '"@query";name="param"', "name on another derived component"),
        ("twice", '"date" "@method" "date"', "a component twice"),
        ("twice-derived", '"@method" "@method"', "a derived component twice"),
        ("twice-key", '"example-dict";key="a" "example-dict";key="a"', "one member twice"),
        ("parameter-twice", '"example-dict";key="a";key="b"', "a parameter twice"),
    ]:
        invalid(name, components, note)
    invalid(
        "twice-order",
        '"example-dict";key="a";req "example-dict";req;key="a"',
        "a component twice, its parameters in another order",
        response=RESPONSE,
    )
    many = " ".join(f'"x-{i}"' for i in range(65))
    invalid("65", many, "65 components", attack=5)

    def unresolvable(name, components, note, attack=13, **members):
        book.bad(
            "httpsig-unresolvable-" + name,
            "http.signature_base",
            base_line(components, **members),
            "httpsig.unresolvable",
            "SIG-1",
            note,
            attack,
            ["SIG-1", "RFC9421-2.5"],
        )

    for name, components, note in [
        ("field", '"x-absent"', "a field that is not there"),
        ("key", '"example-dict";key="z"', "a member that is not there"),
        ("key-field", '"x-absent";key="a"', "a member of a field that is not there"),
        ("key-malformed", '"broken-dict";key="a"', "a member of what is no dictionary"),
        ("sf-unknown", '"example-dict";sf', "sf of a field whose type is not known"),
        ("sf-field", '"priority";sf "repr-digest";sf', "sf of a field that is not there"),
        ("trailer", '"date";tr', "a field that is a header, not a trailer"),
        ("not-ascii", '"not-ascii"', "bytes over 0x7f in the value"),
        ("status", '"@status"', "the status of a request"),
        ("req", '"@method";req', "req in the signature of a request"),
        ("req-field", '"date";req', "a field with req in the signature of a request"),
        ("query-param", '"@query-param";name="absent"', "a query parameter that is not there"),
        ("query-param-case", '"@query-param";name="Param"', "names have a case"),
    ]:
        unresolvable(name, components, note)
    for name, components, note in [
        ("method", '"@method"', "the method of a response"),
        ("path", '"@path"', "the path of a response"),
        ("authority", '"@authority"', "the authority of a response"),
        ("query-param", '"@query-param";name="param"', "a query parameter of a response"),
        ("status-req", '"@status";req', "the status of the request"),
        ("field", '"cache-control"', "a field of the request only"),
    ]:
        unresolvable("response-" + name, components, note, response=RESPONSE)
    unresolvable(
        "query-param-twice",
        '"@query-param";name="a"',
        "a query parameter that is there twice",
        request=with_target("/path?a=1&b=2&a=1"),
    )
    unresolvable(
        "query-param-twice-encoded",
        '"@query-param";name="a"',
        "twice, once percent-encoded",
        14,
        request=with_target("/path?a=1&%61=2"),
    )
    unresolvable(
        "sf-malformed",
        '"content-digest";sf',
        "sf of a field that does not parse",
        request=change(REQUEST, headers=[["Content-Digest", "sha-256=:AA"]]),
    )
    unresolvable(
        "path-asterisk", '"@path"', "the path of *", 14, request=with_target("*", "OPTIONS")
    )
    unresolvable(
        "query-authority",
        '"@query"',
        "the query of an authority",
        14,
        request=with_target("www.example.com:80", "CONNECT"),
    )

    def bad(name, inputs, code, rule, note, attack=None):
        book.bad("httpsig-input-" + name, "http.signature_base", inputs, code, rule, note, attack)

    good = base_line('"date"')
    for name, value, note in [
        ("not-dictionary", '("date");created=1', "no label"),
        ("open", 'sig=("date"', "no end of the list"),
        ("trailing", 'sig=("date"),', "a comma at the end"),
        ("label-case", 'Sig=("date")', "a label in upper case"),
        ("not-ascii", 'sig=("date");tag="\u00fc"', "a byte over 0x7f"),
    ]:
        bad(name, change(good, signature_input=value), "sfv.malformed", "RFC9651-4.2", note)
    for name, value, note, attack in [
        ("item", "sig=1", "an item instead of an inner list", None),
        ("string", 'sig="date"', "a String instead of an inner list", None),
        ("true", "sig", "a label without a list", None),
        ("label-twice", 'sig=("date"), sig=("@method")', "a label twice", 12),
        ("parameter-twice", 'sig=("date");created=1;created=2', "a parameter twice", 12),
        ("tag-twice", 'sig=("date");tag="a";tag="a"', "the same parameter twice", 12),
        ("17", ", ".join(["sig=()"] + [f"s{i}=()" for i in range(16)]), "17 signatures", 5),
    ]:
        inputs = change(good, signature_input=value)
        bad(name, inputs, "httpsig.malformed", "SIG-8", note, attack)
    bad("label", change(good, label="other"), "httpsig.missing", "SIG-8", "another label")
    for name, parameter, note in [
        ("created-string", 'created="1"', "created as a String"),
        ("created-decimal", "created=1.0", "created as a Decimal"),
        ("created-date", "created=@1", "created as a Date"),
        ("created-true", "created", "created without a value"),
        ("expires-string", 'expires="1"', "expires as a String"),
        ("nonce-token", "nonce=abc", "nonce as a Token"),
        ("nonce-bytes", "nonce=:AAAA:", "nonce as bytes"),
        ("tag-token", "tag=abc", "tag as a Token"),
        ("alg-token", "alg=ed25519", "alg as a Token"),
        ("keyid-integer", "keyid=1", "keyid as an integer"),
        ("aud-token", "wimse-aud=abc", "wimse-aud as a Token"),
        ("req-nonce-integer", "wimse-req-nonce=1", "wimse-req-nonce as an integer"),
        ("sign-response-integer", "wimse-sign-response=1", "wimse-sign-response as an integer"),
        ("sign-response-string", 'wimse-sign-response="true"', "wimse-sign-response as a String"),
    ]:
        bad(
            "type-" + name,
            base_line('"date"', parameters=";" + parameter),
            "httpsig.parameter_type",
            "SIG-4",
            note,
        )


def add(book):
    _values(book)
    _bases(book)
    _base_refusals(book)
