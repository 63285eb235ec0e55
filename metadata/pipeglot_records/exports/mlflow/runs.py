"""A run, its fan-outs and its attempts, as what is to be there of each in MLflow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.mlflow import words
from pipeglot_records.exports.reading import Read, Reading
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded, milliseconds, worded
from pipeglot_records.model.json_values import mapping, sequence, text

STATES: Final = {
    "succeeded": "FINISHED",
    "cached": "FINISHED",
    "skipped": "FINISHED",
    "failed": "FAILED",
    "cancelled": "KILLED",
}
"""By state; all others are RUNNING."""
OF_RUN: Final = ("state", "target", "profile", "definition")
OF_ATTEMPT: Final = ("state", "reason", "message", "number", "exit_code", "signal", "cpu", "max_rss", "engine", "host")
OF_ARTIFACT: Final = ("uri", "digest", "kind", "size", "files")


def lost(run: Recorded, documents: tuple[Row, ...]) -> Iterator[str]:
    """What MLflow has no place for."""
    counted = [each for each in run.curves if not words.is_counted(sequence(each.get("points")))]
    if counted:
        yield f"where the points of {len(counted)} series of metrics are: no whole numbers say it, and they are counted"
    cut = sum(len(value) > words.LONGEST for each in documents for value in map(str, mapping(each["params"]).values()))
    if cut:
        yield f"the ends of {cut} params: MLflow takes {words.LONGEST} letters of each"
    yield "types of params, contents of artifacts: MLflow has text, and where each artifact lies"


class Runs:
    """What is to be there of one run, those above before those under them."""

    def __init__(self, run: Recorded, experiment: str) -> None:
        self._run, self._experiment, self._reading = run, experiment, Reading(run)
        self._curves: dict[str, list[Fields]] = {}
        for curve in run.curves:
            self._curves.setdefault(str(curve.get("attempt")), []).append(curve)

    def all(self) -> Iterator[Row]:
        yield self._whole()
        begun = {each.step for each in self._run.attempts() if each.item is not None and each.fields.get("started")}
        for step in self._run.steps:
            if step.get("step") in begun:
                yield self._fan_out(step)
        for attempt in self._run.attempts():
            if attempt.fields.get("started"):
                yield self._attempt(attempt)

    def _whole(self) -> Row:
        head = self._run.run
        tags = {f"pipeglot.{name}": worded(head[name]) for name in OF_RUN if head.get(name) is not None}
        tags["pipeglot.steps"] = worded({str(step.get("step")): step.get("state") for step in self._run.steps})
        commit = self._run.commit()
        source = {"mlflow.source.name": self._run.pipeline, "mlflow.source.type": "JOB"}
        tags |= source | ({"mlflow.source.git.commit": commit} if commit else {})
        return self._row("", None, f"{self._run.pipeline} {self._run.id[:12]}", head, self._run.params(), tags)

    def _fan_out(self, step: Fields) -> Row:
        """From its first item's beginning on."""
        name, mine = str(step.get("step")), [each for each in self._run.attempts() if each.step == step.get("step")]
        first = min(text(each.fields.get("started")) or "~" for each in mine)
        last = max(text(each.fields.get("ended")) or "" for each in mine)
        times: Row = {"state": step.get("state"), "started": first, "ended": last or None}
        return self._row(name, "", name, times, {}, {"pipeglot.state": str(step.get("state"))})

    def _attempt(self, attempt: Attempt) -> Row:
        fields = attempt.fields
        given = {name: worded(entry["value"]) for name, entry in attempt.values("inputs") if "value" in entry}
        tags = {f"pipeglot.{name}": worded(fields[name]) for name in OF_ATTEMPT if fields.get(name) is not None}
        for name, entry in attempt.values("outputs"):
            if "value" in entry:
                tags[f"pipeglot.output.{name}"] = worded(entry["value"])
            elif "digest" in entry:
                tags[f"pipeglot.artifact.{name}"] = worded({key: entry[key] for key in OF_ARTIFACT if key in entry})
        name = attempt.name if attempt.number == 1 else f"{attempt.name} #{attempt.number}"
        above = "" if attempt.item is None else attempt.step
        row = self._row(f"{attempt.name}/{attempt.id}", above, name, fields, given, {**_free(attempt.tags()), **tags})
        curves = self._curves.get(attempt.id, [])
        return {
            **row,
            "metrics": [point for curve in curves for point in words.points(curve)],
            "datasets": [_dataset(each) for each in self._reading.of(attempt) if each.digest],
        }

    def _row(
        self, key: str, above: str | None, name: str, times: Fields, params: Mapping[str, str], tags: Mapping[str, str]
    ) -> Row:
        return {
            "experiment": self._experiment,
            "run": self._run.id,
            "key": key,
            "above": above,
            "name": name,
            "status": STATES.get(str(times.get("state")), "RUNNING"),
            "started": milliseconds(times.get("started")),
            "ended": milliseconds(times.get("ended")),
            "params": dict[str, Json](params),
            "tags": dict[str, Json](tags),
            "metrics": [],
            "datasets": [],
        }


def _free(tags: Mapping[str, str]) -> dict[str, str]:
    """Tags of a step's own code, which are neither MLflow's nor ours: runs are found and nested by those."""
    kept = ("mlflow.", "pipeglot.")
    return {f"tag.{name}" if words.name(name).startswith(kept) else name: value for name, value in tags.items()}


def _dataset(read: Read) -> Row:
    source = {"uri": read.uri} if read.uri else {"artifact": read.name}
    digest = str(read.digest).partition(":")[2][: words.LONGEST_DIGEST]
    return {"name": read.name[:500], "digest": digest, "source_type": "pipeglot", "source": worded(dict(source))}
