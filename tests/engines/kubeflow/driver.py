"""Runs pipelines on a real Kubeflow Pipelines, by what users submit and collect with, and gives back their records.

It is not started here: `PIPEGLOT_KFP_HOST` says where it is. Further variables, all optional: `PIPEGLOT_KFP_VERSION`
(`2.17`); `PIPEGLOT_KFP_NAMESPACE`, `PIPEGLOT_KFP_PIPELINE_ROOT`, `PIPEGLOT_KFP_SERVICE_ACCOUNT`, as in a profile;
`PIPEGLOT_KFP_IMAGE`, what all steps run in, where `python:3.11-slim` cannot be pulled; `PIPEGLOT_KFP_DELIVER`, by what
the sidecar comes (`image`, where that image holds it; a ConfigMap needs `KUBECONFIG`); `PIPEGLOT_KFP_AT_ONCE`, how many
run side by side (3); `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, of its object store.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Json, Pipeline, Step
from pipeglot_backends.kubeflow import VERSIONS
from pipeglot_backends.remote.protocol import Access
from pipeglot_records.engines import remote
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store

HOST = os.environ.get("PIPEGLOT_KFP_HOST")
VERSION = os.environ.get("PIPEGLOT_KFP_VERSION") or VERSIONS[-1]
IMAGE = os.environ.get("PIPEGLOT_KFP_IMAGE")
DELIVER = os.environ.get("PIPEGLOT_KFP_DELIVER")
AT_ONCE = int(os.environ.get("PIPEGLOT_KFP_AT_ONCE") or 3)
SETTINGS = ("namespace", "pipeline_root", "service_account")
TARGET = f"kubeflow@{VERSION}"
OVER_WITHIN = 1800.0
POLLED_EVERY = 3.0


@dataclass(frozen=True)
class Outcome:
    """`normal` is the record in its normal form, `state` Kubeflow's word on the run, `tasks` its words on the tasks."""

    normal: str
    state: str
    tasks: tuple[tuple[str, str], ...]
    native: Mapping[str, str]


Outcomes: TypeAlias = dict[str, Future[Outcome]]
"""By the case's name."""


class Driver:
    """One Kubeflow; `run` as often as wanted and side by side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def available() -> str | None:
        """Why nothing can be run, or None."""
        return None if HOST else "no Kubeflow Pipelines to run on: PIPEGLOT_KFP_HOST says where one is"

    @property
    def access(self) -> Access:
        given = {name: os.environ.get(f"PIPEGLOT_KFP_{name.upper()}") for name in SETTINGS}
        settings: dict[str, Json] = {name: text for name, text in {"host": HOST, **given}.items() if text}
        return Access(settings, dict(os.environ), folder=self._folder / "collected")

    def run(
        self,
        path: Path,
        params: Mapping[str, Json] | None = None,
        cancel: str | None = None,
        profile: str | None = None,
    ) -> Outcome:
        """Submitted, followed to its end, collected. Raises `SpecRejected` where the compiler refuses."""
        access = self.access
        pipeline = prepared(load(path, profile), access.settings)
        files = compiled(pipeline, TARGET).files
        run = uuid.uuid4()
        with open_store(str(self._folder / f"{run}.db"), {}) as store:
            known = remote.begin(store, pipeline, TARGET, files, run, params or {}, access)
            if cancel:
                self._wait_for(known, cancel)
                remote.stop(store, known, access, "the driver")
            tasks = self._wait_for(known)
            _, state = remote.fetch(store, known, access)
            return Outcome(normal.text(store, str(run)), state.value, tasks, known.handle.native)

    def _wait_for(self, known: remote.Remote, step: str | None = None) -> tuple[tuple[str, str], ...]:
        """Until the run is over, or a step of it runs."""
        until = time.monotonic() + OVER_WITHIN
        while True:
            progress = remote.follow(known, self.access)
            if progress.state.over or (step, "RUNNING") in progress.tasks:
                return progress.tasks
            assert time.monotonic() < until, f"the run is not over: {progress} {known.handle}"
            time.sleep(POLLED_EVERY)


def prepared(pipeline: Pipeline, settings: Mapping[str, Json]) -> Pipeline:
    """As a profile for this Kubeflow would make it."""
    return replace(
        pipeline,
        steps=tuple(map(_in_image, pipeline.steps)),
        on_exit=tuple(map(_in_image, pipeline.on_exit)),
        settings={"kubeflow": settings},
        deliver=DELIVER or pipeline.deliver,
    )


def _in_image(step: Step) -> Step:
    return replace(step, image=IMAGE) if IMAGE else step
