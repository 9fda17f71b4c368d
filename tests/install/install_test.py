#!/usr/bin/env python3
"""Installs into a folder of its own and builds the example with it, by CMake and by pkg-config."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BUILD, SOURCE = (pathlib.Path(argument) for argument in sys.argv[1:3])
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.prefix = cls.root / "usr"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        cls.library = next(cls.prefix.glob("lib*/**/libsignet.a")).parent

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def signet(self, *words):
        return run(self.prefix / "bin" / "signet", *words, cwd=self.root)

    def tokens(self):
        """A caller's WIT and WPT, made with the installed binary, and the issuer's keys."""
        for name in ("issuer", "edge"):
            self.signet("key", "generate", "--out", f"{name}.jwk", "--force")
            public = self.signet("key", "public", f"{name}.jwk")
            (self.root / f"{name}.pub.jwk").write_text(public, encoding="utf-8")
        wit = self.signet("wit", "issue", "--key", "issuer.jwk", "--sub", "wimse://example.com/edge",
                          "--cnf", "@edge.pub.jwk").strip()
        wpt = self.signet("wpt", "sign", "--key", "edge.jwk", "--wit", wit,
                          "--aud", "https://orders.example.com/").strip()
        key = json.loads((self.root / "issuer.pub.jwk").read_text(encoding="utf-8"))
        keys = self.root / "issuer.jwks"
        keys.write_text(json.dumps({"keys": [key]}), encoding="utf-8")
        return keys, wit, wpt

    def check_example(self, program):
        keys, wit, wpt = self.tokens()
        self.assertEqual("wimse://example.com/edge", run(program, keys, wit, wpt).strip())
        refused = subprocess.run([program, keys, wit, wpt[:-6] + "AAAAAA"], text=True,
                                 capture_output=True, check=False)
        self.assertEqual((1, "wpt.signature_invalid"), (refused.returncode, refused.stdout.strip()))

    def test_example_builds_with_the_cmake_package(self):
        build = self.root / "example"
        run("cmake", "-G", "Ninja", "-S", SOURCE / "examples" / "verify-in-20-lines", "-B", build,
            f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_CXX_COMPILER=g++")
        run("cmake", "--build", build)
        self.check_example(build / "verify")

    def test_example_builds_with_pkg_config(self):
        environment = {**ENVIRONMENT, "PKG_CONFIG_PATH": str(self.library / "pkgconfig")}
        flags = run("pkg-config", "--static", "--cflags", "--libs", "signet",
                    env=environment).split()
        program = self.root / "verify"
        run("g++", SOURCE / "examples" / "verify-in-20-lines" / "verify.cc", "-o", program, *flags)
        self.check_example(program)

    def test_every_header_stands_alone(self):
        include = self.prefix / "include" / "signet"
        headers = sorted(include.rglob("*.h"))
        self.assertGreater(len(headers), 40)
        for header in headers:
            self.assertNotIn("internal", header.parts)
        everything = self.root / "all.cc"
        everything.write_text("".join(f'#include "{header.relative_to(include)}"\n'
                                      for header in reversed(headers)), encoding="utf-8")
        run("g++", "-std=c++23", "-fsyntax-only", f"-I{include}", everything)

    def test_a_relying_party_links_nothing_that_signs(self):
        symbols = run("nm", "-C", "--defined-only", self.library / "libsignet.a")
        self.assertIn("signet::verify::Verifier::Decide", symbols)
        self.assertNotIn("signet::crypto::PrivateKey::Sign", symbols)
        signing = run("nm", "-C", "--defined-only", self.library / "libsignet-sign.a")
        self.assertIn("signet::crypto::PrivateKey::Sign", signing)

    def test_pages_are_there_and_clean(self):
        pages = sorted((self.prefix / "share" / "man" / "man1").glob("*.1"))
        names = {page.name for page in pages}
        self.assertIn("signet.1", names)
        self.assertIn("signet-wit.1", names)
        for page in pages:
            text = page.read_text(encoding="utf-8")
            self.assertTrue(text.startswith(".TH SIGNET"), page)
            self.assertIn(".SH NAME", text)
        for file in ("bash-completion/completions/signet", "zsh/site-functions/_signet",
                     "fish/vendor_completions.d/signet.fish"):
            self.assertGreater((self.prefix / "share" / file).stat().st_size, 1000, file)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
