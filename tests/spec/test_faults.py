"""Mistakes of shape, in words that say how it is written instead."""

from __future__ import annotations

import textwrap

import pytest

from pipeglot.spec import profiles
from pipeglot.spec.checking import check
from pipeglot.syntax.reader import read

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: a}\n"
STEP = "steps: {a: {run: x}}\n"


def said(text: str) -> list[tuple[str, str, str | None]]:
    found = check(profiles.plain(read(text, "pipeline.yaml"))).diagnostics
    return [(each.code, each.message, each.hint) for each in found]


def of_step(field: str) -> list[tuple[str, str, str | None]]:
    return said(f"{HEAD}steps:\n  a:\n    run: x\n" + textwrap.indent(field, "    ") + "\n")


SHORT_FORMS = [
    ("retry: 3", "`retry` is a map, and here is the number 3", "write `retry: {limit: 3}`"),
    ("foreach: [1, 2]", "`foreach` is a map, and here is a list", "write `foreach: {items: [1, 2]}`"),
    ("needs: b", "`needs` is a list, and here is the text `b`", "write `needs: [b]`"),
    ("timeout: 30", "`timeout` is a duration, and here is the number 30", "write `30s`, with its unit"),
    ("resources: {gpu: 1}", "`gpu` is a map, and here is the number 1", "write `gpu: {count: 1}`"),
    ("outputs: {n: int}", "output `n` is a map, and here is the text `int`", "write `{type: int}`"),
    ("outputs: [n]", "`outputs` is a map, and here is a list", "write `outputs: {NAME: {type: …}, …}`"),
    ("retry: {limit: 1, on: error}", "`on` is a list, and here is the text `error`", "write `on: [error]`"),
]


@pytest.mark.parametrize(("field", "message", "hint"), SHORT_FORMS, ids=[form for form, _, _ in SHORT_FORMS])
def test_it_writes_a_short_form_out(field: str, message: str, hint: str) -> None:
    assert of_step(field) == [("PG304", message, hint)]


QUOTED = [
    ("image: 1.10", "`image` is text, and here is the number 1.10"),
    ("env: {A: 1}", "`A` of `env` is text, and here is the number 1"),
    ("env: {A: true}", "`A` of `env` is text, and here is the bool true"),
    ("resources: {cpu: 2}", "`cpu` is text, and here is the number 2"),
]


@pytest.mark.parametrize(("field", "message"), QUOTED)
def test_it_asks_to_quote_what_is_text(field: str, message: str) -> None:
    assert of_step(field) == [("PG302", message, "put quotes around it")]


