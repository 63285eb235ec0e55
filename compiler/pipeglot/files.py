"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    write_all([(path, text, False)])


def write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_all(files: Iterable[tuple[Path, str, bool]]) -> None:
    """Each (path, text, executable) under a temporary name first; renamed when all are there, removed when one is not.

    Raises OSError, with every file as it was before, and no folder that was not there.
    """
    waiting: list[tuple[Path, Path]] = []
    made: list[Path] = []
    try:
        for path, text, executable in files:
            made += _made(path.parent)
            temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            waiting.append((temporary, path))
            _fill(temporary, path, text, executable)
        for _, path in waiting:
            if path.is_dir():
                raise IsADirectoryError(21, "a folder is where the file belongs", str(path))
        for temporary, path in waiting:
            temporary.replace(path)
    finally:
        for temporary, _ in waiting:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            # one that holds something by now stays
            with contextlib.suppress(OSError):
                folder.rmdir()


def _made(folder: Path) -> list[Path]:
    """The folders that had to be made, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _fill(temporary: Path, path: Path, text: str, executable: bool) -> None:
    try:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        if executable:
            temporary.chmod(temporary.stat().st_mode | 0o111)
    except OSError as fault:
        # whoever reads this knows nothing of our temporary names
        raise OSError(fault.errno, fault.strerror, str(path)) from None
