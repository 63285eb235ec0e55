"""What steps say of their pods: predicates that several targets name in their limits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pipeglot.ir import Origin, Pipeline, Pod, Secret, Step
from pipeglot_backends.emit.pods import metadata, mounts, volumes


def pods(pipeline: Pipeline) -> Iterator[Pod]:
    return (step.pod for step in (*pipeline.steps, *pipeline.on_exit) if step.pod)


def what_only_pods_have(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps that say something of their pods."""
    return (pod.origin for pod in pods(pipeline))


def mounted_volumes(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps that mount something."""
    return (volume.origin for pod in pods(pipeline) for volume in pod.volumes)


def static_texts(step: Step) -> Iterable[str]:
    """What stands in the file of a target as the spec has it, so that an engine could take it for a tag of its own."""
    yield from filter(None, (step.image, step.workdir))
    for value in step.env.values():
        if isinstance(value, Secret):
            yield from (value.name, value.key)
    if step.pod:
        pod = step.pod
        yield json.dumps([volumes(pod), mounts(pod), metadata(pod), dict(pod.node_selector), *pod.tolerations])
        yield json.dumps([dict(pod.affinity), dict(pod.security_context)])
        yield from filter(None, (pod.service_account, *pod.image_pull_secrets))
