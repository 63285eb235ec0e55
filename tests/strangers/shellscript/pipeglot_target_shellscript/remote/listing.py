"""The runs that the engine has of a pipeline: those of `submit`, and those whose script a person started."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.remote.protocol import Access, EngineRun
from pipeglot_backends.remote.sdk import moment
from pipeglot_expression.values import from_wire
from pipeglot_target_shellscript.remote import runs


def list_runs(pipeline: Pipeline, access: Access, limit: int) -> Iterator[EngineRun]:
    """The newest `limit` of them, the newest first."""
    there = [folder for folder in runs.engine(access).glob("*/") if runs.said(folder, "pipeline") == pipeline.name]
    there.sort(key=lambda folder: runs.said(folder, "began"), reverse=True)
    for folder in islice(there, limit):
        run = runs.said(folder, "id")
        yield EngineRun(
            native={"folder": str(folder)},
            run=uuid.UUID(run) if run else None,
            params=_params(folder),
            began=moment(runs.said(folder, "began")),
            ended=moment(runs.said(folder, "ended")),
            definition=runs.said(folder, "definition"),
        )


def _params(folder: Path) -> dict[str, Json]:
    return {path.name: from_wire(path.read_text("utf-8")) for path in (folder / "params").glob("*")}  # type: ignore[misc]  # params are plain values
