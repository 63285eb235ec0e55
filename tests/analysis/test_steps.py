"""The fields of a step, as the IR has them."""

from __future__ import annotations

import pytest
from tests.analysis.specs import built, codes, rejected, step

from pipeglot.ir import MISSING, Call, Command, Gpu, Notebook, RetryOn, RunIf, Script, Shell


def test_it_keeps_an_argv_as_trees() -> None:
    found = step("steps: {a: {run: [x, 'a ${{ run.id }}', '${{ args([1, 2]) }}', '$${{ x']}}\n", "a").body
    assert found == Command(
        (
            ["lit", "x"],
            ["text", "a ", ["ref", "run", "id"]],
            ["args", ["list", ["lit", 1], ["lit", 2]]],
            ["lit", "${{ x"],
        )
    )


@pytest.mark.parametrize("shell", list(Shell))
def test_it_splices_scripts_for_their_shell(shell: Shell) -> None:
    found = step(f"steps: {{a: {{run: 'x = ${{{{ run.id }}}}', shell: {shell.value}}}}}\n", "a").body
    assert isinstance(found, Script)
    assert (found.shell, "PIPEGLOT_X_0" in found.text, "${{" in found.text) == (shell, True, False)
    tree = ["ref", "run", "id"]
    assert found.variables == {"PIPEGLOT_X_0": ["call", "json", tree] if shell is Shell.PYTHON else tree}


def test_it_names_a_function() -> None:
    assert step("steps: {a: {python: 'a.b:c'}}\n", "a").body == Call("a.b:c")


def test_it_names_a_notebook_and_what_it_leaves() -> None:
    found = step("steps: {a: {notebook: b/c d.ipynb, outputs: {n: {type: int}}}}\n", "a")
    assert found.body == Notebook("b/c d.ipynb")
    assert [(each.name, each.file) for each in found.outputs] == [("n", None), ("notebook", "notebook.ipynb")]


def test_it_counts_times_in_seconds() -> None:
    fields = "timeout: 1h30m, retry: {limit: 2, delay: 500ms, backoff: 2, max_delay: 1d, on: [timeout, error]}"
    found = step(f"steps: {{a: {{run: x, {fields}}}}}\n", "a")
    assert found.timeout == 5400.0
    assert found.retry is not None
    assert (found.retry.delay, found.retry.backoff, found.retry.max_delay) == (0.5, 2.0, 86400.0)
    assert found.retry.on == (RetryOn.ERROR, RetryOn.TIMEOUT)


def test_it_keeps_quantities_as_written() -> None:
    found = step("steps: {a: {run: x, resources: {cpu: 500m, memory: 1Gi, gpu: {count: 2, type: t}}}}\n", "a")
    assert found.resources is not None
    assert (found.resources.cpu, found.resources.memory, found.resources.gpu) == ("500m", "1Gi", Gpu(2, "t"))


def test_it_names_the_files_of_artifacts() -> None:
    outputs = "a: {artifact: file, format: csv}, b: {artifact: model}, c: {artifact: file, format: Parquet-v2}"
    found = step(f"steps: {{s: {{run: x, outputs: {{{outputs}, d: {{artifact: file, format: tar.gz}}}}}}}}\n", "s")
    assert [output.file for output in found.outputs] == ["a.csv", "b", "c", "d.tar.gz"]


def test_it_keeps_the_defaults_of_outputs_typed() -> None:
    found = step("steps: {s: {run: x, outputs: {a: {type: float, default: 1}, b: {type: int}}}}\n", "s")
    assert (repr(found.output("a").default), found.output("b").default) == ("1.0", MISSING)


def test_it_merges_defaults_deeply() -> None:
    defaults = "defaults: {image: i, env: {A: a, B: b}, retry: {limit: 1, delay: 1s}, shell: bash}\n"
    found = step(defaults + "steps: {s: {run: x, env: {B: c}, retry: {limit: 5}}}\n", "s")
    assert (found.image, found.env) == ("i", {"B": ["lit", "c"], "A": ["lit", "a"]})
    assert found.retry is not None
    assert (found.retry.limit, found.retry.delay) == (5, 1.0)


def test_it_lets_defaults_name_a_shell_for_scripts_alone() -> None:
    built("defaults: {shell: bash}\nsteps: {a: {run: [x]}, b: {run: x}}\n")


