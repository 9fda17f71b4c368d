#!/usr/bin/env python3
"""Packs and unpacks what fuzzing found worth keeping: one archive a target.

    tools/fuzz_corpus.py unpack ARCHIVE FOLDER         files that are there stay
    tools/fuzz_corpus.py pack ARCHIVE FOLDER [SEEDS]   without files that SEEDS, a folder, has too

An archive is tar.xz and depends on nothing but the contents: members are named by their SHA-256, in
order, without times and owners. Unpacking takes plain files with such names and nothing else.
"""

import hashlib
import io
import sys
import tarfile
from pathlib import Path

MAX_MEMBERS = 10_000
MAX_BYTES = 1 << 20


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder by the digest of their content."""
    if not folder.is_dir():
        return {}
    files = (path.read_bytes() for path in folder.iterdir() if path.is_file())
    return {hashlib.sha256(data).hexdigest(): data for data in files}


def pack(archive: Path, folder: Path, seeds: Path | None) -> int:
    found = contents(folder)
    for name in contents(seeds) if seeds else ():
        found.pop(name, None)
    if not found:
        archive.unlink(missing_ok=True)
        return 0
    with tarfile.open(archive, "w:xz", preset=9) as out:
        for name in sorted(found):
            member = tarfile.TarInfo(name)
            member.size = len(found[name])
            out.addfile(member, io.BytesIO(found[name]))
    return len(found)


def unpack(archive: Path, folder: Path) -> int:
    if not archive.exists():
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with tarfile.open(archive, "r:xz") as packed:
        for member in packed:
            if not member.isfile() or member.size > MAX_BYTES or count == MAX_MEMBERS:
                raise ValueError(f"{archive}: {member.name} does not belong there")
            data = packed.extractfile(member).read()
            if hashlib.sha256(data).hexdigest() != member.name:
                raise ValueError(f"{archive}: {member.name} is another content")
            (folder / member.name).write_bytes(data)
            count += 1
    return count


def main() -> int:
    if len(sys.argv) not in (4, 5) or sys.argv[1] not in ("pack", "unpack"):
        print(__doc__, file=sys.stderr)
        return 2
    archive, folder = Path(sys.argv[2]), Path(sys.argv[3])
    if sys.argv[1] == "unpack":
        unpack(archive, folder)
    else:
        count = pack(archive, folder, Path(sys.argv[4]) if len(sys.argv) == 5 else None)
        size = archive.stat().st_size if archive.exists() else 0
        print(f"{archive}: {count} files, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
