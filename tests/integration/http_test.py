#!/usr/bin/env python3
"""Tests of `signet http` and of what `signet inspect` says of signed messages.

    http_test.py PATH-OF-SIGNET [unittest arguments]
"""

import base64
import hashlib
import json
import re
import subprocess
import sys

import cli_test
from cli_test import NOW, SOURCE, CliTest, run

PUBLISHED = SOURCE / "tests/vectors/published"
SIGS_NOW = 1789405200  # inside the published signatures of September 2026
AUDIENCE_B = "https://svcb.example.com/gimme-ice-cream"
REQUEST = ("POST /orders?max=3 HTTP/1.1\r\nHost: billing.example.com\r\n"
           "Content-Type: application/json\r\n\r\n" + '{"id":7}')
RESPONSE = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\ndone\n"
AUDIENCE = "https://billing.example.com/orders"


def published(name: str) -> str:
    return (PUBLISHED / name).read_text()


class Published(CliTest):
    """Messages that the drafts and RFC 9421 print: expected values are theirs."""

    def test_base_is_that_of_the_documents(self):  # RFC9421-2.5
        folder = PUBLISHED / "2026-09"
        for name, key in (("request-a-b", "svca"), ("request-b-c", "svcb")):
            ran = self.ok("http", "base", folder / f"sigs-{name}.txt", "--jwk",
                          folder / f"sigs-{key}-jwk.json")
            base = published(f"2026-09/sigs-{name}.sigbase.txt").rstrip("\n")
            self.assertEqual(base, ran.out.split("\n\n")[0])
            self.assertIn("valid  signature sig1", ran.out)
        for name, request, key in (("response-c-b", "request-b-c", "svcc"),
                                   ("response-b-a", "request-a-b", "svcb")):
            ran = self.ok("--json", "http", "base", folder / f"sigs-{request}.txt", "--response",
                          folder / f"sigs-{name}.txt", "--jwk", folder / f"sigs-{key}-jwk.json")
            self.assertEqual(published(f"2026-09/sigs-{name}.sigbase.txt").rstrip("\n"),
                             ran.json["base"])
            self.assertIs(True, ran.json["signature"])

    def test_base_with_another_key_is_refused(self):
        folder = PUBLISHED / "2026-09"
        self.refused("httpsig.signature_invalid", "http", "base", folder / "sigs-request-a-b.txt",
                     "--jwk", folder / "sigs-svcb-jwk.json")
        self.refused("httpsig.missing", "http", "base", folder / "sigs-request-a-b.txt", "--label",
                     "other")
        self.refused("httpsig.missing", "http", "base", folder / "wpt-03-request.txt")

    def test_inspect_finds_nothing_wrong(self):
        found = self.ok("--json", "inspect", PUBLISHED / "2026-09/sigs-request-a-b.txt",
                        now=SIGS_NOW).json
        self.assertEqual("http-request", found["kind"])
        signature = found["signatures"][0]
        self.assertEqual(["sig1", "abcd1111", "wimse-workload-to-workload"],
                         [signature[name] for name in ("label", "nonce", "tag")])
        self.assertEqual(['"@method"', '"@path"', '"@query"', '"workload-identity-token"'],
                         signature["covers"])
        self.assertTrue(any("signed with the key" in note for note in found["notes"]))
        answer = self.ok("--json", "inspect", PUBLISHED / "2026-09/sigs-response-b-a.txt",
                         now=SIGS_NOW).json
        self.assertEqual(("http-response", 404, 20),
                         (answer["kind"], answer["status"], answer["body_bytes"]))

    def test_content_digests_of_rfc_9530(self):  # RFC9530-2
        content = self.file("hello", '{"hello": "world"}\n')  # appendix B.1
        self.assertEqual("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:\n",
                         self.ok("http", "digest", content).out)
        digest = base64.b64encode(hashlib.sha512(content.read_bytes()).digest()).decode()
        self.assertEqual(f"sha-512=:{digest}:",
                         self.ok("--json", "http", "digest", content, "--alg",
                                 "sha-512").json["content_digest"])
        self.assertEqual("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n",  # no content
                         self.ok("http", "digest", stdin="").out)


