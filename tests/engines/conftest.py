"""What the suites share: the environment stays still while threads of theirs, and the engines' clients, read it."""

from __future__ import annotations

from _pytest import runner


def _still(*_: object) -> None:
    """Pytest names each test in a variable and takes it away: whoever copies the environment then stumbles over it."""


setattr(runner, "_update_current_test_var", _still)  # noqa: B010  # it is pytest's own
