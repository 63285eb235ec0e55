"""`pipeglot fmt`: another form, the same text: values, anchors, comments, and every escape and number as written."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from pipeglot.cli.main import main
from pipeglot.diagnostics import SpecRejected
from pipeglot.edit.document import comments, same
from pipeglot.edit.format import WIDTH, formatted
from pipeglot.syntax.reader import read

ROOT = Path(__file__).parents[2]
CASES = ("yaml_forms", "float_texts", "hostile_text", "script_shells", "group_on_exit", "string_exact", "matrix_params")
FILES = [
    *sorted((ROOT / "examples").glob("*/pipeline.yaml")),
    *(ROOT / "tests/conformance" / case / "pipeline.yaml" for case in CASES),
]

ODD = """\
# first of all
apiVersion:   pipeglot/v1   # what it is
kind: Pipeline
metadata:
    name: odd   # its name



    # of the labels
    labels: &all {a: "1", b: 'two'}
params: {"n" : {type: int, default: 0x10}, rate: {type: float, default: 1e3}, no: {type: bool, default: ~}}
steps:
    # above the step
    a:
        run:
        - echo
        # between two
        - "\\u202e \\t $${{ x }} \\\\ \\" # none"   # behind
        - plain # text
    b:
        run: |   # of the block
            # of the shell
            echo '#1'{BLANK}

            echo 2
        env: {LABEL: 'it''s', LONG: "{LONG}", OTHER: "01234567890123456789012345678901"}
    c: {run: &cmd [echo], when: "${{ params.n > 0 }}"}
    d:
        run: *cmd
        description: >-
            folded
            text
# last of all
""".replace("{BLANK}", "   ").replace("{LONG}", "0123456789" * 5)
FORMED = """\
# first of all
apiVersion: pipeglot/v1     # what it is
kind: Pipeline
metadata:
  name: odd     # its name


  # of the labels
  labels: &all {a: "1", b: 'two'}
params: {"n": {type: int, default: 0x10}, rate: {type: float, default: 1e3}, no: {type: bool, default: ~}}
steps:
  # above the step
  a:
    run:
      - echo
      # between two
      - "\\u202e \\t $${{ x }} \\\\ \\" # none"     # behind
      - plain   # text
  b:
    run: |   # of the block
      # of the shell
      echo '#1'{BLANK}

      echo 2
    env:
      LABEL: 'it''s'
      LONG: "{LONG}"
      OTHER: "01234567890123456789012345678901"
  c: {run: &cmd [echo], when: "${{ params.n > 0 }}"}
  d:
    run: *cmd
    description: >-
      folded
      text
# last of all
""".replace("{BLANK}", "   ").replace("{LONG}", "0123456789" * 5)


def test_it_keeps_all_that_is_written_and_has_one_form() -> None:
    assert formatted(ODD, "odd.yaml") == FORMED
    assert formatted(FORMED, "odd.yaml") == FORMED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_real_files_say_the_same_in_their_form_and_stay_there(path: Path) -> None:
    before = read(path.read_bytes(), "it").text
    after = formatted(before, "it")
    assert same(before, after)
    assert formatted(after, "it") == after
    flows = [line for line in after.splitlines() if line.endswith(("}", "]")) and re.search(r"(: |- )[\[{]", line)]
    assert [line for line in flows if len(line) > WIDTH and not re.search(r"(: |- )[^\[{ ]", line)] == []


def test_comments_are_what_no_scalar_holds() -> None:
    text = "a: 'x # no'  # one\nb: |  # two\n  # no\nc: x#no\nd: [1, # three\n  2]\n#four\n"
    assert sorted(comments(text)) == ["# one", "# three", "# two", "#four"]


@pytest.mark.parametrize(
    "text",
    ["a: [x, # one\n  y]\n", "a: {b: c, # one\n  d: e}\n", "a: \ue000\n"],
)
def test_what_would_lose_something_is_left_as_it_is(text: str) -> None:
    with pytest.raises(SpecRejected) as refused:
        formatted(text, "it")
    assert [each.code for each in refused.value.diagnostics] == ["PG561"]


def test_broken_text_is_told_as_ever() -> None:
    with pytest.raises(SpecRejected) as refused:
        formatted("a: [\n", "it")
    assert refused.value.diagnostics[0].code.startswith("PG1")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pipeline.yaml").write_bytes(ODD.replace("\n", "\r\n").encode())
    Path("fine.yaml").write_text(FORMED)
    Path("others.yaml").write_text("kind:   ConfigMap\n")
    Path("broken.yaml").write_text("apiVersion: pipeglot/v1\na: [\n")
    assert main(["fmt", "--check"]) == 1
    assert capsys.readouterr().out == "pipeline.yaml: would be formatted\n"
    assert main(["fmt", "--diff"]) == 0
    assert "-metadata:\n" not in capsys.readouterr().out
    assert Path("pipeline.yaml").read_bytes() == ODD.replace("\n", "\r\n").encode()
    assert main(["fmt", "--changed", "pipeline.yaml", "fine.yaml", "others.yaml", "broken.yaml"]) == 1
    assert "broken.yaml" in capsys.readouterr().err
    assert (Path("pipeline.yaml").read_text(), Path("others.yaml").read_text()) == (FORMED, "kind:   ConfigMap\n")
    assert main(["fmt", "fine.yaml", "pipeline.yaml"]) == 0
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ODD.encode())))
    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == FORMED
