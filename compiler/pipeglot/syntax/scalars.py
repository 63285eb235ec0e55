"""What a plain scalar stands for: the core schema of YAML 1.2, and no more."""

from __future__ import annotations

import math
import re

WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST_OF_NUMBER = frozenset("+-.0123456789")
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<oct>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<none>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_INT_DIGITS = 22
"""Of an octal one; no more are ever turned into a number, which takes time that grows with their square."""
INT_MIN, INT_MAX = -(2**63), 2**63 - 1


class OutOfRange(Exception):
    """A number that no value of the language can hold: NaN, infinities, an int of more than 64 bits."""

    def __init__(self, is_int: bool) -> None:
        self.is_int = is_int
        super().__init__()


def resolve(text: str) -> str | bool | int | float | None:
    """The value of a plain scalar. Raises `OutOfRange`."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in _FIRST_OF_NUMBER:
        return text
    match = _NUMBER.fullmatch(text)
    return text if match is None else _number(match)


def _number(match: re.Match[str]) -> int | float:
    kind = match.lastgroup
    digits = match[kind] if kind else ""
    if kind == "float":
        number = float(digits)
        if math.isfinite(number):
            return number
    base = {"int": 10, "oct": 8, "hex": 16}.get(kind or "")
    bare = digits.lstrip("+-0") or "0"
    if base and len(bare) <= _INT_DIGITS:
        whole = -int(bare, base) if digits[0] == "-" else int(bare, base)
        if INT_MIN <= whole <= INT_MAX:
            return whole
    raise OutOfRange(is_int=base is not None)


def is_text(text: str) -> bool:
    """Whether a plain scalar stands for itself."""
    return text not in WORDS and (text[0] not in _FIRST_OF_NUMBER or _NUMBER.fullmatch(text) is None)
