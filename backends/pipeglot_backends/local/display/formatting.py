"""The words and signs in which a run's progress is told."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot_backends.local.engine.outcomes import Outcome, State
from pipeglot_backends.local.engine.report import Report
from pipeglot_backends.local.engine.scheduler import Task

SIGNS: Mapping[State, str] = {
    State.SUCCEEDED: "✓",
    State.CACHED: "✓",
    State.FAILED: "✗",
    State.SKIPPED: "–",
    State.CANCELLED: "–",
}
COLOURS: Mapping[State, str] = {
    State.SUCCEEDED: "32",
    State.CACHED: "32",
    State.FAILED: "31",
    State.SKIPPED: "2",
    State.CANCELLED: "33",
}
MOST_METRICS = 3


def state(outcome: Outcome) -> str:
    return f"{outcome.state.value} ({outcome.reason})" if outcome.reason else outcome.state.value


def duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"


def name(task: Task, item: str | None = None) -> str:
    if item is not None:
        return f"{task.step}[{item}]"
    return f"{task} (items)" if task.lists else str(task)


def metrics(report: Report) -> str:
    return "  ".join(f"{name}={_number(value)}" for name, value in report.metrics[:MOST_METRICS])


def _number(value: float | bool | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1f}" if 1e3 <= abs(value) < 1e12 else f"{value:.4g}"


def printable(text: str) -> str:
    """Without what a terminal could take for a command."""
    return "".join(char if char.isprintable() or char == "\t" else "�" for char in text)
