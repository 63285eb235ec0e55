"""How documents reach a tool: over HTTP, asked again with longer and longer pauses, or into a file."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from pipeglot.rendering.redaction import remember
from pipeglot_records.answering.rows import Row
from pipeglot_records.engines.shipping import PASSING, opener, reason_of
from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.json_values import mapping

WITHIN: Final = 20.0
"""Seconds in which each request must be answered."""
PAUSES: Final = (0.5, 1.0, 2.0, None)
"""Seconds before the next try; None is the last one."""
LARGEST: Final = 1 << 26
"""Bytes of an answer."""


class NotTaken(RecordsFault):
    """The tool is not there, or refused a document."""

    code: ClassVar[str] = "PG601"

    def __init__(self, message: str, status: int | None = None, word: str = "") -> None:
        super().__init__(message, "run it again when that is mended: what is there already does not come twice")
        self.status, self.word = status, word


class Way:
    """`address` may end in a path. The token is told to it alone."""

    def __init__(self, address: str, token: str, environ: Mapping[str, str]) -> None:
        self.address, self._token = address.rstrip("/"), token
        self._open = opener(environ).open
        remember(token)

    @property
    def place(self) -> str:
        """The address, without what nobody may see."""
        return urlsplit(self.address).netloc.rpartition("@")[2]

    def ask(self, method: str, path: str, body: Row | None = None) -> Any:
        """What it answers in JSON, None where it says nothing. Raises `NotTaken`."""
        for pause in PAUSES:
            try:
                return self._ask(method, path, body)
            except NotTaken as fault:
                if pause is None or (fault.status is not None and fault.status not in PASSING):
                    raise
                time.sleep(pause)
        raise AssertionError("the last pause is None")

    def _ask(self, method: str, path: str, body: Row | None) -> Any:
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.request import Request

        headers = {"Content-Type": "application/json", "User-Agent": "pipeglot"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode("ascii")
        try:
            request = Request(f"{self.address}/{path}", data, headers, method=method)
            with self._open(request, timeout=WITHIN) as answer:
                return _read(answer.read(LARGEST))
        except HTTPError as fault:
            raise self._refused(fault) from None
        except URLError as fault:
            raise NotTaken(f"{self.place} cannot be reached: {reason_of(fault.reason)}") from None
        except (OSError, HTTPException, ValueError) as fault:
            raise NotTaken(f"{self.place} cannot be reached: {reason_of(fault)}") from None

    def _refused(self, fault: Any) -> NotTaken:
        with fault:
            said = _read(fault.read(10_000))
        fields = mapping(said)
        why = " ".join(str(fields.get("message") or "").split())[:300]
        message = f"{self.place} answered {fault.code}" + (f": {why}" if why else "")
        return NotTaken(message, fault.code, str(fields.get("error_code") or ""))


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
