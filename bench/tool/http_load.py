"""A protected listener under load of wrk: requests a second, latency, CPU and memory."""

import json
import os
import statistics
import subprocess
import sys

import machine
from build import ROOT, build

CONNECTIONS = 16
# A proof lives a minute; each piece of a load has new ones.
PIECE_S = 20
# More proofs than can be sent: a piece that runs out of them ends early, and says so.
SPARE = 1.3

# A soak: from here on memory is judged, between the piece after which the most proofs were remembered
# and the end. Before it, the table of proofs grows with the rate of the last minutes, in steps, and
# keeps what it has.
SOAK_S = 300
GROWTH = 1.10

ABOUT = """\
wrk, 1 thread, {connections} connections that are kept, closed loop: latency includes the time
behind the other requests. The server has one loop on a core of its own; its log goes to /dev/null.
"Replay waived" means that one and the same request is sent again and again; with replay protection
each proof is used once, and journaled before the answer."""

LOADS = (
    ("wpt, plain TCP, replay waived", [], False),
    ("wpt, TLS 1.3, replay waived", ["--tls"], False),
    ("wpt, TLS 1.3, replay protection on", ["--tls"], True),
    ("HTTP signature, TLS 1.3, replay protection on", ["--tls", "--httpsig"], True),
)


def _on_core(number):
    """For subprocess: the server and wrk do not take each other's core."""
    if (os.cpu_count() or 1) < 2:
        return None
    return lambda: os.sched_setaffinity(0, {number})


class Server:
    """`log`: a file for its standard error, where it logs and sanitizers report."""

    def __init__(self, program, arguments, log=subprocess.DEVNULL):
        self.process = subprocess.Popen(
            [str(program), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True, preexec_fn=_on_core(0))
        self.port = self._read()["port"]

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"bench: the server ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self._read()

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def stop(self):
        self.process.stdin.close()
        return self.process.wait(timeout=120)


def _wrk(url, seconds, requests):
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s",
         str(ROOT / "bench/http/requests.lua"), url],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_on_core(1),
        env={**os.environ, "BENCH_REQUESTS": str(requests)})
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
    if done.returncode != 0 or not last.startswith("{"):
        sys.exit(f"bench: wrk failed:\n{done.stdout}")
    return json.loads(last)


def _piece(server, url, seconds, count, folder):
    """One wrk with `count` new requests."""
    file = folder / "requests"
    server.ask(f"messages {count} {file}")
    before = server.ask("stats")
    found = _wrk(url, seconds, file)
    after = server.ask("stats")
    file.unlink()
    found["cpu_s"] = after["cpu_s"] - before["cpu_s"]
    found["allowed"] = after["counts"]["allowed"] - before["counts"]["allowed"]
    found["replay_entries"] = after["replay_entries"]
    found["rss_kb"] = server.rss_kb()
    return found


def _load(program, arguments, replay, seconds, folder, sanitize):
    journal = folder / "journal"
    for old in (journal, folder / "journal.old"):
        old.unlink(missing_ok=True)
    if replay:
        arguments = [*arguments, "--replay", str(journal)]
    report = folder / "sanitizer"
    if sanitize:
        for old in folder.glob("sanitizer.*"):
            old.unlink()
        options = f"log_path={report}:halt_on_error=1:print_stacktrace=1"
        os.environ.update(ASAN_OPTIONS=options, UBSAN_OPTIONS=options)
    server = Server(program, arguments)
    url = f"{'https' if '--tls' in arguments else 'http'}://127.0.0.1:{server.port}/"
    # Tables of keys come after many requests: they are there when the load begins.
    warm_up = _piece(server, url, 3, 100_000 if replay else 1, folder)
    start_kb = server.rss_kb()
    rate = warm_up["requests"] / (warm_up["us"] / 1e6)
    pieces, left = [], seconds
    while left > 0:
        length = max(1, round(min(left, PIECE_S)))
        count = int(rate * length * SPARE) if replay else 1
        pieces.append(_piece(server, url, length, count, folder))
        rate = max(rate, pieces[-1]["requests"] / (pieces[-1]["us"] / 1e6))
        left -= length
    found = _summary(pieces, start_kb)
    found["exit_code"] = server.stop()
    found["sanitizer_findings"] = len(list(folder.glob("sanitizer.*"))) if sanitize else None
    return found


def _settled(pieces):
    """Index of the piece with the most proofs."""
    return max(range(len(pieces)), key=lambda i: pieces[i]["replay_entries"])


