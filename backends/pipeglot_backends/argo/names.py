"""Names that Kubernetes and Argo take, one for each of ours, never the same for two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pipeglot.ir import Pipeline, Step
from pipeglot_backends.features.exits import carried_on_exit

DEFINITION, PIPELINE, CONTENT = "pipeglot/definition", "pipeglot/pipeline", "pipeglot/content"
"""Annotations and labels of ours: the hash of what is run, the pipeline's name, the hash of all that was delivered."""
RESERVED: tuple[str, ...] = ("main", "on-exit")
LONGEST = 128
"""Of a task or template."""
ROOM_BEHIND = 16
"""Letters for what tells the templates of a step apart, and names that would be alike."""


class Names:
    """Template and task names of a pipeline's steps, list tasks and fan-outs, by step id."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._taken = set(RESERVED)
        everything = (*pipeline.steps, *pipeline.on_exit)
        self.step = {step.id: self._unique(label(step.id)) for step in everything}
        fanned = [step for step in everything if step.fan_out]
        self.items = {step.id: self._unique(f"{self.step[step.id]}-items") for step in fanned if step.needs_list_task}
        self.allowed = self._unique("allowed-failures")
        self.verdict = self._unique("verdict-on-exit")
        self.carried = frozenset(step.id for part in carried_on_exit(pipeline.on_exit) for step in part)
        """The steps of `on_exit` that begin also after a failure, and are told of it."""
        self.each = {step.id: self._unique(f"{self.step[step.id]}-each") for step in fanned}
        inner = [step for step in pipeline.on_exit if "." in step.id]
        self.series = {step.id: self._unique(f"{self.step[step.id]}-series") for step in inner}
        """By the step that such a series begins with."""
        self.wider = {step.id: self._unique(f"{self.step[step.id]}-outer") for step in inner}
        """Of a series that begins with another one: by the step that its second part begins with."""

    def of(self, step: Step) -> list[str]:
        """All tasks of a step."""
        return [self.step[step.id], *([self.items[step.id]] if step.id in self.items else [])]

    def _unique(self, wanted: str) -> str:
        wanted = shortened(wanted)
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}-{number}"
        self._taken.add(name)
        return name


def shortened(name: str) -> str:
    """As it is where Argo takes it with what is put behind it; else its beginning, and a number made of all of it."""
    if len(name) <= LONGEST - ROOM_BEHIND:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:10]
    return f"{name[: LONGEST - ROOM_BEHIND - len(mark) - 1].rstrip('-')}-{mark}"


def label(step_id: str) -> str:
    """A step id as Argo takes it: letters, digits and dashes, with neither end a dash."""
    return step_id.replace("_", "-").replace(".", "-").strip("-")


def slots(names: Iterable[str]) -> dict[str, str]:
    """For each slot the name of the Argo parameter or artifact that carries it: dots are not allowed there."""
    carried: dict[str, str] = {}
    taken: set[str] = set()
    for slot in names:
        wanted = slot.replace(".", "-")
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}-{number}"
        taken.add(name)
        carried[slot] = name
    return carried
