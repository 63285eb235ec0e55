"""Names that Kubeflow takes, one for each of ours, never the same for two."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Pipeline

EXIT_HANDLER = "exit-handler-1"
ON_EXIT = "on-exit"
ENDS, EXITS, VERDICT, BACKSTOP = "pipeglot-ends", "pipeglot-exits", "pipeglot-verdict", "pipeglot-backstop"
SIDECAR = "pipeglot-sidecar"
"""The task that brings the sidecar, and the input of every other that takes it."""
WHOLE = "pipeglot-run"
"""Holds all other tasks where `on_exit` takes the sidecar too."""
GATHERED = "gathered"
"""What the items of a fan-out left of an artifact, as one: an output of the task that makes it, and in its metadata."""


class Names:
    """Task keys of a pipeline's steps and list tasks, by step id; `before` is what each begins with."""

    def __init__(self, pipeline: Pipeline, before: str = "") -> None:
        ours = (EXIT_HANDLER, ON_EXIT, SIDECAR, WHOLE, ENDS, EXITS, VERDICT, BACKSTOP)
        self._taken = {*ours, *map(driver, ours), "root", "entrypoint"}
        everything = (*pipeline.steps, *pipeline.on_exit)
        self.step = {step.id: self._unique(before + key(step.id)) for step in everything}
        listed = [step for step in everything if step.fan_out and step.needs_list_task]
        self.items = {step.id: self._unique(f"{self.step[step.id]}-items") for step in listed}
        self.gathered = {
            (id, output): self._unique(f"{self.step[id]}-{key(output)}-{GATHERED}")
            for id, output in _gathered(pipeline)
        }

    def _unique(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._taken or driver(name) in self._taken:
            number += 1
            name = f"{wanted}-{number}"
        self._taken |= {name, driver(name)}
        return name


def _gathered(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Artifacts of fan-outs that the items of others read, each once."""
    found: dict[tuple[str, str], None] = {}
    for step in (*pipeline.steps, *pipeline.on_exit):
        if step.fan_out:
            of_fans = (read for read in step.reads if read.is_artifact and read.fan)
            found |= {(read.step or "", read.output or ""): None for read in of_fans}
    return iter(found)


def key(step_id: str) -> str:
    """A step id as the Argo below takes it: letters, digits and dashes, with neither end a dash."""
    return step_id.replace("_", "-").replace(".", "-").strip("-")


def driver(name: str) -> str:
    """The task that Kubeflow puts before each of ours."""
    return f"{name}-driver"
