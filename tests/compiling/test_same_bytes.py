"""The same spec is the same bytes: under any hash seed, locale, zone and Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engines import environment
from tests.pythons import python

from pipeglot_backends.targets import BUILT_IN

ROOT = Path(__file__).parents[2]
ROOMS = ("compiler", "backends", "metadata", "schemas")
PROGRAM = """
import hashlib, sys
from pathlib import Path
from pipeglot.driver.compiling import compile_file, find_target
from pipeglot.diagnostics import SpecRejected
root = Path(sys.argv[1])
pipelines = (("examples/hello", None), ("examples/breast_cancer", "prod"), ("tests/conformance/chain_values", None))
for name in sys.argv[2:]:
    for version in find_target(name)[0].VERSIONS:
        for pipeline, profile in pipelines:
            path = root / pipeline / "pipeline.yaml"
            try:
                files = compile_file(path, f"{name}@{version}", profile).files
            except SpecRejected:
                files = ()  # a target may need more than the profile says
            for file in files:
                print(name, version, pipeline, file.path, hashlib.sha256(file.text.encode()).hexdigest())
"""


def compiled(python: Path | str, **environ: str) -> str:
    given = {**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / room) for room in ROOMS), **environ}
    command = [str(python), "-c", PROGRAM, str(ROOT), *BUILT_IN]
    done = subprocess.run(command, env=given, cwd="/", capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def here() -> str:
    return compiled(sys.executable, PYTHONHASHSEED="0", LC_ALL="C.UTF-8", TZ="UTC")


def test_it_writes_files_for_every_target_and_pipeline(here: str) -> None:
    seen = {tuple(line.split()[:3]) for line in here.splitlines()}
    assert {name for name, _, _ in seen} == set(BUILT_IN)
    assert {pipeline for _, _, pipeline in seen} == {
        "examples/hello",
        "examples/breast_cancer",
        "tests/conformance/chain_values",
    }


def test_it_writes_the_same_under_another_seed_locale_and_zone(here: str) -> None:
    other = {
        "PYTHONHASHSEED": "12345",
        "LC_ALL": "POSIX",
        "TZ": "Asia/Kathmandu",
        "PYTHONUTF8": "0",
        "HOME": "/nowhere",
    }
    assert compiled(sys.executable, **other) == here


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_it_writes_the_same_with_another_python(version: str, here: str) -> None:
    if version == f"3.{sys.version_info.minor}":
        pytest.skip("this is the one that all others are compared with")
    other = python(version)
    if other is None:
        pytest.skip(f"no Python {version} here")
    tomllib = pytest.importorskip("tomllib", reason="tomllib came with Python 3.11")
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    try:
        interpreter = environment.with_python(other, "\n".join(needed))
    except environment.CannotInstall as fault:
        pytest.skip(f"what pipeglot needs cannot be installed: {str(fault).splitlines()[-1]}")
    assert compiled(interpreter) == here
