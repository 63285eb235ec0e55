"""Answers of a server, `pipeglot serve`, over HTTP."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request

from pipeglot.rendering.redaction import remember
from pipeglot_records.answering.last_words import captured
from pipeglot_records.answering.rows import LogRow, Row
from pipeglot_records.engines.shipping import opener, reason_of
from pipeglot_records.faults import RunUnknown, ServedFault
from pipeglot_records.queries.asking import Asking
from pipeglot_records.queries.filter import FilterFault

TOKEN: Final = "PIPEGLOT_RECORDS_TOKEN"
PATIENCE: Final = 60.0
MOST: Final = 10_000
"""Runs in one answer."""
LARGEST: Final = 1 << 30
"""Bytes of an answer."""


class Served:
    """`token` needs the role `read`; without one `PIPEGLOT_RECORDS_TOKEN` has it."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._address = address.rstrip("/")
        self._place = self._address.partition("://")[2].rpartition("@")[2]
        self._token = (token or os.environ.get(TOKEN, "")).strip()
        remember(self._token)
        if not _is_plain(self._address):
            message = "the address of a server has a host, and neither a user, a query nor a fragment"
            raise ServedFault(message, "write it as `https://records.acme.example`; the token goes beside it")

    def close(self) -> None:
        pass

    def runs(self, question: Asking) -> list[Row]:
        words = {name: getattr(question, name) for name in ("pipeline", "state", "where", "sort", "columns")}
        desc = "true" if question.desc else None
        found: list[Row] = self._ask(list, "runs", **words, desc=desc, limit=str(question.limit or MOST))
        return found

    def show(self, name: str) -> Row:
        found: Row = self._ask(dict, f"runs/{_part(name)}")
        return found

    def normal(self, name: str) -> str:
        return self._text(f"runs/{_part(name)}/normal")

    def curves(self, name: str, step: str | None, metric: str | None) -> list[Row]:
        found: list[Row] = self._ask(list, f"runs/{_part(name)}/metrics", step=step, name=metric)
        return found

    def artifacts(self, name: str) -> list[Row]:
        found: list[Row] = self._ask(list, f"runs/{_part(name)}/artifacts")
        return found

    def diff(self, before: str, after: str) -> Row:
        found: Row = self._ask(dict, "diff", before=before, after=after)
        return found

    def lineage(self, name: str, artifact: str | None, *, up: bool, down: bool) -> Row:
        ways = {"up": str(up).lower(), "down": str(down).lower()}
        found: Row = self._ask(dict, f"runs/{_part(name)}/lineage", artifact=artifact, **ways)
        return found

    def logs(self, name: str, step: str) -> list[LogRow]:
        return captured(self.show(name), step)

    def _ask(self, kind: type, path: str, **params: str | None) -> Any:
        text, found = self._text(path, **params), None
        with suppress(ValueError, RecursionError):
            found = json.loads(text)
        if not isinstance(found, kind):
            raise ServedFault(f"what answers at `{self._place}` is no server of pipeglot")
        return found

    def _text(self, path: str, **params: str | None) -> str:
        query = urlencode({name: value for name, value in params.items() if value is not None})
        headers = {"User-Agent": "pipeglot", **({"Authorization": f"Bearer {self._token}"} if self._token else {})}
        try:
            request = Request(f"{self._address}/api/v1/{path}" + (f"?{query}" if query else ""), headers=headers)
            with opener(os.environ).open(request, timeout=PATIENCE) as answer:
                found = answer.read(LARGEST + 1)
        except HTTPError as fault:
            raise self._refused(fault) from None
        except URLError as fault:
            raise self._away(reason_of(fault.reason)) from None
        except (OSError, HTTPException) as fault:
            raise self._away(reason_of(fault)) from None
        except ValueError:
            raise ServedFault("the address of the server is none, or its token no word") from None
        if len(found) > LARGEST:
            raise ServedFault(f"the answer of `{self._place}` is larger than 1 GiB", "ask for less at a time")
        return bytes(found).decode("utf-8", "replace")

    def _away(self, why: str) -> ServedFault:
        return ServedFault(f"the server at `{self._place}` does not answer: {why}")

    def _refused(self, fault: HTTPError) -> Exception:
        said, hint = _said(fault)
        if said is None:
            return ServedFault(f"what answers at `{self._place}` is no server of pipeglot: it answered {fault.code}")
        if fault.code == 404:
            return RunUnknown(f"{said}, at `{self._place}`")
        if fault.code == 400:
            return FilterFault(said, 0, 0, hint)
        hint = f"a token with the role `read` goes into {TOKEN}" if fault.code in (401, 403) else hint
        return ServedFault(f"the server at `{self._place}` answered {fault.code}: {said}", hint)


def _said(fault: HTTPError) -> tuple[str | None, str | None]:
    """Its own words, and a hint; none of a stranger, who may answer with whatever he likes."""
    try:
        found = json.loads(fault.read(1 << 16))
        hint = found.get("hint")
        return str(found["error"]), None if hint is None else str(hint)
    except (ValueError, TypeError, LookupError, AttributeError, OSError, HTTPException):
        return None, None
    finally:
        fault.close()


def _is_plain(address: str) -> bool:
    try:
        found = urlsplit(address)
        return bool(found.hostname) and not (found.username or found.password or found.query or found.fragment)
    except ValueError:
        return False


def _part(name: str) -> str:
    return quote(name, safe="")
