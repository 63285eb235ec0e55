"""The settings of a profile's `kubeflow:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import LINE, NAMESPACE, NODE_LABEL, OBJECT, WORD, Form, not_texts, place, url

GPU_LABEL = "gpu_label"
TIMEZONE = "timezone"
SETTINGS: dict[str, Form] = {
    "host": url("https", "http"),
    "namespace": NAMESPACE,
    "pipeline_root": place("s3", "gs", "minio"),
    "experiment": LINE,
    "service_account": OBJECT,
    GPU_LABEL: NODE_LABEL,
    TIMEZONE: WORD,
}
"""All are text. `gpu_label` is the node label that names the kind of GPU in this cluster. `timezone` is the one zone
that all schedules of this Kubeflow are read in; UTC unless its owner changed that."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("kubeflow", given, SETTINGS)
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}
