"""id.jsonl: Workload Identifiers (ID-1 to ID-15, SPID-1)."""

from .book import Book


def _result(text):
    scheme, _, rest = text.partition("://")
    domain, slash, path = rest.partition("/")
    return {
        "scheme": scheme,
        "trust_domain": domain,
        "path": slash + path,
        "origin": scheme + "://" + domain,
    }


def sized(size, prefix="wimse://trust.example.com/"):
    return prefix + "a" * (size - len(prefix))


GOOD = [
    (
        "service",
        "wimse://trust.example.com/service/payment",
        ["ID-1", "ID-15"],
        "example of the draft",
    ),
    (
        "instance",
        "wimse://trust.example.com/service/payment/instance/1234",
        ["ID-6"],
        "example of the draft",
    ),
    (
        "uuid",
        "wimse://prod.corp.example/workload/89a6ec51-f877-44c0-9501-b213597f2d1d",
        ["ID-6"],
        "example of the draft",
    ),
    ("one-segment", "wimse://a/b", ["ID-6"], "shortest"),
    ("tilde", "wimse://a/b~c", ["ID-6"], "tilde is unreserved (Q2)"),
    ("unreserved", "wimse://a/AZaz09._~-", ["ID-6"], "every kind of unreserved character"),
    ("three-dots", "wimse://a/...", ["ID-6"], "three dots are no dot segment"),
    ("leading-dot", "wimse://a/.b", ["ID-6"], "a segment may begin with a dot"),
    ("domain-characters", "wimse://a-b_c.0/d", ["ID-5"], "every kind of trust domain character"),
    ("upper-case-path", "wimse://a/Service", ["ID-6"], "paths are case-sensitive, not lower case"),
    ("size-2048", sized(2048), ["ID-3"], "largest size that must be accepted"),
    ("spiffe", "spiffe://example.org/service", ["SPID-1"], "SPIFFE ID"),
    (
        "spiffe-ns",
        "spiffe://prod.trust.domain/ns/prod-01/sa/foo-service",
        ["SPID-1", "ID-15"],
        "example of the draft",
    ),
    ("spiffe-bare", "spiffe://example.org", ["SPID-1"], "a bare trust domain is a SPIFFE ID (Q2)"),
    (
        "spiffe-ip",
        "spiffe://192.0.2.1/b",
        ["SPID-1"],
        "SPIFFE does not treat IPv4 text differently (Q5)",
    ),
    (
        "spiffe-domain-255",
        "spiffe://" + "a" * 255 + "/b",
        ["SPID-1"],
        "longest SPIFFE trust domain",
    ),
    ("spiffe-size-2048", sized(2048, "spiffe://example.org/"), ["SPID-1", "ID-3"], "largest size"),
]

