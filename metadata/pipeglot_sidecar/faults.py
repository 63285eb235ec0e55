"""The ways in which a step ends before its command does, as exceptions."""

from __future__ import annotations


class Trouble(Exception):
    """The sidecar itself cannot do its work: no table, an unreadable read, no place to write."""


class Skipped(Exception):
    """The step does not run, and that is no failure. `reason` is `condition-false` or `upstream-skipped`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Stopped(Exception):
    """Somebody, the machine or the run's deadline ends the step. `reason`: `run-cancelled`, `lost` or `deadline`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Unstarted(Exception):
    """The engine starts a step that no other one would: something that it needs has not ended well."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
