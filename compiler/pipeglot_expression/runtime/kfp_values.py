"""Values as Kubeflow and Vertex AI bring them: every number a double, every text a JSON string in itself."""

from __future__ import annotations

import json

from pipeglot_expression.values import WireFault, from_wire, kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_expression.values import Value


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
    """A number that travelled as a double, as the type says it."""
    if wanted.startswith("list[") and kind(value) == "list":
        return [whole(part, wanted[len("list[") : -1]) for part in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if wanted == "float":
        return float(value)
    return int(value) if value == int(value) else value


def typed_param(value: Any, wanted: str) -> Any:
    """What pages ask for as text may be typed as such."""
    value = unwrapped(value)
    if isinstance(value, str) and wanted != "string":
        try:
            value = json.loads(value)
        except ValueError:
            return value
    return whole(value, wanted)
