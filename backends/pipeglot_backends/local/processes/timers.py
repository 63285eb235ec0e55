"""Things to do later, earliest first."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True, slots=True)
class Timer:
    """`off` makes it do nothing when its time comes."""

    when: float
    seq: int
    act: Callable[[], None] = field(compare=False)
    off: bool = field(default=False, compare=False)


class Timers:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heap: list[Timer] = []
        self._seq = 0

    def after(self, seconds: float, act: Callable[[], None]) -> Timer:
        self._seq += 1
        timer = Timer(self._clock() + seconds, self._seq, act)
        heapq.heappush(self._heap, timer)
        return timer

    def wait(self) -> float | None:
        """Seconds until the next one; None when there is none."""
        while self._heap and self._heap[0].off:
            heapq.heappop(self._heap)
        return max(0.0, self._heap[0].when - self._clock()) if self._heap else None

    def fire(self) -> None:
        """Does what is due."""
        while self._heap and (self._heap[0].off or self._heap[0].when <= self._clock()):
            timer = heapq.heappop(self._heap)
            if not timer.off:
                timer.off = True
                timer.act()
