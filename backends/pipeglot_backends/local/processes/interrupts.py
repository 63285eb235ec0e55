"""Ctrl-C and its kin, turned into events while a run goes on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def caught(notify: Callable[[str], object]) -> Generator[None]:
    """`told` gets the signal's name. Only the main thread can catch signals; elsewhere nothing is caught."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, _: FrameType | None) -> None:
        notify(signal.Signals(number).name)

    # a run under `nohup` ignores SIGHUP, and goes on doing so
    wanted = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, handle) for each in wanted}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
