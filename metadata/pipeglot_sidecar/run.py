"""One process of the sidecar: what it is of, how it decides, and what it leaves of its step or its items."""

from __future__ import annotations

import os
from time import monotonic, time

from pipeglot_expression.evaluate import ExpressionFault
from pipeglot_expression.runtime.contract import (
    CACHED,
    CANCELLED,
    FAILED,
    INDICES,
    MISCONFIGURED,
    SKIPPED,
    STATE,
    SUCCEEDED,
    UPSTREAM_FAILED,
)
from pipeglot_expression.runtime.identity import attempt_id, light_hash
from pipeglot_expression.values import ABSENT, WireFault
from pipeglot_sidecar.command.attempt import Attempt, look_up, stopped
from pipeglot_sidecar.command.code_archive import take_secrets, unpack_code
from pipeglot_sidecar.command.preparation import enter_code, prepare, recorded_item
from pipeglot_sidecar.command.signals import STOPS, Signals
from pipeglot_sidecar.command.workspace import Workspace, bring_externals, fetch_awaited
from pipeglot_sidecar.decisions.conditions import decide_item, decide_items, decide_step
from pipeglot_sidecar.decisions.scope import Scope
from pipeglot_sidecar.faults import Skipped, Stopped, Trouble, Unstarted
from pipeglot_sidecar.inputs.environment import Environment, fresh_uuid
from pipeglot_sidecar.inputs.reads import Reads
from pipeglot_sidecar.inputs.step_table import BROUGHT, load, unpacked_text
from pipeglot_sidecar.outputs.executor_output import deliver, describe, hand_out
from pipeglot_sidecar.outputs.results import hand_on, handed_texts
from pipeglot_sidecar.record.event_log import Log, begin_sink, end_sink, log_path, write_log_record
from pipeglot_sidecar.record.messages import print_message
from pipeglot_sidecar.record.outcomes import Outcome, Tries, cancelled, failed, halted, skipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.command.preparation import PreparedCommand
    from pipeglot_sidecar.inputs.step_table import Table

GRAVE = (FAILED, CANCELLED)


