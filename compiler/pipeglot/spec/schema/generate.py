"""Writes what is made from the models: the schema for editors, and the one that `validate` runs without them.

`python -m pipeglot.spec.schema.generate` after every change of `models.py`; a test fails while either file is stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pydantic_core
from pydantic import TypeAdapter

from pipeglot.files import write_all
from pipeglot.spec.schema import editors, file_models, models, tags
from pipeglot_backends import setting_schemas

ROOT = Path(__file__).parents[4]
CORE_SCHEMA = Path(__file__).with_name("generated") / "core_schema.py"
SCHEMAS = ROOT / "schemas" / "pipeglot_schemas"
JSON_SCHEMAS: dict[str, tuple[Path, Any]] = {
    "pipeline": (SCHEMAS / "pipeline.v1.schema.json", models.Document),
    "component": (SCHEMAS / "component.v1.schema.json", file_models.AnyComponent),
    "base": (SCHEMAS / "base.v1.schema.json", file_models.Base),
}
_TAGGERS: Mapping[object, str] = {
    function: f"tags.{function.__name__}"
    for function in (tags.run_tag, tags.input_tag, tags.output_tag, tags.items_tag, tags.env_tag, tags.document_tag)
}
_DROPPED = frozenset(("metadata", "cls", "cls_name", "computed_fields", "title", "serialization"))
_CONFIG = {"strict": True, "extra_fields_behavior": "forbid"}
_OPEN = ("Retry", "Gpu")
"""What `defaults` may complete: no field of theirs is required in an editor."""


def core_schema() -> dict[str, object]:
    """The models' schema for pydantic-core, without classes and in an order of its own."""
    return cast("dict[str, object]", _plain(TypeAdapter(file_models.File).core_schema))


def _plain(node: object, is_fields: bool = False) -> object:
    """`is_fields`: the keys are those of users."""
    if isinstance(node, dict):
        entries = cast("dict[str, object]", node)
        kept = {
            key: _plain(part, key == "fields" and not is_fields)
            for key, part in entries.items()
            if is_fields or key not in _DROPPED
        }
        for key in ("ref", "schema_ref"):
            if not is_fields and key in kept:
                kept[key] = _short(str(kept[key]))
        return kept
    return [_plain(part) for part in cast("list[object]", node)] if isinstance(node, list) else node


def _short(ref: str) -> str:
    return ref.rsplit(":", 1)[0].rsplit(".", 1)[-1]


def core_schema_text() -> str:
    return "\n".join(
        (
            '"""Generated from `spec.schema.models` by `python -m pipeglot.spec.schema.generate`: do not edit."""',
            "",
            "# ruff: noqa",
            "from typing import Any",
            "",
            "from pipeglot.spec.schema import tags",
            "",
            f'PYDANTIC_CORE = "{pydantic_core.__version__}"',
            f"CONFIG: Any = {_CONFIG!r}",
            f"SCHEMA: Any = {_literal(core_schema(), 0)}",
            "",
        )
    )


def _literal(node: object, depth: int) -> str:
    """Python text for plain data and the functions that choose between shapes."""
    blanks, whole = " " * depth, node
    if isinstance(node, dict) and node:
        entries = cast("dict[str, object]", node)
        rows = (f"{blanks} {key!r}: {_literal(part, depth + 1)},\n" for key, part in entries.items())
        return "{\n" + "".join(rows) + blanks + "}"
    parts = cast("list[object]", node) if isinstance(node, list) else []
    if any(isinstance(part, (dict, list)) for part in parts):
        return "[\n" + "".join(f"{blanks} {_literal(part, depth + 1)},\n" for part in parts) + blanks + "]"
    return next((name for tagger, name in _TAGGERS.items() if tagger is node), None) or repr(whole)


def json_schema(kind: str = "pipeline") -> dict[str, Any]:
    """The schema for editors, of pipelines, of components or of bases."""
    adapter: TypeAdapter[Any] = TypeAdapter(JSON_SCHEMAS[kind][1])
    schema = adapter.json_schema()
    for name in schema["$defs"].keys() & _OPEN:
        schema["$defs"][name].pop("required", None)
    for definition in schema["$defs"].values():
        _trimmed(definition)
    _trimmed(schema)
    if "Step" in schema["$defs"]:
        schema["$defs"]["Step"]["oneOf"] = [{"required": [body]} for body in ("run", "python", "uses")]
    editors.dress(schema)
    if "Profile" in schema["$defs"]:
        editors.of_targets(schema, setting_schemas.of_all(), setting_schemas.versioned())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:pipeglot:{kind}:v1",
        "title": f"pipeglot {kind}",
        **schema,
    }


def _trimmed(node: object) -> None:
    """Titles made from names say nothing more than the names; keys that have a pattern have no others."""
    if isinstance(node, dict):
        entries = cast("dict[str, object]", node)
        if isinstance(entries.get("title"), str):
            del entries["title"]
        if "patternProperties" in entries:
            entries["additionalProperties"] = False
        for part in entries.values():
            _trimmed(part)
    elif isinstance(node, list):
        for part in cast("list[object]", node):
            _trimmed(part)


def json_schema_text(kind: str = "pipeline") -> str:
    return json.dumps(json_schema(kind), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    texts = [(path, json_schema_text(kind), False) for kind, (path, _) in JSON_SCHEMAS.items()]
    write_all([(CORE_SCHEMA, core_schema_text(), False), *texts])
