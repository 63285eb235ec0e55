"""The record among the lines of the step's log, for engines that keep a log and nothing else of a pod."""

from __future__ import annotations

import os

BLOCK = "pipeglot-record"
PIECE = 3000
STDOUT = 1
TOKEN, BROKEN = b"eyJ", b"ey-J"
"""With what a token in base64 begins: Airflow blots out whatever follows it in a log. Readers drop the `-`."""


def write_log_record(path: str | None) -> None:
    """Lines `pipeglot-record MARK N/COUNT PIECE`. Readers take the last mark: the command is over, and silent."""
    from binascii import b2a_base64
    from zlib import compress

    try:
        with open(path or "", "rb") as file:
            packed = b2a_base64(compress(file.read()), newline=False).replace(TOKEN, BROKEN)
        mark = os.urandom(8).hex()
        count = -(-len(packed) // PIECE)
        lines = [f"{BLOCK} {mark} {i + 1}/{count} ".encode() + packed[i * PIECE :][:PIECE] for i in range(count)]
        _write_out(b"\n" + b"\n".join(lines) + b"\n")  # the command may have left its last line open
    except OSError:
        return  # without a record, or without a reader of it


def _write_out(text: bytes) -> None:
    while text:
        text = text[os.write(STDOUT, text) :]
