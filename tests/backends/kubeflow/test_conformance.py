"""Every case, as it is emitted, with processes for driver and launcher: the record is the expected one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.backends.kubeflow.launcher import Launcher
from tests.conformance.cases import CASES, Case
from tests.engines.kubeflow_local.gaps import BY_CASE
from tests.local.runs import QUICK

from pipeglot.driver.compiling import compiled, find_target, load, refusals
from pipeglot.driver.packaging import package
from pipeglot.ir import MISSING, Pipeline
from pipeglot.run_events import RunEvents
from pipeglot_backends.kubeflow.emit.types import sent
from pipeglot_backends.remote.log_records import record
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store
from pipeglot_records.store.intake.ingest import Tail

ENDS = {"COMPLETE": "succeeded", "FAILED": "failed"}


CANCELLED = ("on_exit_cancel",)
"""Nobody can stop a run of processes as Kubeflow stops its own."""
REFUSED = ("fail_fast", "foreach_fail_fast")
RUN = [
    case
    for case in CASES
    if case.name not in (*CANCELLED, *REFUSED) and (case.name in BY_CASE or os.environ.get("PIPEGLOT_EVERY_CASE"))
]
"""Those that kfp.local has a gap for: it runs the others, in `tests/engines/kubeflow_local`."""


def test_it_refuses_no_other_case() -> None:
    kubeflow = find_target("kubeflow")
    assert tuple(case.name for case in CASES if refusals(load(case.pipeline), *kubeflow)) == REFUSED


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_it_leaves_the_expected_record(case: Case, tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    pipeline = load(case.placed(tmp_path / "spec"))
    list(package(pipeline))
    files = compiled(pipeline, "kubeflow").files
    found, said = recorded(pipeline, {file.path: file.text for file in files}, case, tmp_path)
    difference = case.difference(found)
    assert not difference, f"{difference}\n\n{said}"


@pytest.mark.parametrize("name", ["retry_exhausted", "value_too_large", "retry_third"])
def test_no_attempts_multiply_where_failures_are_tried_again(name: str, tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == name)
    pipeline = replace(load(case.pipeline), settings={"kubeflow": {"retry_policy": "Always"}})
    made = {file.path: file.text for file in compiled(pipeline, "kubeflow").files}
    found, said = recorded(pipeline, made, case, tmp_path, always=True)
    assert not case.difference(found)
    if name == "retry_exhausted":
        stock = {file.path: file.text for file in compiled(load(case.pipeline), "kubeflow").files}
        again = recorded(pipeline, stock, case, tmp_path / "stock", always=True)[1]
        assert (said.count("ended with exit code 5"), again.count("ended with exit code 5")) == (2, 3)


def recorded(
    pipeline: Pipeline, files: dict[str, str], case: Case, folder: Path, *, always: bool = False
) -> tuple[str, str]:
    spec = next(yaml.load_all(files["pipeline.yaml"], yaml.CSafeLoader))
    held = [yaml.load(text, yaml.CSafeLoader)["data"] for path, text in files.items() if path.startswith("kubernetes/")]
    mounted = {name: text for data in held for name, text in data.items()}
    launcher = Launcher(spec, folder, QUICK, mounted, always=always)
    params = {param.name: case.params[param.name] for param in pipeline.params if param.name in case.params}
    given = {param.name: sent(param, params[param.name]) for param in pipeline.params if param.name in params}
    state = launcher.start(given | {"pipeglot-run-id": launcher.run})
    kept = folder / "collected" / launcher.run
    kept.mkdir(parents=True)
    for number, found in enumerate(records(launcher)):
        (kept / f"{number}.jsonl").write_bytes(found)
    with open_store(str(folder / "store.db"), {}) as store:
        definition = store.register(files["definition.json"])
        with RunEvents(folder / "collected", launcher.run, "submit") as events:
            told: dict[str, Any] = {
                param.name: {"value": params.get(param.name, param.default)}
                for param in pipeline.params
                if param.name in params or param.default is not MISSING
            }
            events.write(
                "run", pipeline=pipeline.name, definition=definition, params=told, target="kubeflow", native={}
            )
            events.write("run-end", state=ENDS[state], by="engine")
        Tail(store, kept).poll(last=True)
        return normal.text(store, launcher.run), "\n".join(launcher.logs)


def records(launcher: Launcher) -> list[bytes]:
    """Of steps that failed, none is uploaded; it stands in their logs."""
    stored = [path.read_bytes() for path in launcher.store.rglob("pipeglot-record/*.jsonl")]
    return [*stored, *filter(None, map(record, launcher.logs))]
