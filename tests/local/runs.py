"""A pipeline from its text to its record, by the real parts, in one folder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import MISSING, Pipeline
from pipeglot_backends.local.engine.progress import Progress
from pipeglot_backends.local.run import RunOptions, RunResult, run_pipeline
from pipeglot_backends.protocol import EmittedFile
from pipeglot_expression.values import to_wire
from pipeglot_records.show import normal
from pipeglot_records.store.database import open_store
from pipeglot_records.store.intake.ingest import ingest_folder

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: test}\n"
QUICK = {"PIPEGLOT_GRACE": "0.5"}


@dataclass(slots=True)
class Watcher:
    """An observer that remembers, and can act on what it sees."""

    events: list[Progress] = field(default_factory=list[Progress])
    interval: float | None = None
    ticks: int = 0

    def observe(self, event: Progress) -> None:
        self.events.append(event)

    def tick(self) -> None:
        self.ticks += 1

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@dataclass(frozen=True, slots=True)
class Ran:
    """`record` is the normal form."""

    result: RunResult
    record: dict[str, Any]
    watcher: Watcher

    @property
    def steps(self) -> dict[str, Any]:
        return {**self.record["steps"], **self.record["on_exit"]}

    def words(self) -> dict[str, str]:
        """Of each step its reason, or its state where it succeeded."""
        return {name: step.get("reason", step["state"]) for name, step in self.steps.items()}

    def log(self, name: str) -> str:
        return (self.result.folder / "logs" / f"{name}.log").read_text("utf-8")


def compile_text(folder: Path, text: str) -> tuple[Pipeline, tuple[EmittedFile, ...]]:
    path = folder / "pipeline.yaml"
    path.write_text(text if "apiVersion:" in text else HEAD + text, "utf-8")
    pipeline = load(path, None)
    return pipeline, compiled(pipeline, "local").files


def wired(pipeline: Pipeline, given: Mapping[str, Any]) -> dict[str, str]:
    defaults = {param.name: param.default for param in pipeline.params if param.default is not MISSING}
    return {name: to_wire(value) for name, value in {**defaults, **given}.items()}


def run(
    folder: Path, text: str, params: Mapping[str, Any] | None = None, watcher: Watcher | None = None, **options: Any
) -> Ran:
    pipeline, files = compile_text(folder, text)
    watcher = watcher or Watcher()
    environ = {**RunOptions(folder).environ, **QUICK, **options.pop("environ", {})}
    result = run_pipeline(files, wired(pipeline, params or {}), RunOptions(folder, environ=environ, **options), watcher)
    definition = next(file.text for file in files if file.path == "definition.json")
    return Ran(result, record_of(folder, result.record, result.run_id, definition), watcher)


def record_of(folder: Path, record: Path, run_id: str, definition: str) -> dict[str, Any]:
    with open_store(str(folder / "records.db"), {}) as store:
        store.register(definition)
        ingest_folder(store, record)
        found: dict[str, Any] = json.loads(normal.text(store, run_id))
    return found


def until(true: Callable[[], bool]) -> None:
    """Waits for what must come to be."""
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
