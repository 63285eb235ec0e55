"""What the targets that run pods have in common: `kubernetes:` of the spec, as Kubernetes itself has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from pipeglot.ir import ConfigKey, Gpu, Json, Pod, PodField, Resources, Secret, Step, Volume
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

PRODUCTS = {"amd.com": "amd.com/gpu.product-name", "gpu.intel.com": "gpu.intel.com/product"}
"""The labels that a vendor's own software gives nodes, by the vendor of the resource, where it is no `gpu.product`."""


def node_label(gpu: Gpu, chosen: Json) -> str:
    """Of nodes, by which the kind of a GPU is chosen; `chosen` by the settings of the target."""
    vendor = gpu.resource.partition("/")[0]
    return chosen if isinstance(chosen, str) else PRODUCTS.get(vendor, f"{vendor}/gpu.product")


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


def variables(step: Step) -> Iterator[tuple[str, str, dict[str, Data]]]:
    """The variables that come from elsewhere: name, kind of the source, the source."""
    for name, value in step.env.items():
        if isinstance(value, PodField):
            yield name, "fieldRef", {"fieldPath": value.path}
        elif isinstance(value, Secret | ConfigKey):
            kind = "secretKeyRef" if isinstance(value, Secret) else "configMapKeyRef"
            optional: dict[str, Data] = {"optional": True} if value.optional else {}
            yield name, kind, {"name": value.name, "key": value.key, **optional}


def amounts(resources: Resources) -> tuple[dict[str, str], dict[str, str]]:
    """What is asked for, and the most of it."""
    shared = {"ephemeral-storage": resources.disk}
    if gpu := resources.gpu:
        shared[gpu.resource] = str(gpu.count)
    asked = {"cpu": resources.cpu, "memory": resources.memory, **shared}
    most = {"cpu": resources.most_cpu, "memory": resources.most_memory, **shared}
    return _there(asked), _there(most)


def _there(found: Mapping[str, str | None]) -> dict[str, str]:
    return {name: amount for name, amount in found.items() if amount}


def command_grace(grace: float) -> int:
    """How long the command has of a pod's time to end: all but what its record needs, which is 10 of 30 seconds."""
    return max(10, int(grace) - 20)


def security(pod: Pod) -> tuple[dict[str, Data], dict[str, Data]]:
    """The part of a security context that is the pod's, and the part that only a container has."""
    own = {name: value for name, value in pod.security_context.items() if name not in OF_CONTAINER}
    inside = {name: value for name, value in pod.security_context.items() if name in OF_CONTAINER}
    return cast("dict[str, Data]", own), cast("dict[str, Data]", inside)


def metadata(pod: Pod) -> dict[str, Data]:
    both: Mapping[str, Data] = {"labels": dict(pod.labels), "annotations": dict(pod.annotations)}
    return {name: entries for name, entries in both.items() if entries}
