"""`sweep FILE`: takes away what nobody names any more, in an object store, for whoever asks by a file.

Entries of kept work go first, so that none leads to what is gone; then manifests, so that no artifact is there in part.
Whoever sends what has lain there for long sends it again (`RENEWED_AFTER`): what is younger may be taken for sent.
"""

from __future__ import annotations

import json
from time import time

from pipeglot_sidecar.artifacts.cache_store import HOME
from pipeglot_sidecar.artifacts.object_store import check_library, located
from pipeglot_sidecar.artifacts.parallel import Transfer
from pipeglot_sidecar.artifacts.store_faults import StoreFault
from pipeglot_sidecar.artifacts.transfer import MANIFEST, RENEWED_AFTER, manifest_at, object_key
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

SETTLED_AFTER = 2 * RENEWED_AFTER
"""Seconds: a run that took something for sent, at the last moment, has as long again to be known here."""
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


def sweep(file: str) -> int:
    """Prints what it found, as JSON. Raises `Trouble`."""
    with open(file, encoding="utf-8") as opened:
        asked: dict[str, Any] = json.load(opened)
    check_library(asked["store"])
    try:
        print(json.dumps(_Sweep(asked).done()))
    except StoreFault as fault:
        raise Trouble(str(fault)) from None
    return 0


class _Sweep:
    """Of one store: entries older than `unused` go, of artifacts those that are asked about, and that nobody names."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._store = asked["store"].rstrip("/")
        self._unused = asked.get("unused")
        self._apply = asked["apply"]
        self._wait = asked.get("wait", SETTLED_AFTER)
        self._asked = set(asked.get("artifacts", ()))
        self._needed = set(asked.get("needed", ()))
        self._entries: dict[str, dict[str, Any]] = {}
        self._sizes: dict[str, int] = {}
        self._young = 0

    def done(self) -> dict[str, int]:
        bucket, home = located(f"{self._store}/{HOME}/")
        names = [key for key in bucket.sizes(home.rstrip("/")) if key.endswith(".json")]
        self._all(names, self._read)
        old = [key for key, entry in self._entries.items() if self._is_old(entry)]
        stay = set(self._entries).difference(old)
        kept = self._needed.union(*(self._named(key) for key in stay))
        gone = self._asked.union(*(self._named(key) for key in old)) - kept
        if self._apply:
            self._all(old, bucket.remove)
        self._all(sorted(gone), self._take)
        size, count = sum(self._sizes.values()), len(self._sizes)
        return {"kept": len(stay), "entries": len(old), "artifacts": count, "bytes": size, "young": self._young}

    def _all(self, names: Iterable[str], act: Callable[[str], None]) -> None:
        from functools import partial

        jobs: list[Callable[[], None]] = [partial(act, name) for name in names]
        Transfer("looking through the store", 0, lambda message: None).run(jobs, lambda: None)

    def _read(self, key: str) -> None:
        bucket, _ = located(self._store)
        try:
            entry: Any = json.loads(bucket.read(key) or b"")
            places = [output["at"] for output in entry["outputs"].values() if "at" in output]
            if not all(is_place(place) for place in places):
                raise ValueError(places)
            self._entries[key] = {"made": float(entry["made"]), "places": places}
        except UNREADABLE:
            self._entries[key] = {"made": 0.0, "places": []}  # torn: it is a miss for everybody

    def _is_old(self, entry: dict[str, Any]) -> bool:
        return self._unused is not None and time() - entry["made"] > self._unused

    def _named(self, key: str) -> set[str]:
        return {f"{self._store}/{place}" for place in self._entries[key]["places"]}

    def _take(self, url: str) -> None:
        bucket, key = located(url)
        age = bucket.age(key + MANIFEST)
        if age is None:
            return
        if age < self._wait:
            self._young += 1
            return
        files = manifest_at(url)["files"]
        self._sizes[url] = sum(file["size"] for file in files)
        objects = [object_key(key, file["name"], file.get("key", "")) for file in files]
        for name in (key + MANIFEST, *objects) if self._apply else ():
            bucket.remove(name)


def is_place(text: str) -> bool:
    """Whether it is that of a content, and leads nowhere else."""
    home, digest, name = text.split("/")
    return home in ("sha256", "dirhash") and digest.replace("-", "").isalnum() and name not in ("", ".", "..")
