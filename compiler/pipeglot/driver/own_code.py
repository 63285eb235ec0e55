"""The code of steps that say nothing of `code`: what lies in the folder of the pipeline, as a hash."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeglot.driver.packaging import NEVER, is_named, patterns
from pipeglot.driver.recognition import ENDINGS, recognised
from pipeglot.ir import Pipeline

NO_CODE = (
    *("node_modules", "venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints"),
    *(".hg", ".svn", ".dvc", ".idea", ".vscode"),
)
"""What tools leave in a folder of code, beside what is never packed."""
UNREAD = b"-"


def code_hash(pipeline: Pipeline, folder: Path) -> str | None:
    """None where no step whose work is kept asks for it."""
    return folder_hash(folder) if any(step.cache and not step.code for step in pipeline.steps) else None


def folder_hash(folder: Path) -> str:
    """Of every file below, with its name and whether it can be executed; but for pipelines, of which each step has its
    own part in its key."""
    total = hashlib.sha256()
    unwanted = patterns((*NEVER, *NO_CODE))
    found = (name for name in _names(os.fsencode(folder)) if not is_named(_shown(name), unwanted))
    for name in sorted(found):
        path = folder / os.fsdecode(name)
        if path.suffix not in ENDINGS or recognised(path) is None:
            total.update(b"%s\0%s\n" % (_content(path), name))
    return f"sha256:{total.hexdigest()}"


def _names(folder: bytes, prefix: bytes = b"") -> Iterator[bytes]:
    skipped = {os.fsencode(name) for name in (*NEVER, *NO_CODE)}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in skipped:
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _names(entry.path, prefix + entry.name + b"/")
            else:
                yield prefix + entry.name


def _shown(name: bytes) -> PurePosixPath:
    return PurePosixPath(os.fsdecode(name))


def _content(path: Path) -> bytes:
    """Of a file that cannot be read, that it is there: no step can read it either."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return UNREAD
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return UNREAD
    return f"{digest} {bool(about.st_mode & stat.S_IXUSR):d}".encode("ascii")
