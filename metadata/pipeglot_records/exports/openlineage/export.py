"""OpenLineage: a run and each of its attempts as run events, the attempts under their run.

An event of a run says the same whenever it is made, to the letter: receivers that go by runId and eventType fold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.openlineage import datasets as data
from pipeglot_records.exports.openlineage import facets
from pipeglot_records.exports.protocol import Plan
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded, as_uuid
from pipeglot_records.exports.way import Way

ADDRESS: Final = "OPENLINEAGE_URL"
TOKEN: Final = "OPENLINEAGE_API_KEY"
TO_FILES: Final = True
NAMESPACE: Final = "pipeglot"
ENDPOINT: Final = "api/v1/lineage"
SCHEMA: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
ENDS: Final = {
    "succeeded": "COMPLETE",
    "cached": "COMPLETE",
    "skipped": "COMPLETE",
    "failed": "FAIL",
    "cancelled": "ABORT",
}
"""By state; what is not over has no end."""


def plan(run: Recorded, under: str | None) -> Plan:
    maker = _Events(run, under or NAMESPACE)
    return Plan(tuple(maker.all()), (*run.lost(), *_lost(run)))


def send(documents: tuple[Row, ...], way: Way) -> Iterator[str]:
    for event in documents:
        way.ask("POST", ENDPOINT, event)
    yield f"{len(documents)} events"


def _lost(run: Recorded) -> Iterator[str]:
    if run.curves:
        yield f"the points of {len(run.curves)} series of metrics: there is no place for them, and their last values go"
    others = [step for step in run.steps if not step.get("attempts") and not step.get("items")]
    if others:
        yield f"{len(others)} steps without an attempt are no runs of their own: the facet `pipeglot_run` has them"
    silent = [each for each in run.attempts() if _is_silent(each)]
    if silent:
        yield f"the times of {len(silent)} attempts that left no end of their own: that of the run stands for it"


def _is_silent(attempt: Attempt) -> bool:
    return attempt.fields.get("state") in ENDS and not attempt.fields.get("ended")


class _Events:
    """All events of one run, in the order in which it went."""

    def __init__(self, run: Recorded, namespace: str) -> None:
        self._run, self._namespace = run, namespace
        self._id = as_uuid(run.id, run.id)
        self._job: Row = {"namespace": namespace, "name": run.pipeline}
        self._data = data.Datasets(run, namespace)

    def all(self) -> Iterator[Row]:
        started, *later = self._of_the_run()
        within = [event for attempt in self._run.attempts() for event in self._of(attempt)]
        yield started
        yield from sorted(within, key=lambda event: str(event["eventTime"]))
        yield from later

    def _of_the_run(self) -> Iterator[Row]:
        job: Row = {**self._job, "facets": facets.of_job("PIPELINE")}
        yield from self._told(self._run.run, self._id, job, facets.of_run(self._run))

    def _of(self, attempt: Attempt) -> Iterator[Row]:
        if not attempt.fields.get("started"):
            return
        begun, since = facets.of_attempt(attempt, self._run)
        parent = facets.parent({"runId": self._id}, self._job)
        name = f"{self._run.pipeline}.{attempt.step}"
        job: Row = {"namespace": self._namespace, "name": name, "facets": facets.of_job("STEP")}
        read, written = self._data.read(attempt), self._data.written(attempt)
        begun["parent"] = parent
        yield from self._told(attempt.fields, as_uuid(attempt.id, self._run.id), job, (begun, since), read, written)

    def _told(
        self,
        fields: Fields,
        run_id: str,
        job: Row,
        known: tuple[Row, Row],
        read: Sequence[Json] = (),
        written: Sequence[Json] = (),
    ) -> Iterator[Row]:
        """START, with what was known then, and what came after it. Times: its own, or the run's where it left none."""
        begun, since = known
        whole, end = self._run.run, ENDS.get(str(fields.get("state")))
        first = fields.get("started") or whole.get("started") or whole.get("seen")
        last = fields.get("ended") or (whole.get("ended") if end else None) or whole.get("seen") or first
        start: Row = {"runId": run_id, "facets": begun}
        later: Row = {"runId": run_id, "facets": {**begun, **since}}
        yield _event("START", first, {"run": start, "job": job, "inputs": list(read), "outputs": []})
        yield _event(end or "RUNNING", last, {"run": later, "job": job, "inputs": list(read), "outputs": list(written)})


def _event(kind: str, time: Json, fields: Row) -> Row:
    return {"eventType": kind, "eventTime": time, "producer": facets.PRODUCER, "schemaURL": SCHEMA, **fields}
