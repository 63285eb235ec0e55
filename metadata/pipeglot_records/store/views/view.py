"""A view: columns with what they mean, written once for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeglot_records.model.run_view import OVERDUE


@dataclass(frozen=True, slots=True)
class Column:
    """`sql` may hold `{moment:X}`, `{number:X}`, `{hash:X}` and `{now}`: what the databases spell differently."""

    name: str
    about: str
    sql: str


@dataclass(frozen=True, slots=True)
class View:
    """`row` says what one row is; `source` is all that follows `FROM`."""

    name: str
    row: str
    columns: tuple[Column, ...]
    source: str

    def creation(self, dialect: str) -> str:
        words = {name: _Word(text) for name, text in _SPELLED[dialect].items()}
        columns = ",\n  ".join(f"{column.sql.format(**words)} AS {column.name}" for column in self.columns)
        return f"CREATE VIEW {self.name} AS SELECT\n  {columns}\nFROM {self.source.format(**words)}"


class _Word(str):
    """Formats to itself, with what it is given in the place of `@`."""

    __slots__ = ()

    def __format__(self, given: str) -> str:
        return self.replace("@", given)


# what PostgreSQL cannot read as a double would be a fault of the whole question
_DOUBLE: Final = "^-?[0-9]{1,200}([.][0-9]+)?([eE][-+]?[0-9]{1,2})?$"

_SPELLED: Final[Mapping[str, Mapping[str, str]]] = {
    "sqlite": {
        "moment": "strftime('%Y-%m-%dT%H:%M:%fZ', @ / 1000000 / 1000.0, 'unixepoch')",
        "now": "CAST(strftime('%s', 'now') AS INTEGER) * 1000000000",
        "hash": "coalesce(json_extract(@, '$.sha256'), json_extract(@, '$.dirHash'))",
        "number": "CASE WHEN @ GLOB '[-0-9]*' AND abs(CAST(@ AS REAL)) < 1e308 THEN CAST(@ AS REAL) END",
    },
    "postgresql": {
        "moment": "to_timestamp(@::numeric / 1000000000)",
        "now": "CAST(extract(epoch FROM now()) AS BIGINT) * 1000000000",
        "hash": "coalesce(@::json ->> 'sha256', @::json ->> 'dirHash')",
        "number": f"CASE WHEN @ ~ '{_DOUBLE}' THEN CAST(@ AS DOUBLE PRECISION) END",
    },
}

SECONDS: Final = "CAST({1} - {0} AS DOUBLE PRECISION) / 1000000000"
"""Between two columns of nanoseconds."""

STATE: Final = (
    f"CASE WHEN r.state IS NOT NULL THEN r.state WHEN r.seen >= {{now}} - {OVERDUE} THEN 'running' ELSE 'unknown' END"
)

LAST: Final = (
    "(SELECT t.attempt FROM attempts t WHERE t.run = {0}.run AND t.step = {0}.step"
    " AND coalesce(t.item, '') = coalesce({0}.item, '')"
    " ORDER BY coalesce(t.started, 0) DESC, t.attempt DESC LIMIT 1)"
)
"""The last attempt of a place: a later try stands for the ones before it."""
