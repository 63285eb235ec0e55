"""Values as Kubeflow and Vertex AI bring them, and by which inputs: every number a double, every text a JSON string."""

from __future__ import annotations

import json

from pipeglot_expression.values import WireFault, from_wire, kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from pipeglot_expression.values import Value

    Place = tuple[int | str, ...]

EXACT = 2**53 - 1
"""The largest integer that no other one becomes as a double: 2^53 is also what is left of 2^53 + 1."""
BEYOND = "±(2^53 - 1)"
WITH_EXPONENT = 1e21
"""From here on engines write a double so that it is seen to be one."""

MOUNTS = {"gs://": "/gcs/", "minio://": "/minio/", "s3://": "/s3/", "file://": "/"}
"""Under which folder a launcher keeps what lies in a store."""


def input_names(slots: Iterable[str]) -> dict[str, str]:
    """By slot the input that carries its read: the last word of it, numbered where that is taken (`runtime.md`)."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for slot in slots:
        wanted = name = slot.rpartition(".")[2]
        number = 1
        while name in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(name)
        names[slot] = name
    return names


def inexact(value: Any, type: str, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """The numbers in a value that would not arrive as they are, with their places in it: keys and indices."""
    if kind(value) == "list":
        inner = type[len("list[") : -1] if type.startswith("list[") else "any"
        for index, part in enumerate(value):
            yield from inexact(part, inner, (*place, index))
    elif kind(value) == "dict":
        for key, part in value.items():
            yield from inexact(part, "any", (*place, key))
    elif kind(value) == "int" and type != "float" and abs(value) > EXACT:
        yield place, value
    elif kind(value) == "float" and type == "any" and EXACT < abs(value) < WITH_EXPONENT:
        # written without a fraction, and in a list or dict nothing says that it is no int
        yield place, value


def unwrapped(value: Any) -> Any:
    """A text as it was meant: `submit` sends texts as JSON strings, since engines change some; people do not."""
    if kind(value) == "list":
        return [unwrapped(part) for part in value]
    if kind(value) == "dict":
        return {unwrapped(key): unwrapped(part) for key, part in value.items()}
    if isinstance(value, str) and value[:1] == '"' == value[-1:] and len(value) > 1:
        try:
            found: Value = from_wire(value)
        except WireFault:
            return value
        return found if isinstance(found, str) else value
    return value


def whole(value: Any, wanted: str) -> Any:
    """Numbers that travelled as doubles, as the type says; where it says nothing, one without a fraction is an int."""
    if kind(value) == "list":
        inner = wanted[len("list[") : -1] if wanted.startswith("list[") else "any"
        return [whole(part, inner) for part in value]
    if kind(value) == "dict":
        return {key: whole(part, "any") for key, part in value.items()}
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if wanted == "float":
        return float(value)
    return int(value) if value == int(value) else value


def typed_param(value: Any, wanted: str) -> Any:
    """What pages ask for as text may be typed as such, and is exact then."""
    value = unwrapped(value)
    if isinstance(value, str) and wanted != "string":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return whole(value, wanted)
