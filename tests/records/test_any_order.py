"""Whatever part of a record arrives, in whatever order and however often: the tables say the same."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeglot.definition import definition_json
from pipeglot_records.store.database import open_store
from pipeglot_records.store.verification import differences
from tests.records.conftest import churn, contents, eventful, take

DEFINITION = definition_json(churn())
EVENTS = eventful(DEFINITION)
ARRIVALS = st.lists(st.lists(st.integers(0, len(EVENTS) - 1), max_size=40), max_size=6)
"""Batches of places in the record, where each may stand nowhere, once or often."""


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(ARRIVALS)
def test_the_tables_say_the_same_of_any_part_in_any_order_any_number_of_times(arrivals: list[list[int]]) -> None:
    arrived = [EVENTS[place] for place in sorted({place for batch in arrivals for place in batch})]
    assert _tables([EVENTS[place] for place in batch] for batch in arrivals) == _tables([arrived])


def _tables(batches: Any) -> Mapping[str, list[tuple[Any, ...]]]:
    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "records.db"), {}) as store:
        store.register(DEFINITION)
        take(store, *batches)
        assert differences(store) == ()
        return contents(store)
