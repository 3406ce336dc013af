"""Evaluates the expressions of GitHub's workflows that this repository uses."""

import json
import re

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][\w.-]*)|(?P<sign>\|\||&&|[!=]=|[!()]))")


class Parser:
    """`or` binds weakest, then `and`, then comparisons, then `!`. A name that is unknown is an empty text."""

    def __init__(self, text, context):
        self.tokens, self.context, position = [], context, 0
        text = text.strip()
        while position < len(text):
            match = TOKEN.match(text, position)
            assert match, f"cannot read the expression {text!r} at {position}"
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            position = match.end()

    def take(self, *signs):
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return None

    def either(self):
        value = self.both()
        while self.take("||"):
            other = self.both()
            value = value or other
        return value

    def both(self):
        value = self.compared()
        while self.take("&&"):
            other = self.compared()
            value = value and other
        return value

    def compared(self):
        value = self.single()
        sign = self.take("==", "!=")
        return value if sign is None else (value == self.single()) == (sign == "==")

    def single(self):
        if self.take("!"):
            return not self.single()
        if self.take("("):
            value = self.either()
            assert self.take(")")
            return value
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if self.take("("):
            arguments = [] if self.take(")") else [self.either()]
            assert not arguments or self.take(")")
            return {"always": lambda: True, "fromJSON": json.loads}[text](*arguments)
        value = self.context
        for part in text.split("."):
            value = value.get(part, "") if isinstance(value, dict) else ""
        return value


def evaluate(text, context):
    parser = Parser(text, context)
    value = parser.either()
    assert not parser.tokens, f"cannot read the end of {text!r}"
    return value


def filled(value, context):
    """Replaces the expressions in a text, or in all texts of a mapping."""
    if isinstance(value, dict):
        return {key: filled(item, context) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\$\{\{([^}]*)\}\}", value)
    if whole:
        return evaluate(whole.group(1), context)
    return re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(evaluate(match.group(1), context)), value)
