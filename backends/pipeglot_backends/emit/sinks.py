"""What the sidecar is told of a server that records are sent to: `records: {sink: https://…}`."""

from __future__ import annotations

from typing import Final

from pipeglot.ir import Pipeline, Secret
from pipeglot_expression.runtime.contract import SINK, SINK_TOKEN

TOKEN: Final = SINK_TOKEN
SECRET: Final = Secret("pipeglot-sink", "token", optional=True)
"""Where Kubernetes keeps it: a server that asks for none needs none."""


def variables(pipeline: Pipeline) -> dict[str, str]:
    return {SINK: pipeline.records.server} if pipeline.records.server else {}
