"""Which types the comparison operators take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeglot_expression.types import ANY, BOOL, DICT, FLOAT, INT, STRING, UNKNOWN, Type, common, holds_artifacts

if TYPE_CHECKING:
    from collections.abc import Callable


def _equality(left: Type, right: Type) -> str | None:
    if holds_artifacts(left) or holds_artifacts(right):
        return "compares values, and an artifact is none"
    return None if common(left, right) else "compares values of one type"


def _order(left: Type, right: Type) -> str | None:
    if left in (ANY, UNKNOWN) and right in (ANY, UNKNOWN):
        return None
    for known, other in ((left, right), (right, left)):
        if known == BOOL:
            return "orders numbers and strings, and bools have no order"
        if known not in (INT, FLOAT, STRING, ANY, UNKNOWN):
            return "orders numbers and strings"
        if known == STRING and other not in (STRING, ANY, UNKNOWN):
            return "orders a number with a number and a string with a string"
    return None


def _membership(left: Type, right: Type) -> str | None:
    if right in (ANY, UNKNOWN) or left == UNKNOWN:
        return None
    if right.item is not None:
        said = _equality(left, right.item)
        return said and "looks for an element of the list's own type"
    if right in (STRING, DICT):
        return None if left in (STRING, ANY) else f"looks for a string in a {right}"
    return "looks into a list, a dict or a string"


COMPARED: dict[str, Callable[[Type, Type], str | None]] = {
    **dict.fromkeys(("==", "!="), _equality),
    **dict.fromkeys(("<", "<=", ">", ">="), _order),
    "in": _membership,
}
"""Per operator, what is wrong with the types left and right of it; None where nothing is."""
