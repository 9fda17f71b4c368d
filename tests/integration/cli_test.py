#!/usr/bin/env python3
"""Tests of the tools as their users see them: output, messages, exit codes.

    cli_test.py PATH-OF-SIGNET [unittest arguments]

Needs Python's standard library and openssl. Python's `cryptography`, zsh and fish are used where
they are installed; what was left out is said at the end.
"""

import base64
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SIGNET = ""
SOURCE = Path(__file__).resolve().parent.parent.parent
NOW = 1745509900  # inside the published examples: their proof ends 116 s later

# Examples printed in the drafts of September 2026 (workload-creds 5.1, wpt 2).
ISSUER_JWK = {"kty": "EC", "kid": "June 5", "crv": "P-256",
              "x": "kXqnA2Op7hgd4zRMbw0iFcc_hDxUxhojxOFVGjE2gks",
              "y": "n__VndPMR021-59UAs0b9qDTFT-EZtT6xSNs_xFskLo"}
WORKLOAD_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "1CXXvflN_LVVsIsYXsUvB03JmlGWeCHqQVuouCF92bg",
                "d": "sdLX8yCYKqo_XvGBLn-ZWeKT7llYeeQpgeCaXVxb5kY"}
WIT_03 = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Ikp1bmUgNSIsInR5cCI6IndpdCtqd3QifQ."
    "eyJjbmYiOnsiandrIjp7ImFsZyI6IkVkMjU1MTkiLCJjcnYiOiJFZDI1NTE5Iiwia3R5IjoiT0tQIiwieCI6IjFDWFh2Zm"
    "xOX0xWVnNJc1lYc1V2QjAzSm1sR1dlQ0hxUVZ1b3VDRjkyYmcifX0sImV4cCI6MTc0NTUxMjUxMCwiaWF0IjoxNzQ1NTA4O"
    "TEwLCJqdGkiOiJ4LV8xQ1RMMmNjYTNDU0U0Y3diX2wiLCJzdWIiOiJ3aW1zZTovL2V4YW1wbGUuY29tL3NwZWNpZmljLXdv"
    "cmtsb2FkIn0."
    "4kNF4FP1dshxHrFub2kRusiV9qK_xrGi0pbLG5hpOS3fR0izYZu5lPHei94TTvOvORJPT9jSVT-C6IIBattDbg")
WIT_02 = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6Ikp1bmUgNSIsInR5cCI6IndpdCtqd3QifQ."
    "eyJjbmYiOnsiandrIjp7ImFsZyI6IkVkRFNBIiwiY3J2IjoiRWQyNTUxOSIsImt0eSI6Ik9LUCIsIngiOiIxQ1hYdmZsTl9"
    "MVlZzSXNZWHNVdkIwM0ptbEdXZUNIcVFWdW91Q0Y5MmJnIn19LCJleHAiOjE3NDU1MTI1MTAsImlhdCI6MTc0NTUwODkxMC"
    "wianRpIjoieC1fMUNUTDJjY2EzQ1NFNGN3Yl9sIiwic3ViIjoid2ltc2U6Ly9leGFtcGxlLmNvbS9zcGVjaWZpYy13b3Jrb"
    "G9hZCJ9."
    "ohKJ50QaW8ydALJwaA0Sz4ys3hcN_1S-aTZBytMGc3u8QWUmn5uxUDSonoZFAfZk1Ro1kR4vE_xa7mvoE37R-Q")
WPT_03 = (
    "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoid3B0K2p3dCJ9."
    "eyJhdWQiOiJodHRwczovL3dvcmtsb2FkLmV4YW1wbGUuY29tL3BhdGgiLCJleHAiOjE3NDU1MTAwMTYsImp0aSI6Il9fYnd"
    "jNEVTQzNhY2MyTFRDMS1feCIsInd0aCI6Ik1lT0lMazJBSkhoNmN6a25oWjJjN1RraVZwZUZUQ19jeVlBb25tVDdta0kifQ."
    "xnXKn_1G2jZzxFqMkrO_CpxVWf77UNvs7p8Rkir-QUffqD369QYjNlk39crkYH_-qL3nEcbmL5d-V4usVxhgDw")
WPT_02 = (
    "eyJhbGciOiJFZERTQSIsInR5cCI6IndwdCtqd3QifQ."
    "eyJhdWQiOiJodHRwczovL3dvcmtsb2FkLmV4YW1wbGUuY29tL3BhdGgiLCJleHAiOjE3NDU1MTAwMTYsImp0aSI6Il9fYnd"
    "jNEVTQzNhY2MyTFRDMS1feCIsInd0aCI6Ilg5d2lQZ3EzamxTR3pBZWdIQ0doTk8xbEpnVWJEb0kxTWprYXQ1UUhKQjAifQ."
    "sa5ZYHTeCx4AsurafaBJ2rrMnE7TBHBB47ZUT7yoiyz2lcGY5XAnpGPjPnzeRroJJiR7Nr_C5J7mexxrsHM3CQ")
AUDIENCE = "https://workload.example.com/path"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(header: dict, claims, signature: bytes = b"s" * 64) -> str:
    """A token with a signature that is not one."""
    body = claims if isinstance(claims, str) else json.dumps(claims, separators=(",", ":"))
    return ".".join([b64(json.dumps(header).encode()), b64(body.encode()), b64(signature)])


class Ran:
    def __init__(self, done: subprocess.CompletedProcess):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


def run(*args, stdin: str = "", now=None, env=None) -> Ran:
    command = [SIGNET, *map(str, args)] + ([] if now is None else ["--now", str(now)])
    return Ran(subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60,
                              env=env))


