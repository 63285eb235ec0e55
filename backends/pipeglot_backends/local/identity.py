"""Names of runs: UUIDs that sort by the time they were made (version 7)."""

from __future__ import annotations

import secrets
import time
import uuid


def uuid7() -> str:
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    return str(
        uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | (random >> 62) << 64 | 0b10 << 62 | random & (1 << 62) - 1)
    )
