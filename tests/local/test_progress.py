"""How progress looks to people."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeglot_backends.local.display import formatting
from pipeglot_backends.local.display.lines import Lines
from pipeglot_backends.local.display.live import Live
from pipeglot_backends.local.engine.outcomes import SUCCEEDED, Outcome, State
from pipeglot_backends.local.engine.plan import Retries
from pipeglot_backends.local.engine.progress import (
    Ended,
    Listed,
    Progress,
    Retrying,
    RunEnded,
    RunStarted,
    Settled,
    Started,
    Stopping,
)
from pipeglot_backends.local.engine.report import Report
from pipeglot_backends.local.engine.scheduler import Task

LOG = Path("logs/x.log")
FAILED = Outcome(State.FAILED, "exit-code")
STORY: list[Progress] = [
    RunStarted("01a2", "hello", 4, Path("runs")),
    Started(Task("a"), 1),
    Retrying(Task("a"), 1, FAILED, 90.0, Report()),
    Started(Task("a"), 2),
    Ended(Task("a"), SUCCEEDED, 1.25, Report(metrics=(("auc", 0.912345), ("n", 3), ("ok", True), ("more", 1))), LOG),
    Settled("a", SUCCEEDED),
    Started(Task("each", lists=True), 1),
    Ended(Task("each", lists=True), SUCCEEDED, 0.1, Report(), LOG),
    Listed("each", 2),
    Started(Task("each", 0), 1),
    Started(Task("each", 1), 1),
    Ended(Task("each", 1), Outcome(State.SKIPPED, "condition-false"), 0.1, Report(message="its `when` is false"), LOG),
    Ended(Task("each", 0), FAILED, 75.0, Report(message="the command ended with exit code 3"), LOG, ("x\x1b[2J", "y")),
    Settled("each", FAILED, 2),
    Settled("late", Outcome(State.CANCELLED, "upstream-failed")),
    Stopping("run-cancelled", 1),
    Stopping("run-cancelled", 2),
    Stopping("deadline", 1),
    RunEnded("01a2", "failed", 3700.0),
]


def test_it_prints_one_line_for_each_thing_that_happened() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for event in STORY:
        lines.observe(event)
    assert stream.getvalue() == (
        "run 01a2 of hello: 4 steps\n"
        "↻ a  attempt 1 failed (exit-code), the next in 1m30s\n"
        "✓ a  1.2s  auc=0.9123  n=3  ok=true\n"
        "  each: 2 items\n"
        "– each[1]  skipped: its `when` is false\n"
        "✗ each[0]  failed (exit-code)  1m15s\n"
        "    the command ended with exit code 3\n"
        "    | x�[2J\n"
        "    | y\n"
        "    log: logs/x.log\n"
        "✗ each  failed (exit-code), 2 items\n"
        "– late  cancelled (upstream-failed)\n"
        "stopping what runs; interrupt again to kill it\n"
        "killing what runs\n"
        "the deadline has come: stopping what runs\n"
        "run 01a2 failed in 1h01m\n"
    )


@dataclass
class Screen:
    """As much of a terminal as is needed to see what stands on it at last."""

    rows: list[str] = field(default_factory=lambda: [""])

    def show(self, text: str) -> list[str]:
        for part in re.split(r"(\x1b\[\d*[AJm]|\r|\n)", text):
            if up := re.fullmatch(r"\x1b\[(\d+)A", part):
                self.row -= int(up[1])
            elif part == "\x1b[J":
                del self.rows[self.row + 1 :]
                self.rows[self.row] = ""
            elif part == "\n":
                self.row += 1
                self.rows += [""] * (self.row + 1 - len(self.rows))
            elif part and not part.startswith(("\x1b", "\r")):
                self.rows[self.row] = part
        return self.rows[:-1]

    row: int = 0


def test_it_keeps_one_live_line_for_each_running_step() -> None:
    stream = io.StringIO()
    live = Live(stream, {"NO_COLOR": "1"}, clock=lambda: 0.0)
    for event in STORY[:11]:
        live.observe(event)
    live.tick()
    assert Screen().show(stream.getvalue())[3:] == [
        "  each: 2 items", "⠋ each[0]  2 items left  0.0s", "⠋ each[1]  2 items left  0.0s",
    ]  # fmt: skip
    for event in STORY[11:]:
        live.observe(event)
    stood = Screen().show(stream.getvalue())
    assert stood[-1] == "run 01a2 failed in 1h01m"
    assert not [row for row in stood if "⠋" in row]


def test_it_draws_no_more_lines_than_the_terminal_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "6")
    monkeypatch.setenv("COLUMNS", "40")
    stream = io.StringIO()
    live = Live(stream, {"NO_COLOR": "1"}, clock=lambda: 0.0)
    for index in range(30):
        live.observe(Started(Task("a_step_with_a_name_as_long_as_they_come", index), 1))
    stood = Screen().show(stream.getvalue())
    assert len(stood) == 4
    assert stood[-1] == "  … and 27 more"
    assert all(len(row) < 40 for row in stood)


def test_it_colours_only_where_colour_is_wanted() -> None:
    painted, plain = io.StringIO(), io.StringIO()
    Live(painted, {}).observe(STORY[13])
    Live(plain, {"NO_COLOR": "1"}).observe(STORY[13])
    assert painted.getvalue() == plain.getvalue().replace("✗", "\x1b[31m✗\x1b[0m")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0s"), (9.9, "9.9s"), (59.6, "1m00s"), (61, "1m01s"), (7199.9, "2h00m")]
)
def test_it_says_durations_briefly(seconds: float, text: str) -> None:
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.98234567, "0.9823"), (67885.8, "67885.8"), (1e-9, "1e-09"), (3e15, "3e+15"), (math.nan, "nan"), (284, "284")],
)
def test_it_says_metrics_as_people_write_them(value: float, text: str) -> None:
    assert formatting.metrics(Report(metrics=(("m", value),))) == f"m={text}"


def test_it_waits_longer_before_each_retry_up_to_a_limit() -> None:
    retries = Retries(limit=9, delay=2.0, backoff=3.0, max_delay=10.0)
    assert [retries.pause(number) for number in (1, 2, 3, 900)] == [2.0, 6.0, 10.0, 10.0]
    assert Retries(limit=1).pause(1) == 0.0
