"""What can be absent, through a skip or through a failure, and who has to say what stands for it."""

from __future__ import annotations

import pytest
from tests.analysis.specs import built, codes, facts_of, rejected

HEAD = """
params: {go: {type: bool, default: true}, names: {type: list, items: string, default: [a]}}
steps:
  make: {run: x, outputs: {n: {type: int}, maybe: {type: int, optional: true}, sure: {type: int, default: 3}}}
  skips: {run: x, when: "${{ params.go }}", outputs: {n: {type: int}, sure: {type: int, default: 3}}}
  fan:
    foreach: {items: "${{ params.names }}"}
    run: x
    when: ${{ item != 'b' }}
    outputs: {v: {type: int}, d: {type: int, default: 1}}
  fan_skips: {foreach: {items: "${{ params.names }}"}, run: x, when: "${{ params.go }}", outputs: {v: {type: int}}}
"""

FINE = [
    "steps.make.outputs.n",
    "steps.skips.outputs.n",
    "default(steps.make.outputs.maybe, 1)",
    "first_of(steps.make.outputs.maybe, steps.skips.outputs.n)",
    "first_of(steps.make.outputs.maybe, 1)",
    "steps.make.outputs.sure",
    "steps.fan.outputs.v",
    "steps.fan.indices",
    "default(run.scheduled_time, run.id)",
    "steps.make.status",
]


@pytest.mark.parametrize("expression", FINE)
def test_it_allows_to_read_what_is_there_or_skipped(expression: str) -> None:
    built(f"{HEAD}  use: {{run: 'x ${{{{ {expression} }}}}'}}\n")


FAILS = [
    ("steps.make.outputs.maybe", "`steps.make.outputs.maybe` is optional, and nothing stands for it where it was not"
     " written", "write `default(steps.make.outputs.maybe, …)` with the value that stands for it"),
    ("run.scheduled_time", "`run.scheduled_time` is there in scheduled runs only, and nothing stands for it in the"
     " others", "write `default(run.scheduled_time, …)` with the value that stands for it"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "message", "hint"), FAILS, ids=[each[0] for each in FAILS])
def test_it_refuses_what_can_be_absent(expression: str, message: str, hint: str) -> None:
    (found,) = rejected(f"{HEAD}  use: {{run: 'x ${{{{ {expression} }}}}'}}\n")
    assert (found.code, found.message, found.hint) == ("PG308", message, hint)


@pytest.mark.parametrize("run_if", ["failure", "always"])
def test_it_refuses_to_read_what_may_have_failed(run_if: str) -> None:
    (found,) = rejected(f"{HEAD}  use: {{run: 'x ${{{{ steps.make.outputs.n }}}}', run_if: {run_if}}}\n")
    assert found.message == (
        f"`steps.make.outputs.n` is absent where `make` failed, and `use` runs then too (`run_if: {run_if}`)"
    )


@pytest.mark.parametrize("expression", ["steps.make.outputs.n", "steps.fan.indices", "steps.make.outputs.maybe"])
def test_it_refuses_to_read_in_on_exit_what_may_be_missing(expression: str) -> None:
    assert codes(f"{HEAD}on_exit: {{last: {{run: 'x ${{{{ {expression} }}}}'}}}}\n") == ["PG308"]


@pytest.mark.parametrize(
    "expression",
    ["default(steps.make.outputs.n, 1)", "first_of(steps.make.outputs.maybe, 1)", "steps.make.outputs.sure"],
)
def test_it_allows_to_read_in_on_exit_what_is_always_there(expression: str) -> None:
    built(f"{HEAD}on_exit: {{last: {{run: 'x ${{{{ {expression} }}}} ${{{{ run.status }}}}'}}}}\n")


def test_it_refuses_a_first_of_whose_every_argument_can_fail() -> None:
    text = "steps: {m: {run: x, outputs: {a: {type: int, optional: true}, b: {type: int, optional: true}}}"
    assert codes(text + ", use: {run: 'x ${{ first_of(steps.m.outputs.a, steps.m.outputs.b) }}'}}\n") == ["PG308"]


SKIPPED = [
    ("skips.outputs.n", True),
    ("fan_skips.outputs.v", True),
    ("make.outputs.n", False),
    ("skips.outputs.sure", False),
    ("fan.outputs.v", False),
]


@pytest.mark.parametrize(("read", "skips"), SKIPPED)
def test_it_carries_a_skip_to_those_who_read_it(read: str, skips: bool) -> None:
    facts = facts_of(f"{HEAD}  use: {{run: 'x ${{{{ steps.{read} }}}}', outputs: {{o: {{type: int}}}}}}\n")
    assert facts.steps["use"].can_skip is skips


def test_it_refuses_a_default_that_would_stand_for_a_whole_list() -> None:
    fan = "{foreach: {items: [1]}, run: x, when: '${{ params.go }}', outputs: {o: {type: int, default: 1}}}"
    text = (
        "params: {go: {type: bool, default: true}}\nsteps: {fan: "
        + fan
        + ", use: {run: 'x ${{ steps.fan.outputs.o }}'}}\n"
    )
    (found,) = rejected(text)
    assert found.message == "the default of `o` stands for the whole list where `fan` was skipped, and is no list"
    built(text.replace("when: '${{ params.go }}', ", ""))


def test_it_knows_that_a_step_for_failures_can_be_skipped() -> None:
    assert facts_of("steps: {a: {run: x}, b: {run: x, run_if: failure, needs: [a]}}\n").steps["b"].can_skip


def test_it_knows_that_items_are_skipped_and_not_their_fan_out() -> None:
    assert not facts_of(HEAD).steps["fan"].can_skip
