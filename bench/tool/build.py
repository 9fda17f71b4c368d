"""Builds targets of the preset `bench`."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/bench"


def _run(command):
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nbench: {' '.join(command)} failed")


def build(target):
    """The program `target`, built."""
    jobs = os.environ.get("JOBS", str(os.cpu_count()))
    _run(["cmake", "--preset", "bench", "-Wno-dev"])
    _run(["cmake", "--build", str(BUILD), "--parallel", jobs, "--target", target])
    return BUILD / "bench" / target
