"""A text as ruamel.yaml reads and writes it, with all that stands in it; and whether two texts say the same."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, MutableSequence
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.resolver import VersionedResolver

_COMMENT = re.compile(r"(?:^|(?<=[ \t\n]))#[^\n]*")
_LONGEST = 10**9
_KEPT = {'\\"': "\ue001", "\\\\": "\ue002", "\\": "\ue000"}
_ESCAPE = re.compile(r'\\["\\]|\\')
_NULL, _NOTHING = "tag:yaml.org,2002:null", re.compile(r"\Z")


class _AsWritten(VersionedResolver):
    """No scalar is anything but its letters, so that `1.0`, `0x10` and `~` stay as they are; nothing is null."""

    @property
    def versioned_resolver(self) -> Any:
        return {"": [(_NULL, _NOTHING)]}


def parsed(text: str) -> Any:
    """Of one document; raises ruamel's `YAMLError` for a text that it does not read, `ValueError` for odd letters."""
    if set(text) & set(_KEPT.values()):
        raise ValueError("it has letters of Unicode's private use")
    found = _yaml().load(_kept(text))
    _hold(found)
    return found


def written(document: Any) -> str:
    stream = io.StringIO()
    _yaml().dump(document, stream)
    text = stream.getvalue()
    for escape, letter in _KEPT.items():
        text = text.replace(letter, escape)
    return text


def _hold(node: Any) -> None:
    """Anchors that nobody refers to stay as well."""
    anchor = getattr(node, "anchor", None)
    if anchor is not None and anchor.value:
        anchor.always_dump = True
    for inner in inside(node):
        _hold(inner)


def inside(node: Any) -> Iterator[Any]:
    """Keys and values of a mapping, elements of a sequence, nothing of all else."""
    if isinstance(node, Mapping):
        yield from (each for entry in node.items() for each in entry)  # pyright: ignore[reportUnknownVariableType]
    elif isinstance(node, MutableSequence):
        yield from node  # pyright: ignore[reportUnknownVariableType]


def _kept(text: str) -> str:
    """With letters of private use in the place of escapes: they would be spelled in another way."""
    parts, end = list[str](), 0
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and token.style == '"' and token.start_mark.line == token.end_mark.line:
            start, begun = token.start_mark.index, end
            end = token.end_mark.index
            parts += [text[begun:start], _ESCAPE.sub(lambda found: _KEPT[found[0]], text[start:end])]
    return "".join([*parts, text[end:]])


def same(one: str, other: str) -> bool:
    """Whether both hold the same values under the same anchors, and the same comments: only the form may differ."""
    return list(_meaning(one)) == list(_meaning(other)) and comments(one) == comments(other)


def comments(text: str) -> Counter[str]:
    """What stands outside of all scalars, behind a `#`."""
    return Counter(found.rstrip() for gap in _gaps(text) for found in _COMMENT.findall(gap))


def _gaps(text: str) -> Iterator[str]:
    end = 0
    for token in yaml.scan(text, yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            start = token.start_mark.index
            if token.style in ("|", ">"):
                # what stands behind the mark of a block is no part of it
                start = text.find("\n", start)
            # one letter more, so that a `#` that stands behind a word stands behind it here
            yield text[max(0, end - 1) : start]
            end = token.end_mark.index
    yield text[max(0, end - 1) :] if end else text


def _meaning(text: str) -> Iterator[tuple[object, ...]]:
    for event in yaml.parse(text, yaml.CSafeLoader):
        names = ("anchor", "tag", "implicit", "value")
        yield (type(event).__name__, *(getattr(event, name, None) for name in names))


def _yaml() -> Any:
    found: Any = YAML(typ="rt")
    found.Resolver = _AsWritten
    found.preserve_quotes = True
    found.width = _LONGEST
    found.indent(mapping=2, sequence=4, offset=2)
    return found
