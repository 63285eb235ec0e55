"""Failure that is carried, for Kubeflow and Vertex AI: what is emitted of a pipeline then, and what `plan` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeglot.ir import Pipeline
from pipeglot_backends.kubeflow.emit.softening.queues import queued
from pipeglot_backends.kubeflow.emit.softening.rewriting import reading_states, rewritten
from pipeglot_backends.kubeflow.emit.softening.softened import Carrying, carrying
from pipeglot_backends.kubeflow.emit.step_tables import with_code
from pipeglot_backends.kubeflow.names import (
    BACKSTOP,
    ENDS,
    EXIT_HANDLER,
    EXITS,
    ON_EXIT,
    SIDECAR,
    VERDICT,
    WHOLE,
    Names,
)
from pipeglot_backends.protocol import Options


def carrying_failures(pipeline: Pipeline, options: Options, *, retries: bool) -> tuple[Pipeline, Options, Carrying]:
    """The pipeline and its step table as they are emitted, with code, and which failures are handed on."""
    pipeline = queued(pipeline)
    carried = carrying(pipeline, retries=retries)
    pipeline, options = rewritten(pipeline, options, carried)
    return pipeline, with_code(options), carried


def tasks_of(pipeline: Pipeline, *, retries: bool, brought: bool, shared: bool) -> tuple[tuple[str, str], ...]:
    """By name what each is for that the target adds; of the verdict also which steps are softened, and why."""
    pipeline = queued(pipeline)
    return tuple(_tasks(pipeline, carrying(pipeline, retries=retries), brought=brought, shared=shared))


def _tasks(pipeline: Pipeline, carried: Carrying, *, brought: bool, shared: bool) -> Iterator[tuple[str, str]]:
    if brought and pipeline.on_exit and shared:
        yield WHOLE, "holds all but that, so that `on_exit` can take the sidecar too"
    if pipeline.on_exit:
        yield EXIT_HANDLER, "holds all steps, so that `on_exit` can follow when they are over"
        if len(pipeline.on_exit) > 1:
            yield ON_EXIT, "holds the steps of `on_exit`: Kubeflow starts one task then"
    if brought:
        yield SIDECAR, "brings the sidecar"
    for step, name in Names(reading_states(pipeline, carried)).items.items():
        yield name, f"decides the items of `{step}`"
    for (step, output), name in Names(pipeline).gathered.items():
        yield name, f"gathers what the items of `{step}` left as `{output}`: the items of another fan-out read it"
    yield from _carriers(pipeline, carried)


def _carriers(pipeline: Pipeline, carried: Carrying) -> Iterator[tuple[str, str]]:
    if carried.on_exit:
        yield ENDS, "tells the steps of `on_exit` how the others ended"
        if any(step.fan_out for step in pipeline.on_exit):
            yield EXITS, "tells the verdict how the fan-outs of `on_exit` ended"
        yield BACKSTOP, "runs `on_exit` where the engine itself failed a task, and else does nothing"
    counted = {id: why for id, why in carried.softened.items() if not pipeline.by_id[id].allow_failure}
    if counted or carried.on_exit:
        yield VERDICT, f"fails the run after one of these, which end well for the engine: {_why(counted)}"


def _why(softened: Mapping[str, str]) -> str:
    """Steps with one reason together."""
    reasons: dict[str, list[str]] = {}
    for step, why in softened.items():
        reasons.setdefault(why, []).append(f"`{step}`")
    return "; ".join(f"{', '.join(steps)} ({why})" for why, steps in reasons.items())
