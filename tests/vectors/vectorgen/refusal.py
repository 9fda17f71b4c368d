"""The refusal of a reference: a code of errors.def, and the rule where the code alone does not say
it. Only the standard library, because the runner uses it too."""


class Refusal(Exception):
    def __init__(self, code, rule=None):
        super().__init__(code)
        self.code = code
        self.rule = rule


def require(condition, code, rule=None):
    if not condition:
        raise Refusal(code, rule)


def at_rule(rule, function, *arguments):
    """Faults keep their code and get the rule of the step that met them."""
    try:
        return function(*arguments)
    except Refusal as refusal:
        raise Refusal(refusal.code, rule) from None
