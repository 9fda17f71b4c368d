#!/usr/bin/env python3
"""The first run, end to end: what it says, what it leaves, what happens when it is disturbed.

    demo_test.py PATH/TO/signet TIME_FACTOR
"""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import unittest

import support
from support import Sandbox

# Name -> status, code, rule. From the documents: WPT-8 and WIT-9 for the status, errors.def for the
# code, the step of WIT-12 and WPT-5 for the rule.
ATTACKS = {
    "replay of the captured call": (401, "wpt.replayed", "WPT-5.9"),
    "proof made for another audience": (401, "wpt.aud_mismatch", "WPT-5.6"),
    "expired proof": (401, "wpt.expired", "WPT-5.7"),
    "proof of another WIT": (401, "wpt.wth_mismatch", "WPT-5.8"),
    "another token of the caller's key as proof": (401, "wpt.typ_mismatch", "WPT-5.5"),
    "WIT sent as proof": (401, "wpt.signature_invalid", "WPT-5.4"),
    "workload that is not on the list": (403, "verify.caller_not_allowed", "CRED-AZ"),
    "no credentials": (401, "verify.no_credentials", "WPT-8"),
    "WIT alone, without proof": (401, "wpt.missing", "WPT-5.1"),
    "WIT as bearer token": (401, "wit.missing", "WIT-6"),
    "WIT, and again as bearer token": (401, "wpt.scheme_mismatch", "WPT-5.1"),
    "two Authorization fields": (400, "wpt.authorization_duplicate", "WPT-5.1"),
    "two Workload-Identity-Token fields": (400, "wit.duplicate", "WIT-6"),
    "stolen WIT with another key": (401, "wpt.signature_invalid", "WPT-5.4"),
    "WIT of another trust domain": (400, "trust.domain_unknown", "WIT-12.b"),
    "forged WIT of the demo domain": (400, "wit.signature_invalid", "WIT-12.d"),
    "WIT with alg none": (400, "jose.alg_none", "WIT-1"),
    "WIT with alg HS256 and the public key as secret": (400, "jose.alg_unknown", "WIT-1"),
    "proof without signature": (401, "jose.part_empty", "WPT-5.2"),
    "proof with alg none": (401, "wpt.alg_mismatch", "WPT-5.3"),
    "process without an entry asks for an identity": (None, "issue.no_identity", "ID-12"),
    "edge is led to the wrong server": (None, "tls.peer_unexpected", "TLS-4"),
    "plain HTTP to the TLS port": (None, "tls.handshake", "WIT-10"),
}
GOOD_CALLS = 22  # the first, twenty that are measured, one at the end


