"""The few calls that a run on Argo needs, whoever takes them to it, and what becomes of a refusal."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, cast

from pipeglot.ir import Json
from pipeglot_backends.remote.responses import Conflict, NotFound
from pipeglot_backends.remote.sdk import rejected

BUSY = (429, 500, 502, 503, 504)
TRIES = 5
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
