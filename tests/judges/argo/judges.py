"""Argo's judges: its official schemas, closed; hera's models; Argo's own linter; and ours, that reads back."""

from __future__ import annotations

import functools
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from pipeglot.ir import Pipeline, Step
from pipeglot_backends.argo.names import Names

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = Path(os.environ.get("PIPEGLOT_JUDGES") or ROOT.parent / "shared" / "judges")
ROUND_TRIP = Path(__file__).with_name("round_trip.py")
DATA_OF_A_CONFIG_MAP = 1024 * 1024

sys.path.insert(0, str(ROOT / "tests" / "engines"))


def schemas_are_there() -> bool:
    return SCHEMAS.is_dir()


def definition(version: str, kind: str) -> dict[str, Any]:
    kinds: dict[str, Any] = json.loads(gzip.decompress((SCHEMAS / f"argo-{version}.json.gz").read_bytes()))["kinds"]
    return dict(kinds[kind])


@functools.cache
def _schema(version: str, kind: str) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(definition(version, kind))


def schema(version: str, document: Any) -> list[str]:
    """What Argo's own definition of the kind has against a manifest. A ConfigMap is none of Argo's kinds."""
    if document["kind"] == "ConfigMap":
        return [*_config_map(document)]
    found = _schema(version, document["kind"]).iter_errors(document)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


def _config_map(document: Any) -> Iterator[str]:
    unknown = set(document) - {"apiVersion", "kind", "metadata", "immutable", "data"}
    if unknown or document["apiVersion"] != "v1":
        yield f"unknown: {unknown or document['apiVersion']}"
    if any(not isinstance(text, str) for text in document["data"].values()):
        yield "data is text"
    if sum(len(name) + len(str(text).encode()) for name, text in document["data"].items()) > DATA_OF_A_CONFIG_MAP:
        yield "data is too large"


def hera(python: Path, folder: Path) -> Mapping[str, list[str]]:
    """What is lost or refused when hera's models read each file below `folder` and write it again."""
    done = subprocess.run([str(python), str(ROUND_TRIP), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: Mapping[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def linter_is_built(version: str) -> bool:
    from rig import binaries
    from rig.places import RELEASES

    return binaries.built(binaries.argo(RELEASES[version]))


def lint(version: str, text: str, folder: Path) -> list[str]:
    import rig

    path = folder / "linted.yaml"
    path.write_text(text, encoding="utf-8")
    code, said = rig.lint(version, [path])
    return [said] if code else []


def _begun(
    templates: Mapping[str, Any], name: str, before: list[str], series: set[str]
) -> Iterator[tuple[str, set[str]]]:
    """The steps of an exit handler, each with those that are over when it begins. What is a series stands in it."""
    for stage in templates.get(name, {}).get("steps", []):
        found = [
            each
            for task in stage
            for each in (
                _begun(templates, task["template"], before, series)
                if task["template"] in series
                else [(task["name"], set(before))]
            )
        ]
        yield from found
        before = [*before, *(step for step, _ in found)]


def shape(pipeline: Pipeline, template: Any) -> list[str]:
    """How the steps and edges that stand in a WorkflowTemplate differ from those of the pipeline."""
    names = Names(pipeline)
    templates = {each["name"]: each for each in template["spec"]["templates"]}
    faults = _differences("names of templates", len(templates), len(template["spec"]["templates"]))
    faults += _differences("steps", _steps(templates), sorted(step.id for step in _all(pipeline)))
    tasks = {task["name"]: task for task in templates["main"]["dag"]["tasks"]}
    edges = sorted((need, name) for name, task in tasks.items() for need in _named(task.get("depends", ""), tasks))
    faults += _differences("edges", edges, sorted(_edges(pipeline, names)))
    target = templates["main"]["dag"]["target"].split(" ")
    allowed = {name for step in pipeline.steps if step.allow_failure for name in names.of(step)}
    faults += _differences("targets", target, [name for name in tasks if name not in allowed])
    begun = list(_begun(templates, "on-exit", [], {*names.series.values(), *names.wider.values()}))
    exits = [each for each in begun if each[0] != names.verdict]
    judged = [before for step, before in begun if step == names.verdict]
    carried = {names.step[each.id] for each in pipeline.on_exit if each.id in names.carried}
    faults += _differences("steps behind which a verdict stands", set[str]().union(*judged), carried)
    ends = template["spec"].get("entrypoint"), template["spec"].get("onExit")
    faults += _differences("entry and exit", ends, ("main", "on-exit" if pipeline.on_exit else None))
    wanted = [names.step[step.id] for step in pipeline.on_exit]
    faults += _differences("exit steps", sorted(step for step, _ in exits), sorted(wanted))
    waited = {
        step: {names.step[need] for need in each.needs} for each in pipeline.on_exit for step in [names.step[each.id]]
    }
    faults += [
        f"{step} does not wait for all that it needs" for step, before in exits if waited.get(step, set()) - before
    ]
    return faults


def _differences(what: str, found: object, wanted: object) -> list[str]:
    return [] if found == wanted else [f"{what}: {found}, not {wanted}"]


def _all(pipeline: Pipeline) -> tuple[Step, ...]:
    return (*pipeline.steps, *pipeline.on_exit)


def _steps(templates: Mapping[str, Any]) -> list[str]:
    started = (each["container"]["args"] for each in templates.values() if "container" in each)
    return sorted(step for verb, step in started if verb == "run")


def _named(depends: str, tasks: Mapping[str, Any]) -> set[str]:
    words = depends.replace("(", " ").replace(")", " ").replace("|", " ").replace("&", " ").split()
    return {word.split(".")[0] for word in words if word.split(".")[0] in tasks}


def _edges(pipeline: Pipeline, names: Names) -> Iterator[tuple[str, str]]:
    allowed = {step.id for step in pipeline.steps if step.allow_failure}
    for step in pipeline.steps:
        items = names.items.get(step.id) if step.needs_list_task else None
        for need in step.needs:
            yield names.step[need], items or names.step[step.id]
            if need in allowed and need in names.items:  # its list may fail as well, and that is allowed too
                yield names.items[need], items or names.step[step.id]
        if items:
            yield items, names.step[step.id]
    needed = {need for step in pipeline.steps for need in step.needs}
    for step in pipeline.steps:
        if step.id in allowed and step.id not in needed:  # no target: something that is one has to wait for it
            yield names.step[step.id], names.allowed