def wait_until(condition, seconds: float = 30.0):
    """The first true value of condition(); None when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        os.sched_yield()
    return None


def child_named(sandbox: Sandbox, name: str) -> int | None:
    for pid in sandbox.processes():
        try:
            if os.readlink(f"/proc/{pid}/exe").endswith("/bin/" + name):
                return pid
        except OSError:
            continue
    return None


class FirstRun(unittest.TestCase):
    def assert_clean(self, sandbox: Sandbox) -> None:
        self.assertEqual(sandbox.left(), [])
        self.assertTrue(wait_until(lambda: not sandbox.processes()), "processes are left")

    def check_report(self, sandbox: Sandbox) -> dict:
        done = sandbox.run("demo", "--json")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        report = json.loads(done.stdout)
        self.assertIs(report["ok"], True)
        got = {a["name"]: (a["got"]["status"], a["got"]["code"], a["got"]["rule"])
               for a in report["attacks"]}
        self.assertEqual(got, ATTACKS)
        self.assertEqual(report["attacks_refused"], len(ATTACKS))
        self.assertEqual(report["side_effects"], {"wanted": GOOD_CALLS, "unwanted": 0})
        self.assert_clean(sandbox)
        return report

    def test_every_attack_is_refused_with_its_code(self) -> None:
        with Sandbox() as sandbox:
            report = self.check_report(sandbox)
        self.assertEqual(report["first_call"]["status"], 201)
        rules = [c["rule"] for c in report["first_call"]["checks"]]
        self.assertTrue(all(c["ok"] for c in report["first_call"]["checks"]))
        for rule in ["WIT-10", "WIT-6", "WIT-12.d", "WPT-5.1", "WPT-5.4", "WPT-5.9", "CRED-AZ"]:
            self.assertIn(rule, rules)
        self.assertEqual(report["calls"]["count"], 20)
        self.assertGreater(report["calls"]["p99_us"], 0)
        self.assertEqual([a["id"].rsplit("/", 1)[1] for a in report["attested"]],
                         ["orders", "edge", "reports"])
        for process in report["attested"]:
            self.assertEqual(process["uid"], os.geteuid())
            self.assertRegex(process["exe_sha256"], r"^[0-9a-f]{64}$")

    def test_is_in_time(self) -> None:
        with Sandbox() as sandbox:
            report = self.check_report(sandbox)
        self.assertLess(report["first_identity_ms"], 1000 * support.TIME_FACTOR)
        self.assertLess(report["total_s"], 15 * support.TIME_FACTOR)

    def test_tells_people_the_same(self) -> None:
        with Sandbox() as sandbox:
            done = sandbox.run("demo")
            self.assert_clean(sandbox)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("\x1b", done.stdout)  # no terminal, no colours
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"^server +trust domain demo\.signet\.internal ")
        self.assertRegex(done.stdout, r"(?m)^attested +pid \d+ \(.*-> wimse://demo\.signet\.internal/"
                                      r"shop/edge$")
        for name, (_, code, rule) in ATTACKS.items():
            self.assertRegex(done.stdout, rf"(?m)^{re.escape(name)} .*\b{re.escape(code)} +{rule}")
        self.assertRegex(lines[-1], rf"^{len(ATTACKS)} attacks refused, 0 side effects, first "
                                    r"identity in \d+ ms, all in \d+\.\d s$")

    def test_never_prints_a_token(self) -> None:
        with Sandbox() as sandbox:
            done = sandbox.run("demo", "--verbose")
            self.assert_clean(sandbox)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("decision", done.stderr)  # the processes log
        self.assertNotRegex(done.stdout + done.stderr, r"eyJ[\w-]+\.[\w-]+\.[\w-]+")  # WPT-11

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_runs_without_privileges(self) -> None:
        if not support.may_be_run_by_nobody():
            self.skipTest("the binary is in a directory that not everybody may enter")
        with Sandbox(uid=support.NOBODY) as sandbox:
            report = self.check_report(sandbox)
        self.assertEqual({p["uid"] for p in report["attested"]}, {support.NOBODY})

    def test_fails_with_a_clear_line_if_orders_dies(self) -> None:
        with Sandbox() as sandbox:
            demo = sandbox.start("demo")
            orders = wait_until(lambda: child_named(sandbox, "orders"))
            self.assertIsNotNone(orders)
            os.kill(orders, signal.SIGKILL)
            out, err = demo.communicate(timeout=120)
            self.assertEqual(demo.returncode, 1, out + err)
            self.assertNotIn("attacks refused,", out)
            self.assertRegex(err, r"^signet: io\.\w+")
            self.assert_clean(sandbox)

    def test_cleans_up_when_interrupted(self) -> None:
        # As `kill` does it, and as a terminal does: all processes of the group.
        for number, send in [(signal.SIGINT, os.kill), (signal.SIGTERM, os.kill),
                             (signal.SIGINT, os.killpg)]:
            with self.subTest(number=number, send=send.__name__), Sandbox() as sandbox:
                demo = sandbox.start("demo")
                self.assertIsNotNone(wait_until(lambda: child_named(sandbox, "server")))
                send(demo.pid, number)
                out, err = demo.communicate(timeout=120)
                self.assertEqual(demo.returncode, 1, out + err)
                self.assertIn("interrupted", err)
                self.assert_clean(sandbox)

    def test_no_process_outlives_a_killed_parent(self) -> None:
        with Sandbox() as sandbox:
            demo = sandbox.start("demo")
            self.assertIsNotNone(wait_until(lambda: child_named(sandbox, "orders")))
            demo.kill()
            demo.wait(timeout=60)
            demo.stdout.close()
            demo.stderr.close()
            self.assertTrue(wait_until(lambda: not sandbox.processes()), "processes are left")

    def test_keeps_only_public_parts(self) -> None:
        with Sandbox() as sandbox:
            kept = os.path.join(sandbox.path, "kept")
            done = sandbox.run("demo", "--keep", kept)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sandbox.left(), ["kept"])
            self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o700)
            for name in ("edge.wit", "edge.wpt", "bundle.json", "ca.pem"):
                self.assertTrue(os.path.isfile(os.path.join(kept, name)), name)
            for root, _, files in os.walk(kept):
                for name in files:
                    with open(os.path.join(root, name), "rb") as file:
                        content = file.read()
                    self.assertNotIn(b"PRIVATE KEY", content, name)
                    self.assertNotIn(b'"d":', content, name)
            self.assertEqual(sandbox.processes(), [])
            again = sandbox.run("demo", "--keep", kept)
            self.assertEqual(again.returncode, 2)  # it has content

    def test_says_so_where_it_cannot_work(self) -> None:
        with Sandbox() as sandbox:
            done = sandbox.run("demo", "--keep", "/proc/nothing")
            self.assertEqual(done.returncode, 1)
            self.assertIn("io.open", done.stderr)

    def test_hides_the_command_of_its_processes(self) -> None:
        with Sandbox() as sandbox:
            done = sandbox.run("--help")
            self.assertIn("demo", done.stdout)
            self.assertNotIn("demo-role", done.stdout)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    support.main()
