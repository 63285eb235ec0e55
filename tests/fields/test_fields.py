"""No field of the language is without an answer on any target: its value lands, or `plan` or a refusal says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fields.probes import BARE, BASE, PROBES
from tests.fields.walk import fields, laid_over

import pipeglot.definition
import pipeglot.driver.compiling
from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, find_target
from pipeglot.driver.loading import load
from pipeglot.driver.planning import plan
from pipeglot_backends.targets import BUILT_IN

CODE = (".source", ".include", ".exclude", ".mode")
ELSEWHERE = {
    "apiVersion": "read by the loader: one value",
    "kind": "read by the loader",
    "metadata": "its fields",
    "params": "its fields",
    "defaults": "laid under steps: tests/syntax/test_locating.py, tests/spec/test_profiles.py",
    "steps": "its fields",
    "extends": "laid under the file before it is read: tests/spec/test_extending.py",
    "components": "put in the place of their names: tests/analysis/test_components.py",
    "notify": "its fields",
    "schedule": "its fields",
    "records": "its fields",
    "profiles": "its fields",
    "profiles.*.target": "chooses the target: tests/compiling/test_compiling.py",
    "profiles.*.sidecar": "its fields",
    "profiles.*.local": "settings: tests/local/test_settings.py",
    "profiles.*.airflow": "settings: tests/backends/airflow",
    "profiles.*.argo": "settings: tests/backends/argo",
    "profiles.*.kubeflow": "settings: tests/backends/kubeflow",
    "profiles.*.vertex": "settings: tests/backends/vertex",
    **{f"steps.*.code{part}": "tests/compiling/test_packaging.py" for part in ("", *CODE)},
    "targets": "by target",
    "steps.*.targets": "by target",
    "profiles.*.targets": "laid over those: tests/compiling/test_patches.py",
    **{f"{place}targets.{name}": "tests/compiling/test_patches.py" for place in ("", "steps.*.") for name in BUILT_IN},
    "steps.*.kubernetes": "its fields",
    "steps.*.kubernetes.affinity": "its fields",
    "steps.*.kubernetes.security_context": "its fields",
    "steps.*.retry": "its fields",
    "steps.*.cache": "its fields",
    "profiles.*.cache": "its fields",
    "steps.*.resources": "its fields",
    "steps.*.resources.limits": "its fields",
    "steps.*.kubernetes.env_from": "its fields",
    "steps.*.resources.gpu": "its fields",
    "steps.*.inputs": "its fields",
    "steps.*.inputs.*.artifact": "checked against what it is given: tests/analysis/test_steps.py",
    "steps.*.outputs": "its fields",
    "steps.*.foreach": "its fields",
    "steps.*.uses": "replaced by what it names: tests/analysis/test_groups.py",
    "steps.*.with": "replaced by what it names: tests/analysis/test_groups.py",
}
"""Fields that hold others, or that are gone before a target sees the pipeline."""
LIMITS = ("enum", "min", "max", "pattern", "min_length", "max_length", "items", "min_items", "max_items")
CHECKED = frozenset(f"params.*.{limit}" for limit in LIMITS)
"""Held by whoever gives a value: `run` and `submit` everywhere; on Airflow its own pages too."""
FOR_READERS = frozenset(("params.*.description", "steps.*.outputs.*.description"))
"""For people who read the file, as the reference says; on pages where an engine shows them."""
OF_THE_STORE = frozenset(("steps.*.outputs.*.register",))
"""Done by the store, from the definition alone: tests/records/test_registry.py."""


BY_COMMAND = {
    "params.*.default": ("local",),
    "profiles.*.params": ("local",),
    "fail_fast": ("vertex",),
    "profiles.*.artifacts": ("kubeflow",),
}
"""By targets, what `run` or `submit` tells the engine, and no file: tests/local, tests/engines/*_submit."""


def test_every_field_has_a_probe_or_is_answered_elsewhere() -> None:
    assert set(fields()) - set(ELSEWHERE) == set(PROBES)


@pytest.mark.parametrize("target", BUILT_IN)
def test_no_field_vanishes(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (pipeglot.definition, pipeglot.driver.compiling):
        monkeypatch.setattr(module, "definition_hash", lambda _: "sha256:0")  # else every value would show in it
    vanished = [field for field in PROBES if not answered(field, target, tmp_path)]
    assert vanished == []


def answered(field: str, target: str, folder: Path) -> bool:
    if field in CHECKED | FOR_READERS | OF_THE_STORE:
        return True
    if target in BY_COMMAND.get(field, ()):
        return True
    base = BARE if target in ("local", "airflow") else BASE
    patches: tuple[Any, ...] = ({}, *PROBES[field])
    plain, one, other = (list(outcome(laid_over(base, patch), target, folder)) for patch in patches)
    # what a plan says of a field it says whatever the value is
    return one != other or "refused" in one or one[0] != plain[0]


def outcome(spec: Any, target: str, folder: Path) -> Iterator[str]:
    """All that is emitted and said, but for the definition that goes to the store."""
    path = folder / "pipeline.yaml"
    path.write_text(json.dumps(spec), "utf-8")
    pipeline = load(path, "p")
    try:
        made = compiled(pipeline, target)
    except SpecRejected as rejected:
        if {each.code for each in rejected.diagnostics} - {"PG401", "PG430"}:
            raise
        yield from ("refused", *sorted(each.message for each in rejected.diagnostics))
        return
    backend, version = find_target(target)
    options = pipeglot.driver.compiling.options_for(pipeline, backend, version)
    report = plan(pipeline, backend, options, made.native)
    yield json.dumps([report["emulates"], report["cannot"]])
    yield from (file.text for file in made.native)
