"""The JSON and the commands that people review."""

from __future__ import annotations

import json

import pytest

from pipeglot.ir import Call, Command, Json, Script, Shell
from pipeglot.readable import broken, pieces, readable
from pipeglot.scripts.comments import lines
from pipeglot_backends.emit.yaml_text import Remarked, dump
from pipeglot_backends.kubeflow.emit.step_tables import LONGEST, blocks, safe
from pipeglot_expression.runtime.packing import unpacked_text

VALUES: list[Json] = [
    {"b": [["lit", "x"], ["ref", "params", "y"]], "a": {"type": "int"}, "c": {}, "d": []},
    {"steps": {"a\u2028\ud800": {"body": {"script": ["x\n", "y"]}}}},
    [1, 1.0, None, True, "é😀", [[]], {"k": {"k": {}}}],
    {},
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_it_reads_back_as_the_same_value(value: Json) -> None:
    text = readable(value)
    assert text.isascii()
    assert json.loads(text) == value
    assert [type(each) for each in json.loads(readable([1, 1.0]))] == [int, float]


@pytest.mark.parametrize("text", ["", "x", "a\nb\n", "\n\n", "x" * 2000, "word " * 200, "é" * 300 + "\n" + "b"])
def test_pieces_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert all(len(json.dumps(piece)) <= 330 for piece in pieces(text))
    tree = broken(["lit", text])
    assert "".join(str(each) for each in tree[1:]) == text


def test_a_word_more_does_not_lay_a_command_out_anew() -> None:
    short, long = (readable({"argv": [["lit", "python3"], ["lit", "x" * width]]}) for width in (1, 120))
    assert short.count("\n") == long.count("\n")


def test_nothing_in_a_table_is_a_tag_of_an_engine() -> None:
    table = readable({"steps": {"a": {"body": {"argv": [["lit", "{{$.x}} {{=1}} $(HOME) $$(X) {{{ ${Y}"]]}}}})
    for text in (safe(table), "".join(blocks(table))):
        assert not any(tag in text for tag in ("{{", "$(", "$$"))
        assert json.loads(text) == json.loads(table)


def test_a_long_table_is_packed_in_arguments_that_linux_takes() -> None:
    argv: Json = [["lit", f"{number * 7919 % 100003}"] for number in range(90000)]
    table = readable({"format": 1, "steps": {"a": {"body": {"argv": argv}}, "b": {}}})
    found = blocks(table)
    assert max(map(len, found)) <= LONGEST
    assert len("".join(found)) < len(table)
    assert unpacked_text("".join(found)).decode() == table


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            Command((["lit", "a b"], ["ref", "params", "x"], ["text", "--n=", ["ref", "item"]])),
            ["'a b' ${{ params.x }} --n=${{ item }}"],
        ),
        (Call("m:f"), ["python: m:f"]),
        (
            Script(Shell.SH, 'x "${PIPEGLOT_X_0}"\ny\n', {"PIPEGLOT_X_0": ["ref", "inputs", "i"]}),
            ["x ${{ inputs.i }}", "y"],
        ),
        (Command((["lit", "a\n# b\r\x1b\u2028\ud800"],)), ["'a", r"# b\r\x1b\u2028\ud800'"]),
    ],
    ids=["argv", "python", "script", "hostile"],
)
def test_a_command_is_shown_as_it_was_written(body: Command | Call | Script, shown: list[str]) -> None:
    assert list(lines(body)) == shown
    assert all(line.isprintable() for line in lines(body))


def test_long_commands_are_wrapped_and_cut() -> None:
    found = lines(Script(Shell.SH, "word " * 200 + "\n" + "x\n" * 100, {}))
    assert max(map(len, found)) <= 120
    assert found[-1] == "…"


def test_a_remark_stands_above_its_key_and_is_read_by_nobody() -> None:
    assert dump({"a": 1, "b": Remarked(("one", ""), [2])}) == "a: 1\n# one\n#\nb:\n  - 2\n"
