"""Which task may start now. Knows neither clock nor process: every event costs its own edges, and nothing is polled."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from pipeglot_backends.local.engine.outcomes import SUCCEEDED, Outcome, State
from pipeglot_backends.local.engine.plan import Fan, PlanStep
from pipeglot_expression.runtime.contract import FAIL_FAST, NOT_SELECTED, UPSTREAM_FAILED


@dataclass(frozen=True, slots=True)
class Task:
    """One process to come: a step, one of its items, or the list task that decides over them."""

    step: str
    index: int | None = None
    lists: bool = False

    def __str__(self) -> str:
        return self.step if self.index is None else f"{self.step}[{self.index}]"


@dataclass(slots=True)
class _Items:
    """A fan-out under way. `held` are the items that wait for their turn under its own limits."""

    fan: Fan
    held: deque[int]
    running: int = 0
    left: int = 0
    dropped: bool = False
    outcomes: dict[int, Outcome] = field(default_factory=dict[int, Outcome])


class Scheduler:
    """Feed it with `ended`, `listed` and `stop`; ask it with `take` until `done`."""

    def __init__(
        self, steps: Sequence[PlanStep], *, fail_fast: bool = False, left_out: Collection[str] = frozenset()
    ) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.settled: deque[str] = deque()
        """Steps that got their outcome since somebody last took them from here."""
        self._steps = {step.id: step for step in steps}
        self._order = {step.id: position for position, step in enumerate(steps)}
        self._fail_fast = fail_fast
        self._left_out = left_out
        self._stopped: str | None = None
        self._waits = {step.id: 0 for step in steps}
        self._readers: dict[str, list[str]] = {step.id: [] for step in steps}
        self._ready: list[tuple[int, int, Task]] = []
        self._items: dict[str, _Items] = {}
        for step in steps:
            for need in step.needs:
                self._readers[need].append(step.id)
                self._waits[step.id] += 1
        for step in steps:
            if not step.needs:
                self._begin(step)

    @property
    def done(self) -> bool:
        return len(self.outcomes) == len(self._steps)

    @property
    def stopped(self) -> str | None:
        return self._stopped

    def take(self) -> Task | None:
        return heapq.heappop(self._ready)[2] if self._ready else None

    def items(self, step: str) -> dict[int, Outcome]:
        """What became of the items of a fan-out so far."""
        return self._items[step].outcomes if step in self._items else {}

    def listed(self, step: str, indices: Sequence[int]) -> None:
        """The list task of a fan-out succeeded."""
        fan = self._steps[step].fan
        assert fan is not None
        self._items[step] = items = _Items(fan, deque(indices), left=len(indices))
        if not items.left:
            self._settle(step, SUCCEEDED)
        elif self._stopped:
            self._drop(step, self._stopped)
        else:
            self._release(step)

    def ended(self, task: Task, outcome: Outcome) -> None:
        """The last word about a task that was taken, its retries included."""
        if task.index is None:
            self._settle(task.step, outcome)
            return
        items = self._items[task.step]
        items.running -= 1
        self._item_ended(task.step, items, task.index, outcome)
        if outcome.state is State.FAILED and items.fan.fail_fast and not items.dropped:
            self._drop(task.step, FAIL_FAST)
        if outcome.state is State.FAILED and self._fail_fast and not self._steps[task.step].allow_failure:
            self.stop(FAIL_FAST)
        self._release(task.step)

    def stop(self, reason: str) -> None:
        """Nothing new starts: what waits is cancelled once all it needs are done, what was taken may end."""
        if self._stopped:
            # A harder stop gives its reason to what is still waiting.
            self._stopped = reason if self._stopped == FAIL_FAST else self._stopped
            return
        self._stopped = reason
        waiting, self._ready = self._ready, []
        for _, _, task in sorted(waiting, key=lambda entry: entry[:2]):
            if task.index is None:
                self._settle(task.step, Outcome(State.CANCELLED, reason))
            else:
                self._items[task.step].running -= 1
                self._item_ended(task.step, self._items[task.step], task.index, Outcome(State.CANCELLED, reason))
        for step in [step for step, items in self._items.items() if items.held]:
            self._drop(step, reason)

    def _admit(self, step: PlanStep) -> None:
        if step.fan and step.fan.count is not None:
            self.listed(step.id, range(step.fan.count))
        else:
            self._queue(Task(step.id, lists=step.fan is not None))

    def _begin(self, step: PlanStep) -> None:
        verdict = self._verdict(step)
        if verdict:
            self._settle(step.id, verdict)
        else:
            self._admit(step)

    def _queue(self, task: Task) -> None:
        heapq.heappush(self._ready, (self._order[task.step], task.index or 0, task))

    def _release(self, step: str) -> None:
        """Queues as many held items as the fan-out's own limit allows."""
        items = self._items[step]
        limit = items.fan.max_parallel or len(items.held) + items.running
        while items.held and items.running < limit:
            items.running += 1
            self._queue(Task(step, items.held.popleft()))

    def _drop(self, step: str, reason: str) -> None:
        """Cancels the items of a fan-out that nobody has started."""
        items = self._items[step]
        items.dropped = True
        held, items.held = items.held, deque()
        for index in held:
            self._item_ended(step, items, index, Outcome(State.CANCELLED, reason))
        if reason == FAIL_FAST and not self._stopped:
            queued = [entry for entry in self._ready if entry[2].step == step]
            self._ready = [entry for entry in self._ready if entry[2].step != step]
            heapq.heapify(self._ready)
            for _, index, _ in queued:
                items.running -= 1
                self._item_ended(step, items, index, Outcome(State.CANCELLED, reason))

    def _item_ended(self, step: str, items: _Items, index: int, outcome: Outcome) -> None:
        items.outcomes[index] = outcome
        items.left -= 1
        if not items.left:
            self._settle(step, together(items.outcomes))

    def _settle(self, step: str, outcome: Outcome) -> None:
        """Gives a step its outcome, and one to all that can no longer start because of it."""
        settling = deque([(step, outcome)])
        while settling:
            step, outcome = settling.popleft()
            if outcome.state is State.FAILED and self._steps[step].allow_failure:
                outcome = replace(outcome, allowed=True)
            self.outcomes[step] = outcome
            self.settled.append(step)
            if outcome.failed and self._fail_fast:
                self.stop(FAIL_FAST)
            for reader in self._readers[step]:
                self._waits[reader] -= 1
                if self._waits[reader]:
                    continue
                verdict = self._verdict(self._steps[reader])
                if verdict:
                    settling.append((reader, verdict))
                else:
                    self._admit(self._steps[reader])

    def _verdict(self, step: PlanStep) -> Outcome | None:
        """The outcome of a step whose needs are done and that need not start; None where it shall."""
        if step.id in self._left_out:
            return Outcome(State.SKIPPED, NOT_SELECTED)
        needs = [self.outcomes[need] for need in step.needs]
        if any(self.outcomes[need].bad for need in step.holding):
            return Outcome(State.CANCELLED, UPSTREAM_FAILED)
        held = next((need for need in needs if need.stops), None)
        if held:
            return held
        if self._stopped:
            return Outcome(State.CANCELLED, self._stopped)
        return SUCCEEDED if step.fan and step.fan.count == 0 else None


def together(items: dict[int, Outcome]) -> Outcome:
    """The outcome of a fan-out: its first failed item's, else its first cancelled one's."""
    ordered = [items[index] for index in sorted(items)]
    for state in (State.FAILED, State.CANCELLED):
        for outcome in ordered:
            if outcome.state is state:
                return outcome
    return SUCCEEDED
