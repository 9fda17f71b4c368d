"""Signature bases, built a second time (RFC 9421 sections 2 and 4), naively.

Only the standard library: the runner uses it too. A component is (name, frozenset of its
parameters, its identifier as it is written).
"""

import re
import urllib.parse

from .reference_sfv import (
    parse_dictionary,
    parse_item,
    parse_list,
    write_dictionary,
    write_list,
    write_member,
)
from .refusal import Refusal, require

DERIVED = {
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@request-target",
    "@path",
    "@query",
    "@query-param",
    "@status",
}
# Types of the structured fields that the vectors use with sf.
DICTIONARIES = {"content-digest", "signature", "signature-input", "priority", "repr-digest"}
LISTS = {"cache-status", "proxy-status", "accept-ch"}
ITEMS = {"client-cert"}
PARAMETER_TYPES = {
    "created": int,
    "expires": int,
    "nonce": str,
    "alg": str,
    "keyid": str,
    "tag": str,
    "wimse-aud": str,
    "wimse-req-nonce": str,
    "wimse-sign-response": bool,
}
MAX_SIGNATURES = 16
MAX_COMPONENTS = 64


def valid(condition):
    require(condition, "httpsig.component_invalid")


def resolves(condition):
    require(condition, "httpsig.unresolvable")


def lines_of(name, headers):
    return [value.strip(" \t") for other, value in headers if other.lower() == name]


def is_string(value):
    return type(value) is str


def parse_component(item):
    name, parameters = item
    valid(is_string(name))
    for key, value in parameters:
        valid(key in ("sf", "bs", "req", "tr", "key", "name"))
        valid(is_string(value) if key in ("key", "name") else value is True)
    keys = {key for key, _ in parameters}
    valid(("name" in keys) == (name == "@query-param"))
    if name.startswith("@"):
        valid(name in DERIVED and not keys & {"sf", "bs", "tr", "key"})
    else:
        valid(re.fullmatch(r"[a-z0-9!#$%&'*+.^_`|~-]+", name))
        valid("bs" not in keys or not keys & {"sf", "key"})
    return name, frozenset(parameters), write_member(item)


def same(component):
    return component[:2]


# --- values --------------------------------------------------------------------------------------


def split_target(method, target):
    """(form, scheme, authority, path, query); query None: absent."""
    if method == "CONNECT":
        return "authority", None, target, None, None
    if target == "*":
        return "asterisk", None, None, None, None
    scheme = authority = None
    rest = target
    absolute = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?]*)", target)
    if absolute:
        scheme, authority = absolute.groups()
        rest = target[absolute.end() :]
    path, mark, query = rest.partition("?")
    return (
        "absolute" if absolute else "origin",
        scheme,
        authority,
        path,
        query if mark else None,
    )


def query_param(query, name):
    """RFC 9421 section 2.2.8 with the form of the HTML URL standard."""
    found = []
    for pair in (query or "").split("&"):
        if not pair:
            continue
        left, _, right = pair.partition("=")
        decoded = [
            urllib.parse.unquote_to_bytes(part.replace("+", " ")).decode("utf-8", "replace")
            for part in (left, right)
        ]
        # percent-encode after encoding, of all but the characters that a form leaves alone
        encoded = [
            urllib.parse.quote(part.encode(), safe="*-._").replace("~", "%7E") for part in decoded
        ]
        if encoded[0] == name:
            found.append(encoded[1])
    resolves(len(found) == 1)
    return found[0]


def derived_value(name, parameters, request, response):
    if response is not None:
        resolves(name == "@status")
        return str(response["status"])
    resolves(name != "@status")
    method, target = request["method"], request["target"]
    form, scheme, authority, path, query = split_target(method, target)
    scheme = (scheme or request.get("scheme", "https")).lower()
    host = authority or request.get("authority", "")
    if name == "@method":
        return method
    if name == "@request-target":
        return target
    if name == "@scheme":
        return scheme
    if name == "@authority":
        resolves(host)
        default = {"https": ":443", "http": ":80"}.get(scheme, "") if form != "authority" else ""
        host = host.lower()
        return host[: -len(default)] if default and host.endswith(default) else host
    if name == "@target-uri":
        if form == "absolute":
            return target
        resolves(host)
        return scheme + "://" + host + (target if form == "origin" else "")
    resolves(form in ("origin", "absolute"))
    if name == "@path":
        return path or "/"
    if name == "@query":
        return "?" + (query or "")
    return query_param(query, dict(parameters)["name"])


def field_value(name, parameters, headers):
    keys = dict(parameters)
    lines = lines_of(name, headers)
    resolves(lines)
    if "bs" in keys:
        return write_list([(line.encode(), []) for line in lines])
    try:
        if "key" in keys:
            resolves(name not in LISTS | ITEMS)
            found = [member for key, member in parse_dictionary(lines)[0] if key == keys["key"]]
            resolves(found)
            return write_member(found[0])
        if "sf" in keys:
            resolves(name in DICTIONARIES | LISTS | ITEMS)
            if name in DICTIONARIES:
                return write_dictionary(parse_dictionary(lines)[0])
            return (
                write_list(parse_list(lines)) if name in LISTS else write_member(parse_item(lines))
            )
    except Refusal as refusal:
        raise Refusal("httpsig.unresolvable") from refusal
    value = ", ".join(lines)
    resolves(re.fullmatch(r"[\t\x20-\x7e]*", value))
    return value


def component_value(component, request, response):
    name, parameters, _ = component
    keys = {key for key, _ in parameters}
    resolves("req" not in keys or response is not None)
    target = None if "req" in keys else response
    if name.startswith("@"):
        return derived_value(name, parameters, request, target)
    message = request if target is None else target
    resolves("tr" not in keys)  # the vectors have no trailers
    return field_value(name, parameters, message["headers"])


def build_base(components, params_text, request, response=None):
    out = ""
    for component in components:
        out += component[2] + ": " + component_value(component, request, response) + "\n"
    return out + '"@signature-params": ' + params_text


# --- Signature-Input and Signature ---------------------------------------------------------------


def read_entry(member):
    value, parameters = member
    require(isinstance(value, list), "httpsig.malformed")
    require(len(value) <= MAX_COMPONENTS, "httpsig.component_invalid")
    components = [parse_component(item) for item in value]
    valid(len({same(c) for c in components}) == len(components))
    for key, parameter in parameters:
        wanted = PARAMETER_TYPES.get(key)
        require(wanted is None or type(parameter) is wanted, "httpsig.parameter_type")
    return {
        "components": components,
        "parameters": dict(parameters),
        "params_text": write_member(member),
    }


def read_dictionary(lines):
    """A key that comes again, at whatever depth, is refused: the fields say each thing once."""
    entries, repeated = parse_dictionary(lines)
    require(not repeated & {"label", "list"}, "httpsig.malformed")
    require(not repeated, "httpsig.component_invalid")
    require(len(entries) <= MAX_SIGNATURES, "httpsig.malformed")
    return entries


def read_signatures(headers):
    inputs = read_dictionary(lines_of("signature-input", headers))
    signatures = dict(read_dictionary(lines_of("signature", headers)))
    require({key for key, _ in inputs} == set(signatures), "httpsig.malformed")
    out = []
    for label, member in inputs:
        value = signatures[label][0]
        require(isinstance(value, bytes), "httpsig.malformed")
        out.append(dict(read_entry(member), label=label, signature=value))
    return out


def read_signature_input(value, label):
    entries = dict(read_dictionary([value]))
    require(label in entries, "httpsig.missing")
    return read_entry(entries[label])
