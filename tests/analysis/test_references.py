"""What expressions may read where, and what is said when they may not."""

from __future__ import annotations

import pytest
from tests.analysis.specs import codes, fields_of, rejected, step

HEAD = """
params:
  rows: {type: int, default: 1}
  mode: {type: string, default: a}
  names: {type: list, items: string, default: [a]}
steps:
  make:
    run: x
    outputs:
      n: {type: int}
      table: {artifact: dataset, format: csv}
      maybe: {type: int, optional: true}
      sure: {type: int, default: 3}
      rows: {type: list, items: dict}
  fan:
    foreach: {items: "${{ params.names }}"}
    run: x
    outputs: {v: {type: float}, o: {type: float, optional: true}, d: {type: float, default: 0.5}, a: {artifact: model}}
"""

TYPES = [
    ("steps.make.outputs.n", "int"),
    ("steps.make.outputs.table", "artifact"),
    ("steps.make.outputs.sure", "int"),
    ("steps.make.outputs.rows", "list[dict]"),
    ("steps.make.outputs.rows[0].k", "any"),
    ("steps.make.status", "string"),
    ("steps.fan.outputs.v", "list[float]"),
    ("steps.fan.outputs.a", "list[artifact]"),
    ("steps.fan.indices", "list[int]"),
    ("params.rows", "int"),
    ("params.names", "list[string]"),
    ("run.id", "string"),
    ("run.attempt", "int"),
    ("pipeline.name", "string"),
    ("params.rows > 3", "bool"),
    ("[params.rows, 1.5]", "list[float]"),
]


@pytest.mark.parametrize(("expression", "type"), TYPES)
def test_it_gives_an_input_the_type_of_its_value(expression: str, type: str) -> None:
    found = step(f"{HEAD}  use: {{run: x, inputs: {{a: '${{{{ {expression} }}}}'}}}}\n", "use")
    assert [each.type for each in found.inputs] == [type]


UNREADABLE = [
    ("params.row", "the pipeline has no param `row`", "did you mean `params.rows`?"),
    ("steps.mke.outputs.n", "the pipeline has no step `mke`", "did you mean `steps.make.outputs.n`?"),
    ("steps.make.outputs.tabel", "step `use` reads `make.tabel`, but `make` has no such output",
     "did you mean `steps.make.outputs.table`?"),
    ("steps.make.indices", "`make` is no fan-out, so it has no `indices`", None),
    ("steps.use.outputs.n", "step `use` reads itself", "`outputs.n` is the path to write to"),
    ("steps.last.outputs.n", "`last` is a step of `on_exit`, and those are not read", None),
    ("steps.fan.outputs.o", "`o` of the fan-out `fan` is optional, so its list would have gaps",
     "give the output `o` a `default`"),
    ("inputs.b", "an input cannot read another input, and here is `inputs.b`", None),
    ("outputs.n", "`outputs.n` is the path to write to, which is known in `run` and `env` only", None),
    ("item", "`item` is there with `foreach` only, and `use` has none", None),
    ("matrix.a", "`matrix` is there with `matrix` only, and `use` has none", None),
    ("index", "`index` is there with `foreach` or `matrix` only, and `use` has none", None),
    ("run.status", "`run.status` is known once the steps are over: in `on_exit` only", None),
    ("run.failed_steps", "`run.failed_steps` is known once the steps are over: in `on_exit` only", None),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "message", "hint"), UNREADABLE, ids=[each[0] for each in UNREADABLE])
def test_it_says_why_something_cannot_be_read(expression: str, message: str, hint: str | None) -> None:
    text = f"{HEAD}  use: {{run: x, inputs: {{a: '${{{{ {expression} }}}}', b: 1}}}}\non_exit: {{last: {{run: x}}}}\n"
    found = rejected(text)
    assert [(each.code, each.message, each.hint) for each in found] == [("PG203", message, hint)]


