"""Kubeflow's and Vertex's own code as judges of what is emitted, each in its own environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.engines import environment

HERE = Path(__file__).parent


def interpreter(engine: str) -> Path:
    """The Python in which the engine's code is; skips the test where it cannot be had, but for CI."""
    try:
        return environment.interpreter(engine)
    except environment.CannotInstall as fault:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{engine}'s SDK cannot be installed here: {str(fault).splitlines()[-1]}")


def write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def kubeflow(folder: Path) -> Mapping[str, Any]:
    """What Kubeflow's protobuf and its loader of components say of each `.yaml` below `folder`."""
    return _told("kubeflow", "reading.py", folder)


def vertex(folder: Path) -> Mapping[str, Any]:
    """What Vertex's client says of each `.json` below `folder`."""
    return _told("vertex", "vertex_reading.py", folder)


def by_the_sdk(folder: Path) -> Mapping[str, str]:
    """Definitions that Kubeflow's own compiler writes, by file name."""
    _run("kubeflow", "sdk_pipelines.py", folder)
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.yaml"))}


def _told(engine: str, program: str, folder: Path) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(_run(engine, program, folder).splitlines()[-1])
    return told


def _run(engine: str, program: str, folder: Path) -> str:
    command = [str(interpreter(engine)), str(HERE / program), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
