"""The settings of a profile's `argo:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import not_texts

GPU_LABEL = "gpu_label"
SETTINGS = ("server", "context", "namespace", "service_account", "artifact_repository", GPU_LABEL)
"""All are text. `gpu_label` is the node label that names the kind of GPU in this cluster."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("argo", given, SETTINGS)
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}
