"""What an attempt read, by name and digest: by its inputs, or because its command names it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeglot.ir import Json
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded
from pipeglot_records.model.json_values import mapping, sequence, text


@dataclass(frozen=True, slots=True)
class Read:
    """`name` is `STEP.OUTPUT`; of data from outside it is the address, as `uri`. No digest: of many, or unknown."""

    name: str
    digest: str | None
    uri: str | None = None


class Reading:
    """Of all attempts of one run."""

    def __init__(self, run: Recorded) -> None:
        self._edges = [sequence(edge) for edge in sequence(run.run.get("lineage"))]
        self._digests = {
            f"{attempt.step}.{name}": digest_of(entry.get("digest"))
            for attempt in run.attempts()
            if attempt.item is None
            for name, entry in attempt.values("outputs")
        }

    def of(self, attempt: Attempt) -> Iterator[Read]:
        for _, entry in attempt.values("inputs"):
            yield from _named(entry)
        for edge in self._edges:
            if edge[1:] == [attempt.step]:
                yield Read(str(edge[0]), self._digests.get(str(edge[0])))


def _named(entry: Fields) -> Iterator[Read]:
    digests = [digest_of(each) for each in sequence(entry.get("digests"))]
    uri = text(entry.get("uri"))
    if uri is not None:
        yield Read(uri, digests[0] if digests else None, uri)
        return
    sources = [each for each in sequence(entry.get("from")) if isinstance(each, str)]
    for source in sources:
        # one source may stand for many items, and several sources share the digests: no single one is theirs
        yield Read(source, digests[0] if len(sources) == len(digests) == 1 else None)


def digest_of(value: Json) -> str | None:
    return " ".join(f"{kind}:{found}" for kind, found in mapping(value).items()) or None