def test_it_orders_steps_earliest_first_and_ties_as_written() -> None:
    text = "steps: {d: {run: x, needs: [c]}, b: {run: x}, c: {run: x}, a: {run: x, needs: [b]}}\n"
    assert [each.id for each in built(text).steps] == ["b", "c", "d", "a"]


def test_it_lowers_a_matrix_to_its_items() -> None:
    text = "steps: {a: {matrix: {lr: [0.1, 1], kind: [x, y]}, run: [x, '${{ matrix.lr }}', '${{ index }}']}}\n"
    found = step(text, "a")
    assert found.fan_out is not None
    assert found.fan_out.literal == (
        {"lr": 0.1, "kind": "x"}, {"lr": 0.1, "kind": "y"}, {"lr": 1, "kind": "x"}, {"lr": 1, "kind": "y"},
    )  # fmt: skip
    assert isinstance(found.body, Command)
    assert found.body.argv[1] == ["get", ["ref", "item"], ["lit", "lr"]]


def test_it_takes_expressions_in_a_matrix() -> None:
    text = "params: {n: {type: int, default: 1}}\nsteps: {a: {matrix: {k: ['${{ params.n }}', 2]}, run: x}}\n"
    found = step(text, "a").fan_out
    assert found is not None
    assert (found.literal, found.items[:2]) == (None, ["list", ["dict", ["k", ["ref", "params", "n"]]]])


def test_it_multiplies_params_when_the_run_knows_them() -> None:
    params = "params: {l: {type: list, items: int, default: [1]}}\n"
    given = "matrix: {k: '${{ params.l }}', j: '${{ inputs.m }}', i: [a]}, inputs: {m: '${{ params.l }}'}"
    found = step(f"{params}steps: {{a: {{{given}, run: 'x ${{{{ matrix.k > 1 }}}}'}}}}\n", "a")
    param = ["ref", "params", "l"]
    assert found.fan_out is not None
    assert found.fan_out.items == ["product", ["k", param], ["j", param], ["i", ["lit", ["a"]]]]
    assert (found.fan_out.literal, found.fan_out.axes, found.needs_list_task) == (None, ("k", "j", "i"), True)
    assert [read.slot for read in found.reads] == ["params.l"]


def test_it_goes_over_the_file_of_an_artifact() -> None:
    rows = "l: {run: x, outputs: {f: {artifact: file, format: jsonl}}}"
    over = "foreach: {items: '${{ inputs.f }}', item_type: int}, inputs: {f: '${{ steps.l.outputs.f }}'}"
    found = step(f"steps: {{{rows}, a: {{{over}, run: 'x ${{{{ item > 1 }}}}'}}}}\n", "a")
    assert found.fan_out is not None
    assert (found.fan_out.items, found.fan_out.format) == (["ref", "steps", "l", "outputs", "f"], "jsonl")
    assert (found.fan_out.item_type, found.needs_list_task) == ("int", True)


def test_it_makes_an_empty_fan_out_of_an_empty_axis() -> None:
    found = step("steps: {a: {matrix: {k: [], j: [1]}, run: x}}\n", "a").fan_out
    assert found is not None
    assert found.literal == ()


def test_it_types_the_items_of_a_literal_list() -> None:
    found = step("steps: {a: {foreach: {items: [1, 2.5]}, run: [x, '${{ item > 1 }}']}}\n", "a").fan_out
    assert found is not None
    assert (found.item_type, found.literal) == ("float", (1, 2.5))


def test_it_decides_when_per_item_where_an_item_is_named() -> None:
    text = (
        "steps: {{a: {{matrix: {{k: [1, 2]}}, run: x, when: '${{{{ {when} }}}}', "
        "inputs: {{i: '${{{{ matrix.k }}}}'}}}}}}\n"
    )
    assert step(text.format(when="matrix.k > 1"), "a").when_each
    assert step(text.format(when="inputs.i > 1"), "a").when_each
    assert not step(text.format(when="run.id == pipeline.name"), "a").when_each


def test_it_puts_inputs_in_their_place_where_no_input_is_known_yet() -> None:
    text = (
        "params: {n: {type: int, default: 1}}\n"
        "steps: {a: {run: x, when: '${{ inputs.n == 1 }}', inputs: {n: '${{ params.n }}'}}}\n"
    )
    assert step(text, "a").when == ["==", ["ref", "params", "n"], ["lit", 1]]


