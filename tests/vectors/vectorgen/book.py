"""Collects the cases of one file."""

import base64
import json

DROP = object()


def change(base, **members):
    """A copy of `base` with members set, or removed where the value is DROP."""
    out = dict(base)
    for name, value in members.items():
        if value is DROP:
            out.pop(name, None)
        else:
            out[name] = value
    return out


class Book:
    def __init__(self):
        self.lines = []

    def _add(self, case, op, inputs, want, cites, attack, note):
        line = {"case": case, "op": op, **inputs, "want": want, "cites": list(cites)}
        if attack is not None:
            line["attack"] = attack
        line["note"] = note
        self.lines.append(line)

    def good(self, case, op, inputs, result=None, cites=(), note="", attack=None, **want):
        expected = {"ok": True, "code": None, "rule": None}
        if result is not None:
            expected["result"] = result
        expected.update(want)
        self._add(case, op, inputs, expected, cites, attack, note)

    def bad(self, case, op, inputs, code, rule, note, attack=None, cites=None):
        expected = {"ok": False, "code": code, "rule": rule}
        self._add(
            case,
            op,
            inputs,
            expected,
            [rule] if cites is None and rule else cites or [],
            attack,
            note,
        )

    def raw(self, case, text, code, note, reported_case=None):
        """A line given to the tool byte by byte: text, or bytes that are no UTF-8."""
        line = {"case": case}
        if isinstance(text, bytes):
            line["raw_b64u"] = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
        else:
            line["raw"] = text
        line["want"] = {"case": reported_case, "ok": code is None, "code": code, "rule": None}
        line["cites"] = []
        line["note"] = note
        self.lines.append(line)

    def text(self):
        return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in self.lines)
