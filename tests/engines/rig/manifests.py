"""Argo's own install objects, taken from its Go module: full definitions, and the roles it asks for."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path

from rig.binaries import argo, build, downloaded
from rig.client import JsonObject
from rig.places import Release
from rig.tools import run

SOURCES = (
    "base/crds/full/argoproj.io_*.yaml",
    "cluster-install-no-crds/workflow-controller-rbac/workflow-*.yaml",
    "quick-start/base/executor/emissary/executor-role.yaml",
)


def place(release: Release) -> Path:
    return argo(release).place.with_suffix(".jsonl")


def extract(release: Release) -> None:
    """One object a line, so that nothing at run time needs a YAML reader or Go."""
    module = argo(release)
    build(module)
    if place(release).exists():
        return
    folder = downloaded(module, release.module) / "manifests"
    files = [file for pattern in SOURCES for file in sorted(folder.glob(pattern))]
    fresh = place(release).with_suffix(f".{os.getpid()}")
    fresh.write_text(run(module.program("argo"), "json", *files))
    fresh.rename(place(release))


@functools.cache
def read(release: Release) -> tuple[JsonObject, ...]:
    return tuple(json.loads(line) for line in place(release).read_text().splitlines())


def plurals(release: Release) -> frozenset[str]:
    """What Argo's kinds are called in addresses."""
    items = (item for item in read(release) if item["kind"] == "CustomResourceDefinition")
    return frozenset(str(item["spec"]["names"]["plural"]) for item in items)
