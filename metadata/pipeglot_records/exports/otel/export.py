"""OpenTelemetry: a run as a trace, in OTLP's JSON. Spans are made when they are over, so what goes on has none yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Final

from pipeglot import __version__
from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.protocol import Plan
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded, milliseconds, worded
from pipeglot_records.exports.way import Way

ADDRESS: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
TOKEN: Final = "PIPEGLOT_OTLP_TOKEN"
TO_FILES: Final = True
SERVICE: Final = "pipeglot"
INTERNAL, OK, ERROR = 1, 1, 2
OF_RUN: Final = ("run", "pipeline", "state", "target", "profile", "definition")
OF_ATTEMPT: Final = ("attempt", "number", "state", "reason", "exit_code", "signal", "cpu", "max_rss", "engine", "host")


def plan(run: Recorded, under: str | None) -> Plan:
    spans: list[Json] = list(_spans(run))
    scope: Row = {"name": "pipeglot", "version": __version__}
    resource: Row = {"attributes": _attributes({"service.name": under or SERVICE})}
    document: Row = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]}]}
    return Plan((document,), (*run.lost(), *_lost(run, len(spans))))


def send(documents: tuple[Row, ...], way: Way) -> Iterator[str]:
    for each in documents:
        way.ask("POST", "v1/traces", each)
    yield f"{len(documents)} trace"


def _lost(run: Recorded, spans: int) -> Iterator[str]:
    there = 1 + sum(bool(each.fields.get("started")) for each in run.attempts())
    if there > spans:
        yield f"{there - spans} of the run and its attempts, which left no end: a span has one"
    if run.curves:
        yield f"the points of {len(run.curves)} series of metrics: the last value of each goes"
    yield "artifacts, and who read them"


def _spans(run: Recorded) -> Iterator[Json]:
    trace, root = _id(run.id, 32), _id(f"{run.id}/", 16)
    params = {f"params.{name}": value for name, value in run.params().items()}
    told = {name: run.run.get(name) for name in OF_RUN}
    if run.run.get("started") and run.run.get("ended"):
        yield _span(trace, root, "", run.pipeline, run.run, {**told, **params})
    for attempt in run.attempts():
        if attempt.fields.get("started") and attempt.fields.get("ended"):
            span = _id(f"{run.id}/{attempt.name}/{attempt.id}", 16)
            yield _span(trace, span, root, attempt.name, attempt.fields, _of(attempt))


def _of(attempt: Attempt) -> dict[str, Json]:
    told: dict[str, Json] = {"step": attempt.step, "item": attempt.item}
    told |= {name: attempt.fields.get(name) for name in OF_ATTEMPT}
    told |= {f"metrics.{name}": entry.get("value") for name, entry in attempt.values("metrics")}
    return told | {f"tags.{name}": value for name, value in attempt.tags().items()}


def _span(trace: str, span: str, above: str, name: str, fields: Fields, told: Mapping[str, Json]) -> Row:
    failed = fields.get("state") == "failed"
    message = str(fields.get("message") or fields.get("reason") or "") if failed else ""
    return {
        "traceId": trace,
        "spanId": span,
        "parentSpanId": above,
        "name": name,
        "kind": INTERNAL,
        "startTimeUnixNano": _nanoseconds(fields.get("started")),
        "endTimeUnixNano": _nanoseconds(fields.get("ended")),
        "attributes": _attributes({f"pipeglot.{key}": value for key, value in told.items() if value is not None}),
        "status": {"code": ERROR if failed else OK, "message": message},
    }


def _nanoseconds(instant: Json) -> str:
    return f"{milliseconds(instant) or 0}000000"


def _id(name: str, letters: int) -> str:
    """In hex, as OTLP's JSON has ids; the same for the same name."""
    return sha256(name.encode("utf-8", "replace")).hexdigest()[:letters]


def _attributes(told: Mapping[str, Json]) -> list[Json]:
    return [{"key": key, "value": _value(value)} for key, value in told.items()]


def _value(value: Json) -> Row:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": worded(value)}
