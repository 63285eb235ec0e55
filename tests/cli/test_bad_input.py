"""Bad input of every kind: one diagnostic in the common form, the right exit code, nothing half written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import GOOD, Run

SPEC, USAGE, WORLD = 1, 2, 4

TEXTS = {
    "not yaml": ("steps: [", SPEC),
    "a tab": ("steps:\n\ta: 1\n", SPEC),
    "a duplicate key": (GOOD + "kind: Pipeline\n", SPEC),
    "an unknown field": (GOOD.replace("outputs:", "outputz:"), SPEC),
    "a wrong type": (GOOD.replace("default: 3", "default: three"), SPEC),
    "a missing reference": (GOOD.replace("params.rows", "params.row"), SPEC),
    "a type that does not fit": (GOOD.replace('"${{ params.rows }}"]', "\"${{ params.rows == 'x' }}\"]"), SPEC),
    "a cycle": (GOOD + "  a: {needs: [b], run: [x]}\n  b: {needs: [a], run: [x]}\n", SPEC),
    "a bad quantity": (GOOD + "    resources: {memory: 3 GB}\n", SPEC),
    "a bad duration": (GOOD + "    timeout: soon\n", SPEC),
    "an illegal id": (GOOD + "  Count: {run: [x]}\n", SPEC),
    "colliding ids": (GOOD + "  a-b: {run: [x]}\n  a_b: {run: [x]}\n", SPEC),
    "a field of a later version": (GOOD + "    cache: {enabled: true}\n", SPEC),
}


@pytest.mark.parametrize("what", TEXTS)
def test_it_points_at_the_place(what: str, pipeglot: Run, tmp_path: Path) -> None:
    text, code = TEXTS[what]
    (tmp_path / "pipeline.yaml").write_text(text, "utf-8")
    told = pipeglot("compile", "--target", "airflow")
    assert told.returncode == code
    first = told.stderr.splitlines()[0]
    assert first.startswith("pipeline.yaml:"), told.stderr
    assert ": error[PG" in first
    assert told.stderr.rstrip().endswith("Nothing was written.")
    assert "Traceback" not in told.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["pipeline.yaml"]


def test_it_refuses_an_empty_file(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_bytes(b"")
    told = pipeglot("validate")
    assert (told.returncode, told.stderr.splitlines()[0]) == (
        SPEC,
        "error[PG107]: `pipeline.yaml` is empty, and a pipeline has at least a name and a step",
    )


def test_it_refuses_text_that_is_not_utf_8(pipeglot: Run, tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_bytes(GOOD.encode() + b"# caf\xe9\n")
    told = pipeglot("validate")
    assert (told.returncode, told.stderr.split(":")[0]) == (SPEC, "pipeline.yaml")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["validate", "missing.yaml"], WORLD),
        (["validate", "."], WORLD),
        (["compile", "--target", "airflw"], USAGE),
        (["compile", "--target", "argo@1.0"], USAGE),
        (["compile", "--target", "airflow", "--profile", "nowhere"], USAGE),
        (["compile"], USAGE),
        (["run", "-p", "rows"], USAGE),
        (["run", "-p", "row=1"], USAGE),
        (["run", "-p", "rows=many"], USAGE),
        (["run", "-p", "rows=0"], USAGE),
        (["run", "--params-file", "missing.yaml"], WORLD),
        (["show"], USAGE),
        (["collect", "nothing-here"], USAGE),
        (["show", "--records", "mysql://x/y"], WORLD),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_it_says_what_is_wrong_without_a_file(arguments: list[str], code: int, pipeglot: Run, good: Path) -> None:
    told = pipeglot(*arguments)
    assert told.returncode == code, told.stderr
    assert told.stderr.startswith("error[PG"), told.stderr
    assert "Traceback" not in told.stderr


def test_it_refuses_a_param_without_value_or_default(pipeglot: Run, good: Path) -> None:
    good.write_text(GOOD.replace("default: 3, ", ""), "utf-8")
    told = pipeglot("run")
    assert told.returncode == USAGE
    assert "-p rows=" in told.stderr


def test_it_names_a_command_that_is_not_there(pipeglot: Run, good: Path) -> None:
    good.write_text(GOOD.replace("run: [sh,", "run: [no-such-command,"), "utf-8")
    ran = pipeglot("run")
    assert ran.returncode == 1
    assert "no-such-command" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may write and read everything")
@pytest.mark.parametrize("what", ["unreadable", "unwritable"])
def test_it_says_what_it_may_not_touch(what: str, good: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    good.chmod(0o000 if what == "unreadable" else 0o644)
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "pipeglot", "compile", "--target", "airflow"]
    if drop and subprocess.run([*drop, sys.executable, "-c", "import pipeglot"], check=False).returncode:
        pytest.skip("another user cannot reach this Python")
    if not drop and what == "unwritable":
        tmp_path.chmod(0o555)
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    tmp_path.chmod(0o755)
    assert told.returncode == WORLD, told.stderr
    assert told.stderr.startswith("error[PG5")
    assert not (tmp_path / "build").exists()


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() != 0, reason="a full disk is made with mount")
def test_it_leaves_old_files_alone_when_the_disk_is_full(pipeglot: Run, good: Path, tmp_path: Path) -> None:
    disk = tmp_path / "build"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this root may not mount")
    try:
        (disk / "airflow").mkdir()
        (disk / "airflow" / "good.py").write_text("old", "utf-8")
        (disk / "filler").write_bytes(b"x" * 90_000)
        told = pipeglot("compile", "--target", "airflow")
        assert told.returncode == WORLD, told.stderr
        assert "no space left" in told.stderr
        assert (disk / "airflow" / "good.py").read_text("utf-8") == "old"
        left = [path.name for path in disk.rglob("*") if path.is_file()]
        assert sorted(left) == ["filler", "good.py"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
