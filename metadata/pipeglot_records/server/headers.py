"""Headers: those that every answer has, and the one that says whom a browser believes to speak to."""

from __future__ import annotations

import ipaddress
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURE: Final = tuple(
    (name.encode("ascii"), value.encode("ascii"))
    for name, value in {
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }.items()
)


class Secured:
    """Around all that answers, also when it fails. A page says itself what it may load."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = [*message.get("headers", ())]
                known = {name.lower() for name, _ in said}
                message["headers"] = [*said, *(header for header in SECURE if header[0] not in known)]
            await send(message)

        await self._app(scope, receive, secured)


def is_of_loopback(host: str) -> bool:
    """Of a `Host` header, or of an address to listen on. A name that others gave this machine is none of its own."""
    name = host.strip()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
