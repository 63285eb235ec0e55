"""What users meet when they submit to a real Airflow: once and again, with wrong words, after the end."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.engines.airflow.driver import TARGET, Driver

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Json, Pipeline
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.airflow.remote.connection import PASSWORD, TOKENS, USER
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Handle, RunState

SPEC = """
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: NAME}
params: {n: {type: int, min: 1, default: 1}}
steps:
  a: {run: [sh, -c, "exit 0", "${{ params.n }}"]}
"""


class Submitted:
    """A pipeline under a name of its own, and submissions of it."""

    def __init__(self, driver: Driver, folder: Path, name: str) -> None:
        path = folder / "pipeline.yaml"
        path.write_text(SPEC.replace("NAME", name), "utf-8")
        self.access = driver.access()
        self.pipeline: Pipeline = replace(load(path), settings={"airflow": self.access.settings})
        self.files = compiled(self.pipeline, TARGET).native

    def submit(
        self,
        run: uuid.UUID | None = None,
        params: Mapping[str, Json] | None = None,
        *,
        files: tuple[EmittedFile, ...] | None = None,
        environ: Mapping[str, str] | None = None,
        **settings: Json,
    ) -> Handle:
        given = self.access
        access = replace(
            given,
            settings={**given.settings, **settings},
            environ=given.environ if environ is None else environ,
            patience=30.0,
        )
        return airflow.submit(self.pipeline, files or self.files, run or uuid.uuid4(), params or {}, access)


@pytest.fixture(scope="module")
def submitted(driver: Driver, tmp_path_factory: pytest.TempPathFactory) -> Submitted:
    return Submitted(driver, tmp_path_factory.mktemp("submitted"), "submitted")


def test_it_starts_a_run_once(submitted: Submitted) -> None:
    run = uuid.uuid4()
    first, second = submitted.submit(run), submitted.submit(run)
    assert (first.known, second.known) == (False, True)
    assert first.native == second.native


def test_it_says_how_a_run_goes_and_ends(submitted: Submitted, driver: Driver) -> None:
    handle = submitted.submit()
    driver.wait(handle)
    progress = airflow.status(handle, submitted.access)
    assert progress.state is RunState.SUCCEEDED
    assert progress.tasks == (("a", "success"), ("verdict", "success"))
    airflow.cancel(handle, submitted.access)
    assert airflow.status(handle, submitted.access).state is RunState.SUCCEEDED, "over already"


def test_it_knows_a_run_that_is_gone(submitted: Submitted) -> None:
    known = submitted.submit()
    handle = replace(known, native={**known.native, "run": "pipeglot__gone"})
    assert airflow.status(handle, submitted.access).state is RunState.GONE
    assert airflow.collect(handle, submitted.access).state is RunState.GONE
    with pytest.raises(SpecRejected, match="PG522: Airflow has no run `pipeglot__gone` of `submitted` any more"):
        airflow.cancel(handle, submitted.access)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"params": {"n": 0}}, "PG523: .* refuses to start a run .*0 is less than the minimum of 1"),
        ({"environ": {USER: "admin", PASSWORD: "wrong"}}, "PG521: .* does not accept who you are"),
        ({"environ": {TOKENS[0]: "wrong"}}, r"PG521: .* \(40[13]\)"),
        ({"environ": {}}, "PG521: .* wants to know who you are"),
        ({"environ": {USER: "admin"}}, "PG521: `AIRFLOW_PASSWORD` is not set"),
        ({"url": "http://127.0.0.1:1"}, "PG520: nothing answers at http://127.0.0.1:1: .*refused"),
        ({"url": "ftp://airflow"}, "PG430: `airflow.url` is `ftp://airflow`"),
        ({"dag_folder": "/proc/nowhere"}, "PG526: cannot write `/proc/nowhere"),
    ],
    ids=lambda each: each if isinstance(each, str) else json.dumps(list(each)),
)
def test_it_says_why_it_cannot_submit(how: dict[str, Json], message: str, submitted: Submitted) -> None:
    with pytest.raises(SpecRejected, match=message):
        submitted.submit(**how)  # type: ignore[arg-type]  # keywords of many types


def test_it_tells_of_a_dag_that_airflow_cannot_import(driver: Driver, tmp_path: Path) -> None:
    broken = Submitted(driver, tmp_path, "broken")
    files = tuple(
        replace(file, text=f"{file.text}\n1 / 0\n") if file.path == "broken.py" else file for file in broken.files
    )
    with pytest.raises(SpecRejected, match=r"PG523: Airflow cannot import .*ZeroDivisionError"):
        broken.submit(files=files)
    assert not broken.submit().known, "mended, the old error is no longer looked at"


def test_it_runs_a_dag_as_it_is_now(driver: Driver, tmp_path: Path) -> None:
    changed = Submitted(driver, tmp_path, "changed")
    changed.submit()
    longer = Submitted(driver, tmp_path, "changed")
    longer.pipeline = replace(
        longer.pipeline, steps=(*longer.pipeline.steps, replace(longer.pipeline.steps[0], id="b"))
    )
    longer.files = compiled(longer.pipeline, TARGET).native
    handle = longer.submit()
    driver.wait(handle)
    tasks = dict(airflow.status(handle, longer.access).tasks)
    assert tasks == {"a": "success", "b": "success", "verdict": "success"}


def test_it_needs_a_folder_or_a_dag(submitted: Submitted) -> None:
    access = Access({"url": submitted.access.settings["url"]}, submitted.access.environ)
    unknown = replace(submitted.pipeline, name="unknown")
    with pytest.raises(SpecRejected, match="PG522: Airflow has no DAG `unknown`, and no DAG folder is named"):
        airflow.submit(unknown, (), uuid.uuid4(), {}, access)
    assert not airflow.submit(submitted.pipeline, (), uuid.uuid4(), {}, access).known


def test_it_tells_of_every_task_of_a_wide_run(driver: Driver, tmp_path: Path) -> None:
    """More than Airflow tells at a time."""
    wide = Submitted(driver, tmp_path, "wide")
    step = wide.pipeline.steps[0]
    wide.pipeline = replace(wide.pipeline, steps=tuple(replace(step, id=f"a{number}") for number in range(104)))
    wide.files = compiled(wide.pipeline, TARGET).native
    handle = wide.submit()
    told = dict(airflow.status(handle, wide.access).tasks)
    airflow.cancel(handle, wide.access)
    for _ in range(60):
        told = dict(airflow.status(handle, wide.access).tasks)
        if len(told) == 105:
            break
        time.sleep(1)
    assert len(told) == 105
