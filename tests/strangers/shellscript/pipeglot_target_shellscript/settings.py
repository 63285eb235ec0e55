"""The settings of a profile's `shellscript:` map, checked."""

from __future__ import annotations

from collections.abc import Mapping

from pipeglot.diagnostics import SpecRejected
from pipeglot.ir import Json
from pipeglot_backends.settings import not_texts

SETTINGS = ("folder", "code")
"""Both are text: where the engine keeps its runs, and the folder in which steps find their code."""


def checked(given: Mapping[str, Json]) -> Mapping[str, str]:
    """The settings, or all that is wrong with them."""
    faults = not_texts("shellscript", given, SETTINGS)
    if faults:
        raise SpecRejected(faults)
    return {name: value for name, value in given.items() if isinstance(value, str)}
