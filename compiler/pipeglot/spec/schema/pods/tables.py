"""Writes the types of what a pod has in Kubernetes, as Argo's client knows them.

`python -m pipeglot.spec.schema.pods.tables` once another `argo-workflows` is installed; a test fails while both differ.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeglot.files import write_all

TYPES = Path(__file__).parents[1] / "generated" / "pod_types.py"
ROOTS: Mapping[str, Mapping[str, str]] = {
    "Volume": {
        "configMap": "config_map_volume_source.ConfigMapVolumeSource",
        "secret": "secret_volume_source.SecretVolumeSource",
        "emptyDir": "empty_dir_volume_source.EmptyDirVolumeSource",
        "hostPath": "host_path_volume_source.HostPathVolumeSource",
        "nfs": "nfs_volume_source.NFSVolumeSource",
        "csi": "csi_volume_source.CSIVolumeSource",
        "ephemeral": "ephemeral_volume_source.EphemeralVolumeSource",
        "projected": "projected_volume_source.ProjectedVolumeSource",
    },
    "Affinity": {
        "nodeAffinity": "node_affinity.NodeAffinity",
        "podAffinity": "pod_affinity.PodAffinity",
        "podAntiAffinity": "pod_anti_affinity.PodAntiAffinity",
    },
    "SecurityContext": {
        "seccompProfile": "seccomp_profile.SeccompProfile",
        "seLinuxOptions": "se_linux_options.SELinuxOptions",
        "appArmorProfile": "app_armor_profile.AppArmorProfile",
        "capabilities": "capabilities.Capabilities",
        "sysctls": "[sysctl.Sysctl]",
    },
}
"""By the part of `kubernetes:` the fields of it that are Kubernetes' own, with the class that the client has."""
OF_A_TEMPLATE = ("labels", "annotations")
"""The metadata that a claim may have which is made from a template."""
QUANTITIES = frozenset(("sizeLimit", "limits", "requests", "divisor"))
"""Text to the client."""
_WORDS = {str: "text", int: "int", bool: "bool"}


def tables() -> tuple[dict[str, dict[str, str]], dict[str, tuple[str, ...]]]:
    """The types of the fields of each kind of object, and which of them are required."""
    types: dict[str, dict[str, str]] = {}
    required: dict[str, tuple[str, ...]] = {}
    waiting: list[Any] = []
    for part, fields in ROOTS.items():
        types[part] = {}
        for field, place in fields.items():
            module, name = place.strip("[]").split(".")
            waiting.append(getattr(importlib.import_module(f"argo_workflows.model.{module}"), name))
            types[part][field] = place.replace(f"{module}.", "")
    while waiting:
        found = waiting.pop(0)
        if found.__name__ not in types:
            types[found.__name__] = dict(_fields(found, waiting))
            required[found.__name__] = tuple(_required(found))
    return types, {name: names for name, names in required.items() if names}


def _fields(found: Any, waiting: list[Any]) -> Iterator[tuple[str, str]]:
    for name, (kind,) in found.openapi_types.items():
        field = found.attribute_map[name]
        if found.__name__ != "ObjectMeta" or field in OF_A_TEMPLATE:
            yield field, _type(kind, field, waiting)


def _type(kind: Any, field: str, waiting: list[Any]) -> str:
    if isinstance(kind, list):
        return f"[{_type(kind[0], field, waiting)}]"
    if isinstance(kind, dict):
        return "{" + _type(kind[str][0], field, waiting) + "}"
    if kind in _WORDS:
        return "quantity" if field in QUANTITIES else _WORDS[kind]
    waiting.append(kind)
    return str(kind.__name__)


def _required(found: Any) -> Iterator[str]:
    """The arguments of the class that have a place."""
    for name in inspect.signature(found._from_openapi_data).parameters:
        if name in found.attribute_map:
            yield found.attribute_map[name]


def text() -> str:
    types, required = tables()
    lines = ["TYPES: dict[str, dict[str, str]] = {"]
    for name, fields in sorted(types.items()):
        lines += [f"    {name!r}: {{", *(f"        {field!r}: {kind!r}," for field, kind in fields.items()), "    },"]
    rows = [f"    {name!r}: {names!r}," for name, names in sorted(required.items())]
    return "\n".join((
        f'"""Generated from the types of `argo-workflows` by `python -m {__spec__.name}`: do not edit."""',
        "",
        "# ruff: noqa",
        *lines,
        "}",
        "REQUIRED: dict[str, tuple[str, ...]] = {",
        *rows,
        "}",
        "",
    ))  # fmt: skip


if __name__ == "__main__":
    write_all([(TYPES, text(), False)])
