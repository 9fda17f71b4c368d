"""Checks the vectors themselves: shape, names, codes, and the outcome by reference.py."""

import collections
import json
import re

from .compare import subset
from .reference_verify import Replay, outcome

WANT_MEMBERS = {"ok", "code", "rule", "result", "jws", "signed", "certificate", "case"}
# Those of the 37 attacks that tokens, keys, identifiers, certificates, proofs, signatures and
# replay can show.
ATTACKS = {*range(1, 11), *range(12, 24), 26, 33, 35, 37}
# Rules that a code may be reported under beside its own: the step that met the fault.
STRUCTURE = ("jose.", "json.", "base64url.")
REFINED = {
    "trust.domain_unknown": {"WIT-12.b", "WIC-2"},
    "trust.kid_unknown": {"WIT-12.d"},
    "trust.kid_ambiguous": {"WIT-12.d"},
    "trust.no_keys": {"WIT-12.d", "WIC-2"},
    "jose.alg_unknown": {"WIT-1"},
    "jose.alg_not_allowed": {"WIT-12.d"},
    "jose.alg_key_mismatch": {"WIT-12.d"},
    "jwt.claim_type": {"WIT-2", "TA-2", "WPT-5.7", "WPT-5.8", "WPT-5.10"},
    "wit.cnf_alg_not_allowed": {"WSVID-1"},
    "http.field_duplicate": {"WPT-5.10", "SIG-1"},
    "verify.no_credentials": {"SIG-8"},
    # A step of the signature's verification reports what it met under its own name.
    "sfv.malformed": {"SIG-8"},
    "sfv.too_large": {"SIG-8"},
    "httpsig.component_invalid": {"SIG-8", "SIG-2"},
    "httpsig.parameter_type": {"SIG-8"},
    "httpsig.parameter_missing": {"SIG-5"},
    "httpsig.component_missing": {"SIG-2"},
    "httpsig.unresolvable": {"SIG-10"},
    "digest.malformed": {"SIG-3"},
    "wic.san_invalid": {"XSVID-1"},
    "wic.ext_key_usage": {"XSVID-1"},
    "tls.peer_unexpected": {"TLS-1"},
}
ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z]+)?-?[0-9.]*[a-z]?(\.[a-f0-9]+)*\Z|CRED-AZ\Z")


def read_codes(errors_def):
    """{code: rule} of errors.def; rule None where no requirement refuses."""
    pattern = r'SIGNET_ERROR\(k\w+,\s*\d+,\s*"([^"]+)",\s*"([^"]+)"'
    return {name: None if rule == "-" else rule for name, rule in re.findall(pattern, errors_def)}


class Checker:
    def __init__(self, codes):
        self.codes = codes
        self.problems = []
        self.seen = set()
        self.per_file = {}
        self.attacks = collections.Counter()
        self.rules = collections.Counter()
        self.used_codes = collections.Counter()

    def say(self, case, text):
        self.problems.append(f"{case}: {text}")

    def check_shape(self, line):
        case = line.get("case")
        if not isinstance(case, str) or not re.fullmatch(r"[a-z0-9.-]+", case) or case in self.seen:
            self.say(case, "case is no fresh name of a-z 0-9 . -")
        self.seen.add(case)
        want = line.get("want")
        if (
            not isinstance(want, dict)
            or set(want) - WANT_MEMBERS
            or not {"ok", "code", "rule"} <= set(want)
        ):
            self.say(case, "want has the wrong members")
            return False
        if want["ok"] != (want["code"] is None) or (want["ok"] and want["rule"] is not None):
            self.say(case, "ok, code and rule do not agree")
        if not want["ok"] and not line.get("note"):
            self.say(case, "a refusal without a note")
        if not want["ok"] and line.get("op") and want["rule"] and want["rule"] not in line["cites"]:
            self.say(case, "the refusing rule is not cited")
        for cite in line.get("cites", []):
            if not ID.match(cite):
                self.say(case, f"{cite} is no requirement id")
        if "attack" in line and line["attack"] not in ATTACKS:
            self.say(case, f"attack {line['attack']} is not one of these vectors")
        return True

    def check_code(self, line):
        want = line["want"]
        code, rule = want["code"], want["rule"]
        if code is None:
            return
        if code not in self.codes:
            self.say(line["case"], f"{code} is not in errors.def")
            return
        allowed = {self.codes[code]} | REFINED.get(code, set())
        if code.startswith(STRUCTURE):
            allowed |= {"WIT-12.a", "WPT-5.2"}
        if rule not in allowed:
            self.say(line["case"], f"{code} under {rule}, errors.def says {self.codes[code]}")

    def check_outcome(self, line, replay):
        if "op" not in line:
            return
        real = outcome(line, replay)
        if real is None:
            return
        ok, code, rule, result = real
        want = line["want"]
        if (ok, code, rule) != (want["ok"], want["code"], want["rule"]):
            self.say(
                line["case"],
                f"wants {want['code']} {want['rule']}, the reference says {code} {rule}",
            )
        elif "result" in want and not subset(want["result"], result):
            self.say(line["case"], f"wants {want['result']}, the reference says {result}")

    def check_file(self, name, text):
        replay = Replay()
        good = bad = 0
        for raw in text.splitlines():
            line = json.loads(raw)
            if not self.check_shape(line):
                continue
            self.check_code(line)
            self.check_outcome(line, replay)
            if line["want"]["ok"]:
                good += 1
            else:
                bad += 1
                self.used_codes[line["want"]["code"]] += 1
            if "attack" in line:
                self.attacks[line["attack"]] += 1
            self.rules.update(line["cites"])
        self.per_file[name] = (good, bad)

    def finish(self):
        good = sum(g for g, _ in self.per_file.values())
        bad = sum(b for _, b in self.per_file.values())
        if good + bad < 1600 or bad < 1200:
            self.say("all", "too few cases")
        for attack in sorted(ATTACKS - set(self.attacks)):
            self.say("all", f"no case for attack {attack}")

    def summary(self):
        out = ["file                good  bad"]
        for name, (good, bad) in self.per_file.items():
            out.append(f"{name:18} {good:5} {bad:4}")
        good = sum(g for g, _ in self.per_file.values())
        bad = sum(b for _, b in self.per_file.values())
        out.append(f"{'total':18} {good:5} {bad:4}   {len(self.used_codes)} codes")
        out.append("attacks: " + " ".join(f"{a}:{self.attacks[a]}" for a in sorted(self.attacks)))
        out.append("rules:   " + " ".join(f"{r}:{self.rules[r]}" for r in sorted(self.rules)))
        prefixes = (
            "id. jwk. jose. wit. wpt. bundle. crypto.signature trust. sfv. httpsig. digest. wic."
        )
        unused = [
            c
            for c in self.codes
            if c.startswith(tuple(prefixes.split())) and c not in self.used_codes
        ]
        out.append("codes without a case: " + " ".join(unused))
        return "\n".join(out)
