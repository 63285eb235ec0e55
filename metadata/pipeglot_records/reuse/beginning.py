"""What is settled of a run on this machine before it begins: that its id is new, and what it goes on from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeglot.ir import Json
from pipeglot_records.engines.sameness import refuse_known
from pipeglot_records.engines.settling import look
from pipeglot_records.reuse.choice import ALL as ALL
from pipeglot_records.reuse.choice import Asked as Asked
from pipeglot_records.reuse.choice import Chosen, choose
from pipeglot_records.reuse.choice import named as steps_named
from pipeglot_records.reuse.earlier import held_against, order_of
from pipeglot_records.reuse.past import Past, named, newest
from pipeglot_records.store.database import Store


def goes_on_from(store: Store, kept: Path, asked: Asked, pipeline: str, run_id: str | None) -> Past | None:
    """The earlier run, where one is asked for: the newest where none is named. Raises `SpecRejected`."""
    if run_id:
        refuse_known(store, run_id)
    if not asked.takes:
        return None
    look(store, kept)
    return named(store, asked.resume, pipeline) if asked.resume else newest(store, pipeline)


def settled(asked: Asked, past: Past | None, definition: str, params: Mapping[str, Json]) -> Chosen:
    """Which steps are started. Raises `SpecRejected`."""
    if asked == ALL:
        return Chosen()
    return choose(asked, order_of(definition), held_against(past, definition, params) if past else None)


def refreshed(names: Sequence[str], definition: str) -> frozenset[str]:
    """Steps whose work is done anew, whatever is kept of it; those of a group by its name. Raises `SpecRejected`."""
    order = order_of(definition) if names else {}
    return frozenset(step for name in names for step in steps_named(name, order))
