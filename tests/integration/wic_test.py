#!/usr/bin/env python3
"""Tests of `signet wic`, `signet cert`, and of what `signet inspect` says of certificates.

    wic_test.py PATH-OF-SIGNET [unittest arguments]

openssl is the second opinion: it verifies what signet issues, and issues what signet verifies.
"""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import cli_test
from cli_test import NOW, CliTest, run

ID = "wimse://example.com/orders"


def openssl(*args, stdin: str = "") -> str:
    done = subprocess.run(["openssl", *map(str, args)], input=stdin, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


class WicTest(CliTest):
    def setUp(self):
        super().setUp()
        self.ca_key = self.new_key("ca.jwk")
        self.ca = self.dir / "ca.pem"
        self.ok("cert", "ca", "--key", self.ca_key, "--trust-domain", "wimse://example.com", "--out",
                self.ca, now=NOW)
        self.key = self.new_key("orders.jwk")
        self.anchor = ["--anchor", self.ca, "--origin", "wimse://example.com"]

    def issue(self, *args, name="orders.pem", id=ID, now=NOW):
        path = self.dir / name
        self.ok("wic", "issue", "--ca-key", self.ca_key, "--ca-cert", self.ca, "--id", id,
                "--public-key", f"{self.key}.pub", "--out", path, "--force", *args, now=now)
        return path


class Issuing(WicTest):
    def test_openssl_verifies_what_is_issued(self):  # WIC-1, TLS-3
        leaf = self.issue("--dns", "orders.example.com", "--dns", "orders.internal")
        for purpose in ("sslserver", "sslclient"):
            openssl("verify", "-attime", NOW, "-x509_strict", "-purpose", purpose, "-CAfile",
                    self.ca, leaf)
        text = openssl("x509", "-in", leaf, "-noout", "-text")
        for words in ("Version: 3", "X509v3 Subject Alternative Name: critical",
                      "URI:" + ID, "DNS:orders.example.com", "DNS:orders.internal",
                      "X509v3 Key Usage: critical", "Digital Signature", "CA:FALSE",
                      "TLS Web Client Authentication", "TLS Web Server Authentication",
                      "Issuer: CN = Signet CA"):
            self.assertIn(words, text)
        self.assertEqual(0o644, leaf.stat().st_mode & 0o777)

    def test_usage_is_what_was_asked_for(self):
        text = openssl("x509", "-in", self.issue("--usage", "client"), "-noout", "-ext",
                       "extendedKeyUsage")
        self.assertIn("Client", text)
        self.assertNotIn("Server", text)

    def test_authority_is_as_openssl_reads_it(self):
        text = openssl("x509", "-in", self.ca, "-noout", "-text")
        for words in ("CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "URI:wimse://example.com"):
            self.assertIn(words, text)

    def test_lifetime_ends_with_the_authority(self):  # WIC-1
        made = self.ok("--json", "wic", "issue", "--ca-key", self.ca_key, "--ca-cert", self.ca, "--id",
                       ID, "--public-key", f"{self.key}.pub", "--ttl", "3d", now=NOW).json
        self.assertEqual(NOW + 24 * 3600, made["not_after"])
        self.assertTrue(made["pem"].startswith("-----BEGIN CERTIFICATE-----\n"))

    def test_requests_prove_their_key(self):  # WIT-11
        csr = self.dir / "orders.csr"
        self.ok("cert", "csr", "--key", self.key, "--id", ID, "--dns", "orders.internal", "--out",
                csr)
        self.assertIn("OK", openssl("req", "-in", csr, "-noout", "-verify"))
        self.assertIn("URI:" + ID, openssl("req", "-in", csr, "-noout", "-text"))
        issue = ["wic", "issue", "--ca-key", self.ca_key, "--ca-cert", self.ca, "--id", ID, "--csr"]
        leaf = self.dir / "leaf.pem"
        self.ok(*issue, csr, "--out", leaf, now=NOW)
        public = openssl("x509", "-in", leaf, "-noout", "-pubkey")
        self.assertEqual(self.ok("key", "public", self.key, "--format", "pem").out, public)
        # The names of the request are wishes only.
        self.assertNotIn("orders.internal", openssl("x509", "-in", leaf, "-noout", "-text"))
        theirs = self.dir / "their.csr"
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.dir / "their.key", "-subj", "/", "-addext",
                f"subjectAltName=URI:{ID}", "-out", theirs)
        self.ok(*issue, theirs, now=NOW)
        lines = csr.read_text().splitlines()
        lines[-2] = ("A" if lines[-2][0] != "A" else "B") + lines[-2][1:]
        self.refused("issue.csr", *issue, self.file("bad.csr", "\n".join(lines)), now=NOW)

    def test_refusals(self):
        issue = ["wic", "issue", "--ca-key", self.ca_key, "--ca-cert", self.ca, "--public-key",
                 f"{self.key}.pub"]
        self.refused("id.path_trailing_slash", *issue, "--id", ID + "/", now=NOW)
        self.refused("wic.issue_input", *issue, "--id", ID, "--dns", "Not A Host", now=NOW)
        self.refused("wic.issue_input", *issue, "--id", ID, now=NOW + 25 * 3600)
        leaf = self.issue()
        self.refused("wic.issue_input", *issue[:4], "--ca-cert", leaf, *issue[6:], "--id", ID,
                     now=NOW)
        self.refused("crypto.key_mismatch", *issue[:2], "--ca-key", self.key, *issue[4:], "--id", ID,
                     now=NOW)
        self.usage("--csr", *issue[:6], "--id", ID)
        self.usage("exists", *issue, "--id", ID, "--out", leaf, now=NOW)
        self.usage("pem.label", "wic", "issue", "--ca-key", self.ca_key, "--ca-cert",
                   self.file("x.pem", self.ok("key", "public", self.key, "--format", "pem").out),
                   "--id", ID, "--public-key", f"{self.key}.pub")
        self.usage("id.", "cert", "ca", "--key", self.ca_key, "--trust-domain", "example.com")

    def test_private_keys_are_not_shown(self):
        secret = json.loads(self.ca_key.read_text())["d"]
        ran = run("wic", "issue", "--ca-key", self.ca_key, "--ca-cert", self.ca, "--id", ID,
                  "--public-key", self.key, now=NOW)
        self.assertEqual(2, ran.code)
        self.assertIn("private key", ran.err)
        self.assertNotIn(secret, ran.out + ran.err)


class Verifying(WicTest):
    def verify(self, leaf, *args, usage="server"):
        return ["wic", "verify", leaf, *self.anchor, "--usage", usage, *args]

    def test_valid_certificate_lists_every_check(self):  # WIC-1, WIC-2, TLS-3
        leaf = self.issue("--dns", "orders.example.com")
        ran = self.ok("--json", *self.verify(leaf), now=NOW)
        self.assertEqual((ID, NOW + 3600, ["orders.example.com"]),
                         tuple(ran.json["result"][name] for name in ("id", "not_after", "dns")))
        self.assertEqual(["TLS-2", "WIC-1", "XSVID-1", "TLS-3", "RFC5280-4.2", "WIC-2", "WIC-3"],
                         [check["rule"] for check in ran.json["checks"]])
        out = self.ok(*self.verify(leaf, "--expected-id", ID, "--host", "ORDERS.example.com"),
                      now=NOW).out
        for words in ("valid  " + ID, "TLS-4", "2025-04-24 16:51:40 UTC, in 1 h"):
            self.assertIn(words, out)

    def test_refusals(self):
        leaf = self.issue("--dns", "orders.example.com", "--usage", "client")
        self.refused("wic.ext_key_usage", *self.verify(leaf), now=NOW)  # TLS-3
        verify = self.verify(leaf, usage="client")
        self.refused("wic.expired", *verify, now=NOW + 3601)  # WIC-2
        self.refused("wic.not_yet_valid", *verify, now=NOW - 11)
        ran = self.refused("tls.peer_unexpected", *verify, "--expected-id", ID + "/x", now=NOW)
        self.assertEqual({"rule": "TLS-4", "ok": False, "code": "tls.peer_unexpected"},
                         ran.json["checks"][-1])
        self.refused("wic.host_mismatch", *verify, "--host", "other.example.com", now=NOW)  # TLS-4
        self.refused("wic.san_invalid", *verify, "--profile", "spiffe", now=NOW)  # XSVID-1
        self.refused("trust.domain_unknown", "wic", "verify", leaf, "--anchor", self.ca, "--origin",
                     "spiffe://example.com", "--usage", "client", now=NOW)  # TA-4
        other = self.dir / "other.pem"
        self.ok("cert", "ca", "--key", self.new_key("other.jwk"), "--trust-domain",
                "wimse://example.com", "--out", other, now=NOW)
        self.refused("wic.untrusted", "wic", "verify", leaf, "--anchor", other, "--origin",
                     "wimse://example.com", "--usage", "client", now=NOW)
        self.refused("wic.san_invalid", *self.verify(self.ca), now=NOW)  # WIC-1: no workload
        self.usage("--anchor", "wic", "verify", leaf, "--usage", "client")
        self.usage("--origin", "wic", "verify", leaf, "--usage", "client", "--anchor", self.ca)
        self.usage("--usage", "wic", "verify", leaf, *self.anchor)
        self.usage("pem.malformed", *self.verify(self.file("empty.pem", "")))

    def test_bundles_hold_anchors_too(self):  # TD-2
        leaf = self.issue()
        for style in ("wimse", "spiffe"):
            bundle = self.dir / f"{style}.json"
            self.ok("bundle", "make", "--x509", self.ca, "--format", style, "--out", bundle, now=NOW)
            self.ok("wic", "verify", leaf, "--trust", f"wimse://example.com={bundle}",
                    "--bundle-format", style, "--usage", "client", now=NOW)

    def test_chain_of_openssl(self):  # WIC-2
        def make(name, subject, ca, extensions):
            key = self.dir / f"{name}.key"
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
            csr, ext, out = (self.dir / f"{name}.{end}" for end in ("csr", "ext", "crt"))
            openssl("req", "-new", "-key", key, "-subj", subject, "-out", csr)
            ext.write_text(extensions)
            signer = ["-signkey", key] if ca is None else [
                "-CA", self.dir / f"{ca}.crt", "-CAkey", self.dir / f"{ca}.key"]
            openssl("x509", "-req", "-in", csr, *signer, "-days", "2", "-extfile", ext, "-out", out)
            return out

        authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
        root = make("root", "/CN=root", None, authority)
        inner = make("inner", "/CN=inner", "root", authority)
        leaf = make("leaf", "/CN=leaf", "inner",
                    "keyUsage=critical,digitalSignature\nsubjectAltName=URI:spiffe://a.example/b\n")
        now = int((datetime.now(timezone.utc) + timedelta(hours=1)).timestamp())
        verify = ["--anchor", root, "--origin", "spiffe://a.example", "--usage", "server",
                  "--profile", "spiffe"]
        chain = self.file("chain.pem", leaf.read_text() + inner.read_text())
        self.ok("wic", "verify", chain, *verify, now=now)
        self.refused("wic.untrusted", "wic", "verify", leaf, *verify, now=now)
        shown = self.ok("--json", "inspect", chain, now=now).json
        self.assertEqual(["certificate", "certificate"], [part["kind"] for part in shown["parts"]])
        self.assertEqual([False, True], [part["ca"] for part in shown["parts"]])


class Showing(WicTest):
    def test_certificate(self):
        leaf = self.issue("--dns", "orders.example.com")
        for args in (["cert", "show", leaf], ["inspect", leaf]):
            out = self.ok(*args, now=NOW).out
            for words in (ID, "orders.example.com", "CN=Signet CA", "until  2025-04-24 16:51:40 UTC",
                          "digitalSignature", "clientAuth, serverAuth", "nothing found",
                          "Nothing was verified"):
                self.assertIn(words, out)
        found = self.ok("--json", "cert", "show", leaf, now=NOW).json
        theirs = openssl("x509", "-in", leaf, "-noout", "-serial", "-fingerprint", "-sha256")
        # Both write the bytes; one of them may leave out leading zeros.
        serial = next(line for line in theirs.splitlines() if line.startswith("serial="))
        self.assertEqual(int(found["serial"], 16), int(serial.removeprefix("serial="), 16))
        self.assertIn(found["sha256"].upper(), theirs.replace(":", ""))
        self.assertEqual(([ID], ["orders.example.com"], False),
                         (found["uris"], found["dns"], found["ca"]))
        base64_der = "".join(leaf.read_text().splitlines()[1:-1])
        self.assertEqual(found, self.ok("--json", "inspect", base64_der, now=NOW).json)
        ca = self.ok("--json", "cert", "show", self.ca, now=NOW).json
        self.assertEqual((True, 0), (ca["ca"], ca["path_length"]))

    def test_request(self):
        pem = self.ok("cert", "csr", "--key", self.key, "--id", ID, "--dns", "a.example").out
        found = self.ok("--json", "inspect", "-", stdin=pem).json
        self.assertEqual(("certificate-request", [ID], ["a.example"]),
                         (found["kind"], found["uris"], found["dns"]))
        thumbprint = self.ok("key", "thumbprint", self.key).out.strip()
        self.assertEqual(thumbprint, found["thumbprint"])
        base64_der = "".join(pem.splitlines()[1:-1])
        self.assertEqual("certificate-request", self.ok("--json", "inspect", base64_der).json["kind"])
        broken = pem.replace("\nM", "\nN", 1)
        self.assertEqual("issue.csr", run("--json", "inspect", "-", stdin=broken).json["findings"][0]
                         ["code"])

    def test_findings(self):
        def codes(*extensions, subject="/CN=x", now=None):
            cert = self.dir / "found.pem"
            options = [option for text in extensions for option in ("-addext", text)]
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", self.dir / "found.key", "-subj", subject, "-days", "1", *options,
                    "-out", cert)
            found = run("--json", "cert", "show", cert, now=now).json
            return [(finding["code"], finding["rule"]) for finding in found["findings"]]

        leaf = "basicConstraints=critical,CA:FALSE"
        uri = "subjectAltName=URI:wimse://example.com/a"
        sign = "keyUsage=critical,digitalSignature"
        self.assertEqual([], codes(leaf, uri, sign))
        self.assertEqual([("wic.san_missing", "WIC-1")], codes(leaf, sign))
        self.assertEqual([("wic.san_many", "WIC-1")],
                         codes(leaf, uri + ",URI:wimse://example.com/b", sign))
        self.assertEqual([("wic.san_invalid", "WIC-1")],
                         codes(leaf, "subjectAltName=URI:wimse://EXAMPLE.com/a", sign))
        self.assertEqual([("wic.key_usage", "XSVID-1")],
                         codes(leaf, uri, "keyUsage=critical,keyAgreement"))
        self.assertEqual([("wic.ext_key_usage", "TLS-3")],
                         codes(leaf, uri, sign, "extendedKeyUsage=emailProtection"))
        self.assertEqual([("wic.key_usage", "XSVID-1")],  # of a SPIFFE ID more is demanded
                         codes(leaf, "subjectAltName=URI:spiffe://example.com/a"))
        self.assertIn(("wic.expired", "WIC-2"), codes(leaf, uri, sign, now=4102444800))
        self.assertIn(("wic.not_yet_valid", "WIC-2"), codes(leaf, uri, sign, now=NOW))
        cut = self.file("cut.pem", self.ca.read_text().replace("\nM", "\nN", 1))
        self.assertEqual(1, run("cert", "show", cut).code)
        self.usage("no certificate", "cert", "show", self.ca_key)

    def test_key_show_still_shows_the_key(self):
        leaf = self.issue()
        thumbprint = self.ok("key", "thumbprint", self.key).out.strip()
        self.assertIn(thumbprint, self.ok("key", "show", leaf).out)


if __name__ == "__main__":
    sys.exit(cli_test.main())
