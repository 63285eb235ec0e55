"""MLflow: a run, and under it a run for each attempt; items of a fan-out under a run of their step.

Through its REST interface: MLflow gives runs their ids, so each carries ours as a tag and is looked for by it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.mlflow.runs import Runs, lost
from pipeglot_records.exports.mlflow.server import Server
from pipeglot_records.exports.protocol import Plan
from pipeglot_records.exports.recorded import Recorded
from pipeglot_records.exports.way import Way

ADDRESS: Final = "MLFLOW_TRACKING_URI"
TOKEN: Final = "MLFLOW_TRACKING_TOKEN"
TO_FILES: Final = False


def plan(run: Recorded, under: str | None) -> Plan:
    found = tuple(Runs(run, under or run.pipeline).all())
    return Plan(found, (*run.lost(), *lost(run, found)))


def send(documents: tuple[Row, ...], way: Way) -> Iterator[str]:
    server = Server(way, str(documents[0]["experiment"]), str(documents[0]["run"]))
    new = sum(server.bring(each) for each in documents)
    yield f"{len(documents)} runs in the experiment `{documents[0]['experiment']}`, {new} of them new"
