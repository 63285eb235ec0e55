"""One value of a text set to another, by the names that lead to it; all else stays."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, MutableSequence
from typing import Any, cast

from ruamel.yaml.error import YAMLError

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.edit.document import parsed, written
from pipeglot.edit.format import formatted

_PART = re.compile(r'"((?:[^"\\]|\\.)+)"|([^."]+)')


def with_value(text: str, key: str, value: str, name: str) -> str:
    """`key` is `steps.train.timeout`, with quotes around a part that has dots; `value` is YAML. Raises `SpecRejected`.

    What is on the way and not there is made; the text is formatted.
    """
    whole = parsed(text)
    *way, last = _parts(key)
    at = whole
    for number, part in enumerate(way):
        at = _inner(at, part, ".".join(way[: number + 1]))
    _put(at, last, _value(value), key)
    return formatted(written(whole), name)


def _parts(key: str) -> list[str]:
    found = [quoted or plain for quoted, plain in _PART.findall(key)]
    if not found or re.sub(_PART, "", key) != "." * (len(found) - 1):
        raise _refused(
            f"`{key}` is no way to a value", "write it as `steps.train.timeout`, with quotes around a part with dots"
        )
    return found


def _value(text: str) -> Any:
    try:
        return parsed(text)
    except (YAMLError, ValueError) as fault:
        why = str(fault).strip().partition("\n")[0]
        raise _refused(
            f"the value is no YAML: {why}", "put quotes around a text, and quote those for the shell"
        ) from None


def _inner(at: Any, part: str, way: str) -> Any:
    name = _name(at, part, way)
    if name == part and at.get(part) is None:
        empty = parsed("{}\n")
        empty.fa.set_block_style()
        at[part] = empty
    return at[name]


def _put(at: Any, part: str, value: Any, key: str) -> None:
    at[_name(at, part, key)] = value


def _name(at: Any, part: str, way: str) -> str | int:
    """By what the container calls it: a number in a list."""
    if isinstance(at, MutableMapping):
        return part
    if not isinstance(at, MutableSequence):
        raise _refused(f"`{way}` leads into a single value")
    count = len(cast("MutableSequence[object]", at))
    if not part.isdecimal() or int(part) >= count:
        raise _refused(f"`{way}` names no element: the list has {count}, counted from 0")
    return int(part)


def _refused(message: str, hint: str | None = None) -> SpecRejected:
    return SpecRejected([Diagnostic("PG506", message, hint=hint)])
