"""The settings of a profile's `argo:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import (
    DURATION,
    LINE,
    NAMESPACE,
    NODE_LABEL,
    OBJECT,
    SEMAPHORE,
    TEXT,
    WORD,
    Flag,
    Setting,
    forms,
    not_texts,
    seconds,
    url,
)

GPU_LABEL = "gpu_label"
TTL = {"ttl": "secondsAfterCompletion", "ttl_success": "secondsAfterSuccess", "ttl_failure": "secondsAfterFailure"}
POD_GC = ("OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess")
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
        otherwise="that of the GPU's vendor, `nvidia.com/gpu.product`",
    ),
    "ttl": Setting(
        "How long a workflow that is over stays (`ttlStrategy`); `collect` it before.",
        DURATION,
        "7d",
        otherwise="as long as Argo's controller keeps it",
    ),
    "ttl_success": Setting("The same of one that succeeded.", DURATION, "1d", otherwise="as `ttl`"),
    "ttl_failure": Setting("The same of one that failed.", DURATION, "30d", otherwise="as `ttl`"),
    "pod_gc": Setting(
        "When the pods of a run are deleted (`podGC`): records stay, `logs` needs pods or `archive_logs`.",
        TEXT,
        "OnPodSuccess",
        choices=POD_GC,
        otherwise="as Argo's controller has it: never",
    ),
    "archive_logs": Setting(
        "Whether the logs of pods are kept as artifacts (`archiveLogs`).",
        Flag(),
        True,
        otherwise="as Argo's controller has it",
    ),
    "mutex": Setting(
        "A lock by name: of all workflows that name it one runs at a time, the others wait (`synchronization`).",
        OBJECT,
        "churn",
        otherwise="none",
    ),
    "semaphore": Setting(
        "A ConfigMap's key, as `CONFIGMAP/KEY`: so many workflows as its value says run at a time (`synchronization`).",
        SEMAPHORE,
        "limits/churn",
        otherwise="none",
    ),
    "starting_deadline": Setting(
        "How late a run of the schedule may still start (`startingDeadlineSeconds`), where a controller was away.",
        DURATION,
        "10m",
        otherwise="not at all: a run that was missed is left out",
    ),
}
"""Text, all but one."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("argo", given, forms(SETTINGS))
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}


def keeping(given: Mapping[str, Json]) -> dict[str, Json]:
    """Fields of a workflow's spec; those that are empty stand for nothing."""
    settings = checked(given)
    kept: Json = {field: seconds(settings[name]) for name, field in TTL.items() if name in settings}
    archived = given.get("archive_logs")
    return {
        "ttlStrategy": kept,
        "podGC": {"strategy": settings["pod_gc"]} if "pod_gc" in settings else None,
        "archiveLogs": archived if isinstance(archived, bool) else None,
        "synchronization": _synchronization(settings),
    }


def _synchronization(settings: Mapping[str, str]) -> Json:
    found: dict[str, Json] = {}
    if "mutex" in settings:
        found["mutexes"] = [{"name": settings["mutex"]}]
    if "semaphore" in settings:
        name, _, key = settings["semaphore"].partition("/")
        found["semaphores"] = [{"configMapKeyRef": {"name": name, "key": key}}]
    return found


def starting_deadline(given: Mapping[str, Json]) -> int:
    """A run that was missed is not made up for, also where a controller was away for a moment."""
    settings = checked(given)
    return seconds(settings["starting_deadline"]) if "starting_deadline" in settings else 0
