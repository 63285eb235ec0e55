"""What a person sees of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot_records.details import details
from pipeglot_records.queries import load
from pipeglot_records.showing import show_text

if TYPE_CHECKING:
    from conftest import Log

    from pipeglot_records.store import Store


def test_it_names_the_run_and_each_step(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    shown = show_text(load(store, log.run_id), details(store, log.run_id))
    assert shown.startswith("churn: succeeded in 26.0s\n")
    assert "  ✔ train    succeeded  11.0s  3 of 3 items\n" in shown
