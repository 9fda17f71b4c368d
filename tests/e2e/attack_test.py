#!/usr/bin/env python3
"""`signet attack` against TLS 1.3 servers of another make: one that refuses, one that takes everything,
one that serves nobody.

    attack_test.py PATH/TO/signet TIME_FACTOR
"""

import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import unittest

import support
from call_test import KEY, SERVER_ID, WIT, QuietServer, make_certificates, openssl
from support import Sandbox


def problem(status: int, code: str, rule: str) -> tuple[int, str, str]:
    return status, code, rule


def strict(server: "Server", headers: list[tuple[str, str]]) -> tuple[int, str, str] | None:
    """What a listener of WPTs refuses that looks at the fields and at nothing inside of them."""
    def of(name: str) -> list[str]:
        return [value for key, value in headers if key.lower() == name]
    wits, proofs = of("workload-identity-token"), of("authorization")
    if not wits and not proofs:
        return problem(401, "verify.no_credentials", "WPT-8")
    if wits != [WIT]:
        return problem(400, "wit.duplicate", "WIT-6")
    if not proofs:
        return problem(401, "wpt.missing", "WPT-5.1")
    if len(proofs) > 1 or not re.fullmatch(r"WPT [\w-]+\.[\w-]+\.[\w-]+", proofs[0]) or \
            of("txn-token"):
        return problem(400, "wpt.authorization_duplicate", "WPT-5.1")
    if proofs[0] in server.used:
        return problem(401, "wpt.replayed", "WPT-5.9")
    server.used.add(proofs[0])
    return None


def lax(_server: "Server", _headers: list[tuple[str, str]]) -> None:
    return None


def nobody(_server: "Server", _headers: list[tuple[str, str]]) -> tuple[int, str, str]:
    return problem(401, "wpt.aud_mismatch", "WPT-5.6")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.seen += 1
        refused = self.server.rule(self.server, self.headers.items())
        status, kind, body = 200, "application/json", {}
        if self.path == "/count":
            body = {"orders": self.server.orders}
        elif refused is None:
            self.server.orders += 1
        if refused is not None:
            status, code, rule = refused
            kind = "application/problem+json"
            body = {"type": "urn:signet:problem:" + code, "code": code, "rule": rule}
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_: object) -> None:
        pass


