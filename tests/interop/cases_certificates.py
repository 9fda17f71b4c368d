"""Workload certificates: issued here and verified there, and certificates with one thing wrong."""

import pathlib
import tempfile

from cryptography.x509.oid import ExtendedKeyUsageOID

import json

import pki
from raw import jose, public
from scene import TRUST_DOMAIN
from verdict import ACCEPTS, REFUSES

ALGS = ("ES256", "ES384", "Ed25519")
SPIFFE = f"spiffe://{TRUST_DOMAIN}"
WIMSE = f"wimse://{TRUST_DOMAIN}"
PATH_ONLY = {"verify", "verify-intermediate", "verify-dns", "other-authority", "expired",
             "not-yet-valid", "signature-bit", "critical-extension", "intermediate-no-authority",
             "eku-server"}
OPS = ("x509_svid.verify", "x509_svid.parse", "x509.path")


def run(book, peer, scenes):
    op = next((op for op in OPS if peer.has(op)), None)
    if op is None:
        return
    for alg in ALGS:
        for origin in (SPIFFE, WIMSE):
            with tempfile.TemporaryDirectory() as folder:
                Certificates(book, peer, scenes[alg], origin, op, pathlib.Path(folder)).run()


class Certificates:
    def __init__(self, book, peer, scene, origin, op, folder):
        self.book, self.peer, self.scene, self.op = book, peer, scene, op
        self.origin = origin
        self.subject = f"certificate-{origin.split(':')[0]}"
        self.id = f"{origin}/service/client"
        self.root = self.authority(scene.issuer, folder)
        self.maker = pki.Maker(self.root, scene.issuer, scene.now)

    def authority(self, key, folder):
        path = folder / "ca.jwk"
        path.write_text(json.dumps(key))
        path.chmod(0o600)
        pem = self.scene.signet.tool("cert", "ca", "--key", str(path), "--trust-domain",
                                     self.origin, "--now", str(self.scene.now))
        return pki.pem_to_der(pem)

    def both(self, name, chain, wanted, root=None):
        if self.op == "x509.path" and name not in PATH_ONLY:
            return None
        chain = [jose.b64u(each) for each in chain]
        roots = [jose.b64u(root or self.root)]
        now = self.scene.now
        ours = self.scene.signet.check(
            "wic.verify", chain_der_b64u=chain, now=now, usage="client",
            profile="spiffe" if self.origin == SPIFFE else "wimse",
            trust={self.origin: {"x509_der_b64u": roots}})
        members = {"roots_der_b64u": roots, "now": now}
        if self.op == "x509_svid.parse":
            members = {"key_der_b64u": jose.b64u(pki.pkcs8(self.scene.client))}
        theirs = self.peer.ask(self.op, chain_der_b64u=chain, **members)
        differs = ""
        if ours.accepts and theirs.accepts and self.op != "x509.path":
            if ours.result["subject"] != theirs.result["id"]:
                differs = f"{ours.result['subject']} here, {theirs.result['id']} there"
        return self.book.add(self.peer, f"{self.subject}/{name}", self.scene.alg, wanted, ours,
                             theirs, differs)

    def issue(self, **members):
        made = self.scene.signet.make(
            "wic.issue", ca_key=self.scene.issuer, ca_der_b64u=jose.b64u(self.root), id=self.id,
            public_jwk=public(self.scene.client), now=self.scene.now, ttl_s=3600, **members)
        return [jose.unb64u(each) for each in made["chain_der_b64u"]]

    def run(self):
        if not self.both("verify", self.issue(), ACCEPTS).theirs.accepts:
            return
        self.both("verify-dns", self.issue(dns=["client.example.com"]), ACCEPTS)
        client = self.scene.client
        for name, is_authority, wanted in (("verify-intermediate", True, ACCEPTS),
                                           ("intermediate-no-authority", False, REFUSES)):
            other = pki.Maker.root(self.scene.issuer, self.scene.now)
            middle = other.intermediate(self.scene.server, is_authority)
            leaf = other.leaf(client, [self.id], issuer=middle, issuer_key=self.scene.server)
            chain = [pki.der(leaf), pki.der(middle)]
            self.both(name, chain, wanted, root=pki.der(other.authority))
        if self.op != "x509_svid.parse":
            for name, chain in self.paths():
                self.both(name, chain, REFUSES)
        for name, chain in self.names():
            self.both(name, chain, REFUSES)

    def paths(self):
        client, maker, stranger = self.scene.client, self.maker, self.scene.stranger
        yield "other-authority", [pki.der(maker.leaf(client, [self.id], issuer_key=stranger))]
        old = maker.leaf(client, [self.id], start=-7200)
        yield "expired", [pki.der(old)]
        yield "not-yet-valid", [pki.der(maker.leaf(client, [self.id], start=3600))]
        good = self.issue()[0]
        yield "signature-bit", [jose.flip_bit(good)]
        unknown = maker.leaf(client, [self.id], critical=["1.2.3.4.5"])
        yield "critical-extension", [pki.der(unknown)]
        server_only = maker.leaf(client, [self.id], eku=(ExtendedKeyUsageOID.SERVER_AUTH,))
        yield "eku-server", [pki.der(server_only)]

    def names(self):
        """What the leaf says [XSVID-1, WIC-1]."""
        client, maker = self.scene.client, self.maker
        for name, uris in (
            ("two-uris", [self.id, f"{self.origin}/service/other"]),
            ("two-uris-one-foreign", [self.id, "https://other.example.com/"]),
            ("uri-of-the-web", ["https://client.example.com/"]),
            ("uri-with-query", [self.id + "?a=1"]),
            ("uri-with-percent", [self.id + "%2fa"]),
            ("uri-with-dots", [f"{self.origin}/service/../client"]),
            ("uri-of-other-domain", [self.id.replace("interop.", "other.")]),
        ):
            yield name, [pki.der(maker.leaf(client, uris))]
        if self.origin == SPIFFE:
            yield "uri-without-path", [pki.der(maker.leaf(client, [self.origin]))]
        yield "no-uri", [pki.der(maker.leaf(client, [], dns=["client.example.com"]))]
        authority = maker.leaf(client, [self.id], ca=True, usages=(
            "digital_signature", "key_cert_sign"))
        yield "leaf-authority", [pki.der(authority)]
        signs = maker.leaf(client, [self.id], usages=("digital_signature", "key_cert_sign"))
        yield "leaf-signs-certificates", [pki.der(signs)]
        encipher = maker.leaf(client, [self.id], usages=("key_encipherment",))
        yield "leaf-signs-nothing", [pki.der(encipher)]
