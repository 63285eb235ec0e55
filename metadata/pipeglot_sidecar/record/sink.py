"""The record on its way to a server while it is written: by a thread of its own, and never in the way of the step.

What is sent is what stands in the record's file, whole lines of it; what does not arrive leaves by the engine's way.
"""

from __future__ import annotations

import os
from time import monotonic, time

from pipeglot_expression.runtime.contract import SINK, SINK_TOKEN
from pipeglot_sidecar.record.exchange import NO_SERVER, Exchange
from pipeglot_sidecar.record.messages import print_message
from pipeglot_sidecar.record.posting import Undelivered
from pipeglot_sidecar.record.secret_manager import secret_value

LOOK_FIRST, LOOK_EVERY = 0.2, 1.5
"""Seconds until one looks at what was written: first once the command runs, which imports would hold up."""
REST_AT_MOST = 30.0
"""Seconds between two tries, at most: they begin with one, and double."""
DRAIN = 5.0
"""Seconds that a step waits for its record at its end, and a request for its answer."""
IN_DOUBT = 0.03
"""The same where nothing arrived before: of this step, or of another of its run at the same place."""
LATE = 2.0
"""Seconds after which an answer that did not come is in doubt."""
DOUBT = ".sink-is-silent"
"""A file beside the record: from when on one waited in vain."""
PARCEL, SMALL_PARCEL = 1024 * 1024, 64 * 1024
OK, TOO_LARGE = 200, 413
WORTH_ANOTHER = (408, 429, 500, 502, 503, 504)


class Sink:
    """One server, and how much of one file it has. `fault` is why nothing more arrives."""

    def __init__(self, address: str, environ: dict[str, str], record: str) -> None:
        from _thread import allocate_lock, start_new_thread

        self._address = address.rstrip("/") + "/api/v1/events"
        self._environ = environ
        self._exchange: Exchange | None = None
        self._record = record
        self._offset = 0
        self._room = PARCEL
        self._until = self._asked = float("inf")
        self._doubt = os.path.join(os.path.dirname(record), DOUBT)
        self._is_in_doubt = _is_in_doubt_still(self._doubt)
        self.fault: Undelivered | None = None
        # `threading` takes longer to import than all that a short step has to say takes to send
        self._over, self._left = allocate_lock(), allocate_lock()
        self._over.acquire()
        self._left.acquire()
        start_new_thread(self._work, ())

    def finish(self) -> None:
        self._until = monotonic() + DRAIN
        self._over.release()
        is_late = self._is_in_doubt or monotonic() - self._asked > LATE
        has_left = self._left.acquire(timeout=IN_DOUBT if is_late else DRAIN)
        if is_late and not (has_left or self._is_in_doubt):
            has_left = self._left.acquire(timeout=DRAIN - IN_DOUBT)
        self._note(has_left)
        if self.fault is not None or not has_left:
            why = str(self.fault or "there was no answer in time")
            print_message(f"not all of the record is at the sink: {why}; the engine has it")

    def _note(self, has_left: bool) -> None:
        """Tells the next step whether to wait."""
        try:
            if not has_left:
                with open(self._doubt, "wb"):
                    pass
            elif self.fault is None and os.path.exists(self._doubt):
                os.unlink(self._doubt)
        except OSError:
            return  # where that cannot be told each waits for itself

    def _work(self) -> None:
        try:
            self._send_all()
        except Exception as fault:
            # a mistake of ours is no reason to end a step otherwise
            self.fault = Undelivered(f"{type(fault).__name__}: {fault}")
        self._left.release()

    def _send_all(self) -> None:
        pause, wait, is_last = LOOK_FIRST, 1.0, False
        while not is_last:
            if self._over.acquire(timeout=pause):
                is_last = True
            try:
                while self._send_some():
                    wait = 1.0
                self.fault = None
            except Undelivered as fault:
                self.fault = fault
                if not fault.passing:
                    return
                self._is_in_doubt = True
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
        self._asked = monotonic()
        self._exchange = self._exchange or Exchange(self._address, _headers(self._environ))
        status, said = self._exchange.post(zipped(body), max(0.1, min(DRAIN, self._until - monotonic())))
        self._asked, self._is_in_doubt = float("inf"), False
        if status == OK:
            heard(said.strip())
            return len(body)
        if status == TOO_LARGE and self._room > SMALL_PARCEL:
            self._room //= 2
            return 0
        raise Undelivered(f"the server answered {status}", status in WORTH_ANOTHER)


def _headers(environ: dict[str, str]) -> dict[str, str]:
    """With the token of the environment, else of Secret Manager, which is asked once. Raises `Undelivered`."""
    token = environ.get(SINK_TOKEN)
    if token is None:
        token = secret_value(environ, "pipeglot-sink", "token") or ""
    headers = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip", "User-Agent": "pipeglot"}
    if token.strip():
        headers["Authorization"] = f"Bearer {token.strip()}"
    return headers


def zipped(body: bytes) -> bytes:
    """As gzip, whose module is more than is needed of it."""
    from zlib import DEFLATED, MAX_WBITS, compressobj

    packer = compressobj(5, DEFLATED, MAX_WBITS | 16)
    return packer.compress(body) + packer.flush()


def heard(said: bytes) -> None:
    """Raises `Undelivered` where it is not what a server of pipeglot says once it has all."""
    if said[:1] == b"{" and said[-1:] != b"}":
        raise Undelivered("the answer was cut off", True)
    if b'"known"' not in said:
        raise Undelivered(NO_SERVER)


def _is_in_doubt_still(doubt: str) -> bool:
    try:
        return time() - os.stat(doubt).st_mtime < REST_AT_MOST
    except OSError:
        return False


SINKS: list[Sink] = []


def begin_sink(environ: dict[str, str], record: str | None) -> None:
    """Where the profile names a server."""
    address = environ.get(SINK, "")
    if address and record and os.path.exists(record):
        SINKS.append(Sink(address, environ, record))


def end_sink() -> None:
    """Waits no longer than `DRAIN`."""
    for sink in SINKS:
        sink.finish()
    SINKS.clear()
