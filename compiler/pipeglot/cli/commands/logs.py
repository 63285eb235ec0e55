"""`pipeglot logs`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.rendering.screen import log_line

if TYPE_CHECKING:
    from pipeglot_records.model.run_view import RunView, StepRun
    from pipeglot_records.show.logs import Source
    from pipeglot_records.store.database import Store

PAUSE = 0.3
"""Seconds between two looks at a log that is being written."""
AT_ONCE = 1 << 20


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.store.database import RunUnknown, open_store

    printer = _Printer()
    with open_store(options.records, os.environ, make=False) as store:
        try:
            picture, over = _looked(store, options)
            if not (_print(printer, picture, options, over=over) or options.follow):
                raise SpecRejected([_not_here(picture, options)])
            while options.follow and not over:
                time.sleep(PAUSE)
                picture, over = _looked(store, options)
                _print(printer, picture, options, over=over)
        except RunUnknown as unknown:
            raise SpecRejected([Diagnostic("PG509", str(unknown))]) from None
    return 0


def _looked(store: Store, options: argparse.Namespace) -> tuple[RunView, bool]:
    """The run as it is now, and whether what is asked for is written to its end."""
    from pipeglot_records.engines.settling import look
    from pipeglot_records.model.run_view import OPEN
    from pipeglot_records.store.runs import load

    vital = look(store, keeping.kept_here())
    picture = load(store, store.find_run(options.run), vital=vital)
    step, places = _chosen(picture, options)
    states = {place.state for place in places} or {step.state}
    # one that failed may be tried again, and only the end of the run says that it is not
    settled = not states & {*OPEN, "failed"} and step.state not in OPEN
    return picture, settled or picture.state not in OPEN


def _print(printer: _Printer, picture: RunView, options: argparse.Namespace, *, over: bool) -> bool:
    from pipeglot_records.show.logs import sources

    step, places = _chosen(picture, options)
    found = _wanted(sources(picture, step, places), options.attempt)
    printer.headed = printer.headed or len(found) > 1
    for source in found:
        printer.show(source, last=over)
    return bool(found)


def _wanted(found: list[Source], attempt: int | None) -> list[Source]:
    """The last attempt of each, or the one that was asked for."""
    if attempt is not None:
        return [source for source in found if source.number == attempt]
    return list({source.name: source for source in found}.values())


def _chosen(picture: RunView, options: argparse.Namespace) -> tuple[StepRun, tuple[StepRun, ...]]:
    from pipeglot_records.show.item_names import chosen, name_of

    step = picture.steps.get(options.step)
    if step is None:
        close = nearest(options.step, picture.steps)
        hint = f"did you mean `{close}`?" if close else f"there are: {', '.join(picture.steps)}"
        raise SpecRejected([Diagnostic("PG550", f"the run has no step `{options.step}`", hint=hint)])
    if options.item is None:
        return step, step.items if step.items is not None else (step,)
    item = chosen(step, options.item)
    if item is None:
        names = [f"`{each}`" for each in name_of(step).values()]
        known = f"its items are {', '.join(names[:9])}{', …' if len(names) > 9 else ''}" if names else None
        raise SpecRejected([Diagnostic("PG550", f"`{step.definition.id}` has no item `{options.item}`", hint=known)])
    return step, (item,)


def _not_here(picture: RunView, options: argparse.Namespace) -> Diagnostic:
    target = str(picture.facts.head.get("target") or "an engine").partition("@")[0]
    which = f"attempt {options.attempt} of `{options.step}`" if options.attempt else f"`{options.step}`"
    if target == "local":
        return Diagnostic("PG551", f"there is no log of {which}: nothing of it was started, or its folder is gone")
    return Diagnostic("PG551", f"there is no log of {which} here: it ran on {target}, which keeps its logs itself")


class _Printer:
    """Shows of each log what was added since it was shown last."""

    def __init__(self) -> None:
        self.headed = False
        self._seen: dict[Path, int] = {}
        self._last: tuple[str, int] | None = None

    def show(self, source: Source, *, last: bool) -> None:
        """A line counts once it has its end; with `last`, when nobody writes any more, without it too."""
        while self._piece(source, last):
            pass
        sys.stdout.flush()

    def _piece(self, source: Source, last: bool) -> bool:
        offset = self._seen.get(source.path, 0)
        with source.path.open("rb") as file:
            file.seek(offset)
            found = file.read(AT_ONCE)
        whole = found if last or len(found) == AT_ONCE else found[: found.rfind(b"\n") + 1]
        self._seen[source.path] = offset + len(whole)
        if whole:
            self._head(source)
            sys.stdout.writelines(log_line(line) + "\n" for line in _lines(whole))
        return bool(whole) and len(found) == AT_ONCE

    def _head(self, source: Source) -> None:
        this = (source.name, source.number)
        if this != self._last and (self.headed or self._last):
            print(f"==> {source.name}, attempt {source.number} <==")
        self._last = this


def _lines(raw: bytes) -> list[str]:
    lines = raw.decode("utf-8", "replace").split("\n")
    return lines if lines[-1] else lines[:-1]
