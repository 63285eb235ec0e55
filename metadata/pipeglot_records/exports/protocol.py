"""What an export is: a run becomes documents, without a clock, file or network, and these are brought somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.recorded import Recorded
from pipeglot_records.exports.way import Way
from pipeglot_records.faults import RecordsFault


class ExportRefused(RecordsFault):
    """What was asked for is no export."""

    code: ClassVar[str] = "PG600"


@dataclass(frozen=True, slots=True)
class Plan:
    """`documents` in the order in which they go; `lost` says in words what the form has no place for."""

    documents: tuple[Row, ...]
    lost: tuple[str, ...] = ()


class Export(Protocol):
    """A module `export` of a folder here. It may be asked again for the same run: nothing may be there twice."""

    ADDRESS: str
    """The variable that has the address, as the tool's own clients read it."""
    TOKEN: str
    """The variable that has a bearer token."""
    TO_FILES: bool
    """Whether documents may go to a file."""

    def plan(self, run: Recorded, under: str | None) -> Plan:
        """`under` is the tool's own name for what holds runs together."""
        ...

    def send(self, documents: tuple[Row, ...], way: Way) -> Iterator[str]:
        """Brings them there, and yields a line for whatever came to be. Raises `NotTaken`."""
        ...
