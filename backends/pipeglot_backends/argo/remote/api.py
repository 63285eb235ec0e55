"""The few calls that a run on Argo needs, whoever takes them to it, and what is no answer of Argo's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, cast

from pipeglot_backends.remote import responses
from pipeglot_backends.remote.network import translated
from pipeglot_backends.remote.responses import Server

SERVER, TOKEN, NAMESPACE = "ARGO_SERVER", "ARGO_TOKEN", "ARGO_NAMESPACE"
ADDRESS = "set KUBECONFIG, `argo: {context: …}` in the profile, or ARGO_SERVER"
PLACE = "set `argo: {namespace: …}` in the profile, or ARGO_NAMESPACE"
MAIN = "main"
"""The container of a pod that runs the step."""
PAGE = 100
"""Objects that are asked for at a time."""
Manifest = dict[str, Any]


class Api(Protocol):
    """The few calls that a run needs. `plural` is `workflows` or `workflowtemplates`."""

    @property
    def client(self) -> Any: ...
    @property
    def where(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def server(self) -> Server: ...

    def get(self, plural: str, name: str) -> Manifest: ...
    def page(self, plural: str, labels: str, after: str) -> Manifest: ...
    def create(self, plural: str, body: Manifest) -> Manifest: ...
    def replace(self, plural: str, name: str, body: Manifest) -> Manifest: ...
    def delete(self, plural: str, name: str) -> None: ...
    def resume(self, name: str) -> None: ...
    def nudge(self, name: str, mark: str, *, awake: bool) -> None: ...
    def stop(self, name: str, note: Mapping[str, str]) -> None: ...
    def log(self, workflow: str, pod: str) -> str:
        """What the step in that pod said so far. Raises `NotFound` where it is not there any more."""
        ...

    def config_map(self, body: Manifest) -> None: ...
    def close(self) -> None: ...


def listed(api: Api, plural: str, labels: str) -> Iterator[Manifest]:
    """All objects with these labels, page by page."""
    after = ""
    while True:
        page = api.page(plural, labels, after)
        if not isinstance(page.get("metadata"), dict):
            raise responses.strange(api.server, f"with no list of {plural}")
        yield from (whole(api.server, each) for each in page.get("items") or ())
        after = page.get("metadata", {}).get("continue") or ""
        if not after:
            return


def closed(client: Any) -> None:
    """Both SDKs leave their connections to the garbage collector."""
    pools = client.rest_client.pool_manager.pools
    for key in pools.keys():  # noqa: SIM118  # it is no dict: it cannot be iterated
        pools[key].close()
    client.close()


def asked(server: Server, what: str, call: Callable[[], Any]) -> Any:
    """The answer; again, ever later, while the server is busy: names are ours, and what is made of one is made once."""

    def once() -> Any:
        with translated(server, what):
            return call()

    return responses.retrying(once)


def whole(server: Server, found: Any) -> Manifest:
    """An object as a Kubernetes tells it: it has a name, and what it is to be."""
    manifest = cast(Manifest, found if isinstance(found, dict) else {})
    metadata, spec, status = (manifest.get(part) for part in ("metadata", "spec", "status"))
    if not (
        isinstance(metadata, dict) and cast(Manifest, metadata).get("name") and isinstance(spec, dict)
    ) or isinstance(status, str):
        raise responses.strange(server, "with no object of Argo's")
    return manifest
