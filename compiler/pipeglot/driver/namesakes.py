"""Pipelines of one name: on an engine the one takes the place of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeglot.diagnostics import Diagnostic, Severity
from pipeglot.diagnostics.origins import Origin
from pipeglot.ir import Pipeline


def namesakes(pipelines: Mapping[str, Pipeline]) -> Iterator[Diagnostic]:
    """A warning for each that is called as one before it. `pipelines` are those of several files, by the file."""
    first: dict[str, str] = {}
    for file, pipeline in pipelines.items():
        other = first.setdefault(pipeline.name, file)
        if other != file:
            place = Origin(file, ("metadata", "name"))
            text = (
                f"`{pipeline.name}` is the name of the pipeline in `{other}` too, and on an engine the last that comes"
            )
            yield Diagnostic(
                "PG220",
                f"{text} takes the place of the other",
                place,
                evidence=((Origin(other, ("metadata", "name")), "the same name"),),
                severity=Severity.WARNING,
            )
