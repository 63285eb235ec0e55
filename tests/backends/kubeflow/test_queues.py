"""`max_parallel` of a run as edges: no more steps can ever go on at a time, none that could not before waits for it."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest
from tests.judges.airflow.pipelines import HERE, step

from pipeglot.ir import FanOut, Pipeline, Retry
from pipeglot_backends.emit.carried_retries import EVER, longest
from pipeglot_backends.kubeflow.emit.softening.queues import queued


def made(seed: int, most: int) -> Pipeline:
    chance = random.Random(seed)
    names = "abcdefgh"
    steps = tuple(
        step(name, needs=tuple(sorted(chance.sample(names[:number], min(number, chance.choice((0, 0, 1, 2)))))))
        for number, name in enumerate(names)
    )
    return Pipeline("p", HERE, params=(), steps=steps, max_parallel=most)


def before(pipeline: Pipeline) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in pipeline.steps:
        found[each.id] = {*each.needs, *(id for need in each.needs for id in found[need])}
    return found


@pytest.mark.parametrize("most", [1, 2, 3])
def test_no_more_steps_can_go_on_at_a_time(most: int) -> None:
    for seed in range(40):
        pipeline = made(seed, most)
        after = before(queued(pipeline))
        together = (
            chosen
            for chosen in combinations(after, most + 1)
            if not any(one in after[other] for one in chosen for other in chosen)
        )
        assert next(together, None) is None
        for old, new in zip(pipeline.steps, queued(pipeline).steps, strict=True):
            assert (new.needs, new.holding) == ((*old.needs, *new.after), old.holding)


def test_what_is_narrow_enough_stays_as_it_is() -> None:
    chain = tuple(step(name, needs=need) for name, need in (("a", ()), ("b", ("a",)), ("c", ("a",)), ("d", ("b", "c"))))
    pipeline = Pipeline("p", HERE, params=(), steps=chain, max_parallel=2)
    assert queued(pipeline).steps == chain


def test_a_fan_out_has_all_queues_for_itself() -> None:
    fan = FanOut(["lit", [1, 2, 3, 4]], "int", HERE, literal=(1, 2, 3, 4))
    steps = (step("a"), step("b"), step("c", fan_out=fan), step("d"))
    found = queued(Pipeline("p", HERE, params=(), steps=steps, max_parallel=2)).steps
    assert [each.needs for each in found] == [(), (), ("a", "b"), ("c",)]
    assert found[2].fan_out == replace(fan, max_parallel=2)
    assert queued(Pipeline("p", HERE, params=(), steps=steps)).steps == steps


def test_numbers_without_measure_cost_nothing() -> None:
    steps = tuple(step(name, retry=Retry(limit=10**9, origin=HERE)) for name in "abc")
    assert queued(Pipeline("p", HERE, params=(), steps=steps, max_parallel=10**9)).steps == steps
    for delay, backoff in ((0.0, 1.0), (1.0, 1.0), (1.0, 1.5), (1e-9, 1.0 + 1e-9), (1.0, 1e300)):
        assert longest(5.0, Retry(limit=10**9, origin=HERE, delay=delay, backoff=backoff)) == EVER
    assert longest(1.0, Retry(limit=3, origin=HERE, delay=1.0, backoff=2.0)) == 4 + 1 + 2 + 4
    assert longest(1.0, Retry(limit=3, origin=HERE, delay=1.0, backoff=2.0, max_delay=2.0)) == 4 + 1 + 2 + 2
