"""Brings the ConfigMap that holds the sidecar to the cluster, where it can; else says what is to be done."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Any

from pipeglot_backends.remote import responses
from pipeglot_backends.remote.network import guarded
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Refused, Server, Strange
from pipeglot_backends.remote.sdk import sdk

NAMESPACE = "kubeflow"
"""Where Kubeflow runs the steps of all, unless each user has a namespace."""


def config_map(text: str, namespace: str | None, access: Access) -> None:
    """It is named by its content: one that is there is the same."""
    import yaml

    space = namespace or NAMESPACE
    try:
        _apply(yaml.safe_load(text), space, access)
    except _Cannot as why:
        access.say(f"steps wait for the ConfigMaps in `kubernetes/` ({why}): `kubectl apply -n {space} -f` them once")


class _Cannot(Exception):
    """Why the cluster is not reached from here."""


def _apply(body: dict[str, Any], namespace: str, access: Access) -> None:
    from urllib3.exceptions import HTTPError

    config, client = (sdk(f"kubernetes.{part}", "kubernetes", "kubeflow") for part in ("config", "client"))
    try:
        reached = config.new_client_from_config(config_file=access.environ.get("KUBECONFIG") or None)
    except (config.ConfigException, TypeError, KeyError) as fault:
        if "KUBERNETES_SERVICE_HOST" not in access.environ:
            raise _Cannot(f"no Kubernetes configuration can be read: {fault}") from None
        config.load_incluster_config()
        reached = client.ApiClient()
    guarded(reached, _server(str(reached.configuration.host)), access)
    try:
        client.CoreV1Api(reached).create_namespaced_config_map(namespace, body, _preload_content=False)
    except Refused as refusal:
        if refusal.status != HTTPStatus.CONFLICT:
            said = HTTPStatus(refusal.status).phrase if refusal.status in set(HTTPStatus) else ""
            raise _Cannot(f"the cluster says {refusal.status} {said}".strip()) from None
    except Strange as answer:
        raise _Cannot(f"the cluster answers {answer}") from None
    except HTTPError as fault:
        raise _Cannot(f"the cluster does not answer: {type(fault).__name__}") from None
    finally:
        reached.rest_client.pool_manager.clear()
        reached.close()


def _server(url: str) -> Server:
    said = partial(responses.message, names=("message",))
    return Server(url, "a Kubernetes", "set KUBECONFIG", "KUBECONFIG says who you are", said, own=bool)
