"""What `pipeglot logs` prints: which of a run's logs, and of each what was added since it was shown last."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.rendering.screen import log_line

if TYPE_CHECKING:
    from pipeglot_records.engines.step_logs import Brought
    from pipeglot_records.model.run_view import RunView, StepRun
    from pipeglot_records.show.logs import Source

AT_ONCE = 1 << 20


def last_of(found: list[Source], attempt: int | None) -> list[Source]:
    """The last attempt of each, or the one that was asked for."""
    if attempt is not None:
        return [source for source in found if source.number == attempt]
    return list({source.name: source for source in found}.values())


def chosen_places(picture: RunView, options: argparse.Namespace) -> tuple[StepRun, tuple[StepRun, ...]]:
    from pipeglot_records.show.item_names import chosen, name_of

    step = picture.steps.get(options.step)
    if step is None:
        close = nearest(options.step, picture.steps)
        hint = f"did you mean `{close}`?" if close else f"there are: {', '.join(picture.steps)}"
        raise SpecRejected([Diagnostic("PG550", f"the run has no step `{options.step}`", hint=hint)])
    if options.item is None:
        return step, step.items if step.items is not None else (step,)
    item = chosen(step, options.item)
    if item is None and not step.items and options.item.isdecimal() and picture.facts.head.get("target") != "local":
        return step, ()  # of an item that its record has not told of yet
    if item is None:
        names = [f"`{each}`" for each in name_of(step).values()]
        known = f"its items are {', '.join(names[:9])}{', …' if len(names) > 9 else ''}" if names else None
        raise SpecRejected([Diagnostic("PG550", f"`{step.definition.id}` has no item `{options.item}`", hint=known)])
    return step, (item,)


def brought_sources(picture: RunView, options: argparse.Namespace, brought: Brought) -> list[Source]:
    """What was brought of the items that are asked for. Before a run is collected, items have their numbers alone."""
    from pipeglot_records.show.item_names import name_of
    from pipeglot_records.show.logs import Source

    step, names = picture.steps[options.step], name_of(picture.steps[options.step])
    known = options.item is None or step.items or not options.item.isdecimal()
    wanted = {place.item for place in chosen_places(picture, options)[1]} if known else {options.item}
    every = options.item is None
    return [
        Source(f"{options.step}[{names.get(item, item)}]" if item is not None else options.step, number, path)
        for item, number, path in brought.logs
        if every or item in wanted
    ]


def not_here(picture: RunView, options: argparse.Namespace, brought: Brought | None = None) -> Diagnostic:
    """`brought` is what an engine that was asked gave."""
    target = str(picture.facts.head.get("target") or "an engine").partition("@")[0]
    which = f"attempt {options.attempt} of `{options.step}`" if options.attempt else f"`{options.step}`"
    if target == "local":
        return Diagnostic("PG551", f"there is no log of {which}: nothing of it was started, or its folder is gone")
    if brought is None:
        return Diagnostic("PG551", f"there is no log of {which} here: it ran on {target}, which keeps its logs itself")
    if brought.where:
        why = f"{target} keeps it elsewhere" if brought.command else "no try of it has ended, or nothing was kept of it"
        hint = f"run `{brought.command}`, or see" if brought.command else "what there is stands at"
        return Diagnostic("PG551", f"there is no log of {which} here: {why}", hint=f"{hint} {brought.where}")
    return Diagnostic("PG551", f"there is no log of {which}: nothing of it was started, or {target} has it no more")


class Printer:
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
