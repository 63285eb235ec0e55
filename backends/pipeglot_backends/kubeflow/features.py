"""The features that Kubeflow has no word for, or another one: predicates over the pipeline, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeglot.ir import MISSING, Origin, Pipeline, ReadKind, Retry, RunIf
from pipeglot_backends.features.delivery import asked
from pipeglot_backends.features.pods import pods, static_places
from pipeglot_backends.features.steps import all_steps
from pipeglot_backends.kubeflow.emit.expressions import names
from pipeglot_backends.kubeflow.emit.types import ROOM_FOR_PARAMS, param_default
from pipeglot_backends.kubeflow.emit.volumes import has_words
from pipeglot_backends.kubeflow.settings import TIMEZONE
from pipeglot_expression.limits import typed
from pipeglot_expression.runtime.kfp_values import inexact

MOST_RUNS = 10
"""As many runs at a time as a recurring run allows; it takes any larger number for this one."""
RIGHTS = ("runAsUser", "runAsGroup", "runAsNonRoot")
"""Of a security context, what a definition has words for."""
OF_STEPS = (ReadKind.OUTPUT, ReadKind.STATE, ReadKind.ITEMS)


def _retries(pipeline: Pipeline) -> Iterator[Retry]:
    return (step.retry for step in all_steps(pipeline) if step.retry)


def tags_in_static_text(pipeline: Pipeline) -> Iterator[Origin]:
    return static_places(pipeline, ("{{", "$("))


def run_if_other_than_success(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.steps if step.run_if is not RunIf.SUCCESS or step.after)


def status_of_a_step(pipeline: Pipeline) -> Iterator[Origin]:
    for step in pipeline.steps:
        if step.run_if is RunIf.SUCCESS and any(read.kind is ReadKind.ENGINE for read in step.reads):
            yield step.origin


def failed_steps(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit if any(read.slot == "run.failed_steps" for read in step.reads))


def outputs_read_on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit if any(read.kind in OF_STEPS for read in step.reads))


def fan_out_over_artifacts_of_another(pipeline: Pipeline) -> Iterator[Origin]:
    """Items that read all artifacts of a fan-out: what stands before the graph of the items is a list then."""
    for step in all_steps(pipeline):
        if step.fan_out and any(read.is_artifact and read.fan for read in step.reads):
            yield step.fan_out.origin


def volumes_without_words(pipeline: Pipeline) -> Iterator[Origin]:
    return (volume.origin for pod in pods(pipeline) for volume in pod.volumes if not has_words(volume))


def affinity_between_pods(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if set(pod.affinity) - {"nodeAffinity"})


def security_context(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if pod.security_context)


def security_context_without_words(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if set(pod.security_context) - set(RIGHTS))


def sidecar_by_importer(pipeline: Pipeline) -> Iterator[Origin]:
    return asked(pipeline, "importer")


def service_account(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if pod.service_account)


def run_status_after_a_fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    if any(step.fan_out for step in pipeline.steps):
        for step in pipeline.on_exit:
            if any(read.slot == "run.status" for read in step.reads):
                yield step.origin


def number_of_the_attempt(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if names(step, "run", "attempt"))


def scheduled_time(pipeline: Pipeline) -> Iterator[Origin]:
    if pipeline.schedule:
        yield from (step.origin for step in all_steps(pipeline) if names(step, "run", "scheduled_time"))


def max_delay(pipeline: Pipeline) -> Iterator[Origin]:
    """Where it would ever be reached."""
    for retry in _retries(pipeline):
        if retry.max_delay is not None and _longest(retry) > retry.max_delay:
            yield retry.origin


def _longest(retry: Retry) -> float:
    """The last delay before a try; so many tries that it is beyond all numbers are not waited for either."""
    try:
        return retry.delay * retry.backoff ** max(0, retry.limit - 1)
    except OverflowError:
        return float("inf")


def steps_at_a_time(pipeline: Pipeline) -> Iterator[Origin]:
    return iter([pipeline.origin] if pipeline.max_parallel else [])


def schedule_in_another_zone(pipeline: Pipeline) -> Iterator[Origin]:
    found = pipeline.schedule
    zone = pipeline.settings.get("kubeflow", {}).get(TIMEZONE, "UTC")
    return iter([found.origin] if found and found.timezone != zone else [])


def schedule_with_many_runs(pipeline: Pipeline) -> Iterator[Origin]:
    found = pipeline.schedule
    return iter([found.origin] if found and (found.max_active or 0) > MOST_RUNS else [])


def fan_out_that_can_be_empty(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in pipeline.steps if step.fan_out and not step.fan_out.literal)


def steps_on_exit(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in pipeline.on_exit)


def retry(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.origin for each in _retries(pipeline))


def delay_of_part_of_a_second(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.origin for each in _retries(pipeline) if each.delay % 1)


def folders(pipeline: Pipeline) -> Iterator[Origin]:
    made = (output for step in all_steps(pipeline) for output in step.outputs if output.artifact)
    return (output.origin for output in made if output.artifact == "directory")


def int_param(pipeline: Pipeline) -> Iterator[Origin]:
    return (param.origin for param in pipeline.params if param.type == "int")


def default_beyond_doubles(pipeline: Pipeline) -> Iterator[Origin]:
    """The places of ints in defaults, those of a profile and those inside lists and dicts too."""
    for param in pipeline.params:
        place = param.default_origin or param.origin
        if param.default is not MISSING:
            for inside, _ in inexact(param.default, typed(param.type, param.limits)):
                yield Origin(place.source, (*place.path, *inside))


def defaults_beyond_room(pipeline: Pipeline) -> Iterator[Origin]:
    """The largest default, where all together are more than a run may be given."""
    known = [param for param in pipeline.params if param.default is not MISSING]
    sizes = {param.name: len(json.dumps(param_default(param))) for param in known}
    if len(json.dumps({param.name: param_default(param) for param in known})) > ROOM_FOR_PARAMS:
        largest = max(known, key=lambda param: sizes[param.name])
        yield largest.default_origin or largest.origin


def records_to_a_sink(pipeline: Pipeline) -> Iterator[Origin]:
    return iter([pipeline.origin] if pipeline.records.sink else [])


def record_of_a_failure(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline))
