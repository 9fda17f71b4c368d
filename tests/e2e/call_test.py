#!/usr/bin/env python3
"""`signet call` against a TLS 1.3 server of another make: what it sends, whom it believes, how it ends.

    call_test.py PATH/TO/signet TIME_FACTOR

The credential is the example of the WIT document, with its published key; certificates are made with
the openssl tool.
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


class Call(unittest.TestCase):
    def setUp(self) -> None:
        self.sandbox = self.enterContext(Sandbox())
        for name, text in [("wit", WIT), ("key", KEY), ("body", "from a file")]:
            path = self.file(name)
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(path, 0o600)
        make_certificates(self.sandbox.path)
        self.server = QuietServer(("127.0.0.1", 0), Handler)
        self.server.seen = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.file("server.pem"), self.file("server.key"))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"https://localhost:{self.server.server_port}"

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
                (address, ("--host-check",), "tls.peer_unexpected"),
                (self.url, ("--map", self.file("map")), "id.not_mapped")]:
            with self.subTest(expect):
                self.assertIn(what, self.call("GET", url, expect=expect, code=1).stderr)
        os.rename(self.file("ca.pem"), self.file("old.pem"))
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
                "ca.pem", "-config", "x.cnf", "-extensions", "ca", cwd=self.sandbox.path)
        self.assertIn("tls.peer_untrusted", self.call("GET", self.url, code=1).stderr)
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
        plain.seen = []
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


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    support.main()
