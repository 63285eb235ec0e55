"""How large a definition may be: what Google Cloud would refuse only when it is submitted is refused at once."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot_backends.emit.shrinking import smaller
from pipeglot_backends.emit.yaml_text import Data

LIMIT = 10 * 1024 * 1024
"""Bytes of a request to Google Cloud, which says of what is longer `Request payload size exceeds the limit: 10485760
bytes`. Of Vertex AI's pipelines no limit of their own is documented."""
REST = 64 * 1024
"""What else stands in the request: parameters, labels, names."""


def check(pipeline: Pipeline, spec: Mapping[str, Data]) -> None:
    """Raises `SpecRejected` for what no request holds."""
    size = len(json.dumps(spec, separators=(",", ":"))) + REST
    if size > LIMIT:
        text = f"the request to start it has {size / 2**20:.1f} MiB, and at most {LIMIT // 2**20} fit"
        message = f"`vertex` cannot keep this: {text}"
        raise SpecRejected([Diagnostic("PG401", message, pipeline.origin, hint=smaller(pipeline))])
