"""Other implementations beside ours, on the same messages and in turns; drivers of tests/peers."""

import json
import statistics
import subprocess
import sys
import time

import machine
import peers_report
import rows
from build import ROOT, build

DRIVERS = ("c", "go", "node", "python", "rust")
# Every implementation is measured this often for each operation, every second time in reverse order,
# and its best round counts: a virtual machine runs at half its speed for seconds on end.
ROUNDS = 8
SECONDS = 0.4

# Operation of the drivers, what it is called, and our row for each algorithm.
TASKS = (
    ("wit.verify", "Verify a WIT", "wit/verify/{}"),
    ("wit_wpt.verify", "Verify a WIT and its WPT", "wit_wpt/cold/{}"),
    ("httpsig.verify", "Verify an HTTP signature", "httpsig/verify/warm/{}"),
    ("httpsig.sign", "Sign an HTTP request", "httpsig/sign/{}"),
    ("wit.issue", "Issue a WIT", "wit/mint/{}"),
)
# Rows that have one without tables of key multiples.
WITH_TABLES = ("wit.verify", "wit_wpt.verify", "httpsig.verify")
ALGS = {"es256": "ES256", "eddsa": "EdDSA"}


class Driver:
    def __init__(self, name):
        self.name = name
        self.process = subprocess.Popen([str(ROOT / "build/peers" / name / "driver")], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        hello = self.ask({"op": "hello"})
        self.language = hello["language"]
        self.peers = [Peer(self, said) for said in hello["peers"] if "bench" in said["ops"]]

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"bench: the driver {self.name} ended with {self.process.wait()}")
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


class Peer:
    def __init__(self, driver, said):
        self.driver = driver
        self.name, self.version, self.ops = said["name"], said["version"], set(said["ops"])

    def measure(self, operation, members, seconds):
        said = self.driver.ask({"op": "bench", "peer": self.name, "of": operation,
                                "seconds": seconds, **members})
        if said.get("ok") is True:
            return [ns / 1e3 for ns in said["ns_per_op"]], said["cpu"], None
        return [], True, said.get("unsupported") or said.get("error") or "no reason given"


def _public(jwk):
    return {name: value for name, value in jwk.items() if name != "d"}


def members_of(operation, messages, now):
    """What the operation is given. Proofs live a minute, so messages are made right before."""
    if operation == "wit.verify":
        return {"token": messages["wit"], "jwks": messages["jwks"], "now": now}
    if operation == "wit_wpt.verify":
        return {name: messages[name] for name in ("wit", "wpt", "jwks", "aud")} | {"now": now}
    if operation == "httpsig.verify":
        return {"request": messages["request"], "label": "wimse", "now": now,
                "jwk": _public(messages["workload_jwk"])}
    if operation == "httpsig.sign":
        headers = [line for line in messages["request"]["headers"]
                   if line[0] not in ("Signature", "Signature-Input")]
        return {"request": {**messages["request"], "headers": headers}, "label": "wimse",
                "jwk": messages["workload_jwk"], "components": messages["components"],
                "params": {"created": now, "expires": now + 60, "nonce": "AAECAwQFBgcICQoLDA0ODw",
                           "tag": "wimse-workload-to-workload"}}
    return {"jwk": messages["issuer_jwk"], "claims": messages["claims"], "kid": messages["kid"]}


def fresh_messages(program, alg):
    now = int(time.time())
    done = subprocess.run([str(program), f"--messages={now}"], text=True, check=True,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)[alg], now


class Contender:
    """One line of a table: ours, with or without tables, or a peer."""

    def __init__(self, name, language, version, measure):
        self.name, self.language, self.version = name, language, version
        self.measure = measure
        self.rounds, self.cpu, self.refusal = [], True, None

    def run(self):
        if self.refusal is not None:
            return
        samples, self.cpu, self.refusal = self.measure()
        if samples:
            self.rounds.append(statistics.median(samples))

    def result(self):
        return {"name": self.name, "language": self.language, "version": self.version,
                "cpu": self.cpu, "refusal": self.refusal,
                "us": min(self.rounds, default=None)}


def _ours(program, row):
    found = rows.measure(program, rows.FULL, [row])
    return [found[row]["us"]], True, None


def contenders(program, commit, drivers, operation, row, alg, seconds):
    name = row.format(alg)
    out = [Contender("Signet", "C++", commit, lambda: _ours(program, name))]
    if operation in WITH_TABLES and alg == "es256":
        out.append(Contender("Signet without key tables", "C++", commit,
                             lambda: _ours(program, f"{name}/plain")))
    for driver in drivers:
        for peer in driver.peers:
            if operation not in peer.ops:
                continue

            def ask(peer=peer):
                messages, now = fresh_messages(program, alg)
                return peer.measure(operation, members_of(operation, messages, now), seconds)

            out.append(Contender(peer.name, driver.language, peer.version, ask))
    return out


class Task:
    """One operation with one algorithm, and everybody who does it."""

    def __init__(self, program, commit, drivers, about, alg, seconds):
        self.operation, self.title, row = about
        self.alg, self.row = ALGS[alg], row.format(alg)
        self.contenders = contenders(program, commit, drivers, self.operation, row, alg, seconds)

    def run(self, number):
        for contender in self.contenders if number % 2 == 0 else reversed(self.contenders):
            contender.run()

    def result(self):
        return {"operation": self.operation, "title": self.title, "alg": self.alg, "row": self.row,
                "results": [contender.result() for contender in self.contenders]}


def _print(task):
    print(f"\n{task['title']}, {task['alg']} (us)")
    for found in sorted(task["results"], key=lambda found: found["us"] or float("inf")):
        number = f"{found['us']:10.1f}" if found["us"] else "         -"
        why = "" if found["refusal"] is None else f"  {found['refusal']}"
        print(f"{number}  {found['name']} {found['version']} ({found['language']}){why}")


def run(options):
    program = build("signet_bench")
    names = options.peers or DRIVERS
    for name in names:
        if name not in DRIVERS:
            sys.exit(f"bench: no driver {name}; there are: {', '.join(DRIVERS)}")
    done = subprocess.run([str(ROOT / "tests/peers/install"), *names])
    if done.returncode != 0:
        return done.returncode
    about = machine.describe()
    print(machine.line(about))
    drivers = [Driver(name) for name in names]
    measured = [Task(program, about["commit"], drivers, task, alg, options.seconds or SECONDS)
                for alg in ALGS for task in TASKS]
    # Round after round over all of them, so that each one's rounds lie minutes apart.
    for number in range(ROUNDS):
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
        for task in measured:
            task.run(number)
    tasks = [task.result() for task in measured]
    for task in tasks:
        _print(task)
    for driver in drivers:
        driver.stop()
    found = {**about, "tasks": tasks}
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if options.write:
        peers_report.write(found)
    return 0
