"""Groups over the items of a list: every step inside is fanned out, and reads those beside it item by item."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.analysis.test_groups import GRAPH, USES, loaded, said

FANNED = USES.replace("uses:", "foreach: {items: [a, b], max_parallel: 1}, when: '${{ item != params.where }}', uses:")
READER = "  t: {run: 'x ${{ steps.ship.outputs.url }}'}\n"
ASKING = GRAPH.replace("    run: [pack", "    when: ${{ inputs.where != 'x' }}\n    run: [pack")
SHAKY = GRAPH.replace("    outputs: {url", "    allow_failure: true\n    outputs: {url")


def test_steps_inside_go_over_the_items_and_read_their_own(tmp_path: Path) -> None:
    found = loaded(tmp_path, FANNED + READER)
    pack, push = found.by_id["ship.pack"], found.by_id["ship.push"]
    for each in (pack, push):
        assert each.fan_out is not None
        assert each.fan_out.items == ["lit", ["a", "b"]]
        assert each.fan_out.max_parallel == 1
        assert each.guard is None
        assert each.guard_each == ["!=", ["ref", "item"], ["ref", "params", "where"]]
    assert pack.aligned == ()
    assert push.aligned == push.held_each == push.after == ("ship.pack",)
    assert push.inputs[0].type == "artifact"
    assert push.holding == ("make",)
    assert found.by_id["t"].needs == ("ship.pack", "ship.push")


def test_what_fails_fast_holds_all_items_back(tmp_path: Path) -> None:
    push = loaded(tmp_path, FANNED.replace("max_parallel: 1", "fail_fast: true")).by_id["ship.push"]
    assert push.after == ()
    assert push.aligned == ("ship.pack",)


def test_conditions_are_asked_of_all_or_of_each(tmp_path: Path) -> None:
    push = loaded(tmp_path, FANNED.replace("item != params.where", "params.go")).by_id["ship.push"]
    assert push.guard == ["ref", "params", "go"]
    assert push.guard_each is None
    inner = GRAPH.replace(
        "  push:\n", "  push:\n    when: ${{ steps.pack.status == 'succeeded' and inputs.where != 'x' }}\n"
    )
    push = loaded(tmp_path, FANNED, publish=inner).by_id["ship.push"]
    assert push.when_each


def test_a_matrix_names_its_axes(tmp_path: Path) -> None:
    uses = FANNED.replace("foreach: {items: [a, b], max_parallel: 1}", "matrix: {w: [a, b]}").replace(
        "item !=", "matrix.w !="
    )
    uses = uses.replace("item !=", "matrix.w !=").replace("with: {", 'with: {where: "${{ matrix.w }}", ')
    push = loaded(tmp_path, uses).by_id["ship.push"]
    assert push.fan_out is not None
    assert push.fan_out.axes == ("w",)
    assert push.inputs[1].value == ["get", ["ref", "item"], ["lit", "w"]]


REFUSED = [
    (FANNED, GRAPH.replace("  pack:\n", "  pack:\n    foreach: {items: [1]}\n"), "PG390",
     "`foreach` over several steps, of which `ship.pack` is fanned out by itself,"
     " is something that this version does not build yet"),
    (FANNED + READER, GRAPH.replace('${{ steps.push.outputs.url }}"', 'x ${{ steps.push.outputs.url }}"'), "PG390",
     "`url` of the fanned-out group `ship` is made of more than an output of one step inside,"
     " which this version does not build yet"),
    (FANNED + READER, SHAKY, "PG203",
     "`ship.push` may be skipped in an item of its group, so the list of `url` would have gaps"),
    (FANNED, GRAPH.replace("push ${{ inputs.pack }}", "push ${{ item }}"), "PG203",
     "a component sees its `inputs`, and here is `item`"),
    (FANNED + "  t: {run: 'x ${{ steps.ship.indices }}'}\n", ASKING, "PG203",
     "`ship.push` may be skipped in an item of its group, so the list of `indices` would have gaps"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "component", "code", "message"), REFUSED, ids=lambda part: None)
def test_it_refuses(text: str, component: str, code: str, message: str, tmp_path: Path) -> None:
    assert (code, message) in said(tmp_path, text, publish=component)
