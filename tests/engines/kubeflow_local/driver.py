"""Runs pipelines by kfp.local on a Docker Engine of our own, and gives back their records."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tests.engines import environment
from tests.engines.airflow_docker.dockerd import Dockerd
from tests.engines.rig.images import PYTHON

from pipeglot.driver.compiling import compiled, load, sidecar_text
from pipeglot.ir import MISSING, Json, Pipeline
from pipeglot.run_events import RunEvents
from pipeglot_backends.kubeflow.remote.arguments import arguments
from pipeglot_records.show import normal
from pipeglot_records.store.database import Store, open_store
from pipeglot_records.store.intake.ingest import Tail

TARGET = "kubeflow"
PLAYING = Path(__file__).with_name("playing.py")
OVER_WITHIN = 600.0
POLLED_EVERY = 0.5


@dataclass(frozen=True)
class Outcome:
    """`normal` is the record in its normal form; `state` and `why` kfp.local's own words on the run."""

    normal: str
    state: str
    why: str


class Driver:
    """`start`, then `run` as often as wanted and side by side, then `stop`. The image of steps holds the sidecar."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._docker = Dockerd()
        self._player: subprocess.Popen[str] | None = None

    @staticmethod
    def available() -> str | None:
        """Why kfp.local cannot run here, or None. Installs it when it is not there yet."""
        if reason := Dockerd.available():
            return reason
        try:
            environment.interpreter("kubeflow")
        except environment.CannotInstall as fault:
            return f"kfp cannot be installed here: {str(fault).splitlines()[-1]}"
        return None

    def start(self) -> None:
        self._docker.start()
        with tempfile.TemporaryDirectory() as folder:
            held = Path(folder) / "pipeglot"
            held.mkdir()
            (held / "sidecar.py").write_text(sidecar_text(), "utf-8")
            self._docker.image(PYTHON, folder=held)
        environ = {**os.environ, "DOCKER_HOST": self._docker.url}
        command = [str(environment.interpreter("kubeflow")), str(PLAYING)]
        self._player = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env=environ)

    def stop(self) -> None:
        if self._player is not None and self._player.stdin is not None:
            self._player.stdin.close()
            self._player.wait(60)
        self._docker.stop()

    def left(self) -> list[str]:
        """The containers that are still there."""
        return self._docker.left()

    def run(
        self,
        path: Path,
        params: Mapping[str, Json] | None = None,
        profile: str | None = None,
        *,
        deliver: str | None = None,
    ) -> Outcome:
        """Compiled, run to its end, collected. Raises `SpecRejected` where the compiler refuses."""
        pipeline = load(path, profile)
        settings = {**pipeline.settings.get(TARGET, {}), "retry_policy": "Always"}  # kfp.local has no other
        pipeline = replace(pipeline, deliver=deliver, settings={**pipeline.settings, TARGET: settings})
        files = {file.path: file.text for file in compiled(pipeline, TARGET).files}
        run = uuid.uuid4()
        folder = self._folder / str(run)
        ended = self.play(folder, files["pipeline.yaml"], arguments(pipeline, params or {}, run))
        with open_store(str(folder / "records.db"), {}) as store:
            definition = store.register(files["definition.json"])
            _ingest(store, folder, run, pipeline, definition, params or {}, ended["state"])
            return Outcome(normal.text(store, str(run)), ended["state"], ended["why"])

    def play(self, folder: Path, definition: str, params: Mapping[str, Json]) -> Mapping[str, str]:
        """How kfp.local ended a definition: `succeeded`, `failed`, or `broken` where it gave up by itself."""
        assert self._player is not None, "start comes first"
        assert self._player.stdin is not None
        folder.mkdir(parents=True)
        (folder / "definition.yaml").write_text(definition, "utf-8")
        (folder / "params.json").write_text(json.dumps(params), "utf-8")
        self._player.stdin.write(f"{folder}\n")
        self._player.stdin.flush()
        until = time.monotonic() + OVER_WITHIN
        while not (folder / "ended.json").exists():
            assert time.monotonic() < until, (folder / "log").read_text("utf-8", "replace")
            time.sleep(POLLED_EVERY)
        ended: Mapping[str, str] = json.loads((folder / "ended.json").read_text("utf-8"))
        return ended


def _ingest(
    store: Store,
    folder: Path,
    run: uuid.UUID,
    pipeline: Pipeline,
    definition: str,
    params: Mapping[str, Json],
    state: str,
) -> None:
    """Everything that the run left, and what `submit` and `collect` say of a run as a whole."""
    defaults = {param.name: param.default for param in pipeline.params if param.default is not MISSING}
    told: dict[str, Json] = {name: {"value": value} for name, value in {**defaults, **params}.items()}
    with RunEvents(folder / "run", str(run), "submit") as events:
        events.write("run", pipeline=pipeline.name, definition=definition, params=told, target=TARGET)
        if state in ("succeeded", "failed"):
            events.write("run-end", state=state, by="engine")
    places = {path.parent for path in (folder / "root").rglob("*.jsonl")}
    Tail(store, *sorted({*places, folder / "run" / str(run)})).poll(last=True)
