"""Runs a compiled plan with worker processes, from the first step to the last word of the record."""

from __future__ import annotations

import time
from collections import ChainMap, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from pipeglot.ir import Json
from pipeglot.run_events import RunEvents
from pipeglot_backends.local.engine import environment, verdicts
from pipeglot_backends.local.engine.covering import covering
from pipeglot_backends.local.engine.isolation import copy_code
from pipeglot_backends.local.engine.outcomes import CACHED, Outcome, State
from pipeglot_backends.local.engine.plan import Plan, PlanStep
from pipeglot_backends.local.engine.progress import (
    Ended,
    Listed,
    Observer,
    Progress,
    Retrying,
    Settled,
    Silent,
    Started,
    Stopping,
)
from pipeglot_backends.local.engine.report import Report, last_lines, read_report, report_of
from pipeglot_backends.local.engine.run_folder import RunFolder, remove
from pipeglot_backends.local.engine.scheduler import Scheduler, Task
from pipeglot_backends.local.engine.values import ALL as ALL
from pipeglot_backends.local.engine.values import AS_ASKED as AS_ASKED
from pipeglot_backends.local.engine.values import TAKEN, ValueStore, indices_of, read_text, run_words, word_of
from pipeglot_backends.local.engine.values import Caching as Caching
from pipeglot_backends.local.engine.values import Selection as Selection
from pipeglot_backends.local.engine.verdicts import Verdict
from pipeglot_backends.local.processes.process_tree import kill_marked
from pipeglot_backends.local.processes.timers import Timer, Timers
from pipeglot_backends.local.processes.workers import PYTHON, Guard, Worker, start
from pipeglot_expression.runtime.contract import (
    DEADLINE,
    FAIL_FAST,
    INDICES,
    LOST,
    NOT_SELECTED,
    RUN_CANCELLED,
    STATE,
    TIMEOUT,
)

GRACE = 10.0
"""Seconds that a sidecar gives its command to end; `PIPEGLOT_GRACE` says otherwise."""
PATIENCE = 5.0
"""Seconds more until a sidecar is killed too."""
HEARTBEAT = 15.0
AT_ONCE = 2.0
"""Seconds that a second Ctrl-C leaves of `GRACE` and `PATIENCE` together."""


@dataclass(slots=True)
class _Running:
    """`stopped` is the reason for which the engine asked it to end."""

    worker: Worker
    number: int
    since: float
    stopped: str | None = None
    backstop: Timer | None = None


