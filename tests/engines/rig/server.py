"""An Argo Server on the cluster, for the tests that speak to one."""

from __future__ import annotations

import time

from rig import images
from rig.client import Client, JsonObject
from rig.places import Release
from rig.tools import RigFailed

NAME = "argo-server"
PORT = 2746
READY_WITHIN = 120.0


def started(client: Client, release: Release, namespace: str, managed: str) -> tuple[str, str]:
    """Its URL, and the token of an account that may do everything; nothing twice when it is there already.

    `namespace` is that of the controller's settings, which it reads; `managed` that of the workflows.
    """
    for item in (account(), bound(namespace), pod(release, managed)):
        if item["kind"] != "Pod" or not ready(client, namespace):
            client.apply(item, namespace)
    until = time.monotonic() + READY_WITHIN
    while not (address := ready(client, namespace)):
        if time.monotonic() > until:
            raise RigFailed("the Argo Server is not ready")
        time.sleep(0.5)
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{NAME}/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    return f"http://{address}:{PORT}", str(client.call("POST", path, asked)["status"]["token"])


def ready(client: Client, namespace: str) -> str | None:
    """The pod's address, once it answers."""
    status, found = client.request("GET", f"/api/v1/namespaces/{namespace}/pods/{NAME}")
    if status != 200:
        return None
    met = {each["type"]: each["status"] for each in found["status"].get("conditions", ())}
    return str(found["status"]["podIP"]) if met.get("Ready") == "True" else None


def account() -> JsonObject:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME}}


def bound(namespace: str) -> JsonObject:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": NAME},
        "roleRef": {"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": group},
        "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": namespace}],
    }


def pod(release: Release, managed: str) -> JsonObject:
    container: JsonObject = {
        "name": "server",
        "image": images.server_name(release),
        "imagePullPolicy": "IfNotPresent",
        "args": ["server", "--auth-mode=client", "--secure=false", "--namespaced", f"--managed-namespace={managed}"],
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
    }
    spec = {"serviceAccountName": NAME, "containers": [container]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": NAME}, "spec": spec}
