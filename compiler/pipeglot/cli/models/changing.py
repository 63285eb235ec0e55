"""What is done to models, and what is said of it."""

from __future__ import annotations

import argparse
import getpass
import os
from typing import TYPE_CHECKING

from pipeglot.cli.models.answers import figures_of, gone, refuse, say
from pipeglot.cli.models.telling import taken_up, tell
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot_records.registry.changes import Wanted
    from pipeglot_records.store.database import Store


def register(options: argparse.Namespace) -> int:
    from pipeglot_records.queries.contents import content, named
    from pipeglot_records.registry.changes import register

    wanted = named(options.artifact)
    with _store(options) as store:
        taken_up(store)
        found = content(store, wanted, store.find_run(options.run) if options.run else None, options.pipeline)
        done = register(store, options.name, found, wanted, _wanted(options), _who(options))
        say(options, done.model, done.version, "is new" if done.is_new else "is there already")
        tell(store)
    return 0


def promote(options: argparse.Namespace) -> int:
    """1 where something that is required does not hold: nothing is changed then."""
    from pipeglot_records.registry.changes import change
    from pipeglot_records.registry.models import meant, model, parted

    name, which = parted(options.model)
    wanted = _wanted(options)
    if wanted.is_empty and not options.require:
        hint = "say `--alias`, `--stage`, `--tag` or `--description`"
        raise SpecRejected([Diagnostic("PG506", "nothing is said that the version is to become", hint=hint)])
    with _store(options) as store:
        taken_up(store)
        version = meant(model(store, name), which)
        figures = figures_of(store, version, options.require)
        if not all(each.holds for each in figures):
            return refuse(options, name, version, figures)
        # by its number: an alias may mean another one by now
        found, version = change(store, name, str(version.number), wanted, _who(options))
        say(options, found, version, "is promoted", figures)
        tell(store)
    return 0


def rollback(options: argparse.Namespace) -> int:
    from pipeglot_records.registry.changes import roll_back

    with _store(options) as store:
        taken_up(store)
        found, version = roll_back(store, options.model, options.alias, _who(options))
        say(options, found, version, f"is {options.alias} again")
        tell(store)
    return 0


def withdraw(options: argparse.Namespace) -> int:
    from pipeglot_records.registry.changes import withdraw

    with _store(options) as store:
        taken_up(store)
        gone(options, withdraw(store, options.model, options.alias, _who(options)))
        tell(store)
    return 0


def describe(options: argparse.Namespace) -> int:
    from pipeglot_records.registry.changes import Wanted, change, describe
    from pipeglot_records.registry.models import parted

    name, which = parted(options.model)
    with _store(options) as store:
        taken_up(store)
        if which is None:
            describe(store, name, options.text, _who(options))
        else:
            change(store, name, which, Wanted(description=options.text), _who(options))
        tell(store)
    return 0


def _store(options: argparse.Namespace) -> Store:
    from pipeglot_records.store.database import open_store

    return open_store(options.records, os.environ)


def _who(options: argparse.Namespace) -> str:
    if options.by:
        return str(options.by)[:200]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def _wanted(options: argparse.Namespace) -> Wanted:
    from pipeglot_records.registry.changes import Wanted

    tags: dict[str, str] = {}
    for each in options.tags:
        name, mark, value = each.partition("=")
        if not mark:
            hint = f"write `--tag {name}=VALUE`"
            raise SpecRejected([Diagnostic("PG506", f"the tag `{name}` has no `=`", hint=hint)])
        tags[name] = value
    return Wanted(tuple(options.aliases), options.stage, options.description, tags)
