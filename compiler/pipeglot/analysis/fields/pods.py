"""What the pod of a step has besides: `kubernetes:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.fields.quantities import duration
from pipeglot.analysis.labels import check_labels
from pipeglot.ir import Json, Pod, Volume
from pipeglot.spec.merging import Path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeglot.spec.schema import pod_models

OURS = ("/pipeglot", "/pipeglot-python", "/tmp/pipeglot", "/airflow/xcom", "/dev/shm")
"""Where pipeglot and the engines mount what they need."""
LEAST_GRACE = 15
PLACED = ("mount_path", "sub_path", "read_only")


def pod(spec: pod_models.Kubernetes, path: Path, collector: Collector) -> Pod:
    check_labels(spec.get("labels", {}), (*path, "labels"), collector)
    return Pod(
        collector.origin(*path),
        spec.get("node_selector", {}),
        tuple(cast("Mapping[str, Json]", each) for each in spec.get("tolerations", [])),
        _volumes(spec.get("volumes", []), (*path, "volumes"), collector),
        spec.get("service_account"),
        tuple(spec.get("image_pull_secrets", [])),
        cast("Mapping[str, Json]", spec.get("affinity", {})),
        cast("Mapping[str, Json]", spec.get("security_context", {})),
        spec.get("labels", {}),
        spec.get("annotations", {}),
        spec.get("image_pull_policy"),
        spec.get("priority_class"),
        _grace(spec["termination_grace"], (*path, "termination_grace"), collector)
        if "termination_grace" in spec
        else None,
        _env_from(spec.get("env_from", []), (*path, "env_from"), collector),
    )


def _grace(text: str | None, path: Path, collector: Collector) -> float | None:
    if text is None:
        return None
    seconds = duration(text, path, collector)
    if seconds % 1 or seconds < LEAST_GRACE:
        message = f"`termination_grace` is `{text}`, and it is whole seconds, at least {LEAST_GRACE}: "
        message += "10 for the command, and 5 in which its record is written"
        collector.report("PG310", message, path)
    return seconds


def _env_from(entries: list[pod_models.EnvFrom], path: Path, collector: Collector) -> tuple[Mapping[str, Json], ...]:
    for index, each in enumerate(entries):
        if ("configMapRef" in each) == ("secretRef" in each):
            message = "variables come from one place: `configMapRef: {name: …}` or `secretRef: {name: …}`"
            collector.report("PG325", message, (*path, index))
    return tuple(cast("Mapping[str, Json]", each) for each in entries)


def _volumes(volumes: list[pod_models.Volume], path: Path, collector: Collector) -> tuple[Volume, ...]:
    found: list[Volume] = []
    for index, each in enumerate(volumes):
        at = (*path, index)
        source = {key: cast(Json, value) for key, value in each.items() if key not in PLACED}
        volume = Volume(
            _normal(each["mount_path"]),
            source,
            collector.origin(*at),
            each.get("sub_path"),
            each.get("read_only", False),
        )
        _check(volume, [other.mount_path for other in found], at, collector)
        found.append(volume)
    return tuple(found)


def _check(volume: Volume, others: list[str], path: Path, collector: Collector) -> None:
    if len(volume.source) != 1:
        there = ", ".join(f"`{name}`" for name in volume.source) or "none"
        hint = "add `persistentVolumeClaim: {claimName: …}`" if not volume.source else None
        collector.report("PG325", f"a volume has one source, and here is {there}", path, hint=hint)
    if volume.mount_path in others:
        message = f"two volumes are mounted at `{volume.mount_path}`"
        collector.report("PG325", message, (*path, "mount_path"))
    if volume.mount_path == "/" or any(f"{volume.mount_path}/".startswith(f"{ours}/") for ours in OURS):
        message = f"`{volume.mount_path}` is not free: there are files that the step needs to run"
        collector.report("PG325", message, (*path, "mount_path"))


def _normal(path: str) -> str:
    return path.rstrip("/") or "/"
