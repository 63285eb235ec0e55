"""YAML's events, by libyaml; by PyYAML's own parser where libyaml is missing."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

Events: TypeAlias = Callable[[], Any]
"""One event at every call, None after the last; its marks count code points."""


class _PurePython(Reader, Scanner, Parser):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


def events(text: str) -> Events:
    """Raises `yaml.MarkedYAMLError`, at the event where the text is no YAML."""
    parser: Any
    if yaml.__with_libyaml__:
        # the type stubs do not know that libyaml's parser stands here
        parser = importlib.import_module("yaml.cyaml").CParser(text)
    else:
        parser = _PurePython(text)
    get_event: Events = parser.get_event
    return get_event
