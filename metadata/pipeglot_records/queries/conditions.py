"""What is asked of runs, as conditions and orders of SQL: the same for SQLite and PostgreSQL."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import reduce
from typing import Any, Final, TypeAlias

import sqlalchemy as sql

from pipeglot_records.model.json_values import write
from pipeglot_records.model.run_view import OVERDUE, RUNNING, UNKNOWN
from pipeglot_records.model.vital import Vital
from pipeglot_records.queries.filter import Compare, Condition, Field, Has, Joined, Not, NotComparable, Value
from pipeglot_records.store.tables import attempts, latest, remarks, run_params, runs, steps

SECOND = 10**9
_OPS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[smhdw])+")

Clause: TypeAlias = sql.ColumnElement[bool]
Asked: TypeAlias = "sql.ColumnElement[Any]"


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of the question, in nanoseconds since 1970, and who of the runs is known to live then."""

    at: int
    vital: Vital


def clause(condition: Condition, now: Now) -> Clause:
    """Of the table `runs`. What a run has not is never compared: every comparison with it is false."""
    match condition:
        case Joined("and", parts):
            of_each = _of_each if any(map(_is_narrow, parts)) else clause
            return sql.and_(*(of_each(part, now) for part in parts))
        case Joined(_, parts):
            return sql.or_(*(clause(part, now) for part in parts))
        case Not(part):
            return sql.not_(sql.func.coalesce(clause(part, now), sql.false()))
        case Has(field):
            return _has(field)
        case Compare(field, op, values):
            return _compared(field, op, values, now)


def _is_narrow(condition: Condition) -> bool:
    """Whether few runs are left by it, most often."""
    return isinstance(condition, Compare) and condition.field[0] in ("params", "run") and condition.op in ("==", "in")


def _of_each(condition: Condition, now: Now) -> Clause:
    """The same for one run after another, where few are left: not all that there are is looked through for a metric."""
    match condition:
        case Compare(("metrics", name), op, (float() | int() as value,)) if not isinstance(value, bool) and op in _OPS:
            # by its name the index of a metric would lead through all runs
            named = sql.or_(*spellings(name, latest.c.name.concat("")))
            found = with_metric().where(attempts.c.run == runs.c.run, named, _OPS[op](latest.c.value, value))
            return found.correlate(runs).exists()
        case _:
            return clause(condition, now)


def in_state(state: str, now: Now) -> Clause:
    heard = sql.and_(runs.c.seen >= now.at - OVERDUE, runs.c.run.not_in(now.vital.silent))
    alive = sql.or_(runs.c.run.in_(now.vital.alive), heard)
    if state == RUNNING:
        return sql.and_(runs.c.state.is_(None), alive)
    if state == UNKNOWN:
        return sql.and_(runs.c.state.is_(None), sql.not_(alive))
    return sql.func.coalesce(runs.c.state == state, sql.false())


def open_state(seen: int, now: int) -> str:
    """Of a run that has not ended, and was heard of at `seen`."""
    return RUNNING if now - seen <= OVERDUE else UNKNOWN


def order(field: Field, *, down: bool) -> tuple[sql.ColumnElement[Any], ...]:
    """What runs are sorted by; those that have no such thing come last either way."""
    keys = _sorted_by(field)
    return tuple(part for key in keys for part in (key.is_(None), key.desc() if down else key.asc()))


def _sorted_by(field: Field) -> tuple[sql.ColumnElement[Any], ...]:
    match field:
        case ("params", name):
            of_run = sql.and_(run_params.c.run == runs.c.run, run_params.c.name == name)
            return tuple(sql.select(column).where(of_run).scalar_subquery() for column in _PARAM_COLUMNS)
        case ("tags", name):
            tag_value = sql.select(sql.func.max(remarks.c.value)).where(_is_tag(name), remarks.c.run == runs.c.run)
            return (tag_value.scalar_subquery(),)
        case ("steps", name):
            return (sql.select(steps.c.state).where(_is_step(name), steps.c.run == runs.c.run).scalar_subquery(),)
        case ("duration",):
            return (_DURATION_OF,)
        case ("started",):
            return (sql.func.coalesce(runs.c.started, runs.c.first),)
        case _:
            return (runs.c[field[0]],)


_PARAM_COLUMNS: Final = (run_params.c.number, run_params.c.word)
_DURATION_OF: Final = runs.c.ended - sql.func.coalesce(runs.c.started, runs.c.first)


def _has(field: Field) -> Clause:
    match field:
        case ("params", name):
            return _one_of(run_params.c.run, run_params.c.name == name)
        case ("metrics", name):
            return runs.c.run.in_(_metrics(name))
        case ("tags", name):
            return _one_of(remarks.c.run, _is_tag(name))
        case ("steps", name):
            return _one_of(steps.c.run, _is_step(name))
        case ("duration",):
            return runs.c.ended.is_not(None)
        case _:
            return runs.c[field[0]].is_not(None)


def _compared(field: Field, op: str, values: tuple[Value, ...], now: Now) -> Clause:
    if op == "in":
        return sql.or_(*(_compared(field, "==", (value,), now) for value in values))
    return _HOW.get(field[0], _of_run)(field, op, values[0], now)


