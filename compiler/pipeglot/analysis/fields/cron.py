"""Cron expressions of five fields, in the one spelling that all engines read alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
RANGES = (range(60), range(24), range(1, 32), range(1, 13), range(8))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
NAMES = {3: {name: number + 1 for number, name in enumerate(MONTHS)}, 4: {name: i for i, name in enumerate(DAYS)}}
LENGTHS = dict(zip(range(1, 13), (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
TERM = re.compile(r"(?P<first>\*|\w+)(-(?P<last>\w+))?(/(?P<step>[0-9]+))?", re.ASCII)
DAY, MONTH, WEEKDAY = 2, 3, 4


class CronFault(Exception):
    """What is wrong with an expression, as a sentence that goes on after "`cron` is `…`, and"."""


@dataclass(frozen=True, slots=True)
class Cron:
    """`text` is the canonical spelling; `either_day`: a day of the month *or* of the week is enough."""

    text: str
    either_day: bool


def canonical(text: str) -> Cron:
    """Numbers for names, 0 for Sunday, lists for steps from a number. Raises `CronFault`."""
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise CronFault(
            f"that has {len(parts)} fields: five are minute, hour, day of the month, month, day of the week"
        )
    fields = [_field(position, part) for position, part in enumerate(parts)]
    both = parts[DAY] != "*" and parts[WEEKDAY] != "*"
    if both and any(parts[position].startswith("*") for position in (DAY, WEEKDAY)):
        raise CronFault("engines differ on `*/…` where both kinds of days are given: list the days")
    _check_days(parts, fields)
    return Cron(" ".join(_spelled(part, numbers) for part, numbers in zip(parts, fields, strict=True)), both)


def _field(position: int, text: str) -> list[int]:
    numbers = {number for term in text.split(",") for number in _term(position, term)}
    return sorted({0 if position == WEEKDAY and number == 7 else number for number in numbers})


def _term(position: int, text: str) -> range:
    found = TERM.fullmatch(text)
    if found is None or (found["first"] == "*" and found["last"]):
        raise CronFault(f"`{text}` is no {FIELDS[position]}: `*`, `5`, `1-5`, `*/15`, or a list of them")
    whole = RANGES[position] if position != WEEKDAY else range(7)
    step = int((found["step"] or "1")[:9])
    if not step:
        raise CronFault(f"a step of `{text}` is 0")
    if found["first"] == "*":
        return whole[::step]
    first = _number(position, found["first"])
    last = _number(position, found["last"]) if found["last"] else max(whole) if found["step"] else first
    if last < first:
        raise CronFault(f"`{text}` ends before it begins")
    return range(first, last + 1, step)


def _number(position: int, text: str) -> int:
    known = NAMES.get(position, {})
    if text.lower() in known:
        return known[text.lower()]
    if text.isdigit() and len(text) < 4 and int(text) in RANGES[position]:
        return int(text)
    limits = RANGES[position]
    raise CronFault(f"`{text}` is no {FIELDS[position]}: these go from {limits[0]} to {limits[-1]}")


def _check_days(parts: list[str], fields: list[list[int]]) -> None:
    longest = max(LENGTHS[month] for month in fields[MONTH])
    if parts[WEEKDAY] == "*" and min(fields[DAY]) > longest:
        raise CronFault(f"that never comes: none of its months has a day {min(fields[DAY])}")


def _spelled(text: str, numbers: list[int]) -> str:
    return text if text.startswith("*") and "," not in text else ",".join(map(str, numbers))