@dataclass(frozen=True, slots=True)
class _Exit:
    task: Task
    code: int


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What an engine is given: where, with what, and for how many at a time."""

    folder: RunFolder
    code: Path
    jobs: int
    isolated: bool
    keep: bool
    environ: Mapping[str, str]
    secrets: Mapping[str, str]
    selection: Selection
    caching: Caching = AS_ASKED
    life: int | None = None
    """A file that every process of the run keeps open; see `vital`."""


class Engine:
    """One loop in one thread: it starts what is ready, then sleeps until a worker ends, a timer is due, or a signal."""

    def __init__(
        self,
        plan: Plan,
        params: Mapping[str, str],
        config: EngineConfig,
        events: RunEvents,
        guard: Guard,
        observer: Observer,
    ) -> None:
        self.plan = plan
        self.outcomes: dict[str, Outcome] = {}
        self.items: dict[str, dict[int, Outcome]] = {}
        self.cancelled = False
        self.late = False
        self._place = config
        self._events = events
        self._guard = guard
        self._observer = observer
        self._steps = {step.id: step for step in plan.all_steps}
        self._shared = environment.of_run(config.environ, config.folder, plan, config.keep, config.code, config.caching)
        self._handover = ValueStore(config.folder, plan, params)
        self._covering = covering(plan, params, config.secrets)
        self._queue: SimpleQueue[_Exit | str] = SimpleQueue()
        self._timers = Timers(time.monotonic)
        self._limit = min(config.jobs, plan.max_parallel or config.jobs)
        self._running: dict[Task, _Running] = {}
        self._pausing: dict[Task, Timer] = {}
        self._again: deque[Task] = deque()
        self._first_start: dict[Task, float] = {}
        self._interrupts = 0
        self._heartbeat = environment.seconds(config.environ, "PIPEGLOT_HEARTBEAT", HEARTBEAT)
        self._patience = environment.seconds(config.environ, "PIPEGLOT_GRACE", GRACE) + PATIENCE
        self._scheduler = Scheduler(())

    def interrupt(self, name: str) -> None:
        """From a signal handler, or from another thread."""
        self._queue.put(name)

    def run(self) -> str:
        """The state of the run."""
        try:
            self._repeat_tick()
            self._timers.after(self._heartbeat, self._repeat_heartbeat)
            deadline = self._timers.after(self.plan.deadline, self._deadline) if self.plan.deadline else None
            self._phase(self.plan.steps, self.plan.fail_fast)
            if deadline:
                deadline.off = True
            self._handover.run = run_words(self.state, self._failed())
            if self._interrupts < 2:
                self._phase(self.plan.on_exit, fail_fast=False)
        finally:
            self._abandon()
        return self.state

    @property
    def state(self) -> str:
        if self.cancelled:
            return "cancelled"
        return "failed" if self.late or self._failed() else "succeeded"

    def _failed(self) -> list[str]:
        return [step for step, outcome in self.outcomes.items() if outcome.failed]

    # The loop

    def _phase(self, steps: Sequence[PlanStep], fail_fast: bool) -> None:
        self._scheduler = Scheduler(steps, fail_fast=fail_fast, left_out=self._place.selection.left_out)
        self._handover.outcomes = ChainMap(self._scheduler.outcomes, self.outcomes)
        while True:
            self._start_ready()
            self._report_settled()
            if self._scheduler.done:
                return
            self._step()

    def _step(self) -> None:
        with suppress(Empty):
            event = self._queue.get(timeout=self._timers.wait())
            if isinstance(event, _Exit):
                self._exited(event.task, event.code)
            else:
                self._interrupted(event)
        self._timers.fire()

    def _start_ready(self) -> None:
        while len(self._running) < self._limit:
            task = self._again.popleft() if self._again else self._scheduler.take()
            if task is None:
                return
            try:
                self._start(task)
            except OSError as fault:
                report = Report(LOST, f"could not be started: {fault.strerror or fault}")
                self._judged(task, Verdict(Outcome(State.FAILED, LOST), LOST), report)

    def _is_taken(self, task: Task) -> bool:
        """Whether what an earlier attempt left stands for this task, which need not start then."""
        selection = self._place.selection
        if task.lists and task.step in selection.lists:
            return self._is_listed(task, range(selection.lists[task.step]))
        if task.index is not None and task.index not in selection.items.get(task.step, (task.index,)):
            outcome = Outcome(State.SKIPPED, NOT_SELECTED)
            self._decide(task, outcome)
            self._scheduler.ended(task, outcome)
            return True
        taken = None if task.lists else selection.taken.get((task.step, task.index))
        if taken is None:
            return False
        try:
            events = self._handover.take(task, taken)
        except OSError:  # it is gone since it was looked at
            return False
        for event, fields in events:
            self._record(event, **fields)
        self._first_start[task] = time.monotonic()
        self.tell(Started(task, TAKEN))
        self._done(task, CACHED, report_of([fields for _, fields in events]))
        return True

    def _is_listed(self, task: Task, indices: Sequence[int]) -> bool:
        """Which items there are is known from an earlier run."""
        self._handover.take_list(task, indices)
        self._record("decided", step=task.step, state=State.SUCCEEDED.value, items=len(indices), list=True)
        self.tell(Listed(task.step, len(indices)))
        self._scheduler.listed(task.step, indices)
        return True

    def _start(self, task: Task) -> None:
        if self._is_taken(task):
            return
        folder, step = self._place.folder, self._steps[task.step]
        number = self._handover.last.get(task, 0) + 1
        self._handover.last[task] = number
        self._first_start.setdefault(task, time.monotonic())
        folder.result(task, number).mkdir()
        code = copy_code(self._place.code, folder.copy(task, number)) if self._place.isolated else self._place.code
        variables = environment.of_attempt(self._shared, step, self._place.secrets, task, number)
        variables |= environment.of_work(self._place.caching, step.id)
        variables = environment.of_paths(variables, self._handover.reads(step), folder, task, number, code)
        argv = [*PYTHON, str(folder.plan / "sidecar.py"), "items" if task.lists else "run", task.step]
        log, ended = folder.log(task, number), partial(self._has_ended, task)
        worker = start(argv, variables, code, log, ended, self._place.life)
        self._guard.watch(worker.pid)
        self._running[task] = running = _Running(worker, number, time.monotonic())
        if step.backstop is not None and not task.lists:
            running.backstop = self._timers.after(step.backstop, lambda: self._end(task, TIMEOUT, self._patience))
        self.tell(Started(task, number))

    def _has_ended(self, task: Task, code: int) -> None:
        """From the thread that waited for the process."""
        self._queue.put(_Exit(task, code))

    # What happens

    def _exited(self, task: Task, code: int) -> None:
        running = self._running.pop(task)
        self._guard.forget(running.worker.pid)
        if running.backstop:
            running.backstop.off = True
        folder = self._place.folder
        if self._place.isolated and not self._place.keep:
            remove(folder.copy(task, running.number))
        if code < 0:
            running.worker.kill_command()
            kill_marked(environment.marks(folder, task, running.number))
        self._covering.learn_outputs(folder.result(task, running.number), self._steps[task.step].sensitive)
        self._covering.clean(folder.log(task, running.number))
        word = word_of(read_text(folder.result(task, running.number) / STATE))
        verdict = verdicts.judge(code, word, running.stopped)
        self._judged(task, verdict, read_report(folder.events(task, running.number)))

    def _judged(self, task: Task, verdict: Verdict, report: Report) -> None:
        retries, number = self._steps[task.step].retries, self._handover.last[task]
        stopped = self._scheduler.stopped not in (None, FAIL_FAST)
        if verdict.cause in retries.on and number <= retries.limit and not stopped:
            pause = retries.pause(number)
            self.tell(Retrying(task, number, _shown(verdict.outcome, report), pause, report))
            self._pausing[task] = self._timers.after(pause, lambda: self._retry(task))
            return
        self._done(task, verdict.outcome, report)

    def _retry(self, task: Task) -> None:
        del self._pausing[task]
        self._again.append(task)

    def _done(self, task: Task, outcome: Outcome, report: Report) -> None:
        folder, number = self._place.folder, self._handover.last[task]
        outcome, failed = _shown(outcome, report), outcome.state is State.FAILED
        if outcome.reason == LOST:
            self._decide(task, outcome)
        log = folder.log(task, number)
        lines = last_lines(log, report.message) if failed else ()
        seconds = time.monotonic() - self._first_start.pop(task)
        self.tell(Ended(task, outcome, seconds, report, log, lines))
        if task.lists and outcome.state is State.SUCCEEDED:
            indices = indices_of(read_text(folder.result(task, number) / INDICES))
            self._handover.indices[task.step] = indices
            self.tell(Listed(task.step, len(indices)))
            self._scheduler.listed(task.step, indices)
        else:
            self._scheduler.ended(task, outcome)

    def _report_settled(self) -> None:
        while self._scheduler.settled:
            step = self._scheduler.settled.popleft()
            outcome, items = self._scheduler.outcomes[step], self._scheduler.items(step)
            self.outcomes[step], self.items[step] = outcome, items
            if outcome.reason == NOT_SELECTED:
                self._decide(Task(step), outcome)
            for index, item in items.items():
                if item.reason == FAIL_FAST:
                    self._decide(Task(step, index), item)
            self.tell(Settled(step, outcome, len(items) if self._steps[step].fan else None))

    # What ends it early

    def _interrupted(self, name: str) -> None:
        self._interrupts += 1
        self.tell(Stopping(RUN_CANCELLED, self._interrupts))
        if not self.cancelled:
            self.cancelled = True
            self._record("cancel", by=name)
        self._stop(RUN_CANCELLED, self._patience if self._interrupts == 1 else AT_ONCE)
        if self._interrupts > 1:
            for running in self._running.values():
                running.worker.kill_command()

    def _deadline(self) -> None:
        self.late = True
        self.tell(Stopping(DEADLINE, 1))
        self._stop(DEADLINE, self._patience)

    def _stop(self, reason: str, patience: float) -> None:
        """Nothing new starts, what pauses is given up, and what runs is told to end."""
        self._scheduler.stop(reason)
        for timer in self._pausing.values():
            timer.off = True
        given_up, self._pausing, self._again = [*self._pausing, *self._again], {}, deque()
        for task in given_up:
            outcome = Outcome(State.CANCELLED, reason)
            self._decide(task, outcome)
            self._done(task, outcome, Report())
        for task in list(self._running):
            self._end(task, reason, patience)

    def _end(self, task: Task, reason: str, patience: float) -> None:
        running = self._running.get(task)
        if running is None:
            return
        running.stopped = running.stopped or reason
        self._terminate(task, running)
        self._timers.after(patience, running.worker.kill)

    def _terminate(self, task: Task, running: _Running) -> None:
        """Told first, so that the sidecar does not take itself for lost."""
        with suppress(OSError):
            self._place.folder.announced(task, running.number).touch()
        running.worker.terminate()

    def _abandon(self) -> None:
        """Whatever happened, no worker outlives its engine."""
        for task, running in self._running.items():
            self._terminate(task, running)
        until = time.monotonic() + self._patience
        for running in self._running.values():
            running.worker.wait(until - time.monotonic())

    # Who is told

    def _decide(self, task: Task, outcome: Outcome) -> None:
        item = None if task.index is None else str(task.index)
        lists: dict[str, Json] = {"list": True} if task.lists else {}
        self._record("decided", step=task.step, item=item, state=outcome.state.value, reason=outcome.reason, **lists)

    def _record(self, event: str, **fields: Json) -> None:
        # A record that cannot be written (a full disk) stops nobody.
        with suppress(OSError):
            self._events.write(event, **fields)

    def tell(self, event: Progress) -> None:
        # Whoever watched may be gone (a closed pipe); the run is not theirs alone.
        try:
            self._observer.observe(event)
        except OSError:
            self._observer = Silent()

    def _tick(self) -> None:
        try:
            self._observer.tick()
        except OSError:
            self._observer = Silent()

    def _repeat_tick(self) -> None:
        interval = self._observer.interval
        if interval is not None:
            self._tick()
            self._timers.after(interval, self._repeat_tick)

    def _repeat_heartbeat(self) -> None:
        """While steps wait for their next try, nobody else says that the run lives."""
        self._record("heartbeat")
        self._timers.after(self._heartbeat, self._repeat_heartbeat)


def _shown(outcome: Outcome, report: Report) -> Outcome:
    """With the reason as the sidecar knows it, which an exit code cannot always tell, and what was no start."""
    if report.cached and outcome.state is State.SUCCEEDED:
        return CACHED
    variables = (
        outcome.state in (State.SKIPPED, State.FAILED) and outcome.reason not in (LOST, TIMEOUT) and report.reason
    )
    return replace(outcome, reason=report.reason) if variables else outcome