BAD = [
    # name, identifier, code, rule, attack, note
    ("empty", "", "id.empty", "ID-1", None, "empty"),
    ("size-2049", sized(2049), "id.too_long", "ID-3", None, "one octet too long"),
    ("nul", "wimse://a/b\x00c", "id.character", "ID-1", 22, "NUL"),
    ("nul-end", "wimse://a/b\x00", "id.character", "ID-1", 22, "NUL at the end"),
    ("tab", "wimse://a/b\tc", "id.character", "ID-1", 22, "control character"),
    ("newline-end", "wimse://a/b\n", "id.character", "ID-1", 22, "line feed at the end"),
    ("space", "wimse://a/b c", "id.character", "ID-1", 22, "space"),
    ("space-first", " wimse://a/b", "id.character", "ID-1", 22, "space before the scheme"),
    ("delete", "wimse://a/b\x7f", "id.character", "ID-1", 22, "DEL"),
    ("non-ascii-path", "wimse://a/b\u00e9", "id.character", "ID-1", 22, "letter outside ASCII"),
    ("non-ascii-domain", "wimse://ex\u00e4mple/b", "id.character", "ID-1", 22, "unencoded IDN"),
    (
        "cyrillic",
        "wimse://\u0430/b",
        "id.character",
        "ID-1",
        22,
        "Cyrillic letter that looks like a",
    ),
    ("full-width-slash", "wimse://a\uff0fb/c", "id.character", "ID-1", 22, "full-width solidus"),
    ("relative", "service/payment", "id.not_absolute", "ID-1", None, "no scheme"),
    ("path-only", "/service/payment", "id.not_absolute", "ID-1", None, "no scheme, no authority"),
    ("urn", "urn:x://a/b", "id.not_absolute", "ID-1", None, "a scheme without an authority"),
    ("network-path", "//a/b", "id.not_absolute", "ID-1", None, "no scheme"),
    ("no-authority", "wimse:a/b", "id.not_absolute", "ID-1", None, "no authority"),
    ("one-slash", "wimse:/a/b", "id.not_absolute", "ID-1", None, "no authority"),
    ("upper-case-scheme", "WIMSE://a/b", "id.scheme_case", "ID-5", None, "scheme in upper case"),
    (
        "mixed-case-spiffe",
        "Spiffe://a/b",
        "id.scheme_case",
        "ID-5",
        None,
        "scheme in mixed case (Q3)",
    ),
    ("https", "https://a/b", "id.scheme_unknown", "ID-4", None, "no canonical form is known"),
    ("longer-scheme", "wimses://a/b", "id.scheme_unknown", "ID-4", None, "wimse is only a prefix"),
    ("plus-scheme", "wimse+x://a/b", "id.scheme_unknown", "ID-4", None, "another scheme"),
    ("fragment", "wimse://a/b#c", "id.fragment", "ID-2", None, "fragment"),
    ("empty-fragment", "wimse://a/b#", "id.fragment", "ID-2", None, "empty fragment"),
    ("query", "wimse://a/b?c=d", "id.query", "ID-2", None, "query"),
    ("empty-query", "wimse://a/b?", "id.query", "ID-2", None, "empty query"),
    ("spiffe-query", "spiffe://example.org/b?c", "id.query", "ID-2", None, "query in a SPIFFE ID"),
    ("empty-authority", "wimse:///b", "id.authority_empty", "ID-1", None, "no trust domain"),
    ("userinfo", "wimse://u@a/b", "id.userinfo", "ID-2", None, "user information"),
    ("empty-userinfo", "wimse://@a/b", "id.userinfo", "ID-2", None, "empty user information"),
    (
        "userinfo-confusion",
        "wimse://trust.example.com@evil.example/b",
        "id.userinfo",
        "ID-2",
        23,
        "the trusted name is only user information",
    ),
    ("port", "wimse://a:1/b", "id.port", "ID-2", None, "port"),
    ("empty-port", "wimse://a:/b", "id.port", "ID-2", None, "empty port"),
    ("ipv6", "wimse://[::1]/b", "id.trust_domain_character", "ID-5", None, "IPv6 literal"),
    (
        "upper-case-domain",
        "wimse://A/b",
        "id.trust_domain_character",
        "ID-5",
        None,
        "trust domain in upper case",
    ),
    (
        "spiffe-upper-case-domain",
        "spiffe://Example.org/b",
        "id.trust_domain_character",
        "ID-5",
        None,
        "trust domain in upper case (Q3)",
    ),
    (
        "percent-domain",
        "wimse://%61/b",
        "id.trust_domain_character",
        "ID-5",
        23,
        "percent-encoded trust domain",
    ),
    (
        "sub-delim-domain",
        "wimse://a!b/c",
        "id.trust_domain_character",
        "ID-5",
        None,
        "character of RFC 3986 that no trust domain has",
    ),
    (
        "domain-dot",
        "wimse://a./b",
        "id.trust_domain_dot",
        "ID-5",
        None,
        "trust domain ends with a dot",
    ),
    (
        "spiffe-domain-256",
        "spiffe://" + "a" * 256 + "/b",
        "id.trust_domain_length",
        "SPID-1",
        None,
        "SPIFFE trust domain one byte too long",
    ),
    ("ip-domain", "wimse://192.0.2.1/b", "id.trust_domain_ip", "ID-11", None, "IPv4 trust domain"),
    (
        "no-path",
        "wimse://a",
        "id.path_missing",
        "ID-6",
        None,
        "a bare trust domain is no wimse identifier",
    ),
    ("trailing-slash", "wimse://a/b/", "id.path_trailing_slash", "ID-6", None, "slash at the end"),
    (
        "spiffe-root-path",
        "spiffe://example.org/",
        "id.path_trailing_slash",
        "ID-6",
        None,
        "slash without a segment",
    ),
    ("double-slash", "wimse://a//b", "id.path_empty_segment", "ID-6", 23, "empty first segment"),
    ("double-slash-inside", "wimse://a/b//c", "id.path_empty_segment", "ID-6", 23, "empty segment"),
    ("dot", "wimse://a/./b", "id.path_dot_segment", "ID-6", 23, "dot segment"),
    ("dot-dot", "wimse://a/b/../c", "id.path_dot_segment", "ID-6", 23, "path traversal"),
    (
        "dot-dot-end",
        "wimse://a/b/..",
        "id.path_dot_segment",
        "ID-6",
        23,
        "path traversal at the end",
    ),
    (
        "spiffe-dot-dot",
        "spiffe://example.org/a/../admin",
        "id.path_dot_segment",
        "ID-6",
        23,
        "path traversal in a SPIFFE ID",
    ),
    ("percent", "wimse://a/%62", "id.path_percent", "ID-6", 23, "percent-encoded letter"),
    (
        "percent-payment",
        "wimse://trust.example/service/%70ayment",
        "id.path_percent",
        "ID-6",
        23,
        "example of the draft's security considerations",
    ),
    ("percent-slash", "wimse://a/b%2Fc", "id.path_percent", "ID-6", 23, "percent-encoded slash"),
    (
        "spiffe-percent",
        "spiffe://example.org/%61dmin",
        "id.path_percent",
        "ID-6",
        23,
        "percent-encoded letter of a privileged name",
    ),
    (
        "sub-delim",
        "wimse://a/b!c",
        "id.path_character",
        "ID-6",
        None,
        "character that is not unreserved",
    ),
    ("at-in-path", "wimse://a/b@c", "id.path_character", "ID-6", None, "at sign in the path"),
    ("colon-in-path", "wimse://a/b:80", "id.path_character", "ID-6", None, "colon in the path"),
    ("star", "wimse://a/*", "id.path_character", "ID-6", 20, "an identifier is no pattern"),
    ("backslash", "wimse://a/b\\c", "id.path_character", "ID-6", 23, "backslash"),
    (
        "spiffe-tilde",
        "spiffe://a/b~c",
        "id.path_character",
        "ID-6",
        None,
        "tilde is not legal in SPIFFE (Q2)",
    ),
]


def build():
    book = Book("id.jsonl")
    for name, text, cites, note in GOOD:
        book.good("id-good-" + name, "id.parse", {"id": text}, _result(text), cites, note)
    for name, text, code, rule, attack, note in BAD:
        cites = [rule, "ID-4"] if attack == 23 else [rule]
        book.bad(
            "id-bad-" + name,
            "id.parse",
            {"id": text},
            code,
            rule,
            note,
            attack,
            list(dict.fromkeys(cites)),
        )
    return book
