"""`pipeglot schema`."""

from __future__ import annotations

import argparse
import json
from importlib.resources import files

from pipeglot.cli.printing import say_exactly


def run(options: argparse.Namespace) -> int:
    text = (files("pipeglot_schemas") / f"{options.name}.v1.schema.json").read_text("utf-8")
    say_exactly(_with_strangers(text) if options.name == "pipeline" else text)
    return 0


def _with_strangers(text: str) -> str:
    """What `validate` takes here: settings of the targets that others have installed, too."""
    from pipeglot import installed
    from pipeglot.spec.schema.tags import TARGETS

    others = [name for name in installed.names() if name not in TARGETS]
    if not others:
        return text
    schema = json.loads(text)
    fields = schema["$defs"]["Profile"]["properties"]
    schema["$defs"]["Profile"]["properties"] = {**dict.fromkeys(others, fields[TARGETS[0]]), **fields}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
