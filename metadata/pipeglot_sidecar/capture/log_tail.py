"""The end of what a command printed, while it goes where it went."""

from __future__ import annotations

import os
from threading import Lock, Thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

COPIED_AT_ONCE = 64 * 1024
TAIL = 64 * 1024
MARGIN = 16 * 1024
"""More than what is kept: a secret that begins before the tail is covered as a whole."""
COPY_PATIENCE = 5.0
TEXT_PIECE = 4000
"""Characters: of any of them the record may need twelve letters."""


class LogTail:
    """Stands between the sidecar's standard output and error and what is started from now on, until `finish`."""

    def __init__(self) -> None:
        self._tail = b""
        self._lock = Lock()
        self._threads: list[Thread] = []
        self._before = {number: os.dup(number) for number in (1, 2)}
        one = _same(1, 2)
        write = self._pipe(1)
        os.dup2(write, 1)
        if not one:
            os.close(write)
            write = self._pipe(2)
        os.dup2(write, 2)
        os.close(write)

    def _pipe(self, number: int) -> int:
        read, write = os.pipe()
        thread = Thread(target=self._copy, args=(read, self._before[number]), daemon=True)
        self._threads.append(thread)
        thread.start()
        return write

    def _copy(self, read: int, write: int) -> None:
        gone = False
        while True:
            piece = os.read(read, COPIED_AT_ONCE)
            if not piece:
                break
            with self._lock:
                self._tail = (self._tail + piece)[-TAIL - MARGIN :]
            while piece and not gone:
                try:
                    piece = piece[os.write(write, piece) :]
                except BlockingIOError:
                    _wait(write)
                except OSError:
                    gone = True
        os.close(read)

    def finish(self) -> bytes:
        """All that is kept; where it went before it goes again."""
        for number, before in self._before.items():
            os.dup2(before, number)
        for thread in self._threads:
            thread.join(COPY_PATIENCE)
        return self._tail


def _same(one: int, other: int) -> bool:
    """Whether both go to one place, in which their order is to stay."""
    first, second = os.fstat(one), os.fstat(other)
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def _wait(descriptor: int) -> None:
    import select

    select.select([], [descriptor], [])


def tail_pieces(raw: bytes, cover: Callable[[str], str]) -> list[str]:
    """The end of it in texts that fit into a line of the record each, covered before anything is cut."""
    text = cover(raw.decode("utf-8", "replace").replace("\0", "\ufffd"))
    kept = text.encode("utf-8")[-TAIL:].decode("utf-8", "ignore")
    return [kept[begin : begin + TEXT_PIECE] for begin in range(0, len(kept), TEXT_PIECE)]
