"""What the artifacts of runs on this machine take, and those of them that no kept run needs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import sqlalchemy as sql

from pipeglot import keeping
from pipeglot.contents import Sizes, digest_of
from pipeglot_backends.local.engine.run_folder import remove
from pipeglot_records.engines.needed import all_places, reasons
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import runs

PARTS = ("artifacts", "work", "code", "handover")
"""Of a run's folder what is data; its record, its logs and its plan are small, and stay."""
GONE = ".gone-"
"""With which the name begins of what is being removed: it is nobody's any more, also where that was broken off."""


@dataclass(slots=True)
class Held:
    """What a run holds on this machine. `because` says why it is kept, empty where nobody needs it."""

    run: str
    pipeline: str | None
    state: str | None
    because: str
    places: list[Path]
    size: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """`held` from the newest run to the oldest; `stored` is what lies in object stores and no kept run needs."""

    held: tuple[Held, ...]
    strangers: int
    stored: frozenset[str]

    @property
    def unneeded(self) -> tuple[Held, ...]:
        return tuple(each for each in self.held if not each.because)


def survey(store: Store, kept: Path, last: int | None, named: Mapping[str, str] = MappingProxyType({})) -> Survey:
    """`last` is how many runs of each pipeline are kept, of those that hold something here; without it all are.

    `named` are runs that others need, with what is said of them.
    """
    kept = kept.resolve()
    with store.reading() as connection:
        rows = connection.execute(sql.select(runs).order_by(runs.c.first.desc(), runs.c.run.desc())).all()
    holding = {row.run for row in rows if (kept / keeping.RUNS / row.run / PARTS[0]).exists()}
    why = reasons(store, rows, last, holding, named)
    needed, unneeded = set[str](), dict[str, dict[str, tuple[str, str]]]()
    for run, uri, step, digest in all_places(store):
        if why.get(run, "it is nobody's to judge"):
            needed.add(uri)
        else:
            unneeded.setdefault(run, {})[uri] = (step, digest)
    lent = _lent(kept / keeping.RUNS, needed)
    sizes, held = Sizes(), list[Held]()
    for row in rows:
        folder, because = kept / keeping.RUNS / row.run, why[row.run]
        if not because and row.run in lent:
            because = "a kept run has of it"
        places = [path for path in _parts(folder) if path.exists() and not path.is_symlink()]
        places += _elsewhere(row.run, unneeded.get(row.run, {}), needed)
        if places:
            held.append(Held(row.run, row.pipeline, row.state, because, places, sizes.of(places)))
    stored = {uri for found in unneeded.values() for uri in found if "://" in uri} - needed
    return Survey(tuple(held), _strangers(kept, set(why)), frozenset(stored))


def _lent(folder: Path, needed: Iterable[str]) -> set[str]:
    """Runs in whose own folders something lies that a kept run has."""
    lead = f"{folder}/"
    return {uri[len(lead) :].partition("/")[0] for uri in needed if uri.startswith(lead)}


def sweep(kept: Path, found: Survey) -> int:
    """Removes what no kept run needs. Returns how many places could not be removed."""
    failed = 0
    for each in found.unneeded:
        for place in each.places:
            failed += not _removed(place)
    for left in (kept / keeping.RUNS).glob(f"*/{GONE}*"):
        remove(left)
    return failed


def _removed(place: Path) -> bool:
    """Under another name first: what is half gone is nobody's."""
    gone = place.with_name(f"{GONE}{os.getpid()}-{place.name}")
    try:
        place.rename(gone)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    remove(gone) if gone.is_dir() else gone.unlink()
    return not gone.exists()


def _parts(folder: Path) -> Iterator[Path]:
    return (folder / part for part in PARTS)


def _elsewhere(run: str, there: Mapping[str, tuple[str, str]], needed: set[str]) -> Iterator[Path]:
    """In the folder of a profile: what has the run and the step in its path, and is still what the record says."""
    for uri, (step, digest) in there.items():
        path = Path(uri)
        if "://" in uri or uri in needed or not path.is_absolute() or f"/{run}/{step}/" not in uri:
            continue
        if os.path.realpath(uri) != uri or f"/{keeping.RUNS}/{run}/" in uri:
            continue
        with suppress(OSError):
            if digest_of(path) == dict(mapping(read(digest))):
                yield path


def _strangers(kept: Path, known: set[str]) -> int:
    """Runs in this folder that the store does not know: they may be another store's."""
    with suppress(OSError):
        return sum(entry.is_dir() and entry.name not in known for entry in os.scandir(kept / keeping.RUNS))
    return 0
