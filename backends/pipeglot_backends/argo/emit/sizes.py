"""How large the manifests may be: what Kubernetes and Argo would refuse only when it is run is refused at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.shrinking import smaller

CONFIG_MAP = 1024 * 1024
WORKFLOW_TEMPLATE = 900 * 1024
"""A workflow carries its template along, and all of it must fit in 1 MiB, the state of its nodes included."""


def check(pipeline: Pipeline, config_map: Mapping[str, Data], template: Mapping[str, Data]) -> None:
    """Raises `SpecRejected` for what no cluster takes."""
    faults = [*_faults(pipeline, config_map, template)]
    if faults:
        raise SpecRejected(faults)


def _faults(pipeline: Pipeline, config_map: Mapping[str, Data], template: Mapping[str, Data]) -> Iterator[Diagnostic]:
    for what, limit, size in (
        ("the ConfigMap with sidecar and step table", CONFIG_MAP, _held(config_map["data"])),
        ("the WorkflowTemplate", WORKFLOW_TEMPLATE, _stored(template)),
    ):
        if size > limit:
            message = f"`argo` cannot keep this: {what} has {size // 1024} KiB, and at most {limit // 1024} fit"
            yield Diagnostic("PG401", message, pipeline.origin, hint=smaller(pipeline))


def _held(data: Data) -> int:
    assert isinstance(data, dict)
    return sum(len(name) + len(str(text).encode()) for name, text in data.items())


def _stored(manifest: Mapping[str, Data]) -> int:
    return len(json.dumps(manifest, separators=(",", ":"), ensure_ascii=False).encode())
