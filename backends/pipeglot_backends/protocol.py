"""What a target must offer, and what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from pipeglot.ir import Json, Origin, Pipeline

Feature: TypeAlias = Callable[[Pipeline], Iterable[Origin]]
"""A named predicate over the IR: the origins of the nodes that use the feature. Its name is the function's."""


@dataclass(frozen=True, slots=True)
class EmittedFile:
    """One file to write, `path` relative to the output folder, with `/` between its parts."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """One line of `CANNOT` or `EMULATES`: a feature, why, and the evidence (a URL, or a case that shows it).

    `versions` are those of the target that it holds for; empty: all. `operators` likewise, where a target has several.
    `hint` is what to write instead, where something can be kept.
    """

    feature: Feature
    reason: str
    evidence: str
    versions: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    hint: str | None = None

    def holds(self, version: str, operator: str) -> bool:
        """Whether it is true of a version of the target, with the operator that the profile chose."""
        return (not self.versions or version in self.versions) and (not self.operators or operator in self.operators)


@dataclass(frozen=True, slots=True)
class Options:
    """What `emit` needs beside the pipeline. All of it is text: `emit` opens nothing.

    `version` is one of the backend's `VERSIONS`. `sidecar` is the text of the one-file sidecar, `packed` the
    same program in few letters (`pipeglot_expression.runtime.packing`), `table` the step
    table, `definition` the definition, as they will be written beside the emitted files. `settings` are those of this
    target in the profile.
    """

    version: str
    sidecar: str
    table: str
    definition: str
    definition_hash: str
    artifacts: str | None = None
    settings: Mapping[str, Json] = field(default_factory=dict[str, Json])
    packed: str = ""
    code: Mapping[str, str] = field(default_factory=dict[str, str])
    """The archives of code, as they travel, by their digest."""

    @property
    def table_hash(self) -> str:
        """The beginning of the hex sha256 of the step table, for the names of what holds it."""
        return hashlib.sha256(self.table.encode()).hexdigest()[:10]

    @property
    def sidecar_hash(self) -> str:
        """As `table_hash`: of the sidecar, which is the same for all pipelines of one version."""
        return hashlib.sha256(self.sidecar.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Room:
    """How much a run takes, in bytes, of the `limit` that something has; more than `most` is refused.

    `items` is what each further item takes, of fan-outs whose items are known only at run time.
    """

    what: str
    taken: int
    limit: int
    most: int
    items: Mapping[str, int] = field(default_factory=dict[str, int])


class Backend(Protocol):
    """A module that meets this is a target.

    `VERSIONS` are oldest first. `RUN` are those of them that tests run on a real engine; the others are form only, see
    `versions_run`. `OPERATORS` are what a profile can choose under `operator`, the first of them if it does not; empty
    where a target has one way alone. `SCHEDULES`: it starts runs by itself, or says that it does not. `REMOTE` is the
    package of its modules `submit` and `listing` (`Submitter` and `Listing` of `submission.py`), which are loaded only
    when its engine is to be spoken to; None: it cannot be submitted to.
    """

    NAME: str
    VERSIONS: tuple[str, ...]
    RUN: tuple[str, ...]
    OPERATORS: tuple[str, ...]
    SCHEDULES: bool
    REMOTE: str | None
    CANNOT: tuple[Limit, ...]
    EMULATES: tuple[Limit, ...]

    def check_settings(self, given: Mapping[str, Json]) -> object:
        """Raises `SpecRejected` with all that is wrong with what a profile sets for the target."""
        ...

    def emit(self, pipeline: Pipeline, options: Options) -> tuple[EmittedFile, ...]:
        """The target's files, without `definition.json`. Pure: same pipeline, same options, same bytes."""
        ...

    def tasks(self, pipeline: Pipeline, files: tuple[EmittedFile, ...]) -> tuple[tuple[str, str], ...]:
        """Tasks the target needs for its own meaning (name, why), never steps of the record. For `pipeglot plan`.

        `files` are what `emit` wrote.
        """
        ...

    def delivery(self, files: tuple[EmittedFile, ...]) -> str:
        """By what the sidecar comes to the steps, by what `emit` wrote: the end of a sentence. For `pipeglot plan`."""
        ...


def patches_of(backend: Backend) -> str | None:
    """The module whose `PATCHING` says how it takes raw patches (`emit.patching`): `PATCHES` is a member that a target
    may leave out, and then takes none."""
    named: str | None = getattr(backend, "PATCHES", None)
    return named


def carries_code(backend: Backend) -> bool:
    """Whether it writes `Options.code` beside the sidecar: `CARRIES_CODE` is a member that a target may leave out."""
    return bool(getattr(backend, "CARRIES_CODE", False))


def keeps_work(backend: Backend) -> bool:
    """Whether it tells sidecars where work is kept: `KEEPS_WORK` is a member that a target may leave out."""
    return bool(getattr(backend, "KEEPS_WORK", False))


def runs_in_images(backend: Backend, version: str, operator: str) -> bool:
    """Whether it refuses a step that names no image."""
    limits = (limit for limit in backend.CANNOT if limit.holds(version, operator))
    return any(limit.feature.__name__ == "steps_without_image" for limit in limits)


def room(backend: Backend, files: tuple[EmittedFile, ...]) -> Room | None:
    """By what `emit` wrote, where the target says it: `room` is a member that a target may leave out."""
    measure: Callable[[tuple[EmittedFile, ...]], Room] | None = getattr(backend, "room", None)
    return measure(files) if measure and files else None


def schedules(backend: Backend) -> bool:
    """Whether the target starts runs by itself, or says that it does not."""
    return backend.SCHEDULES


def versions_run(backend: Backend) -> tuple[str, ...]:
    """Those of `VERSIONS` whose engine runs the cases. Of the others only the form is judged: their files are right by
    the definitions of that version, and what they do was not seen."""
    return backend.RUN


def default_version(backend: Backend) -> str:
    """The newest that was run; of a target that was not run, the newest."""
    return (versions_run(backend) or backend.VERSIONS)[-1]


def operator_of(pipeline: Pipeline, backend: Backend) -> str:
    """What the profile says under `operator`, of a target that has several: `OPERATORS`, the first of them if none."""
    if not backend.OPERATORS:
        return ""
    chosen = pipeline.settings.get(backend.NAME, {}).get("operator")
    return chosen if isinstance(chosen, str) else backend.OPERATORS[0]
