"""The settings of a profile's `argo:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import LINE, NAMESPACE, NODE_LABEL, OBJECT, WORD, Setting, forms, not_texts, url

GPU_LABEL = "gpu_label"
SETTINGS: dict[str, Setting] = {
    "namespace": Setting(
        "The namespace of all that is written, and of the runs.",
        NAMESPACE,
        "ml",
        otherwise="`ARGO_NAMESPACE`, else that of the context, else `default`",
    ),
    "service_account": Setting(
        "As whom the pods of the runs ask their cluster: what Argo's executor needs, "
        "and what steps need. A step's own is `kubernetes: {service_account: …}`.",
        OBJECT,
        "trainer",
        otherwise="`default` of the namespace",
    ),
    "context": Setting(
        "Which context of kubectl's configuration `submit` and its like go by.",
        LINE,
        "prod-eu",
        otherwise="the current one; inside a pod, its own account",
    ),
    "server": Setting(
        "An Argo Server, by which `submit` and its like go instead of the Kubernetes API.",
        url("https", "http"),
        "https://argo.internal",
        otherwise="`ARGO_SERVER`, else the Kubernetes API",
    ),
    "artifact_repository": Setting(
        "Where artifacts and records go: the key of a ConfigMap of repositories, as `KEY` or `CONFIGMAP/KEY`.",
        WORD,
        "artifact-repositories/ml",
        otherwise="the repository that Argo's controller, or the namespace, has as its default",
    ),
    GPU_LABEL: Setting(
        "The label of nodes that holds the `type` of a GPU in this cluster.",
        NODE_LABEL,
        "cloud.google.com/gke-accelerator",
        otherwise="none: a GPU with a `type` is refused",
    ),
}
"""All are text."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("argo", given, forms(SETTINGS))
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}
