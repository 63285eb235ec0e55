"""Jobs that wait for a network, some at a time, while the sidecar goes on with what it has to look after."""

from __future__ import annotations

from time import monotonic, sleep

from pipeglot_sidecar.artifacts.store_faults import Abandoned, StoreFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Lock, Thread

THREADS = 12
LOOK_AT_JOBS = 0.02
PROGRESS = 5.0
"""Seconds between two words about what takes longer."""
LAST_WRITES = 1.0
"""Seconds that are given to what is under way when all is over: it may be writing into a folder that is removed."""
PAUSES = (0.5, 2.0)
"""Before another try of what may go better then; the library below has tried some times by itself."""


class Transfer:
    """What is on its way: `jobs` call `tell` with the bytes that went, and give up when it raises."""

    def __init__(self, what: str, size: int, say: Callable[[str], None]) -> None:
        self._what = what
        self._size = size
        self._say = say
        self._next = monotonic() + PROGRESS
        self._gone = 0
        self._faults: list[BaseException] = []

    def tell(self, count: int) -> None:
        self._gone += count
        if self._faults:
            raise Abandoned

    def run(self, jobs: list[Callable[[], None]], pulse: Callable[[], None]) -> None:
        """All of them, or what went wrong first. `pulse` is called all the while, and may raise."""
        from threading import Lock, Thread

        waiting, lock = iter(jobs), Lock()
        # as daemons: nobody waits for one that waits for an answer
        threads = [Thread(target=self._work, args=(waiting, lock), daemon=True) for _ in range(min(THREADS, len(jobs)))]
        for thread in threads:
            thread.start()
        try:
            self._watch(threads, pulse)
        except BaseException as stop:
            self._faults.append(stop)
        if self._faults:
            until = monotonic() + LAST_WRITES
            for thread in threads:
                thread.join(max(0.0, until - monotonic()))
            raise self._faults[0]

    def _work(self, waiting: Iterator[Callable[[], None]], lock: Lock) -> None:
        while not self._faults:
            with lock:
                job = next(waiting, None)
            if job is None:
                return
            try:
                _patiently(job)
            except BaseException as fault:
                self._faults.append(fault)

    def _watch(self, threads: list[Thread], pulse: Callable[[], None]) -> None:
        for thread in threads:
            while thread.is_alive() and not self._faults:
                thread.join(LOOK_AT_JOBS)
                pulse()
                if monotonic() > self._next:
                    self._next = monotonic() + PROGRESS
                    done = f": {shown_size(self._gone)} of {shown_size(self._size)}" if self._size else ""
                    self._say(self._what + done)


def _patiently(job: Callable[[], None]) -> None:
    for pause in PAUSES:
        try:
            return job()
        except StoreFault as fault:
            if fault.lasting:
                raise
        sleep(pause)
    return job()


def shown_size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
