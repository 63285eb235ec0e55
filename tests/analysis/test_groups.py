"""Components: a step, or steps of their own that stand for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.driver.loading import load, validate
from pipeglot.ir import Command, Json, Pipeline, Script
from pipeglot_expression.evaluate import evaluate

PIPELINE = """apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: test}
params: {go: {type: bool, default: true}, n: {type: int, default: 1}, where: {type: string, default: eu}}
defaults: {image: base, retry: {limit: 1, delay: 1s}}
steps:
  make: {run: x, outputs: {model: {artifact: model}, n: {type: int}, maybe: {type: int, optional: true}}}
"""
GRAPH = """apiVersion: pipeglot/v1
kind: Component
metadata: {name: publish}
inputs:
  model: {artifact: model}
  where: {type: string, default: us}
steps:
  pack:
    run: [pack, "${{ inputs.model }}", "${{ outputs.pack }}"]
    outputs: {pack: {artifact: file}}
  push:
    inputs: {pack: "${{ steps.pack.outputs.pack }}", where: "${{ inputs.where }}"}
    run: 'push ${{ inputs.pack }} ${{ inputs.where }} > ${{ outputs.url }}'
    outputs: {url: {type: string}}
    retry: {delay: 2s}
outputs:
  url: {type: string, value: "${{ steps.push.outputs.url }}"}
"""
LONE = GRAPH.replace("{delay", "{limit: 1, delay")
STEP = """apiVersion: pipeglot/v1
kind: Component
metadata: {name: train}
inputs: {n: {type: int}, where: {type: string, default: us}}
image: own
run: ["train", "${{ inputs.n }}", "${{ inputs.where }}", "${{ outputs.auc }}"]
outputs: {auc: {type: float}}
"""
USES = '  ship: {uses: ./publish.yaml, with: {model: "${{ steps.make.outputs.model }}"}}\n'


ON_EXIT = """components:
  tell:
    inputs: {n: {type: int}}
    steps:
      say: {run: 'x ${{ run.status }} ${{ inputs.n }} > ${{ outputs.text }}', outputs: {text: {type: string}}}
      send: {run: 'x ${{ steps.say.outputs.text }}', outputs: {said: {type: string}}}
    outputs: {said: {type: string, value: "${{ steps.send.outputs.said }}"}}
on_exit:
  tell: {uses: tell, with: {n: "${{ default(steps.make.outputs.n, 0) }}"}}
