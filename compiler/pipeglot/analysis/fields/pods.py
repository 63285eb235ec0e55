"""What the pod of a step has besides: `kubernetes:`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.fields.quantities import duration
from pipeglot.analysis.labels import check_labels, unlike_key, unlike_value
from pipeglot.ir import Json, Pod, Volume
from pipeglot.spec.merging import Path
from pipeglot.spec.schema import patterns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeglot.spec.schema.pods import models as pod_models

OURS = ("/pipeglot", "/pipeglot-python", "/tmp/pipeglot", "/airflow/xcom", "/dev/shm")
"""Where pipeglot and the engines mount what they need."""
LEAST_GRACE = 15
NAMED = "which has lower-case letters, digits, `.` and inner dashes, at most 253"
SOURCES = {"secret": "secretName", "configMap": "name", "persistentVolumeClaim": "claimName"}
PLACED = ("mount_path", "sub_path", "read_only")


def pod(spec: pod_models.Kubernetes, path: Path, collector: Collector) -> Pod:
    check_labels(spec.get("labels", {}), (*path, "labels"), collector)
    check_labels(spec.get("node_selector", {}), (*path, "node_selector"), collector, given=False)
    for key in spec.get("annotations", {}):
        if wrong := unlike_key(key.lower()):
            message = f"`{key[:60]}` cannot name an annotation: {wrong}"
            collector.report("PG328", message, (*path, "annotations", key), key=True)
    _tolerations(spec.get("tolerations", []), (*path, "tolerations"), collector)
    for place, name in _names(spec):
        if not re.match(patterns.SECRET, name):
            message = (
                f"`{place[-1] if isinstance(place[-1], str) else place[-2]}` names an object of Kubernetes, {NAMED}"
            )
            collector.report("PG301", message, (*path, *place))
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


def _names(spec: pod_models.Kubernetes) -> Iterator[tuple[Path, str]]:
    """Every object that a pod names, as far as the language itself knows it as one."""
    yield from (((field,), str(spec.get(field))) for field in ("service_account", "priority_class") if field in spec)
    yield from ((("image_pull_secrets", at), each) for at, each in enumerate(spec.get("image_pull_secrets", [])))
    for at, volume in enumerate(spec.get("volumes", [])):
        for source, field in SOURCES.items():
            held = cast("Mapping[str, Json] | None", volume.get(source))
            if held and field in held:
                yield ("volumes", at, source, field), str(held[field])


def _tolerations(found: list[pod_models.Toleration], path: Path, collector: Collector) -> None:
    for at, each in enumerate(found):
        wrong = unlike_key(each["key"]) if "key" in each else None
        if wrong:
            collector.report("PG328", f"`key` cannot name a taint: {wrong}", (*path, at, "key"))
        if wrong := unlike_value(each.get("value", "")):
            collector.report("PG328", f"`value` cannot be the value of a taint: {wrong}", (*path, at, "value"))
        if "tolerationSeconds" in each and each.get("effect") != "NoExecute":
            message = "`tolerationSeconds` is for the effect `NoExecute`, and the toleration has another, or all"
            collector.report("PG325", message, (*path, at, "tolerationSeconds"), key=True)
        if each.get("value") and each.get("operator") == "Exists":
            message = "`operator: Exists` takes every value, and `value` stands beside it"
            collector.report("PG325", message, (*path, at, "value"), key=True)
        if "key" not in each and each.get("operator") != "Exists":
            collector.report("PG325", "a toleration without `key` has `operator: Exists`", (*path, at))


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
