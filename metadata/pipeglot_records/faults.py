"""What can go wrong with the store, said to the person at the terminal."""

from __future__ import annotations

from typing import ClassVar

from pipeglot.diagnostics import Diagnostic, SpecRejected


class RecordsFault(SpecRejected):
    """The store cannot be used: one diagnostic, without a place in a file."""

    code: ClassVar[str] = "PG540"

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__([Diagnostic(self.code, message, hint=hint)])


class LogFault(RecordsFault):
    """An event log cannot be read."""

    code: ClassVar[str] = "PG541"


class DefinitionFault(RecordsFault):
    """A definition is missing, or is not what `compile` wrote."""

    code: ClassVar[str] = "PG542"


class TokenFault(RecordsFault):
    """A token of the server that is not to be had."""

    code: ClassVar[str] = "PG570"


class ServerFault(RecordsFault):
    """The server cannot be where it is wanted."""

    code: ClassVar[str] = "PG571"


class ServedFault(RecordsFault):
    """A server of records that does not answer, or not what was asked."""

    code: ClassVar[str] = "PG591"


class RunUnknown(RecordsFault, LookupError):
    """No run, or more than one, goes by the name that was given."""

    code: ClassVar[str] = "PG509"
