"""What the parts of a spec are called in messages, and which fields the language has there."""

from __future__ import annotations

from typing import Any

from pipeglot.spec.schema.generated.core_schema import SCHEMA
from pipeglot.spec.schema.tags import BASE, COMPONENT, GRAPH, PIPELINE, TAGS

Location = tuple[str | int, ...]

_GROUPS = {
    "steps": "step",
    "on_exit": "step",
    "params": "param",
    "profiles": "profile",
    "inputs": "input",
    "outputs": "output",
}
_PARTS = {"inputs": "input", "outputs": "output"}
_FILES = {COMPONENT: "the component", GRAPH: "the component", BASE: "the base"}


def path_of(location: Location) -> Location:
    """The path in the data: without the schema's tags."""
    return tuple(part for part in location if part not in TAGS and part != "[key]")


def kind_of(path: Location) -> str:
    """What stands at a path: `pipeline`, `step`, `param`, `input`, … or the name of the field."""
    if not path:
        return "pipeline"
    if len(path) == 2 and path[0] in _GROUPS:
        return _GROUPS[str(path[0])]
    if len(path) == 4 and path[0] in ("steps", "on_exit") and path[2] in _PARTS:
        return _PARTS[str(path[2])]
    return str(next((part for part in reversed(path) if isinstance(part, str)), path[-1]))


def called(path: Location, location: Location = ()) -> str:
    """A part as messages call it: "step `train`", "`retry`", "the pipeline". The location says which file it is."""
    kind = kind_of(path)
    if not path:
        return _FILES.get(str(location[0]) if location else "", "the pipeline")
    is_named = kind in (*_GROUPS.values(), *_PARTS.values()) and len(path) in (2, 4)
    return f"{kind} `{path[-1]}`" if is_named else f"`{kind}`"


def fields(location: Location) -> tuple[str, ...]:
    """The fields that the language has at a place."""
    node = _node(location)
    return tuple(node["fields"]) if node is not None and node["type"] == "typed-dict" else ()


def step_fields() -> tuple[str, ...]:
    return fields(("steps", ""))


def _node(location: Location) -> Any:
    definitions = {each["ref"]: each for each in SCHEMA["definitions"]}
    node = SCHEMA["schema"]
    for part in location if location[:1] and location[0] in TAGS else (PIPELINE, *location):
        node = _below(_resolved(node, definitions), part)
        if node is None:
            return None
    return _resolved(node, definitions)


def _resolved(node: Any, definitions: dict[str, Any]) -> Any:
    while node["type"] == "definition-ref":
        node = definitions[node["schema_ref"]]
    return node


def _below(node: Any, part: str | int) -> Any:
    kind = node["type"]
    if kind == "typed-dict":
        field = node["fields"].get(part)
        return field and field["schema"]
    if kind == "dict":
        return node["values_schema"]
    if kind == "list":
        return node["items_schema"]
    return node["choices"].get(part) if kind == "tagged-union" else None