class CliTest(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="signet-cli-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def file(self, name: str, text, mode: int = 0o600) -> Path:
        path = self.dir / name
        path.write_text(text if isinstance(text, str) else json.dumps(text))
        path.chmod(mode)
        return path

    def ok(self, *args, **kwargs) -> Ran:
        ran = run(*args, **kwargs)
        self.assertEqual(0, ran.code, f"{args}\n{ran.out}\n{ran.err}")
        return ran

    def refused(self, code: str, *args, **kwargs) -> Ran:
        """Refused with this code, in JSON and for people."""
        ran = run("--json", *args, **kwargs)
        self.assertEqual(1, ran.code, f"{args}\n{ran.out}\n{ran.err}")
        self.assertFalse(ran.json["ok"])
        self.assertEqual(code, ran.json["code"], args)
        people = run(*args, **kwargs)
        self.assertEqual(1, people.code)
        self.assertIn(code, people.err)
        self.assertIn("fix:", people.err)
        return ran

    def usage(self, words: str, *args, **kwargs) -> Ran:
        """Exit code 2 and a message with these words."""
        ran = run(*args, **kwargs)
        self.assertEqual(2, ran.code, f"{args}\n{ran.out}\n{ran.err}")
        self.assertIn(words, ran.err)
        return ran

    def new_key(self, name: str, alg: str = "ES256") -> Path:
        path = self.dir / name
        self.ok("key", "generate", "--alg", alg, "--out", path, "--public-out", f"{path}.pub")
        return path


class PublishedExamples(CliTest):
    def setUp(self):
        super().setUp()
        self.trust = f"wimse://example.com={self.file('issuer.json', ISSUER_JWK)}"

    def test_wits_verify(self):  # WIT-12
        for token, alg in ((WIT_03, "Ed25519"), (WIT_02, "EdDSA")):
            ran = self.ok("--json", "wit", "verify", token, "--trust", self.trust, now=NOW)
            self.assertEqual("wimse://example.com/specific-workload", ran.json["result"]["sub"])
            self.assertEqual(alg, ran.json["result"]["cnf_alg"])
            self.assertEqual("June 5", ran.json["result"]["kid"])
            rules = [check["rule"] for check in ran.json["checks"]]
            for rule in ("WIT-12.a", "WIT-12.b", "WIT-12.c", "WIT-12.d", "WIT-12.e", "WIT-12.f"):
                self.assertIn(rule, rules)
            self.assertTrue(all(check["ok"] for check in ran.json["checks"]))

    def test_text_lists_every_check_with_its_rule(self):
        out = self.ok("wit", "verify", WIT_03, "--trust", self.trust, now=NOW).out
        self.assertIn("2025-04-24 16:35:10 UTC, in 43 min 30 s", out)
        for words in ("valid", "WIT-12.d", "The signature is valid under the anchors", "WIT-5"):
            self.assertIn(words, out)

    def test_proofs_verify(self):  # WPT-5
        for wit, wpt in ((WIT_03, WPT_03), (WIT_02, WPT_02)):
            ran = self.ok("--json", "wpt", "verify", wpt, "--wit", wit, "--trust", self.trust,
                          "--audience", AUDIENCE, now=NOW)
            self.assertEqual("__bwc4ESC3acc2LTC1-_x", ran.json["result"]["jti"])
            rules = [check["rule"] for check in ran.json["checks"]]
            for step in (2, 3, 4, 5, 6, 7, 8, 10, 11, 12):
                self.assertIn(f"WPT-5.{step}", rules)
            self.assertTrue(any("WPT-5.9" in note for note in ran.json["notes"]))

    def test_audience_may_be_an_origin_with_the_path(self):  # WPT-5.6
        args = ["wpt", "verify", WPT_03, "--wit", WIT_03, "--trust", self.trust, "--audience",
                "https://workload.example.com"]
        self.ok(*args, "--path", "/path", now=NOW)
        self.refused("wpt.aud_mismatch", *args, "--path", "/other", now=NOW)

    def test_refusals_name_code_rule_and_failed_check(self):
        verify = ["wit", "verify", WIT_03, "--trust", self.trust]
        ran = self.refused("wit.expired", *verify, now=1745512570)  # WIT-8, leeway included
        self.assertEqual("WIT-8", ran.json["rule"])
        self.assertEqual({"rule": "WIT-8", "ok": False, "code": "wit.expired"},
                         ran.json["checks"][-1])
        self.ok(*verify, now=1745512569)
        spiffe = f"spiffe://example.com={self.dir / 'issuer.json'}"
        self.refused("trust.domain_unknown", "wit", "verify", WIT_03, "--trust", spiffe, now=NOW)
        self.refused("wit.lifetime_too_long", *verify, "--max-lifetime", "59m", now=NOW)
        self.refused("trust.issuer", *verify, "--issuer", "https://issuer.example", now=NOW)
        self.refused("wit.sub_not_spiffe", *verify, "--profile", "spiffe", now=NOW)
        self.refused("wit.signature_invalid", "wit", "verify", WIT_03[:-6] + "AAAAAA", "--trust",
                     self.trust, now=NOW)

    def test_proofs_of_another_wit_are_refused(self):  # WPT-5.3, WPT-5.8
        common = ["--trust", self.trust, "--audience", AUDIENCE]
        self.refused("wpt.alg_mismatch", "wpt", "verify", WPT_02, "--wit", WIT_03, *common, now=NOW)
        self.refused("wpt.aud_mismatch", "wpt", "verify", WPT_03, "--wit", WIT_03, "--trust",
                     self.trust, "--audience", "https://other.example/path", now=NOW)
        self.refused("wpt.expired", "wpt", "verify", WPT_03, "--wit", WIT_03, *common,
                     now=1745510076)
        self.refused("wpt.tth_missing", "wpt", "verify", WPT_03, "--wit", WIT_03, *common,
                     "--txn-token", "abc", now=NOW)
        self.refused("wpt.oth_missing", "wpt", "verify", WPT_03, "--wit", WIT_03, *common,
                     "--other-token", "x-user=abc", now=NOW)

    def test_inspect_shows_them_and_says_nothing_was_verified(self):
        out = self.ok("inspect", WIT_03, now=NOW).out
        for words in (f"Workload Identity Token (WIT), {len(WIT_03)} bytes", "June 5",
                      "2025-04-24 16:35:10 UTC, in 43 min 30 s", "16 min 30 s ago",
                      "MeOILk2AJHh6czknhZ2c7TkiVpeFTC_cyYAonmT7mkI", "nothing found",
                      "Nothing was verified", "wimse://example.com=KEYS"):
            self.assertIn(words, out)
        proof = self.ok("--json", "inspect", "Authorization: WPT " + WPT_03, now=NOW).json
        self.assertEqual("wpt", proof["kind"])
        self.assertEqual(AUDIENCE, proof["claims"]["aud"])
        self.assertIs(False, proof["verified"])

    def test_inspect_of_a_request_compares_its_tokens(self):
        head = "POST /path HTTP/1.1\r\nHost: workload.example.com\r\n"
        request = (f"{head}Workload-Identity-Token: {WIT_03}\r\nAuthorization: WPT {WPT_03}\r\n"
                   '\r\n{"do stuff":"please"}')
        ran = self.ok("--json", "inspect", "-", stdin=request, now=NOW).json
        self.assertEqual(["wit", "wpt"], [part["kind"] for part in ran["parts"]])
        self.assertEqual(21, ran["body_bytes"])
        self.assertTrue(any("signed with the key" in note for note in ran["notes"]))

        def codes(text):
            found = run("--json", "inspect", "-", stdin=text, now=NOW).json
            return [finding["code"] for finding in found["findings"]]

        self.assertIn("wpt.alg_mismatch", codes(request.replace(WPT_03, WPT_02)))
        self.assertIn("wpt.wth_mismatch", codes(request.replace(WPT_03, WPT_02)))
        self.assertIn("wit.missing", codes(f"{head}Authorization: WPT {WPT_03}\r\n\r\n"))
        self.assertIn("wpt.scheme_mismatch",
                      codes(f"{head}Workload-Identity-Token: {WIT_03}\r\n"
                            "Authorization: Bearer abc\r\n\r\n"))
        twice = request.replace("Authorization", "Authorization: WPT x\r\nAuthorization", 1)
        self.assertIn("wpt.authorization_duplicate", codes(twice))
        self.assertIn("wpt.tth_missing",
                      codes(request.replace("Authorization", "Txn-Token: abc\r\nAuthorization", 1)))


class Keys(CliTest):
    def test_new_key_file_is_private_and_is_not_overwritten(self):
        path = self.new_key("a.jwk")
        self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))
        before = path.read_text()
        self.usage("--force", "key", "generate", "--out", path)
        self.assertEqual(before, path.read_text())
        self.ok("key", "generate", "--out", path, "--force")
        self.assertNotEqual(before, path.read_text())
        self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode))

    def test_link_is_not_followed(self):
        target = self.dir / "elsewhere"
        (self.dir / "link").symlink_to(target)
        self.usage("exists", "key", "generate", "--out", self.dir / "link")
        self.assertFalse(target.exists())

    def test_kid_is_the_thumbprint_unless_given(self):
        key = json.loads(self.ok("key", "generate").out)
        members = {name: key[name] for name in ("crv", "kty", "x", "y")}
        text = json.dumps(members, sort_keys=True, separators=(",", ":"))  # RFC 7638 section 3
        self.assertEqual(b64(hashlib.sha256(text.encode()).digest()), key["kid"])
        self.assertEqual("own", json.loads(self.ok("key", "generate", "--kid", "own").out)["kid"])
        self.assertNotIn("kid", json.loads(self.ok("key", "generate", "--no-kid").out))

    def test_thumbprints_of_the_rfcs(self):
        ed = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        self.assertEqual("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",  # RFC 8037 A.3
                         self.ok("key", "thumbprint", "-", stdin=json.dumps(ed)).out.strip())

    def test_terminal_gets_no_private_key(self):
        def on_terminal(*args):
            import pty
            master, slave = pty.openpty()
            done = subprocess.run([SIGNET, *args], stdout=slave, stderr=subprocess.PIPE, text=True,
                                  timeout=60)
            os.close(slave)
            try:
                shown = os.read(master, 65536).decode()
            except OSError:
                shown = ""
            os.close(master)
            return done.returncode, shown, done.stderr

        code, shown, errors = on_terminal("key", "generate")
        self.assertEqual((2, ""), (code, shown))
        self.assertIn("--out FILE", errors)
        code, shown, _ = on_terminal("key", "generate", "--print-secret")
        self.assertEqual(0, code)
        self.assertIn('"d"', shown)

    def test_openssl_reads_and_verifies_with_our_pem_keys(self):
        message = self.file("message", "hello")
        for alg, extra in (("ES256", []), ("ES384", []), ("ES512", []), ("Ed25519", []),
                           ("RS256", [])):
            with self.subTest(alg=alg):
                key = self.dir / f"{alg}.pem"
                self.ok("key", "generate", "--alg", alg, "--format", "pem", "--out", key)
                check = subprocess.run(["openssl", "pkey", "-in", key, "-check", "-noout"],
                                       capture_output=True, text=True)
                self.assertEqual(0, check.returncode, check.stderr)
                public = self.dir / f"{alg}.pub.pem"
                self.ok("key", "public", key, "--format", "pem", "--out", public)
                theirs = subprocess.run(["openssl", "pkey", "-in", key, "-pubout"],
                                        capture_output=True, text=True, check=True).stdout
                self.assertEqual(theirs, public.read_text())
                signature = self.dir / "signature"
                raw = ["-rawin"]
                subprocess.run(["openssl", "pkeyutl", "-sign", *raw, "-inkey", key, "-in", message,
                                "-out", signature, *extra], check=True, capture_output=True)
                verified = subprocess.run(
                    ["openssl", "pkeyutl", "-verify", *raw, "-pubin", "-inkey", public, "-in",
                     message, "-sigfile", signature, *extra], capture_output=True, text=True)
                self.assertEqual(0, verified.returncode, verified.stderr + verified.stdout)

    def test_keys_of_openssl_are_read(self):
        for args, kty in ((["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "EC"),
                          (["-algorithm", "ed25519"], "OKP")):
            pem = subprocess.run(["openssl", "genpkey", *args], capture_output=True, text=True,
                                 check=True).stdout
            jwk = json.loads(self.ok("key", "public", "-", stdin=pem).out)
            self.assertEqual(kty, jwk["kty"])
            self.assertNotIn("d", jwk)

    def test_conversion_goes_there_and_back(self):
        for alg in ("ES256", "Ed25519", "PS256"):
            path = self.new_key(f"{alg}.jwk", alg)
            pem = self.dir / f"{alg}.pem"
            self.ok("key", "convert", path, "--to", "pem", "--out", pem)
            kid = json.loads(path.read_text())["kid"]
            back = self.ok("key", "convert", pem, "--to", "jwk", "--alg", alg, "--kid", kid).out
            self.assertEqual(json.loads(path.read_text()), json.loads(back))

    def test_secret_is_never_shown(self):
        for alg in ("ES256", "Ed25519", "PS256"):
            path = self.new_key(f"{alg}.jwk", alg)
            secrets = [value for name, value in json.loads(path.read_text()).items()
                       if name in ("d", "p", "q", "dp", "dq", "qi")]
            bundle = self.file("set.json", {"keys": [json.loads(path.read_text())]})
            wrapped = compact({"alg": "ES256", "typ": "wit+jwt"},
                              {"cnf": {"jwk": json.loads(path.read_text())}})
            for args in (("key", "show", path), ("inspect", path), ("inspect", bundle),
                         ("inspect", path.read_text()), ("inspect", wrapped),
                         ("key", "public", path), ("bundle", "parse", bundle, "--format", "raw")):
                for flags in ([], ["--json"]):
                    ran = run(*flags, *args)
                    for secret in secrets:
                        self.assertNotIn(secret, ran.out + ran.err, args)
            self.assertIn("(secret, ", run("key", "show", path).out)

    def test_file_that_others_may_read_is_refused_with_advice(self):
        path = self.file("open.jwk", WORKLOAD_JWK, 0o644)
        self.usage("chmod 600", "wpt", "sign", "--key", path, "--wit", WIT_03, "--aud", AUDIENCE)

    def test_private_key_on_the_command_line_is_refused(self):
        self.usage("seen by every user", "wpt", "sign", "--key", json.dumps(WORKLOAD_JWK), "--wit",
                   WIT_03, "--aud", AUDIENCE)


class Tokens(CliTest):
    def setUp(self):
        super().setUp()
        self.issuer = self.new_key("issuer.jwk")
        self.workload = self.new_key("workload.jwk")
        self.trust = f"wimse://example.com={self.issuer}.pub"

    def issue(self, *args, sub="wimse://example.com/orders", now=NOW, cnf=None) -> str:
        return self.ok("wit", "issue", "--key", self.issuer, "--sub", sub, "--cnf",
                       cnf or f"@{self.workload}.pub", *args, now=now).out.strip()

    def test_issued_wit_has_the_claims_and_verifies(self):  # WIT-1, WIT-2
        token = self.issue("--iss", "https://issuer.example.com", "--ttl", "15m")
        header, claims = (json.loads(unb64(part)) for part in token.split(".")[:2])
        issuer_kid = json.loads(self.issuer.read_text())["kid"]
        self.assertEqual({"alg": "ES256", "kid": issuer_kid, "typ": "wit+jwt"}, header)
        self.assertEqual(NOW + 900, claims["exp"])
        self.assertEqual(NOW, claims["iat"])
        self.assertEqual("https://issuer.example.com", claims["iss"])
        self.assertEqual("ES256", claims["cnf"]["jwk"]["alg"])
        self.assertNotIn("d", claims["cnf"]["jwk"])
        self.assertNotIn("aud", claims)
        self.assertGreaterEqual(len(unb64(claims["jti"])), 16)
        self.ok("wit", "verify", token, "--trust", self.trust, now=NOW)
        self.assertNotIn("jti", json.loads(unb64(self.issue("--no-jti").split(".")[1])))

    def test_wit_of_ours_verifies_in_another_implementation(self):
        try:
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import ec, utils
        except ImportError:
            self.skipTest("python3 cryptography is not installed")
        jwk = json.loads(self.issuer.read_text())
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(unb64(jwk["x"]), "big"),
                                                int.from_bytes(unb64(jwk["y"]), "big"),
                                                ec.SECP256R1())
        token = self.issue()
        signed, signature = token.rsplit(".", 1)
        raw = unb64(signature)
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"),
                                         int.from_bytes(raw[32:], "big"))
        numbers.public_key().verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))

    def test_proof_of_ours_verifies_in_another_implementation(self):
        try:
            from cryptography.hazmat.primitives.asymmetric import ed25519
        except ImportError:
            self.skipTest("python3 cryptography is not installed")
        key = self.file("published.jwk", dict(WORKLOAD_JWK, alg="Ed25519"))
        proof = self.ok("wpt", "sign", "--key", key, "--wit", WIT_03, "--aud", AUDIENCE,
                        now=NOW).out.strip()
        signed, signature = proof.rsplit(".", 1)
        public = ed25519.Ed25519PublicKey.from_public_bytes(unb64(WORKLOAD_JWK["x"]))
        public.verify(unb64(signature), signed.encode())
        claims = json.loads(unb64(signed.split(".")[1]))
        self.assertEqual(b64(hashlib.sha256(WIT_03.encode()).digest()), claims["wth"])  # WPT-3

    def test_proof_binds_its_context(self):  # WPT-5.10, WPT-5.11
        wit = self.file("wit", self.issue() + "\n")
        proof = self.ok("--json", "wpt", "sign", "--key", self.workload, "--wit", f"@{wit}", "--aud",
                        AUDIENCE + "?query", "--txn-token", "txn", "--other-token", "x-user=alice",
                        now=NOW).json
        self.assertEqual("Authorization: WPT " + proof["wpt"], proof["field"])
        claims = json.loads(unb64(proof["wpt"].split(".")[1]))
        self.assertEqual(AUDIENCE, claims["aud"])
        self.assertEqual(NOW + 60, claims["exp"])
        verify = ["wpt", "verify", proof["wpt"], "--wit", f"@{wit}", "--trust", self.trust,
                  "--audience", AUDIENCE]
        self.ok(*verify, "--txn-token", "txn", "--other-token", "x-user=alice", now=NOW)
        self.refused("wpt.tth_without_token", *verify, "--other-token", "x-user=alice", now=NOW)
        self.refused("wpt.oth_mismatch", *verify, "--txn-token", "txn", "--other-token",
                     "x-user=mallory", now=NOW)

    def test_revision_01_is_a_setting(self):  # WPT-3, WPT-4
        wit = self.issue()
        sign = ["wpt", "sign", "--key", self.workload, "--wit", wit, "--aud", AUDIENCE,
                "--access-token", "token"]
        self.usage("--revision wpt-01", *sign, now=NOW)
        proof = self.ok("--json", *sign, "--revision", "wpt-01", now=NOW).json
        self.assertTrue(proof["field"].startswith("Workload-Proof-Token: ey"))
        verify = ["wpt", "verify", proof["wpt"], "--wit", wit, "--trust", self.trust, "--audience",
                  AUDIENCE, "--revision", "wpt-01"]
        self.ok(*verify, "--access-token", "token", now=NOW)
        self.refused("wpt.ath_mismatch", *verify, "--access-token", "other", now=NOW)

    def test_stolen_wit_makes_no_proof(self):  # WPT-5.4
        wit = self.issue()
        thief = self.new_key("thief.jwk")
        sign = ["wpt", "sign", "--key", thief, "--wit", wit, "--aud", AUDIENCE]
        self.refused("wpt.sign_input", *sign, now=NOW)
        proof = self.ok(*sign, "--allow-foreign-wit", now=NOW).out.strip()
        self.refused("wpt.signature_invalid", "wpt", "verify", proof, "--wit", wit, "--trust",
                     self.trust, "--audience", AUDIENCE, now=NOW)

    def test_issue_refuses_what_verifiers_would(self):
        issue = ["wit", "issue", "--key", self.issuer, "--cnf", f"@{self.workload}.pub"]
        self.refused("id.scheme_case", *issue, "--sub", "WIMSE://example.com/a")  # ID-5
        self.refused("wit.issue_input", *issue, "--sub", "wimse://example.com/a", "--ttl", "25h")
        self.refused("wit.issue_input", "wit", "issue", "--key", self.issuer, "--cnf",
                     f"@{self.issuer}.pub", "--sub", "wimse://example.com/a")  # WIT-11
        self.refused("wit.issue_input", *issue, "--sub", "wimse://example.com/a", "--profile",
                     "spiffe")  # WSVID-1
        self.usage("signet key public", "wit", "issue", "--key", self.issuer, "--cnf",
                   f"@{self.workload}", "--sub", "wimse://example.com/a")
        no_alg = {name: WORKLOAD_JWK[name] for name in ("kty", "crv", "x")}
        self.usage("--cnf-alg", "wit", "issue", "--key", self.issuer, "--cnf", json.dumps(no_alg),
                   "--sub", "wimse://example.com/a")
        self.ok("wit", "issue", "--key", self.issuer, "--cnf", json.dumps(no_alg), "--sub",
                "wimse://example.com/a", "--cnf-alg", "Ed25519")

    def test_rsa_and_pem_keys_work_all_the_way(self):
        issuer = self.new_key("rsa.jwk", "PS256")
        pem = self.dir / "workload.pem"
        self.ok("key", "generate", "--alg", "Ed25519", "--format", "pem", "--out", pem)
        public = self.dir / "workload.pub.pem"
        self.ok("key", "public", pem, "--format", "pem", "--out", public)
        wit = self.ok("wit", "issue", "--key", issuer, "--sub", "wimse://example.com/a", "--cnf",
                      f"@{public}", "--cnf-alg", "EdDSA", now=NOW).out.strip()
        # The PEM key does not say EdDSA or Ed25519: the WIT does [WPT-1].
        proof = self.ok("wpt", "sign", "--key", pem, "--wit", wit, "--aud", AUDIENCE,
                        now=NOW).out.strip()
        self.assertEqual("EdDSA", json.loads(unb64(proof.split(".")[0]))["alg"])
        self.ok("wpt", "verify", proof, "--wit", wit, "--trust", f"wimse://example.com={issuer}.pub",
                "--audience", AUDIENCE, now=NOW)

    def test_inspect_and_verify_agree_on_what_is_wrong(self):
        good = json.loads(unb64(WIT_03.split(".")[1]))
        header = {"alg": "ES256", "typ": "wit+jwt"}
        jwk = good["cnf"]["jwk"]

        def cnf(**changes):
            return dict(good, cnf={"jwk": {k: v for k, v in dict(jwk, **changes).items()
                                           if v is not None}})

        rows = [  # header, claims, code; the fault comes before the signature in WIT-12, or is found
            (dict(header, typ="JWT"), good, "wit.typ_mismatch", True),
            (dict(header, typ=None), good, "jose.header", True),
            (dict(header, alg="none"), good, "jose.alg_none", True),
            (dict(header, alg="HS256"), good, "jose.alg_unknown", True),
            (dict(header, crit=["x"]), good, "jose.crit", True),
            (dict(header, jwk=jwk), good, "jose.key_in_header", True),
            (header, dict(good, sub=None), "wit.sub_invalid", True),
            (header, dict(good, sub="wimse://Example.com/a"), "wit.sub_invalid", True),
            (header, {k: v for k, v in good.items() if k != "sub"}, "wit.sub_missing", True),
            (header, '{"sub":"wimse://example.com/a","sub":"b"}', "json.duplicate_name", True),
            (header, {k: v for k, v in good.items() if k != "exp"}, "wit.exp_missing", False),
            (header, dict(good, exp="soon"), "jwt.claim_type", False),
            (header, dict(good, exp=NOW - 60), "wit.expired", False),
            (header, dict(good, nbf=NOW + 61), "wit.not_yet_valid", False),
            (header, {k: v for k, v in good.items() if k != "cnf"}, "wit.cnf_missing", False),
            (header, cnf(alg=None), "wit.cnf_alg_missing", False),
            (header, cnf(alg="HS256"), "wit.cnf_alg_forbidden", False),
            (header, cnf(d=WORKLOAD_JWK["d"]), "wit.cnf_private", False),
            (header, cnf(x="AAAA"), "wit.cnf_key_invalid", False),
        ]
        for head, claims, code, before_signature in rows:
            with self.subTest(code=code, head=head):
                token = compact(head, claims)
                ran = run("--json", "wit", "inspect", token, now=NOW)
                self.assertEqual(1, ran.code)
                found = [finding["code"] for finding in ran.json["findings"]]
                self.assertIn(code, found)
                self.assertNotIn("rule", [f for f in ran.json["findings"] if not f["rule"]])
                if before_signature:
                    self.refused(code, "wit", "verify", token, "--trust", self.trust, now=NOW)
        self.assertEqual(0, run("wit", "inspect", compact(header, good), now=NOW).code)

    def test_inspect_finds_all_faults_of_a_proof(self):
        token = compact({"alg": "none", "typ": "JWT"}, {"aud": ["a", "b"], "wth": "short"})
        ran = run("--json", "wpt", "inspect", token, now=NOW)
        self.assertEqual(["jose.alg_none", "wpt.typ_mismatch", "wpt.aud_mismatch",
                          "wpt.exp_missing", "wpt.wth_mismatch", "wpt.jti_missing"],
                         [finding["code"] for finding in ran.json["findings"]])
        self.assertEqual("WPT-5.3", ran.json["findings"][0]["rule"])

    def test_peer_text_cannot_drive_the_terminal(self):
        evil = "\x1b[2J\u202e\u0007\x9bevil\u200b\n"
        token = compact({"alg": "ES256", "typ": "wit+jwt"}, {"sub": evil, evil: "x", "jti": evil})
        request = f"GET /{evil[:-1]} HTTP/1.1\r\nHost: a{evil[:-1]}\r\n\r\n"
        for args, stdin in ((("inspect", token), ""), (("wit", "inspect", token), ""),
                            (("inspect", "-"), request), (("inspect", "wimse://" + evil), ""),
                            (("--json", "inspect", token), "")):
            ran = run(*args, stdin=stdin, now=NOW)
            for char in ran.out + ran.err:
                self.assertTrue(char == "\n" or " " <= char <= "~" or char > "\xa0", ascii(char))
            for bad in ("\u202e", "\u200b"):
                self.assertNotIn(bad, ran.out + ran.err)

    def test_deep_and_large_input_is_survived(self):
        deep = "[" * 300000 + "]" * 300000
        for text in (compact({"alg": "ES256", "typ": "wit+jwt"}, '{"a":' + deep[:4000] + "}"),
                     '{"keys":' + deep + "}", '{"kty":"EC","x":' + deep[:60000] + "}"):
            ran = run("inspect", "-", stdin=text, now=NOW)
            self.assertIn(ran.code, (1, 2), ran.err)
        self.usage("io.too_large", "inspect", "-", stdin="a" * (1024 * 1024 + 2))


