"""The limits of a param: whether they make sense for its type, and whether a value meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeglot_expression.evaluate import same
from pipeglot_expression.regular import matches, pattern_fault
from pipeglot_expression.values import INT_MAX, WireFault, convert, json_text, kind, shortened, with_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from pipeglot_expression.values import Value

TYPES = ("string", "int", "float", "bool", "list", "dict")
FITTING = {
    "string": ("enum", "pattern", "min_length", "max_length"),
    "int": ("enum", "min", "max"),
    "float": ("enum", "min", "max"),
    "bool": ("enum",),
    "list": ("enum", "items", "min_items", "max_items"),
    "dict": ("enum",),
}
"""The limits that each type of param can have."""

_PAIRS = (("min", "max"), ("min_length", "max_length"), ("min_items", "max_items"))


class LimitFault(NamedTuple):
    """A limit that cannot stand: its keyword, and why."""

    limit: str
    message: str


def typed(type: str, limits: Mapping[str, Any]) -> str:
    """The whole type: `list` with `items: int` is `list[int]`."""
    items = limits.get("items")
    return f"list[{items}]" if type == "list" and isinstance(items, str) else type


def check_limits(value: Value, type: str, limits: Mapping[str, Any]) -> str | None:
    """What to say where a value does not have the type or does not meet a limit; None where it does."""
    whole = typed(type, limits)
    try:
        value = convert(value, whole)
    except WireFault as fault:
        return f"`{_shown(value)}` is not {with_article(whole)}: {fault.message}"
    for limit, wanted in limits.items():
        met = _MET.get(limit)
        if met is not None and not met(value, wanted):
            return f"`{_shown(value)}` {_SAID[limit].format(_shown(wanted))}"
    return None


def limit_faults(type: str, limits: Mapping[str, Any]) -> tuple[LimitFault, ...]:
    """Every limit that does not fit the type, that is none by itself, or that nothing can meet."""
    found = tuple(_own_faults(type, limits))
    return found or tuple(_together(type, limits))


def _own_faults(type: str, limits: Mapping[str, Any]) -> Iterator[LimitFault]:
    name = type.partition("[")[0]
    fitting = FITTING.get(name, ())
    for limit, wanted in limits.items():
        if limit not in fitting:
            known = ", ".join(f"`{one}`" for one in fitting)
            yield LimitFault(limit, f"`{limit}` is no limit of {with_article(name)}, which has {known}")
            continue
        said = _PROPER[limit](wanted, typed(type, limits))
        if said is not None:
            yield LimitFault(limit, said)


def _together(type: str, limits: Mapping[str, Any]) -> Iterator[LimitFault]:
    for least, most in _PAIRS:
        if least in limits and most in limits and limits[least] > limits[most]:
            said = f"`{least}` {_shown(limits[least])} is more than `{most}` {_shown(limits[most])}"
            yield LimitFault(least, f"{said}, so nothing meets both")
    others = {limit: wanted for limit, wanted in limits.items() if limit != "enum"}
    if "enum" in limits and all(check_limits(value, type, others) for value in limits["enum"]):
        yield LimitFault("enum", "none of the values of `enum` meets the other limits")


def _shown(value: Value) -> str:
    try:
        return shortened(value if isinstance(value, str) else json_text(value))
    except (TypeError, ValueError, RecursionError):  # no value of the language: a date, an infinity
        return shortened(str(value))


def _proper_enum(wanted: Value, type: str) -> str | None:
    if not isinstance(wanted, list) or not wanted:
        return "`enum` is a list of at least one value"
    before: set[Any] = set()
    for index, value in enumerate(wanted):
        said = check_limits(value, type, {})
        if said is not None:
            return said
        before.add(sameness(convert(value, type)))
        if len(before) <= index:
            return f"`{_shown(value)}` stands twice in `enum`"
    return None


def sameness(value: Value) -> Any:
    """What two values have alike exactly where they are the same: for sets, and to look one up among very many."""
    if isinstance(value, list):
        return ("list", *map(sameness, value))
    if isinstance(value, dict):
        return frozenset((key, sameness(part)) for key, part in value.items()), "dict"
    return ("number" if kind(value) in ("int", "float") else kind(value)), value


def _proper_bound(wanted: Any, type: str) -> str | None:
    return check_limits(wanted, type, {})


def _proper_count(wanted: Any, type: str) -> str | None:
    if kind(wanted) == "int" and 0 <= wanted <= INT_MAX:
        return None
    return f"`{_shown(wanted)}` is no count: a whole number from 0"


def _proper_items(wanted: Any, type: str) -> str | None:
    if wanted in TYPES:
        return None
    return f"`{_shown(wanted)}` is no type of elements: there are {', '.join(TYPES)}"


def _proper_pattern(wanted: Any, type: str) -> str | None:
    if not isinstance(wanted, str):
        return f"`pattern` is a string, not {with_article(kind(wanted))}"
    return pattern_fault(wanted)


_PROPER: dict[str, Callable[[Any, str], str | None]] = {
    "enum": _proper_enum,
    "min": _proper_bound,
    "max": _proper_bound,
    "pattern": _proper_pattern,
    "min_length": _proper_count,
    "max_length": _proper_count,
    "items": _proper_items,
    "min_items": _proper_count,
    "max_items": _proper_count,
}
_MET: dict[str, Callable[[Any, Any], bool]] = {
    "enum": lambda value, wanted: any(same(value, one) for one in wanted),
    "min": lambda value, wanted: value >= wanted,
    "max": lambda value, wanted: value <= wanted,
    "pattern": lambda value, wanted: matches(wanted, value),
    "min_length": lambda value, wanted: len(value) >= wanted,
    "max_length": lambda value, wanted: len(value) <= wanted,
    "min_items": lambda value, wanted: len(value) >= wanted,
    "max_items": lambda value, wanted: len(value) <= wanted,
}
_SAID = {
    "enum": "is none of {}",
    "min": "is less than {}",
    "max": "is more than {}",
    "pattern": "does not match `{}` as a whole",
    "min_length": "is shorter than {} characters",
    "max_length": "is longer than {} characters",
    "min_items": "has fewer than {} elements",
    "max_items": "has more than {} elements",
}
