"""Runs pipelines on one real Airflow, through what users submit and collect with, and gives back their records."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.engines import environment
from tests.engines.airflow.standalone import Standalone

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Json, Pipeline, Records
from pipeglot_backends.airflow.remote import submit as airflow
from pipeglot_backends.airflow.remote.connection import PASSWORD, USER
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.remote.protocol import Access, Handle
from pipeglot_records.engines import remote
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store

TARGET = os.environ.get("PIPEGLOT_TEST_AIRFLOW", "airflow")
"""`airflow@3.1` to run everything on an older one; the newest runs in CI."""
OVER_WITHIN = 600.0
POLLED_EVERY = 1.0


@dataclass(frozen=True)
class Places:
    """Where artifacts and records go, if not beside the DAG, and who brings to the engine what `submit` does not."""

    artifacts: Path | str | None = None
    records: Path | None = None
    deliver: Callable[[Sequence[EmittedFile]], None] = lambda files: None


@dataclass(frozen=True)
class Outcome:
    """`normal` is the record in its normal form; `run` what Airflow's own pages show of it.

    `said` is what the logs of its tasks say, for whoever has to understand a record that is not the expected one.
    """

    normal: str
    run: str
    tasks: Mapping[str, str]
    said: str


class Driver:
    """`start`, then `run` as often as wanted and side by side, then `stop`."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environ = environ
        self._airflow: Standalone | None = None

    @staticmethod
    def available() -> str | None:
        """Why Airflow cannot run here, or None. Installs it when it is not there yet."""
        try:
            environment.interpreter(TARGET)
        except environment.CannotInstall as fault:
            return f"Airflow cannot be installed here: {str(fault).splitlines()[-1]}"
        return None

    def start(self) -> None:
        self._airflow = Standalone(environment.interpreter(TARGET), self._environ)
        self._airflow.start()

    def stop(self) -> None:
        if self._airflow is not None:
            self._airflow.stop()

    @property
    def airflow(self) -> Standalone:
        assert self._airflow is not None, "start comes first"
        return self._airflow

    def access(self, **settings: Json) -> Access:
        user, password = self.airflow.password()
        told: dict[str, Json] = {"url": self.airflow.url, "dag_folder": str(self.airflow.dags), **settings}
        return Access(told, {USER: user, PASSWORD: password}, patience=120.0, folder=self._folder / "collected")

    def run(
        self,
        path: Path,
        params: Mapping[str, Json] | None = None,
        cancel: str | None = None,
        profile: str | None = None,
        places: Places | None = None,
        **settings: Json,
    ) -> Outcome:
        """Raises `SpecRejected` where the compiler refuses."""
        return self.run_loaded(load(path, profile), params, cancel, places, **settings)

    def run_loaded(
        self,
        loaded: Pipeline,
        params: Mapping[str, Json] | None = None,
        cancel: str | None = None,
        places: Places | None = None,
        **settings: Json,
    ) -> Outcome:
        access = self.access(**settings)
        pipeline = replace(loaded, settings={"airflow": access.settings})
        places = places or Places()
        if places.artifacts:
            pipeline = replace(pipeline, artifacts=str(places.artifacts))
        if places.records:
            pipeline = replace(pipeline, records=Records(sink=str(places.records)))
        made = compiled(pipeline, TARGET)
        places.deliver(made.native)
        run = uuid.uuid4()
        with open_store(str(self._folder / f"{run}.db"), {}) as store:
            known = remote.begin(store, pipeline, "airflow", made.files, run, params or {}, access)
            if cancel:
                _wait_for_start(known.handle, cancel)
                remote.stop(store, known, access, "the driver")
            tasks = self.wait(known.handle)
            _, state = remote.fetch(store, known, access)
            return Outcome(normal.text(store, str(run)), state.value, tasks, _said(self.airflow.home, run))

    def wait(self, handle: Handle) -> Mapping[str, str]:
        """The tasks of a run and Airflow's word for each, once it is over."""
        until = time.monotonic() + OVER_WITHIN
        while not (progress := airflow.status(handle, self.access())).state.over:
            assert time.monotonic() < until, f"the run is not over: {progress}"
            self.airflow.check()
            time.sleep(POLLED_EVERY)
        return dict(progress.tasks)


def _said(home: Path, run: uuid.UUID) -> str:
    logs = sorted((home / "logs").glob(f"dag_id=*/run_id=*{run}/*/**/*.log"))
    return "\n".join(line for log in logs for line in (f"== {log.parent.name} {log.name}", *_events(log)))


def _events(log: Path) -> list[str]:
    found: list[str] = []
    for line in log.read_text("utf-8", "replace").splitlines():
        try:
            found.append(str(json.loads(line)["event"]))
        except (ValueError, KeyError, TypeError):
            found.append(line)  # not one of Airflow's own, or not yet whole
    return found


def _folder(handle: Handle) -> Path:
    return Path(handle.native["records"]) / str(handle.run)


def _wait_for_start(handle: Handle, step: str) -> None:
    until = time.monotonic() + OVER_WITHIN
    while not any('"event":"start"' in log.read_text("utf-8") for log in _folder(handle).glob(f"{step}.*.jsonl")):
        assert time.monotonic() < until, f"{step} did not start"
        time.sleep(POLLED_EVERY)
