"""The loop of the protocol in ../README.md: one JSON object a line in, one a line out, in order.

A subject's file has the libraries it is about: name, version and operations. An operation is a
function that takes a request and does what is done once (keys are imported), and returns the
function that handles a message; so that `bench` times what the answers come from.
"""

import json
import platform
import sys
import warnings

import bench
import certificates
import http_signatures
import spiffe_svids
import tokens
from common import CallerCheck, Unsupported

PEERS = {peer.NAME: peer for peer in (tokens, http_signatures, certificates, spiffe_svids)}


def hello():
    peers = [
        {"name": peer.NAME, "version": peer.VERSION, "ops": [*peer.OPERATIONS, "bench"]}
        for peer in PEERS.values()
    ]
    language = f"Python {platform.python_version()}"
    return {"driver": "python", "language": language, "peers": peers}


def answer(request):
    if request["op"] == "hello":
        return hello()
    peer = PEERS.get(request["peer"])
    if peer is None:
        raise Unsupported(f"no library {request['peer']}")
    is_bench = request["op"] == "bench"
    op = request["of"] if is_bench else request["op"]
    if op not in peer.OPERATIONS:
        raise Unsupported(f"{peer.NAME} has no {op}")
    handle = peer.OPERATIONS[op](request)
    return bench.run(handle, request["seconds"]) if is_bench else handle()


def main():
    # Answers are all that may be written; warnings of libraries are for people.
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            result = {"ok": True, **answer(json.loads(line))}
        except Unsupported as reason:
            result = {"ok": False, "unsupported": str(reason)}
        except CallerCheck as check:
            result = {"ok": False, "error": f"driver: {check}"}
        except Exception as error:  # whatever a library throws is a refusal
            result = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
