"""Where a local run takes its secrets from."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.forked import pipeglot

from pipeglot.driver.compiling import compiled
from pipeglot.driver.loading import load
from pipeglot.ir import RunIf
from pipeglot_backends.local.engine.environment import of_attempt
from pipeglot_backends.local.engine.plan import NO_RETRIES, Plan, PlanStep
from pipeglot_backends.local.engine.scheduler import Task
from pipeglot_backends.local.secrets import SecretMissing, gather
from pipeglot_expression.runtime.contract import secret_variable

STEP = PlanStep("a", (), RunIf.SUCCESS, None, NO_RETRIES, None, (), (("hub", "to-ken"),), ())
OTHER = replace(STEP, id="b", secrets=())
PLAN = Plan("p", "sha256:0", None, None, None, None, False, None, False, (), frozenset(), (STEP, OTHER), ())


def test_it_names_the_variable_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="PIPEGLOT_SECRET_HUB_TO_KEN"):
        gather(PLAN, tmp_path, {})


def test_it_takes_the_environment_first(tmp_path: Path) -> None:
    filed(tmp_path, '[hub]\nto-ken = "filed"\n')
    assert gather(PLAN, tmp_path, {"PIPEGLOT_SECRET_HUB_TO_KEN": "given"}) == {"PIPEGLOT_SECRET_HUB_TO_KEN": "given"}


@pytest.mark.skipif(sys.version_info < (3, 11), reason="secrets.toml needs Python 3.11")
def test_it_tells_two_secrets_of_one_variable_apart(tmp_path: Path) -> None:
    head = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: p}\n"
    env = "{A: {secret: hub, key: to-ken}, B: {secret: hub, key: to.ken}, C: {secret: hub, key: other}}"
    script = """'test "$A-$B-$C" = given-dotted-else'"""
    (tmp_path / "pipeline.yaml").write_text(f"{head}steps: {{a: {{env: {env}, run: {script}}}}}\n", "utf-8")
    filed(tmp_path, '[hub]\nother = "else"\n"to.ken" = "dotted"\n')
    dashed, dotted = (secret_variable("hub", key, exact=True) for key in ("to-ken", "to.ken"))
    environ = {**os.environ, "PIPEGLOT_SECRET_HUB_TO_KEN": "nobody's", dashed: "given"}
    ended = pipeglot("run", "pipeline.yaml", folder=tmp_path, environ=environ)
    assert ended.returncode == 0, ended.stderr
    docker = replace(load(tmp_path / "pipeline.yaml"), settings={"airflow": {"operator": "docker"}})
    step = replace(docker.steps[0], image="x")
    dag = compiled(replace(docker, steps=(step,)), "airflow").native[0].text
    assert {dashed, dotted, "PIPEGLOT_SECRET_HUB_OTHER"} <= set(dag.split('"'))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="secrets.toml needs Python 3.11")
def test_it_takes_the_file_beside_the_pipeline_else(tmp_path: Path) -> None:
    filed(tmp_path, '[hub]\nto-ken = "filed"\n')
    assert gather(PLAN, tmp_path, {}) == {"PIPEGLOT_SECRET_HUB_TO_KEN": "filed"}


def test_it_complains_about_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    filed(tmp_path, "[hub\n")
    with pytest.raises(SecretMissing, match=r"secrets\.toml"):
        gather(PLAN, tmp_path, {})


def test_it_looks_for_nothing_where_no_step_names_a_secret(tmp_path: Path) -> None:
    filed(tmp_path, "no toml at all")
    assert gather(replace(PLAN, steps=(OTHER,)), tmp_path, {}) == {}


def test_it_gives_a_secret_to_the_steps_that_name_it_alone() -> None:
    secrets = {secret_variable("hub", "to-ken"): "s"}
    assert secret_variable("hub", "to-ken") in of_attempt({}, STEP, secrets, Task("a"), 1)
    assert secret_variable("hub", "to-ken") not in of_attempt({}, OTHER, secrets, Task("b"), 1)


def test_a_step_has_it_in_its_environment_and_no_file_of_the_run_has_it(tmp_path: Path) -> None:
    step = "a: {env: {TOKEN: {secret: hub, key: to.ken}}, run: 'test ${#TOKEN} = 18'}"
    text = f"apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {{name: p}}\nsteps:\n  {step}\n"
    (tmp_path / "pipeline.yaml").write_text(text, "utf-8")
    environ = {**os.environ, "PIPEGLOT_SECRET_HUB_TO_KEN": "a-very-secret-word"}
    ran = pipeglot("run", folder=tmp_path, environ=environ)
    assert ran.returncode == 0, ran.stderr
    left = [path for path in (tmp_path / ".pipeglot").rglob("*") if path.is_file()]
    assert len(left) > 3
    assert [path for path in left if b"a-very-secret-word" in path.read_bytes()] == []


def filed(folder: Path, text: str) -> None:
    path = folder / ".pipeglot" / "secrets.toml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