class Run:
    """One process of the sidecar, for one step, one item or one list of items."""

    def __init__(self, step: str, environment: Environment, task: str, table: Table | None) -> None:
        self.signals = Signals()
        self.environment = environment
        self.table = table or load(environment.table, step)
        self.item = environment.index if self.table.fan_out is not None and not task else None
        self.work = Workspace(self.table, environment)
        self.reads = Reads(self.table, environment, self.work.unpacked, self.work.named)
        self.scope = Scope(self.table, environment, self.reads)
        identity = {"run": environment.run, "step": step, "item": None if self.item is None else str(self.item)}
        self.record = log_path(environment, step, task)
        self.log = Log(self.record, identity, print_message)
        self.tries = Tries(self.table.step.get("retry"), bool(self.table.step.get("soft")), environment.number)
        self.ends_badly = not task and environment.executor is not None and environment.executor.is_backstop
        self.ends_badly = self.ends_badly and not self.table.step.get("awaited")  # what waits for it ends badly
        environment.number = self.tries.first
        self.exit_code = MISCONFIGURED
        self.refuse_unrecorded()
        begin_sink(environment.environ, self.record)

    def refuse_unrecorded(self) -> None:
        if self.log.fault and self.environment.fails_unrecorded:
            raise Trouble(self.log.fault)

    def close(self) -> None:
        self.work.remove()
        self.log.close()
        if self.environment.tells_record == "1" or (self.environment.tells_record == "failure" and self.exit_code):
            write_log_record(self.record)
        end_sink()

    def check_stops(self, seconds: float = 0) -> None:
        """Nothing starts once the run's deadline has passed, or somebody said stop; looks for that long."""
        deadline = self.environment.deadline
        if deadline is not None and not self.table.step.get("on_exit"):
            if time() >= deadline:
                raise Stopped("deadline", stopped("deadline", None).message)
            seconds = min(seconds, deadline - time())
        for number in self.signals.wait(seconds):
            if number in STOPS:
                reason = self.environment.halted_by()
                raise Stopped(reason, stopped(reason, number).message)

    def rest(self, pause: float) -> None:
        """Between two tries. Raises `Stopped`."""
        until = monotonic() + pause
        while (left := until - monotonic()) > 0:
            self.check_stops(min(left, self.environment.heartbeat))
            self.log.write("heartbeat")

    def tell_progress(self, message: str) -> None:
        """While inputs are fetched."""
        print_message(message)
        self.log.write("heartbeat")

    @property
    def watching(self) -> tuple[Callable[[str], None], Callable[[], None]]:
        """What is told while something is fetched, and what is looked after."""
        return self.tell_progress, self.check_stops

    def tell_end(self, ending: Outcome) -> None:
        if ending.state in GRAVE:
            print_message(f"step `{self.table.id}`{self._which()}: {ending.message}")
        elif ending.state == SKIPPED:
            print_message(f"step `{self.table.id}`{self._which()} is skipped: {ending.message}")

    def _which(self) -> str:
        return "" if self.item is None else f", item {self.item}"

    def start(self, prepared: PreparedCommand) -> None:
        environment, table, number = self.environment, self.table, self.environment.number
        self.log.attempt = fresh_uuid() if number is None else attempt_id(environment.run, table.id, self.item, number)
        if not self.tries.own:
            self.log.attempt = fresh_uuid()
        self.log.write(
            "start",
            number=number,
            engine=environment.engine,
            native=environment.native,
            definition=table.definition,
            host=os.uname().nodename,
            pid=os.getpid(),
            sidecar=own_hash(environment),
            argv=prepared.shown,
            item_value=recorded_item(table, self.scope),
            inputs=prepared.inputs,
            lineage=prepared.lineage,
            **prepared.told,
        )
        self.refuse_unrecorded()

    def end(self, ending: Outcome, attempt: Attempt) -> None:
        self.log.write(
            "end",
            state=ending.state,
            reason=ending.reason,
            exit_code=ending.command_exit_code,
            signal=ending.signal,
            message=ending.message or None,
            dropped=self.log.dropped or None,
            **attempt.usage,
        )

    def handed_on(self) -> list[str]:
        """Outputs whose value is handed on: not artifacts that the engine itself takes."""
        return [
            name for name, output in self.table.outputs.items() if "type" in output or self.environment.keeps_artifacts
        ]

    def leave(self, ending: Outcome, values: dict[str, Value], artifacts: dict[str, dict[str, Any]]) -> int:
        """Of a step that another engine would not have started nothing is known, as there; of an item it is."""
        known = ABSENT if ending.reason == UPSTREAM_FAILED and not self.table.aligned else ending.state
        values_and_state: dict[str, Value] = {**values, STATE: known}
        try:
            if self.environment.executor:
                hidden = {name for name, output in self.table.outputs.items() if output.get("sensitive")}
                shown = {name: value for name, value in values.items() if name not in hidden}
                describe(
                    self.environment.executor,
                    self.item,
                    deliver(self.environment.executor, self.scope.paths, artifacts),
                    shown,
                )
                hand_out(self.environment.executor, handed_texts(values_and_state, self.item))
            else:
                hand_on(self.environment, values_and_state, self.item)
        except Trouble as fault:
            print_message(str(fault))
            return MISCONFIGURED if ending.state == SUCCEEDED else ending.exit_code
        if self.log.fault and self.environment.fails_unrecorded and ending.state == SUCCEEDED:
            return MISCONFIGURED
        if self.ends_badly:
            return ending.exit_code or 1
        return self.tries.exit_code(ending.reason, ending.exit_code) if ending.state in GRAVE else ending.exit_code


def decided(decide: Callable[[], None], skip_code: int) -> Outcome | None:
    """How the step ends without its command; None where nothing stands in the command's way."""
    try:
        decide()
    except Skipped as fault:
        return skipped(fault.reason, fault.message, skip_code)
    except Stopped as fault:
        return halted(fault.reason, fault.message)
    except Unstarted as fault:
        return cancelled(fault.reason, fault.message)
    except ExpressionFault as fault:
        return failed("expression-error", fault.message)
    except WireFault as fault:
        return failed(fault.reason, fault.message)
    except Trouble as fault:
        return failed("expression-error", str(fault), MISCONFIGURED)
    except Exception as fault:
        return own_fault(fault)
    return None


