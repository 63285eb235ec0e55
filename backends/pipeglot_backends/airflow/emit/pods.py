"""What the pods of a DAG have in common, and what each is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from pipeglot.ir import Json, Pipeline, Pod, Resources, Step
from pipeglot_backends.airflow.emit.environment import WORK
from pipeglot_backends.airflow.emit.python_text import Call, Node, keywords
from pipeglot_backends.airflow.settings import Settings, local_path
from pipeglot_backends.emit import config_maps
from pipeglot_backends.emit.pods import (
    CARRIED,
    CARRY,
    PYTHON,
    PYTHON_VOLUME,
    SIDECAR,
    amounts,
    named,
    node_label,
    security,
    variables,
)
from pipeglot_backends.protocol import Options

_CAPITAL = re.compile("[A-Z]")


def constants(pipeline: Pipeline, settings: Settings, options: Options) -> dict[str, Node]:
    names = config_maps.names(pipeline, options)
    held: list[Node] = [_k8s("VolumeProjection", config_map=_k8s("ConfigMapProjection", name=name)) for name in names]
    volumes: list[Node] = [
        _k8s("Volume", name="pipeglot", projected=_k8s("ProjectedVolumeSource", sources=held)),
        _k8s("Volume", name="pipeglot-work", empty_dir=_k8s("EmptyDirVolumeSource")),
    ]
    mounts: list[Node] = [
        _k8s("VolumeMount", name="pipeglot", mount_path=SIDECAR, read_only=True),
        _k8s("VolumeMount", name="pipeglot-work", mount_path=WORK),
    ]
    if pipeline.python:
        volumes.append(_k8s("Volume", name=PYTHON_VOLUME, empty_dir=_k8s("EmptyDirVolumeSource")))
        mounts.append(_k8s("VolumeMount", name=PYTHON_VOLUME, mount_path=PYTHON, read_only=True))
    for name, path in _folders(pipeline, settings):
        volumes.append(_k8s("Volume", name=name, **_shared(path, settings)))
        mounts.append(_k8s("VolumeMount", name=name, mount_path=path))
    common = {
        "namespace": settings.namespace,
        "service_account_name": settings.service_account,
        "kubernetes_conn_id": settings.connection,
    }
    pod: dict[str, Node] = {name: value for name, value in common.items() if value is not None}
    if not pipeline.python:
        return {"VOLUMES": volumes, "MOUNTS": mounts, "POD": pod}
    pod["init_containers"] = [_bringing(pipeline.python)]
    return {"VOLUMES": volumes, "MOUNTS": mounts, "POD": pod, "PYTHON": [*CARRIED]}


def _bringing(image: str) -> Node:
    """Leaves the Python of an image where the steps find it."""
    mounts: list[Node] = [
        _k8s("VolumeMount", name="pipeglot", mount_path=SIDECAR, read_only=True),
        _k8s("VolumeMount", name=PYTHON_VOLUME, mount_path=PYTHON),
    ]
    return _k8s("Container", name=PYTHON_VOLUME, image=image, command=[*CARRY], volume_mounts=mounts)


def arguments(step: Step, settings: Settings) -> dict[str, Node]:
    given = placed(step.pod) if step.pod else {}
    given["mounted"] = _mounted(step) or None
    if step.resources:
        given |= _needing(step.resources, settings, given.get("node_selector"))
    return given


def placed(pod: Pod) -> dict[str, Node]:
    """All that a pod has besides but its volumes: the list task of a step is placed as the step is."""
    tolerations: list[Node] = [_k8s("Toleration", **_snake(each)) for each in pod.tolerations]
    pulling: list[Node] = [_k8s("LocalObjectReference", name=name) for name in pod.image_pull_secrets]
    given: dict[str, Node] = {
        "node_selector": dict(pod.node_selector),
        "tolerations": tolerations,
        "service_account_name": pod.service_account,
        "image_pull_secrets": pulling,
        "affinity": cast("dict[str, Node]", dict(pod.affinity)),
        "security_context": cast("dict[str, Node]", security(pod)[0]),
        "container_security_context": cast("dict[str, Node]", security(pod)[1]),
        "labels": dict(pod.labels),
        "annotations": dict(pod.annotations),
        "image_pull_policy": pod.image_pull_policy,
        "priority_class_name": pod.priority_class,
        "termination_grace_period": int(pod.termination_grace) if pod.termination_grace else None,
        "env_from": [_whole(each) for each in pod.env_from],
    }
    return {name: value for name, value in given.items() if value}


def _whole(entry: Mapping[str, Json]) -> Node:
    """A ConfigMap or a secret as variables."""
    prefix = {"prefix": str(entry["prefix"])} if "prefix" in entry else {}
    kinds = {"configMapRef": "ConfigMapEnvSource", "secretRef": "SecretEnvSource"}
    ((kind, named_as),) = [(kind, entry[kind]) for kind in kinds if kind in entry]
    source = _k8s(kinds[kind], **cast("dict[str, Node]", named_as))
    return _k8s("EnvFromSource", **prefix, **_snake({kind: cast(Json, source)}))


def outside(step: Step) -> list[Node]:
    """Variables that Kubernetes has from elsewhere: name, and source."""
    models = {
        "secretKeyRef": "SecretKeySelector",
        "configMapKeyRef": "ConfigMapKeySelector",
        "fieldRef": "ObjectFieldSelector",
    }
    return [
        [
            name,
            _k8s("EnvVarSource", **{_snaked(kind): _k8s(models[kind], **_snake(cast("Mapping[str, Json]", source)))}),
        ]
        for name, kind, source in variables(step)
    ]


def _mounted(step: Step) -> list[Node]:
    """Each volume with its mount."""
    found: list[Node] = []
    for name, volume in named(step.pod) if step.pod else ():
        optional = {"sub_path": volume.sub_path, "read_only": volume.read_only or None}
        mount = _k8s("VolumeMount", name=name, mount_path=volume.mount_path, **optional)
        found.append([_k8s("Volume", name=name, **_snake(volume.source)), mount])
    if step.resources and step.resources.shm:
        memory = _k8s("EmptyDirVolumeSource", medium="Memory", size_limit=_quantity(step.resources.shm))
        mount = _k8s("VolumeMount", name="pipeglot-shm", mount_path="/dev/shm")
        found.append([_k8s("Volume", name="pipeglot-shm", empty_dir=memory), mount])
    return found


def _snake(fields: Mapping[str, Json]) -> dict[str, Node]:
    """Under the names of the client's models; what is inside a field stays as Kubernetes has it."""
    return {_snaked(name): cast(Node, value) for name, value in fields.items()}