def _of_run(field: Field, op: str, value: Value, now: Now) -> Clause:
    text = _text(value)
    column = runs.c[field[0]]
    if field[0] == "run" and op in ("==", "!="):
        begins = column.startswith(text.lower(), autoescape=True)
        return begins if op == "==" else sql.not_(begins)
    return sql.func.coalesce(_OPS[op](column, text), sql.false())


def _of_state(field: Field, op: str, value: Value, now: Now) -> Clause:
    if op not in ("==", "!="):
        raise NotComparable(f"states have no order: `state {op} …` asks for nothing, write `==` or `!=`")
    found = in_state(_text(value), now)
    return found if op == "==" else sql.not_(found)


def _of_time(field: Field, op: str, value: Value, now: Now) -> Clause:
    moment = _moment(value, now.at)
    column = sql.func.coalesce(runs.c.started, runs.c.first) if field[0] == "started" else runs.c.ended
    return sql.func.coalesce(_OPS[op](column, moment), sql.false())


def _of_duration(field: Field, op: str, value: Value, now: Now) -> Clause:
    return sql.func.coalesce(_OPS[op](_DURATION_OF, round(_seconds(value) * SECOND)), sql.false())


def _of_param(field: Field, op: str, value: Value, now: Now) -> Clause:
    column: Asked = run_params.c.word if isinstance(value, str | bool) else run_params.c.number
    right: object = _text(value) if isinstance(value, str | bool) else value
    return _one_of(run_params.c.run, run_params.c.name == field[1], _OPS[op](column, right))


def _of_metric(field: Field, op: str, value: Value, now: Now) -> Clause:
    if isinstance(value, str | bool):
        raise NotComparable(f"a metric is a number, and `{_text(value)}` is none")
    return runs.c.run.in_(_metrics(field[1]).where(_OPS[op](latest.c.value, value)))


def _of_tag(field: Field, op: str, value: Value, now: Now) -> Clause:
    number: object = int(value) if isinstance(value, float) and value.is_integer() else value
    wanted = {write(_text(value)), write(number)}  # type: ignore[arg-type]  # a value of JSON, whichever it is
    if op not in ("==", "!="):
        raise NotComparable("tags have no order: write `==` or `!=`")
    same = remarks.c.value.in_(sorted(wanted))
    return _one_of(remarks.c.run, _is_tag(field[1]), same if op == "==" else sql.not_(same))


def _of_step(field: Field, op: str, value: Value, now: Now) -> Clause:
    if op not in ("==", "!="):
        raise NotComparable("states have no order: write `==` or `!=`")
    return _one_of(steps.c.run, _is_step(field[1]), _OPS[op](steps.c.state, _text(value)))


_HOW: Final[Mapping[str, Callable[[Field, str, Value, Now], Clause]]] = {
    "state": _of_state,
    "started": _of_time,
    "ended": _of_time,
    "duration": _of_duration,
    "params": _of_param,
    "metrics": _of_metric,
    "tags": _of_tag,
    "steps": _of_step,
}


def _one_of(run: sql.ColumnElement[str], *wanted: Clause) -> Clause:
    return runs.c.run.in_(sql.select(run).where(*wanted))


def _metrics(name: str) -> sql.Select[tuple[str]]:
    """The runs whose last attempts left it: `STEP.NAME`, or `NAME` of any step. Names may hold dots too."""
    return with_metric().where(sql.or_(*spellings(name)))


def spellings(name: str, column: Asked = latest.c.name) -> list[Clause]:
    """What a name of a metric can mean: one of any step, or of a step that it begins with."""
    cuts = [at for at, letter in enumerate(name) if letter == "."]
    split = [sql.and_(column == name[at + 1 :], attempts.c.step == name[:at]) for at in cuts]
    return [column == name, *split]


def with_metric() -> sql.Select[tuple[str]]:
    """Runs by what their last attempts left."""
    later = attempts.alias("later")
    same = reduce(
        sql.and_,
        (
            later.c.run == attempts.c.run,
            later.c.step == attempts.c.step,
            sql.func.coalesce(later.c.item, "") == sql.func.coalesce(attempts.c.item, ""),
            later.c.started > attempts.c.started,
        ),
    )
    return (
        sql.select(attempts.c.run)
        .join(latest, latest.c.attempt == attempts.c.attempt)
        .where(sql.not_(sql.exists().where(same)))
    )


def _is_tag(name: str) -> Clause:
    return sql.and_(remarks.c.kind == "tag", remarks.c.name == name)


def _is_step(name: str) -> Clause:
    return sql.and_(steps.c.step == name, steps.c.item == "")


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"


def _seconds(value: Value) -> float:
    if not isinstance(value, str | bool):
        return value
    text = _text(value)
    if not _DURATION.fullmatch(text):
        raise NotComparable(f"`{text}` is no duration: write seconds, or as `90s`, `5m`, `1h30m`")
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([0-9.]+)([smhdw])", text))


def _moment(value: Value, now: int) -> int:
    text = _text(value)
    if text.startswith("-") and _DURATION.fullmatch(text[1:]):
        return now - round(_seconds(text[1:]) * SECOND)
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise NotComparable(
            f"`{text}` is no time: write as `2026-11-30`, `2026-11-30T08:00:00Z`, or `-7d` for seven days ago"
        ) from None
    aware = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    return round(aware.timestamp() * SECOND)
