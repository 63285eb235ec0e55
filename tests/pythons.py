"""Other Pythons of this machine, that tests compare with the one they run on."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path


@cache
def python(version: str) -> str | None:
    """A Python of this version, as `3.8`, that starts: from pyenv, or by name (where a shim may stand for nothing)."""
    kept = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"), reverse=True)
    for found in filter(None, (*map(str, kept), shutil.which(f"python{version}"))):
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        if told.startswith(f"Python {version}."):
            return found
    return None
