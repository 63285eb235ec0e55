"""Work that is kept in a folder: which of it nobody has asked for lately, and artifacts that no entry names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeglot.contents import Sizes, files_of
from pipeglot_backends.local.engine.run_folder import remove
from pipeglot_records.model.json_values import mapping, read, text

HOME = "cache"
CONTENTS = ("sha256", "dirhash")
DAY = 86400.0
SETTLING = 3600.0
"""Seconds that an artifact may be there before its entry is: that is written last."""


@dataclass(frozen=True, slots=True)
class Swept:
    """`kept` counts entries that stay, `entries` those that do not; `size` is that of the artifacts."""

    kept: int
    entries: int
    size: int


def sweep_work(place: Path, unused: int | None, *, apply: bool) -> Swept:
    """What nobody has asked for in `unused` days goes, and what is named by nothing that stays."""
    home, now = place / HOME, time.time()
    entries = list(home.glob("*.json"))
    old = [entry for entry in entries if unused is not None and now - _changed(entry) > unused * DAY]
    stay = [entry for entry in entries if entry not in set(old)]
    needed = {name for entry in stay for name in _named(entry)}
    wait = SETTLING if unused is None else min(SETTLING, unused * DAY)
    gone = [
        one for one in _contents(home) if one.parent.name + "/" + one.name not in needed and now - _changed(one) > wait
    ]
    size = Sizes().of(path for one in gone for path in files_of(one))
    for path in (*old, *gone) if apply else ():
        remove(path) if path.is_dir() else path.unlink(missing_ok=True)
    return Swept(len(stay), len(old), size)


def _contents(home: Path) -> Iterator[Path]:
    for kind in CONTENTS:
        with suppress(OSError):
            yield from (home / kind).iterdir()


def _named(entry: Path) -> Iterator[str]:
    """Of each artifact the folder of its content."""
    with suppress(OSError):
        outputs = mapping(mapping(read(entry.read_text("utf-8", "replace"))).get("outputs"))
        for left in outputs.values():
            yield (text(mapping(left).get("at")) or "").rpartition("/")[0]


def _changed(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return time.time()
