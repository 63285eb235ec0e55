"""A namespace of a rig's cluster for the pods of an Airflow that runs outside, and what it is told of the cluster."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import rig
from rig import storage
from rig.cluster import condition
from rig.images import executor_name

from pipeglot_backends.protocol import EmittedFile

NAMESPACE = "airflow"
SETTINGS: dict[str, Any] = {"operator": "kubernetes", "connection": "kubernetes_default", "namespace": NAMESPACE}
SECRET, KEY = "store", "to.ken"
TOKEN = "a secret $(X) of the cluster"
CLAIM = "shared"
BUCKET = "bucket"
"""The secret with the keys to the bucket of the rig."""
SETTLED_WITHIN = 300.0
VOLUMES = "/api/v1/persistentvolumes"


def chosen() -> str:
    """The cluster that is up already, of whatever suite, else one of the newest Argo."""
    return next((name for name, word in rig.status().items() if word == "up"), list(rig.RELEASES)[-1])


class Space:
    """One namespace with a secret and a claim in it; `close` takes all of that away."""

    def __init__(self, cluster: rig.Cluster, claimed: Path) -> None:
        self.cluster = cluster
        self.clear()
        named = {"name": NAMESPACE}
        cluster.client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": named}, "")
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": SECRET}, "stringData": {KEY: TOKEN}}
        for manifest in (secret, self.keys, *_volume(claimed)):
            cluster.client.apply(manifest, NAMESPACE)
        self._until(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default", 200)

    @property
    def environ(self) -> dict[str, str]:
        """Airflow's connection to the cluster, and the image of the container that it puts beside each step."""
        extra = {"kube_config_path": str(self.cluster.kubeconfig), "xcom_sidecar_container_image": rig.STEP}
        return {"AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps({"conn_type": "kubernetes", "extra": extra})}

    @property
    def bucket(self) -> dict[str, str]:
        """The environment of who goes to the bucket of the rig."""
        keys = {"AWS_ACCESS_KEY_ID": storage.ACCESS, "AWS_SECRET_ACCESS_KEY": storage.SECRET}
        return {**keys, "AWS_REGION": storage.REGION, "AWS_ENDPOINT_URL": self.cluster.s3_endpoint}

    @property
    def keys(self) -> rig.JsonObject:
        return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": BUCKET}, "stringData": self.bucket}

    @property
    def bare_image(self) -> str:
        """One that is there and holds a static program, `/bin/argoexec`: neither Python nor a shell."""
        return executor_name(self.cluster.release)

    @property
    def address(self) -> str:
        """This machine, as pods reach it: its end of the cable to the cluster."""
        return f"{self.cluster.release.subnet}.2"

    def secret(self, name: str, key: str, value: str) -> None:
        held = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {key: value}}
        self.cluster.client.apply(held, NAMESPACE)

    def deliver(self, files: Sequence[EmittedFile]) -> None:
        """As a user would with `kubectl apply -f configmap.yaml -f sidecar.yaml -f code.yaml`: those that there are."""
        for file in files:
            if file.path in ("configmap.yaml", "sidecar.yaml", "code.yaml"):
                for manifest in yaml.safe_load_all(file.text):
                    self.cluster.client.apply(manifest, NAMESPACE)

    def running(self) -> list[str]:
        """Those all of whose containers are ready."""
        return [pod["metadata"]["name"] for pod in self._pods() if condition(pod, "Ready")]

    def _pods(self) -> list[rig.JsonObject]:
        return list(self.cluster.client.pages(f"/api/v1/namespaces/{NAMESPACE}/pods"))

    def left(self) -> list[str]:
        """The pods that are still there when those that are being taken away had the time for it.

        A pod that is deleted stays in the list until its node has ended it.
        """
        until = time.monotonic() + SETTLED_WITHIN
        while (pods := self._pods()) and all("deletionTimestamp" in pod["metadata"] for pod in pods):
            assert time.monotonic() < until, f"{len(pods)} pods are deleted and do not go away"
            time.sleep(0.2)
        return [pod["metadata"]["name"] for pod in pods]

    def delete(self, pod: str) -> None:
        status, answer = self.cluster.request(
            "DELETE", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}?gracePeriodSeconds=0"
        )
        assert status == 200, answer

    def clear(self) -> None:
        """Until nothing is left of an earlier one, if there was any."""
        for path in (f"/api/v1/namespaces/{NAMESPACE}", f"{VOLUMES}/{CLAIM}"):
            self.cluster.request("DELETE", path)
            self._until(path, 404)

    def _until(self, path: str, wanted: int) -> None:
        until = time.monotonic() + SETTLED_WITHIN
        while (status := self.cluster.request("GET", path)[0]) != wanted:
            assert time.monotonic() < until, f"{path} answers {status}, not {wanted}"
            time.sleep(0.2)


def _volume(folder: Path) -> tuple[rig.JsonObject, rig.JsonObject]:
    """A claim, and the folder of the node that is its volume."""
    room = {"storage": "1Gi"}
    common = {"accessModes": ["ReadWriteMany"], "storageClassName": ""}
    source = {"hostPath": {"path": str(folder)}, "claimRef": {"namespace": NAMESPACE, "name": CLAIM}}
    return (
        {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": CLAIM},
            "spec": {**common, **source, "capacity": room},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": CLAIM},
            "spec": {**common, "volumeName": CLAIM, "resources": {"requests": room}},
        },
    )
