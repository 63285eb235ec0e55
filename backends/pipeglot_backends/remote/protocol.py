"""A target's second half, in words that all share: to start a run on its engine, follow it, stop it, fetch its record.

A target's `submit` module is a `Submitter`, its `listing` module a `Listing`, its `step_logs` module `Logging`.
What goes wrong in the world outside is raised as `SpecRejected`, with diagnostics `PG520` to `PG529`.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pipeglot.ir import Json, Pipeline
from pipeglot_backends.protocol import EmittedFile


class RunState(enum.Enum):
    """The engine's word for a run. `GONE`: the engine knows no such run (any more)."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"

    @property
    def over(self) -> bool:
        return self not in (RunState.WAITING, RunState.RUNNING)


def silent(line: str) -> None:
    """Says nothing."""
    del line


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach an engine: the target's settings of the profile, the environment, and where to tell progress."""

    settings: Mapping[str, Json] = field(default_factory=dict[str, Json])
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    say: Callable[[str], None] = silent
    patience: float = 900.0
    """Seconds to wait for the engine to see what was delivered."""
    folder: Path = Path(".pipeglot/collected")
    """Where event logs that lie elsewhere are brought to."""
    answer_within: float = 60.0
    """Seconds in which a server must answer a request."""
    origin: str | None = None
    """Whose the pipeline is: where its description comes from, the same on every machine."""
    replace: bool = False
    """Whether a pipeline of the same name from elsewhere may be replaced."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A run on an engine: our UUID of it, and what the engine calls it. `known`: it was there before this call.

    `params` and `definition` of such a run are those that the engine tells, where it does.
    """

    run: uuid.UUID
    native: Mapping[str, str]
    known: bool = False
    params: Mapping[str, Json] | None = None
    definition: str | None = None

    def already(self, params: Mapping[str, Json], definition: str | None = None) -> Handle:
        """The same, of a run that was there already."""
        return replace(self, known=True, params=params, definition=definition)


@dataclass(frozen=True, slots=True)
class Progress:
    """`tasks` holds the engine's word for each of its tasks, in the order they began.

    `message` is what it says of the run as a whole, `messages` what it says of tasks, where they went wrong.
    `params` are those that it tells, as it has them: a sensitive one among them may stand in its words.
    """

    state: RunState
    tasks: tuple[tuple[str, str], ...] = ()
    message: str | None = None
    messages: Mapping[str, str] = field(default_factory=dict[str, str])
    params: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Said:
    """What an engine says of a step or an item. `began`: when its command did, where no record of it may be left."""

    step: str
    item: str | None = None
    message: str | None = None
    began: datetime | None = None
    number: int = 1


@dataclass(frozen=True, slots=True)
class Collected:
    """Event logs of a run, to be ingested, and the engine's word on its end; `reason`: `deadline` where it says so.

    `message` is its own last one on the run, `said` what it says of steps that went wrong, `params` as in `Progress`.
    """

    logs: tuple[Path, ...]
    state: RunState
    reason: str | None = None
    ended: datetime | None = None
    message: str | None = None
    said: tuple[Said, ...] = ()
    params: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class EngineRun:
    """A run that an engine has of a pipeline, whoever started it: `submit`, a person on a page, the engine's schedule.

    `native` is what the run's `Handle` would hold. `run` is None where its records alone know its id, `params` are
    those that the engine tells, `definition` is the hash of what it runs, where the engine tells that.
    """

    native: Mapping[str, str]
    run: uuid.UUID | None
    params: Mapping[str, Json]
    began: datetime | None
    ended: datetime | None
    definition: str | None = None


@dataclass(frozen=True, slots=True)
class TaskLog:
    """What an engine has of the output of an attempt, so far; `item` is the number of an item of a fan-out."""

    text: str
    number: int = 1
    item: str | None = None


@dataclass(frozen=True, slots=True)
class StepLogs:
    """All attempts of a step in turn; `over`: nothing is added any more; `params` as in `Progress`.

    `where` is an address at which people see what was not to be had, `command` one of the engine's own that tells it.
    """

    logs: tuple[TaskLog, ...]
    over: bool
    params: Mapping[str, Json] = field(default_factory=dict[str, Json])
    where: str | None = None
    command: str | None = None


class Submitter(Protocol):
    """The `submit` module of a target."""

    def submit(
        self, pipeline: Pipeline, files: Sequence[EmittedFile], run: uuid.UUID, params: Mapping[str, Json],
        access: Access,
    ) -> Handle:  # fmt: skip
        """Starts the run, once: of a `run` that was submitted before, the same handle, `known`.

        `params` are those that were given: the others have their defaults.
        """
        ...

    def collectable(self, pipeline: Pipeline, access: Access) -> None:
        """Raises `SpecRejected` where it is known before a run begins that its record could not be read afterwards."""
        ...

    def status(self, handle: Handle, access: Access) -> Progress: ...

    def cancel(self, handle: Handle, access: Access) -> None:
        """Asks the engine to stop it. Of a run that is over: nothing."""
        ...

    def collect(self, handle: Handle, access: Access) -> Collected:
        """The record as far as it got. What lies elsewhere is brought to `access.folder`, in a folder of the run."""
        ...


class Logging(Protocol):
    """The `step_logs` module of a target; one that others install may be without."""

    def read_logs(self, handle: Handle, step: str, access: Access) -> StepLogs: ...


class Listing(Protocol):
    """The `listing` module of a target."""

    def list_runs(self, pipeline: Pipeline, access: Access, limit: int) -> Iterator[EngineRun]:
        """The newest `limit` runs that the engine has of the pipeline, the newest first."""
        ...
