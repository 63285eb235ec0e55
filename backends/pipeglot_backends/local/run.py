"""`run_pipeline`: a compiled pipeline in, its result and its run folder out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeglot import keeping
from pipeglot.ir import Json
from pipeglot.run_events import RunEvents
from pipeglot_backends.local.engine.engine import ALL, AS_ASKED, Engine, EngineConfig, Selection
from pipeglot_backends.local.engine.engine import Caching as Caching
from pipeglot_backends.local.engine.outcomes import Outcome
from pipeglot_backends.local.engine.plan import Plan, read_plan
from pipeglot_backends.local.engine.progress import Observer, RunEnded, RunStarted, Silent
from pipeglot_backends.local.engine.run_folder import RunFolder
from pipeglot_backends.local.processes.interrupts import caught
from pipeglot_backends.local.processes.workers import Guard
from pipeglot_backends.local.secrets import gather
from pipeglot_backends.local.vital import Pulse, forget
from pipeglot_backends.protocol import EmittedFile
from pipeglot_expression.runtime.identity import is_uuid, timed_uuid
from pipeglot_expression.values import from_wire

EXIT_CODES = {"succeeded": 0, "failed": 1, "cancelled": 130}


class RunIdRefused(ValueError):
    """The id that was asked for is no UUID, or there is a run of that id."""


def _nobody(record: Path) -> None:
    del record


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`folder` holds the pipeline and its code, `kept` its runs. Without `jobs`: the profile's, else one per core."""

    folder: Path
    jobs: int | None = None
    isolated: bool = False
    keep: bool = False
    run_id: str | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    kept: Path | None = None
    store: str | None = None
    """The store that the record is for. Who reads the folder is told, until it has the end: then `vital.forget`."""
    selection: Selection = ALL
    caching: Caching = AS_ASKED
    begun: Callable[[Path], object] = _nobody
    """Called with the folder of the record once its first event is written, before anything starts."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """`items` holds the outcomes of a fan-out's items by index. `record` is what the store takes in."""

    run_id: str
    pipeline: str
    state: str
    exit_code: int
    seconds: float
    folder: Path
    record: Path
    steps: Mapping[str, Outcome]
    items: Mapping[str, Mapping[int, Outcome]]


def run_pipeline(
    files: Sequence[EmittedFile],
    params: Mapping[str, str],
    options: RunOptions,
    observer: Observer | None = None,
) -> RunResult:
    """Runs what `emit` wrote. `params` are all run parameters as wire text, checked by the caller.

    Raises `SecretMissing`, `RunIdRefused` and OSError before anything has started, never once it has.
    """
    plan = read_plan(next(file.text for file in files if file.path == "plan.json"))
    root = options.folder.resolve()
    kept = (options.kept or keeping.kept_from(root)).resolve()
    secrets = gather(plan, root, options.environ, kept)
    folder = _folder(kept, options.run_id)
    folder.make(files)
    config = EngineConfig(
        folder=folder,
        code=root,
        jobs=max(1, options.jobs or plan.jobs or cores()),
        isolated=options.isolated,
        keep=options.keep,
        environ=options.environ,
        secrets=secrets,
        selection=options.selection,
        caching=options.caching,
    )
    return _run(plan, params, config, options, observer or Silent())


def _folder(kept: Path, wanted: str | None) -> RunFolder:
    if wanted is not None and not is_uuid(wanted):
        raise RunIdRefused(f"`{wanted}` is no UUID")
    run = wanted.lower() if wanted else timed_uuid(time.time_ns() // 1_000_000, os.urandom(10))
    folder = RunFolder(kept / keeping.RUNS / run, run)
    if folder.path.exists():
        raise RunIdRefused(f"there is a run `{run}` already: {folder.path}")
    return folder


def _run(
    plan: Plan, params: Mapping[str, str], config: EngineConfig, options: RunOptions, observer: Observer
) -> RunResult:
    folder, since = config.folder, time.monotonic()
    state = "failed"
    with (
        Pulse(folder.path) as pulse,
        RunEvents(folder.record, folder.run, "local") as events,
        Guard() as guard,
    ):
        pulse.begin(options.store)
        events.write(
            "run",
            pipeline=plan.pipeline,
            definition=plan.definition,
            params=shown_params(plan, params),
            target="local",
            native={"folder": str(folder.path), "host": os.uname().nodename},
            profile=plan.profile,
            **({"reuses": dict(options.selection.asked)} if options.selection.asked else {}),
        )
        options.begun(folder.record)
        engine = Engine(plan, params, replace(config, life=pulse.descriptor), events, guard, observer)
        try:
            with caught(engine.interrupt):
                engine.tell(RunStarted(folder.run, plan.pipeline, len(plan.all_steps), folder.path))
                state = engine.run()
                seconds = time.monotonic() - since
                engine.tell(RunEnded(folder.run, state, seconds))
        finally:
            pulse.end_leftovers()
            # before the last word: after it nobody looks again
            with suppress(OSError):
                folder.clear(keep=config.keep)
            reason: dict[str, Json] = {"reason": "deadline"} if engine.late else {}
            with suppress(OSError):
                events.write("run-end", state=state, by="local", **reason)
    if options.store is None:
        forget(folder.path)
    return RunResult(
        run_id=folder.run,
        pipeline=plan.pipeline,
        state=state,
        exit_code=EXIT_CODES[state],
        seconds=seconds,
        folder=folder.path,
        record=folder.record,
        steps=engine.outcomes,
        items=engine.items,
    )


def shown_params(plan: Plan, params: Mapping[str, str]) -> dict[str, Json]:
    """As the record has them: those that are sensitive without their values."""
    return {
        name: {"redacted": True} if name in plan.sensitive else {"value": _json(text)}
        for name, text in params.items()
        if name in plan.params
    }


def _json(text: str) -> Json:
    value = from_wire(text)
    return value if isinstance(value, (bool, int, float, str, list, dict)) else None


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
