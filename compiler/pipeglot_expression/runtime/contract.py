"""What compiler, backends, sidecar and store mean by the same words: states, reasons, exit codes, names, variables.

Of `docs/internals/runtime.md` what is a constant or a rule of one line; a test holds that page to it.
"""

from __future__ import annotations

SUCCEEDED, FAILED, SKIPPED, CANCELLED, CACHED = "succeeded", "failed", "skipped", "cancelled", "cached"
KEPT = (SUCCEEDED, CACHED)
"""States of a step whose outputs there are."""

TIMEOUT, LOST, RUN_CANCELLED, DEADLINE, FAIL_FAST = "timeout", "lost", "run-cancelled", "deadline", "fail-fast"
NOT_SELECTED = "not-selected"
"""Of a step that was not asked for, where a run is asked for a part of its steps."""
CONDITION_FALSE, UPSTREAM_SKIPPED, UPSTREAM_FAILED = "condition-false", "upstream-skipped", "upstream-failed"

MISCONFIGURED, SKIP, ANNOUNCED_STOP = 68, 99, 143
"""What the sidecar exits with: where it cannot do its work, where an engine wants to know of a skip, where stopped."""
KILLED = 137
"""What engines see where the sidecar itself was killed."""
EXIT_CODES = {
    **dict.fromkeys(("bad-input", "bad-output"), 64),
    "missing-output": 65,
    "value-too-large": 66,
    "expression-error": 67,
    LOST: 69,
    TIMEOUT: 124,
    RUN_CANCELLED: ANNOUNCED_STOP,
    DEADLINE: ANNOUNCED_STOP,
}
"""What the sidecar exits with, by the reason of a failure; for all others with the command's own code.

Of two reasons with one code the record tells them apart; who has the code alone takes the last of them.
"""
FINAL_CODES = (66, 67, MISCONFIGURED)
"""Failures that another try would end in too."""
RESERVED_CODES = frozenset((*EXIT_CODES.values(), MISCONFIGURED, SKIP, KILLED))
"""They mean something to engines when the sidecar exits with them, so a command that does exits as 1."""

STATE, INDICES = "pipeglot-state", "pipeglot-indices"
"""Names of what is handed on beside the outputs: a step's state, and the kept items of a fan-out."""
OPAQUE = "="
"""Before a text that an engine would else read as JSON of its own kind; no wire text begins with it."""
SLOT = "PIPEGLOT."
"""With which the variable of a read begins; the slot's name follows."""

SINK = "PIPEGLOT_SINK"
SINK_TOKEN = "PIPEGLOT_SINK_TOKEN"
"""The variables that hold the server that a record is sent to, and what lets it in: of the sidecar, and of no step."""
WEBHOOK = "NOTIFY_WEBHOOK"
"""The variable that holds the address for a step that only sends a word."""

SECRET_PREFIX = "PIPEGLOT_SECRET_"
BACKSTOP = 15 * 60
"""Seconds that an engine's own limit is longer than the sidecar's: it counts what surrounds the command too."""


def secret_variable(name: str, key: str, exact: bool = False) -> str:
    """Where a secret stands outside of Kubernetes: capitals, and `_` for what variables cannot hold.

    `exact`: with a number behind, since another secret of the pipeline has those letters too.
    """
    plain = "".join(char if char.isalnum() and char.isascii() else "_" for char in f"{name}_{key}")
    if exact:
        from binascii import crc32

        plain += f"_{crc32(f'{name}/{key}'.encode()):08x}"
    return SECRET_PREFIX + plain.upper()


LONGEST_PAUSE = 86400.0
"""Seconds between two attempts, where nothing shorter is asked for."""


def fails_readers(state: str, reason: str | None) -> bool:
    """Whether what needs a step of this state has failed upstream: `run_if` asks for this, and `success` gives up."""
    return state == FAILED or reason == UPSTREAM_FAILED


def stops_readers(state: str, reason: str | None) -> bool:
    """Whether what needs a step of this state is stopped as that one was, by a cancel, a deadline or a failure."""
    return state == CANCELLED and reason != UPSTREAM_FAILED


def pause_after(number: int, delay: float, backoff: float, max_delay: float | None) -> float:
    """Seconds between attempt `number`, the first being 1, and the next, where pipeglot itself tries again."""
    try:
        pause = delay * backoff ** (number - 1)
    except OverflowError:
        pause = float("inf")
    return min(pause, LONGEST_PAUSE if max_delay is None else max_delay)


def plain_seconds(seconds: float) -> str:
    """Seconds as text, every digit of them and no exponent: `1234567`, `0.5`."""
    return format(seconds, ".3f").rstrip("0").rstrip(".")
