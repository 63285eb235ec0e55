"""The settings of a profile's `kubeflow:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import (
    LINE,
    NAMESPACE,
    NODE_LABEL,
    OBJECT,
    TEXT,
    WORD,
    Setting,
    forms,
    not_texts,
    place,
    url,
)

GPU_LABEL = "gpu_label"
RETRY_POLICY, POLICIES = "retry_policy", ("OnError", "Always")
"""The first is that of Kubeflow's own manifests: what ends with an exit code is not tried again."""
TIMEZONE = "timezone"
OBJECTS = "kubernetes/pipelineversion.yaml"
"""Of a Kubeflow that keeps its pipelines as objects: applied by their owner, never by `submit`."""
STORE, STORES = "pipeline_store", ("database", "kubernetes")
SETTINGS: dict[str, Setting] = {
    "host": Setting(
        "The address of Kubeflow's API.",
        url("https", "http"),
        "https://kubeflow.internal",
        otherwise="`KF_PIPELINES_ENDPOINT`, else by kubectl's configuration, or the pod's account",
    ),
    "namespace": Setting(
        "Yours, on an installation for many users; the namespace of the runs' ConfigMaps too.",
        NAMESPACE,
        "ml",
        otherwise="`KFP_NAMESPACE`, else kfp's own configuration, else the pod's",
    ),
    "pipeline_root": Setting(
        "Where artifacts and records go.",
        place("s3", "gs", "minio"),
        "s3://acme-ml/runs",
        otherwise="the installation's own, `minio://mlpipeline/v2/artifacts`",
    ),
    "experiment": Setting(
        "The experiment that runs stand in.",
        LINE,
        "churn",
        otherwise="`KF_PIPELINES_DEFAULT_EXPERIMENT_NAME`, else `Default`",
    ),
    "service_account": Setting(
        "As whom the pods of the runs ask their cluster.", OBJECT, "trainer", otherwise="the installation's own"
    ),
    GPU_LABEL: Setting(
        "The label of nodes that holds the `type` of a GPU in this cluster.",
        NODE_LABEL,
        "cloud.google.com/gke-accelerator",
        otherwise="that of the GPU's vendor, `nvidia.com/gpu.product`",
    ),
    TIMEZONE: Setting(
        "The one zone that all schedules of this Kubeflow are read in, as its owner set `CRON_SCHEDULE_TIMEZONE`.",
        WORD,
        "Europe/Vienna",
        default="UTC",
    ),
    RETRY_POLICY: Setting(
        "What the Argo below tries again, as its owner set `retryPolicy` in `workflowDefaults`. With `Always` that is "
        "a step that failed, too, after the last try of its sidecar: so it ends well then, and `pipeglot-verdict` "
        "fails the run.",
        TEXT,
        default=POLICIES[0],
        choices=POLICIES,
    ),
    STORE: Setting(
        "Where this Kubeflow keeps pipelines, as its owner set `pipelineStore`. With `kubernetes` they are objects: "
        "`kubernetes/pipelineversion.yaml` is written besides, to be applied by `kubectl` or from a repository.",
        TEXT,
        default="database",
        choices=STORES,
    ),
}
"""All are text."""


def tries_failures_again(given: Mapping[str, Json]) -> bool:
    """Whether the Argo below does, and not only what is lost."""
    return given.get(RETRY_POLICY) == POLICIES[1]


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("kubeflow", given, forms(SETTINGS))
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}
