"""`openssl verify -x509_strict` as a peer: paths only, it knows no identifiers."""

import shutil
import ssl
import subprocess
import tempfile

from raw import jose
from verdict import ACCEPTS, REFUSES, Verdict


class OpensslPeer:
    name = library = "openssl/verify"
    ops = {"x509.path"}

    def __init__(self):
        if not shutil.which("openssl"):
            raise SystemExit("no openssl")
        done = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=True)
        self.version = done.stdout.split()[1]
        self.used = set()

    def has(self, op):
        return op in self.ops

    def ask(self, op, chain_der_b64u, roots_der_b64u, now):
        assert op == "x509.path"
        with tempfile.TemporaryDirectory() as folder:
            files = []
            leaf, *others = chain_der_b64u
            for kind, ders in (("leaf", [leaf]), ("others", others), ("roots", roots_der_b64u)):
                files.append(f"{folder}/{kind}.pem")
                with open(files[-1], "w") as out:
                    out.writelines(ssl.DER_cert_to_PEM_cert(jose.unb64u(d)) for d in ders)
            command = ["openssl", "verify", "-x509_strict", "-purpose", "sslclient", "-attime",
                       str(now), "-no-CApath", "-no-CAstore", "-CAfile", files[2]]
            command += (["-untrusted", files[1]] if others else []) + [files[0]]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if done.returncode == 0:
            self.used.add(op)
            return Verdict(ACCEPTS, "", {})
        return Verdict(REFUSES, " ".join((done.stdout + done.stderr).split()), {})
