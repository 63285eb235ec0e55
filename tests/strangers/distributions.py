"""Distributions of others, installed into folders that are put on the path of a command."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).with_name("shellscript")
WHOLE = """
from pipeglot_backends.protocol import EmittedFile
NAME, VERSIONS, RUN, OPERATORS, SCHEDULES, REMOTE, CANNOT, EMULATES = "acme", ("1",), (), (), False, None, (), ()
def check_settings(given): pass
def emit(pipeline, options): return (EmittedFile("acme.txt", pipeline.name),)
def tasks(pipeline, files): return ()
def delivery(files): return "by hand"
"""
"""The least that is a target: `acme`."""


def install_example(folder: Path) -> Path:
    """As a wheel made by its own build backend."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "wheel")]
    subprocess.run(build, cwd=EXAMPLE, check=True, capture_output=True)
    (wheel,) = (folder / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def install(
    site: Path, files: Mapping[str, str], target: str = "acme", module: str = "acme", name: str = "acme"
) -> Path:
    """One of those files, with the metadata that say what it offers."""
    metadata = site / f"{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(f"[pipeglot.backends]\n{target} = {module}\n", "utf-8")
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, "utf-8")
    return site
