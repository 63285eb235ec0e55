"""A version of a model, brought here."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from pipeglot.cli.models.telling import taken_up
from pipeglot.cli.printing import print_text, say_json


def get(options: argparse.Namespace) -> int:
    from pipeglot_records.engines.bringing import bring
    from pipeglot_records.model.json_values import mapping, read
    from pipeglot_records.queries.contents import file_name, places_of
    from pipeglot_records.registry.models import meant, model, parted
    from pipeglot_records.store.database import open_store

    name, which = parted(options.model)
    with open_store(options.records, os.environ, make=False) as store:
        taken_up(store)
        version = meant(model(store, name), which)
        places = places_of(store, version.origin.digest)
    digest = {kind: str(value) for kind, value in mapping(read(version.origin.digest)).items()}
    target = Path(options.output) / file_name(places, name)
    fresh = bring(f"{name}@{version.number}", places, digest, target)
    if options.format == "json":
        say_json({"path": str(target), "version": version.number, "digest": dict(digest), "run": version.origin.run})
    else:
        print_text(f"{target}: {name}@{version.number}{'' if fresh else ', there already'}\n")
    return 0
