"""How large the files may be: what Kubernetes would refuse only when it is run is refused at once."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit.shrinking import smaller
from pipeglot_backends.kubeflow.emit.document import Documents
from pipeglot_backends.kubeflow.emit.sidecar_task import containers
from pipeglot_backends.protocol import EmittedFile

OUTERMOST = 1000
FEW, MOST = 2, 5
"""Tasks that may have the sidecar in their containers. What Argo notes of a task repeats its container, and all notes
of a run must fit in one object of 1 MiB: four such tasks did not, by the manifests of Kubeflow 2.17."""
LIMITS = {
    "pipeline.yaml": (1024 * 1024, "the pipeline, of which Kubeflow makes one workflow"),
}


def at_least(made: Documents) -> int:
    """Characters that the text has in any case: a line of YAML with its indentation is longer than the same in JSON.

    But for the first two levels, which are few lines. What is too long by this need not be written to be measured.
    """
    return len(json.dumps(made.pipeline, separators=(",", ":"), ensure_ascii=False)) - OUTERMOST


def few(pipeline: Pipeline) -> bool:
    """Whether the sidecar may stand in each container, by whatever is known before the run."""
    count, known = containers((*pipeline.steps, *pipeline.on_exit))
    return known and count <= FEW


def check_count(pipeline: Pipeline) -> None:
    """Raises `SpecRejected` for more tasks than can have the sidecar in them, where the profile wants it there."""
    count, _ = containers((*pipeline.steps, *pipeline.on_exit))
    if count > MOST:
        reason = f"what Argo notes of {count} tasks with the sidecar in each exceeds its 1 MiB"
        raise SpecRejected([_beside(f"`kubeflow` cannot keep this: {reason}", pipeline, "task")])


def too_long_inline(target: str, pipeline: Pipeline, size: int, other: str) -> SpecRejected:
    """The refusal of a definition that the profile wants the sidecar in, where `other` is the way out."""
    reason = f"`{target}` cannot keep this: the definition has at least {size // 1024} KiB with the sidecar in it"
    return SpecRejected([_beside(reason, pipeline, other)])


def _beside(reason: str, pipeline: Pipeline, other: str) -> Diagnostic:
    place = pipeline.profile_origin or pipeline.origin
    return Diagnostic("PG401", reason, place, hint=f"write `sidecar: {{deliver: {other}}}`, or `auto`")


def check(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[EmittedFile, ...]:
    """Raises `SpecRejected` for what no cluster takes."""
    faults = [*_faults(pipeline, files)]
    if faults:
        raise SpecRejected(faults)
    return files


def _faults(pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> Iterator[Diagnostic]:
    for file in files:
        limit, what = LIMITS.get(file.path, (len(file.text), ""))
        if len(file.text) > limit:
            reason = f"{what} has {len(file.text) // 1024} KiB, and at most {limit // 1024} fit"
            message = f"`kubeflow` cannot keep this: {reason}"
            yield Diagnostic("PG401", message, pipeline.origin, hint=smaller(pipeline))