def test_it_gives_on_exit_steps_no_needs() -> None:
    found = built("steps: {a: {run: x}}\non_exit: {z: {run: 'x ${{ steps.a.status }}'}, b: {run: x}}\n")
    assert [(each.id, each.on_exit, each.needs) for each in found.on_exit] == [("z", True, ()), ("b", True, ())]


def test_it_keeps_the_condition() -> None:
    assert step("steps: {a: {run: x}, b: {run: x, run_if: always, needs: [a]}}\n", "b").run_if is RunIf.ALWAYS


REFUSED = [
    ("{a: {}}", ["PG305"]),
    ("{a: {run: x, python: 'a:b'}}", ["PG305"]),
    ("{a: {run: [x], shell: bash}}", ["PG305"]),
    ("{a: {run: x, foreach: {items: [1]}, matrix: {k: [1]}}}", ["PG313"]),
    ("{a-b: {run: x}, a_b: {run: x}}", ["PG202"]),
    ("{a: {run: x, env: {PIPEGLOT_A: x}}}", ["PG207"]),
    ("{a: {python: 'a:b', inputs: {n: 1}, outputs: {n: {artifact: file}}}}", ["PG315"]),
    ("{a: {python: 'a.b.c'}}", ["PG315"]),
    ("{a: {notebook: /a.ipynb}}", ["PG315"]),
    ("{a: {notebook: a.py}}", ["PG315"]),
    ("{a: {notebook: 'a ${{ run.id }}.ipynb'}}", ["PG309"]),
    ("{a: {notebook: a.ipynb, outputs: {notebook: {artifact: file}}}}", ["PG315"]),
    ("{a: {run: x, timeout: 0s}}", ["PG310"]),
    ("{a: {run: x, timeout: 99999999999999999999999999d}}", ["PG310"]),
    ("{a: {run: x, retry: {limit: 1, backoff: 0.5}}}", ["PG318"]),
    ("{a: {run: x, retry: {limit: 1, backoff: fast}}}", ["PG318"]),
    ("{a: {run: x, resources: {cpu: 0m, memory: 0Gi}}}", ["PG311", "PG311"]),
    ("{a: {run: x, image: 'x ${{ run.id }}'}}", ["PG309"]),
    ("{a: {run: x, outputs: {n: {type: int, description: '${{ run.id }}'}}}}", ["PG309"]),
    ("{a: {run: x, inputs: {n: {type: dict, value: {'${{ run.id }}': 1}}}}}", ["PG309"]),
    ("{a: {run: x, inputs: {n: {type: int, value: null}}}}", ["PG301"]),
    ("{a: {run: x, foreach: {items: [1, null]}}}", ["PG301"]),
    ("{a: {run: x, matrix: {k: [null]}}}", ["PG301"]),
    ("{a: {run: x, foreach: {items: '${{ run.id }}'}}}", ["PG307"]),
    ("{a: {run: x, foreach: {items: plain}}}", ["PG307"]),
    ("{a: {run: x, foreach: {items: ['${{ inputs.n }}']}}}", ["PG203"]),
    ("{a: {run: x, matrix: {k: '${{ inputs.n }}'}}}", ["PG203"]),
    ("{a: {run: x, matrix: {k: '${{ pipeline.name }}'}}}", ["PG307"]),
    ("{a: {run: x, matrix: {k: plain}}}", ["PG307"]),
    ("{a: {run: x, matrix: {k: 3}}}", ["PG301"]),
    ("{a: {run: x, matrix: {k: '${{ b }}'}}}", ["PG306"]),
    ("{b: {run: x, foreach: {items: [1]}}, a: {run: x, matrix: {k: '${{ steps.b.indices }}'}}}", ["PG203"]),
    ("{a: {run: x, foreach: {items: [1], item_type: int}}}", ["PG305"]),
    ("{l: {run: x, outputs: {f: {artifact: file, format: csv}}}, a: {run: x, foreach: {items: "
     "'${{ steps.l.outputs.f }}'}}}", ["PG307"]),
    ("{l: {run: x, outputs: {f: {artifact: directory, format: json}}}, a: {run: x, foreach: {items: "
     "'${{ steps.l.outputs.f }}'}}}", ["PG307"]),
    ("{a: {run: x, when: 'true'}}", ["PG307"]),
    ("{a: {run: x, when: '${{ run.id }}'}}", ["PG307"]),
    ("{a: {run: x, when: 'a ${{ run.id }}'}}", ["PG307"]),
    ("{a: {run: x, when: '${{ run.attempt == 1 }}'}}", ["PG203"]),
    ("{a: {run: x, when: '${{ '}}", ["PG306"]),
    ("{a: {run: [x, '${{ 1 + }}']}}", ["PG306"]),
    ("{a: {run: [x, 'a ${{ args([1]) }}']}}", ["PG316"]),
    ("{a: {run: [x, '${{ args(run.id) }}']}}", ["PG307"]),
    ("{a: {run: x, inputs: {n: {type: int, value: '${{ run.id }}'}}}}", ["PG307"]),
    ("{a: {run: x, inputs: {n: {type: int, items: int, value: 1}}}}", ["PG312"]),
    ("{a: {run: x, inputs: {n: {artifact: file, value: /tmp}}}}", ["PG307"]),
    ("{a: {run: x, outputs: {n: {type: int, default: x}}}}", ["PG312"]),
    ("{a: {run: x, outputs: {n: {artifact: file}}}, b: {run: x, inputs: {d: {artifact: directory, "
     "value: '${{ steps.a.outputs.n }}'}}}}", ["PG307"]),
    ("{a: {run: \"echo '${{ run.id }}'\"}}", ["PG314"]),
    ("{a: {run: 'echo $(( ${{ run.id }} ))'}}", ["PG314"]),
    ("{a: {run: \"x = '${{ run.id }}'\", shell: python}}", ["PG314"]),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "expected"), REFUSED, ids=[each[0] for each in REFUSED])
