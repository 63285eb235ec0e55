"""The record from Python: the questions of the command line, answered with plain data.

Rows are dicts of the same keys, so that `pandas.DataFrame(rows)` and `polars.DataFrame(rows)` take them as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import TracebackType
from typing import cast

from pipeglot.ir import Json
from pipeglot_records.answering.choosing import answering
from pipeglot_records.answering.rows import ArtifactRow, DiffRows, LogRow, PointRow, Row
from pipeglot_records.model.json_values import mapping, number, sequence, text
from pipeglot_records.queries.asking import Asking
from pipeglot_records.show.questions import comparison


class Records:
    """Records that are read: `with Records() as records: records.runs(where="metrics.train.auc > 0.9")`.

    `place` is a path, a `postgresql://` URL, or the `https://` address of `pipeglot serve`; without it
    `PIPEGLOT_RECORDS`, else the store of the project's `.pipeglot`. A server is told `token`, else what
    `PIPEGLOT_RECORDS_TOKEN` holds. A run is named by its id, by how that begins, or by `last`. Raises `RecordsFault`
    where the store or the server cannot be used, `RunUnknown` where it has no such run, `FilterFault` or
    `NotComparable` for a question that cannot be read.
    """

    def __init__(self, place: str | None = None, *, token: str | None = None) -> None:
        self._answering = answering(place, token)

    def __enter__(self) -> Records:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._answering.close()

    def runs(
        self,
        where: str | None = None,
        *,
        pipeline: str | None = None,
        state: str | None = None,
        sort: str | None = None,
        desc: bool = False,
        columns: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[Row]:
        """One row a run, newest first; `where`, `sort` and `columns` as of `pipeglot runs`. Of a server 10,000 at most.

        Without `columns`: `run`, `pipeline`, `state`, `started` and `ended` (RFC 3339), `duration` (seconds), `target`,
        `profile`, and what `where` and `sort` name of params and metrics.
        """
        return self._answering.runs(
            Asking(pipeline, state, where, sort, desc, ",".join(columns) if columns else None, limit)
        )

    def show(self, name: str = "last") -> Row:
        """A run whole, as `pipeglot show --format json` has it."""
        return self._answering.show(name)

    def normal(self, name: str = "last") -> str:
        """What must be equal on every engine, as canonical JSON."""
        return self._answering.normal(name)

    def metrics(self, name: str = "last", *, step: str | None = None, metric: str | None = None) -> list[PointRow]:
        """One row a point: `step`, `item`, `attempt`, `name`, `at`, `value` (None for NaN), `time` (RFC 3339)."""
        return [
            {
                "step": text(curve.get("step")) or "",
                "item": text(curve.get("item")),
                "attempt": text(curve.get("attempt")) or "",
                "name": text(curve.get("name")) or "",
                "at": number(point.get("at")),
                "value": _measure(point.get("value")),
                "time": text(point.get("time")) or "",
            }
            for curve in self._answering.curves(name, step, metric)
            for point in map(mapping, sequence(curve.get("points")))
        ]

    def compare(self, *names: str) -> list[Row]:
        """One row a run: what of its params differs, and the last value of every metric."""
        return comparison.beside([self.show(name) for name in names]).rows

    def items(self, name: str, step: str) -> list[Row]:
        """One row an item of a fan-out; none where the run has no such fan-out."""
        found = comparison.items_beside(self.show(name), step)
        return found.rows if found else []

    def diff(self, before: str, after: str = "last") -> DiffRows:
        """`causes` and `effects`, each a list of `kind`, `place`, `before`, `after`."""
        return cast("DiffRows", self._answering.diff(before, after))

    def lineage(self, name: str = "last", artifact: str | None = None, *, up: bool = True, down: bool = True) -> Row:
        """`artifacts`, `attempts`, and the edges `made` and `read`, as `pipeglot lineage --format json` has them."""
        return self._answering.lineage(name, artifact, up=up, down=down)

    def artifacts(self, name: str = "last") -> list[ArtifactRow]:
        """One row an artifact of the run: `name`, `item`, `version`, `kind`, `digest`, `size`, `files`, `uri`."""
        rows = [{**row, "digest": _digest(row.get("digest"))} for row in self._answering.artifacts(name)]
        return cast("list[ArtifactRow]", rows)

    def logs(self, name: str, step: str, item: str | None = None, *, attempt: int | None = None) -> list[LogRow]:
        """`step`, `item`, `name`, `attempt`, `text`: of each item the last attempt, or the one that is asked for.

        `item` is what it is called, or its number.
        Where the logs are not on this machine, and of a server: what `capture: [logs]` kept of failed attempts.
        """
        found = self._answering.logs(name, step)
        if item is not None:
            found = [row for row in found if item == row["item"] or f"{step}[{item}]" == row["name"]]
        if attempt is not None:
            return [row for row in found if row["attempt"] == attempt]
        return list({row["name"]: row for row in found}.values())


def _measure(value: Json) -> float | None:
    """JSON has words for what is no number: NaN and the infinities."""
    found = float(value) if isinstance(value, (int, float, str)) else math.nan
    return None if math.isnan(found) else found


def _digest(value: Json) -> str:
    return " ".join(f"{kind}:{found}" for kind, found in mapping(value).items())
