"""How a number or a bool was written: `1.10` and `0x10` are not spelled anew in what is said of them."""

from __future__ import annotations

import json
from functools import lru_cache

from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Json, Source
from pipeglot.rendering.locator import Locator
from pipeglot.spec.merging import Merged


def spelled(merged: Merged, path: tuple[str | int, ...], value: Json) -> str:
    """The text at a path of the spec, where it is known; JSON else."""
    origin = merged.origin(*path)
    text = merged.texts.get(origin.source)
    return json.dumps(value) if text is None else _written(text, origin)


def _written(text: str, origin: Origin) -> str:
    span = _locator(text).span(origin)
    return text[span.start : span.end]


@lru_cache(4)
def _locator(text: str) -> Locator:
    return Locator(Source("", text, {}))
