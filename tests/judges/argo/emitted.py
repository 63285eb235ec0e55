"""The manifests that the target emits of every case and every example, for each version of Argo."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from tests.conformance.cases import CASES
from tests.examples.everywhere import NAMES, path_of, profile_of

from pipeglot.driver.compiling import compiled, load
from pipeglot.ir import Pipeline
from pipeglot_backends.argo import VERSIONS

ROOT = Path(__file__).resolve().parents[3]
REFUSED = ("fail_fast", "foreach_fail_fast")
"""Cases that Argo cannot run."""
SOURCES = {
    **{case.name: (case.pipeline, case.profiles.get("argo")) for case in CASES if case.name not in REFUSED},
    **{name: (path_of(name), profile_of(name, "argo")) for name in NAMES},
    "pods": (ROOT / "tests" / "judges" / "kubeflow" / "pipelines" / "pods.yaml", "cluster"),
    "cluster": (ROOT / "tests" / "judges" / "argo" / "pipelines" / "cluster.yaml", "kept"),
    "exit_series": (ROOT / "tests" / "judges" / "argo" / "pipelines" / "exit_series.yaml", None),
}
MANIFESTS = ("configmap.yaml", "sidecar.yaml", "workflowtemplate.yaml", "workflow.yaml")


@dataclass(frozen=True)
class Emitted:
    """One pipeline and its manifests, by file name: as text and as what a reader of YAML makes of it."""

    name: str
    version: str
    pipeline: Pipeline = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)

    @property
    def documents(self) -> list[Any]:
        return [read(text) for text in self.texts.values()]

    @property
    def template(self) -> Any:
        return read(self.texts["workflowtemplate.yaml"])


def read(text: str) -> Any:
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@functools.cache
def emit(name: str, version: str) -> Emitted:
    path, profile = SOURCES[name]
    pipeline = load(path, profile)
    native = compiled(pipeline, f"argo@{version}").native
    return Emitted(name, version, pipeline, {file.path.rpartition("/")[2]: file.text for file in native})


ALL = [(name, version) for version in VERSIONS for name in SOURCES]
