"""The way to an Argo: through the Kubernetes API, or through an Argo Server where one is named."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, cast

from pipeglot.ir import Json
from pipeglot_backends.remote.protocol import Access, limited, rejected, sdk

GROUP, VERSION = "argoproj.io", "v1alpha1"
SERVER, TOKEN, NAMESPACE = "ARGO_SERVER", "ARGO_TOKEN", "ARGO_NAMESPACE"
NUDGED = "pipeglot/nudged"
BUSY = (429, 500, 502, 503, 504)
TRIES = 5
PAGE = 100
"""Objects that are asked for at a time."""
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotFound(Exception):
    """There is no such object (404); the caller knows what that means."""

    what: str


@dataclass(frozen=True, slots=True)
class Conflict(Exception):
    """It is there already (409)."""

    what: str


class Api(Protocol):
    """The few calls that a run needs. `plural` is `workflows` or `workflowtemplates`."""

    @property
    def client(self) -> Any: ...
    @property
    def where(self) -> str: ...
    @property
    def namespace(self) -> str: ...

    def get(self, plural: str, name: str) -> Manifest: ...
    def page(self, plural: str, labels: str, after: str) -> Manifest: ...
    def create(self, plural: str, body: Manifest) -> Manifest: ...
    def replace(self, plural: str, name: str, body: Manifest) -> Manifest: ...
    def delete(self, plural: str, name: str) -> None: ...
    def resume(self, name: str) -> None: ...
    def nudge(self, name: str, mark: str, *, awake: bool) -> None: ...
    def stop(self, name: str, note: Mapping[str, str]) -> None: ...
    def config_map(self, body: Manifest) -> None: ...
    def close(self) -> None: ...


def listed(api: Api, plural: str, labels: str) -> Iterator[Manifest]:
    """All objects with these labels, page by page."""
    after = ""
    while True:
        page = api.page(plural, labels, after)
        yield from page.get("items") or ()
        after = page.get("metadata", {}).get("continue") or ""
        if not after:
            return


@contextmanager
def connected(access: Access) -> Generator[Api]:
    """The way there, for as long as it is needed."""
    api = _connect(access)
    limited(api.client, access.answer_within)
    try:
        yield api
    finally:
        api.close()


def _connect(access: Access) -> Api:
    namespace = _setting(access, "namespace") or access.environ.get(NAMESPACE) or ""
    server = _setting(access, "server") or access.environ.get(SERVER)
    if server:
        from pipeglot_backends.argo.remote.server import ArgoServer

        return ArgoServer(server, access.environ.get(TOKEN, ""), namespace or "default")
    return _kubernetes(access, namespace)


def _setting(access: Access, name: str) -> str | None:
    value = access.settings.get(name)
    return value if isinstance(value, str) else None


def _kubernetes(access: Access, namespace: str) -> Api:
    config = _sdk("config")
    file, context = access.environ.get("KUBECONFIG"), _setting(access, "context")
    try:
        reached = config.new_client_from_config(config_file=file, context=context)
        _, active = config.list_kube_config_contexts(config_file=file)
        namespace = namespace or active["context"].get("namespace", "default")
    except (config.ConfigException, TypeError, KeyError) as fault:
        if "KUBERNETES_SERVICE_HOST" not in access.environ:
            hint = "set KUBECONFIG, `argo: {context: …}` in the profile, or ARGO_SERVER"
            raise rejected("PG520", f"no Kubernetes configuration can be read: {fault}", hint) from None
        config.load_incluster_config()
        reached = _sdk("client").ApiClient()
    return Kubernetes(reached, str(reached.configuration.host), namespace or "default")


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """Argo's objects by the Kubernetes API."""

    client: Any

    where: str
    namespace: str

    def get(self, plural: str, name: str) -> Manifest:
        return self._custom(f"look for {name}", lambda api: api.get_namespaced_custom_object(*self._at(plural), name))

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

    def config_map(self, body: Manifest) -> None:
        core = _sdk("client").CoreV1Api(self.client)
        asked(self.where, "deliver the sidecar", lambda: core.create_namespaced_config_map(self.namespace, body))

    def close(self) -> None:
        closed(self.client)

    def _at(self, plural: str) -> tuple[str, str, str, str]:
        return GROUP, VERSION, self.namespace, plural

    def _patch(self, what: str, name: str, patch: Manifest) -> None:
        self._custom(what, lambda api: api.patch_namespaced_custom_object(*self._at("workflows"), name, patch))

    def _custom(self, what: str, call: Callable[[Any], Any]) -> Manifest:
        objects = _sdk("client").CustomObjectsApi(self.client)
        return cast(Manifest, asked(self.where, what, lambda: call(objects)))


def _sdk(part: str) -> Any:
    return sdk(f"kubernetes.{part}", "kubernetes", "argo")


def closed(client: Any) -> None:
    """Both SDKs leave their connections to the garbage collector."""
    pools = client.rest_client.pool_manager.pools
    for key in pools.keys():  # noqa: SIM118  # it is no dict: it cannot be iterated
        pools[key].close()
    client.close()


def asked(where: str, what: str, call: Callable[[], Any]) -> Any:
    """The answer; again, ever later, while the server is busy. Refusals as diagnostics, 404 and 409 as their own."""
    for attempt in range(TRIES):
        with _translated(where, what, last=attempt == TRIES - 1):
            return call()
        time.sleep(0.5 * 2**attempt)
    raise AssertionError("the last try answers or raises")


@contextmanager
def _translated(where: str, what: str, *, last: bool) -> Generator[None]:
    from urllib3.exceptions import HTTPError

    try:
        yield
    except HTTPError as fault:
        if last:
            raise rejected("PG520", f"nothing answers at {where}: {_reason(fault)}") from None
    except Exception as refusal:
        status, body = getattr(refusal, "status", None), getattr(refusal, "body", None)
        if not isinstance(status, int):
            raise
        if status not in BUSY or last:
            raise _refused(where, what, status, _message(body)) from None


def _reason(fault: Exception) -> str:
    reason = getattr(fault, "reason", None) or fault
    return str(reason).rsplit(": ", 1)[-1]


def _refused(where: str, what: str, status: int, message: str) -> Exception:
    if status == 404:
        return NotFound(what)
    if status == 409:
        return Conflict(what)
    if status in (401, 403):
        return rejected("PG521", f"{where} does not let you {what} ({status}): {message}")
    if status in (400, 422):
        return rejected("PG523", f"{where} refuses to {what}: {message}")
    return rejected("PG524", f"{where} cannot {what} now ({status}): {message}")


def _message(body: Any) -> str:
    try:
        found = cast(Json, json.loads(body or "{}"))
    except ValueError:
        return str(body)[:500]
    message = found.get("message") if isinstance(found, dict) else None
    return str(message or found)[:500]