def _summary(pieces, start_kb):
    requests = sum(piece["requests"] for piece in pieces)
    seconds = sum(piece["us"] for piece in pieces) / 1e6
    return {
        "requests": requests, "seconds": seconds, "per_second": requests / seconds,
        # Of each piece; the worst one for the tails.
        "p50_us": statistics.median(piece["p50_us"] for piece in pieces),
        "p99_us": max(piece["p99_us"] for piece in pieces),
        "p999_us": max(piece["p999_us"] for piece in pieces),
        "max_us": max(piece["max_us"] for piece in pieces),
        "cpu_us_per_request": sum(piece["cpu_s"] for piece in pieces) * 1e6 / requests,
        "not_200": sum(piece["refused"] for piece in pieces),
        "socket_errors": sum(piece["socket_errors"] for piece in pieces),
        "allowed": sum(piece["allowed"] for piece in pieces),
        "rss_before_kb": start_kb, "rss_after_kb": pieces[-1]["rss_kb"],
        "replay_entries": pieces[-1]["replay_entries"],
        "rss_kb": [piece["rss_kb"] for piece in pieces],
        "settled": _settled(pieces),
    }


def _faults(found, seconds):
    """Why this load failed; empty if it did not."""
    faults = []
    # Proofs that ran out leave at most one request a connection that is sent twice.
    if found["socket_errors"] or found["not_200"] > 2 * CONNECTIONS:
        faults.append("requests were refused or lost")
    if found["exit_code"] != 0:
        faults.append(f"the server ended with {found['exit_code']}")
    if found["sanitizer_findings"]:
        faults.append("a sanitizer reported something: build/asan-bench/bench/load/sanitizer.*")
    # Sanitizers keep freed memory for a while: nothing to be judged.
    if seconds >= SOAK_S and found["sanitizer_findings"] is None:
        at, kb = found["settled"], found["rss_kb"]
        if at > len(kb) * 2 // 3:
            faults.append("the most proofs came in the last third: nothing to judge memory by")
        elif kb[-1] > kb[at] * GROWTH:
            faults.append(f"memory grew from {kb[at]} KB to {kb[-1]} KB")
    return faults


def _print(name, found):
    print(f"\n{name}")
    print(f"  {found['per_second']:.0f} requests/s over {found['seconds']:.1f} s "
          f"({found['requests']} requests)")
    print(f"  latency p50 {found['p50_us'] / 1e3:.2f} ms, p99 {found['p99_us'] / 1e3:.2f} ms, "
          f"p99.9 {found['p999_us'] / 1e3:.2f} ms, max {found['max_us'] / 1e3:.2f} ms")
    print(f"  server CPU {found['cpu_us_per_request']:.1f} us a request; RSS "
          f"{found['rss_before_kb'] / 1024:.1f} MB after the warm-up, "
          f"{found['rss_after_kb'] / 1024:.1f} MB at the end")
    print(f"  {found['allowed']} allowed, {found['not_200']} not 200, "
          f"{found['socket_errors']} socket errors, "
          f"{found['replay_entries']} proofs remembered at the end")
    if found["seconds"] >= SOAK_S:
        at, kb = found["settled"], found["rss_kb"]
        print(f"  with the most proofs there were, after piece {at + 1} of {len(kb)}: "
              f"RSS {kb[at] / 1024:.1f} MB; highest from there on {max(kb[at:]) / 1024:.1f} MB")


def run(options):
    program = build("signet_bench_server", options.sanitize)
    folder = program.parent / "load"
    folder.mkdir(parents=True, exist_ok=True)
    about = machine.describe()
    print(machine.line(about))
    print(ABOUT.format(connections=CONNECTIONS))
    if options.sanitize:
        print("With the address and undefined behaviour sanitizers: the figures say nothing else.")
    seconds = options.seconds or 10
    results, failed = {}, {}
    for number, (name, arguments, replay) in enumerate(LOADS, 1):
        if options.load and number not in options.load:
            continue
        found = _load(program, arguments, replay, seconds, folder, options.sanitize)
        results[name] = found
        _print(f"{number}. {name}", found)
        if faults := _faults(found, seconds):
            failed[name] = "; ".join(faults)
    if options.json is not None:
        options.json.write_text(json.dumps({**about, "http": results}, indent=1) + "\n",
                                encoding="utf-8")
    for name, faults in failed.items():
        print(f"bench: {name}: {faults}", file=sys.stderr)
    return 1 if failed else 0
