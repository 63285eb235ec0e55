"""Code that is packed: the same bytes everywhere, nothing that means something else elsewhere, never by compile."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import os
import random
import tarfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeglot.diagnostics import SpecRejected
from pipeglot.driver import packaging
from pipeglot.driver.compiling import compiled, find_target, options_for, validate
from pipeglot.driver.loading import load
from pipeglot.driver.packaging import NEVER, archives, package
from pipeglot.driver.planning import plan
from pipeglot_backends.features.delivery import INLINE, TASK
from pipeglot_backends.kubeflow import WAY as MAPS
from pipeglot_backends.kubeflow.emit.step_tables import Tables, with_code
from pipeglot_expression.runtime.packing import unpacked_text

SPEC = """apiVersion: pipeglot/v1
kind: Pipeline
metadata: {{name: packed}}
defaults: {{image: "alpine:3.20", code: {{{code}}}}}
steps:
  a: {{run: [./go.sh]}}
  b: {{run: [./go.sh], code: {{mode: image}}}}
"""
FILES = {"src/go.sh": "#!/bin/sh\n", "src/lib/é b.py": "X = 1\n", "src/data/rows.csv": "1\n", "src/.env": "KEY=1\n"}


def written(folder: Path, code: str = "source: src") -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "src/go.sh").chmod(0o700)
    path = folder / "pipeline.yaml"
    path.write_text(SPEC.format(code=code), "utf-8")
    return path


def held(path: Path) -> dict[str, int]:
    ((archive, _, _),) = archives(load(path)).values()
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as opened:
        return {member.name: member.mode for member in opened}


def refused(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(SpecRejected) as found:
        validate(path)
    return [(each.code, each.message) for each in found.value.diagnostics]


def test_it_is_the_same_bytes_whatever_the_clock_and_the_mode(tmp_path: Path) -> None:
    made: list[Path] = []
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        pipeline = written(tmp_path / folder)
        os.utime(pipeline.parent / "src/go.sh", (len(folder), len(folder)))
        (pipeline.parent / "src/data").chmod(0o700 if folder == "one" else 0o755)
        made += (path for *_, path in package(load(pipeline)))
    one, other = (path.read_bytes() for path in made)
    assert one == other
    assert made[0].name == made[1].name == f"{hashlib.sha256(bz2.decompress(one)).hexdigest()}.tar.bz2"
    assert held(pipeline) == {"data/rows.csv": 0o644, "go.sh": 0o755, "lib/é b.py": 0o644}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("source: src, exclude: [data]", ["go.sh", "lib/é b.py"]),
        ("source: src, exclude: [/rows.csv, 'lib/*']", ["data/rows.csv", "go.sh"]),
        ("source: src, include: ['*.py', '*.sh']", ["go.sh", "lib/é b.py"]),
        ("source: src, include: ['**/*.csv']", ["data/rows.csv"]),
        ("source: src/lib", ["é b.py"]),
        ("exclude: [src/data, pipeline.yaml]", ["src/go.sh", "src/lib/é b.py"]),
    ],
)
def test_it_packs_what_is_named(code: str, names: list[str], tmp_path: Path) -> None:
    assert ".env" in NEVER
    assert list(held(written(tmp_path, code))) == names


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("source: none", "there is no folder"),
        ("source: ../none", "there is no folder"),
        ("source: /etc", "begins at the file"),
        ("source: src, include: ['*.rs']", "nothing in"),
    ],
)
def test_it_refuses_what_cannot_be_packed(code: str, said: str, tmp_path: Path) -> None:
    ((found, message),) = refused(written(tmp_path, code))
    assert (found, said in message) == ("PG346", True)


def test_it_refuses_links_and_what_is_no_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "src/link").symlink_to("go.sh")
    assert "is a symbolic link" in refused(path)[0][1]
    (tmp_path / "src/link").unlink()
    os.mkfifo(tmp_path / "src/pipe")
    assert "is neither a file nor a folder" in refused(path)[0][1]
    path.write_text(SPEC.format(code="source: src, exclude: [pipe]"), "utf-8")
    assert validate(path)


def test_compile_takes_what_was_packaged(tmp_path: Path) -> None:
    path = written(tmp_path)
    with pytest.raises(SpecRejected) as missing:
        compiled(load(path), "airflow")
    assert [each.code for each in missing.value.diagnostics] == ["PG554"]
    list(package(load(path)))
    ((archive, _, _),) = archives(load(path)).values()
    files = {file.path: file.text for file in compiled(load(path), "airflow").native}
    beside = files[f"packed.pipeglot/code-{archive.digest[7:19]}"]
    assert unpacked_text(beside.replace("\n", "")) == archive.content
    (tmp_path / "src/go.sh").write_text("#!/bin/sh\necho changed\n", "utf-8")
    with pytest.raises(SpecRejected):
        compiled(load(path), "airflow")


def test_pods_mount_it_while_it_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    list(package(load(path)))
    files = {file.path: file.text for file in compiled(load(path), "argo").native}
    config = yaml.safe_load(files["code.yaml"])
    assert config["metadata"]["name"] in files["workflowtemplate.yaml"]
    (tmp_path / "src/noise").write_bytes(os.urandom(900_000))
    list(package(load(path)))
    with pytest.raises(SpecRejected, match="a ConfigMap holds at most 1024"):
        compiled(load(path), "argo")
    monkeypatch.setattr(packaging, "MOST", 512 * 1024)
    assert "which is more than code has" in refused(path)[0][1]


@pytest.mark.parametrize(("size", "ways"), [(40_000, (TASK, INLINE)), (200_000, (MAPS, ""))])
def test_a_definition_holds_it_while_there_is_room(size: int, ways: tuple[str, str], tmp_path: Path) -> None:
    """Beyond that Kubeflow's pods mount it; Vertex AI has no other way than an argument."""
    pipeline = load(written(tmp_path))
    (tmp_path / "src/noise").write_bytes(random.Random(1).randbytes(size))
    pipeline = load(tmp_path / "pipeline.yaml")
    for target, way in zip(("kubeflow", "vertex"), ways, strict=True):
        backend, version = find_target(target)
        options = options_for(pipeline, backend, version)
        if not way:
            with pytest.raises(SpecRejected, match="an argument, of at most 96 KiB"):
                backend.emit(pipeline, options)
            continue
        files = backend.emit(pipeline, options)
        assert backend.delivery(files) == way
        assert "packed_code" in plan(pipeline, backend, options, files)["emulates"]
        if target == "kubeflow":
            asked = replace(pipeline, deliver="image")
            with nullcontext() if size < 96_000 else pytest.raises(SpecRejected, match="of at most 96 KiB"):
                backend.emit(asked, options)


def test_a_task_holds_no_code_of_another_step(tmp_path: Path) -> None:
    pipeline = load(written(tmp_path))
    options = with_code(options_for(pipeline, *find_target("kubeflow")))
    whole, with_it, without = (json.loads(text) for text in (options.table, *map(Tables(options.table).of, "ab")))
    assert whole["archives"] == with_it["archives"]
    assert "archives" not in without


def test_a_plan_reads_several_archives(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace("mode: image", "source: src/lib"), "utf-8")
    (tmp_path / "src/lib/noise").write_bytes(os.urandom(400_000))
    pipeline = load(path)
    backend, version = find_target("argo")
    options = options_for(pipeline, backend, version)
    assert plan(pipeline, backend, options, backend.emit(pipeline, options))["server_side"] == ["code.yaml"]
