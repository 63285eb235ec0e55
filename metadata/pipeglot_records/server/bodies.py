"""Bodies of requests: read as far as they may go, in the time that they may take, and unpacked no further."""

from __future__ import annotations

import zlib
from typing import Final

import anyio
from starlette.requests import ClientDisconnect, Request

from pipeglot_records.server.limits import Limits
from pipeglot_records.server.refusal import Refused

PACKED: Final = {"": False, "identity": False, "gzip": True, "x-gzip": True}
_GZIP: Final = 16 + zlib.MAX_WBITS
_PIECE: Final = 256 * 1024


async def whole(request: Request, limits: Limits) -> bytes:
    """What was sent, still packed. Raises `Refused`."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > limits.body:
        raise _too_large(limits)
    body = bytearray()
    try:
        with anyio.fail_after(limits.slowest):
            async for piece in request.stream():
                body += piece
                if len(body) > limits.body:
                    raise _too_large(limits)
    except TimeoutError:
        raise Refused(408, f"the request took longer than {limits.slowest:g} seconds", closes=True) from None
    except ClientDisconnect:
        raise Refused(400, "the request broke off", closes=True) from None
    return bytes(body)


def is_packed(request: Request) -> bool:
    """Raises `Refused` for what nobody unpacks here."""
    said = request.headers.get("content-encoding", "").strip().lower()
    if said not in PACKED:
        raise Refused(415, "the body is in an encoding other than `gzip`", closes=True)
    return PACKED[said]


def unpacked(body: bytes, limits: Limits) -> bytes:
    """Stops where it grows too large, however small it came. Raises `Refused`."""
    found = bytearray()
    try:
        while body:
            member = zlib.decompressobj(_GZIP)
            while not member.eof:
                found += member.decompress(body, min(_PIECE, limits.body + 1 - len(found)))
                if len(found) > limits.body:
                    raise _too_large(limits)
                if not member.eof and not member.unconsumed_tail:
                    raise Refused(400, "the body breaks off in the middle of what `gzip` wrote")
                body = member.unconsumed_tail
            body = member.unused_data
    except zlib.error:
        raise Refused(400, "the body is not what `gzip` writes") from None
    return bytes(found)


def _too_large(limits: Limits) -> Refused:
    return Refused(413, f"the body is larger than {limits.body:,} bytes", "send it in parts", closes=True)