class Signed(CliTest):
    def setUp(self):
        super().setUp()
        self.issuer = self.new_key("issuer.jwk")
        self.trust = ["--trust", f"wimse://example.com={self.issuer}.pub"]
        self.credentials = {}
        for name in ("orders", "billing"):
            key = self.new_key(f"{name}.jwk", "Ed25519")
            wit = self.ok("wit", "issue", "--key", self.issuer, "--sub",
                          f"wimse://example.com/{name}", "--cnf", f"@{key}.pub", now=NOW).out
            self.credentials[name] = ["--key", key, "--wit", f"@{self.file(name + '.wit', wit)}"]
        self.request = self.message("request.txt", REQUEST)

    def message(self, name: str, text: str):
        path = self.dir / name
        path.write_bytes(text.encode())
        return path

    def sign(self, *args, name="signed.txt", who="orders", message=None):
        """The signed message in a file, byte for byte as it was printed."""
        done = subprocess.run([cli_test.SIGNET, "http", "sign", message or self.request,
                               *self.credentials[who], *args, "--now", str(NOW)],
                              capture_output=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        path = self.dir / name
        path.write_bytes(done.stdout)
        return path

    def verify(self, *args, message=None, audience=AUDIENCE):
        return ["http", "verify", message or self.dir / "signed.txt", *self.trust, "--audience",
                audience, *args]

    def test_signed_request_verifies(self):  # SIG-1 to SIG-10
        self.sign()
        ran = self.ok("--json", *self.verify(), now=NOW)
        self.assertEqual(("wimse://example.com/orders", "http-signature"),
                         (ran.json["result"]["subject"], ran.json["result"]["binding"]))
        rules = [check["rule"] for check in ran.json["checks"]]
        for rule in ("WIT-12.d", "SIG-8", "SIG-4", "SIG-7", "SIG-1", "SIG-5", "SIG-14", "SIG-3",
                     "SIG-10"):
            self.assertIn(rule, rules)
        self.assertTrue(any("RPL-1" in note for note in ran.json["notes"]))
        out = self.ok(*self.verify(audience="https://billing.example.com"), now=NOW).out
        for words in ("valid  request of wimse://example.com/orders", "need not be signed",
                      "SIG-10"):
            self.assertIn(words, out)

    def test_whole_message_keeps_its_bytes(self):
        signed = self.sign().read_bytes().decode()
        head, body = signed.split("\r\n\r\n")
        self.assertEqual('{"id":7}', body)
        self.assertTrue(head.startswith(REQUEST.split("\r\n\r\n")[0]))
        names = [line.split(":")[0] for line in head.split("\r\n")[1:]]
        self.assertEqual(["Host", "Content-Type", "Workload-Identity-Token", "Content-Digest",
                          "Signature-Input", "Signature", "Content-Length"], names)
        # With line ends of one byte, and from standard input.
        plain = self.sign(message=self.message("lf.txt", REQUEST.replace("\r\n", "\n")))
        self.assertNotIn(b"\r", plain.read_bytes())
        self.assertTrue(plain.read_bytes().endswith(b'\n\n{"id":7}'))
        self.ok("http", "sign", "-", *self.credentials["orders"], stdin=REQUEST)

    def test_fields_and_json(self):
        sign = ["http", "sign", self.request, *self.credentials["orders"], "--nonce", "n-1"]
        lines = self.ok(*sign, "--fields", now=NOW).out.splitlines()
        self.assertEqual(["Workload-Identity-Token", "Content-Digest", "Signature-Input",
                          "Signature"], [line.split(":")[0] for line in lines])
        digest = base64.b64encode(hashlib.sha256(b'{"id":7}').digest()).decode()
        self.assertEqual(f"Content-Digest: sha-256=:{digest}:", lines[1])
        made = self.ok("--json", *sign, now=NOW).json
        self.assertEqual(("n-1", AUDIENCE, NOW + 300),
                         (made["nonce"], made["audience"], made["expires"]))
        self.assertEqual(lines, [": ".join(field) for field in made["fields"]])
        parameters = re.search(r"\);(.*)", lines[2])[1]
        self.assertEqual(f'created={NOW};expires={NOW + 300};nonce="n-1";'
                         f'tag="wimse-workload-to-workload";wimse-aud="{AUDIENCE}"', parameters)

    def test_an_independent_verifier_accepts_the_signature(self):  # RFC9421-2.5, RFC9421-3.2
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            self.skipTest("Python's cryptography is not installed")
        head = self.sign().read_bytes().decode().split("\r\n\r\n")[0].split("\r\n")[1:]
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in head)}
        params = fields["signature-input"].split("=", 1)[1]
        derived = {"@method": "POST", "@path": "/orders", "@query": "?max=3"}
        base = [f'"{name}": {derived.get(name) or fields[name]}'
                for name in re.findall(r'"([^"]*)"', params[:params.index(")")])]
        self.assertEqual(6, len(base))
        base.append(f'"@signature-params": {params}')
        jwk = json.loads((self.dir / "orders.jwk.pub").read_text())
        key = Ed25519PublicKey.from_public_bytes(cli_test.unb64(jwk["x"]))
        key.verify(base64.b64decode(fields["signature"].split(":")[1]), "\n".join(base).encode())

    def test_changes_are_refused(self):
        signed = self.sign().read_bytes().decode()

        def refused(code, old, new, **kwargs):
            self.assertIn(old, signed)
            changed = self.message("changed.txt", signed.replace(old, new, 1))
            return self.refused(code, *self.verify(message=changed, **kwargs), now=NOW)

        refused("digest.mismatch", '{"id":7}', '{"id":8}')  # SIG-3
        refused("httpsig.signature_invalid", "POST", "PUT")  # SIG-10
        refused("httpsig.signature_invalid", "max=3", "max=4")
        refused("httpsig.signature_invalid", "application/json", "text/json")
        refused("httpsig.component_missing", "Content-Type", "Txn-Token: a\r\nContent-Type")  # SIG-1
        refused("httpsig.component_missing", '"@query" ', "")
        refused("httpsig.parameter_forbidden", ";nonce=", ';keyid="x";nonce=')  # SIG-7
        refused("httpsig.parameter_missing", ";nonce=", ";other=")  # SIG-4
        refused("httpsig.missing", ';tag="wimse-workload-to-workload"', "")
        refused("httpsig.malformed", "Signature: wimse=", "Signature: other=")  # SIG-8
        ran = refused("httpsig.aud_mismatch", "POST", "POST", audience="https://other.example.com")
        self.assertEqual({"rule": "SIG-5", "ok": False, "code": "httpsig.aud_mismatch"},
                         ran.json["checks"][-1])

    def test_time_and_trust_decide(self):
        self.sign()
        self.refused("httpsig.expired", *self.verify(), now=NOW + 360)  # SIG-14
        self.ok(*self.verify(), now=NOW + 359)
        self.refused("httpsig.created_ahead", *self.verify(), now=NOW - 61)
        other = ["--trust", f"wimse://other.example={self.issuer}.pub"]
        self.refused("trust.domain_unknown", "http", "verify", self.dir / "signed.txt", *other,
                     "--audience", AUDIENCE, now=NOW)

    def test_revisions(self):  # SIG-1
        self.sign("--revision", "http-signature-06")
        self.refused("httpsig.component_missing", *self.verify(), now=NOW)
        self.ok(*self.verify("--revision", "http-signature-06"), now=NOW)
        self.sign("--revision", "both-sign")
        for revision in ("http-signature-06", "http-signature-07"):
            self.ok(*self.verify("--revision", revision), now=NOW)
        self.usage("both-sign", *self.verify("--revision", "both-sign"))

    def test_accepted_proofs(self):  # SIG-16
        self.sign()
        self.refused("wpt.missing", *self.verify("--accept", "wpt"), now=NOW)
        wpt = self.ok("wpt", "sign", *self.credentials["orders"], "--aud", AUDIENCE, "--as-field",
                      now=NOW).out.strip()
        both = self.sign(message=self.message(
            "with-wpt.txt", REQUEST.replace("\r\n\r\n", f"\r\n{wpt}\r\n\r\n")))
        self.assertIn('"authorization"', both.read_bytes().decode())
        ran = self.ok("--json", *self.verify("--accept", "wpt,http-signature"), now=NOW)
        self.assertEqual("both", ran.json["result"]["binding"])
        self.ok(*self.verify("--accept", "wpt"), now=NOW)
        self.ok(*self.verify("--demand", "wpt,http-signature"), now=NOW)

    def test_demanded_proofs(self):  # SIG-16
        self.sign()
        self.ok(*self.verify("--demand", "http-signature"), now=NOW)
        self.refused("wpt.missing", *self.verify("--demand", "wpt,http-signature"), now=NOW)
        self.usage("--accept", *self.verify("--accept", "wpt", "--demand", "http-signature"))
        answer = self.message("answer.txt", RESPONSE)
        self.usage("--demand", "http", "verify", self.request, *self.trust, "--response", answer,
                   "--any-server", "--demand", "wpt")

    def test_signing_is_refused(self):
        sign = ["http", "sign", self.request]
        mixed = [*self.credentials["orders"][:2], *self.credentials["billing"][2:]]
        self.refused("httpsig.sign_input", *sign, *mixed, now=NOW)  # SIG-7
        self.ok(*sign, *mixed, "--allow-foreign-wit", now=NOW)
        self.refused("httpsig.sign_input", *sign, *self.credentials["orders"], "--ttl", "301",
                     now=NOW)  # SIG-4
        self.refused("httpsig.sign_input", "http", "sign", self.sign(),
                     *self.credentials["orders"], now=NOW)  # SIG-16
        wrong = self.message("digest.txt", REQUEST.replace("\r\n\r\n", "\r\nContent-Digest: "
                             "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\n\r\n"))
        self.refused("digest.mismatch", "http", "sign", wrong, *self.credentials["orders"], now=NOW)

    def test_unreadable_messages_are_usage_errors(self):
        def sign(text, words):
            self.usage(words, "http", "sign", self.message("bad.txt", text),
                       *self.credentials["orders"], now=NOW)

        sign("", "no request line")
        sign("GET / HTTP/2\n\n", "version")
        sign(RESPONSE, "this is a response")
        sign("GET / HTTP/1.1\nHost\n\n", "colon")
        sign("GET / HTTP/1.1\nHost: a\n b\n\n", "folded")
        sign("GET / HTTP/1.1\nHost: a\nHost: b\n\n", "several Host")
        sign("GET / HTTP/1.1\nHost : a\n\n", "field name")
        sign("GET x HTTP/1.1\nHost: a\n\n", "http.target_invalid")
        sign("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n", "Transfer-Encoding")
        sign("POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\nabcd", "more than the 3 bytes")
        sign("POST / HTTP/1.1\nHost: a\nContent-Length: 9\n\nab", "Content-Length is 9")
        sign("POST / HTTP/1.1\nHost: a\nContent-Length: x\n\nab", "not one number")
        sign("GET / HTTP/1.1\n\n", "--audience")
        self.usage("REQUEST", "http", "sign", *self.credentials["orders"])
        self.usage("No such file", "http", "sign", self.dir / "none", *self.credentials["orders"])
        self.usage("standard input", "http", "base", "-", "--response", "-")
        self.usage("--audience is needed", "http", "verify", self.request, *self.trust)
        self.usage("--response", *self.verify("--any-server", message=self.request))

    def answer(self, *args):
        """A request and the signed response to it."""
        request = self.sign("--sign-response")
        response = self.message("answer.txt", RESPONSE)
        answer = self.sign("--response", response, *args, name="signed-answer.txt", who="billing",
                           message=request)
        self.assertTrue(answer.read_bytes().endswith(b"\r\n\r\ndone\n"))
        return request, answer

    def test_signed_response_verifies(self):  # SIG-2, SIG-6, SIG-12
        request, answer = self.answer()
        verify = ["http", "verify", request, "--response", answer, *self.trust]
        server = "wimse://example.com/billing"
        ran = self.ok("--json", *verify, "--expected-server", server, now=NOW)
        self.assertEqual((True, server), (ran.json["result"]["signed"],
                                          ran.json["result"]["server"]))
        self.assertIn({"rule": "SIG-6", "ok": True, "code": None}, ran.json["checks"])
        self.ok(*verify, "--any-server", now=NOW)
        self.refused("verify.server_unexpected", *verify, "--expected-server",
                     "wimse://example.com/other", now=NOW)  # TLS-4
        self.usage("--expected-server ID", *verify)
        self.usage("excludes", *verify, "--any-server", "--expected-server", server)
        self.usage("--audience", *verify, "--any-server", "--audience", AUDIENCE)

    def test_response_of_another_request_is_refused(self):  # SIG-6
        _, answer = self.answer()
        other = self.sign(name="other.txt")
        self.refused("httpsig.req_nonce_mismatch", "http", "verify", other, "--response", answer,
                     *self.trust, "--any-server", now=NOW)

    def test_unsigned_response_is_refused_where_one_was_demanded(self):  # SIG-12
        response = self.message("answer.txt", RESPONSE)
        demanded, free = self.sign("--sign-response", name="a.txt"), self.sign(name="b.txt")
        tail = ["--response", response, *self.trust, "--any-server"]
        self.refused("httpsig.response_unsigned", "http", "verify", demanded, *tail, now=NOW)
        ran = self.ok("--json", "http", "verify", free, *tail, now=NOW)
        self.assertEqual((False, None), (ran.json["result"]["signed"],
                                         ran.json["result"]["server"]))
        self.refused("httpsig.response_unsigned", "http", "verify", free, *tail,
                     "--require-signature", now=NOW)

    def test_response_to_an_unsigned_request_cannot_be_signed(self):  # SIG-6
        self.refused("httpsig.missing", "http", "sign", self.request, "--response",
                     self.message("answer.txt", RESPONSE), *self.credentials["billing"], now=NOW)

    def test_inspect_says_what_is_wrong(self):
        signed = self.sign().read_bytes().decode()

        def codes(text, now=NOW):
            found = run("--json", "inspect", "-", stdin=text, now=now).json
            return {(finding["code"], finding["rule"]) for finding in found["findings"]}

        self.assertEqual(set(), codes(signed))
        for old, new, finding in (
                (";nonce=", ";other=", ("httpsig.parameter_missing", "SIG-4")),
                (";nonce=", ';alg="ed25519";nonce=', ("httpsig.parameter_forbidden", "SIG-7")),
                ('"@query" ', "", ("httpsig.component_missing", "SIG-1")),
                (";wimse-aud=", ";other=", ("httpsig.parameter_missing", "SIG-5")),
                ('{"id":7}', '{"id":8}', ("digest.mismatch", "SIG-3")),
                ("POST", "PUT", ("httpsig.signature_invalid", "SIG-10")),
                ("Signature: wimse=", "Signature: other=", ("httpsig.malformed", "SIG-8")),
                (';tag="wimse-workload-to-workload"', "", ("httpsig.missing", "SIG-8")),
                ("Host:", "Host", ("http.malformed", "-"))):
            self.assertIn(finding, codes(signed.replace(old, new, 1)), new)
        self.assertIn(("httpsig.expired", "SIG-14"), codes(signed, NOW + 400))
        _, answer = self.answer()
        text = answer.read_bytes().decode()
        self.assertEqual(set(), codes(text))
        self.assertIn(("httpsig.req_nonce_missing", "SIG-6"),
                      codes(text.replace(";wimse-req-nonce=", ";other=")))
        self.assertIn(("httpsig.component_missing", "SIG-2"), codes(text.replace('"@status" ', "")))
        self.assertEqual(set(), codes(RESPONSE))
        people = run("inspect", "-", stdin=signed, now=NOW).out
        for words in ("signature wimse", "covers", "2025-04-24", "signet http verify"):
            self.assertIn(words, people)

    def test_private_key_and_wit_are_not_repeated(self):
        self.sign()
        secret = json.loads((self.dir / "orders.jwk").read_text())["d"]
        wit = (self.dir / "orders.wit").read_text().strip()
        for args in (self.verify(), ["http", "sign", self.request, *self.credentials["orders"]]):
            ran = run(*args, now=NOW)
            self.assertNotIn(secret, ran.out + ran.err)
        self.assertNotIn(wit, self.ok(*self.verify(), now=NOW).out)


if __name__ == "__main__":
    sys.exit(cli_test.main())
