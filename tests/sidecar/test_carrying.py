"""A Python that is taken along to images that have none."""

from __future__ import annotations

import ast
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeglot_sidecar import bundle
from pipeglot_sidecar.portable_python import AUTHORITIES, USED
from tests.sidecar.stage import SIDECAR

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a loader and its libraries are those of Linux")
OURS = ("pipeglot_sidecar", "pipeglot_expression", "__future__")
OF_NOTEBOOKS = {"papermill", "logging"}
"""Imported where a notebook is run, which the step's own Python does."""


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_it_names_all_that_the_sidecar_imports() -> None:
    found = {
        name.partition(".")[0] for path in bundle.sources() for name in imported(ast.parse(path.read_text("utf-8")))
    }
    assert found - set(OURS) - {"typing", "collections", "types", "builtins"} - OF_NOTEBOOKS == set(USED)


def test_it_runs_with_nothing_of_where_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "carried"
    done = run(sys.executable, str(SIDECAR), "carry", str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    start = [f"{folder}/ld.so", "--library-path", f"{folder}/libs", f"{folder}/bin/python3"]
    show = "import hashlib,sys;print(*sys.path[1:], sep='\\n');print(open('/proc/self/maps').read())"
    said = run(*start, "-c", show).stdout.splitlines()
    paths = [
        line.split(maxsplit=5)[5] if line.count(" ") > 4 else line for line in said if ".so" in line or "lib/p" in line
    ]
    assert len(paths) > 10
    assert [path for path in paths if not path.startswith(f"{folder}/")] == []
    assert run(*start, "-c", "import os; os.wait4(os.spawnl(os.P_NOWAIT, '/bin/true', 'true'), 0)").stderr == ""
    assert run(*start, str(SIDECAR)).stderr.startswith("usage: sidecar.py run STEP")


def test_it_says_why_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = run(sys.executable, str(SIDECAR), "carry", f"{tmp_path}/file/x")
    assert done.returncode == 68
    assert done.stderr.startswith(f"pipeglot: this Python cannot be taken along to `{tmp_path}/file/x`: ")


def test_it_takes_along_what_opens_object_stores(tmp_path: Path) -> None:
    """And whom this machine trusts: an image without a Python has neither."""
    folder = tmp_path / "carried"
    assert run(sys.executable, str(SIDECAR), "carry", str(folder)).returncode == 0
    start = [f"{folder}/ld.so", "--library-path", f"{folder}/libs", f"{folder}/bin/python3"]
    show = "import obstore.store as o,os,sys;o.S3Store('b');print(os.path.dirname(os.path.dirname(o.__file__)))"
    assert Path(run(*start, "-c", show).stdout.strip()).parent == folder / "lib"
    known = ssl.get_default_verify_paths().cafile
    assert (folder / AUTHORITIES).exists() == bool(known and Path(known).is_file())
