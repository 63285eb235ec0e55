"""The record's reader: an event journal, what is projected from it, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeglot_records.answering.rows import ArtifactRow, ChangeRow, DiffRows, LogRow, PointRow, Row
    from pipeglot_records.api import Records
    from pipeglot_records.faults import RecordsFault, RunUnknown
    from pipeglot_records.queries.filter import FilterFault, NotComparable

__all__ = [
    "ArtifactRow",
    "ChangeRow",
    "DiffRows",
    "FilterFault",
    "LogRow",
    "NotComparable",
    "PointRow",
    "Records",
    "RecordsFault",
    "Row",
    "RunUnknown",
]

_ROWS = ("ArtifactRow", "ChangeRow", "DiffRows", "LogRow", "PointRow", "Row")
_PLACES = {"Records": "api", "RecordsFault": "faults", "RunUnknown": "faults", **dict.fromkeys(_ROWS, "answering.rows")}


def __getattr__(name: str) -> object:
    """The public names, loaded when they are asked for: the modules below are used without them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{_PLACES.get(name, 'queries.filter')}"), name)
    return found
