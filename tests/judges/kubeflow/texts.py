"""The text of a definition, read as the server reads it: YAML 1.1 in Go's way, where `n` is false, `1e3` a number."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

import yaml


class Unreadable(Exception):
    """The text is no YAML or JSON, or says a thing twice."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML is of YAML 1.1 too, but knows neither one-letter bools nor numbers without a point."""

    bool_values: ClassVar = {**yaml.SafeLoader.bool_values, "y": True, "n": False}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise Unreadable(f"{twice[0]!r} stands twice at line {node.start_mark.line + 1}")
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^[yYnN]$"), list("yYnN"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def yaml_documents(text: str) -> list[Any]:
    try:
        return list(yaml.load_all(text, _Loader))
    except (yaml.YAMLError, ValueError) as fault:
        raise Unreadable(str(fault)) from None


def json_document(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Unreadable(f"a key stands twice: {sorted(key for key, _ in pairs)}")
        return dict(pairs)

    def never(word: str) -> Any:
        raise Unreadable(f"{word} is no JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=never)
    except ValueError as fault:
        raise Unreadable(str(fault)) from None
