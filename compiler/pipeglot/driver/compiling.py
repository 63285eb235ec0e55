"""Pipelines compiled to a target's files, and those files brought to disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files as package_files
from pathlib import Path

from pipeglot.definition import definition_hash, definition_json, definition_text, step_table
from pipeglot.diagnostics import Diagnostic, Severity, SpecRejected
from pipeglot.driver import packaging, patches
from pipeglot.driver.loading import Validated as Validated
from pipeglot.driver.loading import load as load
from pipeglot.driver.loading import validate as validate_spec
from pipeglot.driver.staleness import FOLDER
from pipeglot.files import write_all
from pipeglot.ir import Origin, Pipeline, Secret
from pipeglot_backends.protocol import (
    Backend,
    EmittedFile,
    Options,
    carries_code,
    default_version,
    keeps_work,
    operator_of,
    runs_in_images,
    schedules,
)
from pipeglot_backends.targets import BUILT_IN
from pipeglot_backends.targets import load as backend_of

SHOWN = 20
"""Steps that are named where one reason holds for many."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """`native` is what `emit` wrote; `files` has the definition too, for the store."""

    target: str
    native: tuple[EmittedFile, ...]
    files: tuple[EmittedFile, ...]
    pipeline: str = ""

    @property
    def placed(self) -> tuple[EmittedFile, ...]:
        """As they lie in a build folder: the definition is nothing to be applied, and each pipeline has its own."""
        *native, definition = self.files
        return (*native, replace(definition, path=f"{self.pipeline}{FOLDER}/{definition.path}"))


def validate(path: Path, targets: bool = False) -> Validated:
    """Checks the spec by itself and with every profile, and what those say of targets. Raises `SpecRejected`.

    What the target of a profile cannot keep is a warning; with `targets` it is a mistake.
    """
    found = validate_spec(path)
    faults = [fault for pipeline in found.pipelines for fault in _of_profile(pipeline)]
    kept_back = [each for pipeline in found.pipelines for each in _kept_back(pipeline, targets)] if not faults else []
    said = tuple(dict.fromkeys((*found.diagnostics, *faults, *kept_back)))
    if any(each.severity is Severity.ERROR for each in said):
        raise SpecRejected(said, found.sources)
    return replace(found, diagnostics=said)


def _kept_back(pipeline: Pipeline, targets: bool) -> Iterator[Diagnostic]:
    """What the target of a profile refuses of the pipeline; what only finished files tell, where it is asked for."""
    if pipeline.target is None:
        return
    backend, version = find_target(pipeline.target)
    refused = refusals(pipeline, backend, version)
    if targets and not refused:
        try:
            compiled(pipeline)
        except SpecRejected as rejected:
            refused = rejected.diagnostics
    severity = Severity.ERROR if targets else Severity.WARNING
    for each in refused:
        yield replace(each, message=f"with profile `{pipeline.profile}`, {each.message}", severity=severity)


def _of_profile(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """What is wrong with the target that its profile names, and with its settings of all targets."""
    messages: set[str] = set()
    if pipeline.target:
        try:
            find_target(pipeline.target)
        except SpecRejected as rejected:
            messages = {each.message for each in rejected.diagnostics}
            yield from _placed(rejected, pipeline, "target")
    for name in pipeline.settings:
        # a target that cannot be loaded is told of once
        yield from (each for each in _of_settings(pipeline, name) if each.message not in messages)
    for name in patches.targets(pipeline):
        yield from patches.faults(pipeline, name)


def _of_settings(pipeline: Pipeline, target: str) -> Iterator[Diagnostic]:
    try:
        backend_of(target).check_settings(pipeline.settings.get(target, {}))
    except SpecRejected as rejected:
        yield from _placed(rejected, pipeline, target)


def check_settings(pipeline: Pipeline, backend: Backend) -> None:
    """Raises `SpecRejected` with all that is wrong with them, and with patches for it, at their place."""
    wrong = (*_of_settings(pipeline, backend.NAME), *patches.faults(pipeline, backend.NAME))
    if wrong:
        raise SpecRejected(wrong)


def _placed(rejected: SpecRejected, pipeline: Pipeline, key: str) -> Iterator[Diagnostic]:
    """The settings of a target know their own names, and not where the profile stands."""
    place = pipeline.profile_origin
    for each in rejected.diagnostics:
        inner = each.origin.path if isinstance(each.origin, Origin) else ()
        there = pipeline.setting_origins.get((key, str(inner[0]))) if inner else None
        if there is not None:
            yield replace(each, origin=Origin(there.source, (*there.path, *inner[1:])))
        else:
            yield replace(each, origin=Origin(place.source, (*place.path, key, *inner)) if place else None)


def compile_file(
    path: Path, target: str | None = None, profile: str | None = None, allow: tuple[str, ...] = ()
) -> Compiled:
    """Without a target: the profile's. Raises `SpecRejected`."""
    return compiled(load(path, profile), target, allow)


