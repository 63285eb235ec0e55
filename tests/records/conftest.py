"""A builder of event logs, written by hand as the sidecar would write them, and a pipeline to go with them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql

from pipeglot.definition import definition_hash, definition_json
from pipeglot.ir import Call, FanOut, Input, Origin, Output, Param, Pipeline, Step
from pipeglot_records.model.definitions import read_definition
from pipeglot_records.model.derivation import settle
from pipeglot_records.model.events import Event, parse
from pipeglot_records.model.facts import fold
from pipeglot_records.model.run_view import RunView
from pipeglot_records.store import tables
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.intake.ingest import ingest_folder
from pipeglot_records.store.projections import record

SECOND = 10**9
HERE = Origin("pipeline.yaml", ())
RUN = "0190c3f2-7d1e-7c4b-9a55-0d3f6c1b2a10"
OTHER = "0190c3f2-9999-7c4b-9a55-0d3f6c1b2a10"


def ref(*path: str) -> list[Any]:
    return ["ref", *path]


def output_of(step: str, name: str) -> list[Any]:
    return ["ref", "steps", step, "outputs", name]


def step(name: str, **fields: Any) -> Step:
    return Step(id=name, body=Call("steps:run"), origin=HERE, **fields)


def churn() -> Pipeline:
    """extract → train over regions → pick → publish when good enough; report at the end."""
    raw = Input("data", "artifact", output_of("extract", "raw"), HERE)
    models = Input("models", "list[artifact]", output_of("train", "model"), HERE)
    aucs = Input("aucs", "list[float]", output_of("train", "auc"), HERE)
    auc = Output("auc", HERE, type="float")
    model = Output("model", HERE, artifact="model", file="model")
    return Pipeline(
        name="churn",
        origin=HERE,
        params=(
            Param("regions", "list[string]", HERE, default=["eu", "us", "asia"]),
            Param("threshold", "float", HERE, default=0.8),
        ),
        steps=(
            step(
                "extract", outputs=(Output("raw", HERE, artifact="dataset", file="raw"), Output("n", HERE, type="int"))
            ),
            step(
                "train",
                inputs=(raw, Input("region", "string", ref("item"), HERE)),
                outputs=(model, auc),
                needs=("extract",),
                fan_out=FanOut(ref("params", "regions"), "string", HERE),
                requires=(("steps", "extract", "outputs", "raw"),),
            ),
            step(
                "pick",
                inputs=(models, aucs),
                outputs=(model, auc),
                needs=("train",),
                requires=(("steps", "train", "outputs", "model"), ("steps", "train", "outputs", "auc")),
            ),
            step(
                "publish",
                inputs=(Input("model", "artifact", output_of("pick", "model"), HERE),),
                needs=("pick",),
                when=[">=", output_of("pick", "auc"), ref("params", "threshold")],
                requires=(("steps", "pick", "outputs", "model"),),
            ),
        ),
        on_exit=(step("report", on_exit=True),),
    )


class Log:
    """The events of one run. Time goes on by a second with every event."""

    def __init__(self, definition: str, run: str = RUN, begin: int = 1_800_000_000) -> None:
        self.definition = definition
        self.run_id = run
        self.lines: list[dict[str, Any]] = []
        self._clock = begin * SECOND
        self._seq: dict[str, int] = {}

    def say(
        self, event: str, step: str | None = None, item: int | None = None, attempt: str | None = None, **fields: Any
    ) -> Log:
        writer = attempt or (f"{step}.{item}" if step else "run.local")
        self._clock += SECOND
        seq = self._seq[writer] = self._seq.get(writer, -1) + 1
        self.lines.append(
            {
                "v": 1,
                "event": event,
                "run": self.run_id,
                "step": step,
                "item": None if item is None else str(item),
                "attempt": attempt,
                "writer": writer,
                "seq": seq,
                "time": self._clock,
                **fields,
            }
        )
        return self

    def run(self, **params: Any) -> Log:
        given = {name: {"value": value} for name, value in params.items()}
        return self.say(
            "run",
            pipeline="churn",
            definition=definition_hash(self.definition),
            params=given,
            target="local",
            native={},
            profile=None,
        )

    def start(self, step: str, item: int | None = None, number: int = 1, **fields: Any) -> Log:
        start = {
            "number": number,
            "engine": "local",
            "native": {"pid": 7},
            "definition": definition_hash(self.definition),
            "host": "node-1",
            "pid": 7,
            "sidecar": "sha256:5f",
            "argv": ["python3", "run.py"],
            "inputs": {},
            "lineage": [],
        }
        return self.say("start", step, item, self.attempt(step, item, number), **{**start, **fields})

    def attempt(self, step: str, item: int | None, number: int) -> str:
        return str(uuid.uuid5(uuid.UUID(self.run_id), f"{step}/{item}/{number}"))

    def out(self, step: str, name: str, item: int | None = None, number: int = 1, **fields: Any) -> Log:
        return self.say("output", step, item, self.attempt(step, item, number), name=name, **fields)

    def file(self, step: str, name: str, content: str, item: int | None = None, number: int = 1) -> Log:
        kind = "dataset" if name == "raw" else "model"
        entry = {"kind": kind, "digest": {"sha256": content * 8}, "size": 12_345, "files": 1, "uri": f"/a/{content}"}
        return self.out(step, name, item, number, **entry)

    def end(self, step: str, item: int | None = None, number: int = 1, **fields: Any) -> Log:
        end = {
            "state": "succeeded",
            "reason": None,
            "exit_code": 0,
            "signal": None,
            "message": None,
            "cpu": 0.1,
            "max_rss": 1000,
        }
        return self.say("end", step, item, self.attempt(step, item, number), **{**end, **fields})

    def fail(self, step: str, item: int | None = None, number: int = 1, code: int = 3) -> Log:
        return self.end(step, item, number, state="failed", reason="exit-code", exit_code=code)

    def decided(self, step: str, state: str, reason: str | None = None, item: int | None = None, **fields: Any) -> Log:
        return self.say("decided", step, item, state=state, reason=reason, message=None, **fields)

    def listed(self, step: str, count: int) -> Log:
        return self.decided(step, "succeeded", items=count, list=True)

    def wait(self, seconds: int) -> Log:
        self._clock += seconds * SECOND
        return self

    def over(self, state: str, **fields: Any) -> Log:
        return self.say("run-end", state=state, by="local", **fields)

    def extract(self) -> Log:
        return self.start("extract").file("extract", "raw", "aaaa").out("extract", "n", value=42).end("extract")

    def train(self, item: int, auc: float) -> Log:
        inputs = {"data": {"from": ["extract.raw"]}, "region": {"value": ["eu", "us", "asia"][item]}}
        self.start("train", item, inputs=inputs, lineage=[["extract.raw", "train.data"]])
        return self.file("train", "model", f"bb{item}", item).out("train", "auc", item, value=auc).end("train", item)

    def pick(self, auc: float, items: tuple[int, ...] = (0, 1, 2)) -> Log:
        inputs = {"models": {"from": ["train.model"], "items": list(items)}, "aucs": {"value": [0.5 for _ in items]}}
        self.start("pick", inputs=inputs, lineage=[["train.model", "pick.models"]])
        return self.file("pick", "model", "cccc").out("pick", "auc", value=auc).end("pick")

    def publish(self) -> Log:
        inputs = {"model": {"from": ["pick.model"]}}
        return self.start("publish", inputs=inputs, lineage=[["pick.model", "publish.model"]]).end("publish")

    def report(self) -> Log:
        return self.start("report").end("report")

    def whole(self) -> Log:
        """A run in which all went well."""
        self.run(regions=["eu", "us", "asia"], threshold=0.8).extract().listed("train", 3)
        return self.train(0, 0.7).train(1, 0.9).train(2, 0.8).pick(0.9).publish().report().over("succeeded")

    def events(self) -> list[Event]:
        found = [parse(json.dumps(line)) for line in self.lines]
        assert None not in found
        return [event for event in found if event is not None]

    def picture(self, now: int | None = None) -> RunView:
        return settle(read_definition(self.definition), fold(self.run_id, self.events()), now or self._clock)

    def states(self) -> Mapping[str, tuple[str, str | None]]:
        return {name: (one.state, one.reason) for name, one in self.picture().steps.items()}

    def write(self, folder: Path) -> Path:
        """One file per writer, as the sidecars leave them."""
        place = folder / self.run_id
        place.mkdir(parents=True, exist_ok=True)
        for line in self.lines:
            with (place / f"{line['writer']}.jsonl").open("a") as file:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
        return folder

    def into(self, store: Store, folder: Path) -> Log:
        store.register(self.definition)
        ingest_folder(store, self.write(folder))
        return self


@pytest.fixture
def definition() -> str:
    return definition_json(churn())


@pytest.fixture
def log(definition: str) -> Log:
    return Log(definition)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "records.db"), {})
    yield opened
    opened.close()


def contents(store: Store) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every projected row."""
    with store.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sql.select(table))), key=repr)
            for table in tables.PROJECTED
        }


