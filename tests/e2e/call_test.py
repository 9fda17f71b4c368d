#!/usr/bin/env python3
"""`signet call` against a TLS 1.3 server of another make: what it sends, whom it believes, how it ends.

    call_test.py PATH/TO/signet TIME_FACTOR

The credential is the example of the WIT document, with its published key; the server's certificate is
made with the openssl tool, the client's by `signet wic`.
"""

import base64
import hashlib
import http.server
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import unittest

import support
from support import Sandbox

SERVER_ID = "wimse://trust.example.com/orders"
WIT = (support.VECTORS / "2026-09" / "wit-03.txt").read_text(encoding="ascii").strip()
KEY = (support.VECTORS / "2026-09" / "wit-workload-jwk.json").read_text(encoding="ascii")


def decode(part: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.seen.append((self.command, self.path, self.headers.items(), body))
        names = (self.connection.getpeercert() if self.server.tls else None) or {}
        self.server.callers += [name for _, name in names.get("subjectAltName", ())]
        if self.path.startswith("/signed"):
            self.wfile.write(self.server.sign(self.raw_requestline, self.headers, body))
            self.close_connection = True
            return
        status, kind, text = 200, "text/plain", b"hello"
        if self.path.startswith("/refused"):
            status, kind = 401, "application/problem+json"
            text = json.dumps({"type": "urn:signet:problem:wpt.replayed", "title": "Used before.",
                               "status": 401, "code": "wpt.replayed", "rule": "WPT-5.9"}).encode()
        elif self.path.startswith("/moved"):
            status = 302
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # clients that do not like our certificate


def openssl(*arguments: str, cwd: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


def make_certificates(directory: str) -> None:
    """ca.pem, and server.pem for SERVER_ID and the host localhost."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    with open(os.path.join(directory, "x.cnf"), "w", encoding="ascii") as file:
        file.write("[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=x\n"
                   "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
                   "[leaf]\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n"
                   f"extendedKeyUsage=serverAuth\nsubjectAltName=URI:{SERVER_ID},DNS:localhost\n")
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
            "-config", "x.cnf", "-extensions", "ca", cwd=directory)
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-config", "x.cnf",
            cwd=directory)
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-set_serial", "2", "-days", "1", "-extfile", "x.cnf", "-extensions", "leaf", "-out",
            "server.pem", cwd=directory)


class CallCase(unittest.TestCase):
    """A server with the identifier SERVER_ID, and the caller's credentials."""

    def setUp(self) -> None:
        self.sandbox = self.enterContext(Sandbox())
        for name, text in [("wit", WIT), ("key", KEY), ("body", "from a file")]:
            path = self.file(name)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(path, 0o600)
        make_certificates(self.sandbox.path)
        self.prepare()
        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.server.seen, self.server.callers, self.server.tls = [], [], True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.configure(context)
        context.load_cert_chain(self.file("server.pem"), self.file("server.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"https://localhost:{self.server.server_port}"

    def prepare(self) -> None:
        pass

    def configure(self, context: ssl.SSLContext) -> None:
        pass

    def file(self, name: str) -> str:
        return os.path.join(self.sandbox.path, name)

    def call(self, *arguments: str, expect: tuple[str, ...] = ("--expect-id", SERVER_ID),
             code: int = 0) -> subprocess.CompletedProcess[str]:
        done = self.sandbox.run("call", *arguments, "--wit", self.file("wit"), "--key",
                                self.file("key"), "--ca", self.file("ca.pem"), *expect)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def the_request(self) -> tuple[str, str, dict[str, list[str]], bytes]:
        self.assertEqual(len(self.server.seen), 1)
        method, target, headers, body = self.server.seen[0]
        fields: dict[str, list[str]] = {}
        for name, value in headers:
            fields.setdefault(name.lower(), []).append(value)
        return method, target, fields, body


class Call(CallCase):
    def test_sends_wit_and_a_fresh_proof_for_this_url(self) -> None:
        before = int(time.time())
        done = self.call("POST", self.url + "/v1/items?x=1", "-d", "body", "-H", "X-A: 1", "-H",
                         "X-A: 2")
        self.assertEqual(done.stdout, "hello\n")
        method, target, fields, body = self.the_request()
        self.assertEqual((method, target, body), ("POST", "/v1/items?x=1", b"body"))
        self.assertEqual(fields["x-a"], ["1", "2"])
        self.assertEqual(fields["workload-identity-token"], [WIT])
        self.assertEqual(len(fields["authorization"]), 1)  # WPT-4
        scheme, token = fields["authorization"][0].split(" ")
        self.assertEqual(scheme, "WPT")
        header, claims, _ = token.split(".")
        self.assertEqual(decode(header), {"alg": "Ed25519", "typ": "wpt+jwt"})  # WPT-1
        claims = decode(claims)
        self.assertEqual(claims["aud"], self.url + "/v1/items")  # WPT-2
        wth = base64.urlsafe_b64encode(hashlib.sha256(WIT.encode()).digest()).decode().rstrip("=")
        self.assertEqual(claims["wth"], wth)  # WPT-3
        self.assertGreaterEqual(len(claims["jti"]), 22)  # 128 bits
        self.assertTrue(before + 60 <= claims["exp"] <= time.time() + 61)

    def test_options_shape_the_proof(self) -> None:
        with open(self.file("txn"), "w", encoding="ascii") as file:
            file.write("eyJhIjoxfQ.eyJhIjoxfQ.AAAA")
        self.call("GET", self.url + "/", "--aud", "urn:orders", "--ttl", "2m", "--txn-token",
                  self.file("txn"), "--revision", "wpt-01")
        _, _, fields, _ = self.the_request()
        self.assertNotIn("authorization", fields)
        claims = decode(fields["workload-proof-token"][0].split(".")[1])
        self.assertEqual(claims["aud"], "urn:orders")
        self.assertGreater(claims["exp"], time.time() + 100)
        self.assertEqual(fields["txn-token"], ["eyJhIjoxfQ.eyJhIjoxfQ.AAAA"])
        self.assertIn("tth", claims)

    def test_body_from_a_file_and_status_line(self) -> None:
        done = self.call("POST", self.url, "-i", "-d", "@" + self.file("body"))
        self.assertEqual(self.the_request()[3], b"from a file")
        self.assertTrue(done.stdout.startswith("200 OK\n"))
        self.assertIn("Content-Type: text/plain\n", done.stdout)

    def test_a_refusal_ends_with_1_and_names_the_rule(self) -> None:
        done = self.call("GET", self.url + "/refused", code=1)
        self.assertIn("wpt.replayed [WPT-5.9]: Used before.", done.stderr)
        self.assertIn("signet explain wpt.replayed", done.stderr)
        report = json.loads(self.call("GET", self.url + "/refused", "--json", code=1).stdout)
        self.assertEqual((report["ok"], report["status"]), (False, 401))
        self.assertEqual(report["problem"]["code"], "wpt.replayed")

    def test_follows_no_redirect(self) -> None:
        self.call("GET", self.url + "/moved", code=1)
        self.assertEqual(len(self.server.seen), 1)

    def test_shows_the_proof_only_when_asked(self) -> None:
        quiet = self.call("GET", self.url, "-i")
        self.assertNotRegex(quiet.stdout + quiet.stderr, r"eyJ[\w-]+\.[\w-]+\.")  # WPT-11
        self.assertRegex(self.call("GET", self.url, "--show-proof").stderr, r"eyJ[\w-]+\.[\w-]+\.")

    def test_believes_the_expected_server(self) -> None:
        with open(self.file("map"), "w", encoding="ascii") as file:
            file.write(f"# ID-14\nlocalhost={SERVER_ID}\nother=wimse://a/b\n")
        for expect in [("--map", self.file("map")), ("--host-check",),
                       ("--host-check", "--map", self.file("map"))]:
            with self.subTest(expect):
                self.call("GET", self.url, expect=expect)

    def test_says_nothing_to_another_server(self) -> None:  # TLS-1, TLS-4, TLS-5, ID-14
        address = f"https://127.0.0.1:{self.server.server_port}/"
        with open(self.file("map"), "w", encoding="ascii") as file:
            file.write("elsewhere=wimse://a/b\n")
        other = SERVER_ID + "-canary"
        for url, expect, what in [
                (self.url, ("--expect-id", other), "tls.peer_unexpected"),
                (self.url, ("--host-check", "--expect-id", other), "tls.peer_unexpected"),
                (address, ("--host-check",), "wic.host_mismatch"),
                (self.url, ("--map", self.file("map")), "id.not_mapped")]:
            with self.subTest(expect):
                self.assertIn(what, self.call("GET", url, expect=expect, code=1).stderr)
        os.rename(self.file("ca.pem"), self.file("old.pem"))
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                "ca.pem", "-config", "x.cnf", "-extensions", "ca", cwd=self.sandbox.path)
        self.assertIn("wic.untrusted", self.call("GET", self.url, code=1).stderr)
        self.assertEqual(self.server.seen, [])

    def test_usage_faults_end_with_2(self) -> None:
        for arguments, expect in [
                (("GET", self.url), ()),  # no server is expected
                (("GET", "http://localhost/"), ("--expect-id", SERVER_ID)),
                (("GET", self.url, "-H", "Authorization: Bearer x"), ("--host-check",)),
                (("GET", self.url, "-H", "workload-identity-token: x"), ("--host-check",)),
                (("GET", self.url, "-H", "nothing"), ("--host-check",)),
                (("GET", self.url, "--revision", "wpt-99"), ("--host-check",)),
                (("GET", self.url, "--ttl", "soon"), ("--host-check",))]:
            with self.subTest(arguments):
                self.call(*arguments, expect=expect, code=2)
        self.assertEqual(self.server.seen, [])

    def test_plain_http_needs_its_waiver(self) -> None:  # WIT-10
        plain = QuietServer(("127.0.0.1", 0), Handler)
        plain.seen, plain.callers, plain.tls = [], [], False
        threading.Thread(target=plain.serve_forever, daemon=True).start()
        self.addCleanup(plain.server_close)
        self.addCleanup(plain.shutdown)
        url = f"http://127.0.0.1:{plain.server_port}/"
        self.call("GET", url, expect=(), code=2)
        self.assertEqual(plain.seen, [])
        self.call("GET", url, "--insecure-plain-http", expect=())
        self.assertEqual(len(plain.seen), 1)

    def test_a_key_of_another_wit_is_refused_before_anything_is_sent(self) -> None:
        openssl("genpkey", "-algorithm", "ed25519", "-out", "key", cwd=self.sandbox.path)
        os.chmod(self.file("key"), 0o600)
        self.assertIn("wpt.sign_input", self.call("GET", self.url, code=1).stderr)
        self.assertEqual(self.server.seen, [])


class SignedCall(CallCase):
    """HTTP signatures; the server signs with a WIT of its own, by `signet http sign`."""

    SIGNED = ("--proof", "http-signature")

    def setUp(self) -> None:
        super().setUp()
        for name in ("issuer", "server"):
            self.signet("key", "generate", "--out", self.file(f"{name}.jwk"), "--public-out",
                        self.file(f"{name}.pub"))
        self.server.sign = self.sign
        self.server_id = SERVER_ID
        self.trust = ("--trust", f"wimse://trust.example.com={self.file('issuer.pub')}")

    def signet(self, *arguments: str) -> str:
        done = self.sandbox.run(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def sign(self, line: bytes, headers: object, body: bytes) -> bytes:
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        with open(self.file("request"), "wb") as file:
            file.write(line + fields.encode() + b"\r\n" + body)
        with open(self.file("answer"), "w", encoding="ascii") as file:
            file.write("HTTP/1.1 200 OK\nContent-Type: text/plain\nConnection: close\n\nhello")
        wit = self.signet("wit", "issue", "--key", self.file("issuer.jwk"), "--sub", self.server_id,
                          "--cnf", "@" + self.file("server.pub"))
        signed = self.signet("http", "sign", self.file("request"), "--response",
                             self.file("answer"), "--key", self.file("server.jwk"), "--wit", wit)
        return signed.replace("\n", "\r\n").encode()

    def test_signs_the_request(self) -> None:
        self.call("POST", self.url + "/v1/items?x=1", "-d", "body", "-H", "Content-Type: text/plain",
                  "-H", "Authorization: Bearer abc", *self.SIGNED)
        _, _, fields, _ = self.the_request()
        self.assertEqual(fields["authorization"], ["Bearer abc"])
        self.assertEqual(fields["workload-identity-token"], [WIT])
        digest = base64.b64encode(hashlib.sha256(b"body").digest()).decode()
        self.assertEqual(fields["content-digest"], [f"sha-256=:{digest}:"])  # SIG-3
        self.assertRegex(
            fields["signature-input"][0],
            r'^wimse=\("@method" "@path" "@query" "content-type" "content-digest" "authorization" '
            r'"workload-identity-token"\);created=\d+;expires=\d+;nonce="[\w-]{22}";'
            rf'tag="wimse-workload-to-workload";wimse-aud="{self.url}/v1/items"$')  # SIG-1, SIG-4
        self.assertRegex(fields["signature"][0], r"^wimse=:[\w+/=]+:$")

    def test_signs_beside_a_wpt(self) -> None:  # SIG-16
        self.call("GET", self.url, "--proof", "both")
        _, _, fields, _ = self.the_request()
        self.assertTrue(fields["authorization"][0].startswith("WPT "))
        self.assertIn('"authorization"', fields["signature-input"][0])

    def test_believes_the_signed_answer_of_the_expected_server(self) -> None:  # SIG-12
        done = self.call("POST", self.url + "/signed", "-d", "body", *self.SIGNED, *self.trust,
                         "--expect-signed-response")
        self.assertEqual(done.stdout, "hello\n")
        self.assertIn("wimse-sign-response", self.the_request()[2]["signature-input"][0])  # SIG-5a
        done = self.call("GET", self.url + "/signed", "--json", *self.SIGNED, *self.trust)
        self.assertEqual(json.loads(done.stdout)["signed_by"], SERVER_ID)

    def test_refuses_other_answers(self) -> None:  # SIG-12, TLS-4
        demand = (*self.SIGNED, *self.trust, "--expect-signed-response")
        done = self.call("GET", self.url + "/", *demand, code=1)
        self.assertIn("httpsig.response_unsigned", done.stderr)
        self.assertNotIn("hello", done.stdout)
        done = self.call("GET", self.url + "/refused", *demand, code=1)
        self.assertIn("wpt.replayed", done.stderr)  # what it says is shown, and not believed
        self.assertIn("httpsig.response_unsigned", done.stderr)
        self.server_id = SERVER_ID + "-canary"
        done = self.call("GET", self.url + "/signed", *demand, code=1)
        self.assertIn("verify.server_unexpected", done.stderr)
        self.call("GET", self.url, *self.SIGNED, *self.trust)  # none was demanded

    def test_usage_faults_end_with_2(self) -> None:
        for arguments, expect in [
                (("--expect-signed-response", *self.trust), ("--expect-id", SERVER_ID)),
                (("--expect-signed-response", *self.SIGNED), ("--expect-id", SERVER_ID)),
                ((*self.SIGNED, *self.trust), ("--host-check",)),
                (("--proof", "mtls"), ("--host-check",)),
                (("--proof", "none"), ("--host-check",))]:
            with self.subTest(arguments):
                self.call("GET", self.url, *arguments, expect=expect, code=2)
        self.assertEqual(self.server.seen, [])


class MutualTls(CallCase):
    """The server demands a client certificate; it comes from `signet wic issue`."""

    CALLER = "wimse://trust.example.com/edge"

    def configure(self, context: ssl.SSLContext) -> None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.file("client-ca.pem"))

    def prepare(self) -> None:
        for command in (
                ("key", "generate", "--out", "client-ca.jwk"),
                ("cert", "ca", "--key", "client-ca.jwk", "--trust-domain",
                 "wimse://trust.example.com", "--out", "client-ca.pem"),
                ("key", "generate", "--out", "client.jwk", "--public-out", "client.pub"),
                ("wic", "issue", "--ca-key", "client-ca.jwk", "--ca-cert", "client-ca.pem", "--id",
                 self.CALLER, "--public-key", "client.pub", "--out", "client.pem")):
            done = self.sandbox.run(*command)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.certificate = ("--client-cert", self.file("client.pem"))

    def test_the_certificate_is_the_proof(self) -> None:  # TLS-2
        arguments = ("call", "GET", self.url, "--ca", self.file("ca.pem"), "--expect-id", SERVER_ID)
        done = self.sandbox.run(*arguments, "--proof", "mtls", *self.certificate, "--key",
                                self.file("client.jwk"))
        self.assertEqual((done.returncode, done.stdout), (0, "hello\n"), done.stderr)
        fields = self.the_request()[2]
        self.assertNotIn("workload-identity-token", fields)
        self.assertNotIn("authorization", fields)
        self.assertEqual(self.server.callers, [self.CALLER])

    def test_a_certificate_goes_with_other_proofs_too(self) -> None:
        self.call("GET", self.url, *self.certificate, "--client-key", self.file("client.jwk"))
        self.assertIn("authorization", self.the_request()[2])
        self.assertEqual(self.server.callers, [self.CALLER])

    def test_without_certificate_there_is_no_call(self) -> None:
        self.call("GET", self.url, code=1)
        self.assertEqual(self.server.seen, [])
        other = self.call("GET", self.url, *self.certificate, code=1)
        self.assertIn("tls.configuration", other.stderr)  # the key of the WIT is another


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    support.main()
