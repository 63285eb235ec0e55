"""Steps of `on_exit` that wait for each other, as series within series."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeglot.ir import Command, Origin, RunIf, Step
from pipeglot_backends.features.exits import carried_on_exit, in_levels, in_stages


def steps(**needs: str) -> list[Step]:
    return [Step(id, Command(()), Origin("pipeline.yaml", ()), needs=tuple(of.split())) for id, of in needs.items()]


def named(stages: Any) -> Any:
    return [named(each) for each in stages] if isinstance(stages, list) else stages.id


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"a": "", "b": ""}, [["a", "b"]]),
        ({"a": "", "b": "a", "c": "b"}, [["a"], ["b"], ["c"]]),
        ({"a": "", "b": "a", "c": "a", "d": "b c"}, [["a"], ["b", "c"], ["d"]]),
        ({"a": "", "b": "a", "x": ""}, [[[["a"], ["b"]], "x"]]),
        ({"a": "", "b": "a", "c": "a", "d": "c"}, [["a"], ["b", [["c"], ["d"]]]]),
    ],
)
def test_what_follows_waits_for_all_before_it(given: dict[str, str], wanted: list[Any]) -> None:
    assert named(in_stages(steps(**given))) == wanted


def test_some_are_carried_where_order_alone_does_not_say_it() -> None:
    across, plain = steps(a="", b="", c="a", d="a b"), steps(x="", y="x")
    asking = [replace(each, run_if=RunIf.ALWAYS) if each.needs else each for each in steps(p="", q="p")]
    assert [[each.id for each in part] for part in carried_on_exit([*across, *plain, *asking])] == [
        ["a", "b", "c", "d"],
        ["p", "q"],
    ]
    assert [[each.id for each in level] for level in in_levels(across)] == [["a", "b"], ["c", "d"]]
    assert carried_on_exit([]) == []


def test_some_that_wait_across_are_no_series() -> None:
    assert in_stages(steps(a="", b="", c="a", d="a b")) is None