class Identifiers(CliTest):
    def test_parse(self):
        ran = self.ok("--json", "id", "parse", "wimse://example.com/service/payment").json
        self.assertEqual({"ok": True, "id": "wimse://example.com/service/payment",
                          "scheme": "wimse", "trust_domain": "example.com",
                          "path": "/service/payment", "origin": "wimse://example.com"}, ran)

    def test_refused(self):  # requirements section 1
        for text, code in (("WIMSE://a/b", "id.scheme_case"), ("wimse://a", "id.path_missing"),
                           ("wimse://A/b", "id.trust_domain_character"),
                           ("wimse://a/b/", "id.path_trailing_slash"),
                           ("wimse://a//b", "id.path_empty_segment"),
                           ("wimse://a/./b", "id.path_dot_segment"),
                           ("wimse://a/%62", "id.path_percent"),
                           ("wimse://a./b", "id.trust_domain_dot"),
                           ("wimse://u@a/b", "id.userinfo"), ("wimse://a:1/b", "id.port"),
                           ("wimse://a/b?", "id.query"), ("wimse://a/b#", "id.fragment"),
                           ("spiffe://a/b~c", "id.path_character"), ("", "id.empty"),
                           ("wimse://10.0.0.1/b", "id.trust_domain_ip")):
            with self.subTest(text=text):
                self.refused(code, "id", "parse", text)
        self.ok("id", "parse", "wimse://10.0.0.1/b", "--allow-ip")  # ID-11
        self.ok("id", "parse", "wimse://a/b~c")

    def test_compare_says_where_they_differ(self):  # ID-7, ID-9
        self.ok("id", "compare", "wimse://a/b", "wimse://a/b")
        ran = run("--json", "id", "compare", "wimse://a/pay", "wimse://a/payroll")
        self.assertEqual((1, 14), (ran.code, ran.json["first_difference_byte"]))
        out = run("id", "compare", "wimse://a/b", "spiffe://a/b").out
        self.assertIn("another scheme is another identity", out)
        self.assertIn("the second identifier", run("id", "compare", "wimse://a/b", "x").err)

    def test_origin(self):  # ID-15
        self.assertEqual("spiffe://a.b\n", self.ok("id", "origin", "spiffe://a.b/c").out)


