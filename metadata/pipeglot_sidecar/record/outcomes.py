"""How a step run ends: state, reason, the exit code by which the engine is told, and whether it is tried again."""

from __future__ import annotations

from pipeglot_expression.runtime.contract import CACHED as CACHED
from pipeglot_expression.runtime.contract import (
    CANCELLED,
    EXIT_CODES,
    FAILED,
    FINAL_CODES,
    LOST,
    RESERVED_CODES,
    SKIPPED,
    SUCCEEDED,
    TIMEOUT,
    pause_after,
)
from pipeglot_expression.runtime.contract import KEPT as KEPT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ERROR = "error"


class Outcome:
    """`command_exit_code` and `signal` are the command's true ones, `exit_code` is what the sidecar exits with."""

    __slots__ = ("command_exit_code", "exit_code", "message", "reason", "signal", "state")

    def __init__(self, state: str, reason: str | None = None, message: str = "", leaves: int | None = None) -> None:
        self.state = state
        self.reason = reason
        self.message = message
        self.exit_code = leaves if leaves is not None else EXIT_CODES.get(reason or "", 0)
        self.command_exit_code: int | None = None
        self.signal: str | None = None

    def of(self, exit_code: int | None, signal: str | None) -> Outcome:
        self.command_exit_code, self.signal = exit_code, signal
        return self


def succeeded() -> Outcome:
    return Outcome(SUCCEEDED)


def failed(reason: str, message: str, leaves: int | None = None) -> Outcome:
    return Outcome(FAILED, reason, message, leaves)


def skipped(reason: str, message: str, skip_code: int) -> Outcome:
    return Outcome(SKIPPED, reason, message, skip_code)


def cancelled(reason: str, message: str) -> Outcome:
    return Outcome(CANCELLED, reason, message)


def halted(reason: str, message: str) -> Outcome:
    """Of a step that was told to stop: nobody wanted that of one that is `lost`, and it may be tried again."""
    return failed(reason, message) if reason == "lost" else cancelled(reason, message)


def exited(code: int) -> Outcome:
    """Of a command that ended by itself with another code than 0."""
    return failed("exit-code", f"the command ended with exit code {code}", exit_code_for(code)).of(code, None)


def killed(number: int, name: str) -> Outcome:
    return failed("signal", f"the command was ended by {name}", exit_code_for(128 + number)).of(None, name)


def exit_code_for(code: int) -> int:
    return 1 if code in RESERVED_CODES else code


class Tries:
    """Whether a step is tried again, where the sidecar does that for its engine: `retry` of the step table.

    `first` is the number of this process's first try, `own` whether no other process can have had that number.
    """

    def __init__(self, retry: dict[str, Any] | None, soft: bool, number: int | None) -> None:
        self._retry = retry
        self._soft = soft
        self._known = number
        self.first = number if retry is None else number or 1
        self.own = retry is None or number == 1

    def pause(self, number: int | None, state: str, reason: str | None, code: int) -> float | None:
        """Seconds until the next try, None where there is none. What is lost is tried again by the engine alone."""
        retry = self._retry
        if retry is None or state != FAILED or code in FINAL_CODES or reason == LOST or not number:
            return None
        if number > retry["limit"] or (TIMEOUT if reason == TIMEOUT else ERROR) not in retry["on"]:
            return None
        return pause_after(number, retry["delay"], retry["backoff"], retry.get("max_delay"))

    def exit_code(self, reason: str | None, code: int) -> int:
        """What the engine is told: nothing of a failure that is handed on, but what it is to try again itself."""
        return 0 if self._soft and not (reason == LOST and self._engine_tries()) else code

    def _engine_tries(self) -> bool:
        if self._retry is None or LOST not in self._retry["on"]:
            return False
        return self._known is None or self._known <= self._retry["limit"]
