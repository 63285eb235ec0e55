"""What the artifacts of a run contain: the digest of each output, and of whatever read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeglot.ir import Json
from pipeglot_records.model.events import Fields
from pipeglot_records.model.json_values import integer, mapping, sequence, text
from pipeglot_records.model.run_view import RunView


@dataclass(frozen=True, slots=True)
class Digests:
    """By (`step.output`, item): the digest, of what the last attempt of the producer left."""

    by_place: Mapping[tuple[str, str | None], Mapping[str, Json]]

    def read(self, entry: Fields) -> list[Mapping[str, Json]]:
        return [digest for _, digest in self.sources(entry)]

    def sources(self, entry: Fields) -> list[tuple[str, Mapping[str, Json]]]:
        """What is behind an input's `{"from": […], "items": […]}`, in the order in which it was read.

        Data from outside says itself what it was: `{"uri": …, "digest": {…}}`.
        """
        if "digest" in entry:
            return [(text(entry.get("uri")) or "?", mapping(entry["digest"]))]
        items = [str(integer(index)) for index in sequence(entry.get("items"))]
        found: list[tuple[str, Mapping[str, Json]]] = []
        for source in sequence(entry.get("from")):
            if isinstance(source, str):
                kept: list[str | None] = [item for item in items if (source, item) in self.by_place]
                found.extend((source, self.by_place.get((source, item), {})) for item in kept or [None])
        return found


def digests(picture: RunView) -> Digests:
    return Digests(dict(_all(picture)))


def _all(picture: RunView) -> Iterator[tuple[tuple[str, str | None], Mapping[str, Json]]]:
    for place in picture.places():
        for name, entry in place.last.outputs.items() if place.last else ():
            if "digest" in entry:
                yield (f"{place.definition.id}.{name}", place.item), mapping(entry["digest"])
