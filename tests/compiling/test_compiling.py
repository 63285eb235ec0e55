"""Compiled files: the same everywhere, and on disk all or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver import compiling
from pipeglot.driver.staleness import State, difference, stale
from pipeglot_backends.protocol import EmittedFile
from pipeglot_backends.targets import BUILT_IN

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "breast_cancer" / "pipeline.yaml"


@pytest.mark.parametrize("target", BUILT_IN)
def test_it_compiles_the_example_for(target: str) -> None:
    found = compiling.compile_file(EXAMPLE, target, "prod" if target == "argo" else None)
    assert found.target == target
    assert "definition.json" in {file.path for file in found.files}
    assert set(found.native) < set(found.files)


@pytest.mark.parametrize(("target", "code"), [("arg", "PG502"), ("argo@1.0", "PG503"), (None, "PG504"), ("argo", None)])
def test_it_refuses_targets_that_are_not_there(target: str | None, code: str | None) -> None:
    if code is None:
        assert compiling.compile_file(EXAMPLE, target, "prod").target == "argo"
        return
    with pytest.raises(SpecRejected) as rejected:
        compiling.compile_file(EXAMPLE, target)
    assert [each.code for each in rejected.value.diagnostics] == [code]


@pytest.mark.parametrize(("name", "meant"), [("kfp", "kubeflow"), ("Vertex-AI", "vertex"), ("argo_workflows", "argo")])
def test_it_knows_by_what_else_targets_are_called(name: str, meant: str) -> None:
    with pytest.raises(SpecRejected) as rejected:
        compiling.find_target(name)
    assert [each.hint for each in rejected.value.diagnostics] == [f"did you mean `{meant}`?"]


def test_it_takes_the_target_of_the_profile() -> None:
    assert compiling.compile_file(EXAMPLE, profile="prod").target == "argo"
    assert compiling.compile_file(EXAMPLE, profile="dev").target == "local"


def test_it_refuses_what_a_target_cannot_keep_and_names_those_that_can(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text("apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: a}\nsteps: {a: {run: x}}\n")
    with pytest.raises(SpecRejected) as rejected:
        compiling.compile_file(path, "argo")
    (found,) = rejected.value.diagnostics
    assert found.code == "PG401"
    assert found.message.endswith("(`local` and `airflow` can)")
    assert compiling.compile_file(path, "argo", allow=("PG401",)).target == "argo"


FILES = (EmittedFile("a.txt", "one\n"), EmittedFile("sub/b.sh", "é\n", executable=True))


def states(folder: Path) -> list[State]:
    return [each.state for each in stale(FILES, folder)]


def test_it_writes_and_finds_fresh_what_it_wrote(tmp_path: Path) -> None:
    assert states(tmp_path) == [State.MISSING, State.MISSING]
    compiling.write(FILES, tmp_path)
    assert states(tmp_path) == []
    assert (tmp_path / "sub" / "b.sh").stat().st_mode & 0o100
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.txt", "b.sh", "sub"]


def test_it_shows_what_is_stale(tmp_path: Path) -> None:
    compiling.write(FILES, tmp_path)
    (tmp_path / "a.txt").write_text("two\n")
    (found,) = stale(FILES, tmp_path)
    assert (found.path.name, found.state) == ("a.txt", State.DIFFERS)
    assert "-two\n+one\n" in difference(found)


def test_it_sees_bytes_that_are_no_text_and_line_ends_as_stale(tmp_path: Path) -> None:
    compiling.write(FILES, tmp_path)
    (tmp_path / "a.txt").write_bytes(b"one\r\n")
    (tmp_path / "sub" / "b.sh").write_bytes(b"\xe9\n")
    assert states(tmp_path) == [State.DIFFERS, State.DIFFERS]


def test_it_leaves_everything_as_it_was_when_the_disk_is_full(tmp_path: Path) -> None:
    """`/dev/full` is a disk that is full; a file of ours is led there by its temporary name."""
    compiling.write(FILES, tmp_path)
    temporary = tmp_path / "sub" / f".b.sh.{os.getpid()}.tmp"
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    temporary.symlink_to("/dev/full")
    changed = (EmittedFile("a.txt", "new\n"), EmittedFile("sub/b.sh", "new\n"))
    with pytest.raises(OSError, match=r"No space left on device: .*b\.sh.$"):
        compiling.write(changed, tmp_path)
    assert states(tmp_path) == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.txt", "b.sh", "sub"]


def test_it_leaves_no_folder_behind_that_it_could_not_fill(tmp_path: Path) -> None:
    (tmp_path / "out" / "sub" / "b.sh").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        compiling.write((*FILES, EmittedFile("deep/er/c.txt", "")), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b.sh", "out", "sub"]
    with pytest.raises(OSError, match="a folder is where the file belongs"):
        compiling.write(FILES, tmp_path / "out")


def test_it_refuses_to_send_records_where_argo_cannot(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text(
        "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: a}\nrecords: {sink: 'file:///x'}\n"
        "steps: {a: {run: x, image: x}}\n"
    )
    with pytest.raises(SpecRejected) as rejected:
        compiling.compile_file(path, "argo")
    assert [each.code for each in rejected.value.diagnostics] == ["PG401"]
    assert compiling.compile_file(path, "airflow").target == "airflow"