class Bundles(CliTest):
    def setUp(self):
        super().setUp()
        self.a = self.new_key("a.jwk")
        self.b = self.new_key("b.jwk", "ES384")

    def test_make_and_parse(self):  # BUN-1, TD-1, TD-2
        for form, sequence, use in (("spiffe", "spiffe_sequence", "wit-svid"),
                                    ("wimse", "sequence_number", "wimse-jwt")):
            out = self.ok("bundle", "make", "--key", f"{self.a}.pub", "--key", f"{self.b}.pub",
                          "--format", form, "--refresh-hint", "5m", now=NOW).out
            bundle = json.loads(out)
            self.assertEqual(NOW, bundle[sequence])
            self.assertEqual({use}, {key["use"] for key in bundle["keys"]})
            self.assertNotIn('"d"', out)
            path = self.file(f"{form}.json", out)
            parsed = self.ok("--json", "bundle", "parse", path, "--format", form).json
            self.assertEqual((NOW, 300), (parsed["sequence"], parsed["refresh_hint_s"]))
            self.assertEqual(["ES256", "ES384"], [key["alg"] for key in parsed["keys"]])
            self.assertEqual(form, self.ok("--json", "inspect", path).json["format"])

    def test_certificate_of_openssl_becomes_an_anchor(self):
        pem = self.dir / "ca.key"
        cert = self.dir / "ca.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-keyout", pem, "-out", cert, "-subj",
                        "/CN=test"], check=True, capture_output=True)
        for form in ("spiffe", "wimse"):
            bundle = self.ok("bundle", "make", "--x509", cert, "--format", form).out
            path = self.file("x.json", bundle)
            self.assertIn("X.509 anchor", self.ok("bundle", "parse", path, "--format", form).out)

    def test_sequence_never_falls(self):  # TD-3
        old = self.dir / "old.json"
        self.ok("bundle", "make", "--key", f"{self.a}.pub", "--out", old, "--sequence", 9999999999)
        new = self.ok("bundle", "make", "--key", f"{self.b}.pub", "--previous", old, now=NOW).out
        self.assertEqual(10000000000, json.loads(new)["sequence_number"])

    def test_diff(self):  # TD-1, TD-3
        old, new = self.dir / "old.json", self.dir / "new.json"
        self.ok("bundle", "make", "--key", f"{self.a}.pub", "--sequence", 1, "--out", old)
        self.ok("bundle", "make", "--key", f"{self.b}.pub", "--sequence", 2, "--out", new)
        ran = self.ok("--json", "bundle", "diff", old, new).json
        self.assertEqual([json.loads(self.b.read_text())["kid"]], ran["result"]["added"])
        self.assertEqual([json.loads(self.a.read_text())["kid"]], ran["result"]["removed"])
        self.refused("bundle.rollback", "bundle", "diff", new, old)

    def test_private_key_does_not_get_in(self):
        self.usage("signet key public", "bundle", "make", "--key", self.a)
        private = self.file("set.json", {"keys": [json.loads(self.a.read_text())]})
        self.assertEqual(1, run("bundle", "parse", private, "--format", "raw").code)


