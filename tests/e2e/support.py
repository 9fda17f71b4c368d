"""What the end-to-end tests share: the binary, private directories, looking for what is left."""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

BINARY = ""
TIME_FACTOR = 1.0
NOBODY = 65534
VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "published"


def main() -> None:
    """unittest.main with our arguments: binary and time factor."""
    global BINARY, TIME_FACTOR
    BINARY = os.path.abspath(sys.argv.pop(1))
    TIME_FACTOR = float(sys.argv.pop(1))
    unittest.main(module="__main__", verbosity=2)


def processes_below(directory: str) -> list[int]:
    """Processes whose executable lies, or lay, in `directory`."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if os.readlink(f"/proc/{entry}/exe").startswith(directory + "/"):
                found.append(int(entry))
        except OSError:
            continue  # ended, or not ours to see
    return found


class Sandbox:
    """A private TMPDIR, and a user to run as."""

    def __init__(self, uid: int | None = None):
        self.path = os.path.realpath(tempfile.mkdtemp(prefix="s-"))
        self.uid = uid
        # Where a coverage build writes its counts if it may not write them beside its objects.
        self.counts = os.path.realpath(tempfile.mkdtemp(prefix="s-"))
        if uid is not None:
            os.chown(self.path, uid, uid)
            os.chown(self.counts, uid, uid)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.rmtree(self.counts, ignore_errors=True)

    def command(self, *arguments: str) -> list[str]:
        before = []
        if self.uid is not None:
            before = ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups",
                      "--no-new-privs"]
        return [*before, BINARY, *arguments]

    def environment(self) -> dict[str, str]:
        other = {} if self.uid is None else {"GCOV_PREFIX": self.counts}
        return {**os.environ, "TMPDIR": self.path, "HOME": self.path, "LANG": "C", **other}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), env=self.environment(), text=True,
                              capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
                              cwd=self.path, check=False)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(self.command(*arguments), env=self.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.path,
                                stdin=subprocess.DEVNULL, start_new_session=True)

    def left(self) -> list[str]:
        return sorted(os.listdir(self.path))

    def processes(self) -> list[int]:
        return processes_below(self.path)


def may_be_run_by_nobody() -> bool:
    """Every directory down to the binary can be entered by everybody."""
    path = pathlib.Path(BINARY)
    return all(os.stat(p).st_mode & stat.S_IXOTH for p in [path, *path.parents])