def take(store: Store, *batches: list[Event]) -> None:
    for batch in batches:
        with store.writing() as connection:
            record(connection, batch)


def eventful(definition: str) -> list[Event]:
    """Two runs with everything that is projected; in both, metrics and a second attempt."""
    events: list[Event] = []
    for run, begin in ((RUN, 1_800_000_000), (OTHER, 1_800_100_000)):
        log = Log(definition, run, begin).run(rows=3, regions=["eu"]).start("extract")
        for point in (0.5, 0.1, 0.3):
            log.say("metric", "extract", None, log.attempt("extract", None, 1), name="loss", value=point, at=None)
        log.say("tag", "extract", None, log.attempt("extract", None, 1), name="colour", value="red")
        log.say("heartbeat", "extract", None, log.attempt("extract", None, 1)).fail("extract")
        log.start("extract", number=2).file("extract", "raw", "aaaa", number=2).end("extract", number=2)
        log.listed("train", 2).train(0, 0.7).train(1, 0.9).pick(0.9, (0, 1)).publish().report().over("succeeded")
        events += log.events()
    return events


@pytest.fixture
def expected(definition: str, tmp_path: Path) -> Mapping[str, list[tuple[Any, ...]]]:
    with open_store(str(tmp_path / "expected.db"), {}) as store:
        store.register(definition)
        take(store, eventful(definition))
        found = contents(store)
    assert all(found.values()), "every table has rows, so that each is compared"
    return found