"""


def written(folder: Path, more: str, **files: str) -> Path:
    for name, text in {"publish": GRAPH, "train": STEP, **files}.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    (folder / "pipeline.yaml").write_text(PIPELINE + more, "utf-8")
    return folder / "pipeline.yaml"


def loaded(folder: Path, more: str, **files: str) -> Pipeline:
    return load(written(folder, more, **files))


def rejected(folder: Path, more: str, **files: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecRejected) as found:
        load(written(folder, more, **files))
    return found.value.diagnostics


def said(folder: Path, more: str, **files: str) -> list[tuple[str, str]]:
    return [(each.code, each.message) for each in rejected(folder, more, **files)]


def test_it_inlines_the_steps_of_a_component(tmp_path: Path) -> None:
    found = loaded(tmp_path, USES)
    assert [each.id for each in found.steps] == ["make", "ship.pack", "ship.push"]
    pack, push = found.by_id["ship.pack"], found.by_id["ship.push"]
    assert isinstance(pack.body, Command)
    assert pack.body.argv[1] == ["ref", "steps", "make", "outputs", "model"]
    assert pack.needs == ("make",)
    assert [each.value for each in push.inputs] == [["ref", "steps", "ship.pack", "outputs", "pack"], ["lit", "us"]]
    assert isinstance(push.body, Script)
    assert push.body.variables["PIPEGLOT_X_0"] == ["ref", "inputs", "pack"]
    assert push.needs == ("make", "ship.pack")


def test_it_records_the_group(tmp_path: Path) -> None:
    (group,) = loaded(tmp_path, USES).groups
    assert (group.id, group.steps, group.needs, group.guard, group.when) == (
        "ship", ("ship.pack", "ship.push"), ("make",), None, None,
    )  # fmt: skip


def test_it_lays_the_users_defaults_under_inner_steps(tmp_path: Path) -> None:
    push = loaded(tmp_path, USES).by_id["ship.push"]
    assert push.image == "base"
    assert push.retry is not None
    assert (push.retry.limit, push.retry.delay) == (1, 2.0)


def test_it_gives_readers_the_trees_of_results(tmp_path: Path) -> None:
    text = USES + "  tell: {run: 'tell ${{ steps.ship.outputs.url }}'}\n"
    tell = loaded(tmp_path, text).by_id["tell"]
    assert isinstance(tell.body, Script)
    assert tell.body.variables["PIPEGLOT_X_0"] == ["ref", "steps", "ship.push", "outputs", "url"]
    assert tell.needs == ("ship.pack", "ship.push")


def test_it_waits_for_a_whole_group(tmp_path: Path) -> None:
    assert loaded(tmp_path, USES + "  after: {run: x, needs: [ship]}\n").by_id["after"].needs == (
        "ship.pack",
        "ship.push",
    )


def test_it_hands_the_condition_of_a_group_to_its_steps(tmp_path: Path) -> None:
    text = USES.replace("uses:", "when: '${{ params.go and steps.make.outputs.n == 1 }}', uses:")
    found = loaded(tmp_path, text)
    guard = ["and", ["ref", "params", "go"], ["==", ["ref", "steps", "make", "outputs", "n"], ["lit", 1]]]
    for id in ("ship.pack", "ship.push"):
        step = found.by_id[id]
        assert (step.guard, step.when) == (guard, None)
        assert {"params.go", "steps.make.outputs.n"} <= {read.slot for read in step.reads}
        assert "make" in step.needs
    assert found.groups[0].when == guard


def test_it_makes_readers_of_a_conditional_group_skip(tmp_path: Path) -> None:
    text = USES.replace("uses:", "when: '${{ params.go }}', uses:")
    always = "  tell: {run: 'x ${{ steps.ship.outputs.url }}', outputs: {o: {type: int}}}\n"
    assert loaded(tmp_path, text + always).by_id["tell"].requires == (("steps", "ship.push", "outputs", "url"),)


def test_it_waits_for_all_that_a_group_is_given(tmp_path: Path) -> None:
    graph = GRAPH.replace('run: [pack, "${{ inputs.model }}", ', "run: [pack, ")
    found = loaded(tmp_path, USES, publish=graph)
    assert found.by_id["ship.pack"].needs == ("make",)


def test_it_takes_a_component_of_one_step_for_the_step(tmp_path: Path) -> None:
    text = "  fit: {uses: ./train.yaml, with: {n: '${{ params.n }}'}, needs: [make], when: '${{ params.go }}'}\n"
    found = loaded(tmp_path, text)
    fit = found.by_id["fit"]
    assert (fit.image, fit.needs, fit.when, fit.guard) == ("own", ("make",), ["ref", "params", "go"], None)
    assert [(each.name, each.type, each.value) for each in fit.inputs] == [
        ("n", "int", ["ref", "params", "n"]),
        ("where", "string", ["lit", "us"]),
    ]
    assert fit.retry is not None
    assert found.groups == ()


def test_it_fans_a_component_of_one_step_out(tmp_path: Path) -> None:
    text = "  fit: {uses: ./train.yaml, foreach: {items: [1, 2]}, with: {n: '${{ item }}'}}\n"
    fit = loaded(tmp_path, text + "  use: {run: 'x ${{ steps.fit.outputs.auc }}'}\n").by_id["fit"]
    assert fit.fan_out is not None
    assert fit.fan_out.literal == (1, 2)


def test_it_uses_a_pipeline_by_its_params(tmp_path: Path) -> None:
    inner = (
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: inner}\n"
        "params: {a: {type: int}, b: {type: string, default: c}}\ndefaults: {image: inner}\n"
        "steps: {one: {run: 'x ${{ params.a }} ${{ params.b }}'}}\n"
    )
    one = loaded(tmp_path, "  sub: {uses: inner.yaml, with: {a: '${{ params.n }}'}}\n", inner=inner).by_id["sub.one"]
    assert isinstance(one.body, Script)
    assert list(one.body.variables.values()) == [["ref", "params", "n"], ["lit", "c"]]
    assert one.image == "inner"
    assert one.retry is not None


def test_it_nests_groups(tmp_path: Path) -> None:
    outer = (
        "apiVersion: pipeglot/v1\nkind: Component\nmetadata: {name: outer}\n"
        "inputs: {m: {artifact: model}, on: {type: bool}}\n"
        "steps:\n  inner: {uses: ./publish.yaml, with: {model: '${{ inputs.m }}'}, when: '${{ inputs.on }}'}\n"
        "  last: {run: 'x ${{ steps.inner.outputs.url }}'}\n"
        "outputs: {url: {type: string, value: 'at ${{ steps.inner.outputs.url }}'}}\n"
    )
    text = (
        "  all: {uses: ./outer.yaml, when: '${{ params.go }}', "
        "with: {m: '${{ steps.make.outputs.model }}', on: '${{ params.n == 2 }}'}}\n"
        "  tell: {run: [tell, '${{ steps.all.outputs.url }}']}\n"
    )
    found = loaded(tmp_path, text, outer=outer)
    assert [each.id for each in found.steps] == ["make", "all.inner.pack", "all.inner.push", "all.last", "tell"]
    on = ["==", ["ref", "params", "n"], ["lit", 2]]
    assert found.by_id["all.inner.pack"].guard == ["and", ["ref", "params", "go"], on]
    assert found.by_id["all.last"].guard == ["ref", "params", "go"]
    assert found.by_id["all.last"].needs == ("make", "all.inner.pack", "all.inner.push")
    tell = found.by_id["tell"]
    assert isinstance(tell.body, Command)
    assert tell.body.argv[1] == ["text", "at ", ["ref", "steps", "all.inner.push", "outputs", "url"]]
    assert [(each.id, each.steps, each.guard, each.when) for each in found.groups] == [
        ("all", ("all.inner", "all.last"), None, ["ref", "params", "go"]),
        ("all.inner", ("all.inner.pack", "all.inner.push"), ["ref", "params", "go"], on),
    ]


def test_it_uses_one_component_twice(tmp_path: Path) -> None:
    again = USES.replace("ship", "also").replace("${{ steps.make.outputs.model }}", "${{ steps.make.outputs.model }}")
    found = loaded(tmp_path, USES + again)
    assert [each.id for each in found.steps][1:] == ["ship.pack", "ship.push", "also.pack", "also.push"]


def test_it_reads_files_relative_to_the_one_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "publish.yaml").write_text(GRAPH.replace("  pack:\n", "  pack_too:\n", 1).replace(
        "steps.pack.", "steps.pack_too."), "utf-8")  # fmt: skip
    outer = (
        "apiVersion: pipeglot/v1\nkind: Component\nmetadata: {name: outer}\ninputs: {m: {artifact: model}}\n"
        "steps: {inner: {uses: ./publish.yaml, with: {model: '${{ inputs.m }}'}}}\n"
    )
    (tmp_path / "sub" / "outer.yaml").write_text(outer, "utf-8")
    found = loaded(tmp_path, USES.replace("./publish.yaml, with: {model", "sub/outer.yaml, with: {m"))
    assert [each.id for each in found.steps][1:] == ["ship.inner.pack_too", "ship.inner.push"]


def test_it_places_mistakes_in_the_component(tmp_path: Path) -> None:
    (found,) = rejected(tmp_path, USES, publish=GRAPH.replace("${{ inputs.where }}", "${{ inputs.were }}", 1))
    assert (found.code, found.hint) == ("PG203", "did you mean `inputs.where`?")
    assert found.origin == Origin(str(tmp_path / "publish.yaml"), ("steps", "push", "inputs", "where"))


OVER = """apiVersion: pipeglot/v1
kind: Component
metadata: {name: over}
inputs: {n: {type: int}}
steps:
  a: {run: "x ${{ inputs.n }}"}
  b: {needs: [a], run: x, allow_failure: true}
