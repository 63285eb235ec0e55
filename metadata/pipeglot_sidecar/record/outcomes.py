"""How a step run ends: its state, its reason, and the exit code by which the engine is told."""

from __future__ import annotations

from pipeglot_expression.runtime.contract import CANCELLED, EXIT_CODES, FAILED, RESERVED_CODES, SKIPPED, SUCCEEDED


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
