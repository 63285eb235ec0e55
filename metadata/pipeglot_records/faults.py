"""What can go wrong with the store, said to the person at the terminal."""

from __future__ import annotations

from pipeglot.diagnostics import Diagnostic, SpecRejected

CODE = "PG520"


class RecordsFault(SpecRejected):
    """The store, a log or a definition cannot be used: one diagnostic, without a place in a file."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__([Diagnostic(CODE, message, hint=hint)])


class RunUnknown(LookupError):
    """No run, or more than one, goes by the name that was given."""
