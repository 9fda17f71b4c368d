"""Structured fields, read a second time: RFC 9651 section 4, step by step, over one string.

Only the standard library: the runner uses it too.

Values: int; Decimal; str (a String); Token; bytes; bool; Date; Display. An item is (value,
parameters), an inner list ([items], parameters), where parameters is a list of (key, value).
"""

import base64
import decimal
import re

from .refusal import Refusal, require

MAX_FIELD_BYTES = 64 * 1024
MAX_MEMBERS = 1024
MAX_INNER_MEMBERS = 256
MAX_PARAMETERS = 256
MAX_KEY_BYTES = 128
TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*")
KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?")


class Token(str):
    pass


class Date(int):
    pass


class Display(str):
    pass


def need(condition):
    require(condition, "sfv.malformed", "RFC9651-4.2")


def fits(condition):
    require(condition, "sfv.too_large", "RFC9651-4.2")


class Parser:
    def __init__(self, lines):
        data = ", ".join(lines)
        fits(len(data.encode("utf-8", "surrogatepass")) <= MAX_FIELD_BYTES)
        need(all(ord(c) < 0x80 for c in data))
        self.text = data
        self.at = 0
        self.repeated = set()  # where a key came again: label, list, item

    # the rest of the input

    def peek(self):
        return self.text[self.at : self.at + 1]

    def skip(self, characters):
        while self.peek() and self.peek() in characters:
            self.at += 1

    def take(self, character):
        need(self.peek() == character)
        self.at += 1

    def match(self, pattern):
        found = pattern.match(self.text, self.at)
        need(found)
        self.at = found.end()
        return found.group()

    # section 4.2

    def top(self, read):
        self.skip(" ")
        out = read()
        self.skip(" ")
        need(self.peek() == "")
        return out

    def put(self, entries, key, value, where):
        """The last of several values counts, at the place of the first."""
        for index, (other, _) in enumerate(entries):
            if other == key:
                entries[index] = (key, value)
                self.repeated.add(where)
                return
        entries.append((key, value))

    def members(self, read_one):
        count = 0
        while self.peek():
            read_one()
            count += 1
            fits(count <= MAX_MEMBERS)
            self.skip(" \t")
            if not self.peek():
                return
            self.take(",")
            self.skip(" \t")
            need(self.peek())

    def list(self):
        out = []
        self.members(lambda: out.append(self.item_or_inner_list()))
        return out

    def dictionary(self):
        out = []

        def one():
            key = self.key()
            if self.peek() == "=":
                self.at += 1
                self.put(out, key, self.item_or_inner_list(), "label")
            else:
                self.put(out, key, (True, self.parameters()), "label")

        self.members(one)
        return out

    def item_or_inner_list(self):
        return self.inner_list() if self.peek() == "(" else self.item()

    def inner_list(self):
        self.take("(")
        items = []
        while True:
            self.skip(" ")
            if self.peek() == ")":
                self.at += 1
                return items, self.parameters("list")
            items.append(self.item())
            fits(len(items) <= MAX_INNER_MEMBERS)
            need(self.peek() in (" ", ")") and self.peek())

    def item(self):
        value = self.bare_item()
        return value, self.parameters()

    def parameters(self, where="item"):
        out = []
        while self.peek() == ";":
            self.at += 1
            self.skip(" ")
            key = self.key()
            value = True
            if self.peek() == "=":
                self.at += 1
                value = self.bare_item()
            self.put(out, key, value, where)
            fits(len(out) <= MAX_PARAMETERS)
        return out

    def key(self):
        key = self.match(KEY)
        fits(len(key) <= MAX_KEY_BYTES)
        return key

    def bare_item(self):
        first = self.peek()
        need(first)
        if first == "-" or first.isdigit():
            return self.number()
        if first == '"':
            return self.string()
        if first.isalpha() or first == "*":
            return Token(self.match(TOKEN))
        if first == ":":
            return self.bytes()
        if first == "?":
            found = self.match(re.compile(r"\?[01]"))
            return found == "?1"
        if first == "@":
            self.at += 1
            value = self.number()
            need(isinstance(value, int))
            return Date(value)
        need(first == "%")
        return self.display()

    def number(self):
        text = self.match(NUMBER)
        whole, dot, fraction = text.lstrip("-").partition(".")
        if not dot:
            need(len(whole) <= 15)
            return int(text)
        need(len(whole) <= 12 and 1 <= len(fraction) <= 3)
        return decimal.Decimal(text)

    def string(self):
        self.take('"')
        out = ""
        while True:
            char = self.peek()
            need(char and 0x20 <= ord(char) < 0x7F)
            self.at += 1
            if char == '"':
                return out
            if char == "\\":
                char = self.peek()
                need(char in ('"', "\\") and char)
                self.at += 1
            out += char

    def bytes(self):
        self.take(":")
        end = self.text.find(":", self.at)
        need(end >= 0)
        content, self.at = self.text[self.at : end], end + 1
        need(re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", content))
        content = content.rstrip("=")
        need(len(content) % 4 != 1)
        return base64.b64decode(content + "=" * (-len(content) % 4))

    def display(self):
        self.take("%")
        self.take('"')
        out = b""
        while True:
            char = self.peek()
            need(char and 0x20 <= ord(char) < 0x7F)
            self.at += 1
            if char == '"':
                break
            if char == "%":
                out += bytes([int(self.match(re.compile(r"[0-9a-f]{2}")), 16)])
            else:
                out += char.encode()
        try:
            return Display(out.decode("utf-8"))
        except UnicodeDecodeError:
            raise Refusal("sfv.malformed", "RFC9651-4.2") from None


# --- section 4.1 -------------------------------------------------------------------------------


def write_bare(value):
    if isinstance(value, bool):
        return "?1" if value else "?0"
    if isinstance(value, Date):
        return "@" + str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, decimal.Decimal):
        text = format(abs(value), ".3f").rstrip("0")
        return ("-" if value < 0 else "") + text + ("0" if text.endswith(".") else "")
    if isinstance(value, bytes):
        return ":" + base64.b64encode(value).decode() + ":"
    if isinstance(value, Token):
        return str(value)
    if isinstance(value, Display):
        plain = [b for b in range(0x20, 0x7F) if b not in (0x22, 0x25)]
        return '%"' + "".join(chr(b) if b in plain else f"%{b:02x}" for b in value.encode()) + '"'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_parameters(parameters):
    return "".join(
        ";" + key + ("" if value is True else "=" + write_bare(value)) for key, value in parameters
    )


def write_member(member):
    value, parameters = member
    if isinstance(value, list):
        return "(" + " ".join(map(write_member, value)) + ")" + write_parameters(parameters)
    return write_bare(value) + write_parameters(parameters)


def write_list(members):
    return ", ".join(map(write_member, members))


def write_dictionary(entries):
    out = []
    for key, member in entries:
        if member[0] is True:
            out.append(key + write_parameters(member[1]))
        else:
            out.append(key + "=" + write_member(member))
    return ", ".join(out)


def parse_item(lines):
    parser = Parser(lines)
    return parser.top(parser.item)


def parse_list(lines):
    parser = Parser(lines)
    return parser.top(parser.list)


def parse_dictionary(lines):
    """(entries, where keys came again)"""
    parser = Parser(lines)
    return parser.top(parser.dictionary), parser.repeated


def canonical(kind, lines):
    if kind == "item":
        return write_member(parse_item(lines))
    if kind == "list":
        return write_list(parse_list(lines))
    return write_dictionary(parse_dictionary(lines)[0])
