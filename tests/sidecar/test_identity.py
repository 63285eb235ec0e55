"""Ids that every process derives alike."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeglot_expression.runtime.identity import (
    attempt_id,
    derived_run_id,
    is_uuid,
    light_hash,
    milliseconds,
    named_uuid,
    step_run_id,
    timed_uuid,
)

RUN = "0192f0c1-7b1e-7c3a-9d55-0d1b5a3c9e10"


@given(some.uuids(), some.text())
def test_it_names_as_the_standard_does(space: uuid.UUID, name: str) -> None:
    encodable = name.encode("utf-8", "replace").decode("utf-8")
    assert named_uuid(str(space), encodable) == str(uuid.uuid5(space, encodable))


@given(some.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=some.timezones()))
def test_it_reads_times_as_datetime_does(moment: datetime) -> None:
    offset = moment.utcoffset()
    if offset is not None and offset.total_seconds() % 60 == 0:
        whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000, fold=0)
        assert milliseconds(whole.isoformat()) == round(whole.timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-02T03:04:05Z", 1767323045000),
        ("2026-01-02 03:04:05.6789+00:00", 1767323045678),
        ("2026-01-02T03:04:05-01:30", 1767328445000),
        ("", 0),
        ("soon", 0),
        ("2026-01-02", 0),
    ],
)
def test_it_reads_times(text: str, found: int) -> None:
    assert milliseconds(text) == found


def test_it_derives_one_run_from_one_native_run() -> None:
    known = derived_run_id("air/p", "manual__1", "2026-01-02T03:04:05Z")
    assert known == derived_run_id("air/p", "manual__1", "2026-01-02T03:04:05Z")
    assert uuid.UUID(known).version == 7
    assert uuid.UUID(known).int >> 80 == 1767323045000
    others = [("air/q", "manual__1"), ("air/p", "manual__2"), ("air", "/pmanual__1")]
    assert known not in [derived_run_id(*other, "2026-01-02T03:04:05Z") for other in others]


def test_it_keeps_runs_steps_items_and_tries_apart() -> None:
    ids = [
        step_run_id(RUN, "s"),
        step_run_id(RUN, "s", 0),
        step_run_id(RUN, "s", 1),
        attempt_id(RUN, "s", None, 1),
        attempt_id(RUN, "s", None, 2),
        attempt_id(RUN, "s", 1, 1),
    ]
    assert len(set(ids)) == len(ids)
    assert all(is_uuid(found) for found in ids)


def test_it_makes_ids_that_sort_by_time() -> None:
    assert timed_uuid(1, b"\xff" * 10) < timed_uuid(2, b"\0" * 10)


@pytest.mark.parametrize("text", ["", "x", RUN[:-1], RUN.replace("0", "g"), RUN.replace("-", "")])
def test_it_knows_what_is_no_uuid(text: str) -> None:
    assert not is_uuid(text)
    assert is_uuid(RUN.upper())


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_it_hashes_as_hashlib_does(name: str) -> None:
    import hashlib

    assert light_hash(name, b"abc") == hashlib.new(name, b"abc").digest()