def compile_pipeline(pipeline: Pipeline, target: str, allow: tuple[str, ...] = ()) -> tuple[EmittedFile, ...]:
    return compiled(pipeline, target, allow).files


def compiled(pipeline: Pipeline, target: str | None = None, allow: tuple[str, ...] = ()) -> Compiled:
    """What `emit` makes of the pipeline, with the definition beside it."""
    wanted = chosen_target(pipeline, target)
    backend, version = find_target(wanted)
    check_settings(pipeline, backend)
    refused = tuple(each for each in refusals(pipeline, backend, version) if each.code not in allow)
    if refused:
        raise SpecRejected(refused)
    options = options_for(pipeline, backend, version, packaging.of_target(pipeline, backend.NAME))
    native = backend.emit(replace(pipeline, target=wanted), options)
    definition = EmittedFile("definition.json", definition_text(options.definition))
    return Compiled(backend.NAME, native, (*native, definition), pipeline.name)


def chosen_target(pipeline: Pipeline, target: str | None = None) -> str:
    """The one that is named, else the profile's. Raises `SpecRejected`."""
    wanted = target or pipeline.target
    if wanted is None:
        hint = "name one, as `--target airflow`: `pipeglot targets` lists them"
        raise SpecRejected((Diagnostic("PG504", "no target is named, and no profile that names one", hint=hint),))
    return wanted


def options_for(pipeline: Pipeline, backend: Backend, version: str, code: Mapping[str, str] | None = None) -> Options:
    """`code` are the archives of the steps, by digest; without it they are made now."""
    definition = definition_json(pipeline)
    return Options(
        version,
        sidecar_text(),
        step_table(
            pipeline,
            capture=capture_program(pipeline),
            in_images=runs_in_images(backend, version, operator_of(pipeline, backend)),
        ),
        definition,
        definition_hash(definition),
        pipeline.artifacts,
        pipeline.settings.get(backend.NAME, {}),
        packed_sidecar(_form(pipeline, backend)),
        packaging.texts(pipeline) if code is None else code,
    )


def _form(pipeline: Pipeline, backend: Backend) -> str:
    """How much of the sidecar a definition must have with it."""
    steps = pipeline.by_id.values()
    if any(step.cache or any(each.external for each in step.inputs) for step in steps):
        return "sidecar-stores"
    fetched = backend.NAME == "vertex" and any(isinstance(each, Secret) for step in steps for each in step.env.values())
    is_much = fetched or pipeline.records.server is not None or any(step.code for step in steps)
    return "sidecar-whole" if is_much else "sidecar"


def find_target(text: str) -> tuple[Backend, str]:
    """The backend and the version of `NAME` or `NAME@VERSION`."""
    name, _, version = text.partition("@")
    backend = backend_of(name)
    if version and version not in backend.VERSIONS:
        known = ", ".join(f"`{each}`" for each in backend.VERSIONS)
        message = f"`{name}` has no version `{version}` that is known here: there are {known}"
        raise SpecRejected((Diagnostic("PG503", message),))
    return backend, version or default_version(backend)


