"""Run parameters, in the form in which Kubeflow and Vertex bring them to the steps unchanged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from pipeglot.ir import Json, Missing, Pipeline
from pipeglot_backends.submission import trouble
from pipeglot_expression.values import to_wire

RUN_ID = "pipeglot-run-id"
EXACT = 2**53
"""Integers beyond it are not exact there: all numbers travel as doubles."""


def arguments(pipeline: Pipeline, params: Mapping[str, Json], run: uuid.UUID | None) -> dict[str, Json]:
    """What is given, and defaults that no file holds. Without a `run`: for runs that the engine starts by itself."""
    given = {**_untold(pipeline), **params}
    told: dict[str, Json] = {name: _exact(name, value) for name, value in given.items()}
    return {**told, RUN_ID: str(run)} if run else told


def untemplated(given: Mapping[str, Json]) -> Mapping[str, Json]:
    """The same, once nothing is in it that a Kubeflow's database refuses or that the Argo below it replaces.

    A text is wire text by now, and has neither; texts inside lists and dicts travel as they are.
    """
    for name, value in given.items():
        if any("{{" in text or max(text, default="") > "\uffff" for text in _parts(value) if isinstance(text, str)):
            why = "replaces `{{`, and refuses characters beyond the BMP"
            raise trouble("PG523", f"Kubeflow {why}, inside the lists and dicts that it is given: `{name}` has some")
    return given


def _untold(pipeline: Pipeline) -> Mapping[str, Json]:
    return {
        param.name: param.default
        for param in pipeline.params
        if param.sensitive and not isinstance(param.default, Missing)
    }


def _exact(name: str, value: Json) -> Json:
    for part in _parts(value):
        if isinstance(part, int) and abs(part) > EXACT:
            raise trouble("PG523", f"`{part}` of the param `{name}` would travel as a double, which is not exact")
    return to_wire(value) if isinstance(value, str) else value


def _parts(value: Json) -> Iterator[Json]:
    """The value, or what is in it at any depth, keys too."""
    if isinstance(value, dict):
        yield from value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _parts(each)
    if not isinstance(value, (dict, list)):
        yield value
