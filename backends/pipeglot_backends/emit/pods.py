"""What the targets that run pods have in common: `kubernetes:` of the spec, as Kubernetes itself has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from pipeglot.ir import Origin, Pipeline, Pod, Secret, Step, Volume
from pipeglot_backends.emit.yaml_text import Data

SIDECAR, PYTHON_VOLUME = "/pipeglot", "pipeglot-python"
"""Where the ConfigMap with the sidecar is mounted, and what the volume with the Python of another image is called."""
PYTHON = f"/{PYTHON_VOLUME}"
CARRY = ["python3", f"{SIDECAR}/sidecar.py", "carry", PYTHON]
"""What the container of that image does before the step's: `docs/internals/runtime.md`, section 5."""
CARRIED = [f"{PYTHON}/ld.so", "--library-path", f"{PYTHON}/libs", f"{PYTHON}/bin/python3"]
"""That Python, by its own loader and with its own libraries."""
OF_CONTAINER = frozenset(
    ("allowPrivilegeEscalation", "capabilities", "privileged", "procMount", "readOnlyRootFilesystem")
)
"""Fields of a security context that Kubernetes has for a container alone."""


def pods(pipeline: Pipeline) -> Iterator[Pod]:
    return (step.pod for step in (*pipeline.steps, *pipeline.on_exit) if step.pod)


def what_only_pods_have(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps that say something of their pods."""
    return (pod.origin for pod in pods(pipeline))


def mounted_volumes(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: steps that mount something."""
    return (volume.origin for pod in pods(pipeline) for volume in pod.volumes)


def named(pod: Pod) -> Iterator[tuple[str, Volume]]:
    """The volumes of a step, each by the name that it has in the pod."""
    return ((f"volume-{number}", volume) for number, volume in enumerate(pod.volumes))


def volumes(pod: Pod) -> list[Data]:
    return [{"name": name, **volume.source} for name, volume in named(pod)]


def mounts(pod: Pod) -> list[Data]:
    found: list[Data] = []
    for name, volume in named(pod):
        mount: dict[str, Data] = {"name": name, "mountPath": volume.mount_path}
        if volume.sub_path:
            mount["subPath"] = volume.sub_path
        if volume.read_only:
            mount["readOnly"] = True
        found.append(mount)
    return found


def security(pod: Pod) -> tuple[dict[str, Data], dict[str, Data]]:
    """The part of a security context that is the pod's, and the part that only a container has."""
    own = {name: value for name, value in pod.security_context.items() if name not in OF_CONTAINER}
    inside = {name: value for name, value in pod.security_context.items() if name in OF_CONTAINER}
    return cast("dict[str, Data]", own), cast("dict[str, Data]", inside)


def metadata(pod: Pod) -> dict[str, Data]:
    both: Mapping[str, Data] = {"labels": dict(pod.labels), "annotations": dict(pod.annotations)}
    return {name: entries for name, entries in both.items() if entries}


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
