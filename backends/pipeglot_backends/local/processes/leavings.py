"""What sidecars that were killed left unread: brought into the record by another one, before its folder goes."""

from __future__ import annotations

import subprocess
from importlib import resources
from pathlib import Path

from pipeglot_backends.local.processes.workers import PYTHON

MARK = "attempt"
"""The file by which a sidecar says whose its scratch folder is; there until all that is in it is recorded."""


def left(work: Path) -> list[Path]:
    """Scratch folders that hold what may not be recorded yet."""
    return sorted(mark.parent for mark in work.glob(f"pipeglot-*/{MARK}"))


def recover(work: Path) -> None:
    """Whatever cannot be recorded now stays, for whoever comes later; so does what belongs to a sidecar that lives."""
    if not left(work):
        return
    with resources.as_file(resources.files("pipeglot_sidecar").joinpath("generated/sidecar.py")) as sidecar:
        subprocess.run(
            [*PYTHON, str(sidecar), "recover", str(work)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
