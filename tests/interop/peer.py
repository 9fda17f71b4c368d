"""A library behind a driver; the protocol is in ../peers/README.md."""

import pathlib

from lines import LineProcess
from verdict import ACCEPTS, REFUSES, UNSUPPORTED, Verdict

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Peer:
    def __init__(self, driver, process, said):
        self.name = f"{driver}/{said['name']}"
        self.library = said["name"]
        self.version = said["version"]
        self.ops = set(said["ops"])
        self.process = process
        # What was asked, to see that nothing it offers is left out.
        self.used = set()

    def has(self, op):
        return op in self.ops

    def ask(self, op, **members):
        question = {"op": op, "peer": self.library, **members}
        said = self.process.ask(question)
        if said.get("ok") is True:
            self.used.add(op)
            return Verdict(ACCEPTS, "", said)
        if "unsupported" in said:
            return Verdict(UNSUPPORTED, said["unsupported"], {})
        return Verdict(REFUSES, said["error"], {})


class Driver:
    def __init__(self, name):
        self.name = name
        self.process = LineProcess([str(ROOT / "build/peers" / name / "driver")])
        hello = self.process.ask({"op": "hello"})
        if hello.get("ok") is not True or hello.get("driver") != name:
            raise SystemExit(f"the driver {name} does not say hello: {hello}")
        self.language = hello["language"]
        self.peers = [Peer(name, self.process, said) for said in hello["peers"]]
