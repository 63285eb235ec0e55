"""The pages as routes: who may look is known by a cookie, and what is shown is made of what the store answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from pipeglot.rendering.redaction import redacted_in
from pipeglot_records.server.keeper import Keeper
from pipeglot_records.server.pages import beside, models, one_run, runs
from pipeglot_records.server.pages.page import Asked, Page
from pipeglot_records.server.pages.words import POLICY, environment
from pipeglot_records.server.refusal import Refused

PAGES: Final = (*runs.PAGES, *beside.PAGES, *one_run.PAGES, *models.PAGES)
COOKIE: Final = "pipeglot-token"
ASSETS: Final = {"style.css": "text/css", "live.js": "text/javascript", "icon.svg": "image/svg+xml"}
LOGIN_AT_MOST: Final = 4096
"""Bytes of what a form of signing in sends."""
A_DAY: Final = 24 * 3600
Admit = Callable[[Request, str], Awaitable[None]]
"""Lets in who may do something. Raises `Refused`."""


class Site:
    def __init__(self, keeper: Keeper, admit: Admit) -> None:
        self._keeper = keeper
        self._admit = admit
        self._templates = environment()
        self._files = {
            name: files("pipeglot_records.server.pages").joinpath(f"assets/{name}").read_bytes() for name in ASSETS
        }

    def routes(self) -> list[Route]:
        found = [Route(page.path, self._endpoint(page), methods=["GET"]) for page in PAGES]
        found += [Route(f"/assets/{name}", partial(self._asset, name), methods=["GET"]) for name in ASSETS]
        return [
            *found,
            Route("/sign-in", self._ask_for_token, methods=["GET"]),
            Route("/sign-in", self._sign_in, methods=["POST"]),
        ]

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                await self._admit(request, "read")
            except Refused as refused:
                if refused.status == 401:
                    return RedirectResponse(f"/sign-in?next={quote(_here(request))}", 303)
                return self._refused(refused)
            path = {name: str(value) for name, value in request.path_params.items()}
            try:
                asked = page.asked(self._keeper.store, request.query_params.multi_items(), path)
                shown = await self._keeper.read(partial(_covered, page, asked))
            except Refused as refused:
                return self._refused(refused)
            return self._page(page.template, {**shown, "here": page.path})

        return endpoint

    def _refused(self, refused: Refused) -> Response:
        told = {"status": refused.status, "why": refused.why, "hint": refused.hint, "here": ""}
        return self._page("refused.html", told, refused.status, refused.headers)

    def _page(
        self, template: str, shown: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        text = self._templates.get_template(template).render({"is_live": False, **shown})
        kept = {name: value for name, value in (headers or {}).items() if name != "WWW-Authenticate"}
        return Response(text, status, {**kept, "content-security-policy": POLICY}, "text/html")

    async def _asset(self, name: str, _: Request) -> Response:
        return Response(self._files[name], media_type=ASSETS[name])

    async def _ask_for_token(self, request: Request) -> Response:
        """With a token in its address it signs in at once: so `pipeglot ui` opens the browser."""
        token = request.query_params.get("token")
        if token:
            return self._let_in(request, token, "/")
        return self._page(
            "sign_in.html", {"next": _inside(request.query_params.get("next")), "wrong": False, "here": ""}
        )

    async def _sign_in(self, request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return self._refused(Refused(403, "a page of another site signs nobody in here"))
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > LOGIN_AT_MOST:
                return self._refused(Refused(413, "that is too long for a token", closes=True))
        said = parse_qs(body.decode("utf-8", "replace"))
        token, there = (said.get(name, [""])[0] for name in ("token", "next"))
        request.scope["headers"] = [
            *(header for header in request.scope["headers"] if header[0] not in (b"cookie", b"authorization")),
            (b"authorization", f"Bearer {token}".encode("utf-8", "replace")),
        ]
        try:
            await self._admit(Request(request.scope), "read")
        except Refused:
            return self._page("sign_in.html", {"next": _inside(there), "wrong": True, "here": ""}, 403)
        return self._let_in(request, token, _inside(there))

    def _let_in(self, request: Request, token: str, there: str) -> Response:
        """The cookie is read for pages and for what they ask, which changes nothing, and by no script."""
        found = RedirectResponse(there, 303)
        secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
        found.set_cookie(COOKIE, token.strip(), A_DAY, httponly=True, samesite="strict", secure=secure, path="/")
        return found


def _covered(page: Page, asked: Asked) -> dict[str, Any]:
    """What a page shows, without what commands cover too."""
    found: Any = redacted_in({**page.show(asked)})
    return dict(found)


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _inside(there: str | None) -> str:
    """A place of this site, or its first page: an address of another begins with a scheme or with two strokes."""
    return there if there and there.startswith("/") and not there.startswith(("//", "/\\")) else "/"
