"""What steps say of their pods: predicates that several targets name in their limits."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipeglot.ir import ConfigKey, Json, Origin, Pipeline, Pod, PodField, Secret, Step
from pipeglot_backends.features.steps import all_steps
from pipeglot_backends.protocol import Limit


def pods(pipeline: Pipeline) -> Iterator[Pod]:
    return (step.pod for step in (*pipeline.steps, *pipeline.on_exit) if step.pod)


def what_only_pods_have(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps that say something of their pods."""
    return (pod.origin for pod in pods(pipeline))


def mounted_volumes(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps that mount something."""
    return (volume.origin for pod in pods(pipeline) for volume in pod.volumes)


def variables_of_pods(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: variables that a step cannot do without, from a ConfigMap or from what is known of its pod."""
    for step in all_steps(pipeline):
        for name, value in step.env.items():
            if isinstance(value, PodField) or (isinstance(value, ConfigKey) and not value.optional):
                yield Origin(step.origin.source, (*step.origin.path, "env", name))


def optional_config_maps(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: variables from a ConfigMap that need not be there."""
    for step in all_steps(pipeline):
        if any(isinstance(each, ConfigKey) and each.optional for each in step.env.values()):
            yield step.origin


def by_own_names(whose: str, evidence: str, operators: tuple[str, ...] = ()) -> tuple[Limit, Limit]:
    """For `EMULATES`, of what starts no pods."""
    taken = f"taken from the environment {whose}, by their own names"
    needed = (
        f"{taken}: there is no ConfigMap, and no pod of which something is known; a step fails where one is not set"
    )
    return (
        Limit(variables_of_pods, needed, evidence, operators=operators),
        Limit(optional_config_maps, f"{taken}, where they are set there", evidence, operators=operators),
    )


def left_out(where: str, evidence: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `EMULATES`, of what starts no pods."""
    return Limit(optional_config_maps, f"not set: {where}, where no ConfigMap is", evidence, operators=operators)


def env_from(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if pod.env_from)


def priority_class(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if pod.priority_class)


def termination_grace(pipeline: Pipeline) -> Iterator[Origin]:
    return (pod.origin for pod in pods(pipeline) if pod.termination_grace)


def static_places(pipeline: Pipeline, marks: Collection[str]) -> Iterator[Origin]:
    """Where a text that stands in the file of a target as the spec has it could be taken for a tag of the engine."""
    for step in all_steps(pipeline):
        for origin, path, value in _static(step):
            for place in _marked(value, marks):
                yield Origin(origin.source, (*origin.path, *path, *place))


def _static(step: Step) -> Iterator[tuple[Origin, tuple[str | int, ...], Json]]:
    yield step.origin, ("image",), step.image
    yield step.origin, ("workdir",), step.workdir
    for name, value in step.env.items():
        if isinstance(value, Secret):
            yield step.origin, ("env", name), {"secret": value.name, "key": value.key}
        elif isinstance(value, ConfigKey):
            yield step.origin, ("env", name), {"config_map": value.name, "key": value.key}
    if step.pod:
        yield from ((step.pod.origin, (name,), value) for name, value in _words(step.pod).items())
        for volume in step.pod.volumes:
            where: dict[str, Json] = {"mount_path": volume.mount_path, "sub_path": volume.sub_path, **volume.source}
            yield volume.origin, (), where


def _words(pod: Pod) -> dict[str, Json]:
    return {
        "node_selector": dict(pod.node_selector),
        "tolerations": [dict(each) for each in pod.tolerations],
        "service_account": pod.service_account,
        "image_pull_secrets": list(pod.image_pull_secrets),
        "affinity": dict(pod.affinity),
        "security_context": dict(pod.security_context),
        "labels": dict(pod.labels),
        "annotations": dict(pod.annotations),
        "priority_class": pod.priority_class,
        "env_from": [dict(each) for each in pod.env_from],
    }


def _marked(value: Json, marks: Collection[str]) -> Iterator[tuple[str | int, ...]]:
    """The places below a value of texts in which one of the marks stands; of a key its entry's."""
    if isinstance(value, str):
        if any(mark in value for mark in marks):
            yield ()
    elif isinstance(value, list | dict):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in entries:
            found = [*_marked(part, marks)]
            if not found and isinstance(key, str) and any(mark in key for mark in marks):
                found = [()]
            yield from ((key, *each) for each in found)