def refusals(pipeline: Pipeline, backend: Backend, version: str) -> tuple[Diagnostic, ...]:
    """What the target cannot keep, with its reason, at each place that needs it, and the targets that can."""
    places: dict[tuple[str, str | None, str], list[Origin]] = {}
    others: dict[str, frozenset[Origin]] | None = None
    for reason, hint, origin in refused_places(pipeline, backend, version):
        if others is None:
            others = _refused_by_others(pipeline, backend)
        places.setdefault((reason, hint, _others(others, origin)), []).append(origin)
    return tuple(
        _refusal(backend.NAME, f"{reason}{others}", hint, tuple(dict.fromkeys(origins)))
        for (reason, hint, others), origins in places.items()
    )


def _refusal(target: str, reason: str, hint: str | None, places: tuple[Origin, ...]) -> Diagnostic:
    """One reason is told once, with all places."""
    message = f"`{target}` cannot keep this: {reason}"
    if len(places) == 1:
        return Diagnostic("PG401", message, places[0], hint=hint)
    named = [f"`{place.path[1]}`" for place in places if len(place.path) > 1 and place.path[0] in ("steps", "on_exit")]
    steps = tuple(dict.fromkeys(named))
    where = f"steps {_listed(steps)}" if len(steps) > 1 else f"{len(places)} places"
    evidence = tuple((place, "and here") for place in places[1:3])
    return Diagnostic("PG401", f"{message}: {where}", places[0], evidence=evidence, hint=hint)


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def refused_places(pipeline: Pipeline, backend: Backend, version: str) -> Iterator[tuple[str, str | None, Origin]]:
    """Why, with a hint, and where: one for each place."""
    if pipeline.schedule and not schedules(backend):
        yield "what it is given starts no runs by itself", None, pipeline.schedule.origin
    if backend.NAME not in BUILT_IN and not carries_code(backend):
        yield from (("it brings no code of steps", None, place) for place in packaging.places(pipeline))
    if backend.NAME not in BUILT_IN and not keeps_work(backend):
        yield from (("it keeps no work of steps", None, step.cache.origin) for step in pipeline.steps if step.cache)
    operator = operator_of(pipeline, backend)
    for limit in backend.CANNOT:
        if limit.holds(version, operator):
            for origin in limit.feature(pipeline):
                yield limit.reason, limit.hint, origin


def _refused_by_others(pipeline: Pipeline, refusing: Backend) -> dict[str, frozenset[Origin]]:
    others = [find_target(name) for name in BUILT_IN if name != refusing.NAME]
    return {
        other.NAME: frozenset(place for *_, place in refused_places(pipeline, other, version))
        for other, version in others
    }


def _others(refused: Mapping[str, frozenset[Origin]], origin: Origin) -> str:
    """The other targets that refuse nothing at this place."""
    able = [f"`{name}`" for name, places in refused.items() if origin not in places]
    return f" ({' and '.join(able)} can)" if able else ""


def sidecar_text() -> str:
    """The sidecar is data: one generated file, shipped with the package."""
    return package_files("pipeglot_sidecar").joinpath("generated/sidecar.py").read_text("utf-8")


def capture_program(pipeline: Pipeline) -> str:
    """What the step table brings to steps of which more is asked; what listens to MLflow comes where that is named."""
    asked = pipeline.records.capture
    if not asked:
        return ""
    text = package_files("pipeglot_sidecar").joinpath("generated/capture.packed").read_text("utf-8")
    return text.split()[1 if "mlflow" in asked else 2]


def packed_sidecar(form: str = "sidecar") -> str:
    """The same program as it stands in a definition: the second line of a file that was made beside the other.

    `form`: `sidecar-whole` has what few pipelines ask of it, and `sidecar-stores` what opens stores besides.
    """
    return package_files("pipeglot_sidecar").joinpath(f"generated/{form}.packed").read_text("utf-8").split()[1]


def write(files: tuple[EmittedFile, ...], folder: Path) -> None:
    """All or none. Raises OSError with every file as it was."""
    write_all((folder / file.path, file.text, file.executable) for file in files)
