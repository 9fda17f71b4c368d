"""What one side makes of an input."""

from typing import NamedTuple

ACCEPTS, REFUSES, UNSUPPORTED = "accepts", "refuses", "unsupported"


class Verdict(NamedTuple):
    says: str
    why: str  # in the words of the one who says it
    result: dict

    @property
    def accepts(self):
        return self.says == ACCEPTS

    @property
    def by_driver(self):
        """The library left the check to its caller, here the driver."""
        return self.why.startswith("driver: ")
