"""`pipeglot show`: one run from the store, as text or as JSON."""

from __future__ import annotations

from pipeglot.ir import Json
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.show.json_form import json_form
from pipeglot_records.show.text import DEFAULT, Look, page
from pipeglot_records.store.database import Store
from pipeglot_records.store.details import details
from pipeglot_records.store.runs import load


def text(store: Store, run: str, look: Look = DEFAULT, vital: Vital = NOBODY) -> str:
    return page(load(store, run, vital=vital), details(store, run), look)


def as_json(store: Store, run: str, vital: Vital = NOBODY) -> dict[str, Json]:
    return json_form(load(store, run, vital=vital), details(store, run))
