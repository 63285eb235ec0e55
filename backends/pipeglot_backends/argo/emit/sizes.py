"""How large the manifests may be: what Kubernetes and Argo would refuse only when it is run is refused at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit.shrinking import smaller
from pipeglot_backends.emit.yaml_text import Data

WORKFLOW_TEMPLATE = 900 * 1024
"""A workflow carries its template along, and all of it must fit in 1 MiB, the state of its nodes included."""


def check(pipeline: Pipeline, template: Mapping[str, Data]) -> None:
    """Raises `SpecRejected` for what no cluster takes."""
    faults = [*_faults(pipeline, template)]
    if faults:
        raise SpecRejected(faults)


def _faults(pipeline: Pipeline, template: Mapping[str, Data]) -> Iterator[Diagnostic]:
    size, limit = _stored(template), WORKFLOW_TEMPLATE
    if size > limit:
        text = f"the WorkflowTemplate has {size // 1024} KiB, and at most {limit // 1024} fit"
        message = f"`argo` cannot keep this: {text}"
        yield Diagnostic("PG401", message, pipeline.origin, hint=smaller(pipeline))


def _stored(manifest: Mapping[str, Data]) -> int:
    return len(json.dumps(manifest, separators=(",", ":"), ensure_ascii=False).encode())
