"""Makes signed messages: the base is written out line by line from what the case says, never parsed
back from the fields that result."""

import base64

from . import keys
from .book import DROP
from .jose import sign

TAG = "wimse-workload-to-workload"


def text(value):
    """A parameter's value: an Integer, a Boolean, a String, or what Raw holds as it stands."""
    if isinstance(value, Raw):
        return "=" + str(value)
    if value is True:
        return ""
    if value is False:
        return "=?0"
    if isinstance(value, int):
        return "=" + str(value)
    return '="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Raw(str):
    """Text of a parameter's value as it stands."""


def params(values):
    pairs = values.items() if isinstance(values, dict) else values
    return "".join(";" + key + text(value) for key, value in pairs if value is not DROP)


def bytes_item(data):
    return ":" + base64.b64encode(data).decode() + ":"


def sign_lines(lines, parameters, key=keys.WORKLOAD, alg="ES256"):
    """(inner list, signature): `lines` are (component identifier, value)."""
    inner = "(" + " ".join(identifier for identifier, _ in lines) + ")" + params(parameters)
    base = "".join(f"{identifier}: {value}\n" for identifier, value in lines)
    base += '"@signature-params": ' + inner
    return inner, sign(key, alg, base.encode())


def fields(label, inner, signature):
    """The two field lines."""
    return [
        ["Signature-Input", label + "=" + inner],
        ["Signature", label + "=" + bytes_item(signature)],
    ]


def quoted(name):
    return '"' + name + '"'


def value_of(name, message, request=None):
    """The value of a plain component of a message that has each field once."""
    if name.endswith(";req"):
        return value_of(name[:-4], request)
    if name == "@status":
        return str(message["status"])
    if name == "@method":
        return message["method"]
    if name == "@request-target":
        return message["target"]
    if name in ("@path", "@query"):
        path, mark, query = message["target"].partition("?")
        return path if name == "@path" else "?" + query
    if name == "@authority":
        return message["authority"]
    return dict((n.lower(), v) for n, v in message["headers"])[name]


def identifier_of(name):
    return quoted(name[:-4]) + ";req" if name.endswith(";req") else quoted(name)


def lines_of(names, message, request=None):
    return [(identifier_of(name), value_of(name, message, request)) for name in names]
