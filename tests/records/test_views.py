"""The views for SQL and BI: the same rows from SQLite and PostgreSQL, and the page that speaks of them."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from pipeglot_records.store.database import Store
from pipeglot_records.store.views.catalogue import VIEWS
from tests.records.conftest import OTHER, RUN, Log, eventful, take

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sql.md"
GOING = "0190c3f2-aaaa-7c4b-9a55-0d3f6c1b2a10"


def fill(store: Store, definition: str) -> None:
    """Two runs that are over and one that goes on, with values that a database could stumble over."""
    store.register(definition)
    going = Log(definition, GOING, 1_800_200_000).run(threshold=0.5).extract().start("train", 0).fail("train", 0)
    going.start("train", 0, 2).out("train", "auc", 0, 2, value=10**400).out("train", "word", 0, 2, value="-1\0")
    going.out("train", "model", 0, 2, kind="model", digest={"dirHash": "h1:x", "stat": 7}, files=3, uri="s3://a/b%20c")
    going.say("metric", "train", 0, going.attempt("train", 0, 2), name="auc", value="NaN", at=1)
    take(store, eventful(definition), going.events())


def asked(store: Store, text: str) -> list[tuple[Any, ...]]:
    """Times as they are on SQLite, flags as they are on PostgreSQL."""
    with store.reading() as connection:
        found = connection.exec_driver_sql(text)
        flags = {at for at, name in enumerate(found.keys()) if name in ("is_last", "derived")}
        return [tuple(_alike(value, at in flags) for at, value in enumerate(row)) for row in found]


def _alike(value: Any, flag: bool) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return bool(value) if flag else value


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    named = {view.name: ", ".join(column.name for column in view.columns) for view in VIEWS}
    return {name: sorted(asked(store, f"SELECT {columns} FROM {name}"), key=repr) for name, columns in named.items()}


def questions() -> list[str]:
    return re.findall(r"^```sql\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)


STEPS = """SELECT step, item, state, attempts, exit_code, duration FROM v_steps WHERE run = '{}'
ORDER BY step, item IS NOT NULL, item"""

ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "SELECT run, state, duration, started, target FROM v_runs ORDER BY started": [
        (RUN, "succeeded", 28.0, "2027-01-15T08:00:01.000Z", "local"),
        (OTHER, "succeeded", 28.0, "2027-01-16T11:46:41.000Z", "local"),
        # the clock of the log is years from now: something was heard of it within 90 seconds
        (GOING, "running", None, "2027-01-17T15:33:21.000Z", "local"),
    ],
    f"SELECT name, number, word FROM v_params WHERE run = '{RUN}' ORDER BY name": [
        ("regions", None, '["eu"]'),
        ("rows", 3.0, None),
    ],
    STEPS.format(RUN): [
        ("extract", None, "succeeded", 2, 0, 2.0),
        ("pick", None, "succeeded", 1, 0, 3.0),
        ("publish", None, "succeeded", 1, 0, 1.0),
        ("report", None, "succeeded", 1, 0, 1.0),
        ("train", None, "succeeded", 0, None, None),
        ("train", "0", "succeeded", 1, 0, 3.0),
        ("train", "1", "succeeded", 1, 0, 3.0),
    ],
    STEPS.format(GOING): [
        ("extract", None, "succeeded", 1, 0, 3.0),
        ("train", "0", "running", 2, None, None),
    ],
    f"SELECT step, name, value, number, is_last FROM v_values WHERE run = '{GOING}' ORDER BY name": [
        ("train", "auc", "1" + "0" * 400, None, True),
        ("extract", "n", "42", 42.0, True),
        ("train", "word", r'"-1\\u0000"', None, True),
    ],
    "SELECT run, value, at, points, low, high, is_last FROM v_metrics ORDER BY time": [
        (RUN, 0.3, None, 3, 0.1, 0.5, False),
        (OTHER, 0.3, None, 3, 0.1, 0.5, False),
        (GOING, None, 1.0, 1, None, None, True),
    ],
    f"SELECT value FROM v_points WHERE run = '{RUN}' ORDER BY time": [(0.5,), (0.1,), (0.3,)],
    "SELECT run, item, version, hash, uri FROM v_artifacts WHERE name = 'train.model' ORDER BY written": [
        (RUN, "0", 1, "bb0" * 8, "/a/bb0"),
        (RUN, "1", 2, "bb1" * 8, "/a/bb1"),
        (OTHER, "0", 1, "bb0" * 8, "/a/bb0"),
        (OTHER, "1", 2, "bb1" * 8, "/a/bb1"),
        (GOING, "0", 3, "h1:x", "s3://a/b%20c"),
    ],
    f"SELECT step, item, way, port, artifact FROM v_lineage WHERE run = '{RUN}' AND hash = '{'aaaa' * 8}' "
    "ORDER BY way, item": [
        ("extract", None, "made", "extract.raw", "extract.raw"),
        ("train", "0", "read", "train.data", "extract.raw"),
        ("train", "1", "read", "train.data", "extract.raw"),
    ],
    f"SELECT step, kind, name, value FROM v_remarks WHERE run = '{RUN}'": [("extract", "tag", "colour", '"red"')],
}


def test_they_answer_as_the_page_says(store: Store, definition: str) -> None:
    fill(store, definition)
    assert {text: asked(store, text) for text in ANSWERS} == ANSWERS


def test_the_questions_of_the_page_can_be_asked(store: Store, definition: str) -> None:
    fill(store, definition)
    runs, curve, steps, read = [asked(store, text) for text in questions()]
    assert (runs, [value for _, value in curve]) == ([(GOING, 0.5, None)], [])
    assert ("churn", "extract", 3, 7 / 3, 0) in steps
    assert {(where, into) for _, _, _, where, into in read} == {(RUN, "train.data"), (OTHER, "train.data")}


def test_a_file_is_read_by_any_client_that_writes_nothing(store: Store, definition: str) -> None:
    fill(store, definition)
    with closing(sqlite3.connect(f"file:{store.engine.url.database}?mode=ro", uri=True)) as client:
        assert client.execute("SELECT pipeline, state, count(*) FROM v_runs GROUP BY 1, 2").fetchall() == [
            ("churn", "running", 1),
            ("churn", "succeeded", 2),
        ]
