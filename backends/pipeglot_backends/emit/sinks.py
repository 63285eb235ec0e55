"""What the sidecar is told of a server that records are sent to: `records: {sink: https://…}`."""

from __future__ import annotations

from typing import Final

from pipeglot.ir import Pipeline, Secret

TOKEN: Final = "PIPEGLOT_SINK_TOKEN"
"""The variable of the sidecar, which hands it to no step; on workers theirs is called so too."""
SECRET: Final = Secret("pipeglot-sink", "token", optional=True)
"""Where Kubernetes keeps it: a server that asks for none needs none."""


def variables(pipeline: Pipeline) -> dict[str, str]:
    return {"PIPEGLOT_SINK": pipeline.records.server} if pipeline.records.server else {}
