"""A few of the mutations of `make fuzz`, always the same ones; and that the judge sees what it is there for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from tests.fuzz import judging
from tests.fuzz.campaign import Field
from tests.fuzz.judging import judged

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.sources import Source

SEED, COUNT = 1130, 300
GOOD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\nsteps: {a: {run: [x], image: y}}\n"


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    return Field(tmp_path_factory.mktemp("fuzz") / "seeds")


def test_no_mutation_finds_a_fault_of_ours(field: Field) -> None:
    kinds: Counter[str] = Counter()
    for number in range(COUNT):
        outcome = field.run(SEED, number)
        kinds[outcome.kind] += 1
        assert not outcome.faults, f"python -m tests.fuzz --seed {SEED} --show {number}"
    # neither all is refused, nor all is taken
    assert kinds["accepted"] > COUNT / 20
    assert kinds["rejected"] > COUNT / 3


def test_a_mutation_is_known_by_its_seed_and_number(field: Field, tmp_path: Path) -> None:
    again = Field(tmp_path / "seeds")
    assert [field.mutation(1, number)[1] for number in range(50)] == [
        again.mutation(1, number)[1] for number in range(50)
    ]
    assert field.mutation(1, 0)[1] != field.mutation(2, 0)[1]


def test_a_crash_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pipeline.yaml").write_text(GOOD, "utf-8")
    assert judged(tmp_path / "pipeline.yaml", Random(1), True).faults == []

    def broken(*_: object) -> None:
        raise KeyError("gone")

    monkeypatch.setattr(judging, "compiled", broken)
    assert "KeyError" in judged(tmp_path / "pipeline.yaml", Random(1), False).faults[0]
    monkeypatch.setattr(judging, "validate", broken)
    assert "validate: KeyError" in judged(tmp_path / "pipeline.yaml", Random(1), False).faults[0]


def test_what_is_said_without_a_place_or_spelt_anew_is_a_fault() -> None:
    source = Source("pipeline.yaml", "a: 1.10\n", {"a": 1.1})
    found = list(judging.said((Diagnostic("PG301", "`1.1` is not a string"),), (source,)))
    assert len(found) == 2
