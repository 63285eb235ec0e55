"""What holds between the fields of a step, and what no schema of single fields can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from pipeglot.analysis import other_templates
from pipeglot.analysis.collector import Collector
from pipeglot.analysis.fields.places import check_places
from pipeglot.analysis.labels import check_labels
from pipeglot.diagnostics.sources import Json
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.spec.merging import Path
from pipeglot.spec.profiles import LAID_OVER

if TYPE_CHECKING:
    from pipeglot.spec.schema import models

BODIES = ("run", "python", "notebook")
RESERVED = "PIPEGLOT_"
LABELS = ("metadata", "labels")
_OF_EXPRESSIONS = ("run", "inputs", "env", "when", "foreach", "matrix", "cache")
"""Fields of a step in which `${{ }}` may stand, or which are looked at one by one."""


def check_step(path: Path, spec: models.Step, collector: Collector) -> None:
    for check in (_body, _script, _inputs, _python, check_fan_out, check_exit, _variables):
        check(path, spec, collector)
    plain = cast("Mapping[str, Json]", spec)
    other_templates.warn_of_shells(plain.get("run"), (*path, "run"), collector)
    for field, value in plain.items():
        if field in _OF_EXPRESSIONS:
            other_templates.warn(value, (*path, field), plain, collector)
        else:
            static(value, (*path, field), collector)


def _body(path: Path, spec: models.Step, collector: Collector) -> None:
    bodies = [body for body in spec if body in BODIES]
    if not bodies:
        message = f"step `{path[1]}` does nothing: it has neither `run` nor `python` nor `notebook`"
        collector.report("PG305", message, path, key=True)
    elif len(bodies) > 1:
        message = f"step `{path[1]}` has `{bodies[0]}` and `{bodies[1]}`, and a step has one body"
        evidence = ((collector.origin(*path, bodies[0]), f"`{bodies[0]}` is here"),)
        collector.report("PG305", message, (*path, bodies[1]), key=True, evidence=evidence)
    if "with" in spec:
        message = f"`with` gives a component its inputs, and step `{path[1]}` uses none: its own are `inputs`"
        collector.report("PG305", message, (*path, "with"), key=True)


def _script(path: Path, spec: models.Step, collector: Collector) -> None:
    runs_none = not isinstance(spec.get("run"), str) and any(body in BODIES for body in spec)
    if runs_none and "shell" in spec and not collector.merged.is_default(*path, "shell"):
        message = f"`shell` runs scripts, and step `{path[1]}` has none"
        collector.report("PG305", message, (*path, "shell"), key=True)


def _inputs(path: Path, spec: models.Step, collector: Collector) -> None:
    for name, value in spec.get("inputs", {}).items():
        if isinstance(value, dict) and "type" in value and "artifact" in value:
            message = f"input `{name}` is a value by `type` and an artifact by `artifact`: it is one of them"
            collector.report("PG319", message, (*path, "inputs", name, "artifact"), key=True)


def _python(path: Path, spec: models.Step, collector: Collector) -> None:
    for name in spec.get("inputs", {}) if "python" in spec else ():
        if name in spec.get("outputs", {}):
            message = f"`{name}` is an input and an output of `{path[1]}`, and `python` gets both by name"
            evidence = ((collector.origin(*path, "inputs", name), "the input"),)
            collector.report("PG315", message, (*path, "outputs", name), key=True, evidence=evidence)


def check_fan_out(path: Path, spec: models.Step, collector: Collector) -> None:
    if "foreach" in spec and "matrix" in spec:
        message = f"step `{path[1]}` has `foreach` and `matrix`, and a step is fanned out by one of them"
        collector.report("PG313", message, (*path, "matrix"), key=True)


def check_exit(path: Path, spec: models.Step, collector: Collector) -> None:
    for field in ("needs", "run_if") if path[0] == "on_exit" else ():
        if field in spec:
            message = f"`{path[1]}` is a step of `on_exit`, which runs after all others: it has no `{field}`"
            collector.report("PG205", message, (*path, field), key=True, hint="take it out")


def _variables(path: Path, spec: models.Step, collector: Collector) -> None:
    for name in spec.get("env", {}):
        if name.startswith(RESERVED):
            message = f"`{name}` is reserved: names that begin with `{RESERVED}` are those of the sidecar"
            collector.report("PG207", message, (*path, "env", name), key=True)


def check_names(steps: Iterable[Path], collector: Collector) -> None:
    """No two ids that a target could not tell apart."""
    seen: dict[str, Path] = {}
    for path in steps:
        id = str(path[-1])
        other = seen.setdefault(id.replace("-", "_"), path)
        if other == path:
            continue
        if other[-1] == id:
            message = f"`{id}` is a step and a step of `on_exit`, and both share one space of names"
        else:
            message = f"`{id}` and `{other[-1]}` are the same once `-` is written `_`, as some targets do"
        collector.report(
            "PG202", message, path, key=True, evidence=((collector.origin(*other), f"`{other[-1]}` is here"),)
        )


def static(value: Json, path: Path, collector: Collector) -> None:
    """Refuses expressions where none can stand."""
    if isinstance(value, str):
        start = value.find("${{")
        if start >= 0:
            end = value.find("}}", start)
            offset = (start, end + 2 if end >= 0 else len(value))
            message = f"`{_field(path)}` is plain text, and here an expression stands in it"
            collector.report("PG309", message, path, offset=offset)
    elif isinstance(value, dict):
        for key, part in value.items():
            static(part, (*path, key), collector)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            static(part, (*path, index), collector)


def _field(path: Path) -> str:
    return str(next((part for part in reversed(path) if isinstance(part, str)), "it"))


def check_rest(collector: Collector) -> None:
    """The parts of a pipeline in which no expression stands; the default of a param is kept as it is."""
    data = collector.merged.data
    for field in ("metadata", "records", "deadline", "schedule", "targets"):
        if field in data:
            static(data[field], (field,), collector)
    check_places(collector)
    metadata = data.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    if isinstance(labels, dict):
        check_labels({key: value for key, value in labels.items() if isinstance(value, str)}, LABELS, collector)
    declared = data.get("params")
    params = declared if isinstance(declared, dict) else {}
    for name, param in params.items():
        if isinstance(param, dict) and "description" in param:
            static(param["description"], ("params", name, "description"), collector)
    if collector.merged.profile is not None:
        _check_profile(collector.merged.chosen, params, ("profiles", collector.merged.profile), collector)


def _check_profile(chosen: Mapping[str, Json], params: Mapping[str, Json], path: Path, collector: Collector) -> None:
    """What a profile says beside the parts that are laid over the pipeline's own."""
    given = chosen.get("params")
    for name in given if isinstance(given, dict) else ():
        if name not in params:
            message = f"the profile gives a default to `{name}`, but the pipeline has no such param"
            collector.report("PG203", message, (*path, "params", name), key=True, meant=Meant(name, lambda: params))
    for field, value in chosen.items():
        if field not in (*LAID_OVER, "params"):
            static(value, (*path, field), collector)
