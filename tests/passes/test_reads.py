"""`reads_listed`: the slots of docs/internals/runtime.md, section 4."""

from __future__ import annotations

import pytest
from tests.analysis.specs import built, step

from pipeglot.ir import MISSING, Read, ReadKind

HEAD = """
params: {n: {type: int, default: 1}, go: {type: bool, default: true}, names: {type: list, items: string}}
steps:
  make: {run: x, outputs: {n: {type: int, default: 3}, t: {artifact: dataset, format: csv}, ns: {type: list}}}
  fan: {foreach: {items: "${{ steps.make.outputs.ns }}"}, run: x, outputs: {v: {type: float}, m: {artifact: model}}}
"""


def slots(fields: str) -> list[str]:
    return [read.slot for read in step(f"{HEAD}  use: {{{fields}}}\n", "use").reads]


SLOTS = [
    ("run: x", []),
    ("run: 'x ${{ params.n }} ${{ params.n }}'", ["params.n"]),
    ("run: 'x ${{ run.id }} ${{ pipeline.name }}'", []),
    ("run: 'x ${{ steps.make.outputs.t }}'", ["steps.make.outputs.t"]),
    ("run: 'x ${{ steps.make.status }}'", ["steps.make.state", "steps.make.engine"]),
    ("run: 'x ${{ steps.fan.outputs.v }}'", ["steps.fan.outputs.v", "steps.fan.state", "steps.fan.items"]),
    ("run: 'x ${{ steps.fan.indices }}'", ["steps.fan.state", "steps.fan.items"]),
    ("run: 'x ${{ steps.fan.status }}'", ["steps.fan.state", "steps.fan.items", "steps.fan.engine"]),
    ("run: x, needs: [make]", []),
    ("run: x, needs: [make, fan], run_if: always",
     ["steps.make.state", "steps.make.engine", "steps.fan.state", "steps.fan.engine"]),
    ("run: x, when: '${{ params.go }}', env: {A: '${{ params.n }}'}", ["params.go", "params.n"]),
    ("run: x, foreach: {items: '${{ params.names }}'}, inputs: {a: '${{ steps.make.outputs.n }}'}",
     ["params.names", "steps.make.outputs.n"]),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), SLOTS, ids=[each[0] for each in SLOTS])
def test_it_lists_what_a_step_needs_from_outside(fields: str, expected: list[str]) -> None:
    assert slots(fields) == expected


EXITS = [
    ("run: x", []),
    ("run: 'x ${{ run.status }}'", ["run.status"]),
    ("run: 'x ${{ json(run.failed_steps) }}'", ["run.failed_steps", "steps.make.engine", "steps.fan.engine"]),
    ("run: 'x ${{ steps.make.outputs.n }}'", ["steps.make.outputs.n", "steps.make.engine"]),
    ("run: 'x ${{ default(steps.fan.outputs.v, [1.5]) }}'",
     ["steps.fan.outputs.v", "steps.fan.state", "steps.fan.items", "steps.fan.engine"]),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), EXITS, ids=[each[0] for each in EXITS])
def test_it_lists_what_a_step_of_on_exit_needs(fields: str, expected: list[str]) -> None:
    found = built(f"{HEAD}on_exit: {{last: {{{fields}}}}}\n").by_id["last"]
    assert [read.slot for read in found.reads] == expected


def test_it_says_what_a_slot_carries() -> None:
    use = step(f"{HEAD}  use: {{run: 'x ${{{{ steps.make.outputs.t }}}} ${{{{ steps.make.outputs.n }}}}'}}\n", "use")
    assert use.reads == (
        Read("steps.make.outputs.t", ReadKind.OUTPUT, "artifact", step="make", output="t", file="t.csv"),
        Read("steps.make.outputs.n", ReadKind.OUTPUT, "int", step="make", output="n", default=3),
    )
    assert use.reads[0].default is MISSING


def test_it_gives_a_fan_in_the_type_of_one_element() -> None:
    read = step(f"{HEAD}  use: {{run: 'x ${{{{ steps.fan.outputs.v }}}}'}}\n", "use").reads[0]
    assert (read.type, read.fan) == ("float", True)


REQUIRED = [
    ("${{ steps.make.outputs.n }}", True),
    ("${{ default(steps.make.outputs.n, 1) }}", False),
    ("${{ first_of(steps.make.outputs.n, 1) }}", False),
    ("${{ params.go and steps.make.outputs.n == 1 }}", False),
    ("${{ steps.make.outputs.n == 1 and params.go }}", True),
    ("${{ params.go or not (steps.make.outputs.n == 1) }}", False),
    ("${{ [steps.make.outputs.n] }}", True),
    ("a ${{ steps.make.outputs.n }} b", True),
    ("${{ steps.make.status }}", False),
]


@pytest.mark.parametrize(("text", "required"), REQUIRED, ids=[each[0] for each in REQUIRED])
def test_it_requires_what_nothing_guards(text: str, required: bool) -> None:
    use = step(f'{HEAD}  use: {{run: x, inputs: {{a: "{text}"}}}}\n', "use")
    assert (("steps", "make", "outputs", "n") in use.requires) is required


LISTS = [
    ("foreach: {items: [1, 2]}", False),
    ("foreach: {items: '${{ [1, 2] }}'}", False),
    ("matrix: {k: [1]}", False),
    ("foreach: {items: '${{ params.names }}'}", True),
    ("foreach: {items: [1, '${{ params.n }}']}", True),
    ("foreach: {items: [1]}, when: '${{ item == 1 }}'", False),
    ("foreach: {items: [1]}, when: '${{ params.go }}'", True),
    ("foreach: {items: [1]}, inputs: {a: '${{ steps.make.outputs.n }}'}", True),
    ("foreach: {items: [1]}, inputs: {a: '${{ default(steps.make.outputs.n, 1) }}'}", False),
    ("foreach: {items: [1]}, needs: [make], run_if: always", True),
    ("needs: [make]", False),
]


@pytest.mark.parametrize(("fields", "needed"), LISTS, ids=[each[0] for each in LISTS])
def test_it_asks_for_a_list_task_where_something_is_decided_once(fields: str, needed: bool) -> None:
    assert step(f"{HEAD}  use: {{run: x, {fields}}}\n", "use").needs_list_task is needed


def test_it_keeps_a_list_that_is_known() -> None:
    fan = step(f"{HEAD}  use: {{run: x, foreach: {{items: '${{{{ [1, 2] }}}}'}}}}\n", "use").fan_out
    assert fan is not None
    assert (fan.literal, fan.items) == ((1, 2), ["lit", [1, 2]])
