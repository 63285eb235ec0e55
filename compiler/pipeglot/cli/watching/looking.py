"""A run as it is now, as its record has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pipeglot import keeping
from pipeglot.ir import Json

if TYPE_CHECKING:
    from pipeglot_records.store.database import Store

PATIENCE = 300.0
"""Seconds in which an engine or a server that answered once may be silent."""
EXITS = {"succeeded": 0, "failed": 1, "cancelled": 130}


@dataclass(frozen=True, slots=True)
class Seen:
    """`picture` as `show --format json` has it. `words` are the engine's, by its tasks; `said` is what else is told.

    `is_gone`: the engine has no such run any more, so that nothing more will come.
    """

    picture: Mapping[str, Json]
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    said: tuple[str, ...] = ()
    is_gone: bool = False

    @property
    def code(self) -> int | None:
        """What the run left as its exit code; None while it goes on."""
        return EXITS.get(str(self.picture.get("state")), 1 if self.is_gone else None)


class Looking(Protocol):
    """Whoever can be asked again and again."""

    def look(self) -> Seen: ...


class Kept:
    """A run of the store: of this machine, or one whose steps send what they record, while they run."""

    def __init__(self, store: Store, run: str) -> None:
        self.store, self.run = store, run

    def look(self) -> Seen:
        from pipeglot_records.engines.settling import look
        from pipeglot_records.show.run import as_json

        return Seen(as_json(self.store, self.run, look(self.store, keeping.kept_here())))
