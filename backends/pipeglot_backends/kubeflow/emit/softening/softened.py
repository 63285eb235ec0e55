"""Which steps hand on that they failed, and end well for the engine: those whose end others read, and what they need.

Pure, and told by `plan`. Steps that nobody observes fail for the engine too, so that its pages are true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeglot.ir import Pipeline, ReadKind, RetryOn, RunIf, Step
from pipeglot_backends.kubeflow.emit.softening.queues import queued

OF_STEPS = (ReadKind.OUTPUT, ReadKind.STATE, ReadKind.ITEMS)
FAILED_STEPS = "run.failed_steps"


@dataclass(frozen=True, slots=True)
class Carrying:
    """`softened`: by id of a step why it is. `reached`: what stands behind one of them, and decides by its state.

    `on_exit`: its steps ask for more than how the run ended, so they follow in the graph of the steps.
    """

    softened: Mapping[str, str] = field(default_factory=dict[str, str])
    reached: frozenset[str] = frozenset()
    on_exit: bool = False

    def heeded(self, step: Step) -> tuple[str, ...]:
        """Those that a step needs and that may have failed, or not have run, though the engine starts it."""
        return tuple(need for need in step.holding if need in self.softened or need in self.reached)

    @property
    def absent(self) -> frozenset[str]:
        """Steps that end well for the engine and may have no outputs."""
        return self.reached | frozenset(self.softened)


def carrying(pipeline: Pipeline, *, retries: bool) -> Carrying:
    """`retries`: the engine would try again whatever ended badly, also after the last try of a sidecar."""
    pipeline = queued(pipeline)
    on_exit = asks_for_more(pipeline)
    found = dict(_observed(pipeline, on_exit=on_exit))
    _with_needs(pipeline, found)
    for step in pipeline.steps:
        if step.allow_failure:
            found.setdefault(step.id, "it may fail")
        elif retries and step.retry and RetryOn.LOST in step.retry.on:
            found.setdefault(step.id, "it is tried again in its container")
    softened = {step.id: found[step.id] for step in pipeline.steps if step.id in found}
    return Carrying(softened, _behind(pipeline, softened), on_exit)


def asks_for_more(pipeline: Pipeline) -> bool:
    """Whether `on_exit` reads more than how the run ended, or its steps wait for each other."""
    if any(step.after for step in queued(pipeline).on_exit):
        return True
    return any(read.kind in OF_STEPS or read.slot == FAILED_STEPS for step in pipeline.on_exit for read in step.reads)


def _observed(pipeline: Pipeline, *, on_exit: bool) -> Iterator[tuple[str, str]]:
    for step in pipeline.steps:
        if step.run_if is not RunIf.SUCCESS:
            yield from ((need, f"`{step.id}` runs if it failed") for need in step.needs)
        yield from ((need, f"`{step.id}` waits for its end") for need in step.after)
    if on_exit:
        yield from ((step.id, "`on_exit` reads how it ended") for step in pipeline.steps)


def _with_needs(pipeline: Pipeline, found: dict[str, str]) -> None:
    """Nothing after one that fails for the engine is started, so all before an observed step are softened too."""
    for step in reversed(pipeline.steps):
        if step.id in found:
            for need in step.needs:
                found.setdefault(need, f"`{step.id}` needs it")


def _behind(pipeline: Pipeline, softened: Mapping[str, str]) -> frozenset[str]:
    """Steps stand in topological order."""
    reached: set[str] = set()
    for step in pipeline.steps:
        if any(need in softened or need in reached for need in step.needs):
            reached.add(step.id)
    return frozenset(reached)
