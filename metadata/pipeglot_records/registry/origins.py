"""Where a version comes from, beyond its run: the commit that was run."""

from __future__ import annotations

import sqlalchemy as sql

from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import events, remarks


def commit(store: Store, run: str) -> str | None:
    """What a step captured, else what the run itself says. None where nobody said it."""
    captured = sql.select(remarks.c.value).where(
        remarks.c.run == run, remarks.c.kind == "captured", remarks.c.name == "git"
    )
    head = sql.select(events.c.body).where(events.c.run == run, events.c.kind == "run")
    with store.reading() as connection:
        of_steps = [mapping(read(body)) for body in connection.scalars(captured)]
        of_run = [mapping(mapping(read(body)).get("git")) for body in connection.scalars(head)]
    found = (text(each.get("commit")) for each in [*of_steps, *of_run])
    return next((each for each in found if each), None)
