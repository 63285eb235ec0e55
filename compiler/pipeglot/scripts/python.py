"""Where the values in a Python script stand: as expressions of the program, or in a string, where none can."""

from __future__ import annotations

import io
import re
import token
import tokenize

from pipeglot.scripts import places
from pipeglot.scripts.places import Place

_STRINGS_BEGIN = frozenset(code for name in ("FSTRING_START", "TSTRING_START") if (code := getattr(token, name, None)))
_STRINGS_END = frozenset(code for name in ("FSTRING_END", "TSTRING_END") if (code := getattr(token, name, None)))


def contexts(text: str) -> tuple[Place, ...]:
    """The place of every NUL in the text, in order."""
    pieces = text.split("\0")
    stem = "_value"
    while stem in text:
        stem += "_"
    names = [f"{stem}{number}_" for number in range(len(pieces) - 1)]
    program = "".join(piece + name for piece, name in zip(pieces, [*names, ""], strict=True))
    found = dict.fromkeys(names, places.NOT_PYTHON)
    named = re.compile(rf"{stem}[0-9]+_")
    for code, text_of, is_inside in _tokens(program):
        for name in named.findall(text_of):
            found[name] = _place(code, text_of == name, is_inside)
    return tuple(found[name] for name in names)


def _place(code: int, is_whole: bool, is_inside: bool) -> Place:
    if code == token.NAME and not is_inside:
        return places.UNQUOTED if is_whole else places.IN_NAME
    if code == token.COMMENT:
        return places.IN_COMMENT
    return places.IN_STRING


def _tokens(program: str) -> list[tuple[int, str, bool]]:
    """Kind and text of each token up to the first that is none, and whether it stands inside a string."""
    found: list[tuple[int, str, bool]] = []
    depth = 0
    try:
        for each in tokenize.generate_tokens(io.StringIO(program).readline):
            if each.type == token.ERRORTOKEN and each.string.strip():
                break
            depth += each.type in _STRINGS_BEGIN
            found.append((each.type, each.string, depth > 0))
            depth -= each.type in _STRINGS_END
    except (tokenize.TokenError, SyntaxError):
        pass
    return found
