"""What a server's answers come to, in words that several targets share: try again, or tell the user in one line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.remote.sdk import rejected

T = TypeVar("T")
BUSY = (429, 500, 502, 503, 504)
TRIES = 5
PAUSE = 0.5
"""Seconds before the second try; each pause is twice the one before."""


class NotFound(Exception):
    """There is no such thing (404); the caller knows what that means."""


class Conflict(Exception):
    """It is there already (409)."""


class OutcomeUnknown(Exception):
    """Nobody knows whether it was done: no answer, half of one, or a fault of the server."""

    def __init__(self, fault: SpecRejected) -> None:
        super().__init__(str(fault))
        self.fault = fault
        """What to tell the user, who may have to be told."""


def retrying(once: Callable[[], T]) -> T:
    """The answer to what can be asked twice; again, ever later, while nobody answers: `OutcomeUnknown`."""
    for attempt in range(TRIES - 1):
        try:
            return once()
        except OutcomeUnknown:
            time.sleep(PAUSE * 2**attempt)
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
    try:
        if not stopped():
            ask()
    except SpecRejected:
        # it may have ended by itself in between, or have been told already: then nothing is left to do
        if not stopped():
            raise


def refused(where: str, what: str, status: int, message: str, credentials: str) -> Exception:
    """What an answer other than 2xx means, while `where` was asked to `what`."""
    if status == 404:
        return NotFound(what)
    if status == 409:
        return Conflict(what)
    if status == 401:
        return rejected("PG521", f"{where} does not accept who you are (401): {message}", credentials)
    if status == 403:
        return rejected("PG521", f"{where} does not let you {what} (403): {message}", credentials)
    if status < 400:
        return rejected("PG521", f"{where} sends you elsewhere to sign in ({status})", credentials)
    if status in BUSY:
        return OutcomeUnknown(rejected("PG524", f"{where} cannot {what} now ({status}): {message}"))
    return rejected("PG523", f"{where} refuses to {what} ({status}): {message}")


def unreachable(where: str, fault: Exception) -> OutcomeUnknown:
    """No answer, or half of one."""
    return OutcomeUnknown(rejected("PG520", f"nothing answers at {where}: {reason(fault)}"))


def reason(fault: BaseException) -> str:
    """The innermost reason, without the addresses in memory that libraries print."""
    while isinstance(inner := getattr(fault, "reason", None), BaseException):
        fault = inner
    return str(fault).rsplit(": ", 1)[-1].rstrip(")'") or type(fault).__name__


def read(body: bytes) -> Mapping[str, Json] | None:
    """The JSON object that an answer holds, `{}` for none, None for something else: a page to sign in, mostly."""
    try:
        found = cast(Json, json.loads(body or b"{}"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def table(there: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name of an answer, `{}` where there is none."""
    return cast("Mapping[str, Any]", there.get(name) or {})


def rows(there: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects under a name of an answer."""
    return list(cast("list[Mapping[str, Any]]", there.get(name) or ()))


def message(body: bytes, *names: str) -> str:
    """What a refusal says under one of `names`, in one line."""
    found = read(body) or {}
    said = next((found[name] for name in names if isinstance(found.get(name), str)), None)
    text = said if isinstance(said, str) else body.decode("utf-8", "replace")
    return " ".join(text.split())[:500]
