"""What was measured, and where: a number without both says nothing."""

import os
import pathlib
import platform
import re
import subprocess

from build import ROOT


def _said(*command):
    try:
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def commit():
    """Of the sources; with `-dirty` if they were changed since."""
    name = _said("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    return name + ("-dirty" if _said("git", "status", "--porcelain", "--", "src", "bench") else "")


def cpu():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()


def _debian_version(package):
    return _said("dpkg-query", "-W", "-f", "${Version}", package)


def describe():
    with open("/proc/loadavg", encoding="ascii") as file:
        load = float(file.read().split()[0])
    packages = {"OpenSSL": "libssl3", "libsodium": "libsodium23", "libgcrypt": "libgcrypt20",
                "nettle": "libhogweed6", "Botan": "libbotan-2-19", "Mbed TLS": "libmbedcrypto7",
                "g++": "g++-12"}
    return {
        "commit": commit(),
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load": load,
        "versions": {name: _debian_version(package) for name, package in packages.items()},
    }


def line(about):
    return (f"commit {about['commit']}, {about['cpu']}, {about['cores']} cores, "
            f"Linux {about['kernel']}, load {about['load']:.2f} at the start")
