"""Conditions that a version has to meet before it is promoted, asked of the run that it was taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeglot.ir import Json
from pipeglot_records.queries import filter as language
from pipeglot_records.show import run_list
from pipeglot_records.store.database import Store


@dataclass(frozen=True, slots=True)
class Figure:
    """A condition as it was written, whether it holds, and what the run has of all that it speaks of."""

    condition: str
    holds: bool
    values: Mapping[str, Json]


def figures(store: Store, run: str, conditions: Sequence[str]) -> list[Figure]:
    """In the language of `pipeglot runs --where`. Raises `FilterFault` and `NotComparable`."""
    read = [(text, language.parse(text)) for text in conditions]
    return [_figure(store, run, text, condition) for text, condition in read]


def _figure(store: Store, run: str, text: str, condition: language.Condition) -> Figure:
    own = language.Compare(("run",), "==", (run,))
    fields = list(dict.fromkeys(language.fields(condition)))
    both = language.Joined("and", (own, condition))
    holds = bool(run_list.table_of_runs(store, language.Wanted(where=both), [("run",)]))
    rows = run_list.table_of_runs(store, language.Wanted(where=own), fields)
    return Figure(text, holds, rows[0] if rows else {})
