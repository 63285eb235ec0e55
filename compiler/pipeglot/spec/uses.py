"""What steps use: files, by the path that is written beside `uses`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pipeglot.diagnostics.sources import Source as Source
from pipeglot.spec.merging import Merged, Path

Uses: TypeAlias = Mapping[str, Source]
"""The used files by name."""
NO_USES: Uses = {}


def is_path(text: str) -> bool:
    """A component is named by its file, or by a name that the top-level `components:` explains."""
    return "/" in text or text.endswith((".yaml", ".yml"))


def file_name(sayer: str, text: str) -> str:
    """The file that is meant, relative as the file that says it is."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(sayer), text))


def used(merged: Merged) -> Iterator[tuple[Path, str]]:
    """Every `uses` of a file, with its path."""
    for group in ("steps", "on_exit"):
        steps = merged.data.get(group)
        for id, step in steps.items() if isinstance(steps, dict) else ():
            text = step.get("uses") if isinstance(step, dict) else None
            if isinstance(text, str):
                yield (group, id, "uses"), text