OTHERS = [
    ("retires: 2", "PG210", "step `a` has no field `retires`", None),
    ("tiemout: 2s", "PG210", "step `a` has no field `tiemout`", "did you mean `timeout`?"),
    ("retry: {limt: 2, limit: 1}", "PG210", "`retry` has no field `limt`", None),
    ("image:", "PG302", "`image` is text, and here is nothing", None),
    ("image: ''", "PG301", "`image` is empty", None),
    ("when: []", "PG302", "`when` is text, and here is a list", None),
    ("run_if: fail", "PG317", "`run_if` is the text `fail`, and it can be one of `success`, `failure`, `always`", None),
    ("retry: {limit: -1}", "PG318", "`limit` is the number -1, and it has to be at least 0", None),
    ("retry: {limit: 1.5}", "PG318", "`limit` is the number 1.5, and it has to be a whole number", None),
    ("retry: {limit: true}", "PG318", "`limit` is the bool true, and it has to be a whole number", None),
    ("retry: {delay: 1s}", "PG303", "`retry` has no `limit`, which is required", None),
    ("foreach: {items: 3}", "PG301",
     "`items` is a list or an expression that makes one, and here is the number 3", None),
    ("foreach: {items: [1], fail_fast: yes}", "PG301", "`fail_fast` is `true` or `false`, and here is the text `yes`",
     "write `true`"),
    ("inputs: {a: null}", "PG301", "input `a` is empty, and there is no null", None),
    ("inputs: {a: {b: 1}}", "PG303", "input `a` has no `value`, which is required",
     "a dict is written `{type: dict, value: {…}}`"),
    ("outputs: {a: {}}", "PG303", "output `a` has neither `type` nor `artifact`: it is a value or an artifact", None),
    ("outputs: {a: {type: int, artifact: file}}", "PG319",
     "output `a` is a value by `type` and an artifact by `artifact`: it is one of them", None),
    ("outputs: {a: {artifact: modle}}", "PG317",
     "`artifact` is the text `modle`, and it can be one of `file`, `directory`, `dataset`, `model`, "
     "`metrics`, `report`",
     "did you mean `model`?"),
    ("outputs: {a: {artifact: json}}", "PG317",
     "`artifact` is the text `json`, and it can be one of `file`, `directory`, `dataset`, `model`, "
     "`metrics`, `report`",
     "write `artifact: file` and `format: json`"),
    ("outputs: {a: {type: file}}", "PG317",
     "`type` is the text `file`, and it can be one of `string`, `int`, `float`, `bool`, `list`, `dict`, `any`",
     "write `artifact: file`"),
    ("outputs: {a: file}", "PG304", "output `a` is a map, and here is the text `file`", "write `{artifact: file}`"),
    ("outputs: {a: csv}", "PG304", "output `a` is a map, and here is the text `csv`", "write `{artifact: dataset}`"),
    ("outputs: {A-b: {type: int}}", "PG201",
     "`A-b` is no name of a param, input, output or axis: lower-case letters, digits and `_`, at "
     "most 40, a letter first",
     "write `a_b`"),
    ("timeout: 5 minutes", "PG310",
     "`timeout` is the text `5 minutes`, and a duration is numbers with units: `90s`, `1h30m` (ms, s, m, h, d)",
     "write `5m`"),
    ("resources: {memory: 3G1}", "PG311",
     "`memory` is the text `3G1`, and a size is a whole number with a unit: `512Mi`, `16Gi` (Ki Mi "
     "Gi Ti K M G T)", None),
    ("resources: {memory: 512 mib}", "PG311",
     "`memory` is the text `512 mib`, and a size is a whole number with a unit: `512Mi`, `16Gi` (Ki Mi "
     "Gi Ti K M G T)", "write `512Mi`"),
    ("matrix: {}", "PG301", "`matrix` is empty", None),
    ("env: {1a: x}", "PG201",
     "`1a` is no name of an environment variable: letters, digits and `_`, no digit first", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "code", "message", "hint"), OTHERS, ids=[field for field, *_ in OTHERS])
def test_it_says_what_is_wrong_with_a_field(field: str, code: str, message: str, hint: str | None) -> None:
    found = of_step(field)
    assert (code, message, hint) in found
    assert {each[0] for each in found} <= {code, "PG210"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{HEAD}{STEP}records: {{redact: [x]}}\n", "redact"),
    ],
)
def test_it_knows_what_is_not_built_yet(text: str, name: str) -> None:
    message = f"`{name}` is a field of the language that this version does not build yet"
    assert {each[:2] for each in said(text)} == {("PG390", message)}


def test_it_says_where_a_misplaced_field_belongs() -> None:
    message = "the pipeline has no field `image`: `image` belongs to a step, or under `defaults` for all steps"
    assert said(f"{HEAD}{STEP}image: x\n") == [("PG210", message, None)]


def test_it_says_a_mistake_in_defaults_once() -> None:
    found = said(f"{HEAD}defaults: {{retry: {{delay: 1}}}}\nsteps: {{a: {{run: x}}, b: {{run: y}}}}\n")
    assert sorted(each[0] for each in found) == ["PG303", "PG304"]


def test_it_lets_defaults_complete_a_step() -> None:
    assert not said(f"{HEAD}defaults: {{retry: {{limit: 2}}}}\nsteps: {{a: {{run: x, retry: {{delay: 1s}}}}}}\n")


def test_it_places_a_mistake_in_defaults_where_they_stand() -> None:
    text = f"{HEAD}defaults: {{timeout: 5}}\n{STEP}"
    found = check(profiles.plain(read(text, "pipeline.yaml"))).diagnostics
    assert [each.origin.path for each in found if each.origin] == [("defaults", "timeout")]  # type: ignore[union-attr]  # an Origin here


def test_it_takes_steps_as_a_list_for_a_short_form() -> None:
    code, message, hint = said(f"{HEAD}steps: [{{run: x}}]\n")[0]
    assert (code, message, hint) == ("PG304", "`steps` is a map, and here is a list", "write `steps: {ID: {…}, …}`")


@pytest.mark.parametrize("key", ["[key]", "x\\ty", "é"])
def test_it_survives_odd_keys(key: str) -> None:
    found = said(f'{HEAD}steps:\n  "{key}": {{run: x, outputs: {{"{key}": {{}}}}}}\n')
    assert {each[0] for each in found} <= {"PG201", "PG303"}
