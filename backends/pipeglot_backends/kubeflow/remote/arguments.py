"""Run parameters, in the form in which Kubeflow and Vertex bring them to the steps unchanged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, cast

from pipeglot.ir import Json, Missing, Pipeline
from pipeglot_backends.kubeflow.emit.bindings import RUN_ID
from pipeglot_backends.kubeflow.emit.types import wrapped
from pipeglot_backends.remote.sdk import rejected
from pipeglot_expression.runtime.identity import is_uuid
from pipeglot_expression.runtime.kfp_values import typed_param, unwrapped

EXACT = 2**53
"""Integers beyond it are not exact there: all numbers travel as doubles."""


def arguments(pipeline: Pipeline, params: Mapping[str, Json], run: uuid.UUID | None) -> dict[str, Json]:
    """What is given, and defaults that no file holds. Without a `run`: for runs that the engine starts by itself."""
    given = {**_untold(pipeline), **params}
    arguments: dict[str, Json] = {name: _exact(name, value) for name, value in given.items()}
    return {**arguments, RUN_ID: str(run)} if run else arguments


def params_of(pipeline: Pipeline, given: Mapping[str, Any]) -> dict[str, Json]:
    """Back again: what the engine says that a run was given, as values of the pipeline's params."""
    return {
        param.name: cast(Json, typed_param(given[param.name], param.type))
        for param in pipeline.params
        if given.get(param.name) is not None
    }


def run_of(given: Mapping[str, Any]) -> uuid.UUID | None:
    """The id that `submit` gave a run. None for one of another: then its records alone know its id."""
    found = str(unwrapped(given.get(RUN_ID) or ""))
    return uuid.UUID(found) if is_uuid(found) else None


def _untold(pipeline: Pipeline) -> Mapping[str, Json]:
    return {
        param.name: param.default
        for param in pipeline.params
        if param.sensitive and not isinstance(param.default, Missing)
    }


def _exact(name: str, value: Json) -> Json:
    for part in _parts(value):
        if isinstance(part, int) and abs(part) > EXACT:
            raise rejected("PG523", f"`{part}` of the param `{name}` would travel as a double, which is not exact")
    return cast(Json, wrapped(value))


def _parts(value: Json) -> Iterator[Json]:
    """The value, or what is in it at any depth, keys too."""
    if isinstance(value, dict):
        yield from value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _parts(each)
    if not isinstance(value, (dict, list)):
        yield value
