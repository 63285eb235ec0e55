"""The targets that come with pipeglot, loaded by name, and those that others install."""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import cast

from pipeglot_backends.protocol import Backend

BUILT_IN = {
    "local": "pipeglot_backends.local",
    "airflow": "pipeglot_backends.airflow",
    "argo": "pipeglot_backends.argo",
    "kubeflow": "pipeglot_backends.kubeflow",
    "vertex": "pipeglot_backends.vertex",
}
GROUP = "pipeglot.backends"


class UnknownTarget(LookupError):
    """No target of that name; `known` are those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


def load(name: str) -> Backend:
    if name in BUILT_IN:
        return cast(Backend, importlib.import_module(BUILT_IN[name]))
    for entry in entry_points(group=GROUP):
        if entry.name == name:
            return cast(Backend, entry.load())
    raise UnknownTarget(name, names())


def names() -> tuple[str, ...]:
    return (*BUILT_IN, *sorted(entry.name for entry in entry_points(group=GROUP) if entry.name not in BUILT_IN))
