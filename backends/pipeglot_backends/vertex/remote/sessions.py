"""Google's sessions, held to what all clients of engines are held to: those that ask, and those that fetch tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

from pipeglot_backends.remote import responses
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.proxies import proxy
from pipeglot_backends.remote.responses import Server
from pipeglot_backends.remote.sdk import sdk
from pipeglot_backends.remote.trust import trusting


class Sessions:
    """`server` is as it is now to be asked, by its proxy."""

    def __init__(self, server: Server, access: Access) -> None:
        self._access = access
        self.server = replace(server, proxy=proxy(server.url, access.environ))

    def hold(self, session: Any) -> None:
        """One that asks the engine. Who gives tokens answers in another way, and is judged by Google's own code."""
        tokens = self._held(_sdk("requests").Session())
        session._auth_request = _sdk("google.auth.transport.requests").Request(tokens)
        asked: Callable[..., Any] = self._held(session).request

        def request(method: str, url: str, *rest: Any, **given: Any) -> Any:
            answer = asked(method, url, *rest, **given)
            responses.judge(self.server, method, answer.status_code, answer.content, answer.headers)
            return answer

        session.request = request

    def _held(self, session: Any) -> Any:
        """By the proxy of each URL, trusting as told, and never on to where an answer points: tokens would go along.

        `trust_env` would read the same variables, and `.netrc`, whose passwords take the place of a token.
        """
        session.trust_env = False
        session.mount("https://", self._adapter)
        unheld: Callable[..., Any] = session.request

        def request(method: str, url: str, *rest: Any, **given: Any) -> Any:
            way = proxy(url, self._access.environ)
            proxies = {"http": way.url, "https": way.url} if way else {}
            return unheld(method, url, *rest, **{**given, "allow_redirects": False, "proxies": proxies})

        session.request = request
        return session

    @cached_property
    def _adapter(self) -> Any:
        adapters, context = _sdk("requests.adapters"), trusting(self._access.environ)

        class Trusting(adapters.HTTPAdapter):  # type: ignore[name-defined, misc]  # loaded only here
            def init_poolmanager(self, *rest: Any, **given: Any) -> None:
                super().init_poolmanager(*rest, **given, ssl_context=context)  # pyright: ignore[reportUnknownMemberType]

            def proxy_manager_for(self, proxy: str, **given: Any) -> Any:
                made: Any = super().proxy_manager_for(proxy, **given, ssl_context=context)  # pyright: ignore
                return cast(Any, made)

        return Trusting()


def _sdk(module: str) -> Any:
    return sdk(module, "google-cloud-aiplatform", "vertex")