class Explain(CliTest):
    def test_every_code(self):
        codes = self.ok("--json", "explain", "--list").json["codes"]
        self.assertGreater(len(codes), 150)
        for entry in codes:
            with self.subTest(code=entry["code"]):
                self.assertTrue(entry["meaning"] and entry["fix"] and entry["http_status"])
                if entry["rule"]:
                    self.assertTrue(entry["rule_text"], entry["rule"])
                    self.assertTrue(entry["document"]["title"], entry["rule"])
        out = self.ok("explain", "wpt.aud_mismatch").out
        for words in ("WPT-5.6", "draft-ietf-wimse-wpt", "section 2", "401", "UNAUTHENTICATED",
                      "usual fix"):
            self.assertIn(words, out)
        self.assertEqual(out, self.ok("explain", "1008").out)

    def test_every_rule_has_the_text_of_the_table(self):
        rows = [line.split("\t") for line in
                (SOURCE / "docs/requirements.tsv").read_text().splitlines()[1:]]
        for row in rows[:40] + rows[40::9]:
            rule = self.ok("--json", "explain", row[0]).json
            self.assertEqual((row[0], row[4]), (rule["rule"], rule["text"]))
            self.assertTrue(rule["document"]["title"], row[0])

    def test_rule_lists_the_codes_under_it(self):
        codes = self.ok("--json", "explain", "[wit-12]").json["codes"]
        self.assertIn("wit.typ_mismatch", codes)
        self.assertIn("wit.cnf_missing", codes)
        self.assertNotIn("wit.cnf_private", codes)  # WIT-11
        self.assertNotIn("wpt.expired", self.ok("--json", "explain", "WPT-5.1").json["codes"])

    def test_unknown_word_gets_the_nearest(self):
        self.usage("wpt.expired", "explain", "wpt.expird")
        self.usage("wit.expired", "explain", "expired")
        self.usage("WPT-5", "explain", "WTP-5")
        self.usage("signet explain --list", "explain", "zzzzzzzzzzzzzzz")
        self.usage("--list", "explain")


