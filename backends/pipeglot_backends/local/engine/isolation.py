"""A fresh copy of the code for one attempt, so that nothing it leaves beside its outputs can be relied on."""

from __future__ import annotations

import fnmatch
import shutil
from collections.abc import Iterable
from pathlib import Path

LEFT_OUT = (".git", ".hg", ".pipeglot", ".venv", "venv", "build", "__pycache__", "*.pyc", "node_modules")


def copy_code(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, symlinks=True, ignore=_left_out)
    return target


def _left_out(folder: str, names: Iterable[str]) -> set[str]:
    """Also what is neither file, folder nor link: a socket of a running program cannot be copied."""
    return {name for name in names if any(fnmatch.fnmatch(name, each) for each in LEFT_OUT) or _special(folder, name)}


def _special(folder: str, name: str) -> bool:
    path = Path(folder, name)
    return not (path.is_symlink() or path.is_dir() or path.is_file())
