"""Argo's objects by the Kubernetes API, through the client of Kubernetes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from pipeglot.diagnostics import SpecRejected
from pipeglot_backends.argo.remote.api import ADDRESS, MAIN, PAGE, PLACE, Manifest, asked, closed, whole
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.network import guarded
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Server
from pipeglot_backends.remote.sdk import sdk

GROUP, VERSION = "argoproj.io", "v1alpha1"
NUDGED = "pipeglot/nudged"


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """Argo's objects by the Kubernetes API."""

    client: Any

    where: str
    namespace: str
    server: Server

    def get(self, plural: str, name: str) -> Manifest:
        found = self._custom(f"look for {name}", lambda api: api.get_namespaced_custom_object(*self._at(plural), name))
        return whole(self.server, found)

    def page(self, plural: str, labels: str, after: str) -> Manifest:
        asked = {"label_selector": labels, "limit": PAGE, **({"_continue": after} if after else {})}
        return self._custom(f"list {plural}", lambda api: api.list_namespaced_custom_object(*self._at(plural), **asked))

    def create(self, plural: str, body: Manifest) -> Manifest:
        name = body["metadata"]["name"]
        return self._custom(f"create {name}", lambda api: api.create_namespaced_custom_object(*self._at(plural), body))

    def replace(self, plural: str, name: str, body: Manifest) -> Manifest:
        return self._custom(
            f"replace {name}", lambda api: api.replace_namespaced_custom_object(*self._at(plural), name, body)
        )

    def delete(self, plural: str, name: str) -> None:
        self._custom(f"delete {name}", lambda api: api.delete_namespaced_custom_object(*self._at(plural), name))

    def resume(self, name: str) -> None:
        self._patch(f"start {name}", name, {"spec": {"suspend": None}})

    def nudge(self, name: str, mark: str, *, awake: bool) -> None:
        """A change that means nothing, for Argo to look at the workflow again."""
        patch: Manifest = {"metadata": {"annotations": {NUDGED: mark}}}
        self._patch(f"start {name}", name, {**patch, "spec": {"suspend": None}} if awake else patch)

    def stop(self, name: str, note: Mapping[str, str]) -> None:
        self._patch(
            f"cancel {name}",
            name,
            {"metadata": {"annotations": dict(note)}, "spec": {"shutdown": "Stop", "suspend": None}},
        )

    def log(self, workflow: str, pod: str) -> str:
        del workflow
        core = part_of_sdk("client").CoreV1Api(self.client)
        read = partial(core.read_namespaced_pod_log, pod, self.namespace, container=MAIN, _preload_content=False)
        try:
            return bytes(asked(self.server, f"read the log of {pod}", read).data).decode("utf-8", "replace")
        except SpecRejected as rejected:
            if "is waiting to start" in str(rejected):
                return ""
            raise

    def config_map(self, body: Manifest) -> None:
        core = part_of_sdk("client").CoreV1Api(self.client)
        make = partial(core.create_namespaced_config_map, self.namespace, body, _preload_content=False)
        asked(self.server, "deliver the sidecar", make)

    def close(self) -> None:
        closed(self.client)

    def _at(self, plural: str) -> tuple[str, str, str, str]:
        return GROUP, VERSION, self.namespace, plural

    def _patch(self, what: str, name: str, patch: Manifest) -> None:
        self._custom(what, lambda api: api.patch_namespaced_custom_object(*self._at("workflows"), name, patch))

    def _custom(self, what: str, call: Callable[[Any], Any]) -> Manifest:
        objects = part_of_sdk("client").CustomObjectsApi(self.client)
        return cast(Manifest, asked(self.server, what, lambda: call(objects)))


def reached(client: Any, namespace: str, access: Access) -> Kubernetes:
    """Argo behind a client that is signed in."""
    where = str(client.configuration.host)
    return Kubernetes(client, where, namespace, guarded(client, _server(where), access))


def _server(where: str) -> Server:
    return Server(
        where,
        "Kubernetes",
        address=ADDRESS,
        credentials="sign in as `kubectl` does, for the context of KUBECONFIG or `argo: {context: …}`",
        said=partial(responses.message, names=("message",)),
        own=lambda found: found.get("kind") == "Status" and bool(responses.table(found, "details").get("name")),
        words=frozenset(("metadata", "kind")),
        texts="/log",
        authority="set `certificate-authority` in the Kubernetes configuration, or SSL_CERT_FILE",
        place=PLACE,
    )


def part_of_sdk(part: str) -> Any:
    return sdk(f"kubernetes.{part}", "kubernetes", "argo")
