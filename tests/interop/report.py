"""What a run prints, and its JSON."""

import collections

from book import unsupported


def counts_of(book, peer, judgement):
    listed = [case for case, _ in judgement.listed if case.peer == peer.name]
    return {
        "agreed": sum(case.peer == peer.name for case in judgement.agreed),
        "disagreed": sum(not unsupported(case) for case in listed),
        "unsupported": sum(map(unsupported, listed)),
    }


def show(book, peers, judgement):
    """Prints; returns the exit code."""
    for peer in peers:
        counts = counts_of(book, peer, judgement)
        print(f"{peer.name} {peer.version}: {counts['agreed']} agreed, "
              f"{counts['disagreed']} known disagreements, {counts['unsupported']} unsupported")
    shown = set()
    for case, entry in judgement.listed:
        if unsupported(case) or (case.peer, case.name) in shown:
            continue
        shown.add((case.peer, case.name))
        print(f"  {case.peer} {case.name}: signet {case.ours.says}, it {case.theirs.says}; "
              f"right: {entry['right']} [{entry['rule']}]")
    for fault in judgement.faults:
        print(f"FAILED {fault}")
    print(f"{len(judgement.agreed) + len(judgement.listed)} passed, {len(judgement.faults)} failed")
    return 1 if judgement.faults else 0


def as_json(book, peers, drivers, judgement):
    languages = {driver.name: driver.language for driver in drivers}
    out = {"peers": [], "disagreements": [], "faults": judgement.faults}
    for peer in peers:
        subjects = collections.defaultdict(lambda: collections.Counter())
        for case in judgement.agreed:
            if case.peer == peer.name:
                kind = "by_driver" if case.theirs.by_driver else "agreed"
                subjects[case.subject][kind] += 1
        for case, _ in judgement.listed:
            if case.peer == peer.name:
                kind = "unsupported" if unsupported(case) else "disagreed"
                subjects[case.subject][kind] += 1
        out["peers"].append({
            "name": peer.name,
            "version": peer.version,
            "language": languages.get(peer.name.split("/")[0], "C"),
            "subjects": {name: dict(counts) for name, counts in subjects.items()},
        })
    for case, entry in judgement.listed:
        out["disagreements"].append({
            "peer": case.peer, "case": case.name, "alg": case.alg, "signet": case.ours.says,
            "peer_says": case.theirs.says, "signet_why": case.ours.why,
            "peer_why": case.theirs.why, "differs": case.differs, "right": entry["right"],
            "rule": entry["rule"], "why": entry["why"]})
    out["differs"] = [{"peer": case.peer, "case": case.name, "alg": case.alg, "how": case.differs}
                      for case in book.cases if case.differs]
    out["cases"] = [[case.peer, case.name, case.alg, case.wanted, case.ours.says, case.theirs.says]
                    for case in book.cases]
    return out