def test_it_marks_the_reference_inside_its_scalar() -> None:
    (found,) = rejected(f"{HEAD}  use: {{run: [x, 'a ${{{{ [params.row] }}}} b']}}\n")
    assert found.offset == (7, 17)
    assert "a ${{ [params.row] }} b"[7:17] == "params.row"


def test_it_marks_a_reference_inside_a_collection() -> None:
    text = f"{HEAD}  use: {{run: x, inputs: {{a: {{type: dict, value: {{k: [1, '${{{{ params.row }}}}']}}}}}}}}\n"
    (found,) = rejected(text)
    assert found.origin is not None
    assert fields_of(found) == ("steps", "use", "inputs", "a", "value", "k", 1)


def test_it_shows_the_outputs_that_there_are() -> None:
    (found,) = rejected(f"{HEAD}  use: {{run: 'x ${{{{ steps.make.outputs.q }}}}'}}\n")
    assert [label for _, label in found.evidence] == ["`make` has these"]


def test_it_makes_an_edge_of_every_reading() -> None:
    fields = (
        "{run: 'x ${{ outputs.o }}', outputs: {o: {type: int}}, needs: [c], when: '${{ steps.a.outputs.o == 1 }}', "
        "env: {A: '${{ steps.b.status }}'}}"
    )
    text = (
        "steps:\n  z: "
        + fields
        + "\n"
        + "".join(f"  {id}: {{run: x, outputs: {{o: {{type: int}}}}}}\n" for id in "abc")
    )
    assert step(text, "z").needs == ("a", "b", "c")


CYCLES = [
    ("{a: {run: x, needs: [b]}, b: {run: x, needs: [a]}}", "`a` → `b` → `a`"),
    (
        "{a: {run: x, needs: [b]}, b: {run: x, needs: [c]}, c: {run: 'x ${{ steps.a.status }}'}}",
        "`a` → `b` → `c` → `a`",
    ),
    ("{z: {run: x, needs: [b]}, a: {run: x, needs: [b]}, b: {run: x, needs: [a]}}", "`a` → `b` → `a`"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "way"), CYCLES)
def test_it_names_a_cycle_by_its_way(steps: str, way: str) -> None:
    (found,) = rejected(f"steps: {steps}\n")
    assert (found.code, found.message) == ("PG204", f"these steps wait for each other: {way}")
    assert len(found.evidence) <= 2


def test_it_finds_every_cycle() -> None:
    pairs = [("a", "b"), ("c", "d")]
    steps = ", ".join(f"{x}: {{run: x, needs: [{y}]}}, {y}: {{run: x, needs: [{x}]}}" for x, y in pairs)
    assert codes(f"steps: {{{steps}}}\n") == ["PG204", "PG204"]


def test_it_refuses_to_need_what_is_not_there() -> None:
    (found,) = rejected("steps: {make: {run: x}, b: {run: x, needs: [mkae]}}\n")
    message = "step `b` needs `mkae`, but the pipeline has no such step"
    assert (found.code, found.message, found.hint) == ("PG203", message, "did you mean `make`?")


def test_it_refuses_to_need_itself() -> None:
    assert codes("steps: {a: {run: x, needs: [a]}}\n") == ["PG204"]


def test_it_blames_nobody_for_reading_a_step_whose_shape_is_wrong() -> None:
    steps = "{a: {run: 3, outputs: {n: {type: int}}}, b: {run: 'x ${{ steps.a.outputs.n }} ${{ steps.a.outputs.q }}'}}"
    assert codes(f"steps: {steps}\n") == ["PG301"]


def test_it_finds_mistakes_behind_those_of_shape() -> None:
    assert codes("steps: {a: {run: 3}, b: {run: 'x ${{ params.q }}', needs: [a]}}\n") == ["PG301", "PG203"]


def test_it_blames_nobody_for_reading_a_param_whose_shape_is_wrong() -> None:
    assert codes("params: {n: 3}\nsteps: {a: {run: 'x ${{ params.n }} ${{ params.m }}'}}\n") == ["PG304", "PG203"]
