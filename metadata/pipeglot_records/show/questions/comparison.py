"""`pipeglot compare`: runs beside each other, or the items of a fan-out, as rows of what differs and what came out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeglot.ir import Json
from pipeglot_records.model.json_values import mapping, number, sequence
from pipeglot_records.model.vital import NOBODY, Vital
from pipeglot_records.show import run as showing
from pipeglot_records.store.database import Store

Row = dict[str, Json]


@dataclass(slots=True)
class Comparison:
    """Every row has every name, null where there is none. `best` are the rows that are best by what was asked."""

    names: list[str] = field(default_factory=list[str])
    rows: list[Row] = field(default_factory=list[Row])
    best: frozenset[int] = frozenset()


def of_runs(store: Store, runs: Sequence[str], vital: Vital = NOBODY) -> Comparison:
    """Runs by their whole ids: the params that differ, and the last values of all metrics."""
    return beside([showing.as_json(store, run, vital) for run in runs])


def beside(found: Sequence[Row]) -> Comparison:
    """The same of runs as `show --format json` has them."""
    params = [{f"params.{name}": _told(entry) for name, entry in mapping(run["params"]).items()} for run in found]
    heads = [{name: run[name] for name in ("pipeline", "target", "profile")} for run in found]
    metrics = [_of_steps(run["steps"]) for run in found]
    firm: list[Row] = [{"run": run["run"], "state": run["state"]} for run in found]
    return _laid_out(firm, [_differing(heads), _differing(params), metrics])


def of_items(store: Store, run: str, step: str, vital: Vital = NOBODY) -> Comparison | None:
    """The items of a fan-out: what each is, how it ended, its last metrics. None where the run has no such fan-out."""
    return items_beside(showing.as_json(store, run, vital), step)


def items_beside(run: Row, step: str) -> Comparison | None:
    """The same of a run as `show --format json` has it."""
    steps = [mapping(entry) for entry in sequence(run["steps"])]
    fan = next((entry for entry in steps if entry.get("step") == step and "items" in entry), None)
    if fan is None:
        return None
    items = [mapping(item) for item in sequence(fan["items"])]
    firm: list[Row] = [{"item": item.get("item"), "state": item.get("state")} for item in items]
    return _laid_out(firm, [[_values(item) for item in items], [_metrics(item) for item in items]])


def marked(found: Comparison, name: str, *, greatest: bool) -> Comparison:
    """With the best rows by a column of numbers; as it is where no row has one."""
    figures = {at: value for at, row in enumerate(found.rows) if (value := number(row.get(name))) is not None}
    if figures:
        best = (max if greatest else min)(figures.values())
        found.best = frozenset(at for at, value in figures.items() if value == best)
    return found


def for_text(found: Comparison) -> list[Row]:
    """The best rows bear a star before all else."""
    if not found.best:
        return found.rows
    return [{"best": "*" if at in found.best else "", **row} for at, row in enumerate(found.rows)]


def _laid_out(firm: Sequence[Row], parts: Iterable[Sequence[Mapping[str, Json]]]) -> Comparison:
    rows = [dict(row) for row in firm]
    names = list(dict.fromkeys(name for row in rows for name in row))
    for part in parts:
        more = list(dict.fromkeys(name for row in part for name in row))
        names += more
        for row, values in zip(rows, part, strict=True):
            row.update({name: values.get(name) for name in more})
    return Comparison(names, rows)


def _differing(rows: Sequence[Mapping[str, Json]]) -> list[Mapping[str, Json]]:
    names = dict.fromkeys(name for row in rows for name in row)
    other = [name for name in names if any(row.get(name) != rows[0].get(name) for row in rows)]
    return [{name: row[name] for name in other if name in row} for row in rows]


def _told(entry: Json) -> Json:
    found = mapping(entry)
    return "(redacted)" if found.get("redacted") is True else found.get("value")


def _of_steps(steps: Json) -> Row:
    found: Row = {}
    for entry in map(mapping, sequence(steps)):
        places = [mapping(item) for item in sequence(entry["items"])] if "items" in entry else [entry]
        metrics = [_metrics(place) for place in places]
        for name in dict.fromkeys(name for one in metrics for name in one):
            values = [one[name] for one in metrics if name in one]
            found[f"{entry.get('step')}.{name}"] = values if "items" in entry else values[0]
    return found


def _metrics(place: Mapping[str, Json]) -> Row:
    tries = sequence(place.get("attempts"))
    last = mapping(tries[-1] if tries else None)
    return {name: mapping(entry).get("value") for name, entry in mapping(last.get("metrics")).items()}


def _values(item: Mapping[str, Json]) -> Row:
    """Axes of a matrix, or keys of an item, as columns of their own."""
    value = _told(item.get("item_value"))
    return dict(value) if isinstance(value, dict) else {} if value is None else {"value": value}
