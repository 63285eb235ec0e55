"""The signals that reach the sidecar: noted as they come, taken when there is time for them."""

from __future__ import annotations

import os
import select
import signal

STOPS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
PASSED_ON = (signal.SIGUSR1, signal.SIGUSR2)


class Signals:
    """From here on no signal ends the sidecar by itself, and `wait` wakes up for each, and for a child that ended."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        for descriptor in (self._read, write):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (*STOPS, *PASSED_ON, signal.SIGCHLD):
            signal.signal(number, _noted)

    def wait(self, seconds: float) -> list[int]:
        """The signals that came, at most `seconds` from now; those of children are left out."""
        ready, _, _ = select.select([self._read], [], [], max(0.0, seconds))
        if not ready:
            return []
        return [number for number in os.read(self._read, 4096) if number != signal.SIGCHLD]


def name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _noted(number: int, frame: object) -> None:
    """The number itself arrives through the wake-up descriptor."""
