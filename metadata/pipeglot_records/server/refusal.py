"""What is answered to a request that is not done: one line that says why, and what to do where that helps."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

AGAIN = "2"
"""Seconds after which to come again."""


class Refused(Exception):
    """`closes`: the rest of the request was not read, and what follows on its connection is no request."""

    def __init__(self, status: int, why: str, hint: str | None = None, *, closes: bool = False) -> None:
        super().__init__(why)
        self.status, self.why, self.hint, self.closes = status, why, hint, closes

    @property
    def headers(self) -> Mapping[str, str]:
        found = {"Retry-After": AGAIN} if self.status == 503 else {}
        if self.status == 401:
            found["WWW-Authenticate"] = "Bearer"
        return {**found, "Connection": "close"} if self.closes else found


def busy(why: str, *, closes: bool = False) -> Refused:
    return Refused(503, why, "nothing of the request was kept: send it again", closes=closes)


async def told(_: Request, fault: Exception) -> Response:
    if isinstance(fault, Refused):
        body = {"error": fault.why, **({"hint": fault.hint} if fault.hint else {})}
        return JSONResponse(body, fault.status, fault.headers)
    if isinstance(fault, HTTPException):
        return JSONResponse({"error": fault.detail.lower()}, fault.status_code, fault.headers)
    return JSONResponse({"error": "the server itself failed, and its log says how"}, 500)
