"""Volumes in the words of the platform document, which has fewer than Kubernetes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from pipeglot.ir import Json, Pod, Volume
from pipeglot_backends.emit.pods import named
from pipeglot_backends.emit.yaml_text import Data

Source = Mapping[str, Json]
ENV_FROM = "/pipeglot-env"
_LABEL = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def has_words(volume: Volume) -> bool:
    """Whether all that is said of the volume can be said to Kubeflow."""
    (kind, source), *more = volume.source.items()
    if more or kind not in _WORDS or volume.read_only:
        return False
    known = _WORDS[kind]
    return set(cast(Source, source)) <= known and (volume.sub_path is None or kind == "persistentVolumeClaim")


_WORDS: Mapping[str, set[str]] = {
    "persistentVolumeClaim": {"claimName"},
    "configMap": {"name", "optional"},
    "secret": {"secretName", "optional"},
    "emptyDir": {"medium", "sizeLimit"},
}


def of(pod: Pod) -> dict[str, list[Data]]:
    """By the field of the platform document."""
    found: dict[str, list[Data]] = {}
    for name, volume in named(pod):
        ((kind, source),) = volume.source.items()
        field, entry = _FIELDS[kind](name, volume, cast(Source, source))
        found.setdefault(field, []).append({key: value for key, value in entry.items() if value is not None})
    return found


def brought(pod: Pod) -> tuple[list[tuple[str, str]], dict[str, list[Data]]]:
    """`env_from`: folders with a file for each variable, each with its prefix; and what is mounted there besides.

    Of one ConfigMap or secret there is one folder: Kubeflow names the volume after it.
    """
    folders = {each: volume.mount_path for volume in pod.volumes for each in _held(volume)}
    given: list[tuple[str, str]] = []
    mounted: dict[str, list[Data]] = {}
    for each in pod.env_from:
        for kind, source in _sources(each):
            name = cast(str, source["name"])
            if (kind, name) not in folders:
                folders[kind, name] = f"{ENV_FROM}/{len(given)}"
                optional = {"optional": True} if source.get("optional") else {}
                entry: dict[str, Data] = {f"{kind}Name": name, f"{kind}NameParameter": constant(name)}
                mounted.setdefault(f"{kind}AsVolume", []).append(
                    {**entry, "mountPath": folders[kind, name], **optional}
                )
            given.append((folders[kind, name], cast(str, each.get("prefix") or "")))
    return given, mounted


def named_alike(pod: Pod) -> bool:
    """Whether two volumes would have one name, or one would have a name that no volume has."""
    held = {each for volume in pod.volumes for each in _held(volume)}
    held |= {(kind, cast(str, source["name"])) for each in pod.env_from for kind, source in _sources(each)}
    names = [name for _, name in held]
    return len(set(names)) < len(names) or not all(map(_LABEL.fullmatch, names))


def _held(volume: Volume) -> Iterator[tuple[str, str]]:
    for kind, key in (("configMap", "name"), ("secret", "secretName")):
        if kind in volume.source:
            yield kind, cast(str, cast(Source, volume.source[kind]).get(key))


def _sources(given: Source) -> Iterator[tuple[str, Source]]:
    for kind in ("configMap", "secret"):
        if f"{kind}Ref" in given:
            yield kind, cast(Source, given[f"{kind}Ref"])


def constant(value: Json) -> Data:
    """A parameter of the document that is known."""
    return {"runtimeValue": {"constant": cast(Data, value)}}


def _claim(name: str, volume: Volume, source: Source) -> tuple[str, dict[str, Data]]:
    claim = source["claimName"]
    entry: dict[str, Data] = {"constant": cast(Data, claim), "pvcNameParameter": constant(claim)}
    return "pvcMount", {**entry, "mountPath": volume.mount_path, "subPath": volume.sub_path}


def _config_map(name: str, volume: Volume, source: Source) -> tuple[str, dict[str, Data]]:
    return "configMapAsVolume", _file(volume, source, "configMapName", source.get("name"))


def _secret(name: str, volume: Volume, source: Source) -> tuple[str, dict[str, Data]]:
    return "secretAsVolume", _file(volume, source, "secretName", source.get("secretName"))


def _file(volume: Volume, source: Source, field: str, value: Json) -> dict[str, Data]:
    entry: dict[str, Data] = {field: cast(Data, value), f"{field}Parameter": constant(value)}
    return {**entry, "mountPath": volume.mount_path, "optional": cast(Data, source.get("optional"))}


def _empty(name: str, volume: Volume, source: Source) -> tuple[str, dict[str, Data]]:
    limits = {key: cast(Data, source.get(key)) for key in ("medium", "sizeLimit")}
    return "emptyDirMounts", {"volumeName": name, "mountPath": volume.mount_path, **limits}


_FIELDS: Mapping[str, Callable[[str, Volume, Source], tuple[str, dict[str, Data]]]] = {
    "persistentVolumeClaim": _claim,
    "configMap": _config_map,
    "secret": _secret,
    "emptyDir": _empty,
}
