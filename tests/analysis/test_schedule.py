"""Schedules: read in one way, spelled in one way, and refused where engines would differ."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone

import pytest
from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.specs import built, merged

from pipeglot.analysis import analyze
from pipeglot.analysis.fields.cron import CronFault, canonical
from pipeglot.diagnostics import Diagnostic
from pipeglot.ir import Overlap, Schedule
from pipeglot.spec.checking import check

STEPS = "steps: {a: {run: [echo]}}\n"
NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)


def schedule(text: str, profile: str | None = None) -> Schedule:
    found = built(f"schedule: {text}\n{STEPS}", profile).schedule
    assert found is not None
    return found


def faults(text: str) -> tuple[Diagnostic, ...]:
    """Errors and warnings."""
    whole = merged(text)
    return analyze(whole, check(whole)).diagnostics


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("0 6 * * 1", "0 6 * * 1"),
        ("*/15 * * * *", "*/15 * * * *"),
        ("0  6 1 JAN,jul *", "0 6 1 1,7 *"),
        ("5/20 8-10 * * mon-fri", "5,25,45 8,9,10 * * 1,2,3,4,5"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * 5-7", "0 0 * * 0,5,6"),
        ("0 0 29 2 *", "0 0 29 2 *"),
        ("1,1,*/30 0 * * *", "0,1,30 0 * * *"),
    ],
)
def test_it_spells_cron_as_all_engines_read_it(text: str, spelled: str) -> None:
    assert canonical(text).text == spelled


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0 0 6 * * 1", "that has 6 fields"),
        ("@daily", "that has 1 fields"),
        ("60 6 * * *", "`60` is no minute: these go from 0 to 59"),
        ("0 6 * * 8", "`8` is no day of the week: these go from 0 to 7"),
        ("0 6 * * fri-mon", "`fri-mon` ends before it begins"),
        ("0 6 * * fri-sun", "`fri-sun` ends before it begins"),
        ("*/0 6 * * *", "a step of `*/0` is 0"),
        ("0 6 L * *", "`L` is no day of the month: these go from 1 to 31"),
        ("0 6 ? * *", "`?` is no day of the month"),
        ("0 6 * * 1#2", "`1#2` is no day of the week"),
        ("0 6 31 2,4 *", "that never comes: none of its months has a day 31"),
        ("0 6 */2 * 1", "engines differ on `*/…`"),
        ("0 6 * * ١", "`١` is no day of the week"),
    ],
)
def test_it_says_what_is_wrong_with_cron(text: str, fault: str) -> None:
    with pytest.raises(CronFault) as said:
        canonical(text)
    assert str(said.value).startswith(fault)


def terms(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    # of one number with a step cronsim makes another range
    ranges = st.tuples(st.integers(low, high - 1), numbers).map(lambda pair: f"{pair[0]}-{max(pair[0] + 1, pair[1])}")
    stepped = st.tuples(ranges, st.integers(1, 9)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    return st.lists(st.one_of(numbers.map(str), ranges, stepped), min_size=1, max_size=3).map(",".join)


FIELD = [terms(0, 59), terms(0, 23), terms(1, 28), terms(1, 12), terms(0, 7)]
CRONS = st.tuples(*(st.one_of(st.just("*"), st.just("*/3"), field) for field in FIELD)).map(" ".join)


@given(CRONS)
def test_it_means_the_same_however_it_is_spelled(text: str) -> None:
    try:
        spelled = canonical(text).text
    except CronFault:
        return
    assert canonical(spelled).text == spelled
    first, second = (list(itertools.islice(CronSim(each, NOW), 20)) for each in (text, spelled))
    assert first == second


def test_it_fills_in_what_is_not_said() -> None:
    found = schedule('{cron: "0 6 * * 1"}')
    assert (found.timezone, found.start, found.end) == ("UTC", None, None)
    assert (found.catchup, found.overlap, found.max_active) == (False, Overlap.ALLOW, None)


def test_it_counts_times_in_utc() -> None:
    found = schedule('{cron: "0 6 * * 1", start: "2026-11-01T01:30:00.25+02:00", end: "2026-11-02t00:00:00z"}')
    assert (found.start, found.end) == ("2026-10-31T23:30:00+00:00", "2026-11-02T00:00:00+00:00")


def test_it_takes_the_schedule_of_a_profile() -> None:
    profiles = "profiles: {prod: {schedule: {timezone: Europe/Berlin, overlap: skip}}}\n"
    pipeline = built(f'schedule: {{cron: "0 6 * * 1"}}\n{profiles}{STEPS}', "prod")
    assert pipeline.schedule is not None
    assert (pipeline.schedule.timezone, pipeline.schedule.overlap) == ("Europe/Berlin", Overlap.SKIP)
    assert built(f"profiles: {{prod: {{schedule: {{cron: '0 6 * * 1'}}}}}}\n{STEPS}").schedule is None


def test_it_has_no_schedule_in_a_profile_that_deletes_it() -> None:
    text = f'schedule: {{cron: "0 6 * * 1"}}\nprofiles: {{dev: {{schedule: null}}}}\n{STEPS}'
    assert built(text, "dev").schedule is None
    assert built(text).schedule is not None


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ('{cron: "* * * *"}', "PG320", "`cron` is `* * * *`, and that has 4 fields"),
        ('{cron: "0 6 13 * 5"}', "PG324", "`0 6 13 * 5` comes on each such day of the month"),
        ('{cron: "0 6 * * *", timezone: CET+1}', "PG321", "`CET+1` is no time zone"),
        ('{cron: "0 6 * * *", timezone: utc}', "PG321", "`utc` is no time zone"),
        ('{cron: "0 6 * * *", end: "2026-01-01T00:00:00"}', "PG322", "`end` is `2026-01-01T00:00:00`, and no time"),
        ('{cron: "0 6 * * *", end: "2026-02-30T00:00:00Z"}', "PG322", "`end` is `2026-02-30T00:00:00Z`, and no time"),
        ('{cron: "0 6 * * *", start: "0001-01-01T00:00:00+23:00"}', "PG322", "`start` is"),
        (
            '{cron: "0 6 * * *", start: "2026-01-02T00:00:00Z", end: "2026-01-02T01:00:00+01:00"}',
            "PG322",
            "`end` lies before `start`, or at it",
        ),
        ('{cron: "0 ${{ params.x }} * * *"}', "PG309", "`cron` is plain text"),
        ("{timezone: UTC}", "PG303", "`schedule` has no `cron`"),
    ],
)
def test_it_says_what_is_wrong(text: str, code: str, message: str) -> None:
    found = faults(f"schedule: {text}\n{STEPS}")
    assert any(each.code == code and each.message.startswith(message) for each in found), found


def test_it_wants_a_default_for_every_param_of_a_run_that_starts_by_itself() -> None:
    text = f'params: {{a: {{type: int}}, b: {{type: int, default: 1}}}}\nschedule: {{cron: "0 6 * * 1"}}\n{STEPS}'
    assert [(each.code, each.message.split()[0]) for each in faults(text)] == [("PG323", "`a`")]
