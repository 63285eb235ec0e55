"""The way to a Kubeflow Pipelines: where it is, who we are, and what its answers mean to a user."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipeglot.ir import Json
from pipeglot_backends.kubeflow.settings import checked
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.sdk import rejected, sdk

HOST, TOKEN_PATH = "KF_PIPELINES_ENDPOINT", "KF_PIPELINES_SA_TOKEN_PATH"
TOKEN, NAMESPACE = "KFP_EXISTING_TOKEN", "KFP_NAMESPACE"
CREDENTIALS = f"set {TOKEN_PATH} to the path of a token, or {TOKEN}"
POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
NOWHERE = "http://localhost"
"""What kfp's client believes in when nobody told it where to go."""
Answer = Mapping[str, Any]


class Refused(Exception):
    """An answer other than 2xx, before anyone says what it means."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Connection:
    """kfp's client, signed in. `namespace` is the user's own, None where the engine has one for all."""

    client: Any
    url: str
    namespace: str | None

    def ask(self, what: str, call: Callable[[], Any]) -> Answer:
        """The answer to what can be asked twice; again, ever later, while the server is busy or away."""
        return responses.retrying(lambda: self.once(what, call))

    def once(self, what: str, call: Callable[[], Any]) -> Answer:
        """Raises `Unsure` where it may have been done all the same."""
        from urllib3.exceptions import HTTPError

        try:
            body = bytes(call().data)
        except Refused as refusal:
            said = responses.message(refusal.body, "message", "error_message", "error")
            raise responses.refused(self.url, what, refusal.status, said, CREDENTIALS) from None
        except HTTPError as fault:
            raise responses.unreachable(self.url, fault) from None
        found = responses.read(body)
        if found is None:
            said = f"{self.url} answers with a page, and not as Kubeflow Pipelines does: it wants you to sign in"
            raise rejected("PG521", said, CREDENTIALS)
        return found


@contextmanager
def connected(access: Access) -> Generator[Connection]:
    """The way there, for as long as it is needed."""
    client = _client(access)
    api_client = client.runs.run_service_get_run.__self__.api_client
    _bounded(api_client, access.answer_within)
    connection = Connection(client, api_client.configuration.host, None)
    try:
        yield Connection(client, connection.url, _namespace(access, connection))
    finally:
        api_client.rest_client.pool_manager.clear()


def named(name: str) -> str:
    """The filter of a list that leaves those of this name."""
    return json.dumps({"predicates": [{"operation": "EQUALS", "key": "display_name", "string_value": name}]})


def listed(connection: Connection, what: str, field: str, call: Callable[..., Any], **given: Json) -> list[Answer]:
    """Every element of a list."""
    return list(each_of(connection, what, field, call, **given))


def each_of(connection: Connection, what: str, field: str, call: Callable[..., Any], **given: Json) -> Iterator[Answer]:
    """The elements of a list, page by page, as far as they are asked for."""
    token = ""
    while True:
        asked = {name: value for name, value in given.items() if value is not None} | {"page_size": 100}
        page = connection.ask(what, _page(call, {**asked, "page_token": token} if token else asked))
        yield from page.get(field) or ()
        token = page.get("next_page_token") or ""
        if not token:
            return


def raw(call: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
    """A call of the generated client that leaves the answer as it came: it knows only what its own version knows."""
    return lambda: call(*arguments, **named, _preload_content=False)


def _page(call: Callable[..., Any], asked: Mapping[str, Any]) -> Callable[[], Any]:
    path = [asked["pipeline_id"]] if "pipeline_id" in asked else []
    return raw(call, *path, **{name: value for name, value in asked.items() if name != "pipeline_id"})


def _client(access: Access) -> Any:
    kfp = sdk("kfp.client", "kfp", "kubeflow")
    # The constructor asks the server how many users it has, without end where it does not answer, and prints.
    quiet: Any = type("Client", (kfp.Client,), {"get_kfp_healthz": _alone})
    given: dict[str, Any] = {"host": checked(access.settings).get("host") or access.environ.get(HOST) or None}
    if access.environ.get(TOKEN_PATH):
        path = access.environ[TOKEN_PATH]
        if not Path(path).is_file():
            raise rejected("PG521", f"{TOKEN_PATH} names `{path}`, and there is no such file")
        given["credentials"] = kfp.ServiceAccountTokenVolumeCredentials(path=path)
    if access.environ.get(TOKEN):
        given["existing_token"] = access.environ[TOKEN]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        client = quiet(**given)
    where = client.runs.run_service_get_run.__self__.api_client.configuration.host
    if not where.startswith(("http://", "https://")) or where == NOWHERE:
        hint = f"set `kubeflow: {{host: …}}` in the profile, or {HOST}"
        raise rejected("PG520", "where Kubeflow Pipelines is, nobody says, nor a Kubernetes configuration", hint)
    return client


def _alone(client: object) -> SimpleNamespace:
    del client
    return SimpleNamespace(multi_user=False)


def _bounded(api_client: Any, seconds: float) -> None:
    """No request waits for ever, is sent twice behind our back, or follows a redirection to a page."""
    from urllib3 import Retry

    rest = api_client.rest_client
    unbounded = rest.request
    refusal = sdk("kfp_server_api", "kfp", "kubeflow").ApiException

    def request(*arguments: Any, **named: Any) -> Any:
        try:
            return unbounded(*arguments, **{**named, "_request_timeout": (seconds, seconds)})
        except refusal as fault:
            if not fault.status:
                raise responses.unreachable(api_client.configuration.host, ConnectionError(fault.reason)) from None
            raise Refused(int(fault.status), bytes(fault.body or b"")) from None

    rest.request = request
    rest.pool_manager.connection_pool_kw["retries"] = Retry(0, raise_on_redirect=False)


def _namespace(access: Access, connection: Connection) -> str | None:
    """That of the profile, of the environment, of kfp's own configuration; in a notebook's pod, the pod's."""
    client = connection.client
    given = checked(access.settings).get("namespace") or access.environ.get(NAMESPACE) or client.get_user_namespace()
    if given or not POD_NAMESPACE.is_file():
        return given or None
    health = connection.ask("say how it is", raw(client.healthzs.healthz_service_get_healthz))
    return POD_NAMESPACE.read_text("utf-8").strip() if health.get("multi_user") else None
