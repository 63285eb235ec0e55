"""The way to an Airflow's REST API: where it is, who we are, and what its answers mean to a user."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.airflow.settings import read
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Conflict, NotFound
from pipeglot_backends.remote.sdk import limited, rejected

if TYPE_CHECKING:
    from airflow_client.client import ApiClient

URL = "AIRFLOW_API_URL"
TOKENS = ("AIRFLOW_API_TOKEN", "AIRFLOW_CLI_TOKEN")
USER, PASSWORD = "AIRFLOW_USERNAME", "AIRFLOW_PASSWORD"
CREDENTIALS = f"set {TOKENS[0]}, or {USER} and {PASSWORD}"
TRIES = 5
PAUSE = 0.5
"""Seconds before the second try again; each pause is twice the one before."""
BUSY = (429, 500, 502, 503, 504)
PAGE = 100
"""As many elements of a list as Airflow tells at a time, whatever is asked for."""
Element = TypeVar("Element")


@dataclass(frozen=True, slots=True)
class Connection:
    client: ApiClient
    url: str

    @contextmanager
    def asking(self, what: str) -> Generator[None]:
        """What Airflow refuses while it is asked to `what`, as a diagnostic; 404 and 409 as exceptions of their own."""
        from airflow_client.client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        try:
            yield
        except ApiException as refusal:
            answer = cast(Any, refusal)  # the client does not say what these two are
            raise _refused(what, self.url, int(answer.status or 0), _detail(answer.body)) from None
        except HTTPError as fault:
            raise _away(self.url, fault) from None


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
    try:
        from airflow_client.client import ApiClient, Configuration
        from urllib3 import Retry
    except ModuleNotFoundError:
        hint = "pip install 'pipeglot[airflow]'"
        raise rejected("PG525", "the package `apache-airflow-client` is not installed", hint) from None
    url = address(access)
    retries = Retry(
        total=TRIES,
        connect=2,
        backoff_factor=PAUSE,
        status_forcelist=BUSY,
        # Repeating a POST is safe: a run is triggered under an id of ours, which Airflow takes once.
        allowed_methods=None,
        raise_on_status=False,
    )
    configuration = Configuration(host=url, retries=retries)
    configuration.access_token = _token(url, access, retries)
    client = ApiClient(configuration)
    limited(client, access.answer_within)
    return Connection(client, url)


def address(access: Access) -> str:
    """The server's URL: the profile's, else the environment's."""
    url = read(access.settings).url or access.environ.get(URL)
    if not url:
        raise rejected("PG520", "where Airflow is, nobody says", f"set `airflow: {{url: …}}` in the profile, or {URL}")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise rejected("PG520", f"`{url}` is not the URL of an Airflow", "it looks like http://127.0.0.1:8080")
    return re.sub(r"(/api/v2)?/*$", "", url)


def _token(url: str, access: Access, retries: object) -> str:
    environ, within = access.environ, access.answer_within
    for name in TOKENS:
        if environ.get(name):
            return environ[name]
    user, password = environ.get(USER), environ.get(PASSWORD)
    if user and password is not None:
        return _signed_in(url, {"username": user, "password": password}, retries, within)
    if user or password:
        missing = PASSWORD if user else USER
        raise rejected("PG521", f"`{missing}` is not set, and `{USER if user else PASSWORD}` is", CREDENTIALS)
    return _signed_in(url, None, retries, within)


def _signed_in(url: str, credentials: dict[str, str] | None, retries: object, within: float) -> str:
    """A token for a user and password; without them the one that an Airflow where all are admins gives."""
    from urllib3 import PoolManager, Retry
    from urllib3.exceptions import HTTPError

    pool = PoolManager(retries=cast(Retry, retries), timeout=within)
    body = None if credentials is None else json.dumps(credentials)
    headers = {"Content-Type": "application/json"}
    try:
        answer = pool.request("POST" if credentials else "GET", f"{url}/auth/token", body=body, headers=headers)
    except HTTPError as fault:
        raise _away(url, fault) from None
    found = _json(answer.data)
    token = found.get("access_token") if isinstance(found, dict) else None
    if isinstance(token, str):
        return token
    if credentials is None:
        raise rejected("PG521", f"the Airflow at {url} wants to know who you are", CREDENTIALS)
    if answer.status in (401, 403):
        raise rejected("PG521", f"the Airflow at {url} does not know this user and password", CREDENTIALS)
    raise rejected("PG524", f"the Airflow at {url} gave no token ({answer.status}): {_detail(answer.data)}")


def _refused(what: str, url: str, status: int, detail: str) -> SpecRejected | NotFound | Conflict:
    if status == 404:
        return NotFound(what)
    if status == 409:
        return Conflict(what)
    if status == 401:
        return rejected("PG521", f"the Airflow at {url} does not accept the token (401): {detail}", CREDENTIALS)
    if status == 403:
        return rejected("PG521", f"the Airflow at {url} does not let this user {what} (403): {detail}", CREDENTIALS)
    if status in (400, 422):
        return rejected("PG523", f"Airflow refuses to {what}: {detail}")
    return rejected("PG524", f"the Airflow at {url} cannot {what} now ({status}): {detail}")


def _away(url: str, fault: Exception) -> SpecRejected:
    from urllib3.exceptions import MaxRetryError

    reason = fault.reason if isinstance(fault, MaxRetryError) and fault.reason else fault
    return rejected("PG520", f"no Airflow answers at {url}: {re.sub(r'^.*: ', '', str(reason))}")


def _detail(body: str | bytes | None) -> str:
    """What the answer says, in one line."""
    found = _json(body or b"")
    detail = found.get("detail", found) if isinstance(found, dict) else found
    if isinstance(detail, dict):
        detail = detail.get("reason") or detail.get("message") or detail
    text = detail if isinstance(detail, str) else json.dumps(detail)
    return re.sub(r"\s+", " ", text)[:500]


def _json(body: str | bytes) -> Json:
    try:
        return cast(Json, json.loads(body))
    except ValueError:
        return body if isinstance(body, str) else body.decode("utf-8", "replace")