class Server(QuietServer):
    def __init__(self, directory: str, rule) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rule, self.used, self.seen, self.orders = rule, set(), 0, 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(os.path.join(directory, "server.pem"),
                                os.path.join(directory, "server.key"))
        self.socket = context.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Attack(unittest.TestCase):
    def setUp(self) -> None:
        self.sandbox = self.enterContext(Sandbox())
        for name, text in [("wit", WIT), ("key", KEY)]:
            with open(self.file(name), "w", encoding="ascii") as file:
                file.write(text)
            os.chmod(self.file(name), 0o600)
        make_certificates(self.sandbox.path)

    def file(self, name: str) -> str:
        return os.path.join(self.sandbox.path, name)

    def serve(self, rule) -> Server:
        server = Server(self.sandbox.path, rule)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def attack(self, server: Server, *arguments: str,
               code: int = 0) -> subprocess.CompletedProcess[str]:
        url = f"https://localhost:{server.server_port}"
        done = self.sandbox.run("attack", *arguments, "--target", url + "/orders", "--wit",
                                self.file("wit"), "--key", self.file("key"), "--ca",
                                self.file("ca.pem"), "--expect-id", SERVER_ID)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def report(self, *arguments: str, **more) -> dict:
        return json.loads(self.attack(*arguments, "--json", **more).stdout)

    def test_refusals_by_another_implementation(self) -> None:
        server = self.serve(strict)
        report = self.report(server, "shapes", "identifiers", "connection", "replay", "--any-code",
                             "--body", '{"a":1}')
        self.assertIs(report["ok"], True)
        self.assertEqual(report["accept"], ["wpt"])
        self.assertGreaterEqual(report["attacks_tried"], 24)
        self.assertEqual(report["attacks_tried"], report["attacks_refused"])
        skipped = {a["name"]: a["skipped"] for a in report["attacks"] if a["skipped"]}
        self.assertIn("--other-key", skipped["not-on-the-list"])
        self.assertIn("--client-cert", skipped["mtls-self-signed"])
        for attack in report["attacks"]:
            self.assertEqual(attack["ok"], attack["skipped"] is None, attack)
        self.assertEqual(server.orders, 2)  # the good calls before and after

    def test_the_code_counts_unless_told_otherwise(self) -> None:
        server = self.serve(strict)
        done = self.attack(server, "--accept", "wpt", "no-credentials", "wit-alone", "replay")
        self.assertRegex(done.stdout, r"(?m)^replay +401 +wpt\.replayed +WPT-5\.9$")
        self.assertIn("3 attacks refused, 0 skipped", done.stdout)
        done = self.attack(server, "wit-alone", "wit-and-bearer", code=1)
        self.assertRegex(done.stdout, r"expected: 401 +wpt\.scheme_mismatch +WPT-5\.1")
        self.assertIn("1 of 2 attacks refused as they should be", done.stdout)

    def test_a_server_that_takes_everything(self) -> None:
        server = self.serve(lax)
        count = f"https://localhost:{server.server_port}/count"
        report = self.report(server, "--any-code", "--count-url", count, code=1)
        self.assertIs(report["ok"], False)
        self.assertEqual(report["accept"], ["wpt", "http-signature"])
        self.assertGreaterEqual(report["attacks_tried"], 55)
        # All but those on the connection, which its TLS refuses.
        self.assertEqual({a["group"] for a in report["attacks"] if a["ok"]}, {"connection"})
        self.assertEqual(report["side_effects"],
                         report["attacks_tried"] - report["attacks_refused"])
        done = self.attack(server, "replay", code=1)
        self.assertIn("it was ACCEPTED", done.stdout)

    def test_counts_side_effects(self) -> None:
        server = self.serve(strict)
        count = f"https://localhost:{server.server_port}/count"
        report = self.report(server, "replay", "--count-url", count)
        self.assertEqual(report["side_effects"], 0)

    def test_a_server_that_serves_nobody_proves_nothing(self) -> None:
        server = self.serve(nobody)
        done = self.attack(server, "--any-code", code=1)
        self.assertIn("wpt.aud_mismatch [WPT-5.6]", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(server.seen, 2)  # one good call for each binding
        server = self.serve(strict)
        self.attack(server, "replay", "--accept", "wpt,http-signature", code=1)

    def test_lists_what_there_is(self) -> None:
        done = self.sandbox.run("attack", "--list", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        attacks = json.loads(done.stdout)
        both = [a for a in attacks if a["binding"] != "mutual TLS"]
        self.assertGreaterEqual(len(both), 55)
        self.assertEqual(len({a["name"] for a in attacks}), len(attacks))
        for attack in attacks:
            self.assertTrue(1 <= attack["attack"] <= 37)
        text = self.sandbox.run("attack", "signatures", "--list").stdout
        self.assertIn("sig-replay", text)
        self.assertNotIn("wit-forged", text)

    def test_shows_what_was_sent_without_tokens(self) -> None:
        done = self.attack(self.serve(lax), "--verbose", "--body", "{}", code=1)
        self.assertIn("Workload-Identity-Token: eyJhbGci...", done.stdout)
        self.assertNotRegex(done.stdout + done.stderr, r"eyJ[\w-]+\.[\w-]+\.")  # WPT-11

    def test_usage_faults_end_with_2(self) -> None:
        server = self.serve(lax)
        for arguments in [("no-such-attack",), ("--accept", "bearer"), ("--client-cert", "no-such-file"),
                          ("--other-wit", "x"), ("--count-url", "https://localhost:1/count"),
                          ("--timeout", "soon")]:
            with self.subTest(arguments):
                self.attack(server, *arguments, code=2)
        for arguments in [(), ("--target", "https://localhost/")]:
            with self.subTest(arguments):
                self.assertEqual(self.sandbox.run("attack", *arguments).returncode, 2)
        # WIT-10
        self.assertEqual(self.sandbox.run("attack", "--target", "http://localhost/").returncode, 2)
        openssl("genpkey", "-algorithm", "ed25519", "-out", "key", cwd=self.sandbox.path)
        os.chmod(self.file("key"), 0o600)
        self.assertIn("does not confirm", self.attack(server, code=2).stderr)
        self.assertEqual(server.seen, 0)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    support.main()
