"""Bad input of every kind: one diagnostic in the common form, the right exit code, nothing half written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import GOOD, Run

SPEC, USAGE, ENVIRONMENT = 1, 2, 4

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
        (["validate", "missing.yaml"], ENVIRONMENT),
        (["validate", "."], ENVIRONMENT),
        (["compile", "--target", "airflw"], USAGE),
        (["compile", "--target", "argo@1.0"], USAGE),
        (["compile", "--target", "airflow", "--profile", "nowhere"], USAGE),
        (["compile"], USAGE),
        (["run", "-p", "rows"], USAGE),
        (["run", "-p", "row=1"], USAGE),
        (["run", "-p", "rows=many"], USAGE),
        (["run", "-p", "rows=0"], USAGE),
        (["run", "--params-file", "missing.yaml"], ENVIRONMENT),
        (["show"], USAGE),
        (["collect", "nothing-here"], USAGE),
        (["collect", "nothing-here", "--target", "argo"], USAGE),
        (["collect", "--limit", "5"], USAGE),
        (["collect", "--all"], USAGE),
        (["collect", "--all", "--target", "local"], USAGE),
        (["collect", "--all", "--target", "argo", "missing.yaml"], ENVIRONMENT),
        (["collect", "--all", "--target", "airflow"], ENVIRONMENT),
        (["show", "--records", "mysql://x/y"], ENVIRONMENT),
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


WEAK = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
"""Root without the right to read and write everything: another user may not reach this Python."""


def weakly(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program as a user to whom the file system says no."""
    command = [*(WEAK if os.geteuid() == 0 else []), sys.executable, "-m", "pipeglot", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def locked(good: Path) -> Iterator[Path]:
    """A folder in which nothing can be made."""
    if os.geteuid() == 0 and subprocess.run([*WEAK, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root may write and read everything, and cannot give that up here")
    good.parent.chmod(0o555)
    yield good.parent
    good.parent.chmod(0o755)


@pytest.mark.parametrize(
    "arguments",
    [["compile", "--target", "airflow"], ["compile", "--target", "local", "-o", "out/er"], ["run"], ["init", "sub"]],
    ids=" ".join,
)
def test_it_says_where_it_may_not_write(arguments: list[str], locked: Path) -> None:
    told = weakly(locked, *arguments)
    assert told.returncode == ENVIRONMENT, told.stderr
    assert told.stderr.startswith("error[PG5")
    assert "permission denied" in told.stderr.splitlines()[0]
    assert [path.name for path in locked.iterdir()] == ["pipeline.yaml"]


@pytest.mark.parametrize("arguments", [["validate"], ["run", "--params-file", "pipeline.yaml"]], ids=" ".join)
def test_it_says_what_it_may_not_read(arguments: list[str], locked: Path) -> None:
    (locked / "pipeline.yaml").chmod(0o000)
    told = weakly(locked, *arguments)
    assert told.returncode == ENVIRONMENT
    assert told.stderr.startswith("error[PG512]: `pipeline.yaml` cannot be read: permission denied")


def test_it_says_that_it_may_not_look_into_a_folder_of_logs(locked: Path) -> None:
    locked.chmod(0o755)
    (locked / "logs").mkdir(0o000)
    told = weakly(locked, "collect", "logs")
    assert (told.returncode, told.stderr.split(":")[0]) == (ENVIRONMENT, "error[PG541]")
    (locked / "logs").chmod(0o755)


def test_it_needs_no_right_to_write_where_it_only_reads(locked: Path) -> None:
    assert weakly(locked, "validate").returncode == 0
    assert weakly(locked, "runs").stdout == "no runs\n"
    told = weakly(locked, "show")
    assert (told.returncode, told.stderr.split(":")[0]) == (USAGE, "error[PG509]")
    assert [path.name for path in locked.iterdir()] == ["pipeline.yaml"]


def test_it_shows_a_store_that_it_may_not_write_to(locked: Path) -> None:
    locked.chmod(0o755)
    assert weakly(locked, "run").returncode == 0
    kept = locked / ".pipeglot"
    (kept / "records.db").chmod(0o444)
    kept.chmod(0o555)
    assert "succeeded" in weakly(locked, "runs").stdout
    assert weakly(locked, "show", "--format", "normal").returncode == 0
    kept.chmod(0o755)


def test_it_says_where_a_record_is_that_the_store_does_not_take(locked: Path) -> None:
    locked.chmod(0o755)
    assert weakly(locked, "run").returncode == 0
    store = locked / ".pipeglot" / "records.db"
    store.chmod(0o444)
    told = weakly(locked, "run")
    assert told.returncode == ENVIRONMENT
    assert told.stderr.startswith("error[PG540]")
    for part in store.parent.glob("records.db*"):
        part.chmod(0o644)
    collect = told.stderr.split("hint: `pipeglot ")[1].split("`")[0].split()
    assert "1 runs" in weakly(locked, *collect).stdout


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
        assert told.returncode == ENVIRONMENT, told.stderr
        assert "no space left" in told.stderr
        assert (disk / "airflow" / "good.py").read_text("utf-8") == "old"
        assert sorted(path.name for path in disk.rglob("*")) == ["airflow", "filler", "good.py"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
