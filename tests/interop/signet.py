"""Our side: `signet check`, and the tools where a file is made."""

import json
import subprocess

from lines import LineProcess
from verdict import ACCEPTS, REFUSES, Verdict


class Signet:
    def __init__(self, binary):
        self.binary = str(binary)
        self.process = LineProcess([self.binary, "check"])

    def check(self, op, **members):
        said = self.process.ask({"case": 0, "op": op, **members})
        if said["ok"]:
            return Verdict(ACCEPTS, "", said["result"])
        if said["code"].startswith("usage."):
            raise SystemExit(f"a usage error is a fault of this suite: {op}: {said}")
        return Verdict(REFUSES, f"{said['code']} [{said['rule']}] {said['detail']}", {})

    def make(self, op, **members):
        """The result of an operation that must succeed."""
        verdict = self.check(op, **members)
        if not verdict.accepts:
            raise SystemExit(f"signet refuses to do {op}: {verdict.why}")
        return verdict.result

    def tool(self, *arguments, stdin=""):
        done = subprocess.run(
            [self.binary, *arguments], input=stdin, capture_output=True, text=True, timeout=60
        )
        if done.returncode != 0:
            raise SystemExit(f"signet {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def new_key(self, alg):
        return json.loads(self.tool("key", "generate", "--alg", alg))
