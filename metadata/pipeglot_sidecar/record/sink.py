"""The record on its way to a server while it is written: by a thread of its own, and never in the way of the step.

What is sent is what stands in the record's file, whole lines of it; what does not arrive leaves by the engine's way.
"""

from __future__ import annotations

import os
from time import monotonic

from pipeglot_sidecar.record.messages import print_message
from pipeglot_sidecar.record.posting import Undelivered, posting, silence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOOK_EVERY = 1.5
"""Seconds between two looks at what was written."""
REST_AT_MOST = 30.0
"""Seconds between two tries, at most: they begin with one, and double."""
DRAIN = 5.0
"""Seconds that a step waits for its record at its end, and a request for its answer."""
IN_DOUBT = 1.0
"""The same where nothing arrived before."""
PARCEL, SMALL_PARCEL = 1024 * 1024, 64 * 1024
TOO_LARGE = 413
WORTH_ANOTHER = (408, 429, 500, 502, 503, 504)


class Sink:
    """One server, and how much of one file it has. `fault` is why nothing more arrives."""

    def __init__(self, address: str, token: str, record: str) -> None:
        from threading import Event, Thread

        self._place = address.rstrip("/") + "/api/v1/events"
        self._token = token
        self._record = record
        self._offset = 0
        self._room = PARCEL
        self._opener: Any = None
        self._over = Event()
        self._until = float("inf")
        self.fault: Undelivered | None = None
        self._thread = Thread(target=self._send_all, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        patience = DRAIN if self.fault is None else IN_DOUBT
        self._until = monotonic() + patience
        self._over.set()
        self._thread.join(patience)
        if self.fault is not None or self._thread.is_alive():
            why = str(self.fault or "there was no answer in time")
            print_message(f"not all of the record is at the sink: {why}; the engine has it")

    def _send_all(self) -> None:
        pause, wait = 0.0, 1.0
        while True:
            is_last = self._over.wait(pause)
            try:
                while self._send_some():
                    wait = 1.0
                self.fault = None
            except Undelivered as fault:
                self.fault = fault
                if not fault.passing:
                    return
            except Exception as fault:
                # a mistake of ours is no reason to end a step otherwise
                self.fault = Undelivered(f"{type(fault).__name__}: {fault}")
                return
            if is_last:
                return
            pause, wait = (LOOK_EVERY, 1.0) if self.fault is None else (wait, min(REST_AT_MOST, 2 * wait))

    def _send_some(self) -> bool:
        """Whether there was something, which is there now. Raises `Undelivered`."""
        with open(self._record, "rb") as file:
            file.seek(self._offset)
            found = file.read(self._room)
        # a line counts once it has its end
        body = found[: found.rfind(b"\n") + 1]
        if body:
            self._offset += self._post(body)
        return bool(body)

    def _post(self, body: bytes) -> int:
        """How much of it arrived: all, or nothing where less is to be sent at once. Raises `Undelivered`."""
        from gzip import compress
        from http.client import HTTPException, InvalidURL
        from urllib.error import HTTPError, URLError
        from urllib.request import Request

        headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip", "User-Agent": "pipeglot"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        self._opener = self._opener or posting()
        patience = max(0.1, min(DRAIN, self._until - monotonic()))
        try:
            request = Request(self._place, compress(body, 5), headers, method="POST")
            with self._opener.open(request, timeout=patience) as answer:
                heard(answer.read(PARCEL).strip())
            return len(body)
        except HTTPError as fault:
            fault.close()
            if fault.code == TOO_LARGE and self._room > SMALL_PARCEL:
                self._room //= 2
                return 0
            raise Undelivered(f"the server answered {fault.code}", fault.code in WORTH_ANOTHER) from None
        except URLError as fault:
            raise Undelivered(silence(fault.reason, patience), True) from None
        except (InvalidURL, ValueError):
            raise Undelivered("the sink is no address, or its token no word") from None
        except (OSError, HTTPException) as fault:
            raise Undelivered(silence(fault, patience), True) from None


def heard(said: bytes) -> None:
    """Raises `Undelivered` where it is not what a server of pipeglot says once it has all."""
    if said[:1] == b"{" and said[-1:] != b"}":
        raise Undelivered("the answer was cut off", True)
    if b'"known"' not in said:
        raise Undelivered("what answers there is no server of pipeglot")


SINKS: list[Sink] = []


def begin_sink(environ: dict[str, str], record: str | None) -> None:
    """Where the profile names a server."""
    address = environ.get("PIPEGLOT_SINK", "")
    if address and record and os.path.exists(record):
        SINKS.append(Sink(address, environ.get("PIPEGLOT_SINK_TOKEN", "").strip(), record))


def end_sink() -> None:
    """Waits no longer than `DRAIN`."""
    for sink in SINKS:
        sink.finish()
    SINKS.clear()
