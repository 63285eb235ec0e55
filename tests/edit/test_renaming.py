"""`pipeglot rename`: every place of a name and no other, and no mistake is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.cli.main import main
from pipeglot.diagnostics import SpecRejected
from pipeglot.lsp.renaming import renamed

TEXT = """\
# train is here too, and "train" in words
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: train}
params: {rows: {type: int, default: 5}, train: {type: int, default: 1}}
components:
  score:
    inputs: {model: {artifact: file}}
    run: [cat, "${{ inputs.model }}"]
steps:
  train:   # it trains
    run: [sh, -c, 'echo train > "$1"', sh, "${{ outputs.model }}", "${{ params.rows }}"]
    outputs: {model: {artifact: file}}
  "check":
    needs: [train]
    when: "${{ steps.train.status == 'succeeded' and params.train == 1 }}"
    uses: score
    with: {model: "${{ steps['train'].outputs.model }}"}
on_exit:
  bye: {run: [echo, "${{ steps.train.status }}", "${{ params.train }}"]}
"""


@pytest.mark.parametrize(
    ("key", "new", "places", "there"),
    [
        ("train", "fit", 5, ["  fit:   # it trains", "needs: [fit]", "steps['fit'].outputs.model", "name: train}"]),
        ("params.train", "fit", 3, ["fit: {type: int, default: 1}", "  train:   # it trains", "${{ params.fit }}"]),
        ("steps.train.outputs.model", "fitted", 3, ["outputs: {fitted:", "${{ outputs.fitted }}", "with: {model:"]),
        ("components.score", "judge", 2, ["  judge:\n", "uses: judge"]),
        ("check", "look", 1, ['  "look":\n']),
        ("bye", "end", 1, ["  end: {run"]),
    ],
)
def test_every_place_has_the_new_name(key: str, new: str, places: int, there: list[str]) -> None:
    text, count = renamed(TEXT, key, new)
    assert count == places
    assert [each for each in there if each not in text] == []
    back = key.rpartition(".")[2]
    again = key[: -len(back)] + new
    assert renamed(text, again, back) == (TEXT, places)


@pytest.mark.parametrize(
    ("key", "new", "said"),
    [
        ("trian", "fit", "declares no `trian`"),
        ("metadata.name", "fit", "declares no `metadata.name`"),
        ("train", "check", "there is a `check` already"),
        ("train", "bye", "there is a `bye` already"),
        ("train", "Fit it", "is no name here"),
        ("params.rows", "train", "there is a `train` already"),
    ],
)
def test_it_is_refused(key: str, new: str, said: str) -> None:
    with pytest.raises(SpecRejected, match=said):
        renamed(TEXT, key, new)


def test_a_slip_is_told_what_was_meant() -> None:
    with pytest.raises(SpecRejected) as rejected:
        renamed(TEXT, "trian", "fit")
    assert rejected.value.diagnostics[0].hint == "did you mean `steps.train`?"


def test_the_file_is_fine_before_and_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text(TEXT, "utf-8")
    assert main(("rename", "train", "fit", str(path))) == 0
    assert "`train` is `fit` now, in 5 places" in capsys.readouterr().out
    assert path.read_text("utf-8") == renamed(TEXT, "train", "fit")[0]
    assert main(("validate", str(path))) == 0
