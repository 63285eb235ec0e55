"""What is not on Vertex though the form of a definition allows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ACCELERATORS = (
    "NVIDIA_TESLA_T4", "NVIDIA_TESLA_P4", "NVIDIA_TESLA_P100", "NVIDIA_TESLA_V100", "NVIDIA_TESLA_K80",
    "NVIDIA_TESLA_A100", "NVIDIA_A100_80GB", "NVIDIA_L4", "NVIDIA_H100_80GB", "NVIDIA_H100_MEGA_80GB",
    "NVIDIA_H200_141GB", "NVIDIA_B200", "NVIDIA_GB200", "NVIDIA_RTX_PRO_6000",
)  # fmt: skip
"""Google Cloud's names for GPUs."""
COUNTS = ("1", "2", "4", "8", "16")
NOT_THERE = ("singlePlatformSpecs", "taskConfigPassthroughs")


def faults(spec: Mapping[str, Any]) -> Iterator[str]:
    for place, component in (("root", spec["root"]), *spec["components"].items()):
        yield from (f"{place}: Vertex knows no {field}" for field in NOT_THERE if field in component)
    for label, executor in spec["deploymentSpec"]["executors"].items():
        yield from (f"{label}: {fault}" for fault in _resources(executor.get("container", {}).get("resources", {})))


def _resources(resources: Mapping[str, Any]) -> Iterator[str]:
    for limit in ("cpu", "memory"):
        if f"{limit}Request" in resources and f"{limit}Limit" not in resources:
            yield f"Vertex picks the machine by limits, and there is none for {limit}"
    accelerator = resources.get("accelerator", {})
    kind = accelerator.get("type") or accelerator.get("resourceType")
    count = accelerator.get("count") or accelerator.get("resourceCount")
    if accelerator and kind not in ACCELERATORS:
        yield f"Google Cloud has no accelerator {kind!r}"
    if accelerator and str(count) not in COUNTS:
        yield f"no machine of Google Cloud has {count} accelerators"
