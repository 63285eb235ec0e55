"""Who is told what is done to models."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_text, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeglot_records.registry.webhooks import Webhook
    from pipeglot_records.store.database import Store


def webhook(options: argparse.Namespace) -> int:
    from pipeglot_records.registry import webhooks
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=options.topic != "list") as store:
        match options.topic:
            case "add":
                webhooks.add(store, options.name, options.url_from, options.model)
            case "remove":
                webhooks.remove(store, options.name)
            case "send":
                return tell(store)
            case _:
                _hooks(options, webhooks.listed(store))
    return 0


def _hooks(options: argparse.Namespace, found: Sequence[Webhook]) -> None:
    from dataclasses import asdict

    from pipeglot_records.show.columns import aligned

    rows = [asdict(each) for each in found]
    if options.format == "json":
        say_json(rows)
        return
    table = [
        ("WEBHOOK", "ADDRESS", "MODEL"),
        *((row["name"], f"${row['variable']}", row["model"] or "all") for row in rows),
    ]
    print_text("\n".join(aligned(table)) + "\n" if rows else "no webhooks\n")


def taken_up(store: Store) -> None:
    """What pipelines themselves say to register, and who is told of it."""
    from pipeglot_records.faults import RecordsFault
    from pipeglot_records.registry import declared

    # a store that may only be read is asked all the same, and whoever may write takes them up
    with suppress(RecordsFault):
        if declared.take_up(store):
            tell(store)


def tell(store: Store) -> int:
    """Whoever is to be told. What fails is said, and changes nothing of what was done."""
    from pipeglot_records.registry import webhooks

    left = list(webhooks.send(store, os.environ))
    for line in left:
        print(f"pipeglot: {line}", file=sys.stderr)
    return 4 if left else 0
