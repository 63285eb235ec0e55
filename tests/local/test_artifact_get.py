"""`artifact get`: what arrives is what was recorded, from a folder and from a store, or nothing does."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.local.test_again import Project

from pipeglot.contents import digest_of
from pipeglot_records.engines.bringing import Unbrought, bring
from pipeglot_sidecar.artifacts import digests
from pipeglot_sidecar.artifacts.transfer import send_artifact


def test_it_brings_what_was_recorded_or_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.run()
    project.run("-p", "rows=4")
    got = project.pipeglot("artifact", "get", "make.raw@1", "-o", "out")
    assert (got.returncode, got.stdout.split(",")[0]) == (0, "out/raw: version 1"), got.stderr
    assert (tmp_path / "out/raw/deep/rows").read_text() == "1\n2\n3\n"
    assert "there already" in project.pipeglot("artifact", "get", "make.raw@1", "-o", "out").stdout
    other = project.pipeglot("artifact", "get", "make.raw", "-o", "out")
    assert (other.returncode, "is there already, and is another content" in other.stderr) == (4, True)
    (one,) = {path for path in project.artifacts() if path.name == "m" and path.read_text() == "1\n2\n3\n4\n20\n"}
    one.chmod(0o600)
    one.write_text("1\n2\n3\n4\n21\n")
    bad = project.pipeglot("artifact", "get", "each.m[1]", "-o", "out")
    assert (bad.returncode, "its digest is another one" in bad.stderr) == (4, True)
    one.unlink()
    assert project.pipeglot("artifact", "get", "each.m[1]", "-o", "out").returncode == 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["raw"], "nothing half-way is left"
    assert project.pipeglot("artifact", "get", "each.n").returncode == 2
    shutil.rmtree(tmp_path / ".pipeglot/runs")
    assert project.pipeglot("artifact", "get", "make.raw", "-o", "new").returncode == 4


def test_a_store_is_asked_and_not_believed(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "a" / "b").mkdir(parents=True)
    (tree / "a" / "b" / "é").write_text("x")
    (tree / "a-c").write_text("y")
    digest = digest_of(tree)
    assert digest == digests.digest_of(os.fsencode(tree), lambda: None).shown(), "as the sidecar counts"
    url = send_artifact(f"local://{tmp_path}/store", str(tree), digest, print, lambda: None)
    assert bring("it", ["file:///nowhere", url], digest, tmp_path / "new" / "tree")
    assert digest_of(tmp_path / "new" / "tree") == digest
    with pytest.raises(Unbrought, match="its digest is another one"):
        bring("it", [url], {"dirHash": "0" * 64}, tmp_path / "other" / "tree")
    next((tmp_path / "store").rglob("a-c")).write_text("z")
    with pytest.raises(Unbrought, match="what arrived is not what was sent"):
        bring("it", [url], digest, tmp_path / "other" / "tree")
    assert not list((tmp_path / "other").iterdir())
