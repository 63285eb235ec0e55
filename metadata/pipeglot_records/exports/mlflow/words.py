"""What MLflow takes: names of few letters, texts of some length, points that are counted by whole numbers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.recorded import Fields, milliseconds
from pipeglot_records.model.json_values import mapping, number, sequence

LONGEST: Final = 6000
"""Letters of a param."""
LONGEST_TAG: Final = 5000
LONGEST_NAME: Final = 250
LONGEST_DIGEST: Final = 36
MOST_COUNTED: Final = 1 << 62
_OTHERS: Final = re.compile(r"[^\w\-. :/]", re.ASCII)


def name(text: str) -> str:
    """As it is where MLflow takes it; else letters that it does not take are their numbers. Never two alike."""
    found = _OTHERS.sub(_spelled, text)
    if posixpath.normpath(found) != found or found.startswith(("..", "/")) or found == ".":
        found = re.sub(r"[./]", _spelled, found)
    if len(found) <= LONGEST_NAME:
        return found or "_"
    return f"{found[: LONGEST_NAME - 17]}_{sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _spelled(found: re.Match[str]) -> str:
    return f"_{ord(found[0]):x}_"


def is_counted(points: list[Json]) -> bool:
    """Whether whole numbers say where all points are."""
    places = [number(mapping(point).get("at")) for point in points]
    return all(place is not None and float(place).is_integer() and abs(place) < MOST_COUNTED for place in places)


def points(curve: Fields) -> Iterator[Row]:
    told = sequence(curve.get("points"))
    counted = is_counted(told)
    for index, point in enumerate(map(mapping, told)):
        place = number(point.get("at"))
        yield {
            "key": name(str(curve.get("name"))),
            "value": point.get("value"),
            "timestamp": milliseconds(point.get("time")) or 0,
            "step": int(place) if counted and place is not None else index,
        }
