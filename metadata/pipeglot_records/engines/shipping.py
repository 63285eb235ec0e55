"""The record of a run of this machine on its way to a server, while it is written: never in the way of the run."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pipeglot.ir import Json
from pipeglot_expression.runtime.contract import SINK_TOKEN
from pipeglot_records.model.json_values import mapping, read, sequence
from pipeglot_records.store.intake.ingest import logs

PAUSE: Final = 1.5
"""Seconds between two looks at what was written."""
LONGEST: Final = 30.0
"""Seconds between two tries, at most: they begin with one, and double."""
DEADLINE = 5.0
"""Seconds that a run waits for it at its end."""
SHORT: Final = 0.25
ROOM: Final = 1024 * 1024
LEAST: Final = 64 * 1024
PASSING: Final = frozenset((408, 413, 429, 500, 502, 503, 504))
CERTIFICATES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
EVENTS: Final = ("events", "application/x-ndjson", "known")
DEFINITION: Final = ("definitions", "application/json", "definition")
"""Where it goes, what it is, and a word of the answer, by which a page that says 200 to all is told apart."""


class Unsent(Exception):
    """Why it did not arrive. `passing`: another try may go better."""

    def __init__(self, why: str, *, passing: bool = True) -> None:
        super().__init__(why)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Parcel:
    """`offsets` is how far the logs are read once it arrived."""

    kind: tuple[str, str, str]
    body: bytes
    offsets: Mapping[Path, int] = field(default_factory=dict[Path, int])


def is_sent(sink: str | None) -> bool:
    return bool(sink) and str(sink).lower().startswith(("https://", "http://"))


class Shipper:
    """A thread of its own, which the process does not wait for longer than it says. `fault` is what is in the way."""

    def __init__(self, sink: str, definition: str, environ: Mapping[str, str] = os.environ) -> None:
        self._address = sink.rstrip("/")
        self._environ = environ
        self._token = environ.get(SINK_TOKEN, "").strip()
        self._definition: str | None = definition
        self._offsets: dict[Path, int] = {}
        self._room = ROOM
        self._refused = 0
        self.fault: Unsent | None = None
        self._over, self._left = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._record = Path()

    def begin(self, record: Path) -> None:
        self._record = record
        self._thread = threading.Thread(target=self._ship, name="sink", daemon=True)
        self._thread.start()

    def finish(self) -> str | None:
        """Why not all of it arrived, None where it did. Waits no longer than `DEADLINE`."""
        if self._thread is None:
            return None
        self._over.set()
        self._thread.join(DEADLINE)
        self._left.set()
        if self.fault is not None:
            return str(self.fault)
        if self._thread.is_alive():
            return "there was no answer in time"
        return f"{self._refused} lines were refused" if self._refused else None

    def _ship(self) -> None:
        pause, waited = 0.0, 1.0
        while not self._left.is_set():
            over = self._over.wait(pause)
            self.fault = self._round()
            if (over and self.fault is None) or (self.fault is not None and not self.fault.passing):
                return
            pause, waited = (PAUSE, 1.0) if self.fault is None else (waited, min(LONGEST, 2 * waited))
            if over:
                self._left.wait(SHORT)

    def _round(self) -> Unsent | None:
        """All that is there now."""
        try:
            for parcel in self._parcels():
                answer = self._post(parcel)
                self._refused += len(sequence(answer.get("refused")))
                self._offsets.update(parcel.offsets)
        except Unsent as fault:
            return fault
        except OSError as fault:
            return Unsent(f"the record cannot be read: {(fault.strerror or str(fault)).lower()}")
        except Exception as fault:
            # a mistake of ours is no reason to end a run otherwise
            return Unsent(f"{type(fault).__name__}: {fault}", passing=False)
        return None

    def _parcels(self) -> Iterator[Parcel]:
        if self._definition is not None:
            yield Parcel(DEFINITION, self._definition.encode("ascii"))
            self._definition = None
        while (parcel := self._gathered()).body:
            yield parcel

    def _gathered(self) -> Parcel:
        body, offsets = b"", dict[Path, int]()
        for path in logs((self._record,)):
            since, room = self._offsets.get(path, 0), self._room - len(body)
            if room < LEAST and body:
                break
            with path.open("rb") as file:
                file.seek(since)
                found = file.read(room)
            # a line counts once it has its end
            end = found.rfind(b"\n") + 1
            body, offsets[path] = body + found[:end], since + end
        return Parcel(EVENTS, body, offsets)

    def _post(self, parcel: Parcel) -> Mapping[str, Json]:
        """Raises `Unsent`."""
        import gzip
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.request import Request

        place, kind, word = parcel.kind
        headers = {"Content-Type": kind, "Content-Encoding": "gzip", "User-Agent": "pipeglot"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            request = Request(f"{self._address}/api/v1/{place}", gzip.compress(parcel.body, 5), headers, method="POST")
            with opener(self._environ).open(request, timeout=DEADLINE) as answer:
                return _said(answer.read(ROOM), word)
        except HTTPError as fault:
            fault.close()
            if fault.code == 413:
                self._room = max(LEAST, self._room // 2)
            raise Unsent(f"the server answered {fault.code}", passing=fault.code in PASSING) from None
        except URLError as fault:
            raise Unsent(reason_of(fault.reason)) from None
        except (OSError, HTTPException) as fault:
            raise Unsent(reason_of(fault)) from None
        except ValueError:
            raise Unsent("the sink is no address, or its token no word", passing=False) from None


def _said(answer: bytes, word: str) -> Mapping[str, Json]:
    found: Mapping[str, Json] = {}
    with suppress(ValueError):
        found = mapping(read(answer.decode("utf-8", "replace")))
    if word not in found:
        raise Unsent("what answers there is no server of pipeglot", passing=False)
    return found


def reason_of(fault: object) -> str:
    if isinstance(fault, TimeoutError):
        return "there was no answer in time"
    return str(getattr(fault, "strerror", None) or type(fault).__name__).lower()


def opener(environ: Mapping[str, str]) -> Any:
    """By the proxies and certificates that the environment names; what points elsewhere is not followed."""
    import ssl
    from urllib.request import HTTPRedirectHandler, HTTPSHandler, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: Any, **__: Any) -> None:
            return None

    context = ssl.create_default_context()
    for place in (environ[name] for name in CERTIFICATES if environ.get(name)):
        context.load_verify_locations(**{"capath" if Path(place).is_dir() else "cafile": place})
    return build_opener(HTTPSHandler(context=context), Stay())
