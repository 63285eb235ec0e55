"""From files on disk to a pipeline, profiles beside it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.driver.compiling import validate as checked
from pipeglot.driver.loading import load, validate
from pipeglot_backends.targets import BUILT_IN

SPEC = """apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: test}
params: {n: {type: int, default: 1}}
steps:
  a: {run: "x ${{ params.n }}", timeout: 1h}
profiles:
  dev: {params: {n: 2}}
"""


def written(folder: Path, **more: str) -> Path:
    (folder / "pipeline.yaml").write_text(SPEC, "utf-8")
    for name, text in more.items():
        (folder / f"pipeline.{name}.yaml").write_text(text, "utf-8")
    return folder / "pipeline.yaml"


def test_it_loads_with_and_without_a_profile(tmp_path: Path) -> None:
    path = written(tmp_path, prod="params: {n: 3}\ntarget: argo@4.0\n")
    assert [load(path, name).params[0].default for name in (None, "dev", "prod")] == [1, 2, 3]
    assert load(path, "prod").target == "argo@4.0"


def test_it_reads_no_other_profile_than_the_one_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, broken="a: [")
    assert load(path, "dev").profile == "dev"
    with pytest.raises(SpecRejected):
        validate(path)


def test_it_takes_other_files_for_no_profiles(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "pipeline.yaml.bak").write_text("a: [", "utf-8")
    (tmp_path / "pipeline.a.b.yaml").write_text("a: [", "utf-8")
    (tmp_path / "other.prod.yaml").write_text("a: [", "utf-8")
    assert validate(path).diagnostics == ()


def test_it_validates_every_profile(tmp_path: Path) -> None:
    path = written(tmp_path, one="steps: {a: {timeout: 5}}\n", two="params: {m: 3}\n")
    with pytest.raises(SpecRejected) as rejected:
        validate(path)
    assert [(each.code, each.origin.source) for each in rejected.value.diagnostics if each.origin] == [
        ("PG304", str(tmp_path / "pipeline.one.yaml")),
        ("PG203", str(tmp_path / "pipeline.two.yaml")),
    ]
    assert len(rejected.value.sources) == 3


def test_it_says_with_which_profile_something_is_a_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, one="params: {n: null}\nsteps: {b: {run: x, needs: [a]}, a: null}\n")
    with pytest.raises(SpecRejected) as rejected:
        validate(path)
    assert [each.code for each in rejected.value.diagnostics] == ["PG203"]
    path = written(
        tmp_path, one="steps: {b: {run: x}, a: {needs: [b], run_if: always, run: 'x ${{ steps.b.status }}'}}\n"
    )
    assert validate(path).diagnostics == ()


def test_it_says_a_mistake_of_the_pipeline_once(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(SPEC.replace("params.n", "params.m"), "utf-8")
    with pytest.raises(SpecRejected) as rejected:
        validate(path)
    assert [each.code for each in rejected.value.diagnostics] == ["PG203"]


def test_it_refuses_a_profile_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SpecRejected) as rejected:
        load(written(tmp_path), "prod")
    assert [each.code for each in rejected.value.diagnostics] == ["PG208"]


@pytest.mark.parametrize(
    ("profile", "code", "place"),
    [
        ("{target: arg}", "PG502", "target"),
        ("{target: argo@1.0}", "PG503", "target"),
        ("{target: local, argo: {nmespace: ml}}", "PG430", "argo.nmespace"),
        ("{airflow: {operator: bsh}}", "PG430", "airflow.operator"),
        ("{local: {jobs: none}}", "PG430", "local.jobs"),
        *((f"{{{target}: {{colour: red}}}}", "PG430", f"{target}.colour") for target in BUILT_IN),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_it_checks_what_each_profile_says_of_targets(
    profile: str, code: str, place: str, beside: bool, tmp_path: Path
) -> None:
    path = written(tmp_path, **({"one": profile} if beside else {}))
    if not beside:
        path.write_text(SPEC + f"  one: {profile}\n", "utf-8")
    with pytest.raises(SpecRejected) as rejected:
        checked(path)
    (found,) = rejected.value.diagnostics
    source, above = (tmp_path / "pipeline.one.yaml", ()) if beside else (path, ("profiles", "one"))
    assert (found.code, found.origin) == (code, Origin(str(source), (*above, *place.split("."))))


def test_it_settles_nothing_while_a_part_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text("kind: Component\nkind: Component\n", "utf-8")
    (tmp_path / "pipeline.yaml").write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\n"
        "steps:\n  a: {uses: ./two.yaml}\n  b: {needs: [a], run: [x]}\n"
        '  c: {when: "${{ steps.a.outputs.n == 1 }}", run: [x]}\n',
        "utf-8",
    )
    with pytest.raises(SpecRejected) as rejected:
        validate(tmp_path / "pipeline.yaml")
    assert [each.origin and each.origin.source for each in rejected.value.diagnostics] == [str(tmp_path / "two.yaml")]


@pytest.mark.parametrize("inputs", ["list", "7", "[a]", "null", "[[a, b]]"])
def test_it_says_of_a_component_whose_inputs_are_no_map(inputs: str, tmp_path: Path) -> None:
    head = "apiVersion: pipeglot/v1\nkind: {}\nmetadata: {{name: x}}\n"
    (tmp_path / "two.yaml").write_text(head.format("Component") + f"inputs: {inputs}\nrun: [x]\n", "utf-8")
    uses = "steps: {a: {uses: ./two.yaml, with: {n: 1}}}\n"
    (tmp_path / "pipeline.yaml").write_text(head.format("Pipeline") + uses, "utf-8")
    with pytest.raises(SpecRejected) as rejected:
        validate(tmp_path / "pipeline.yaml")
    (found,) = rejected.value.diagnostics
    assert found.origin == Origin(str(tmp_path / "two.yaml"), ("inputs",))
