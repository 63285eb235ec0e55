"""What is offered while a line is half written: `|` is the cursor."""

from __future__ import annotations

import pytest

from pipeglot.lsp.completing import choices
from pipeglot.lsp.fields import schema
from pipeglot.lsp.texts import Document

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\n"
PARAMS = "params:\n  rows: {type: int}\n  table: {type: string}\n"
MAKE = "  make:\n    run: [a]\n    outputs: {data: {artifact: dataset}, count: {type: int}}\n"
TAIL = "  last: {run: [b]}\nprofiles:\n  prod: {target: argo}\n"


def offered(text: str, whole: str | None = None) -> list[str]:
    """`whole` is what the editor held before, in order."""
    before = Document(whole) if whole else None
    if before is not None:
        assert before.tree.fault is None
    offset = text.index("|")
    document = Document(text.replace("|", "", 1), before)
    return [choice.label for choice in choices(document, offset, schema("pipeline")).found]


CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "fields of the file, what is required first": (f"{HEAD}|", ["steps", "defaults", "params"], ["metadata", "kind"]),
    "fields of a step": (f"{HEAD}steps:\n  a:\n    run: [a]\n    ti|\n", ["timeout", "retry"], ["run", "steps"]),
    "fields inside braces": (f"{HEAD}steps:\n  a: {{run: [a], |}}\n", ["timeout", "image"], ["run"]),
    "fields inside braces that are not closed": (f"{HEAD}steps:\n  a: {{run: [a], re|", ["retry"], ["run"]),
    "words of a field": (f"{HEAD}steps:\n  a: {{run: a, run_if: |}}\n", ["success", "failure", "always"], []),
    "true and false": (f"{HEAD}steps:\n  a: {{run: a, allow_failure: |}}\n", ["true", "false"], []),
    "steps to wait for": (f"{HEAD}steps:\n{MAKE}  b:\n    run: [a]\n    needs: [|]\n", ["make"], ["b"]),
    "steps to wait for, in a list of lines": (f"{HEAD}steps:\n{MAKE}  b:\n    needs:\n      - |\n", ["make"], ["b"]),
    "targets": (f"{HEAD}profiles:\n  prod:\n    target: |\n", ["argo", "kubeflow", "airflow"], []),
    "settings of a target": (f"{HEAD}profiles:\n  prod:\n    argo:\n      na|\n", ["namespace"], ["target"]),
    "what expressions begin with": (
        f'{HEAD}steps:\n  a: {{run: ["${{{{ |"]}}\n',
        ["params", "steps", "default"],
        ["rows"],
    ),
    "params": (f'{HEAD}{PARAMS}steps:\n  a: {{run: ["${{{{ params.|"]}}\n', ["rows", "table"], ["params"]),
    "params, half written": (f"{HEAD}{PARAMS}steps:\n  a: {{run: 'x ${{{{ params.ta|'}}\n", ["table"], []),
    "params in a script": (f"{HEAD}{PARAMS}steps:\n  a:\n    run: >\n      echo ${{{{ params.|\n", ["rows"], []),
    "parts of a step": (
        f'{HEAD}steps:\n{MAKE}  b: {{run: ["${{{{ steps.make.| }}}}"]}}\n',
        ["outputs", "status"],
        ["data"],
    ),
    "outputs": (f'{HEAD}steps:\n{MAKE}  b: {{run: ["${{{{ steps.make.outputs.| }}}}"]}}\n', ["data", "count"], []),
    "outputs of the step itself": (
        f'{HEAD}steps:\n  a: {{outputs: {{mine: {{type: int}}}}, run: ["${{{{ outputs.| }}}}"]}}\n',
        ["mine"],
        [],
    ),
    "the run": (f'{HEAD}steps:\n  a: {{run: ["${{{{ run.| }}}}"]}}\n', ["id", "attempt"], ["rows"]),
    "nothing inside of a text": (f'{HEAD}steps:\n  a: {{when: "${{{{ params.x == \'par|"}}\n', [], ["params"]),
    "letters beyond the first plane": (f'{HEAD}{PARAMS}steps:\n  a: {{run: ["😀", "${{{{ params.|"]}}\n', ["rows"], []),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_it_offers_what_can_stand_there(case: tuple[str, list[str], list[str]]) -> None:
    text, wanted, unwanted = case
    found = offered(text)
    assert [name for name in wanted if name not in found] == []
    assert [name for name in unwanted if name in found] == []


def test_it_begins_with_what_is_required() -> None:
    assert offered("|")[:2] == ["apiVersion", "kind"]


def test_it_knows_what_stood_below_before_the_line_was_half_written() -> None:
    whole = f"{HEAD}steps:\n{MAKE}{TAIL}"
    half = whole.replace("    run: [a]\n", '    run: ["${{ steps.|\n')
    assert "last" in offered(half, whole)


def test_it_offers_components_of_the_file_and_their_outputs() -> None:
    parts = "components:\n  part:\n    run: [a]\n    outputs: {told: {type: int}}\n"
    assert offered(f"{HEAD}{parts}steps:\n  a: {{uses: |}}\n") == ["part"]
    assert offered(f'{HEAD}{parts}steps:\n  a: {{uses: part}}\n  b: {{run: ["${{{{ steps.a.outputs.|"]}}\n') == ["told"]
