"""Raw patches for Vertex AI: of a step on its container, of the pipeline on the PipelineSpec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeglot.ir import Patch, Pipeline, Step
from pipeglot_backends.emit.patching import Faults, Patching
from pipeglot_backends.kubeflow.patches import CONTAINER, SPEC, checked
from pipeglot_backends.kubeflow.patches import base as of_kubeflow
from pipeglot_backends.protocol import Options


def faults(pipeline: Pipeline, step: Step | None, patch: Patch) -> Faults:
    del pipeline
    yield from (
        checked("vertex", patch, ("container",), CONTAINER) if step else checked("vertex", patch, ("spec",), SPEC)
    )


def base(pipeline: Pipeline, step: Step | None, options: Options) -> Mapping[str, Any]:
    """It has no platform document."""
    return {part: held for part, held in of_kubeflow(pipeline, step, options).items() if part != "kubernetes"}


PATCHING = Patching(faults, base)
