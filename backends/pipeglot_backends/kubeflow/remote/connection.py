"""The way to a Kubeflow Pipelines: where it is, who we are, and what its answers mean to a user."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipeglot.ir import Json
from pipeglot.rendering.redaction import remember
from pipeglot_backends.kubeflow.settings import checked
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.addresses import bare
from pipeglot_backends.remote.network import guarded, translated
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Server
from pipeglot_backends.remote.sdk import rejected, sdk

HOST, TOKEN_PATH = "KF_PIPELINES_ENDPOINT", "KF_PIPELINES_SA_TOKEN_PATH"
TOKEN, NAMESPACE = "KFP_EXISTING_TOKEN", "KFP_NAMESPACE"
CREDENTIALS = f"set {TOKEN_PATH} to the path of a token, or {TOKEN}"
ADDRESS = f"set `kubeflow: {{host: …}}` in the profile, or {HOST}"
LISTS = ("runs", "pipelines", "pipeline_versions", "experiments", "recurringRuns", "next_page_token", "total_size")
IDS = ("run_id", "pipeline_id", "pipeline_version_id", "experiment_id", "recurring_run_id")
WORDS = frozenset((*LISTS, *IDS, "multi_user"))
"""One of them is in whatever Kubeflow Pipelines answers, unless it has nothing to say."""
POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
NOWHERE = "http://localhost"
"""What kfp's client believes in when nobody told it where to go."""
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Connection:
    """kfp's client, signed in. `namespace` is the user's own, None where the engine has one for all."""

    client: Any
    url: str
    namespace: str | None
    server: Server

    def ask(self, what: str, call: Callable[[], Any]) -> Answer:
        """The answer to what can be asked twice; again, ever later, while the server is busy or away."""
        return responses.retrying(lambda: self.once(what, call))

    def once(self, what: str, call: Callable[[], Any]) -> Answer:
        """Raises `OutcomeUnknown` where it may have been done all the same."""
        with translated(self.server, what):
            return responses.read(bytes(call().data)) or {}


@contextmanager
def connected(access: Access) -> Generator[Connection]:
    """The way there, for as long as it is needed."""
    client = _client(access)
    api_client = client.runs.run_service_get_run.__self__.api_client
    url = str(api_client.configuration.host)
    connection = Connection(client, url, None, guarded(api_client, _server(url), access))
    try:
        yield replace(connection, namespace=_namespace(access, connection))
    finally:
        api_client.rest_client.pool_manager.clear()


def _server(url: str) -> Server:
    return Server(
        url,
        "Kubeflow Pipelines",
        address=ADDRESS,
        credentials=CREDENTIALS,
        said=partial(responses.message, names=("message", "error_message", "error")),
        own=lambda found: isinstance(found.get("code"), int) and found.get("message") != "Not Found",
        words=WORDS,
        authority="set SSL_CERT_FILE to a file with the certificate of the authority that signed it, "
        "or `certificate-authority` in the Kubernetes configuration",
        place=f"set `kubeflow: {{namespace: …}}` in the profile, or {NAMESPACE}",
    )


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
        yield from responses.rows(page, field)
        token = page.get("next_page_token") or ""
        if not token:
            return


def text(connection: Connection, there: Answer, name: str) -> str:
    """A field that is in every such answer of Kubeflow's."""
    found = there.get(name)
    if not isinstance(found, str):
        raise responses.strange(connection.server, f"without a `{name}`")
    return found


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
    host = checked(access.settings).get("host") or access.environ.get(HOST)
    given: dict[str, Any] = {"host": bare(host, "Kubeflow Pipelines", CREDENTIALS) if host else None}
    if access.environ.get(TOKEN_PATH):
        path = access.environ[TOKEN_PATH]
        if not Path(path).is_file():
            raise rejected("PG521", f"{TOKEN_PATH} names `{path}`, and there is no such file")
        remember(Path(path).read_text("utf-8", "replace").strip())
        given["credentials"] = kfp.ServiceAccountTokenVolumeCredentials(path=path)
    if access.environ.get(TOKEN):
        remember(access.environ[TOKEN])
        given["existing_token"] = access.environ[TOKEN]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        client = quiet(**given)
    where = client.runs.run_service_get_run.__self__.api_client.configuration.host
    if not where.startswith(("http://", "https://")) or where == NOWHERE:
        raise rejected("PG520", "where Kubeflow Pipelines is, nobody says, nor a Kubernetes configuration", ADDRESS)
    return client


def _alone(client: object) -> SimpleNamespace:
    del client
    return SimpleNamespace(multi_user=False)


def _namespace(access: Access, connection: Connection) -> str | None:
    """That of the profile, of the environment, of kfp's own configuration; in a notebook's pod, the pod's."""
    client = connection.client
    given = checked(access.settings).get("namespace") or access.environ.get(NAMESPACE) or client.get_user_namespace()
    if given or not POD_NAMESPACE.is_file():
        return given or None
    health = connection.ask("say how it is", raw(client.healthzs.healthz_service_get_healthz))
    return POD_NAMESPACE.read_text("utf-8").strip() if health.get("multi_user") else None
