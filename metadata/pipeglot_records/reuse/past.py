"""The run that another one goes on from: found, read, and refused where nothing can be taken from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeglot.ir import Json
from pipeglot_records.faults import RecordsFault
from pipeglot_records.model.json_values import mapping, read, text
from pipeglot_records.model.run_view import RunView
from pipeglot_records.store.database import Store
from pipeglot_records.store.lookup import definition_body, newest_of
from pipeglot_records.store.runs import load


class Unfit(RecordsFault):
    """A run that none can go on from."""

    code = "PG580"


@dataclass(frozen=True, slots=True)
class Past:
    """`body` is the definition of the run, as `compile` wrote it, `hash` its name."""

    store: Store
    run: str
    picture: RunView
    hash: str | None
    body: Mapping[str, Json]

    @property
    def given(self) -> Mapping[str, Json]:
        """The params of the run, as events hold them."""
        return mapping(self.picture.facts.head.get("params"))

    @property
    def values(self) -> dict[str, Json]:
        """Those whose values the record holds."""
        found = {name: mapping(entry) for name, entry in self.given.items()}
        return {name: each["value"] for name, each in found.items() if "value" in each and not is_cut(each["value"])}


def is_cut(value: Json) -> bool:
    """Whether a record holds the digest of a value alone, which was too large for it."""
    return set(mapping(value)) == {"cut", "size"}


def newest(store: Store, pipeline: str) -> Past | None:
    """Of the runs of a pipeline that are over the last one."""
    with store.reading() as connection:
        run = newest_of(connection, pipeline)
    return None if run is None else _read(store, run)


def recorded_run(store: Store, name: str) -> Past:
    """Of whichever pipeline. Raises `RecordsFault`."""
    return _read(store, store.find_run(name))


def named(store: Store, name: str, pipeline: str) -> Past:
    """Raises `RecordsFault`."""
    past = _read(store, store.find_run(name))
    if past.picture.definition.pipeline != pipeline:
        other = past.picture.definition.pipeline
        raise Unfit(f"the run `{past.run}` is one of `{other}`, and this pipeline is `{pipeline}`")
    if not past.picture.facts.over:
        raise Unfit(f"the run `{past.run}` is not over yet", f"`pipeglot show {past.run}` says what it does")
    if not past.picture.definition.known:
        hint = "`pipeglot collect --definition definition.json` takes it in"
        raise Unfit(f"the definition of the run `{past.run}` is not in the store `{store.place}`", hint)
    return past


def _read(store: Store, run: str) -> Past:
    picture = load(store, run)
    # a run that its engine began by itself is named by its steps alone
    definitions = (text(one.start.get("definition")) for one in picture.facts.by_id.values())
    name = text(picture.facts.head.get("definition")) or next((each for each in definitions if each), None)
    with store.reading() as connection:
        body = definition_body(connection, name)
    return Past(store, run, picture, name, mapping(read(body)))
