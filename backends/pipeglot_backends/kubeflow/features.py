"""The features that Kubeflow has no word for, or another one: predicates over the pipeline, by name."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline, Retry, RetryOn
from pipeglot_backends.features.delivery import asked
from pipeglot_backends.features.pods import pods, static_places
from pipeglot_backends.features.steps import all_steps
from pipeglot_backends.kubeflow.emit.expressions import TAGS, names
from pipeglot_backends.kubeflow.emit.softening.softened import asks_for_more, carrying
from pipeglot_backends.kubeflow.emit.volumes import has_words, named_alike
from pipeglot_backends.kubeflow.settings import TIMEZONE, tries_failures_again

MOST_RUNS = 10
"""As many runs at a time as a recurring run allows; it takes any larger number for this one."""
RIGHTS = ("runAsUser", "runAsGroup", "runAsNonRoot")
"""Of a security context, what a definition has words for."""


def _retries(pipeline: Pipeline) -> Iterator[Retry]:
    return (step.retry for step in all_steps(pipeline) if step.retry)


def tags_in_static_text(pipeline: Pipeline) -> Iterator[Origin]:
    folders = {origin.path for origin in tags_in_the_folder(pipeline)}
    return (origin for origin in static_places(pipeline, TAGS) if origin.path not in folders)


def tags_in_the_folder(pipeline: Pipeline) -> Iterator[Origin]:
    for step in all_steps(pipeline):
        if any(tag in (step.workdir or "") for tag in TAGS):
            yield Origin(step.origin.source, (*step.origin.path, "workdir"))


def fan_out_over_artifacts_of_another(pipeline: Pipeline) -> Iterator[Origin]:
    """Items that read all artifacts of a fan-out: what stands before the graph of the items is a list then."""
    for step in all_steps(pipeline):
        if step.fan_out and any(read.is_artifact and read.fan for read in step.reads):
            yield step.fan_out.origin


def volumes_without_words(pipeline: Pipeline) -> Iterator[Origin]:
    for pod in pods(pipeline):
        yield from (volume.origin for volume in pod.volumes if not has_words(volume))
        if named_alike(pod):
            yield pod.origin


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
        follow = asks_for_more(pipeline)
        for step in pipeline.on_exit:
            if follow or any(read.slot == "run.status" for read in step.reads):
                yield step.origin


def failure_that_is_read(pipeline: Pipeline) -> Iterator[Origin]:
    """Steps whose failure is handed on."""
    again = tries_failures_again(pipeline.settings.get("kubeflow", {}))
    found = carrying(pipeline, retries=again).softened
    return (step.origin for step in pipeline.steps if step.id in found)


def on_exit_that_asks_for_more(pipeline: Pipeline) -> Iterator[Origin]:
    """More than how the run ended."""
    return iter([step.origin for step in pipeline.on_exit] if asks_for_more(pipeline) else [])


def number_of_the_attempt(pipeline: Pipeline) -> Iterator[Origin]:
    for step in all_steps(pipeline):
        if step.retry and RetryOn.LOST in step.retry.on and names(step, "run", "attempt"):
            yield step.origin


def retry_when_lost(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.origin for each in _retries(pipeline) if RetryOn.LOST in each.on)


def scheduled_time(pipeline: Pipeline) -> Iterator[Origin]:
    if pipeline.schedule:
        yield from (step.origin for step in all_steps(pipeline) if names(step, "run", "scheduled_time"))


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
    return iter([] if asks_for_more(pipeline) else [step.origin for step in pipeline.on_exit])


def retry(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.origin for each in _retries(pipeline))


def delay_of_part_of_a_second(pipeline: Pipeline) -> Iterator[Origin]:
    return (each.origin for each in _retries(pipeline) if each.delay % 1 and RetryOn.LOST in each.on)


def folders(pipeline: Pipeline) -> Iterator[Origin]:
    made = (output for step in all_steps(pipeline) for output in step.outputs if output.artifact)
    return (output.origin for output in made if output.artifact == "directory")


def int_param(pipeline: Pipeline) -> Iterator[Origin]:
    return (param.origin for param in pipeline.params if param.type == "int")


def record_of_a_failure(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline))
