"""Run parameters, in the form in which Kubeflow and Vertex bring them to the steps unchanged."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pipeglot.ir import Json, Param, Pipeline
from pipeglot_backends.kubeflow.emit.bindings import RUN_ID
from pipeglot_backends.kubeflow.emit.types import is_text, sent
from pipeglot_backends.remote.sdk import rejected
from pipeglot_expression.limits import typed
from pipeglot_expression.runtime.identity import is_uuid
from pipeglot_expression.runtime.kfp_values import BEYOND, inexact, typed_param, unwrapped

BY_SCHEDULE = "schedule"
"""The sidecar knows by it that the time of the schedule is one: engines tell a time of every run."""


def arguments(pipeline: Pipeline, params: Mapping[str, Json], run: uuid.UUID | None) -> dict[str, Json]:
    """What is given. Without a `run`: for runs that the engine starts by itself."""
    by_name = {param.name: param for param in pipeline.params}
    arguments: dict[str, Json] = {name: _exact(by_name[name], value) for name, value in params.items()}
    return {**arguments, RUN_ID: str(run) if run else BY_SCHEDULE}


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


def _exact(param: Param, value: Json) -> Json:
    for place, number in () if is_text(param) else inexact(value, typed(param.type, param.limits)):
        shown = "an int in it" if param.sensitive else f"`{number}`{at(place)}"
        arguments = (
            f"param `{param.name}`: {shown} is beyond {BEYOND}, and would travel as a double, which is not exact"
        )
        raise rejected("PG501", arguments, "put the number in quotes, and let its type be `string`")
    return cast(Json, sent(param, value))


def at(place: Iterable[int | str]) -> str:
    """Where in a value, for people: ` at [0].a`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return f" at `{steps}`" if steps else ""
