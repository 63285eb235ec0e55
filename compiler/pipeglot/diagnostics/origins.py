"""Places in what a user wrote: by path until there is something to say, by offsets when the text itself is at fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in which source a part was written; becomes a span only when there is something to say."""

    source: str
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets into the text of a source, in code points; `end` is the first that is no longer part of it."""

    source: str
    start: int
    end: int


Place: TypeAlias = Origin | Span
