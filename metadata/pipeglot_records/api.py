"""The record from Python: the questions of the command line, answered with plain data.

Rows are dicts of the same keys, so that `pandas.DataFrame(rows)` and `polars.DataFrame(rows)` take them as they are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType

from pipeglot import keeping
from pipeglot.ir import Json
from pipeglot_records.engines.settling import look
from pipeglot_records.queries import filter as language
from pipeglot_records.queries import lineage as origins
from pipeglot_records.show import normal, run, run_list
from pipeglot_records.show.questions import comparison, curves, differences, lineage_forms
from pipeglot_records.store.database import Store, open_store

Row = dict[str, Json]


class Records:
    """A store that is read: `with Records() as records: records.runs(where="metrics.train.auc > 0.9")`.

    `place` is a path or a `postgresql://` URL; without it `PIPEGLOT_RECORDS`, else the store of the project's
    `.pipeglot`. A run is named by its id, by how that begins, or by `last`. Raises `RecordsFault` where the store
    cannot be used, `RunUnknown` where it has no such run, `FilterFault` or `NotComparable` for a question that cannot
    be read.
    """

    def __init__(self, place: str | None = None) -> None:
        self._store: Store = open_store(place, os.environ, make=False)
        self._vital = look(self._store, keeping.kept_here())

    def __enter__(self) -> Records:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    def runs(
        self,
        where: str | None = None,
        *,
        sort: str | None = None,
        desc: bool = False,
        columns: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[Row]:
        """One row a run, newest first; `where`, `sort` and `columns` as of `pipeglot runs`.

        Without `columns`: `run`, `pipeline`, `state`, `started` and `ended` (RFC 3339), `duration` (seconds), `target`,
        `profile`, `definition`.
        """
        wanted = language.Wanted(
            where=language.parse(where) if where is not None else None,
            sort=(language.field(sort), desc) if sort is not None else None,
            limit=limit,
        )
        fields = [language.field(name) for name in columns]
        return [dict(row) for row in run_list.asked(self._store, wanted, fields, self._vital)]

    def run(self, name: str = "last") -> Row:
        """A run whole, as `pipeglot show --format json` has it."""
        return run.as_json(self._store, self._store.find_run(name), self._vital)

    def normal(self, name: str = "last") -> str:
        """What must be equal on every engine, as canonical JSON."""
        return normal.text(self._store, self._store.find_run(name), self._vital)

    def metrics(self, name: str = "last", *, step: str | None = None, metric: str | None = None) -> list[Row]:
        """One row a point: `step`, `item`, `attempt`, `name`, `at`, `value` (None for NaN), `time` (ns since 1970)."""
        found = curves.curves(self._store, self._store.find_run(name), step, metric)
        return [
            {
                "step": curve.step,
                "item": curve.item,
                "attempt": curve.attempt,
                "name": curve.name,
                "at": point.at,
                "value": point.value,
                "time": point.time,
            }
            for curve in found
            for point in curve.points
        ]

    def compare(self, *names: str) -> list[Row]:
        """One row a run: what of its params differs, and the last value of every metric."""
        return comparison.of_runs(self._store, [self._store.find_run(name) for name in names], self._vital).rows

    def items(self, name: str, step: str) -> list[Row]:
        """One row an item of a fan-out; none where the run has no such fan-out."""
        found = comparison.of_items(self._store, self._store.find_run(name), step, self._vital)
        return found.rows if found else []

    def diff(self, before: str, after: str = "last") -> Row:
        """`causes` and `effects`, each a list of `kind`, `place`, `before`, `after`."""
        one, other = self._store.find_run(before), self._store.find_run(after)
        return differences.as_json(differences.differences(self._store, one, other, self._vital))

    def lineage(self, name: str = "last", artifact: str | None = None, *, up: bool = True, down: bool = True) -> Row:
        """`artifacts`, `attempts`, and the edges `made` and `read`, as `pipeglot lineage --format json` has them."""
        return lineage_forms.as_json(
            origins.lineage(self._store, self._store.find_run(name), artifact, up=up, down=down)
        )