"""
FREE = "  s: {uses: ./over.yaml, needs: [make], run_if: RUN_IF, with: {n: '${{ default(steps.make.outputs.n, 1) }}'}}\n"


@pytest.mark.parametrize(("run_if", "guard"), [
    ("success", None), ("always", None),
    ("failure", ["in", ["ref", "steps", "make", "status"], ["lit", ["failed", "cancelled"]]]),
])  # fmt: skip
def test_what_a_group_needs_may_have_failed_where_its_run_if_says_so(
    run_if: str, guard: list[Json] | None, tmp_path: Path
) -> None:
    found = loaded(tmp_path, FREE.replace("RUN_IF", run_if), over=OVER)
    for id, own in (("s.a", ()), ("s.b", ("s.a",))):
        step = found.by_id[id]
        assert (step.needs, step.guard) == (("make", *own), guard)
        assert step.after == (() if run_if == "success" else ("make",))
    assert found.groups[0].when == guard


def test_the_status_of_a_group_is_made_of_those_of_its_steps(tmp_path: Path) -> None:
    text = FREE.replace("RUN_IF", "always") + "  t: {inputs: {how: '${{ steps.s.status }}'}, run: x}\n"
    step = loaded(tmp_path, text, over=OVER).by_id["t"]
    assert step.needs == ("s.a", "s.b")
    assert [each.type for each in step.inputs] == ["string"]
    states = {"s.a": "succeeded", "s.b": "succeeded"}
    scope = Mapped({("steps", id, "status"): state for id, state in states.items()})
    assert evaluate(step.inputs[0].value, scope) == "succeeded"
    for id, state, wanted in [
        ("s.a", "failed", "failed"), ("s.a", "cancelled", "cancelled"), ("s.a", "skipped", "succeeded"),
        ("s.b", "failed", "succeeded"), ("s.b", "cancelled", "cancelled"),
    ]:  # fmt: skip
        scope = Mapped({("steps", each, "status"): told for each, told in {**states, id: state}.items()})
        assert evaluate(step.inputs[0].value, scope) == wanted


def test_steps_of_a_group_on_exit_wait_for_each_other_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path, ON_EXIT)
    say, send = found.on_exit
    assert (say.id, say.needs, send.id, send.needs) == ("tell.say", (), "tell.send", ("tell.say",))
    assert {"steps.tell.say.outputs.text", "steps.tell.say.state"} <= {read.slot for read in send.reads}


NESTED_ON_EXIT = """
components:
  outer:
    inputs: {how: {type: string}}
    steps: {mid: {uses: inner, with: {how: "${{ inputs.how }}, ${{ run.status }}"}}}
  inner: {inputs: {how: {type: string}}, steps: {say: {run: 'x ${{ inputs.how }} ${{ run.status }}'}}}
