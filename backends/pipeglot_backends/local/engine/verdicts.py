"""What an attempt's end means, from the sidecar's exit code and its last word."""

from __future__ import annotations

from dataclasses import dataclass

from pipeglot_backends.local.engine.outcomes import SUCCEEDED, Outcome, State
from pipeglot_expression.runtime.contract import (
    ANNOUNCED_STOP,
    EXIT_CODES,
    FINAL_CODES,
    LOST,
    MISCONFIGURED,
    TIMEOUT,
    UPSTREAM_FAILED,
)

ERROR = "error"
REASONS = {code: reason for reason, code in EXIT_CODES.items() if code != ANNOUNCED_STOP}
REASONS[MISCONFIGURED] = "expression-error"
SIGNALS = 128
MOST_SIGNALS = SIGNALS + 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """`cause` is what `retry.on` calls it; None where another try would end the same way."""

    outcome: Outcome
    cause: str | None = None


def judge(code: int, word: str, stopped: str | None) -> Verdict:
    """`word` is the sidecar's `pipeglot-state`, `stopped` the reason for which the engine stopped it, if it did."""
    if code == 0 and word in _SAID:
        return Verdict(_SAID[word])
    ended_by_stop = word == "cancelled" or code < 0 or REASONS.get(code) == LOST
    if stopped == TIMEOUT and ended_by_stop:
        return Verdict(Outcome(State.FAILED, TIMEOUT), TIMEOUT)
    if stopped and ended_by_stop:
        return Verdict(Outcome(State.CANCELLED, stopped))
    if ended_by_stop or code == 0 or not word:
        return Verdict(Outcome(State.FAILED, LOST), None if code in FINAL_CODES else LOST)
    return Verdict(Outcome(State.FAILED, _reason(code)), _cause(code))


_SAID = {
    "succeeded": SUCCEEDED,
    "skipped": Outcome(State.SKIPPED, "condition-false"),
    "cancelled": Outcome(State.CANCELLED, UPSTREAM_FAILED),
}


def _reason(code: int) -> str:
    return REASONS.get(code) or ("signal" if SIGNALS < code <= MOST_SIGNALS else "exit-code")


def _cause(code: int) -> str | None:
    if code in FINAL_CODES:
        return None
    return TIMEOUT if REASONS.get(code) == TIMEOUT else ERROR
