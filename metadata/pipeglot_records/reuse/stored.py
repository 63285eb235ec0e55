"""What lies in object stores and nobody names any more: told, and taken away, by the sidecar, which opens them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources

from pipeglot_records.engines.needed import all_places
from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.json_values import integer, mapping
from pipeglot_records.store.database import Store

CONTENT = re.compile(r"(?P<store>[a-z][a-z0-9+.-]*://.+)/(?:sha256|dirhash)/[0-9a-f]{64}(?:-[0-9a-f]{8})?/[^/]+")
"""An address of what a sidecar sent; others are of an engine's own repository, and are left alone."""
DAY = 86400.0
TOLD = "pipeglot: "


class Unswept(RecordsFault):
    """An object store in which nothing can be looked for."""

    code = "PG360"


@dataclass(frozen=True, slots=True)
class SweptStore:
    """`kept` and `entries` count kept work, that which stays and that which goes, `artifacts` those that go.

    `young` are artifacts that nobody names, and that came too short a time ago to be taken away.
    """

    kept: int = 0
    entries: int = 0
    artifacts: int = 0
    bytes: int = 0
    young: int = 0

    def __add__(self, other: SweptStore) -> SweptStore:
        both = zip(self.numbers, other.numbers, strict=True)
        return SweptStore(*(one + another for one, another in both))

    @property
    def numbers(self) -> tuple[int, ...]:
        return (self.kept, self.entries, self.artifacts, self.bytes, self.young)


def sweep_stores(urls: Iterable[str], *, apply: bool, wait: float | None = None) -> SweptStore:
    """Artifacts that no run needs, store by store: those that kept work names stay. Raises `Unswept`."""
    by_store: dict[str, list[str]] = {}
    for url in sorted(urls):
        if found := CONTENT.fullmatch(url):
            by_store.setdefault(found["store"], []).append(url)
    total = SweptStore()
    for place, artifacts in by_store.items():
        total += _asked(place, {"artifacts": artifacts, "apply": apply}, wait)
    return total


def sweep_kept_work(
    store: Store, place: str, unused: int | None, *, apply: bool, wait: float | None = None
) -> SweptStore:
    """Kept work that was done `unused` days ago, and what it alone names: no other work, and no run of this store."""
    needed = [uri for _, uri, _, _ in all_places(store) if uri.startswith(place)]
    days = None if unused is None else unused * DAY
    return _asked(place, {"unused": days, "needed": needed, "apply": apply}, wait)


def _asked(place: str, wanted: dict[str, object], wait: float | None) -> SweptStore:
    given = {"store": place, **wanted, **({} if wait is None else {"wait": wait})}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(given, file)
        file.flush()
        with resources.as_file(resources.files("pipeglot_sidecar").joinpath("generated/sidecar.py")) as sidecar:
            done = subprocess.run(
                [sys.executable, "-I", str(sidecar), "sweep", file.name],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"`{place}` cannot be looked at"]
        raise Unswept(said[-1].removeprefix(TOLD), "the variables that a step goes there by have to be set here too")
    told = mapping(json.loads(done.stdout))
    return SweptStore(*(integer(told.get(name)) or 0 for name in SweptStore.__dataclass_fields__))
