"""What a person sees of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot_records import showing

if TYPE_CHECKING:
    from pipeglot_records.store import Store
    from tests.records.conftest import Log


def test_it_names_the_run_and_each_step(log: Log, store: Store, tmp_path: Path) -> None:
    log.whole().into(store, tmp_path / "logs")
    shown = showing.text(store, log.run_id)
    assert shown.startswith("churn: succeeded in 26.0s\n")
    assert "  ✔ train    succeeded  11.0s  3 of 3 items\n" in shown
