"""Facets of OpenLineage: the standard ones where there is one, else ours, under names that begin with `pipeglot_`."""

from __future__ import annotations

from typing import Final

from pipeglot import __version__
from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.recorded import Attempt, Recorded, worded
from pipeglot_records.model.json_values import mapping

PRODUCER: Final = f"urn:pipeglot:{__version__}"
OURS: Final = "urn:pipeglot:record:1"
SPEC: Final = "https://openlineage.io/spec/facets"
OF_ATTEMPT: Final = ("state", "reason", "number", "exit_code", "signal", "cpu", "max_rss", "engine", "native", "host")
PLAIN_STEP: Final = ("step", "state", "reason", "message")


def facet(schema: str, **fields: Json) -> Row:
    """`schema` as `1-0-1/ErrorMessageRunFacet`."""
    name = schema.partition("/")[2]
    return {"_producer": PRODUCER, "_schemaURL": f"{SPEC}/{schema}.json#/$defs/{name}", **fields}


def of_run(run: Recorded) -> tuple[Row, Row]:
    """When it began, and what is known of it since."""
    head = run.run
    ours: Row = {name: head.get(name) for name in ("state", "target", "profile", "definition", "native")}
    ours["steps"] = [{name: step.get(name) for name in PLAIN_STEP} for step in run.steps]
    since: Row = {**_error(head.get("state"), head.get("message")), "pipeglot_run": _ours(ours)}
    return {**_engine(run), **_parameters(run.params())}, since


def of_attempt(attempt: Attempt, run: Recorded) -> tuple[Row, Row]:
    """When it began, and what is known of it since."""
    ours: Row = {name: attempt.fields.get(name) for name in OF_ATTEMPT}
    ours |= {"item": attempt.item, "reused": dict(mapping(attempt.fields.get("reused"))) or None}
    ours["metrics"] = {name: entry.get("value") for name, entry in attempt.values("metrics")}
    ours["values"] = {name: entry["value"] for name, entry in attempt.values("outputs") if "value" in entry}
    given = {name: worded(entry["value"]) for name, entry in attempt.values("inputs") if "value" in entry}
    reason = attempt.fields.get("message") or attempt.fields.get("reason")
    error = _error(attempt.fields.get("state"), reason)
    since: Row = {**_tags(attempt.tags()), **error, "pipeglot_attempt": _ours(ours)}
    return {**_engine(run), **_parameters(given)}, since


def of_job(kind: str) -> Row:
    found = facet("2-0-4/JobTypeJobFacet", processingType="BATCH", integration="PIPEGLOT", jobType=kind)
    return {"jobType": found}


def parent(run: Row, job: Row) -> Row:
    """The run is the parent of its attempts, and the root: nobody is known above it."""
    return facet("1-2-0/ParentRunFacet", run=run, job=job, root={"run": run, "job": job})


def _ours(fields: Row) -> Row:
    return {"_producer": PRODUCER, "_schemaURL": OURS, **fields}


def _engine(run: Recorded) -> Row:
    name = str(run.run.get("target") or "unknown")
    return {"processing_engine": facet("1-1-1/ProcessingEngineRunFacet", name=name, version=__version__)}


def _parameters(given: dict[str, str]) -> Row:
    listed: list[Json] = [{"key": name, "name": name, "value": value} for name, value in given.items()]
    return {"executionParameters": facet("1-0-0/ExecutionParametersRunFacet", parameters=listed)} if listed else {}


def _tags(said: dict[str, str]) -> Row:
    listed: list[Json] = [{"key": name, "value": value, "source": "USER"} for name, value in said.items()]
    return {"tags": facet("1-0-0/TagsRunFacet", tags=listed)} if listed else {}


def _error(state: Json, message: Json) -> Row:
    if state != "failed":
        return {}
    found = facet("1-0-1/ErrorMessageRunFacet", message=str(message or "failed"), programmingLanguage="UNKNOWN")
    return {"errorMessage": found}
