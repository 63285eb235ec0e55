"""What the pod of a step has besides: `kubernetes:`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Findings
from pipeglot.analysis.drafts import Draft
from pipeglot.ir import Json, Pod, Volume
from pipeglot.spec.merging import Path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeglot.spec.schema import pod_models

OURS = ("/pipeglot", "/pipeglot-python", "/tmp/pipeglot", "/airflow/xcom", "/dev/shm")
"""Where pipeglot and the engines mount what they need."""
PLACED = ("mount_path", "sub_path", "read_only")


def pod(draft: Draft, findings: Findings) -> Pod | None:
    if "kubernetes" not in draft.spec:
        return None
    spec, path = draft.spec["kubernetes"], (*draft.path, "kubernetes")
    return Pod(
        findings.origin(*path),
        spec.get("node_selector", {}),
        tuple(cast("Mapping[str, Json]", each) for each in spec.get("tolerations", [])),
        _volumes(spec.get("volumes", []), (*path, "volumes"), findings),
        spec.get("service_account"),
        tuple(spec.get("image_pull_secrets", [])),
        cast("Mapping[str, Json]", spec.get("affinity", {})),
        cast("Mapping[str, Json]", spec.get("security_context", {})),
        spec.get("labels", {}),
        spec.get("annotations", {}),
    )


def _volumes(volumes: list[pod_models.Volume], path: Path, findings: Findings) -> tuple[Volume, ...]:
    found: list[Volume] = []
    for index, each in enumerate(volumes):
        at = (*path, index)
        source = {key: cast(Json, value) for key, value in each.items() if key not in PLACED}
        volume = Volume(
            _normal(each["mount_path"]),
            source,
            findings.origin(*at),
            each.get("sub_path"),
            each.get("read_only", False),
        )
        _check(volume, [other.mount_path for other in found], at, findings)
        found.append(volume)
    return tuple(found)


def _check(volume: Volume, others: list[str], path: Path, findings: Findings) -> None:
    if len(volume.source) != 1:
        there = ", ".join(f"`{name}`" for name in volume.source) or "none"
        hint = "write `persistentVolumeClaim: {claimName: …}`" if not volume.source else None
        findings.say("PG325", f"a volume has one source, and here is {there}", path, hint=hint)
    if volume.mount_path in others:
        message = f"two volumes are mounted at `{volume.mount_path}`"
        findings.say("PG325", message, (*path, "mount_path"))
    if volume.mount_path == "/" or any(f"{volume.mount_path}/".startswith(f"{ours}/") for ours in OURS):
        message = f"`{volume.mount_path}` is not free: there are files that the step needs to run"
        findings.say("PG325", message, (*path, "mount_path"))


def _normal(path: str) -> str:
    return path.rstrip("/") or "/"
