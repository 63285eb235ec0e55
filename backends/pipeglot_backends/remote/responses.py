"""What a server's answers come to, in words that several targets share: try again, or tell the user in one line."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.remote.proxies import Proxy
from pipeglot_backends.remote.sdk import rejected

T = TypeVar("T")
BUSY = (429, 500, 502, 503, 504)
TRIES = 5
PAUSE = 0.5
"""Seconds before the second try; each pause is twice the one before."""
LONGEST = 30.0
"""Seconds that a server may ask us to wait before the next try (`Retry-After`); one that wants more is told of."""
PATIENCE = 120.0
"""Seconds after which nothing is asked again."""
BEFORE = b'\xef\xbb\xbf \t\r\n"'
"""What may stand before a page begins."""
AGAIN = "the same command is safe to repeat later"


class NotFound(SpecRejected):
    """There is no such thing (404); the caller may know what that means."""

    def __init__(self, said: str = "what was asked for is not there any more", hint: str | None = None) -> None:
        super().__init__([Diagnostic("PG522", said, hint=hint)])


class Conflict(SpecRejected):
    """It is there already (409)."""

    def __init__(self, said: str = "it is there already") -> None:
        super().__init__([Diagnostic("PG524", said)])


class OutcomeUnknown(Exception):
    """Nobody knows whether it was done: no answer, half of one, or a fault of the server."""

    def __init__(self, fault: SpecRejected, after: float | None = None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        """What to tell the user, who may have to be told."""
        self.after = after
        """Seconds in which the server wants to be asked again, where it says so."""


class Refused(Exception):
    """An answer other than 2xx, before anyone says what it means."""

    def __init__(self, method: str, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.method = method
        self.status = status
        self.body = body
        self.headers = headers


class Strange(Exception):
    """An answer of 2xx that is none of the engine's; the message says what it is."""


@dataclass(frozen=True, slots=True)
class Server:
    """Who is asked: its URL and its engine's name, as users know them. The rest are hints: what to set.

    `address`: where it is; `credentials`: who we are; `authority`: whose certificates are taken. `place` is the hint
    for a namespace or project that it does not know. `said` reads why it refuses, `own` tells its own 404 from that of
    a server that is another. `words`: one of them is in every answer that is not empty.
    """

    url: str
    engine: str
    address: str
    credentials: str
    said: Callable[[bytes], str]
    own: Callable[[Mapping[str, Json]], bool]
    words: frozenset[str] = frozenset()
    authority: str = "set SSL_CERT_FILE to a file with the certificate of the authority that signed it"
    place: str | None = None
    texts: str = ""
    """How paths end whose answers are whatever somebody wrote."""
    proxy: Proxy | None = None


def retrying(once: Callable[[], T]) -> T:
    """The answer to what can be asked twice; again, ever later, while nobody answers: `OutcomeUnknown`."""
    until = time.monotonic() + PATIENCE
    for attempt in range(TRIES - 1):
        try:
            return once()
        except OutcomeUnknown as unsure:
            pause = max(PAUSE * 2**attempt, unsure.after or 0.0)
            if pause > LONGEST or time.monotonic() + pause > until:
                raise unsure.fault from None
            time.sleep(pause)
    try:
        return once()
    except OutcomeUnknown as unsure:
        raise unsure.fault from None


def make_once(make: Callable[[], object], made: Callable[[], bool]) -> None:
    """Not asked twice before it was looked for: of a server that takes as many of the same name as it is given."""
    for attempt in range(TRIES):
        try:
            make()
            return
        except OutcomeUnknown as unsure:
            time.sleep(PAUSE * 2**attempt)
            if made():
                return
            if attempt == TRIES - 1:
                raise unsure.fault from None


def stop(stopped: Callable[[], bool], ask: Callable[[], object]) -> None:
    """Asks to stop what is not over, nor on its way there. Both raise `NotFound` where there is no such thing."""
    if stopped():
        return
    try:
        ask()
    except SpecRejected:
        # it may have ended by itself in between, or have been told already: then nothing is left to do
        if not stopped():
            raise


def judge(
    server: Server, method: str, status: int, body: bytes, headers: Mapping[str, str], *, text: bool = False
) -> None:
    """Raises `Refused`, and `Strange` where no engine answers so: a page, mostly, to sign in."""
    if not 200 <= status < 300:
        raise Refused(method, status, body, headers)
    if text and "html" not in headers.get("Content-Type", ""):
        return
    if body.strip() in (b"", b"null"):
        if method == "GET":
            raise Strange("with nothing")
        return
    found = read(body)
    if found is None:
        raise Strange("with a page" if body.lstrip(BEFORE)[:1] == b"<" else "with what is no JSON object")
    if found and server.words and server.words.isdisjoint(found):
        raise Strange(f"with fields of its own ({', '.join(sorted(found)[:3])})")


