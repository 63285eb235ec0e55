"""What all clients of engines are held to: proxies, trust, a limit of time, and that nothing is sent on elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pipeglot_backends.remote import responses
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.proxies import Proxy, proxy
from pipeglot_backends.remote.responses import Refused, Server, Strange
from pipeglot_backends.remote.trust import trusting
from pipeglot_backends.remote.unreached import proxy_refusal, unreachable


def guarded(client: Any, server: Server, access: Access) -> Server:
    """A generated client with connections of our making; the server as it is now to be asked, by its proxy.

    What a Kubernetes configuration says of proxy and authority is kept: `proxy-url`, `certificate-authority`.
    """
    configuration = client.configuration
    way = _of_the_configuration(configuration, access.environ) or proxy(configuration.host, access.environ)
    configuration.proxy, configuration.no_proxy = (way.plain, "") if way else (None, None)
    configuration.proxy_headers = _introduction(way)
    client.rest_client = type(client.rest_client)(configuration)
    known = configuration.ssl_ca_cert or getattr(configuration, "ca_cert_data", None)
    manager = client.rest_client.pool_manager
    if configuration.verify_ssl and not known and str(configuration.host).startswith("https:"):
        manager.connection_pool_kw |= {"ca_certs": None, "ssl_context": trusting(access.environ)}
    asked = replace(server, proxy=way)
    watch(manager, asked, access)
    return asked


def pool(server: Server, access: Access) -> tuple[Any, Server]:
    """Connections without a client, held to the same."""
    from urllib3 import PoolManager, ProxyManager

    way = proxy(server.url, access.environ)
    given: dict[str, Any] = {"ssl_context": trusting(access.environ)} if server.url.startswith("https:") else {}
    manager: Any = PoolManager(**given)
    if way:
        manager = ProxyManager(way.plain, proxy_headers=_introduction(way), **given)
    asked = replace(server, proxy=way)
    watch(manager, asked, access)
    return manager, asked


def watch(manager: Any, server: Server, access: Access) -> None:
    """No request waits for ever, is sent twice behind our back, or goes on to where an answer points."""
    from urllib3 import Retry, Timeout

    unwatched: Callable[..., Any] = manager.request
    held = {"timeout": Timeout(access.answer_within, access.answer_within), "redirect": False}

    def request(method: str, url: str, *rest: Any, **given: Any) -> Any:
        answer = unwatched(method, url, *rest, **{**given, **held, "retries": Retry(0, raise_on_redirect=False)})
        text = bool(server.texts) and url.partition("?")[0].endswith(server.texts)
        responses.judge(server, method, int(answer.status), bytes(answer.data), answer.headers, text=text)
        return answer

    manager.request = request


@contextmanager
def translated(server: Server, what: str) -> Generator[None]:
    """Whatever goes wrong while a server is asked to `what`, in our words."""
    from urllib3.exceptions import HTTPError

    try:
        yield
    except Refused as refusal:
        if refusal.status == 407:
            raise proxy_refusal(server, refusal.status) from None
        raise responses.refused(server, what, refusal) from None
    except Strange as answer:
        raise responses.strange(server, str(answer)) from None
    except HTTPError as fault:
        raise unreachable(server, fault) from None


def _of_the_configuration(configuration: Any, environ: Mapping[str, str]) -> Proxy | None:
    """`proxy-url` of a kubeconfig; newer clients have what the environment names in the same place."""
    proxy = configuration.proxy
    named = {value for name, value in environ.items() if name.lower().endswith("_proxy")}
    return Proxy("proxy-url", str(proxy)) if proxy and proxy not in named else None


def _introduction(way: Proxy | None) -> Any:
    from urllib3.util import make_headers

    return make_headers(proxy_basic_auth=way.user) if way and way.user else None
