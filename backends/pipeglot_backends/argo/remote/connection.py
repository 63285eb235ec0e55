"""The way to an Argo: through the Kubernetes API, or through an Argo Server where one is named."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from pipeglot.rendering.redaction import remember
from pipeglot_backends.argo.remote.api import ADDRESS, NAMESPACE, SERVER, Api
from pipeglot_backends.argo.remote.kubernetes import part_of_sdk, reached
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.sdk import rejected


@contextmanager
def connected(access: Access) -> Generator[Api]:
    """The way there, for as long as it is needed."""
    api = _connect(access)
    remember(*getattr(api.client.configuration, "api_key", {}).values())
    try:
        yield api
    finally:
        api.close()


def _connect(access: Access) -> Api:
    namespace = _setting(access, "namespace") or access.environ.get(NAMESPACE) or ""
    server = _setting(access, "server") or access.environ.get(SERVER)
    if server:
        from pipeglot_backends.argo.remote.server import ArgoServer

        return ArgoServer(server, namespace or "default", access)
    return _kubernetes(access, namespace)


def _setting(access: Access, name: str) -> str | None:
    value = access.settings.get(name)
    return value if isinstance(value, str) else None


def _kubernetes(access: Access, namespace: str) -> Api:
    config = part_of_sdk("config")
    file, context = access.environ.get("KUBECONFIG"), _setting(access, "context")
    try:
        client = config.new_client_from_config(config_file=file, context=context)
        _, active = config.list_kube_config_contexts(config_file=file)
        namespace = namespace or active["context"].get("namespace", "default")
    except (config.ConfigException, TypeError, KeyError) as fault:
        if "KUBERNETES_SERVICE_HOST" not in access.environ:
            raise rejected("PG520", f"no Kubernetes configuration can be read: {fault}", ADDRESS) from None
        config.load_incluster_config()
        client = part_of_sdk("client").ApiClient()
    return reached(client, namespace or "default", access)
