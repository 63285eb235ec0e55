"""The settings of a profile's `kubeflow:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Json
from pipeglot.suggestions import nearest

GPU_LABEL = "gpu_label"
TIMEZONE = "timezone"
SETTINGS = ("host", "namespace", "pipeline_root", "experiment", "service_account", GPU_LABEL, TIMEZONE)
"""All are text. `gpu_label` is the node label that names the kind of GPU in this cluster. `timezone` is the one zone
that all schedules of this Kubeflow are read in; UTC unless its owner changed that."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = [_unknown(name) for name in given if name not in SETTINGS]
    faults += [
        Diagnostic("PG430", f"`kubeflow.{name}` is text, and `{value}` is none")
        for name, value in given.items()
        if name in SETTINGS and not isinstance(value, str)
    ]
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}


def _unknown(name: str) -> Diagnostic:
    near = nearest(name, sorted(SETTINGS))
    hint = f"did you mean `{near}`?" if near else f"known are {', '.join(sorted(SETTINGS))}"
    return Diagnostic("PG430", f"`kubeflow` has no setting `{name}`", hint=hint)
