"""Mistakes of a user as values: collected, reported at once, never raised one by one."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeglot.diagnostics.origins import Place
from pipeglot.diagnostics.sources import Source
from pipeglot.diagnostics.suggestions import Meant

MOST = 20
"""Diagnostics that are shown; the others are only counted."""


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: `code` is its door (`pipeglot explain CODE`), `message` says what is true and why it cannot be.

    `origin` is the part at fault, or None where no file is. `label` stands beside its carets. `offset` narrows it to
    a range inside the scalar's value (for expressions); `key` points at the key of a mapping entry, not its value.
    `evidence` holds at most two other places with their labels. `hint` is left out unless following it mends the spec;
    `mends` is the part that it speaks of, where that is not the one at fault.
    """

    code: str
    message: str
    origin: Place | None = None
    label: str = ""
    evidence: tuple[tuple[Place, str], ...] = ()
    hint: str | None = None
    severity: Severity = Severity.ERROR
    offset: tuple[int, int] | None = None
    key: bool = False
    meant: Meant | None = field(default=None, compare=False)
    """Where the hint is a name that has still to be looked for."""
    mends: Place | None = None

    def hinted(self) -> Diagnostic:
        return replace(self, hint=self.hint or self.meant.told(), meant=None) if self.meant else self


def hinted(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """With all hints, where all are shown; else whoever shows some of them looks for theirs."""
    found = tuple(diagnostics)
    return tuple(each.hinted() for each in found) if len(found) <= MOST else found


class SpecRejected(Exception):
    """Carries all diagnostics of a spec across the public boundary, with the sources that they speak of.

    `disk` is the sentence that says what happened to the disk, where something did.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Iterable[Source] = (), disk: str = "") -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = tuple(sources)
        self.disk = disk
        super().__init__("; ".join(f"{each.code}: {each.message}" for each in self.diagnostics))
