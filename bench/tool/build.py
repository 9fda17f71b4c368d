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


def build(target, sanitize=False):
    """The program `target`, built; sanitize: with the address and undefined behaviour sanitizers."""
    jobs = os.environ.get("JOBS", str(os.cpu_count()))
    folder = ROOT / "build/asan-bench" if sanitize else BUILD
    configure = ["cmake", "--preset", "asan" if sanitize else "bench", "-Wno-dev", "-B", str(folder),
                 "-DSIGNET_BENCH=ON", "-DSIGNET_TESTS=OFF"]
    _run(configure)
    _run(["cmake", "--build", str(folder), "--parallel", jobs, "--target", target])
    return folder / "bench" / target
