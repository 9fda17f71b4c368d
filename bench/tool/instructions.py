"""Instructions of the parsers, counted by callgrind, against bench/callgrind.json.

Counted are those of our program (`ours`), which do not depend on the machine, and all of them with
libcrypto, libc and the allocator (`all`), which choose their code by the CPU.
"""

import json
import re
import shutil
import subprocess
import sys

from build import BUILD, ROOT, build

EXPECTED = ROOT / "bench/callgrind.json"
TOLERANCE = {"ours": 1.05, "all": 1.20}
NAMED = re.compile(r"^(ob|cob)=\((\d+)\)(?: (.*))?$")
COST = re.compile(r"^[+\-*\d]\S* (\d+)$")


def read_dump(path, program):
    """(ours, all) of one dump: the cost lines of functions, without those of calls."""
    objects, inside, calls = {}, False, False
    ours = everything = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if named := NAMED.match(line):
            if named[3]:
                objects[named[2]] = named[3]
            if named[1] == "ob":
                inside = objects[named[2]] == str(program)
        elif line.startswith("calls="):
            calls = True
        elif cost := COST.match(line):
            # The line behind `calls=` is what the callee took, which stands there too.
            if not calls:
                everything += int(cost[1])
                ours += int(cost[1]) if inside else 0
            calls = False
    return ours, everything


def count(program):
    folder = BUILD / "callgrind"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--dump-line=no",
         f"--callgrind-out-file={folder}/out", str(program)],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{done.stderr}\nbench: valgrind failed with {done.returncode}")
    found = {}
    for number, line in enumerate(done.stdout.splitlines(), 1):
        name, times = line.split()
        ours, everything = read_dump(folder / f"out.{number}", program)
        found[name] = {"ours": round(ours / int(times)), "all": round(everything / int(times))}
    return found


def compare(found, expected):
    """Prints the table; what got worse, and what is not in both."""
    wrong = [f"{name} is only in one of them" for name in found.keys() ^ expected.keys()]
    print(f"{'parser':18} {'ours':>9} {'expected':>9} {'':>7} {'all':>9} {'expected':>9}")
    for name in (name for name in found if name in expected):
        cells = []
        for kind, allowed in TOLERANCE.items():
            was, now = expected[name][kind], found[name][kind]
            cells.append(f"{now:9} {was:9} {100 * (now / was - 1):+6.1f}%")
            if now > was * allowed:
                wrong.append(f"{name} takes {now} instructions ({kind}), {was} were expected")
        print(f"{name:18} {' '.join(cells)}")
    return wrong


def run(options):
    found = count(build("signet_callgrind"))
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if options.update:
        EXPECTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    expected = json.loads(EXPECTED.read_text(encoding="utf-8"))
    wrong = compare(found, expected)
    for what in wrong:
        print(f"bench: {what}", file=sys.stderr)
    print(f"{len(found)} parsers, {len(wrong)} wrong")
    return 1 if wrong else 0
