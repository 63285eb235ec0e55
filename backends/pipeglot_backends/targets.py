"""The targets that come with pipeglot, loaded by name, and those that others install."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from pipeglot import installed
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.suggestions import nearest
from pipeglot_backends.protocol import Backend

if TYPE_CHECKING:
    from pipeglot_backends.remote.protocol import Listing, Logging, Submitter

BUILT_IN = {
    "local": "pipeglot_backends.local",
    "airflow": "pipeglot_backends.airflow",
    "argo": "pipeglot_backends.argo",
    "kubeflow": "pipeglot_backends.kubeflow",
    "vertex": "pipeglot_backends.vertex",
}
_CALLED = {
    **dict.fromkeys(("kfp", "kubeflow-pipelines", "kubeflow_pipelines"), "kubeflow"),
    **dict.fromkeys(("vertexai", "vertex-ai", "vertex_ai", "aiplatform"), "vertex"),
    **dict.fromkeys(("argo-workflows", "argo_workflows", "argowf"), "argo"),
}
"""By what else people call them."""


class UnknownTarget(SpecRejected):
    """No target of that name; `known` are those there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        meant, there = _CALLED.get(name.lower()) or nearest(name, known), ", ".join(f"`{each}`" for each in known)
        hint = f"did you mean `{meant}`?" if meant else None
        super().__init__((Diagnostic("PG502", f"`{name}` is no target: there are {there}", hint=hint),))
        self.name = name
        self.known = known


@dataclass(frozen=True, slots=True)
class RemoteHalf:
    """What speaks to a target's engine: `submit`, `listing`, `step_logs` of one package, loaded when asked for."""

    target: str
    package: str

    @property
    def submitter(self) -> Submitter:
        return cast("Submitter", self._part("submit", ("submit", "collectable", "status", "cancel", "collect")))

    @property
    def listing(self) -> Listing:
        return cast("Listing", self._part("listing", ("list_runs",)))

    @property
    def logging(self) -> Logging | None:
        """None of a target of others that has none."""
        if self.target not in BUILT_IN and find_spec(f"{self.package}.step_logs") is None:
            return None
        return cast("Logging", self._part("step_logs", ("read_logs",)))

    def _part(self, name: str, members: Iterable[str]) -> object:
        module = f"{self.package}.{name}"
        if self.target in BUILT_IN:
            return importlib.import_module(module)
        from pipeglot_backends import strangers

        return strangers.part(self.target, module, members)


def load(name: str) -> Backend:
    """Raises `UnknownTarget`, and `SpecRejected` where others install one of that name that cannot be used."""
    if name in BUILT_IN:
        return cast(Backend, importlib.import_module(BUILT_IN[name]))
    found = [entry for entry in installed.entries() if entry.name == name]
    if not found:
        raise UnknownTarget(name, names())
    from pipeglot_backends import strangers

    return strangers.load(name, found)


def remote(name: str) -> RemoteHalf:
    """Raises as `load` does, and where the target has no engine to speak to."""
    package = load(name).REMOTE
    if package is None:
        raise SpecRejected((Diagnostic("PG504", f"`{name}` has no engine that runs are submitted to"),))
    return RemoteHalf(name, package)


def names() -> tuple[str, ...]:
    return (*BUILT_IN, *(name for name in installed.names() if name not in BUILT_IN))
