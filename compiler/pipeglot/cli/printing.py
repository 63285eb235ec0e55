"""Diagnostics to the terminal, JSON to whoever reads it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeglot.cli import streams
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.sources import Source
from pipeglot.rendering import redaction

UNTOUCHED = "Nothing was written."


def print_diagnostics(
    diagnostics: Iterable[Diagnostic], sources: Iterable[Source], output: str, disk: str = ""
) -> None:
    """On standard error; machine-readable forms on standard output, where their readers look."""
    from pipeglot.rendering.report import PLACED, render

    diagnostics, sources = tuple(diagnostics), tuple(sources)
    form = output if output in ("concise", "json", "github") else "text"
    if form in ("json", "github"):
        streams.for_programs()
    stream = sys.stderr if form in ("text", "concise") else sys.stdout
    sources = (*sources, *_unread(diagnostics, sources))
    redaction.remember_held(diagnostics, sources)
    text = render(
        (*map(_without_secrets, diagnostics[:PLACED]), *diagnostics[PLACED:]),
        sources,
        form,
        colour=coloured(stream.isatty()),
        disk=disk or UNTOUCHED,
    )
    text = redaction.redacted(text)
    try:
        print(text, file=stream, end="" if text.endswith("\n") else "\n", flush=True)
    except BrokenPipeError:
        # nobody reads it, and a mistake is one all the same
        streams.leave(stream)


def _unread(diagnostics: Iterable[Diagnostic], sources: Iterable[Source]) -> Iterable[Source]:
    """What diagnostics speak of, where a pipeline was refused after its text was laid aside: by a target."""
    from pipeglot.syntax.reader import read_file

    places = (place for each in diagnostics for place in (each.origin, *(seen for seen, _ in each.evidence)))
    for name in dict.fromkeys(place.source for place in places if place):
        if all(source.name != name for source in sources):
            with contextlib.suppress(SpecRejected):
                yield read_file(Path(name))


def coloured(terminal: bool) -> bool:
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _without_secrets(diagnostic: Diagnostic) -> Diagnostic:
    """Before long texts are folded, which could hide one in two lines."""
    hint = None if diagnostic.hint is None else redaction.redacted(diagnostic.hint)
    return replace(diagnostic, message=redaction.redacted(diagnostic.message), hint=hint)


def print_text(text: str) -> None:
    _print(redaction.redacted(text))


def _print(text: str) -> None:
    print(text, end="" if text.endswith("\n") else "\n", flush=True)


def say_exactly(text: str) -> None:
    """What is for programs and files: the same bytes in every locale."""
    streams.for_programs()
    _print(text)


def say_json(value: Any) -> None:
    say_exactly(json.dumps(redaction.redacted_in(value), indent=2, ensure_ascii=False, sort_keys=True))
