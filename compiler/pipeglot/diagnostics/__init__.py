"""Mistakes of a user as values: collected, reported at once, never raised one by one."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from pipeglot.diagnostics.origins import Place
from pipeglot.diagnostics.sources import Source


class Severity(enum.Enum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: `code` is its door (`pipeglot explain CODE`), `message` says what is true and why it cannot be.

    `origin` is the part at fault, or None where no file is. `label` stands beside its carets. `offset` narrows it to
    a range inside the scalar's value (for expressions); `key` points at the key of a mapping entry, not its value.
    `evidence` holds at most two other places with their labels. `hint` is left out unless following it mends the spec.
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


class SpecRejected(Exception):
    """Carries all diagnostics of a spec across the public boundary, with the sources that they speak of.

    `disk` is the sentence that says what happened to the disk, where something did.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Iterable[Source] = (), disk: str = "") -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = tuple(sources)
        self.disk = disk
        super().__init__("; ".join(f"{each.code}: {each.message}" for each in self.diagnostics))
