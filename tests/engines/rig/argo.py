"""Puts Argo Workflows on a cluster: its own definitions and roles, its controller, and S3 as what artifacts go to."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from rig import images, manifests, storage
from rig.client import Client, JsonObject
from rig.places import Release
from rig.tools import COLLECTING

CONTROL = "argo"
WORKFLOWS = "pipeglot"
CREDENTIALS = "s3-credentials"

# Ten seconds of requeue make every step take ten; leader election waits fifteen for a leader that there is not.
CONTROLLER = {
    "DEFAULT_REQUEUE_TIME": "1s",
    "LEADER_ELECTION_DISABLE": "true",
    "LEADER_ELECTION_IDENTITY": "rig",
    **COLLECTING,
}


def install(server: Client, release: Release) -> None:
    for namespace in (CONTROL, WORKFLOWS):
        server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "")
    server.apply(deployment(release), CONTROL)
    for item in carried(release):
        server.apply(item, CONTROL)
    for item in granted():
        server.apply(item, CONTROL)
    for item in kept(storage.of(release)):
        server.apply(item, WORKFLOWS)


def carried(release: Release) -> Iterator[JsonObject]:
    """Argo's own objects, its roles bound where this cluster has them."""
    for item in copy.deepcopy(manifests.read(release)):
        for subject in item.get("subjects", ()):
            subject["namespace"] = CONTROL
        if item["metadata"]["name"] == "executor":
            item["metadata"]["namespace"] = WORKFLOWS
        yield item


def granted() -> tuple[JsonObject, ...]:
    """The controller's account and settings; every step's account may report its outputs."""
    steps = {"kind": "Group", "name": f"system:serviceaccounts:{WORKFLOWS}", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "Role", "name": "executor", "apiGroup": "rbac.authorization.k8s.io"}
    bound = {"name": "executor", "namespace": WORKFLOWS}
    return (
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "argo"}},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "workflow-controller-configmap"},
            "data": {"executor": json.dumps({"env": variables(COLLECTING)})},
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": bound,
            "roleRef": role,
            "subjects": [steps],
        },
    )


def kept(where: storage.Storage) -> tuple[JsonObject, ...]:
    """S3 as the default artifact repository of the namespace that workflows run in."""
    secret = {"accesskey": storage.ACCESS, "secretkey": storage.SECRET}
    repository = {
        "s3": {
            "endpoint": where.endpoint.removeprefix("http://"),
            "insecure": True,
            "bucket": where.bucket,
            "region": storage.REGION,
            "accessKeySecret": {"name": CREDENTIALS, "key": "accesskey"},
            "secretKeySecret": {"name": CREDENTIALS, "key": "secretkey"},
        }
    }
    chosen = {"workflows.argoproj.io/default-artifact-repository": "default"}
    return (
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": CREDENTIALS}, "stringData": secret},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "artifact-repositories", "annotations": chosen},
            "data": {"default": json.dumps(repository)},
        },
    )


def variables(environ: Mapping[str, str]) -> list[JsonObject]:
    return [{"name": name, "value": value} for name, value in environ.items()]


def deployment(release: Release) -> JsonObject:
    labels = {"app": "workflow-controller"}
    container: dict[str, Any] = {
        "name": "controller",
        "image": images.controller_name(release),
        "imagePullPolicy": "IfNotPresent",
        "args": [
            f"--executor-image={images.executor_name(release)}",
            "--executor-image-pull-policy=IfNotPresent",
            "--qps=100",
            "--burst=200",
        ],
        "env": variables(CONTROLLER),
        "readinessProbe": {"httpGet": {"port": 6060, "path": "/healthz"}, "periodSeconds": 1},
    }
    pod = {"serviceAccountName": "argo", "containers": [container]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "workflow-controller"},
        "spec": {
            "selector": {"matchLabels": labels},
            "strategy": {"type": "Recreate"},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
