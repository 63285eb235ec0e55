"""A script whose values are read from variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeglot.ir import Shell
from pipeglot.scripts import python, shell
from pipeglot.scripts.places import Place

PREFIX = "PIPEGLOT_X_"


@dataclass(frozen=True, slots=True)
class Spliced:
    """`text` names the variables `PIPEGLOT_X_0`, …; `places` says where each stands, and whether it can."""

    text: str
    places: tuple[Place, ...]


def splice(parts: Iterable[str | None], language: Shell) -> Spliced:
    """The script of these literal parts, with a variable where None stands."""
    text = "".join("\0" if part is None else part for part in parts)
    if language is Shell.PYTHON:
        found = python.contexts(text)
        variables = [_decoded(number, place) for number, place in enumerate(found)]
    else:
        found = shell.contexts(text, language is Shell.BASH)
        variables = [_expanded(number, place) for number, place in enumerate(found)]
    pieces = text.split("\0")
    return Spliced("".join(piece + name for piece, name in zip(pieces, [*variables, ""], strict=True)), found)


def _expanded(number: int, place: Place) -> str:
    variable = f"${{{PREFIX}{number}}}"
    return f'"{variable}"' if place.quotes else variable


def _decoded(number: int, place: Place) -> str:
    """The value, typed: JSON travels as bytes, which no locale reads otherwise."""
    name = f"{PREFIX}{number}"
    if not place.quotes:
        return name
    return f'__import__("json").loads(__import__("os").environb[b"{name}"])'
