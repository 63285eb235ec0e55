"""The settings of a profile's `argo:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import LINE, NAMESPACE, NODE_LABEL, OBJECT, WORD, Form, not_texts, url

GPU_LABEL = "gpu_label"
SETTINGS: dict[str, Form] = {
    "server": url("https", "http"),
    "context": LINE,
    "namespace": NAMESPACE,
    "service_account": OBJECT,
    "artifact_repository": WORD,
    GPU_LABEL: NODE_LABEL,
}
"""All are text. `gpu_label` is the node label that names the kind of GPU in this cluster."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("argo", given, SETTINGS)
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}