class Completion(CliTest):
    def bash(self, line: str) -> list[str]:
        script = (f'source <({SIGNET} completion bash)\nCOMP_LINE={line!r}\n'
                  "COMP_POINT=${#COMP_LINE}\nread -ra COMP_WORDS <<< \"$COMP_LINE\"\n"
                  '[[ $COMP_LINE == *" " ]] && COMP_WORDS+=("")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n'
                  '_signet\nprintf "%s\\n" "${COMPREPLY[@]}"\n')
        done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, cwd=self.dir)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout.split()

    def test_bash(self):
        self.assertIn("wit", self.bash("signet "))
        self.assertEqual(["wit", "wic"], self.bash("signet wi"))
        self.assertEqual(["issue", "verify", "inspect"], self.bash("signet --json wit ")[:3])
        self.assertIn("--max-lifetime", self.bash("signet wit verify --"))
        self.assertIn("--json", self.bash("signet wit verify --"))
        self.assertNotIn("--cnf", self.bash("signet wit verify --"))
        self.assertEqual(["spiffe"], self.bash("signet wit verify --profile s"))
        self.assertEqual(["bash", "zsh", "fish"], self.bash("signet completion ")[:3])
        self.assertIn("ES256", self.bash("signet key generate --alg "))
        self.file("my.jwk", "x")
        self.assertEqual(["my.jwk"], self.bash("signet wit issue --key m"))
        self.assertEqual(["my.jwk"], self.bash("signet key show m"))
        self.assertEqual([], self.bash("signet wit issue --sub "))

    def test_zsh(self):
        if shutil.which("zsh") is None:
            self.skipTest("zsh is not installed")
        script = self.file("c.zsh", self.ok("completion", "zsh").out)
        # The completion system needs a terminal: here its entry points are stood in for.
        test = ("compdef() { : }; compadd() { shift; print -l -- $@ }; _files() { print FILES }\n"
                f"source {script}\nwords=(signet wit verify --profile ''); CURRENT=5\n"
                "_signet\nwords=(signet key ''); CURRENT=3; _signet\n")
        done = subprocess.run(["zsh", "-fc", test], capture_output=True, text=True)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertEqual(["wimse", "spiffe"], sorted(done.stdout.split()[:2], reverse=True))
        self.assertIn("generate", done.stdout)

    def test_fish(self):
        if shutil.which("fish") is None:
            self.skipTest("fish is not installed")
        script = self.file("c.fish", self.ok("completion", "fish").out)

        def complete(line):
            done = subprocess.run(["fish", "--no-config", "-c", f"source {script}; complete -C {line!r}"],
                                  capture_output=True, text=True,
                                  env=dict(os.environ, HOME=str(self.dir)))
            self.assertEqual((0, ""), (done.returncode, done.stderr))
            return [row.split("\t")[0] for row in done.stdout.splitlines()]

        self.assertIn("verify", complete("signet wit "))
        self.assertEqual({"wimse", "spiffe"}, set(complete("signet wit verify --profile ")))
        self.assertIn("--max-lifetime", complete("signet wit verify --max"))

    def test_scripts_follow_the_commands(self):
        root = self.ok("--help").out
        for name in ("key", "id", "wit", "wpt", "http", "wic", "cert", "bundle", "inspect", "explain"):
            self.assertIn(f"\n  {name} ", root)
            self.assertIn(name, self.bash("signet "))


