"""A run as exports read it: its JSON form, with the attempts of all its steps and items in one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.model.json_values import integer, mapping, sequence, text

Fields = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a step, or of one item of it. `fields` is its JSON form."""

    step: str
    item: str | None
    fields: Fields

    @property
    def id(self) -> str:
        return text(self.fields.get("attempt")) or ""

    @property
    def name(self) -> str:
        return self.step if self.item is None else f"{self.step}[{self.item}]"

    @property
    def number(self) -> int:
        return integer(self.fields.get("number")) or 1

    @property
    def is_reused(self) -> bool:
        return "reused" in self.fields

    def values(self, part: str) -> Iterator[tuple[str, Fields]]:
        """`inputs`, `outputs` or `metrics`, by name."""
        for name, entry in mapping(self.fields.get(part)).items():
            yield name, mapping(entry)

    def tags(self) -> dict[str, str]:
        """What its code said of itself."""
        said = [mapping(each) for each in sequence(self.fields.get("remarks"))]
        return {str(each["name"]): worded(each.get("value")) for each in said if each.get("kind") == "tag"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """`run` and `curves` as `show` and `metrics` have them in JSON."""

    run: Row
    curves: tuple[Row, ...] = ()

    @property
    def id(self) -> str:
        return str(self.run["run"])

    @property
    def pipeline(self) -> str:
        return text(self.run.get("pipeline")) or "pipeline"

    @property
    def steps(self) -> list[Fields]:
        return [mapping(each) for each in sequence(self.run.get("steps"))]

    def attempts(self) -> Iterator[Attempt]:
        for step in self.steps:
            name = text(step.get("step")) or ""
            for place in (step, *map(mapping, sequence(step.get("items")))):
                for attempt in sequence(place.get("attempts")):
                    yield Attempt(name, text(place.get("item")), mapping(attempt))

    def commit(self) -> str | None:
        """That of the code, where a step captured it."""
        said = [mapping(each) for one in self.attempts() for each in sequence(one.fields.get("remarks"))]
        values = [mapping(each.get("value")) for each in said if each.get("name") == "git"]
        return next((found for each in values if (found := text(each.get("commit")))), None)

    def params(self) -> dict[str, str]:
        """Those that may be told, each in words."""
        given = {name: mapping(entry) for name, entry in mapping(self.run.get("params")).items()}
        return {name: worded(entry["value"]) for name, entry in given.items() if "value" in entry}

    def lost(self) -> Iterator[str]:
        """What no export carries of this run."""
        given = {name: mapping(entry) for name, entry in mapping(self.run.get("params")).items()}
        hidden = sorted(name for name, entry in given.items() if "value" not in entry)
        if hidden:
            yield f"sensitive params have no value in the record: {', '.join(hidden)}"
        unseen = [each for each in self.attempts() if not each.fields.get("started")]
        if unseen:
            yield f"{len(unseen)} attempts have no time at which they began, and are left out"


def recorded(place: str | None, name: str) -> Recorded:
    """Of the store or the server there. Raises what these raise."""
    from pipeglot_records.answering.choosing import answering

    with closing(answering(place)) as records:
        run = records.show(name)
        return Recorded(run, tuple(records.curves(str(run["run"]), None, None)))


def worded(value: Json) -> str:
    """Text as it is, all else as JSON."""
    import json

    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def as_uuid(name: str, run: str) -> str:
    """The same one for the same name, whenever it is asked for."""
    try:
        return str(UUID(name))
    except ValueError:
        return str(uuid5(_as_space(run), name))


def _as_space(run: str) -> UUID:
    try:
        return UUID(run)
    except ValueError:
        return uuid5(UUID(int=0), run)


def milliseconds(instant: Json) -> int | None:
    """Since 1970, of what RFC 3339 says."""
    if not isinstance(instant, str):
        return None
    return round(datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp() * 1000)
