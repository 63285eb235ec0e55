"""A question about runs in words, as the command line and the server are asked it, read into what is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeglot_records.queries.filter import NAMED, Condition, Field, FilterFault, Wanted, field, fields, parse


@dataclass(frozen=True, slots=True)
class Asking:
    """`columns` are fields between commas; `sort` is one field, with `desc` the greatest first."""

    pipeline: str | None = None
    state: str | None = None
    where: str | None = None
    sort: str | None = None
    desc: bool = False
    columns: str | None = None
    limit: int | None = None


def read(asking: Asking, usual: Sequence[str], *, always: bool = False) -> tuple[Wanted, tuple[Field, ...]]:
    """What runs, and what of each: none of the usual form is asked for where nothing is added to it, unless `always`.

    Raises `FilterFault`.
    """
    where = _condition(asking.where) if asking.where is not None else None
    sort = (field(asking.sort), asking.desc) if asking.sort else None
    named = [field(each.strip()) for each in (asking.columns or "").split(",") if each.strip()]
    wanted = Wanted(asking.pipeline, asking.state, where, sort, asking.limit)
    if named:
        return wanted, tuple(dict.fromkeys(named))
    more = [each for each in [*fields(where), *([sort[0]] if sort else [])] if each[0] in NAMED]
    if not more and not always:
        return wanted, ()
    return wanted, tuple(dict.fromkeys([*((name,) for name in usual), *more]))


def _condition(text: str) -> Condition:
    try:
        return parse(text)
    except FilterFault as fault:
        place = f"{fault.message}, at letter {fault.start + 1} of the filter"
        raise FilterFault(place, fault.start, fault.end, fault.hint) from None
