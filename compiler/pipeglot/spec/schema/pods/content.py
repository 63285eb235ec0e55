"""What stands in a pod in the words of Kubernetes: every field known, every value of its kind, as its API has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeAlias

from pipeglot.diagnostics.sources import Json
from pipeglot.spec.schema import patterns
from pipeglot.spec.schema.tags import BASE, GRAPH, PIPELINE, document_tag

FIELDS: Final = "fields"
"""In the context of an unknown field: those that are known there."""
OF: Final = "of"
"""In the context of what is no list: of what it would be one."""
Map: TypeAlias = dict[str, Json]
Location: TypeAlias = tuple[str | int, ...]
Written: TypeAlias = Callable[[Location, Json], str]
"""How a number was written at a place."""
Found: TypeAlias = Iterator[tuple[str, Location, Json, dict[str, Any]]]
"""Mistakes, as the schema of the language tells its own."""

_SELECTING = ("In", "NotIn", "Exists", "DoesNotExist")
_PROFILES = ("RuntimeDefault", "Localhost", "Unconfined")
_CHOICES: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("LabelSelectorRequirement", "operator"): _SELECTING,
    ("NodeSelectorRequirement", "operator"): (*_SELECTING, "Gt", "Lt"),
    ("SeccompProfile", "type"): _PROFILES,
    ("AppArmorProfile", "type"): _PROFILES,
    ("PersistentVolumeClaimSpec", "volumeMode"): ("Filesystem", "Block"),
}
"""Where a text is one of few, which the types do not say."""
MODES: Final = 0o777
_BOUNDS: Final = {
    "mode": (0, MODES),
    "defaultMode": (0, MODES),
    "weight": (1, 100),
    "expirationSeconds": (600, 1 << 32),
}
_NUMBERS: Final = -(1 << 31), (1 << 31) - 1
_OCTAL: Final = re.compile("0[0-7]+")
"""As YAML had them once, and has no more."""
_NEEDED: Final = {"SecretVolumeSource": ("secretName",), "ConfigMapVolumeSource": ("name",)}
"""What a pod is refused without, though its type does not say so."""


def faults(data: Map, written: Written) -> Found:
    """Nothing is loaded for it where no part of the spec says anything of pods."""
    seen: set[int] = set()
    for location, pod in _pods(data):
        if id(pod) not in seen:  # `defaults` are in every step
            seen.add(id(pod))
            yield from _of_pod(pod, location, written)


def _pods(data: Map) -> Iterator[tuple[Location, Map]]:
    tag = document_tag(data)
    places: list[tuple[Location, Json]] = [((tag,), data)] if tag != GRAPH else []
    if tag in (PIPELINE, BASE):
        places.append(((tag, "defaults"), data.get("defaults")))
    for group in ("steps", "on_exit"):
        steps = data.get(group)
        if isinstance(steps, dict):
            places += [((tag, group, name), step) for name, step in steps.items()]
    for location, holder in places:
        pod = holder.get("kubernetes") if isinstance(holder, dict) else None
        if isinstance(pod, dict):
            yield (*location, "kubernetes"), pod


def _of_pod(pod: Map, at: Location, written: Written) -> Found:
    for field, kind in (("affinity", "Affinity"), ("security_context", "SecurityContext")):
        yield from _parts(kind, pod.get(field), (*at, field), written)
    volumes = pod.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        yield from _parts("Volume", volume, (*at, "volumes", index), written)


def _parts(kind: str, found: Json, at: Location, written: Written) -> Found:
    """The fields that the language leaves to Kubernetes; that they are maps and lists is checked with its own."""
    if not isinstance(found, dict):
        return
    from pipeglot.spec.schema.generated.pod_types import TYPES

    for field, wanted in TYPES[kind].items():
        if isinstance(found.get(field), (dict, list)):
            yield from _value(wanted, found[field], (*at, field), written)


def _value(wanted: str, found: Json, at: Location, written: Written) -> Found:
    if wanted[0] in "[{":
        yield from _collection(wanted, found, at, written)
    elif wanted in _SCALARS:
        yield from _SCALARS[wanted](found, at, written)
    else:
        yield from _object(wanted, found, at, written)


def _collection(wanted: str, found: Json, at: Location, written: Written) -> Found:
    inner = wanted[1:-1]
    if wanted[0] == "[" and isinstance(found, list):
        for index, each in enumerate(found):
            yield from _value(inner, each, (*at, index), written)
    elif wanted[0] == "{" and isinstance(found, dict):
        for key, each in found.items():
            yield from _value(inner, each, (*at, key), written)
    else:
        yield "list_type" if wanted[0] == "[" else "dict_type", at, found, {OF: inner}


def _object(kind: str, found: Json, at: Location, written: Written) -> Found:
    from pipeglot.spec.schema.generated.pod_types import REQUIRED, TYPES

    if not isinstance(found, dict):
        yield "dict_type", at, found, {}
        return
    fields = TYPES[kind]
    for name in (*REQUIRED.get(kind, ()), *_NEEDED.get(kind, ())):
        if name not in found:
            yield "missing", (*at, name), found, {}
    for name, value in found.items():
        place = (*at, name)
        if name not in fields:
            yield "extra_forbidden", place, value, {FIELDS: tuple(fields)}
            continue
        found_in = [*_value(fields[name], value, place, written)]
        yield from found_in or _choice(kind, name, value, place)


def _choice(kind: str, name: str, value: Json, at: Location) -> Found:
    choices = _CHOICES.get((kind, name))
    if choices and value not in choices:
        yield "literal_error", at, value, {"expected": ", ".join(f"'{each}'" for each in choices)}


def _scalar(kind: type, name: str, found: Json, at: Location, written: Written) -> Found:
    if type(found) is not kind:
        yield name, at, found, {}


def _int(found: Json, at: Location, written: Written) -> Found:
    if type(found) is not int:
        yield "int_type", at, found, {}
        return
    least, most = _BOUNDS.get(str(at[-1]), _NUMBERS)
    if most == MODES and _OCTAL.fullmatch(written(at, found)):
        yield "file_mode", at, found, {}
    elif found < least:
        yield "greater_than_equal", at, found, {"ge": least}
    elif found > most:
        yield "less_than_equal", at, found, {"le": most}


def _quantity(found: Json, at: Location, written: Written) -> Found:
    if isinstance(found, str) and not re.fullmatch(patterns.QUANTITY, found):
        yield "string_pattern_mismatch", at, found, {"pattern": patterns.QUANTITY}
    elif type(found) not in (str, int):
        yield "string_type", at, found, {}


_SCALARS: Final[dict[str, Callable[[Json, Location, Written], Found]]] = {
    "text": partial(_scalar, str, "string_type"),
    "bool": partial(_scalar, bool, "bool_type"),
    "int": _int,
    "quantity": _quantity,
}
