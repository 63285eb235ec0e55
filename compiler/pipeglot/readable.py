"""JSON that people review: one thing a line, so that one word changed is one line changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from json.encoder import encode_basestring_ascii as quoted

from pipeglot.ir import Json, Tree

WIDTH = 160
"""What is longer than this in JSON, without its indentation, takes several lines, and a long text several parts."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\S{1,24}\s?|\s{1,24}")


def readable(value: Json) -> str:
    """The value with sorted keys and no line end; reads back as the same value."""
    return _text(value, "")


def pieces(text: str) -> list[str]:
    """The text in its lines, and long lines in parts; joined they are the text."""
    return [piece for line in _LINE.findall(text) for piece in _parts(line)]


def broken(tree: Tree) -> Tree:
    """The same tree, with a long text in it as the `text` of its pieces."""
    if tree[0] == "lit" and isinstance(tree[1], str):
        found = pieces(tree[1])
        return ["text", *found] if len(found) > 1 else tree
    if tree[0] == "text":
        return ["text", *(piece for part in tree[1:] for piece in (pieces(part) if isinstance(part, str) else [part]))]
    return tree


def _parts(line: str) -> Iterator[str]:
    if len(quoted(line)) <= WIDTH:
        yield line
        return
    current = ""
    for word in _WORD.findall(line):
        if current and len(quoted(current + word)) > WIDTH:
            yield current
            current = ""
        current += word
    yield current


def _text(value: Json, indent: str) -> str:
    if isinstance(value, str):
        return quoted(value)
    inner = indent + " "
    if isinstance(value, dict) and value:
        entries = [f"{quoted(key)}: {_text(value[key], inner)}" for key in sorted(value)]
        return _framed("{", entries, "}", indent, not _is_leaf(value))
    if isinstance(value, list) and value:
        return _framed("[", [_text(part, inner) for part in value], "]", indent, _is_a_row(value))
    return dumps(value, allow_nan=False)


def _framed(opening: str, entries: Sequence[str], closing: str, indent: str, apart: bool) -> str:
    flat = f"{opening}{', '.join(entries)}{closing}"
    if not apart and len(flat) <= WIDTH and "\n" not in flat:
        return flat
    inner = f",\n{indent} ".join(entries)
    return f"{opening}\n{indent} {inner}\n{indent}{closing}"


def _is_leaf(value: Mapping[str, Json]) -> bool:
    return not any(isinstance(part, dict) for part in value.values())


def _is_a_row(value: Sequence[Json]) -> bool:
    """Not so an expression tree, nor a list of names: these begin with a word, and stand on one line."""
    return isinstance(value[0], (dict, list))