on_exit: {tell: {uses: outer, with: {how: "${{ run.status }}"}}}
"""


def test_groups_of_groups_alone_on_exit_know_how_the_run_ended(tmp_path: Path) -> None:
    (say,) = loaded(tmp_path, NESTED_ON_EXIT).on_exit
    assert (say.id, [read.slot for read in say.reads]) == ("tell.mid.say", ["run.status"])


class Mapped:
    def __init__(self, values: dict[tuple[str, ...], str]) -> None:
        self.lookup = values.__getitem__


REFUSED = [
    ("  s: {uses: ./gone.yaml}\n", "PG211", "`./gone.yaml` cannot be used: it does not exist"),
    ("  s: {uses: publish}\n", "PG203", "`publish` names a component, and this file has no `components`"),
    ("  s: {uses: ./publish.yaml}\n", "PG212", "`./publish.yaml` wants the input `model`, and `with` does not give it"),
    (USES.replace("model:", "modle:"), "PG203", "`./publish.yaml` has no input `modle`"),
    (USES.replace("outputs.model", "outputs.n"), "PG307",
     "input `model` is an artifact, and `steps.make.outputs.n` is an int"),
    (USES.replace("outputs.model", "outputs.maybe"), "PG308",
     "`steps.make.outputs.maybe` is optional, and nothing stands for it where it was not written"),
    (USES.replace("outputs.model", "outputs.modle"), "PG203",
     "step `ship` reads `make.modle`, but `make` has no such output"),
    (USES.replace("uses:", "image: x, uses:"), "PG305", "step `ship` uses a component, which brings its own `image`"),
    (USES.replace("uses:", "run: x, uses:"), "PG305", "step `ship` uses a component, which brings its own `run`"),
    (USES.replace("uses:", "when: 'yes', uses:"), "PG307", "`when` is a bool, and `\"yes\"` is a string"),
    (USES.replace("uses:", "foreach: {items: [1]}, matrix: {a: [1]}, uses:"), "PG313", None),
    (USES.replace("uses:", "foreach: {items: 'x'}, uses:"), "PG307",
     "`foreach` goes over a list, and `\"x\"` is a string"),
    (USES.replace("uses:", "foreach: {items: [1]}, when: '${{ itme }}', uses:"), "PG306", None),
    (USES.replace("uses:", "run_if: always, uses:"), "PG308",
     "`steps.make.outputs.model` is absent where `make` failed, and `ship` runs then too (`run_if: always`)"),
    (USES.replace("uses:", "allow_failure: true, uses:"), "PG305",
     "step `ship` stands for several steps, and each says for itself whether it may fail"),
    (USES + "  t: {run: 'x ${{ steps.ship.indices }}'}\n", "PG203", "`ship` is no fan-out, so it has no `indices`"),
    (USES.replace("uses:", "when: \"${{ steps.ship.status == 'failed' }}\", uses:"), "PG204", None),
    (USES + "  t: {run: 'x ${{ steps.ship.outputs.ulr }}'}\n", "PG203",
     "`ship` uses `./publish.yaml`, which has no output `ulr`"),
    (USES + "  t: {run: x, needs: [shp]}\n", "PG203", "step `t` needs `shp`, but the pipeline has no such step"),
    (USES.replace("uses:", "needs: [ship], uses:"), "PG204", "step `ship` needs itself"),
    ("  s: {uses: ./publish.yaml, with: {model: '${{ steps.make.outputs.model }}', "
     "where: '${{ steps.s.outputs.url }}'}}\n", "PG204", None),
    ("on_exit: {z: {foreach: {items: [a]}, uses: ./publish.yaml, with: {model: x}}}\n", "PG390",
     "`foreach` over several steps of `on_exit` is something that this version does not build yet"),
    ("on_exit: {z: {needs: [make], uses: ./publish.yaml, with: {model: x}}}\n", "PG205",
     "`z` is a step of `on_exit`, which runs after all others: it has no `needs`"),
    (ON_EXIT + "  y: {run: 'x ${{ steps.tell.outputs.said }}'}\n", "PG203",
     "`tell.send` is a step of `on_exit`, and those are not read"),
    (ON_EXIT.replace("default(steps.make.outputs.n, 0)", "steps.make.outputs.n"), "PG308",
     "`steps.make.outputs.n` is absent where `make` did not succeed, and `on_exit` runs then too"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "message"), REFUSED, ids=range(len(REFUSED)))
def test_it_refuses(text: str, code: str, message: str | None, tmp_path: Path) -> None:
    found = said(tmp_path, text)
    assert found[0][0] == code
    assert message is None or (code, message) in found


IN_GRAPH = [
    ("${{ steps.push.outputs.url }}", "${{ steps.psh.outputs.url }}", "PG203", "the component has no step `psh`"),
    ("${{ inputs.where }}", "${{ params.where }}", "PG203",
     "a component sees its `inputs`, never the params of the pipeline"),
    ("type: string, value", "type: int, value", "PG307",
     "output `url` is an int, and `steps.ship.push.outputs.url` is a string"),
    ("retry: {delay: 2s}", "retry: 3", "PG304", "`retry` is a map, and here is the number 3"),
    ("where: {type: string, default: us}", "where: {type: string, default: 3}", "PG307",
     "input `where` is a string, and `3` is an int"),
    ("    retry", "    needs: [pakc]\n    retry", "PG203",
     "step `push` needs `pakc`, but the component has no such step"),
    ("kind: Component", "kind: Component\nimage: x", "PG210",
     "the component has no field `image`: `image` belongs to each of its steps"),
    ("  push:", "  Push:", "PG201", None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "message"), IN_GRAPH, ids=[new for _, new, _, _ in IN_GRAPH])
def test_it_refuses_in_a_component(old: str, new: str, code: str, message: str | None, tmp_path: Path) -> None:
    found = said(tmp_path, USES, publish=GRAPH.replace(old, new, 1))
    assert found[0][0] == code, found
    assert message is None or message in {each for _, each in found}


@pytest.mark.parametrize("read", ["params.n", "steps.make.outputs.n", "item"])
def test_it_closes_a_component_of_one_step(read: str, tmp_path: Path) -> None:
    text = "  fit: {uses: ./train.yaml, foreach: {items: [1]}, with: {n: 1}}\n"
    found = said(tmp_path, text, train=STEP.replace("inputs.n }}", read + " }}"))
    assert found == [("PG203", f"a component sees its `inputs`, and here is `{read}`")]


def test_it_refuses_files_that_use_each_other(tmp_path: Path) -> None:
    one = "apiVersion: pipeglot/v1\nkind: Component\nmetadata: {name: a}\nsteps: {x: {uses: ./OTHER.yaml}}\n"
    found = said(tmp_path, "  s: {uses: ./a.yaml}\n", a=one.replace("OTHER", "b"), b=one.replace("OTHER", "a"))
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    assert found[0] == ("PG211", f"these files use each other: `{a}` → `{b}` → `{a}`")


def test_it_reports_a_component_that_is_no_yaml(tmp_path: Path) -> None:
    (found,) = rejected(tmp_path, USES, publish="a: [")
    assert found.code.startswith("PG1")


def test_it_validates_a_component_by_itself(tmp_path: Path) -> None:
    written(tmp_path, "", publish=LONE)
    assert validate(tmp_path / "publish.yaml").diagnostics == ()
    assert validate(tmp_path / "train.yaml").diagnostics == ()
    with pytest.raises(SpecRejected) as found:
        load(tmp_path / "publish.yaml")
    assert [each.code for each in found.value.diagnostics] == ["PG213"]


def test_it_finds_mistakes_in_a_component_by_itself(tmp_path: Path) -> None:
    written(tmp_path, "", publish=LONE.replace("steps.push", "steps.psh"), train=STEP.replace("inputs.n", "inputs.m"))
    for name, message in (
        ("publish", "the component has no step `psh`"),
        ("train", "the component has no input `m`"),
    ):
        with pytest.raises(SpecRejected) as found:
            validate(tmp_path / f"{name}.yaml")
        assert [each.message for each in found.value.diagnostics] == [message]
