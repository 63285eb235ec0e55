"""Run parameters as Airflow's `Param`, which holds JSON Schema."""

from __future__ import annotations

from pipeglot.ir import MISSING, Json, Param, Pipeline
from pipeglot_backends.airflow.emit.python_text import Call, Node, keywords, node

TYPES = {
    "string": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
}
LIMITS = {
    "enum": "enum",
    "min": "minimum",
    "max": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "min_items": "minItems",
    "max_items": "maxItems",
}


def params(pipeline: Pipeline) -> dict[str, Node]:
    return {param.name: _param(param) for param in pipeline.params}


def _param(param: Param) -> Call:
    base, _, element = param.type.partition("[")
    given: dict[str, Node] = {"type": TYPES[base], "description": param.description or None}
    if element:
        given["items"] = _items(element.rstrip("]"))
    given |= {LIMITS[name]: node(value) for name, value in param.limits.items() if name in LIMITS}
    items = param.limits.get("items")
    if isinstance(items, str):
        given["items"] = _items(items)
    if "pattern" in param.limits:
        given["pattern"] = f"^(?:{param.limits['pattern']})$"
    default: tuple[Json, ...] = () if param.default is MISSING else (param.default,)
    return Call("Param", keywords(given), tuple(node(value) for value in default))


def _items(element: str) -> Node:
    return {"type": TYPES[element]} if element in TYPES else {}
