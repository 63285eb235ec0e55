"""The fields that may stand somewhere, as the JSON Schema for editors has them: one description for all editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, cast

from pipeglot.driver.schemas import text_of
from pipeglot.lsp.texts import Path

Node: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a mapping. `schema` is what may stand there."""

    name: str
    is_required: bool
    schema: Node


class Schema:
    """One schema, asked by paths of a document."""

    def __init__(self, text: str) -> None:
        self._root: Node = json.loads(text)

    def fields(self, path: Path) -> dict[str, Field]:
        """What the mapping at a path may hold by name, what it must hold first."""
        found: dict[str, Field] = {}
        for node in self.at(path):
            required = node.get("required", ())
            for name, schema in cast("Node", node.get("properties", {})).items():
                found.setdefault(name, Field(name, name in required, schema))
        return dict(sorted(found.items(), key=lambda entry: not entry[1].is_required))

    def at(self, path: Path) -> list[Node]:
        """Every form that the part at a path may have."""
        nodes = list(self._forms(self._root))
        for step in path:
            nodes = [form for node in nodes for inner in _inside(node, step) for form in self._forms(inner)]
        return nodes

    def told(self, path: Path) -> Node | None:
        """What the field at a path says of itself: where it is named, before what it refers to."""
        for node in self.at(path[:-1]) if path else [self._root]:
            for inner in _inside(node, path[-1]) if path else [node]:
                if "description" in inner:
                    return inner
        return next((node for node in self.at(path) if "description" in node), None)

    def values(self, path: Path) -> list[str]:
        """The words that may stand at a path."""
        found: dict[str, None] = {}
        for node in self.at(path):
            words = [*node.get("enum", ()), *([node["const"]] if "const" in node else ())]
            words += [True, False] if node.get("type") == "boolean" else []
            found.update((word if isinstance(word, str) else json.dumps(word), None) for word in words)
        return list(found)

    def _forms(self, node: Node) -> Iterator[Node]:
        while "$ref" in node:
            node = {**_followed(self._root, node["$ref"]), **{k: v for k, v in node.items() if k != "$ref"}}
        yield node
        for word in ("oneOf", "anyOf", "allOf"):
            for inner in node.get(word, ()):
                yield from self._forms(inner)


def _followed(root: Node, ref: str) -> Node:
    node: Any = root
    for step in ref.removeprefix("#/").split("/"):
        node = node[step]
    return cast("Node", node)


def _inside(node: Node, step: str | int) -> Iterator[Node]:
    if isinstance(step, int):
        if isinstance(node.get("items"), dict):
            yield node["items"]
        return
    named = node.get("properties", {}).get(step)
    if named is not None:
        yield named
        return
    for pattern, schema in node.get("patternProperties", {}).items():
        if re.search(pattern, step):
            yield schema
    if isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


@cache
def schema(name: str) -> Schema:
    """`pipeline` or `component`, with the settings of the targets that are installed here."""
    return Schema(text_of(name))
