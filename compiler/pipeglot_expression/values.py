"""The values of the language: absence, artifacts, their wire and canonical texts, and what is read against a type."""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeAlias

    Value: TypeAlias = "bool | int | float | str | list[Any] | dict[str, Any] | Artifact | Absent | None"
else:
    Value = object

MAX_WIRE = 64 * 1024
MAX_FILE = 1024 * 1024
MAX_DEPTH = 64
INT_MIN = -(2**63)
INT_MAX = 2**63 - 1

_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "${}%#\x7f"}
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_LONG = re.compile("[0-9]{19}")
_CARRIED = 16  # levels that fan-ins and `[index, value]` put around a value of full depth
_EXAMPLES = {"int": "3", "float": "0.5", "bool": "true", "list": '["a", "b"]', "dict": '{"a": 1}'}


class Absent:
    """The class of `ABSENT`, which stands for a value that is not there. The language has no null of its own."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class Artifact:
    """A file or folder by its path. `source` is `STEP.OUTPUT`, `index` the item of a fan-out: for the lineage."""

    __slots__ = ("index", "path", "source")

    def __init__(self, path: str, source: str = "", index: int | None = None) -> None:
        self.path = path
        self.source = source
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Artifact) and (self.path, self.source) == (other.path, other.source)

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"Artifact({self.path!r}, {self.source!r}, {self.index!r})"


_KINDS: dict[type, str] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "string",
    list: "list",
    dict: "dict",
    Artifact: "artifact",
}


class WireFault(Exception):
    """A value that cannot be taken or handed on. `reason`: `bad-output`, `value-too-large`; of params `bad-param`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def kind(value: object) -> str:
    """The name of the type that a value has by itself; `null` for None."""
    return _KINDS.get(value.__class__) or ("null" if value is None else value.__class__.__name__)


def with_article(type: str) -> str:
    if type in ("any", "null"):
        return "null" if type == "null" else "a value"
    return ("an " if type[0] in "ai" else "a ") + type


def shortened(text: str, limit: int = 60) -> str:
    """For messages: one line, unprintable characters escaped, long text cut."""
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in cut)


