"""Reads Argo manifests into hera's models and writes them again; prints as JSON what was refused or lost.

Runs in the environment of `tests/engines/argo/requirements.txt`: `python round_trip.py FOLDER`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hera.workflows import models


def main(folder: str) -> int:
    found = {}
    for path in sorted(Path(folder).rglob("*.yaml")):
        document = yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        found[str(path.relative_to(folder))] = [*judged(document)]
    json.dump(found, sys.stdout)
    return 0


def judged(document: Any) -> Iterator[str]:
    model = getattr(models, document["kind"])
    try:
        read = model.model_validate(document)
    except ValueError as fault:
        yield str(fault)[:500]
        return
    yield from lost(document, json.loads(read.model_dump_json(by_alias=True, exclude_unset=True)), "")


def lost(before: Any, after: Any, path: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if key not in before or key not in after:
                yield f"{path}/{key} is {'lost' if key in before else 'new'}"
            else:
                yield from lost(before[key], after[key], f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, pair in enumerate(zip(before, after, strict=True)):
            yield from lost(*pair, f"{path}/{index}")
    elif type(before) is not type(after) or before != after:
        yield f"{path} is {after!r}, not {before!r}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