def strange(server: Server, what: str) -> SpecRejected:
    """Of an answer that is none of the engine's."""
    said = f"{server.url} answers {what}, and not as {server.engine} does"
    if what == "with a page":
        hint = f"{server.credentials}; where that is another server, {server.address}"
        return rejected("PG521", f"{said}: it wants you to sign in, or it is another server", hint)
    return rejected("PG520", said, server.address)


def refused(server: Server, what: str, refusal: Refused) -> Exception:
    """What an answer other than 2xx means, while the server was asked to `what`."""
    status, where = refusal.status, server.url
    said = server.said(refusal.body)
    if status < 400:
        return elsewhere(server, status, refusal.headers.get("Location") or "")
    if status == 404:
        return _missing(server, what, refusal.body, said)
    if status == 409:
        known = f"{where} cannot {what} (409): {said}"
        return Conflict(known) if refusal.method == "POST" else rejected("PG524", known)
    if status == 401:
        return rejected("PG521", f"{where} does not accept who you are (401): {said}", server.credentials)
    if status == 403:
        return rejected("PG521", f"{where} does not let you {what} (403): {said}", server.credentials)
    if status in BUSY:
        return _busy(server, what, status, said, refusal.headers.get("Retry-After") or "")
    return rejected("PG523", f"{where} refuses to {what} ({status}): {said}")


def elsewhere(server: Server, status: int, location: str) -> SpecRejected:
    """Nothing is sent on: what proves who we are is for this server alone. Queries hold tokens, and are not shown."""
    parts = urlsplit(location)
    host = parts.netloc.rpartition("@")[2]
    place = f"{parts.scheme}://{host}{parts.path}" if host else parts.path
    there = f": {place}" if place else ""
    if status in (307, 308) or (host and host.partition(":")[0] == urlsplit(server.url).hostname):
        return rejected("PG521", f"{server.url} sends you elsewhere ({status}){there}", server.address)
    hint = f"{server.credentials}; where {server.engine} is elsewhere, {server.address}"
    return rejected("PG521", f"{server.url} sends you elsewhere to sign in ({status}){there}", hint)


def _missing(server: Server, what: str, body: bytes, said: str) -> SpecRejected:
    if not server.own(read(body) or {}):
        text = f"what answers at {server.url} is not {server.engine}: it knows no way to {what} (404)"
        return rejected("PG520", text, server.address)
    text = f"{server.url} cannot {what} (404): {said}"
    if re.search(r"\bnamespaces? [\"'`]", said):
        return rejected("PG522", text, server.place)
    return NotFound(text, server.place)


def _busy(server: Server, what: str, status: int, said: str, later: str) -> OutcomeUnknown:
    after = _seconds(later)
    until = f"; it wants to be asked again in {after:.0f} s" if after and after > LONGEST else ""
    return OutcomeUnknown(rejected("PG524", f"{server.url} cannot {what} now ({status}): {said}{until}", AGAIN), after)


def _seconds(later: str) -> float | None:
    """What `Retry-After` says: seconds, or a moment."""
    if later.strip().isdigit():
        return float(later)
    try:
        return max(0.0, (parsedate_to_datetime(later) - datetime.now(timezone.utc)).total_seconds())
    except (ValueError, TypeError):
        return None


def reason(fault: BaseException) -> str:
    """The innermost reason, without the addresses in memory that libraries print."""
    while isinstance(inner := getattr(fault, "reason", None), BaseException):
        fault = inner
    return str(fault).rsplit(": ", 1)[-1].rstrip(")'\"") or type(fault).__name__


def read(body: bytes) -> Mapping[str, Json] | None:
    """The JSON object that an answer holds, `{}` for none, None for something else: a page to sign in, mostly."""
    try:
        found = cast(Json, json.loads(body or b"{}"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def table(there: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name of an answer, `{}` where there is none."""
    found = there.get(name)
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def rows(there: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects under a name of an answer."""
    found = cast("list[Any]", there.get(name) or ())
    return [each for each in found if isinstance(each, Mapping)]


def message(body: bytes, names: Iterable[str]) -> str:
    """What a refusal says under one of `names`, in one line."""
    found = read(body) or {}
    inner = found.get("error")
    found = inner if isinstance(inner, dict) else found
    said = next((found[name] for name in names if isinstance(found.get(name), str)), None)
    return line(said if isinstance(said, str) else body.decode("utf-8", "replace"))


def line(text: str) -> str:
    """One line of a text that a stranger wrote; of a page its title."""
    if text.lstrip()[:1] == "<":
        title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
        text = (title[1].strip() if title else "") or "a page"
    plain = "".join(each if each.isprintable() else " " for each in text[:5000])
    return " ".join(plain.split())[:500] or "no reason is told"
