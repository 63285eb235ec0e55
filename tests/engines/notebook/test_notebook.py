"""Notebooks, by a real papermill in an environment of its own, on the local engine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.engines import environment
from tests.local.runs import Ran, run

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
GIVEN = "rate = 0.1\nnames = []\ndata = ''"
TRAINS = """import os
print("rate is", rate, names, open(data).read())
open(os.environ["PIPEGLOT_OUTPUT_AUC"], "w").write(str(rate * 2))"""
FAILS = 'raise KeyError("no such column")'
SPEC = """
steps:
  make: {run: [sh, -c, 'printf 1,2 > "$1"', sh, "${{ outputs.d }}"], outputs: {d: {artifact: dataset, format: csv}}}
  train:
    notebook: books/train.ipynb
    inputs: {rate: 0.25, names: [a, "b '"], data: "${{ steps.make.outputs.d }}"}
    outputs: {auc: {type: float}}
  look: {inputs: {book: "${{ steps.train.outputs.notebook }}"}, run: [grep, "rate is", "${{ inputs.book }}"]}
"""
VALUES = """
steps:
  train: {notebook: books/train.ipynb, inputs: {rate: 0.25}}
"""


@pytest.fixture(scope="module")
def python() -> str:
    try:
        return str(environment.interpreter("notebook"))
    except environment.CannotInstall as fault:
        pytest.skip(f"papermill cannot be installed here: {str(fault).splitlines()[-1]}")


def ran(folder: Path, python: str, spec: str, *cells: str) -> Ran:
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "id": f"c{at}", "source": text}
        for at, text in enumerate((GIVEN, *cells))
    ]
    made[0]["metadata"] = {"tags": ["parameters"]}
    (folder / "books").mkdir(parents=True)
    (folder / "books" / "train.ipynb").write_text(
        json.dumps({"cells": made, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})
    )
    return run(folder, spec, environ={"PATH": f"{Path(python).parent}:{os.environ['PATH']}"})


def test_it_gives_the_inputs_and_takes_the_outputs(tmp_path: Path, python: str) -> None:
    found = ran(tmp_path, python, SPEC, TRAINS)
    assert (found.words()["train"], found.words()["look"]) == ("succeeded", "succeeded"), found.log("train.1")
    assert found.steps["train"]["outputs"]["auc"] == {"value": 0.5}
    assert """rate is 0.25 ['a', "b '"] 1,2""" in found.log("train.1")
    assert ["train.notebook", "look.book"] in found.record["lineage"]


def test_it_leaves_the_same_file_of_the_same_run(tmp_path: Path, python: str) -> None:
    once, again = (ran(tmp_path / name, python, VALUES, "print(rate)") for name in ("a", "b"))
    assert once.words() == {"train": "succeeded"}
    assert once.steps["train"]["outputs"] == again.steps["train"]["outputs"]


def test_it_says_which_cell_failed_and_leaves_what_was_run(tmp_path: Path, python: str) -> None:
    found = ran(tmp_path, python, VALUES, "print('so far')", FAILS)
    assert found.words() == {"train": "exit-code"}
    assert "cell 4 of `books/train.ipynb` failed: KeyError: 'no such column'" in found.log("train.1")
    (left,) = tmp_path.rglob("artifacts/**/notebook.ipynb")
    assert "so far" in left.read_text("utf-8")
