"""digest.jsonl: Content-Digest (RFC 9530; SIG-3)."""

import base64
import hashlib

from .jose import b64u

HELLO = b'{"hello": "world"}'


def digest(name, content):
    """One entry of Content-Digest."""
    value = hashlib.new(name.replace("-", ""), content).digest()
    return name + "=" + sf_bytes(value)


def sf_bytes(data):
    return ":" + base64.b64encode(data).decode() + ":"


# RFC 9530: field value, content.
EXAMPLES = [
    (
        "9530-2",
        "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTo"
        "hq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:",
        HELLO + b"\n",
    ),
    ("9530-b1", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", HELLO + b"\n"),
    ("9530-b2-empty", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", b""),
    ("9530-b3-partial", "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:", b'"world"}\n'),
    (
        "9421-b2-request",
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX"
        "+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        HELLO,
    ),
    (
        "9421-b2-response",
        "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ4"
        "1QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
        b'{"message": "good dog"}',
    ),
]


def line(header, content=HELLO):
    return {"header": header, "body_b64u": b64u(content)}


def add(book):
    for name, header, content in EXAMPLES:
        book.good(
            "digest-rfc-" + name,
            "digest.verify",
            line(header, content),
            {},
            ["RFC9530-2", "SIG-3"],
            "example of the RFC",
        )
    s256, s512 = digest("sha-256", HELLO), digest("sha-512", HELLO)
    for name, header, content, note in [
        ("sha-256", s256, HELLO, "the base of what follows"),
        ("sha-512", s512, HELLO, "the other algorithm"),
        ("both", s256 + ", " + s512, HELLO, "both, and both right"),
        ("unknown-too", "x-new=:AAAA:, " + s256, HELLO, "an unknown algorithm beside a known one"),
        ("insecure-too", "md5=:AAAA:, " + s256, HELLO, "an insecure one is not looked at"),
        ("binary", digest("sha-256", bytes(range(256))), bytes(range(256)), "any bytes"),
        (
            "no-padding",
            s256.replace("=:", ":").replace("256:", "256=:"),
            HELLO,
            "base64 without padding",
        ),
    ]:
        book.good(
            "digest-good-" + name, "digest.verify", line(header, content), {}, ["RFC9530-2"], note
        )

    def bad(name, header, code, note, content=HELLO, attack=None):
        rule = "RFC9530-2" if code == "malformed" else "SIG-3"
        book.bad(
            "digest-" + name,
            "digest.verify",
            line(header, content),
            "digest." + code,
            rule,
            note,
            attack,
        )

    for name, header, note in [
        ("not-dictionary", s256.partition("=")[2], "no key"),
        ("upper-case", s256.replace("sha", "SHA"), "an upper-case key"),
        ("string", 'sha-256="' + s256[9:-1] + '"', "a string instead of bytes"),
        ("token", "sha-256=" + s256[9:-1].replace("=", "").replace("+", "-"), "a token"),
        ("true", "sha-256", "a key without value"),
        ("inner-list", "sha-256=(" + s256[8:] + ")", "an inner list"),
        ("base64url", s256[:-3] + "_=:", "the alphabet of base64url"),
        ("twice", s256 + ", " + s256, "the same algorithm twice"),
        ("twice-other", digest("sha-256", b"x") + ", " + s256, "a wrong one before the right one"),
        ("twice-unknown", "x=:AAAA:, x=:AAAA:, " + s256, "an unknown algorithm twice"),
        ("unknown-string", 'x="y", ' + s256, "an unknown algorithm with a string"),
        ("empty-value", "sha-256=::", "no bytes"),
        ("short", "sha-256=" + sf_bytes(hashlib.sha256(HELLO).digest()[:31]), "one byte too short"),
        ("long", "sha-256=" + sf_bytes(hashlib.sha256(HELLO).digest() + b"x"), "one byte too long"),
        ("other-length", "sha-512=" + s256[8:], "the length of another algorithm"),
        ("open", s256[:-1], "no end"),
        ("trailing-comma", s256 + ",", "a comma at the end"),
    ]:
        bad(name, header, "malformed", note, attack=15)
    for name, header, note in [
        ("md5", digest("md5", HELLO), "md5 alone"),
        ("sha", "sha=" + sf_bytes(hashlib.sha1(HELLO).digest()), "sha alone"),
        ("unixsum", "unixsum=:AAAA:", "a checksum alone"),
        ("unknown", "sha-999=:AAAA:", "an unknown algorithm alone"),
        ("sha-384", digest("sha-384", HELLO), "an algorithm that is not registered"),
        ("none", "", "an empty field"),
    ]:
        bad("unsupported-" + name, header, "unsupported", note, attack=15)
    for name, header, content, note in [
        ("content", s256, HELLO[:-1] + b"]", "one byte of the content changed"),
        ("newline", s256, HELLO + b"\n", "a newline added"),
        ("empty", s256, b"", "the content is gone"),
        ("not-empty", digest("sha-256", b""), HELLO, "content where none was digested"),
        ("sha-512", s512, HELLO + b" ", "the other algorithm"),
        ("one-of-two", s256 + ", " + digest("sha-512", b"x"), HELLO, "only one of two is right"),
        ("other-of-two", digest("sha-256", b"x") + ", " + s512, HELLO, "only the other is right"),
    ]:
        bad("mismatch-" + name, header, "mismatch", note, content, 15)
