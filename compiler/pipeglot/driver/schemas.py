"""The JSON Schemas for editors, as they hold on this machine."""

from __future__ import annotations

import json
from importlib.resources import files


def text_of(name: str) -> str:
    """The schema of that name, as it holds on this machine."""
    text = (files("pipeglot_schemas") / f"{name}.v1.schema.json").read_text("utf-8")
    return _with_strangers(text) if name == "pipeline" else text


def _with_strangers(text: str) -> str:
    """What `validate` takes here: settings of the targets that others have installed, too."""
    from pipeglot import installed
    from pipeglot.spec.schema.tags import TARGETS

    others = [name for name in installed.names() if name not in TARGETS]
    if not others:
        return text
    schema = json.loads(text)
    fields = schema["$defs"]["Profile"]["properties"]
    schema["$defs"]["Profile"]["properties"] = {**{name: _settings(name) for name in others}, **fields}
    fields["target"]["anyOf"][0]["enum"] += others
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _settings(target: str) -> dict[str, object]:
    text = f"Settings of the target `{target}`, which `pipeglot validate` checks."
    return {"type": "object", "additionalProperties": True, "description": text, "markdownDescription": text}
