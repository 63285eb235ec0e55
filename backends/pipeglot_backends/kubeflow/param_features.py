"""Params that Kubeflow and Vertex AI cannot carry: predicates over the pipeline, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeglot.ir import MISSING, Origin, Pipeline
from pipeglot_backends.kubeflow.emit.types import ROOM_FOR_PARAMS, param_default
from pipeglot_expression.limits import typed
from pipeglot_expression.runtime.kfp_values import BEYOND, inexact

ROOM = f"at most {ROOM_FOR_PARAMS:,} bytes of JSON"
NO_DOUBLE = f"an int beyond {BEYOND}"
EXACT = f"integers up to {BEYOND}"


def default_beyond_doubles(pipeline: Pipeline) -> Iterator[Origin]:
    """The places of ints in defaults, those of a profile and those inside lists and dicts too."""
    for param in pipeline.params:
        place = param.default_origin or param.origin
        if param.default is not MISSING:
            for inside, _ in inexact(param.default, typed(param.type, param.limits)):
                yield Origin(place.source, (*place.path, *inside))


def defaults_beyond_room(pipeline: Pipeline) -> Iterator[Origin]:
    """The largest default, where all together are more than a run may be given."""
    known = [param for param in pipeline.params if param.default is not MISSING]
    sizes = {param.name: len(json.dumps(param_default(param))) for param in known}
    if len(json.dumps({param.name: param_default(param) for param in known})) > ROOM_FOR_PARAMS:
        largest = max(known, key=lambda param: sizes[param.name])
        yield largest.default_origin or largest.origin