def canonical(value: Value) -> str:
    """The text that a value has inside other text, in an argument and in the environment.

    Text is itself; `true` and `false`; a float as Python's `repr` writes it (`1.0`, `1e+16`); an artifact is its path;
    a list or dict is JSON without blanks, keys in written order, characters beyond ASCII as they are.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Artifact):
        return value.path
    return json_text(value)


def json_text(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_path)


def _path(value: object) -> str:
    if isinstance(value, Artifact):
        return value.path
    raise TypeError(f"{value!r} is not a value of the language")


def to_wire(value: Value, limit: int | None = MAX_WIRE) -> str:
    """One line of ASCII JSON; inside strings `$ { } % #`, DEL and all beyond ASCII are escapes; `null` is absent."""
    if value is None or isinstance(value, Absent):
        return "null"
    plain = convert(value, "any")
    text = json.dumps(plain, allow_nan=False, separators=(",", ":"), default=_path)
    wire = _JSON_STRING.sub(lambda match: match.group().translate(_UNSAFE), text)
    if limit is not None and len(wire) > limit:
        raise WireFault("value-too-large", f"the value is {len(wire)} bytes on the wire, more than {limit}")
    return wire


def from_wire(text: str) -> Value:
    """The value that a wire text holds. Empty text and `null` are `ABSENT`."""
    value = read_json(text) if text.strip() else None
    return ABSENT if value is None else convert(value, "any")


def convert(value: Value, type: str) -> Value:
    """The value as its type has it (an int becomes a float where one is wanted), or `WireFault`."""
    return _convert(value, type, "it", MAX_DEPTH + _CARRIED)


def read_value(raw: bytes, type: str, sensitive: bool = False) -> Value:
    """What a step wrote as a value output. A `string` is the exact text minus one final newline, all else is JSON."""
    if len(raw) > MAX_FILE:
        raise WireFault("value-too-large", f"the value file holds more than {MAX_FILE} bytes")
    found = "the text" if sensitive else f"`{shortened(raw.decode('utf-8', 'backslashreplace'))}`"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise WireFault("bad-output", f"{found} is not {with_article(type)}: it is not UTF-8") from None
    if type == "string" and text.endswith("\n"):
        text = text[:-1]
    return _read(text, type, found, "bad-output", "")


def parse_typed(text: str, type: str) -> Value:
    """A parameter as a person typed it: a `string` is taken as it is, every other type is read as JSON."""
    example = _EXAMPLES.get(type.partition("[")[0])
    return _read(text, type, f"`{shortened(text)}`", "bad-param", f"; write it as in `{example}`" if example else "")


def _read(text: str, type: str, found: str, reason: str, advice: str) -> Value:
    try:
        return _convert(text if type == "string" else read_json(text), type, "it", MAX_DEPTH)
    except WireFault as fault:
        raise WireFault(reason, f"{found} is not {with_article(type)}: {fault.message}{advice}") from None


def read_json(text: str) -> Value:
    """Strict JSON: no NaN, no key twice, ints of 64 bits, an int stays an int and a float a float."""
    whole = _int if _LONG.search(text) else None
    try:
        value: Value = json.loads(
            text, parse_int=whole, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object
        )
    except ValueError as fault:
        place = getattr(fault, "pos", None)
        raise _bad("it is not JSON" + ("" if place is None else f" at character {place + 1}")) from None
    except RecursionError:
        raise _bad(f"it is nested more than {MAX_DEPTH} deep") from None
    return value


def _bad(message: str) -> WireFault:
    return WireFault("bad-output", message)


def _int(text: str) -> int:
    if len(text) <= 20 and INT_MIN <= int(text) <= INT_MAX:
        return int(text)
    raise _bad("it holds an int beyond 64 bits")


def _float(text: str) -> float:
    value = float(text)
    if value - value == 0:
        return value
    raise _bad("it holds a float that is too large")


def _constant(text: str) -> NoReturn:
    raise _bad(f"it holds {text}, which is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise _bad("it holds a key twice")
    return entries


def _convert(value: Value, type: str, place: str, levels: int) -> Value:
    if levels < 0:
        raise _bad(f"it is nested more than {MAX_DEPTH} deep")
    found = kind(value)
    if found == "int" and type == "float" and isinstance(value, int):
        found, value = "float", float(value)
    wanted, _, item = type.partition("[")
    if wanted not in (found, "any") or (found == "null" and place == "it"):
        raise _bad(f"{place} is {with_article(found)}, not {with_article(type)}")
    if isinstance(value, list):
        inner = item[:-1] or "any"
        if levels > 0 and _is_plain(value, inner):
            return [*value]
        return [_convert(part, inner, f"element {index}", levels - 1) for index, part in enumerate(value)]
    if isinstance(value, dict):
        for key in value:
            _check_leaf(key, "a key")
        return {key: _convert(part, "any", f"key `{shortened(key)}`", levels - 1) for key, part in value.items()}
    _check_leaf(value, place)
    return value


def _is_plain(values: list[Any], wanted: str) -> bool:
    """Whether all are numbers or texts of that type, and nothing is to be said of any: many, told at once."""
    kinds = set(map(type, values))
    found = _KINDS.get(kinds.pop()) if len(kinds) == 1 else None
    if wanted not in (found, "any"):
        return False
    if found == "int":
        return bool(min(values) >= INT_MIN and max(values) <= INT_MAX)
    if found == "float":
        total = sum(values)
        return bool(total - total == 0)
    return found == "bool" or (found == "string" and not _NO_TEXT.search("".join(values)))


def _check_text(text: str, place: str) -> None:
    if _NO_TEXT.search(text):
        what = "NUL" if chr(0) in text else "half a surrogate pair"
        raise _bad(f"{place} holds {what}, which cannot be handed on")


def _check_leaf(value: Value, place: str) -> None:
    if isinstance(value, Artifact):
        value = value.path
    if isinstance(value, str):
        _check_text(value, place)
    elif place == "a key":
        raise _bad(f"{place} is {with_article(kind(value))}, not a string")
    elif isinstance(value, (int, float)):
        _check_number(value, place)
    elif value is not None:
        raise _bad(f"{place} is no value of the language")


def _check_number(value: float, place: str) -> None:
    if isinstance(value, float):
        if value - value != 0:
            raise _bad(f"{place} is {value!r}, which is not a number")
    elif not INT_MIN <= value <= INT_MAX:
        raise _bad(f"{place} is beyond 64 bits")
