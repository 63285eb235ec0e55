"""The types of the language, as text and as values that can be compared."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = ("string", "int", "float", "bool", "list", "dict", "artifact", "any")


@dataclass(frozen=True)
class Type:
    """A type. `item` is that of a list's elements, and stands in lists only."""

    name: str
    item: Type | None = None

    def __str__(self) -> str:
        return self.name if self.item in (None, ANY) else f"list[{self.item}]"


ANY = Type("any")
STRING, INT, FLOAT, BOOL = Type("string"), Type("int"), Type("float"), Type("bool")
DICT, ARTIFACT = Type("dict"), Type("artifact")
LIST = Type("list", ANY)
UNKNOWN = Type("unknown")
"""The type of what already has a fault: it goes with everything, so that one mistake is told once."""

_SIMPLE = {str(known): known for known in (ANY, STRING, INT, FLOAT, BOOL, DICT, ARTIFACT, LIST)}


def list_of(item: Type) -> Type:
    return Type("list", item)


def parse_type(text: str) -> Type:
    """`int`, `list`, `list[string]`, `list[list[int]]`, …; raises `ValueError` for what is no type."""
    if text in _SIMPLE:
        return _SIMPLE[text]
    if text.startswith("list[") and text.endswith("]"):
        return list_of(parse_type(text[5:-1]))
    raise ValueError(f"`{text}` is no type: there are {', '.join(NAMES)} and list[…]")


def fits(value_type: Type, wanted: Type) -> bool:
    """Whether a value of the one type may stand where the other is wanted; `any` is decided at run time."""
    if UNKNOWN in (value_type, wanted) or value_type == wanted:
        return True
    if ANY in (value_type, wanted):
        return not (holds_artifacts(value_type) or holds_artifacts(wanted))
    if value_type.item is not None and wanted.item is not None:
        return fits(value_type.item, wanted.item)
    return value_type == INT and wanted == FLOAT


def common(left: Type, right: Type) -> Type | None:
    """The type of a value that is of the one type or the other; None where the two do not mix."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    if left == right:
        return left
    if {left, right} == {INT, FLOAT}:
        return FLOAT
    if ANY in (left, right):
        return None if holds_artifacts(left) or holds_artifacts(right) else ANY
    if left.item is not None and right.item is not None:
        item = common(left.item, right.item)
        return None if item is None else list_of(item)
    return None


def holds_artifacts(type: Type) -> bool:
    return type == ARTIFACT or (type.item is not None and holds_artifacts(type.item))
