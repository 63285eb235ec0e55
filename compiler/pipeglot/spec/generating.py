"""Writes what is made from the models: the schema for editors, and the one that `validate` runs without them.

`python -m pipeglot.spec.generating` after every change of `models.py`; a test fails while either file is stale.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pydantic_core
from pydantic import TypeAdapter

from pipeglot.files import write_all
from pipeglot.spec import models, tags

ROOT = Path(__file__).parents[3]
CORE_SCHEMA = Path(__file__).with_name("generated") / "core_schema.py"
JSON_SCHEMA = ROOT / "schemas" / "pipeglot_schemas" / "pipeline.v1.schema.json"
ID = "urn:pipeglot:pipeline:v1"
_TAGGERS = {
    function: f"tags.{function.__name__}"
    for function in (tags.run_tag, tags.input_tag, tags.output_tag, tags.items_tag)
}
_DROPPED = frozenset(("metadata", "cls", "cls_name", "computed_fields", "config", "serialization"))
_CONFIG = {"strict": True, "extra_fields_behavior": "forbid"}
_OPEN = ("Retry", "Gpu")
"""What `defaults` may complete: no field of theirs is required in an editor."""


def core_schema() -> dict[str, Any]:
    """The models' schema for pydantic-core, without classes and in an order of its own."""
    return _plain(TypeAdapter(models.Document).core_schema)


def _plain(node: Any, is_fields: bool = False) -> Any:
    """`is_fields`: the keys are those of users."""
    if isinstance(node, dict):
        kept = {
            key: _plain(part, key == "fields" and not is_fields)
            for key, part in node.items()
            if is_fields or key not in _DROPPED
        }
        if "ref" in kept:
            kept["ref"] = _short(kept["ref"])
        if "schema_ref" in kept:
            kept["schema_ref"] = _short(kept["schema_ref"])
        return kept
    if isinstance(node, list):
        return [_plain(part) for part in node]
    return node


def _short(ref: str) -> str:
    return ref.rsplit(":", 1)[0].rsplit(".", 1)[-1]


def core_schema_text() -> str:
    return "\n".join(
        (
            '"""Generated from `pipeglot.spec.models` by `python -m pipeglot.spec.generating`: do not edit."""',
            "",
            "# ruff: noqa",
            "from typing import Any",
            "",
            "from pipeglot.spec import tags",
            "",
            f'PYDANTIC_CORE = "{pydantic_core.__version__}"',
            f"CONFIG: Any = {_CONFIG!r}",
            f"SCHEMA: Any = {_literal(core_schema(), 0)}",
            "",
        )
    )


def _literal(node: Any, depth: int) -> str:
    """Python text for plain data and the functions that choose between shapes."""
    blanks = " " * depth
    if isinstance(node, dict) and node:
        rows = (f"{blanks} {key!r}: {_literal(part, depth + 1)},\n" for key, part in node.items())
        return "{\n" + "".join(rows) + blanks + "}"
    if isinstance(node, list) and any(isinstance(part, (dict, list)) for part in node):
        return "[\n" + "".join(f"{blanks} {_literal(part, depth + 1)},\n" for part in node) + blanks + "]"
    return _TAGGERS[node] if callable(node) else repr(node)


def json_schema() -> dict[str, Any]:
    """The schema for editors."""
    schema = TypeAdapter(models.Document).json_schema()
    for name in _OPEN:
        schema["$defs"][name].pop("required", None)
    for definition in schema["$defs"].values():
        _untitled(definition)
    _untitled(schema)
    schema["$defs"]["Step"]["oneOf"] = [{"required": ["run"]}, {"required": ["python"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "pipeglot pipeline",
        **schema,
    }


def _untitled(node: Any) -> None:
    """Titles made from names say nothing more than the names."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for part in node.values():
            _untitled(part)
    elif isinstance(node, list):
        for part in node:
            _untitled(part)


def json_schema_text() -> str:
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_all([(CORE_SCHEMA, core_schema_text(), False), (JSON_SCHEMA, json_schema_text(), False)])
