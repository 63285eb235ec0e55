"""What steps hand on to later ones: texts in files, put together for each reader once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, cast

from pipeglot.ir import Json, ReadKind
from pipeglot_backends.local.engine.outcomes import Outcome, State
from pipeglot_backends.local.engine.plan import Plan, PlanStep, Source
from pipeglot_backends.local.engine.run_folder import RunFolder
from pipeglot_backends.local.engine.scheduler import Task
from pipeglot_backends.local.taken import ALL as ALL
from pipeglot_backends.local.taken import AS_ASKED as AS_ASKED
from pipeglot_backends.local.taken import TAKEN as TAKEN
from pipeglot_backends.local.taken import Caching as Caching
from pipeglot_backends.local.taken import Fields, Taken
from pipeglot_backends.local.taken import Selection as Selection
from pipeglot_expression.runtime.contract import STATE

ABSENT = "null"
SUCCEEDED = '"succeeded"'

Reader: TypeAlias = Callable[["ValueStore", Source], str]


@dataclass(slots=True)
class ValueStore:
    """`last` is the number of the attempt whose word counts, `outcomes` those of the steps that are done."""

    folder: RunFolder
    plan: Plan
    params: Mapping[str, str]
    outcomes: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
    last: dict[Task, int] = field(default_factory=dict[Task, int])
    indices: dict[str, Sequence[int]] = field(default_factory=dict[str, Sequence[int]])
    run: Mapping[str, str] = field(default_factory=dict[str, str])
    fans: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        fans = {step.id: step.fan for step in self.plan.all_steps if step.fan}
        self.fans = frozenset(fans)
        self.indices |= {step: range(fan.count) for step, fan in fans.items() if fan.count is not None}

    def told(self, task: Task, name: str) -> str:
        """The text that the last attempt of a task left under a name."""
        number = self.last.get(task)
        return ABSENT if number is None else read_text(self.folder.result(task, number) / name)

    def take(self, task: Task, taken: Taken) -> list[tuple[str, Fields]]:
        """Hands on what an earlier attempt left. Returns the events that say so. Raises OSError."""
        here = taken.brought(self.folder.taken(task, TAKEN))
        result = self.folder.result(task, TAKEN)
        result.mkdir(exist_ok=True)
        for name, text in {**here.texts, STATE: SUCCEEDED}.items():
            write_private(result / name, text if task.index is None or text == ABSENT else f"[{task.index},{text}]")
        self.last[task] = TAKEN
        return here.told(self.folder.run, task.step, task.index)

    def take_list(self, task: Task, indices: Sequence[int]) -> None:
        """Which items a fan-out has, as an earlier run had them."""
        result = self.folder.result(task, TAKEN)
        result.mkdir(exist_ok=True)
        write_private(result / STATE, SUCCEEDED)
        self.last[task] = TAKEN
        self.indices[task.step] = indices

    def whole(self, step: str, name: str) -> str:
        """Of a fan-out: `[[index, value], …]` of all items that left something."""
        path = self.folder.whole(step, name)
        if not path.exists():
            pairs = (self.told(Task(step, index), name) for index in self.indices.get(step, ()))
            write_private(path, "[" + ",".join(pair for pair in pairs if pair != ABSENT) + "]")
        return read_text(path)

    def reads(self, step: PlanStep) -> Path:
        """The file of all that a step reads; the same for all its items and attempts."""
        path = self.folder.reads(step.id)
        if not path.exists():
            texts = {source.slot: _READERS[source.kind](self, source) for source in step.reads}
            write_private(path, json.dumps(texts))
        return path


def _param(handover: ValueStore, source: Source) -> str:
    return handover.params.get(source.name, ABSENT)


def _output(handover: ValueStore, source: Source) -> str:
    if source.step in handover.fans:
        return handover.whole(source.step, source.name)
    outcome = handover.outcomes.get(source.step)
    kept = outcome is not None and outcome.kept
    return handover.told(Task(source.step), source.name) if kept else ABSENT


def _state(handover: ValueStore, source: Source) -> str:
    if source.step not in handover.fans:
        return handover.told(Task(source.step), STATE)
    decided = Task(source.step, lists=True)
    if decided in handover.last:
        return handover.told(decided, STATE)
    outcome = handover.outcomes.get(source.step)
    return SUCCEEDED if outcome and outcome.state is not State.CANCELLED else ABSENT


def _items(handover: ValueStore, source: Source) -> str:
    return handover.whole(source.step, STATE)


def _engine(handover: ValueStore, source: Source) -> str:
    outcome = handover.outcomes.get(source.step)
    return outcome.word if outcome else ""


def _run(handover: ValueStore, source: Source) -> str:
    return handover.run.get(source.slot, ABSENT)


_READERS: Mapping[ReadKind, Reader] = {
    ReadKind.PARAM: _param,
    ReadKind.OUTPUT: _output,
    ReadKind.STATE: _state,
    ReadKind.ITEMS: _items,
    ReadKind.ENGINE: _engine,
    ReadKind.RUN: _run,
}


def run_words(state: str, failed: Iterable[str]) -> Mapping[str, str]:
    """What `on_exit` may know of the run."""
    return {"run.status": json.dumps(state), "run.failed_steps": json.dumps(sorted(failed))}


def word_of(text: str) -> str:
    """The state that a sidecar left: a text, or of an item `[index, text]`. Empty when it left none."""
    found = _json(text)
    word = found[-1] if isinstance(found, list) and found else found
    return word if isinstance(word, str) else ""


def indices_of(text: str) -> tuple[int, ...]:
    found = _json(text)
    return tuple(index for index in found if isinstance(index, int)) if isinstance(found, list) else ()


def _json(text: str) -> Json:
    try:
        return cast(Json, json.loads(text))
    except ValueError:
        return None


def read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip() or ABSENT
    except (OSError, UnicodeDecodeError):
        return ABSENT


def write_private(path: Path, text: str) -> None:
    """For this user's eyes alone, and whole or not at all."""
    temporary = path.with_name(f"{path.name}.tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
