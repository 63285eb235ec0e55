"""A fresh copy of the code for one attempt, so that nothing it leaves beside its outputs can be relied on."""

from __future__ import annotations

import shutil
from pathlib import Path

LEFT_OUT = (".git", ".hg", ".pipeglot", ".venv", "venv", "build", "__pycache__", "*.pyc", "node_modules")


def copy_code(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return target