def test_it_refuses(steps: str, expected: list[str]) -> None:
    assert codes(f"steps: {steps}\n") == expected


def test_it_refuses_an_id_in_steps_and_in_on_exit() -> None:
    assert codes("steps: {a: {run: x}}\non_exit: {a: {run: x}}\n") == ["PG202"]


@pytest.mark.parametrize("field", ["needs: [a]", "run_if: always"])
def test_it_refuses_an_order_for_on_exit(field: str) -> None:
    assert codes(f"steps: {{a: {{run: x}}}}\non_exit: {{b: {{run: x, {field}}}}}\n") == ["PG205"]


def test_it_allows_an_int_in_arithmetic() -> None:
    built("steps: {a: {run: 'echo $(( ${{ run.attempt }} + 1 ))'}}\n")


PARAMS = [
    ("{type: int, default: x}", "default"),
    ("{type: int, default: 5, max: 3}", "default"),
    ("{type: int, min: 5, max: 3}", "min"),
    ("{type: string, min: 3}", "min"),
    ("{type: string, pattern: '('}", "pattern"),
    ("{type: list, items: int, default: [a]}", "default.0"),
    ("{type: int, default: null}", "default"),
    ("{type: string, enum: []}", "enum"),
]


@pytest.mark.parametrize(("param", "field"), PARAMS, ids=[each[0] for each in PARAMS])
def test_it_holds_params_to_their_limits(param: str, field: str) -> None:
    (found,) = rejected(f"params: {{p: {param}}}\nsteps: {{a: {{run: x}}}}\n")
    assert found.code == "PG312"
    assert found.origin is not None
    path = found.origin.path  # type: ignore[union-attr]  # an Origin
    assert ".".join(map(str, path)) == f"params.p.{field}"


def test_it_keeps_params_as_written() -> None:
    found, secret = built(
        "params: {p: {type: list, items: int, default: [1], max_items: 2}, q: {type: int, sensitive: true}}\n"
        "steps: {a: {run: x}}\n"
    ).params
    assert (found.type, found.default, found.limits, found.sensitive) == ("list[int]", [1], {"max_items": 2}, False)
    assert secret.sensitive


def test_it_takes_an_expression_in_a_params_default_for_text() -> None:
    (found,) = built("params: {p: {type: string, default: '${{ x }}'}}\nsteps: {a: {run: x}}\n").params
    assert found.default == "${{ x }}"


def test_it_keeps_what_is_said_of_the_whole_run() -> None:
    text = (
        "max_parallel: 3\nfail_fast: true\ndeadline: 2h\n"
        "records: {sink: 'file:///x', on_failure: fail}\n"
        "steps: {a: {run: x}}\n"
    )
    found = built(text)
    assert (found.max_parallel, found.fail_fast, found.deadline) == (3, True, 7200.0)
    assert (found.records.sink, found.records.fail) == ("file:///x", True)


def test_it_refuses_a_deadline_of_nothing() -> None:
    assert codes("deadline: 0s\nsteps: {a: {run: x}}\n") == ["PG310"]
