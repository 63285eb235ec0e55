"""What an earlier run left, which is handed on again in place of a start: of a step, or of an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pipeglot.contents import bring
from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import CACHED
from pipeglot_expression.runtime.identity import attempt_id
from pipeglot_expression.values import to_wire

TAKEN = 0
"""The number under which it stands: attempts of the run itself begin with 1."""

Fields: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one attempt left.

    `start`, `outputs` and `metrics` are fields of its events, `texts` its outputs as wire text; `files` says of those
    that lie in a folder where they are now.
    """

    run: str
    attempt: str
    start: Fields
    outputs: Mapping[str, Fields]
    texts: Mapping[str, str]
    files: Mapping[str, Path]
    metrics: tuple[Fields, ...] = ()

    def brought(self, home: Path) -> Taken:
        """With its files below `home`. Raises OSError."""
        outputs, texts, files = dict(self.outputs), dict(self.texts), dict[str, Path]()
        for name, place in self.files.items():
            here = files[name] = home / place.name
            bring(place, here)
            outputs[name] = {**outputs[name], "uri": f"file://{here}"}
            texts[name] = to_wire(str(here))
        return Taken(self.run, self.attempt, self.start, outputs, texts, files, self.metrics)

    def told(self, run: str, step: str, index: int | None) -> list[tuple[str, Fields]]:
        """The events that say so in the record of a run: of an attempt that is none."""
        item = None if index is None else str(index)
        place: Fields = {"step": step, "item": item, "attempt": attempt_id(run, step, index, TAKEN)}
        source: dict[str, Json] = {"run": self.run, "attempt": self.attempt}
        start: Fields = {**self.start, "engine": "local", "argv": [], "reused": source}
        end: Fields = {"state": CACHED}
        found = [("output", each) for each in self.outputs.values()] + [("metric", each) for each in self.metrics]
        return [(event, {**fields, **place}) for event, fields in (("start", start), *found, ("end", end))]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which steps are not started: by step and item what is taken from an earlier run; and what nobody asked for."""

    taken: Mapping[tuple[str, int | None], Taken] = field(default_factory=dict[tuple[str, "int | None"], Taken])
    left_out: frozenset[str] = frozenset()
    lists: Mapping[str, int] = field(default_factory=dict[str, int])
    """Fan-outs whose items are known, with their number: no list task says it."""
    items: Mapping[str, frozenset[int]] = field(default_factory=dict[str, "frozenset[int]"])
    """Of these fan-outs nobody asked for other items."""
    asked: Fields = field(default_factory=dict[str, Json])
    """In the words of the record: of which run, and what of it."""


@dataclass(frozen=True, slots=True)
class Caching:
    """Of work that is kept for other runs: whether it is, of which steps it is done anew, and the hash of the code that
    steps without a `code` of their own run."""

    off: bool = False
    refreshed: frozenset[str] = frozenset()
    code: str | None = None


AS_ASKED = Caching()
"""As the pipeline says it."""

ALL = Selection()
"""Everything is started."""
