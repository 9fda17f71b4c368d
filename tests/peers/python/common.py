"""What the subjects share."""

import base64


class Unsupported(Exception):
    """The library has no such function, or not for this algorithm."""


class CallerCheck(Exception):
    """A check that the library leaves to its caller did not hold."""


def caller_check(holds, what):
    if not holds:
        raise CallerCheck(what)


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