class Messages(CliTest):
    COMMANDS = (["key", "generate"], ["key", "public"], ["key", "convert"], ["key", "thumbprint"],
                ["key", "show"], ["id", "parse"], ["id", "compare"], ["id", "origin"],
                ["wit", "issue"], ["wit", "verify"], ["wit", "inspect"], ["wpt", "sign"],
                ["wpt", "verify"], ["wpt", "inspect"], ["bundle", "make"], ["bundle", "parse"],
                ["bundle", "diff"], ["inspect"], ["explain"], ["completion"], ["http", "sign"],
                ["http", "verify"], ["http", "base"], ["http", "digest"], ["wic", "issue"],
                ["wic", "verify"], ["cert", "ca"], ["cert", "csr"], ["cert", "show"])

    def test_every_help_has_an_example(self):
        for command in self.COMMANDS:
            out = self.ok(*command, "--help").out
            self.assertIn("signet " + " ".join(command), out.split("Example")[1], command)

    def test_missing_command_or_argument_is_a_usage_error(self):
        for command in self.COMMANDS:
            if command not in (["key", "generate"], ["explain"], ["http", "digest"]):
                self.assertEqual(2, run(*command).code, command)
        for group in ("key", "id", "wit", "wpt", "http", "wic", "cert", "bundle"):
            self.assertEqual(2, run(group).code)
        self.assertEqual(2, run("nonsense").code)

    def test_errors_say_what_to_do(self):
        token = self.file("token", WIT_03)
        trust = ["--trust", f"wimse://example.com={self.file('issuer.json', ISSUER_JWK)}"]
        self.usage(f"write @{token}", "wit", "verify", token, *trust)
        self.ok("wit", "verify", f"@{token}", *trust, now=NOW)
        self.ok("wit", "verify", "-", *trust, stdin=WIT_03 + "\n", now=NOW)
        self.usage("ORIGIN=FILE", "wit", "verify", WIT_03, "--trust", "nothing")
        self.usage("No such file", "wit", "verify", WIT_03, "--trust", "wimse://a=/none")
        self.usage("id.path_character", "wit", "verify", WIT_03, "--trust",
                   f"wimse://a/b={token}")
        self.usage("1h", "wit", "verify", WIT_03, *trust, "--leeway", "1 hour")
        self.usage("not recognised", "inspect", "what is this")

    def test_durations(self):
        trust = ["--trust", f"wimse://example.com={self.file('issuer.json', ISSUER_JWK)}"]
        verify = ["wit", "verify", WIT_03, *trust, "--max-lifetime"]
        for text in ("3600", "3600s", "60m", "1h", "1d"):  # the example lives for an hour
            self.ok(*verify, text, now=NOW)
        for text in ("3599", "59m", "0"):
            self.refused("wit.lifetime_too_long", *verify, text, now=NOW)
        for text in ("1w", "h", "-1", "1.5h", "9999999999", "1h30m"):
            self.assertEqual(2, run(*verify[:-1], f"--max-lifetime={text}", now=NOW).code, text)

    def test_json_is_one_line_of_ascii(self):
        for args in (["id", "parse", "wimse://a/b"], ["id", "parse", "x"], ["inspect", WIT_03],
                     ["explain", "wit.expired"], ["key", "generate"]):
            out = run("--json", *args).out
            self.assertEqual(1, out.count("\n"), args)
            self.assertTrue(out.isascii())
            json.loads(out)


def main() -> int:
    global SIGNET
    SIGNET = str(Path(sys.argv.pop(1)).resolve())
    program = unittest.main(exit=False, verbosity=1)
    for test, reason in program.result.skipped:
        print(f"LEFT OUT: {test.id()}: {reason}", file=sys.stderr)
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
