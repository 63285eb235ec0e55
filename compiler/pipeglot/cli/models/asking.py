"""What the registry is asked."""

from __future__ import annotations

import argparse
import os

from pipeglot.cli.models.telling import taken_up
from pipeglot.cli.printing import print_text, say_json


def listed(options: argparse.Namespace) -> int:
    from pipeglot_records.registry import forms, models
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        taken_up(store)
        found = models.models(store)
    if options.format == "json":
        say_json([forms.as_json(each) for each in found])
    else:
        print_text(forms.listed(found))
    return 0


def show(options: argparse.Namespace) -> int:
    from pipeglot_records.registry import forms, origins
    from pipeglot_records.registry.models import meant, model, parted
    from pipeglot_records.store.database import open_store

    name, which = parted(options.model)
    with open_store(options.records, os.environ, make=False) as store:
        taken_up(store)
        found = model(store, name)
        version = meant(found, which) if which is not None else None
        commit = origins.commit(store, version.origin.run) if version else None
    if options.format == "json":
        say_json({**forms.version_json(found, version), "commit": commit} if version else forms.as_json(found))
    else:
        print_text(forms.version_shown(found, version, commit) if version else forms.shown(found))
    return 0


def history(options: argparse.Namespace) -> int:
    from pipeglot_records.registry import forms
    from pipeglot_records.registry.models import model
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        taken_up(store)
        found = model(store, options.model)
    if options.format == "json":
        say_json([forms.act_json(act) for act in found.acts])
    else:
        print_text(forms.history(found))
    return 0
