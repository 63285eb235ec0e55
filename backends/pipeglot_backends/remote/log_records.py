"""Records out of the logs in which they were left: `PIPEGLOT_RECORD_LOG` in `docs/internals/runtime.md`."""

from __future__ import annotations

import base64
import re
import zlib

LINE = re.compile(r"pipeglot-record ([0-9a-f]{16}) ([0-9]+)/([0-9]+) ([-A-Za-z0-9+/=]+)")


def without(log: str) -> str:
    """What a person wants to read of it."""
    return "".join(line for line in log.splitlines(keepends=True) if not LINE.search(line))


def record(log: str) -> bytes | None:
    """What stands behind the last mark of a log; None where that is not all there: the sidecar was cut short."""
    found = LINE.findall(log)
    if not found:
        return None
    _, _, count, _ = found[-1]
    pieces = {int(number): piece for mark, number, of, piece in found if (mark, of) == (found[-1][0], count)}
    if sorted(pieces) != list(range(1, int(count) + 1)):
        return None
    try:
        packed = "".join(pieces[number] for number in sorted(pieces)).replace("-", "")
        return zlib.decompress(base64.b64decode(packed))
    except (ValueError, zlib.error):
        return None
