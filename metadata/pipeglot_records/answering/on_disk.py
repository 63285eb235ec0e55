"""Logs that lie on this machine."""

from __future__ import annotations

from pipeglot_records.answering.rows import LogRow
from pipeglot_records.model.vital import Vital
from pipeglot_records.show.item_names import name_of
from pipeglot_records.show.logs import sources
from pipeglot_records.store.database import Store
from pipeglot_records.store.runs import load


def logs_here(store: Store, run: str, step: str, vital: Vital) -> list[LogRow]:
    """Of all attempts of a step; none where the run has no such step."""
    picture = load(store, run, vital=vital)
    found = picture.steps.get(step)
    if found is None:
        return []
    places = found.items if found.items is not None else (found,)
    numbers = {f"{step}[{name}]": number for number, name in name_of(found).items()}
    return [
        {
            "step": step,
            "item": numbers.get(each.name),
            "name": each.name,
            "attempt": each.number,
            "text": each.path.read_text("utf-8", "replace"),
        }
        for each in sources(picture, found, places)
    ]
