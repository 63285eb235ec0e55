"""What the items of a fan-out are called: by their values, where these tell them apart; else by their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from pipeglot.item_labels import label
from pipeglot_records.model.events import Fields
from pipeglot_records.model.run_view import StepRun


def name_of(step: StepRun) -> Mapping[str, str]:
    """By the item's number, as text."""
    return told_apart({item.item: item.value for item in step.items or () if item.item is not None})


def told_apart(items: Mapping[str, Fields]) -> Mapping[str, str]:
    """What each item is, by its number."""
    labels = {number: label(value) for number, value in items.items()}
    count = Counter(labels.values())
    return {number: name if name and count[name] == 1 else number for number, name in labels.items()}


def chosen(step: StepRun, wanted: str) -> StepRun | None:
    """The item of that name, or of that number."""
    names = name_of(step)
    by_name = {name: number for number, name in names.items()}
    number = by_name.get(wanted, wanted)
    return next((item for item in step.items or () if item.item == number), None)
