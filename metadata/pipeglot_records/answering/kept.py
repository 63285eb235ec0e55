"""Answers of a store, which is opened for as long as questions are asked."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final, cast

from pipeglot_records.answering import last_words, on_disk
from pipeglot_records.answering.rows import LogRow, Row
from pipeglot_records.engines.asked import asked
from pipeglot_records.faults import RunUnknown
from pipeglot_records.queries import asking, lineage
from pipeglot_records.show import normal, run, run_list
from pipeglot_records.show.questions import artifact_list, curves, differences, lineage_forms

USUAL: Final = ("run", "pipeline", "state", "started", "duration", "target", "ended", "profile")


class Kept:
    """`place` as of `--records`. The runs of this machine are looked after when it is opened."""

    def __init__(self, place: str | None) -> None:
        self._open = ExitStack()
        self._store, self._vital = self._open.enter_context(asked(place))

    def close(self) -> None:
        self._open.close()

    def runs(self, question: asking.Asking) -> list[Row]:
        wanted, fields = asking.read(question, USUAL)
        return [dict(row) for row in run_list.asked(self._store, wanted, fields, self._vital)]

    def show(self, name: str) -> Row:
        return run.as_json(self._store, self._found(name), self._vital)

    def normal(self, name: str) -> str:
        return normal.text(self._store, self._found(name), self._vital)

    def curves(self, name: str, step: str | None, metric: str | None) -> list[Row]:
        return cast("list[Row]", curves.as_json(curves.curves(self._store, self._found(name), step, metric)))

    def artifacts(self, name: str) -> list[Row]:
        return [each.as_json() for each in artifact_list.artifacts(self._store, self._found(name))]

    def diff(self, before: str, after: str) -> Row:
        one, other = self._found(before), self._found(after)
        return differences.as_json(differences.differences(self._store, one, other, self._vital))

    def lineage(self, name: str, artifact: str | None, *, up: bool, down: bool) -> Row:
        found = lineage.lineage(self._store, self._found(name), artifact, up=up, down=down)
        if artifact and not found.begun:
            raise RunUnknown(f"run `{self._found(name)}` left no artifact `{artifact[:200]}`")
        return lineage_forms.as_json(found)

    def logs(self, name: str, step: str) -> list[LogRow]:
        here = on_disk.logs_here(self._store, self._found(name), step, self._vital)
        return here or last_words.captured(self.show(name), step)

    def _found(self, name: str) -> str:
        return self._store.find_run(name)
