"""What a pipeline or its profile says and this machine keeps, refuses, or says that it leaves aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.local.runs import run

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver.compiling import compiled, load, options_for
from pipeglot.driver.planning import plan
from pipeglot_backends import local
from pipeglot_backends.local.engine.environment import of_run
from pipeglot_backends.local.engine.plan import Plan, read_plan
from pipeglot_backends.local.engine.run_folder import RunFolder
from pipeglot_backends.local.settings import Settings, read

TEXT = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: a}\nsteps: {a: {run: x, MORE}}\n"


def planned(folder: Path, rest: str = "", more: str = "") -> Plan:
    path = folder / "pipeline.yaml"
    path.write_text(TEXT.replace("MORE", more) + rest, "utf-8")
    files = compiled(load(path, "p" if "profiles" in rest else None), "local").files
    return read_plan(next(file.text for file in files if file.path == "plan.json"))


def test_it_takes_the_settings_of_the_profile(tmp_path: Path) -> None:
    found = planned(tmp_path, "profiles: {p: {local: {jobs: 3, python: python3.12}}}\n")
    assert (found.jobs, found.python) == (3, "python3.12")
    assert read({}) == Settings(None, None)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"jbs": 3}, "PG430", "`local` has no setting `jbs`"),
        ({"container": True}, "PG390", "`local.container` is a setting that this version does not build yet"),
        ({"jobs": 0}, "PG430", "`local.jobs` is a whole number from 1 on, and `0` is none"),
        ({"jobs": True}, "PG430", "`local.jobs` is a whole number from 1 on, and `True` is none"),
        ({"python": 3}, "PG430", "`local.python` is text, and `3` is none"),
    ],
    ids=str,
)
def test_it_refuses_other_settings(given: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(SpecRejected) as rejected:
        read(given)
    (found,) = rejected.value.diagnostics
    assert (found.code, found.message) == (code, message)


def test_it_tells_steps_to_fail_without_a_record(tmp_path: Path) -> None:
    strict = planned(tmp_path, "records: {on_failure: fail}\n")
    folder = RunFolder(tmp_path, "r")
    assert of_run({}, folder, strict, keep=False)["PIPEGLOT_RECORD_ON_FAILURE"] == "fail"
    assert "PIPEGLOT_RECORD_ON_FAILURE" not in of_run({}, folder, planned(tmp_path), keep=False)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("s3://acme/churn", "s3://acme/churn"),
        ("file:///srv/some%20where", "/srv/some where"),
        ("kept", "CODE/kept"),
        (None, "RUN/artifacts"),
    ],
)
def test_artifacts_go_where_the_profile_says(tmp_path: Path, given: str | None, told: str) -> None:
    found = planned(tmp_path, f'profiles: {{p: {{artifacts: "{given}"}}}}\n' if given else "")
    run, code = tmp_path / "run", tmp_path / "code"
    place = of_run({}, RunFolder(run, "r"), found, keep=False, code=code)["PIPEGLOT_ARTIFACTS"]
    assert place == told.replace("CODE", str(code)).replace("RUN", str(run))


def test_variables_of_pods_come_from_the_environment_by_their_own_names(tmp_path: Path) -> None:
    names = (
        "env: {A: {config_map: c, key: k}, POD: {field: metadata.name}, GONE: {config_map: c, key: o, optional: true}}"
    )
    spec = f"steps: {{s: {{{names}, run: [sh, -c, 'echo \"$A $POD ${{GONE-none}}\"']}}}}\n"
    for name in ("told", "missing"):
        (tmp_path / name).mkdir()
    told = run(tmp_path / "told", spec, environ={"A": "a $(X)", "POD": "here"})
    assert (told.words(), told.log("s.1")) == ({"s": "succeeded"}, "a $(X) here none\n")
    missing = run(tmp_path / "missing", spec, environ={"A": "a"})
    assert missing.steps["s"]["state"] == "failed"
    assert "`POD` is not set" in missing.log("s.1")


def test_it_says_what_it_leaves_aside(tmp_path: Path) -> None:
    planned(
        tmp_path,
        "records: {sink: 'https://x'}\n",
        "image: x, workdir: /x, resources: {cpu: 1m}, kubernetes: {labels: {a: b}}",
    )
    pipeline = load(tmp_path / "pipeline.yaml")
    report = plan(pipeline, local, options_for(pipeline, local, "1"), ())  # type: ignore[arg-type]  # a module meets it
    assert set(report["emulates"]) == {"image", "resources", "records_to_a_server", "what_only_pods_have"}
    assert report["cannot"] == {}
