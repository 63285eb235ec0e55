"""Many mutations, each known by its seed and its number: the same two give the same bytes on every machine."""

from __future__ import annotations

import contextlib
import gc
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from tests.fuzz.corpus import Seed, seeds
from tests.fuzz.judging import Outcome, judged
from tests.fuzz.mutations import mutated

EVERY = 6
"""One in so many that are accepted is compiled for every version and operator, the others for one of each target."""
PATIENCE = 20
"""Seconds of processor after which a text is said to hang."""


class Hangs(Exception):
    """Not of the kinds that the compiler catches."""


@dataclass
class Counts:
    """What became of them."""

    kinds: Counter[str] = field(default_factory=Counter)
    compiled: int = 0
    refused: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, outcome: Outcome) -> None:
        self.kinds[outcome.kind] += 1
        self.compiled += outcome.compiled
        self.refused += outcome.refused
        self.faults += [(number, fault) for fault in outcome.faults]


class Field:
    """The seeds laid out in a folder, each in one of its own that is used again."""

    def __init__(self, place: Path) -> None:
        self.seeds = seeds()
        self._texts = [each.text for each in self.seeds]
        self._place = place
        self._laid: dict[int, Path] = {}

    def mutation(self, seed: int, number: int) -> tuple[Path, bytes, Random]:
        """Where it is written, what, and the chance that goes on from there."""
        random = Random(f"{seed}/{number}")
        at = random.randrange(len(self.seeds))
        return self._path(at), mutated(self.seeds[at].text, self._texts, random), random

    def _path(self, at: int) -> Path:
        if at not in self._laid:
            self._laid[at] = self.seeds[at].lay_out(self._place / str(at))
        return self._laid[at]

    def run(self, seed: int, number: int) -> Outcome:
        path, content, random = self.mutation(seed, number)
        before = path.read_bytes() if path.exists() else b""
        path.write_bytes(content)
        first = next(each / "pipeline.yaml" for each in path.parents if (each / "pipeline.yaml").exists())
        try:
            with patience():
                outcome = judged(path, random, random.randrange(EVERY) == 0)
                if path != first:
                    # what uses it says so at another place
                    outcome.faults += judged(first, random, False).faults
                return outcome
        except Hangs:
            return Outcome("hangs", faults=[f"hangs for {PATIENCE} s"])
        finally:
            path.write_bytes(before)

    def clear(self) -> None:
        shutil.rmtree(self._place)


@contextlib.contextmanager
def patience() -> Iterator[None]:
    def tell(_: int, frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGVTALRM, tell)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seed_of(field: Field, seed: int, number: int) -> Seed:
    return field.seeds[Random(f"{seed}/{number}").randrange(len(field.seeds))]


def part(given: tuple[int, int, int]) -> tuple[int, dict[str, Any]]:
    """The mutations from one number to another, and what is to be kept of them."""
    gc.set_threshold(100_000)  # the tables of judges stay: to go through them costs as much as to judge
    seed, start, end = given
    counts = Counts()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        field = Field(Path(place))
        for number in range(start, end):
            counts.add(number, field.run(seed, number))
        # kept as they are: with another text among the seeds the numbers lead to others
        texts = {number: field.mutation(seed, number)[1] for number, _ in counts.faults}
    kept = {"kinds": counts.kinds, "compiled": counts.compiled, "refused": counts.refused, "faults": counts.faults}
    return start, {**kept, "texts": texts}
