"""What a test does with a running cluster."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from rig import argo, manifests, server, storage
from rig.client import Client, JsonObject, Manifest, Refused, client, complaint
from rig.keys import NODE
from rig.places import Release
from rig.tools import RigFailed

ENDED = ("Succeeded", "Failed", "Error")
GROUP = "/apis/argoproj.io/v1alpha1"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One node, one Argo Workflows, one S3 bucket."""

    release: Release
    client: Client = field(compare=False)
    storage: storage.Storage
    namespace: str = argo.WORKFLOWS

    @property
    def argo(self) -> str:
        """Argo's version, such as v4.0.5."""
        return self.release.version

    @property
    def api(self) -> str:
        return f"https://{self.release.address}"

    @property
    def context(self) -> ssl.SSLContext:
        """Carries the certificate of an administrator."""
        return self.client.context

    @property
    def kubeconfig(self) -> Path:
        return self.release.state / "keys" / "admin.conf"

    @property
    def s3_endpoint(self) -> str:
        return self.storage.endpoint

    @property
    def bucket(self) -> str:
        return self.storage.bucket

    def request(self, method: str, path: str, body: Manifest | None = None, kind: str = "") -> tuple[int, Any]:
        """Status and answer; `kind` is a content type other than JSON's (YAML's where the body is text)."""
        return self.client.request(method, path, body, kind)

    def create(self, manifest: Manifest) -> JsonObject:
        """Any object, strictly read; the object as the server keeps it. `Refused` when it does not take it."""
        asked = f"{self.client.collection(manifest, self.namespace)}?fieldValidation=Strict"
        made: JsonObject = self.client.call("POST", asked, manifest)
        return made

    def dry_run(self, manifest: Manifest) -> str | None:
        """What the API server has against the object, None when nothing; nothing is kept."""
        try:
            path = self.client.collection(manifest, self.namespace)
        except Refused as refused:
            return str(refused)
        status, answer = self.request("POST", f"{path}?dryRun=All&fieldValidation=Strict", manifest)
        return complaint(answer) if status >= 400 else None

    def argo_server(self) -> tuple[str, str]:
        """The URL of an Argo Server that now runs, and a token that may do all that a user may."""
        return server.started(self.client, self.release, argo.CONTROL, self.namespace)

    def submit(self, workflow: Manifest) -> str:
        """The name of the workflow that now runs."""
        return str(self.create(workflow)["metadata"]["name"])

    def workflow(self, name: str) -> JsonObject:
        found: JsonObject = self.client.call("GET", f"{GROUP}/namespaces/{self.namespace}/workflows/{quote(name)}")
        return found

    def wait(self, name: str, seconds: float = 300) -> JsonObject:
        """The workflow when it has ended, its exit handler included."""
        until = time.monotonic() + seconds
        while (found := self.workflow(name)).get("status", {}).get("phase") not in ENDED:
            if time.monotonic() > until:
                raise RigFailed(f"workflow {name} has not ended after {seconds:.0f} s: {found.get('status')}")
            time.sleep(0.3)
        return found

    def pods(self, selector: str = "") -> tuple[JsonObject, ...]:
        """`selector` as kubectl's -l takes it; a workflow's pods are `workflows.argoproj.io/workflow=NAME`."""
        query = urlencode({"labelSelector": selector})
        return tuple(self.client.pages(f"/api/v1/namespaces/{self.namespace}/pods?{query}"))

    def pod_log(self, pod: str, container: str = "main", namespace: str = "") -> str:
        where = f"/api/v1/namespaces/{namespace or self.namespace}/pods/{quote(pod)}/log"
        return str(self.client.call("GET", f"{where}?{urlencode({'container': container})}"))

    def read(self, name: str) -> bytes | None:
        """An object of the bucket."""
        return self.storage.read(name)


def connect(release: Release) -> Cluster:
    return Cluster(release, client(release.address, release.state / "keys"), storage.of(release))


def settled(cluster: Cluster) -> str | None:
    """What a workflow would still have to wait for; None when nothing."""
    node = cluster.client.call("GET", f"/api/v1/nodes/{NODE}")
    if not condition(node, "Ready"):
        return "the node is not Ready"
    # Asked for the definitions themselves, the server would write megabytes each time.
    served = {item["name"] for item in cluster.client.call("GET", GROUP)["resources"]}
    if not served.issuperset(manifests.plurals(cluster.release)):
        return f"of {GROUP} only {sorted(served)} are served"
    cluster.client.call("GET", f"/api/v1/namespaces/{cluster.namespace}/serviceaccounts/default")
    path = f"/apis/apps/v1/namespaces/{argo.CONTROL}/deployments/workflow-controller"
    if not cluster.client.call("GET", path).get("status", {}).get("readyReplicas"):
        return "Argo's controller is not ready"
    return None


def condition(item: JsonObject, kind: str) -> bool:
    conditions = item.get("status", {}).get("conditions") or ()
    return any(entry["type"] == kind and entry["status"] == "True" for entry in conditions)
