"""`pipeglot collect`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot import keeping
from pipeglot.cli.main import exit_code
from pipeglot.cli.printing import print_diagnostics, print_text, say_json
from pipeglot.cli.remote import access, refuse_without_engine, remote_run
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot.ir import Pipeline
    from pipeglot_records.engines.discovery import Discovered
    from pipeglot_records.store.database import Store

NEWEST = 100
"""Runs that `--all` looks at, where nobody says how many."""


def run(options: argparse.Namespace) -> int:
    from pipeglot_records.store.database import open_store

    _refuse_what_needs_all(options)
    asked = _asked(options) if options.all else None
    place = Path(options.place) if options.place and asked is None else None
    here = place is not None and place.exists()
    kept = keeping.kept_for(Path(options.place or "pipeline.yaml")) if asked else keeping.kept_here()
    with open_store(options.records, os.environ, make=here or asked is not None, kept=kept) as store:
        for name in options.definition:
            store.register(Path(name).read_text("utf-8"))
        return _all(options, store, kept, *asked) if asked else _one(options, store, kept, place if here else None)


def _asked(options: argparse.Namespace) -> tuple[Pipeline, str]:
    """The pipeline whose runs are wanted, and the target that has them. Raises `SpecRejected`."""
    from pipeglot.driver.compiling import chosen_target, find_target
    from pipeglot.driver.loading import load

    pipeline = load(Path(options.place or "pipeline.yaml"), options.profile)
    target = chosen_target(pipeline, options.target)
    refuse_without_engine(find_target(target)[0].NAME, "no engine that has runs", "pipeglot runs")
    return pipeline, target


def _one(options: argparse.Namespace, store: Store, kept: Path, place: Path | None) -> int:
    from pipeglot_records.engines import remote
    from pipeglot_records.store.intake.ingest import ingest_folder

    if place is not None:
        taken, state, message = ingest_folder(store, place), None, None
    else:
        known = remote_run(store, options.place)
        taken, state = remote.fetch(store, known, access(known.settings, kept))
        message = remote.message(store, str(known.handle.run))
    if options.format == "json":
        fields = {"events": taken.events, "new": taken.new, "torn": taken.torn, "runs": list(taken.runs)}
        say_json({**fields, **({"state": state.value, "message": message} if state else {})})
        return 0
    why = f", {message}" if message else ""
    ended = f"; the engine says: {state.value}{why}" if state else ""
    print_text(f"{taken.new} new events of {taken.events} in {len(taken.runs)} runs{ended}")
    return 0


def _all(options: argparse.Namespace, store: Store, kept: Path, pipeline: Pipeline, target: str) -> int:
    """Of each run that there is something to be said of, a line at once: there may be many."""
    from pipeglot_records.engines.discovery import discover

    engine, quiet = target.partition("@")[0], options.format == "json"
    keeping.make(kept)
    way = access(pipeline.settings.get(engine, {}), kept, quiet=quiet)
    seen: list[Discovered] = []
    for each in discover(store, pipeline, target, way, options.limit or NEWEST):
        seen.append(each)
        if not quiet:
            _tell(each)
    new = sum(each.new for each in seen)
    if quiet:
        say_json({"runs": [_entry(each) for each in seen], "new": new})
    else:
        print_text(f"{_count(len(seen), 'run')} of `{pipeline.name}` on {engine}: {new} new")
        if len(seen) == (options.limit or NEWEST):
            print(f"the engine may have older ones: `--limit {2 * len(seen)}` looks at more", file=sys.stderr)
    faults = [each.fault for each in seen if each.fault]
    return exit_code(faults) if faults else 0


def _tell(each: Discovered) -> None:
    where = ", ".join(f"{name} {value}" for name, value in each.native.items())
    if each.fault:
        print_diagnostics([each.fault], (), "text", disk=f"Nothing was taken of the run: {where}.")
    elif each.run is None:
        print_text(f"no step left a record, nothing was taken: {where}")
    elif each.state:
        print_text(f"run {each.run} {each.state.value}, {_count(each.events, 'new event')}: {where}")


def _entry(each: Discovered) -> dict[str, object]:
    fields = {"run": each.run, "native": dict(each.native), "new": each.new, "events": each.events}
    state = {"state": each.state.value} if each.state else {}
    return {**fields, **state, **({"fault": f"{each.fault.code}: {each.fault.message}"} if each.fault else {})}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _refuse_what_needs_all(options: argparse.Namespace) -> None:
    given = [name for name in ("target", "profile", "limit") if getattr(options, name) is not None]
    if given and not options.all:
        what = "a run that is known is collected from where it was submitted to"
        raise SpecRejected([Diagnostic("PG506", f"`--{given[0]}` says something of `--all` alone: {what}")])
