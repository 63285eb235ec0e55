"""Which runs models need: those that their versions were taken from, and those that these were made of."""

from __future__ import annotations

from pipeglot_records.queries.lineage import lineage
from pipeglot_records.registry.declared import take_up
from pipeglot_records.registry.models import models
from pipeglot_records.store.database import Store


def runs_of_versions(store: Store) -> dict[str, str]:
    """By run, what is said of it; also of those whose pipelines declare models, and that nobody has asked for yet."""
    if not store.is_kept:
        return {}
    take_up(store)
    return {
        version.origin.run: f"the model `{model.name}@{version.number}` is of it"
        for model in models(store)
        for version in model.versions
    }


def runs_before(store: Store, named: dict[str, str]) -> dict[str, str]:
    """Runs that left what those runs were made of, over all pipelines."""
    found: dict[str, str] = {}
    for run in named:
        works = lineage(store, run, down=False).works.values()
        found.update((work.run, f"run `{run}` was made of what it left") for work in works if work.run not in named)
    return found
