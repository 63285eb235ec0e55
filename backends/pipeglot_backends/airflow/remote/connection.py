"""The way to an Airflow's REST API: where it is, who we are, and what its answers mean to a user."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pipeglot.diagnostics import SpecRejected
from pipeglot.rendering.redaction import redacted, remember
from pipeglot_backends.airflow.settings import read
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.addresses import without_credentials
from pipeglot_backends.remote.network import guarded, pool, translated
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import NotFound, Server
from pipeglot_backends.remote.sdk import rejected, sdk

if TYPE_CHECKING:
    from airflow_client.client import ApiClient

URL = "AIRFLOW_API_URL"
TOKENS = ("AIRFLOW_API_TOKEN", "AIRFLOW_CLI_TOKEN")
USER, PASSWORD = "AIRFLOW_USERNAME", "AIRFLOW_PASSWORD"
CREDENTIALS = f"set {TOKENS[0]}, or {USER} and {PASSWORD}"
ADDRESS = f"set `airflow: {{url: …}}` in the profile, or {URL}"
PAGE = 100
"""As many elements of a list as Airflow tells at a time, whatever is asked for."""
Element = TypeVar("Element")


class Doing:
    """What Airflow is being asked to do: the client's requests do not say it in words."""

    what = "answer"


@dataclass(frozen=True, slots=True)
class Connection:
    client: ApiClient
    url: str
    server: Server
    doing: Doing

    @contextmanager
    def asking(self, what: str) -> Generator[None]:
        """What Airflow refuses while it is asked to `what`, as a diagnostic; 404 and 409 as exceptions of their own."""
        from airflow_client.client.exceptions import ApiException
        from pydantic import ValidationError

        self.doing.what = what
        try:
            yield
        except (ApiException, ValidationError):
            raise responses.strange(self.server, "with fields that it has not") from None


def paged(ask: Callable[[int], tuple[Sequence[Element], int | None]]) -> Iterator[Element]:
    """Every element of a list: `ask` takes how many were seen, and gives the next ones and how many there are."""
    seen = 0
    while True:
        elements, total = ask(seen)
        yield from elements
        seen += len(elements)
        if not elements or seen >= (total or 0):
            return


def connect(access: Access) -> Connection:
    """A client that is signed in. Asks again, a few times and ever later, while the server is busy or away."""
    sdk("airflow_client.client", "apache-airflow-client", "airflow")
    from airflow_client.client import ApiClient, Configuration

    url, user, password = without_credentials(address(access))
    access = replace(access, environ={**_named(user, password), **access.environ})
    configuration = Configuration(host=url)
    configuration.access_token = token = _token(_server(url), access)
    remember(token)
    client = ApiClient(configuration)
    server, doing = guarded(client, _server(url), access), Doing()
    _patient(client.rest_client.pool_manager, server, doing)
    return Connection(client, url, server, doing)


def _server(url: str) -> Server:
    return Server(
        url,
        "Airflow",
        address=ADDRESS,
        credentials=CREDENTIALS,
        said=_detail,
        own=lambda found: bool(found.get("detail")) and found.get("detail") != "Not Found",
    )


def _patient(manager: Any, server: Server, doing: Doing) -> None:
    """Asks again: repeating a POST is safe, since a run is triggered under an id of ours, which Airflow takes once."""
    asked: Callable[..., Any] = manager.request

    def request(method: str, url: str, *rest: Any, **given: Any) -> Any:
        def once() -> Any:
            with translated(server, doing.what):
                return asked(method, url, *rest, **given)

        return responses.retrying(once)

    manager.request = request


def _named(user: str, password: str) -> dict[str, str]:
    """What an address says of who we are, as the environment would say it."""
    return {USER: user, PASSWORD: password} if user and password else {}


def address(access: Access) -> str:
    """The server's URL: the profile's, else the environment's."""
    url = read(access.settings).url or access.environ.get(URL)
    if not url:
        raise rejected("PG520", "where Airflow is, nobody says", ADDRESS)
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        shown = redacted(url) if "://" in url else "what is named"
        raise rejected("PG520", f"`{shown}` is not the URL of an Airflow", "it looks like http://127.0.0.1:8080")
    return re.sub(r"(/api/v2)?/*$", "", url)


def _token(server: Server, access: Access) -> str:
    environ = access.environ
    for name in TOKENS:
        if environ.get(name):
            return environ[name]
    user, password = environ.get(USER), environ.get(PASSWORD)
    if user and password is not None:
        return _signed_in(server, {"username": user, "password": password}, access)
    if user or password:
        missing = PASSWORD if user else USER
        raise rejected("PG521", f"`{missing}` is not set, and `{USER if user else PASSWORD}` is", CREDENTIALS)
    return _signed_in(server, None, access)


def _signed_in(server: Server, credentials: dict[str, str] | None, access: Access) -> str:
    """A token for a user and password; without them the one that an Airflow where all are admins gives."""
    manager, server = pool(server, access)
    body = None if credentials is None else json.dumps(credentials)
    headers = {"Content-Type": "application/json"}

    def once() -> Any:
        with translated(server, "sign you in"):
            method = "POST" if credentials else "GET"
            return manager.request(method, f"{server.url}/auth/token", body=body, headers=headers)

    try:
        found = responses.read(bytes(responses.retrying(once).data)) or {}
    except NotFound:
        raise responses.strange(server, "that it knows no `/auth/token`") from None
    except SpecRejected as refused:
        raise refused if credentials else _unnamed(server, refused) from None
    token = found.get("access_token")
    if isinstance(token, str):
        return token
    raise responses.strange(server, "without a token")


def _unnamed(server: Server, refused: SpecRejected) -> SpecRejected:
    """Of one who did not say who they are nothing else is to be told, where Airflow answers."""
    (fault,) = refused.diagnostics
    if (fault.code, fault.hint) != ("PG521", CREDENTIALS) and fault.code != "PG523":
        return refused
    return rejected("PG521", f"the Airflow at {server.url} wants to know who you are", CREDENTIALS)


def _detail(body: bytes) -> str:
    """What the answer says, in one line."""
    found = (responses.read(body) or {}).get("detail")
    if isinstance(found, dict):
        found = found.get("reason") or found.get("message") or found
    answer = found if isinstance(found, str) else json.dumps(found)
    return responses.line(answer) if found else responses.message(body, ("title", "message"))
