"""`components:`: names for files, and for components that stand in the pipeline itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.driver.loading import load, validate
from pipeglot.driver.recognition import uses

HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: test}\n"
SAY = "{inputs: {n: {type: int}}, run: 'x ${{ inputs.n }}'}"
STEP = "steps: {a: {uses: say, with: {n: 1}}}\n"
FILE = (
    "apiVersion: pipeglot/v1\nkind: Component\nmetadata: {name: f}\nrun: x ${{ inputs.m }}\ninputs: {m: {type: int}}\n"
)


def written(folder: Path, components: str, steps: str = STEP) -> Path:
    (folder / "file.yaml").write_text(FILE, "utf-8")
    (folder / "pipeline.yaml").write_text(f"{HEAD}{steps}components: {components}\n", "utf-8")
    return folder / "pipeline.yaml"


def rejected(folder: Path, components: str, steps: str = STEP) -> tuple[Diagnostic, ...]:
    with pytest.raises(SpecRejected) as found:
        load(written(folder, components, steps))
    return found.value.diagnostics


def test_a_component_that_is_used_nowhere_is_checked_where_it_stands(tmp_path: Path) -> None:
    wrong = "{inputs: {n: {type: int}}, steps: {b: {run: 'x ${{ inputs.m }}'}}}"
    path = written(tmp_path, f"{{say: {SAY}, idle: {wrong}, lost: ./file.yaml}}")
    with pytest.raises(SpecRejected) as found:
        validate(path)
    (said,) = found.value.diagnostics
    assert (said.code, said.message) == ("PG203", "`idle` has no input `m`")
    assert "idle" in str(said.origin)


def test_files_that_components_name_belong_to_the_pipeline(tmp_path: Path) -> None:
    path = written(tmp_path, f"{{say: {SAY}, idle: ./file.yaml}}")
    assert uses(path) == {tmp_path / "file.yaml"}
    (tmp_path / "file.yaml").write_text(FILE.replace("inputs.m", "inputs.k"), "utf-8")
    with pytest.raises(SpecRejected) as found:
        load(path)
    assert [each.message for each in found.value.diagnostics] == ["the component has no input `k`"]


REFUSED = [
    (f"{{sya: {SAY}}}", "PG203", "the pipeline has no component `say`", "did you mean `sya`?"),
    ("{say: 3}", "PG301", "component `say` is the path of a file, or a map of its own fields", None),
    ("{say: said}", "PG301", "component `say` is `said`, which is no path", "write `./said.yaml`"),
    ("{say: ./gone.yaml}", "PG211", "`./gone.yaml` cannot be used: it does not exist", None),
    ("{say: {kind: Component, run: x}}", "PG210",
     "component `say` stands in its pipeline, and only a file has `kind`", None),
    ("{say: {imag: y, run: x}}", "PG210", "the component has no field `imag`", "did you mean `image`?"),
    ("{say: {steps: {b: {uses: far}}}, far: {steps: {c: {uses: say}}}}", "PG211",
     "these components use each other: `say` → `far` → `say`", None),
    ("{say: {steps: {b: {uses: say}}}}", "PG211", "these components use each other: `say` → `say`", None),
]  # fmt: skip


@pytest.mark.parametrize(("components", "code", "message", "hint"), REFUSED, ids=range(len(REFUSED)))
def test_it_refuses(components: str, code: str, message: str, hint: str | None, tmp_path: Path) -> None:
    first = rejected(tmp_path, components)[0]
    assert (first.code, first.message, first.hint) == (code, message, hint)


def test_a_component_in_a_file_knows_no_names_of_the_pipeline(tmp_path: Path) -> None:
    (tmp_path / "far.yaml").write_text(
        "apiVersion: pipeglot/v1\nkind: Component\nmetadata: {name: far}\nsteps: {b: {uses: say, with: {n: 1}}}\n",
        "utf-8",
    )
    first = rejected(tmp_path, f"{{say: {SAY}}}", "steps: {a: {uses: ./far.yaml}}\n")[0]
    assert (first.code, first.message, first.hint) == (
        "PG203",
        "`say` names a component, and this file has no `components`",
        "a file is named by its path: `./say.yaml`",
    )