def own_fault(fault: Exception) -> Outcome:
    """Of a mistake in the sidecar itself: told in one line, and in full only to who asks for it."""
    if os.environ.get("PIPEGLOT_DEBUG"):
        raise fault
    return failed("expression-error", f"the sidecar itself failed: {type(fault).__name__}: {fault}", MISCONFIGURED)


def run_step(step: str, environment: Environment, table: Table | None = None) -> int:
    run = Run(step, environment, "", table)
    try:
        ending, attempt = tried(run, 0)
        while (pause := run.tries.pause(environment.number, ending.state, ending.reason, ending.exit_code)) is not None:
            print_message(f"step `{step}`: {ending.message}; it is tried again in {pause:g} s")
            run.work.renew()
            run.log.renew()
            environment.number = (environment.number or 0) + 1
            ending, attempt = tried(run, pause)
        run.tell_end(ending)
        values = {name: attempt.values.get(name, ABSENT) for name in run.handed_on()}
        run.exit_code = run.leave(ending, values, attempt.artifacts)
        return run.exit_code
    finally:
        run.close()


def tried(run: Run, pause: float) -> tuple[Outcome, Attempt]:
    """One try, after a pause, with its record."""
    prepared: list[PreparedCommand] = []

    def decide() -> None:
        run.rest(pause)
        run.check_stops()
        decide_step(run.table, run.scope, run.reads)
        decide_item(run.table, run.scope, run.reads, run.item)
        unpack_code(run.table, run.environment, run.work)
        take_secrets(run.environment.environ, run.table)
        prepared.append(prepare(run.table, run.scope, run.environment, run.work))
        bring_externals(prepared[0].externals, prepared[0].variables, run.environment.code, *run.watching)
        look_up(prepared[0], run.table, run.scope, run.environment, *run.watching)
        fetch_awaited(*run.watching)
        enter_code(run.environment)
        run.check_stops()

    ending = decided(decide, run.environment.skip_code)
    attempt = Attempt(run.table, run.environment, run.log, run.signals, run.work.stays)
    if ending is None:
        run.start(prepared[0])
        ending = attempted(run, attempt, prepared[0])
        run.end(ending, attempt)
        ending = Outcome(SUCCEEDED) if ending.state == CACHED else ending
    else:
        item = recorded_item(run.table, run.scope)
        run.log.write("decided", state=ending.state, reason=ending.reason, message=ending.message, item_value=item)
    return ending, attempt


def attempted(run: Run, attempt: Attempt, prepared: PreparedCommand) -> Outcome:
    try:
        return attempt.run(prepared, run.scope)
    except Exception as fault:
        return own_fault(fault)


def list_items(step: str, environment: Environment, table: Table | None = None) -> int:
    run = Run(step, environment, "list", table)
    indices: list[Value] = []

    def decide() -> None:
        run.check_stops()
        indices.extend(range(decide_items(run.table, run.scope, run.reads)))

    try:
        ending = decided(decide, environment.skip_code)
        values_and_state = ending or Outcome(SUCCEEDED)
        run.log.write(
            "decided",
            state=values_and_state.state,
            reason=values_and_state.reason,
            message=values_and_state.message or None,
            items=len(indices),
            list=True,
        )
        run.tell_end(values_and_state)
        run.exit_code = run.leave(values_and_state, {INDICES: list(indices)}, {})
        return run.exit_code
    finally:
        run.close()


def own_hash(environment: Environment) -> str | None:
    try:
        if environment.packed is not None:
            return light_hash("sha256", unpacked_text(environment.packed)).hex()
        with open(environment.sidecar, "rb") as file:
            # of the program alone, whatever table was written into it
            return light_hash("sha256", file.read().replace(repr(BROUGHT).encode(), b'""', 1)).hex()
    except OSError:
        return None
