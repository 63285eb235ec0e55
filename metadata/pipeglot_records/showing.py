"""`pipeglot show`: one run from the store, as text or as JSON."""

from __future__ import annotations

from pipeglot.ir import Json
from pipeglot_records.details import details
from pipeglot_records.json_form import json_form
from pipeglot_records.loading import load
from pipeglot_records.page import DEFAULT, Look, page
from pipeglot_records.store import Store


def text(store: Store, run: str, look: Look = DEFAULT) -> str:
    return page(load(store, run), details(store, run), look)


def picture(store: Store, run: str) -> dict[str, Json]:
    return json_form(load(store, run), details(store, run))
