"""Reads the DER of a certificate, as far as the vectors ask. Only the standard library: the runner
uses it, too. It trusts what it reads to be well-formed."""

import calendar
import ipaddress
import time

from .refusal import require

MAX_NAMES = 64
EXTENSIONS = {
    "2.5.29.14": "subject_key_id",
    "2.5.29.15": "key_usage",
    "2.5.29.17": "san",
    "2.5.29.19": "basic_constraints",
    "2.5.29.30": "name_constraints",
    "2.5.29.35": "authority_key_id",
    "2.5.29.37": "ext_key_usage",
}
USAGES = {
    "1.3.6.1.5.5.7.3.1": "server",
    "1.3.6.1.5.5.7.3.2": "client",
    "2.5.29.37.0": "any",
}
KEY_USAGE_BITS = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def need(condition):
    require(condition, "wic.malformed", "WIC-1")


def read(data, at=0):
    """(tag, content, end) of the element at `at`; definite and shortest lengths only."""
    need(at + 2 <= len(data))
    tag, size = data[at], data[at + 1]
    need(tag & 0x1F != 0x1F)
    at += 2
    if size & 0x80:
        count = size & 0x7F
        need(1 <= count <= 4 and at + count <= len(data))
        size = int.from_bytes(data[at : at + count], "big")
        need(size >= 0x80 and data[at] != 0)
        at += count
    need(at + size <= len(data))
    return tag, data[at : at + size], at + size


def elements(content):
    out, at = [], 0
    while at < len(content):
        tag, inner, end = read(content, at)
        out.append((tag, inner, content[at:end]))
        at = end
    return out


def oid(content):
    need(content and not content[-1] & 0x80)
    numbers, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def moment(tag, content):
    need(tag in (0x17, 0x18) and content.endswith(b"Z"))
    text = content[:-1].decode("ascii", "replace")
    need(text.isdigit() and len(text) == (12 if tag == 0x17 else 14))
    if tag == 0x17:
        text = ("19" if text[:2] >= "50" else "20") + text
    return calendar.timegm(time.strptime(text, "%Y%m%d%H%M%S"))


def bits(content):
    """Names of the bits that are set."""
    need(len(content) >= 2 and content[0] <= 7)
    return {
        name
        for i, name in enumerate(KEY_USAGE_BITS)
        if i // 8 + 1 < len(content) and content[i // 8 + 1] & (0x80 >> i % 8)
    }


def names(content):
    """{kind: [values]} of a GeneralNames."""
    out = {"uri": [], "dns": [], "ip": [], "other": 0}
    entries = elements(content)
    need(len(entries) <= MAX_NAMES)
    for tag, value, _ in entries:
        if tag in (0x86, 0x82):
            need(value and all(0x20 < b < 0x7F for b in value))
            out["uri" if tag == 0x86 else "dns"].append(value.decode())
        elif tag == 0x87:
            need(len(value) in (4, 16))
            out["ip"].append(str(ipaddress.ip_address(value)))
        else:
            out["other"] += 1
    return out


def extension_value(name, content):
    need(read(content)[2] == len(content))
    if name == "subject_key_id":
        return read(content)[1].hex()
    if name == "authority_key_id":
        parts = [value for tag, value, _ in elements(read(content)[1]) if tag == 0x80]
        return parts[0].hex() if parts else ""
    if name == "key_usage":
        tag, value, _ = read(content)
        need(tag == 0x03)
        return sorted(bits(value))
    if name == "ext_key_usage":
        found = [oid(value) for _, value, _ in elements(read(content)[1])]
        return sorted(USAGES.get(one, one) for one in found)
    if name == "basic_constraints":
        parts = [(tag, value) for tag, value, _ in elements(read(content)[1])]
        need(not parts or parts[0][0] == 0x02 or parts[0] == (0x01, b"\xff"))
        length = [int.from_bytes(value, "big") for tag, value in parts if tag == 0x02]
        return {"ca": bool(parts) and parts[0][0] == 0x01, "path_length": (length or [None])[0]}
    if name == "san":
        return names(read(content)[1])
    return content


def read_certificate(data):
    """The fields of one certificate; extensions that it lacks are None."""
    tag, outer, end = read(data)
    need(tag == 0x30 and end == len(data))
    parts = elements(outer)
    need([p[0] for p in parts] == [0x30, 0x30, 0x03] and len(parts[2][1]) > 1)
    tbs = elements(parts[0][1])
    need(tbs and tbs[0][2] == b"\xa0\x03\x02\x01\x02")  # version 3
    need(len(tbs) >= 7 and tbs[1][0] == 0x02 and tbs[2][2] == parts[1][2])
    before, after = elements(tbs[4][1])
    out = {
        "tbs": parts[0][2],
        "signature": parts[2][1][1:],
        "signature_alg": oid(elements(parts[1][1])[0][1]),
        "serial": int.from_bytes(tbs[1][1], "big"),
        "issuer": tbs[3][2],
        "not_before": moment(*before[:2]),
        "not_after": moment(*after[:2]),
        "subject": tbs[5][2],
        "subject_empty": not tbs[5][1],
        "spki": tbs[6][2].hex(),
        "critical": [],
        "unknown_critical": False,
    }
    out.update(dict.fromkeys(EXTENSIONS.values()))
    seen = set()
    lists = [value for tag, value, _ in tbs[7:] if tag == 0xA3]
    for _, extension, _ in elements(read(lists[0])[1]) if lists else ():
        fields = elements(extension)
        kind = oid(fields[0][1])
        need(kind not in seen and fields[-1][0] == 0x04)
        seen.add(kind)
        critical = len(fields) == 3
        need(not critical or fields[1][1] == b"\xff")
        name = EXTENSIONS.get(kind)
        if name is None:
            out["unknown_critical"] |= critical
            continue
        out[name] = extension_value(name, fields[-1][1])
        if critical:
            out["critical"].append(name)
    out["critical"].sort()
    return out
