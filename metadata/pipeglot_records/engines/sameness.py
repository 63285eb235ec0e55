"""Whether a run that is there already is the one that is asked for: of one id there is one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sql

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.remote.protocol import Handle
from pipeglot_records.model.json_values import mapping, read
from pipeglot_records.store.database import Store
from pipeglot_records.store.tables import runs

REDACTED: Mapping[str, Json] = {"redacted": True}
Told = Mapping[str, Json]
"""Params as events hold them: `{name: {"value": …}}`, of a sensitive one `{"redacted": true}`."""


def refuse_another(store: Store, run: str, target: str, definition: str, params: Told) -> None:
    """Raises `SpecRejected` where the store knows a run of that id which is another one."""
    columns = (runs.c.target, runs.c.definition, runs.c.params, runs.c.native)
    with store.reading() as connection:
        row = connection.execute(sql.select(*columns).where(runs.c.run == run)).one_or_none()
    if row is None or not row.native:
        return
    there, here = str(row.target or "").partition("@")[0], target.partition("@")[0]
    found = [] if there == here else [f"it runs on `{there}`"]
    found += [] if row.definition in (None, definition) else ["it runs another definition"]
    _refuse(run, [*found, *differing(mapping(read(row.params)), params)])


def refuse_known(store: Store, run: str) -> None:
    """Of a run that is to begin on this machine: it can be no other's, nor begin twice."""
    with store.reading() as connection:
        known = connection.scalar(sql.select(runs.c.run).where(runs.c.run == run.lower()))
    if known:
        _refuse(known, [f"the store `{store.place}` has its record"])


def refuse_another_there(
    handle: Handle, definition: str, before: Mapping[str, Json], given: Mapping[str, Json]
) -> None:
    """The same by what the engine tells: the store of another machine knows the run. `before` are the defaults."""
    if not handle.known or handle.params is None:
        return
    found = [] if handle.definition in (None, definition) else ["it runs another definition"]
    there, here = {**before, **handle.params}, {**before, **given}
    params: list[Told] = [{name: {"value": value} for name, value in some.items()} for some in (there, here)]
    _refuse(str(handle.run), [*found, *differing(*params)])


def differing(there: Told, here: Told) -> Iterator[str]:
    """Values that are not shown cannot be compared."""
    wrong = [name for name in sorted({*there, *here}) if _differs(there.get(name), here.get(name))]
    if wrong:
        yield f"its params differ: {', '.join(f'`{name}`' for name in wrong)}"


def _differs(there: Json, here: Json) -> bool:
    return there != here and REDACTED not in (there, here) and "cut" not in mapping(mapping(there).get("value"))


def _refuse(run: str, reasons: list[str]) -> None:
    if reasons:
        message = f"there is another run `{run}` already: {'; '.join(reasons)}"
        raise SpecRejected([Diagnostic("PG528", message, hint="leave `--run-id` away for a run of its own")])
