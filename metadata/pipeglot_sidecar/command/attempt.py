"""One attempt: the command is started, and what it did is read and recorded."""

from __future__ import annotations

import os
import signal
from time import monotonic, time, time_ns

from pipeglot_sidecar.command.belongings import Belongings
from pipeglot_sidecar.command.cached import keep_work, read_outputs, send_outputs
from pipeglot_sidecar.command.cached import look_up as look_up
from pipeglot_sidecar.command.preparation import environment
from pipeglot_sidecar.command.process import NotStarted, Process, ended_by
from pipeglot_sidecar.command.signals import STOPS, name_of
from pipeglot_sidecar.command.user_events import captured, relays
from pipeglot_sidecar.faults import Stopped
from pipeglot_sidecar.record.messages import print_message
from pipeglot_sidecar.record.outcomes import CACHED, KEPT, Outcome, exited, failed, halted, killed, succeeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pipeglot_expression.values import Value
    from pipeglot_sidecar.command.preparation import PreparedCommand
    from pipeglot_sidecar.command.signals import Signals
    from pipeglot_sidecar.decisions.scope import Scope
    from pipeglot_sidecar.inputs.environment import Environment
    from pipeglot_sidecar.inputs.step_table import Table
    from pipeglot_sidecar.record.event_log import Log

LOOK = 2.0
"""Seconds between two looks at what the command reports, and at who started the sidecar."""
ORPHANED = (0, 1)


class Attempt:
    def __init__(self, table: Table, environment: Environment, log: Log, signals: Signals, keeps: bool) -> None:
        """`keeps`: the folder of the attempt stays after it."""
        self._keeps = keeps
        self._table = table
        self._environment = environment
        self._log = log
        self._signals = signals
        self._relays: list[Any] = []
        self._next_beat = monotonic() + environment.heartbeat
        self._interval = min(LOOK, environment.heartbeat)
        self._next_look = monotonic() + self._interval
        self._parent = os.getppid()
        self.usage: dict[str, float] = {}
        self.values: dict[str, Value] = {}
        self.artifacts: dict[str, dict[str, Any]] = {}

    def run(self, prepared: PreparedCommand, scope: Scope) -> Outcome:
        """Starts the command and looks at what it leaves. `values`, `artifacts`: for readers, of a success only."""
        if prepared.found is not None:
            return self._found(prepared, prepared.found)
        self._listen(prepared.variables)
        capture = None
        if self._table.capture:
            capture = captured(self._log, self._table, self._environment, prepared.variables, prepared.argv)
            self._relays.append(capture)
        try:
            ending = self._command(prepared)
            self._report()
            ending = self._outputs(prepared, scope, ending)
        except Stopped as stop:
            ending = halted(stop.reason, stop.message)
        if capture:
            capture.close(ending.state)
        return ending

    def _listen(self, variables: dict[str, str]) -> None:
        events, metrics, since = variables["PIPEGLOT_EVENTS"], variables["PIPEGLOT_METRICS"], time_ns()
        belongings = Belongings(os.path.dirname(events), self._log, since, self._keeps)
        self._relays = relays(events, metrics, self._log, self._log.writer, since, belongings.mark)
        for relay in self._relays:
            relay.open()

    def _command(self, prepared: PreparedCommand) -> Outcome:
        try:
            process = Process(prepared.argv, environment(self._environment, prepared.variables))
        except NotStarted as fault:
            return failed("exit-code", fault.message, fault.code).of(fault.code, None)
        process.wait(self._signals, self._limits(), self._environment.grace, self._tick, self._environment.halted_by)
        self.usage = {"cpu": round(process.cpu, 6), "max_rss": process.max_rss}
        if process.stopped_by == "timeout":
            message = f"the command ran longer than its timeout of {self._table.step['timeout']:g} seconds"
            return failed("timeout", message).of(process.command_exit_code, ended_by(process))
        if process.stopped_by is not None:
            return stopped(process.stopped_by, process.stop_signal).of(process.command_exit_code, ended_by(process))
        if process.signal is not None:
            return killed(process.signal, name_of(process.signal))
        code = process.command_exit_code or 0
        return exited(code) if code else succeeded().of(0, None)

    def _limits(self) -> dict[str, float]:
        limits: dict[str, float] = {}
        if self._table.step.get("timeout") is not None:
            limits["timeout"] = monotonic() + self._table.step["timeout"]
        deadline = self._environment.deadline
        if deadline is not None and not self._table.step.get("on_exit"):
            limits["deadline"] = monotonic() + deadline - time()
        return limits

    def _tick(self) -> float:
        """Heartbeat, and what the command reported until now."""
        if monotonic() >= self._next_look:
            self._heed_parent()
            more = [relay.pass_on() for relay in self._relays]
            self._next_look = monotonic() + (0 if any(more) else self._interval)
        self._beat()
        return min(self._next_beat, self._next_look)

    def _beat(self) -> None:
        if monotonic() >= self._next_beat:
            self._log.write("heartbeat")
            self._next_beat = monotonic() + self._environment.heartbeat

    def _heed_parent(self) -> None:
        """Whoever started the sidecar would stop it too, and cannot any more when it was killed."""
        if self._parent not in ORPHANED and os.getppid() != self._parent:
            self._parent = 0
            os.kill(os.getpid(), signal.SIGTERM)

    def _pulse(self) -> None:
        """Between two pieces of a long reading."""
        self._beat()
        for number in self._signals.wait(0):
            if number in STOPS:
                stop = stopped(self._environment.halted_by(), number)
                raise Stopped(stop.reason or "", stop.message)

    def _report(self) -> None:
        for relay in self._relays:
            relay.finish(self._beat)

    def _found(self, prepared: PreparedCommand, found: dict[str, Any]) -> Outcome:
        """What the same work has left before, in the place of a command."""
        try:
            ending = self._handed(found, Outcome(CACHED))
        except Stopped as stop:
            return halted(stop.reason, stop.message)
        for metric in prepared.metrics:
            self._log.write("metric", **metric)
        return ending

    def _outputs(self, prepared: PreparedCommand, scope: Scope, ending: Outcome) -> Outcome:
        """Records what is valid, of a failed command too; a fault counts only where the command succeeded."""
        found = read_outputs(self._table.outputs, scope.paths, self._environment.keeps_artifacts, self._pulse)
        ending = self._handed(found, ending)
        keep_work(prepared, found, ending.state in KEPT, self._log, print_message)
        return ending

    def _handed(self, found: dict[str, Any], ending: Outcome) -> Outcome:
        send_outputs(self._environment.environ, found, ending.state in KEPT, print_message, self._pulse)
        for name, written in found.items():
            if written.event is not None:
                self._log.write("output", **written.event)
                if isinstance(written.event.get("value"), (bool, int, float)):
                    self._log.write("metric", name=name, value=written.event["value"])
        if ending.state not in KEPT:
            return ending
        faults = [written.fault for written in found.values() if written.fault is not None]
        for _, message in faults:
            print_message(f"step `{self._table.id}`: {message}")
        if faults:
            return failed(*faults[0]).of(ending.command_exit_code, ending.signal)
        self.values = {name: written.value for name, written in found.items()}
        self.artifacts = {name: each.event for name, each in found.items() if each.event and "digest" in each.event}
        return ending


def stopped(reason: str, number: int | None) -> Outcome:
    by = f" by {name_of(number)}" if number is not None else ""
    messages = {
        "run-cancelled": f"the run was stopped{by}",
        "lost": f"it was stopped{by}, and nobody had said that the run is to end",
        "deadline": "the deadline of the run has passed",
    }
    return halted(reason, messages[reason])