def _snaked(name: str) -> str:
    return _CAPITAL.sub(lambda found: f"_{found[0].lower()}", name)


def _needing(needs: Resources, settings: Settings, nodes: Node) -> dict[str, Node]:
    given: dict[str, Node] = {}
    asked, most = ({name: _quantity(each) for name, each in part.items()} for part in amounts(needs))
    if most:
        parts: dict[str, Node] = {"requests": dict(asked)} if asked else {}
        given["container_resources"] = _k8s("ResourceRequirements", **parts, limits=dict(most))
    if needs.gpu and needs.gpu.type:
        label = node_label(needs.gpu, settings.gpu_label)
        given["node_selector"] = {label: needs.gpu.type, **cast("dict[str, Node]", nodes or {})}
    return given


def _folders(pipeline: Pipeline, settings: Settings) -> list[tuple[str, str]]:
    """The folders that pods share, by the name of their volume. A claim has them all, below that of the artifacts."""
    given = {"pipeglot-artifacts": pipeline.artifacts, "pipeglot-records": pipeline.records.sink}
    found = {local_path(place): name for name, place in reversed(given.items()) if place}
    if settings.claim:
        found = {path: name for path, name in found.items() if name == "pipeglot-artifacts"}
    return [(name, path) for path, name in sorted(found.items(), key=lambda each: each[1]) if path]


def _shared(path: str, settings: Settings) -> dict[str, Node]:
    if settings.claim:
        return {"persistent_volume_claim": _k8s("PersistentVolumeClaimVolumeSource", claim_name=settings.claim)}
    # A node without that folder is an error: another one there would be a folder that no other step sees.
    return {"host_path": _k8s("HostPathVolumeSource", path=path, type="Directory")}


def _quantity(amount: str) -> str:
    """Kubernetes writes a thousand as a small letter, and only that."""
    return f"{amount[:-1]}k" if amount.endswith("K") else amount


def _k8s(model: str, **given: Node) -> Call:
    return Call(f"k8s.V1{model}", keywords(given))
