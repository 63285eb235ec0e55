"""The server's own description, made from the tables that it answers by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeglot import __version__
from pipeglot.ir import Json
from pipeglot_records.server.limits import Limits
from pipeglot_records.server.questions import Param, Question

ERROR: Final[Json] = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
}
TAKEN: Final[Json] = {
    "type": "object",
    "required": ["new", "known", "refused"],
    "properties": {
        "new": {"type": "integer"},
        "known": {"type": "integer"},
        "refused": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["line", "why"],
                "properties": {"line": {"type": "integer"}, "why": {"type": "string"}},
            },
        },
    },
}
DEFINED: Final[Json] = {
    "type": "object",
    "required": ["definition"],
    "properties": {"definition": {"type": "string"}},
}
REFUSALS: Final = {
    "400": "It cannot be read.",
    "401": "No token, or none that is known.",
    "403": "The token has another role.",
    "404": "There is no such run.",
    "503": "The store takes nothing now: `Retry-After` says when to come again.",
}
OF_BODIES: Final = {
    "408": "The body took too long.",
    "413": "The body is too large.",
    "415": "The body is of a kind, or in an encoding, that is not taken.",
}


@dataclass(frozen=True, slots=True)
class Intake:
    """An address that takes something in."""

    path: str
    summary: str
    kinds: Sequence[str]
    answer: Json


def document(questions: Sequence[Question], intakes: Sequence[Intake], limits: Limits) -> dict[str, Json]:
    asked: dict[str, Json] = {each.path: {"get": _question(each)} for each in questions}
    taken: dict[str, Json] = {each.path: {"post": _intake(each, limits)} for each in intakes}
    open_to_all: dict[str, Json] = {
        "/api": {"get": _plain("This description.")},
        "/healthz": {"get": _plain("Whether the store can be read.")},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "pipeglot records", "version": __version__},
        "security": [{"token": []}],
        "paths": {**asked, **taken, **open_to_all},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": ERROR},
        },
    }


def _question(question: Question) -> Json:
    inside = [
        Param(name, "a run's id, or how it begins; `last` is the newest", required=True) for name in _parts(question)
    ]
    return {
        "summary": question.summary,
        "parameters": [
            *(_param(each, "path") for each in inside),
            *(_param(each, "query") for each in question.params),
        ],
        "responses": {"200": _answer("The answer.", {}), **_refused(REFUSALS)},
    }


def _intake(intake: Intake, limits: Limits) -> Json:
    text = f"{intake.summary} At most {limits.body} bytes, also once unpacked; `Content-Encoding: gzip` is taken."
    return {
        "summary": intake.summary,
        "description": text,
        "requestBody": {"required": True, "content": {kind: {} for kind in intake.kinds}},
        "responses": {"200": _answer("It is kept.", intake.answer), **_refused({**REFUSALS, **OF_BODIES})},
    }


def _plain(text: str) -> Json:
    return {"summary": text, "security": [], "responses": {"200": _answer("The answer.", {})}}


def _parts(question: Question) -> list[str]:
    return re.findall(r"{(\w+)}", question.path)


def _param(param: Param, place: str) -> Json:
    return {
        "name": param.name,
        "in": place,
        "required": param.required,
        "description": param.description,
        "schema": {"type": param.type},
    }


def _answer(text: str, schema: Json) -> Json:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _refused(known: Mapping[str, str]) -> dict[str, Json]:
    return {status: _answer(text, {"$ref": "#/components/schemas/Error"}) for status, text in known.items()}
