"""Run parameters, in the form in which Kubeflow brings them to the steps unchanged."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from pipeglot.ir import Json, Missing, Pipeline
from pipeglot_backends.submission import trouble
from pipeglot_expression.values import to_wire

RUN_ID = "pipeglot-run-id"
EXACT = 2**53
"""Integers beyond it are not exact there: all numbers travel as doubles."""


def arguments(pipeline: Pipeline, params: Mapping[str, Json], run: uuid.UUID | None) -> dict[str, Json]:
    """What is given, and defaults that no file holds. Without a `run`: for runs that the engine starts by itself."""
    given = {**_untold(pipeline), **params}
    told: dict[str, Json] = {name: _carried(name, value) for name, value in given.items()}
    return {**told, RUN_ID: str(run)} if run else told


def _untold(pipeline: Pipeline) -> Mapping[str, Json]:
    return {
        param.name: param.default
        for param in pipeline.params
        if param.sensitive and not isinstance(param.default, Missing)
    }


def _carried(name: str, value: Json) -> Json:
    """Texts as wire text: the engine below would replace `{{…}}` in them, and refuse characters beyond the BMP."""
    if isinstance(value, str):
        return to_wire(value)
    for part in _parts(value):
        if isinstance(part, int) and abs(part) > EXACT:
            raise trouble("PG523", f"Kubeflow carries `{part}` of the param `{name}` as a double, which is not exact")
        if isinstance(part, str) and ("{{" in part or max(part, default="") > "\uffff"):
            why = "replaces `{{`, and refuses characters beyond the BMP"
            raise trouble("PG523", f"Kubeflow {why}, inside the lists and dicts that it is given: `{name}` has some")
    return value


def _parts(value: Json) -> list[Json]:
    if isinstance(value, list):
        return [part for each in value for part in _parts(each)]
    if isinstance(value, dict):
        return [*value, *(part for each in value.values() for part in _parts(each))]
    return [value]
