"""What an item of a fan-out is called: by its value, not by its number."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeglot.ir import Json
from pipeglot.rendering.screen import harmless

LONGEST = 48


def label(entry: Mapping[str, Json]) -> str | None:
    """`model=logreg c=1.0`, `eu`, `(redacted)`; None where nobody recorded what the item is, or it is an artifact."""
    if entry.get("redacted") is True:
        return "(redacted)"
    value = entry.get("value")
    if value is None:
        return None
    text = " ".join(f"{key}={_told(part)}" for key, part in value.items()) if isinstance(value, dict) else _told(value)
    text = harmless(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def named(step: str, index: str | int, entry: Mapping[str, Json]) -> str:
    """`train[model=logreg c=1.0]`; with the number where the value says nothing."""
    return f"{step}[{label(entry) or index}]"


def _told(value: Json) -> str:
    if isinstance(value, str) and value and not value.isspace():
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
