#!/usr/bin/env python3
"""Runs every command of docs/tools.md and compares what it prints.

    docs_test.py PATH-OF-SIGNET            checks
    docs_test.py PATH-OF-SIGNET --write    puts the real output into the document

In a block that begins with ```console a line "$ command" is followed by its output. Blocks marked
```console random print new keys or the time: they have to succeed, their text is an example.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
DOCUMENT = SOURCE / "docs/tools.md"
BLOCK = re.compile(r"^```console( random)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: str, random: bool) -> str:
    env = dict(os.environ, PATH=f"{folder}/bin:{os.environ['PATH']}", NO_COLOR="1")
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    if done.returncode not in (0, 1, 2) or (random and done.returncode != 0):
        raise SystemExit(f"{command}\nexit code {done.returncode}\n{done.stdout}")
    return done.stdout


def main() -> int:
    binary, write = str(Path(sys.argv[1]).resolve()), "--write" in sys.argv
    folder = tempfile.mkdtemp(prefix="signet-docs-")
    os.mkdir(f"{folder}/bin")
    os.symlink(binary, f"{folder}/bin/signet")
    for path in (SOURCE / "tests/vectors/published/2026-09").iterdir():
        shutil.copy(path, folder)
    text = DOCUMENT.read_text(encoding="utf-8")
    different, count = [], 0

    def replace(match: re.Match) -> str:
        nonlocal count
        random, body = match[1] or "", match[2]
        out = []
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            lines = part.split("\n")
            size = 1
            while lines[size - 1].endswith("\\"):
                size += 1
            command = "\n".join(lines[:size])
            real = run(command, folder, bool(random))
            count += 1
            if not random and real.strip("\n") != "\n".join(lines[size:]).strip("\n"):
                different.append(f"$ {command}\n{real}")
            out.append(f"$ {command}\n{real.rstrip()}".rstrip())
        return f"```console{random}\n" + "\n".join(out) + "\n```"

    try:
        written = BLOCK.sub(replace, text)
    finally:
        shutil.rmtree(folder)
    if write:
        DOCUMENT.write_text(written, encoding="utf-8")
        return 0
    for item in different:
        print(f"docs/tools.md shows something else than:\n{item}", file=sys.stderr)
    print(f"{count} commands run, {len(different)} differ")
    return 1 if different or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
