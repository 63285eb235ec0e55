"""The server as an application: who asks is looked at first, then what is sent."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeglot.ir import Json
from pipeglot_records.server import api, bodies, headers, sink, tokens
from pipeglot_records.server.keeper import Keeper
from pipeglot_records.server.openapi import DEFINED, TAKEN, Intake, document
from pipeglot_records.server.pages.site import COOKIE, Site
from pipeglot_records.server.questions import Question, given
from pipeglot_records.server.refusal import Refused, told

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Take: TypeAlias = Callable[[Keeper, sink.Body], Callable[[], Json]]
"""What the writer does with a body."""

LINES: Final = ("application/x-ndjson", "application/jsonl", "application/json")
"""A page of another site can send none of these without asking first, and is not let."""
INTAKES: Final[tuple[tuple[Intake, Take], ...]] = (
    (
        Intake(
            f"{api.API}/events", "Events, one a line, as sidecars write them; what comes twice folds.", LINES, TAKEN
        ),
        lambda keeper, body: keeper.queue.add(body),
    ),
    (
        Intake(f"{api.API}/definitions", "A `definition.json`, as `compile` wrote it.", LINES[2:], DEFINED),
        lambda keeper, body: lambda: sink.define(keeper.store, body()),
    ),
)


@dataclass(frozen=True, slots=True)
class Service:
    """`is_open`: whoever reaches it may do all, and only this machine does. `key`: who has it may look, and no more."""

    keeper: Keeper
    is_open: bool = False
    key: str | None = None

    async def admit(self, request: Request, act: str) -> None:
        """Raises `Refused`."""
        token = await self._token(request)
        if not token.may(act):
            raise Refused(
                403, f"the token `{token.name}` has the role `{token.role}`, and this needs `{act}`", closes=True
            )

    async def _token(self, request: Request) -> tokens.Token:
        if self.is_open:
            if not headers.is_of_loopback(request.headers.get("host", "")):
                raise Refused(403, "without tokens only `localhost` is answered", closes=True)
            return tokens.ANYBODY
        secret = _secret(request)
        if not secret:
            hint = "send `Authorization: Bearer TOKEN`"
            raise Refused(401, "there is no token", hint, closes=True)
        if self.key is not None and hmac.compare_digest(secret.encode(), self.key.encode()):
            return tokens.ONLOOKER
        found = await self.keeper.look_up(partial(tokens.holder, self.keeper.store, secret))
        if found is None:
            raise Refused(401, "the token is not known", closes=True)
        return found

    def asking(self, question: Question) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            await self.admit(request, "read")
            path = {name: str(value) for name, value in request.path_params.items()}
            asked = given(question, request.query_params.multi_items(), path)
            text = await self.keeper.read(partial(question.answer, self.keeper.store, asked))
            return Response(text, media_type="application/json")

        return endpoint

    def taking(self, intake: Intake, take: Take) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            await self.admit(request, "write")
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in intake.kinds:
                raise Refused(415, f"the body is not said to be `{intake.kinds[0]}`", closes=True)
            packed = bodies.is_packed(request)
            with self.keeper.room():
                body = await bodies.whole(request, self.keeper.limits)
                return JSONResponse(await self.keeper.write(take(self.keeper, self._opened(body, packed=packed))))

        return endpoint

    def _opened(self, body: bytes, *, packed: bool) -> sink.Body:
        return partial(bodies.unpacked, body, self.keeper.limits) if packed else lambda: body

    async def health(self, _: Request) -> Response:
        await self.keeper.look_up(self._peek)
        return JSONResponse({"status": "ok"})

    def _peek(self) -> None:
        with self.keeper.store.reading() as connection:
            connection.exec_driver_sql("SELECT 1")


def _secret(request: Request) -> str:
    """Of the header; a browser that was signed in has it in a cookie, which only asks."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return secret.strip()
    return request.cookies.get(COOKIE, "") if request.method in ("GET", "HEAD") else ""


def application(keeper: Keeper, *, is_open: bool = False, key: str | None = None) -> Starlette:
    service = Service(keeper, is_open, key)
    described = document(api.QUESTIONS, [intake for intake, _ in INTAKES], keeper.limits)

    async def description(_: Request) -> Response:
        return JSONResponse(described)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        yield
        keeper.close()

    routes = [
        *(Route(each.path, service.asking(each), methods=["GET"]) for each in api.QUESTIONS),
        *(Route(intake.path, service.taking(intake, take), methods=["POST"]) for intake, take in INTAKES),
        Route("/api", description, methods=["GET"]),
        Route("/healthz", service.health, methods=["GET"]),
        *Site(keeper, service.admit).routes(),
    ]
    handlers = {Refused: told, HTTPException: told, Exception: told}
    app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    # an address with one `/` too many is none: where it would lead is said by whoever asks
    app.router.redirect_slashes = False
    return app
