"""What the runner needs; only the standard library, so that it runs on any Python 3.9."""

import base64

# Members of a vector that `signet check` does not get.
RUNNER_MEMBERS = ("want", "cites", "attack", "note")


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def subset(expected, actual):
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            k in actual and subset(v, actual[k]) for k, v in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(map(subset, expected, actual))
        )
    return type(expected) is type(actual) and expected == actual
