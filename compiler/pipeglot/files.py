"""Files written whole or not at all."""

from __future__ import annotations

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

    Raises OSError, with every file as it was before.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, text, executable in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
            waiting.append((temporary, path))
            with temporary.open("w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            if executable:
                temporary.chmod(temporary.stat().st_mode | 0o111)
        for _, path in waiting:
            if path.is_dir():
                raise IsADirectoryError(21, "a folder is where the file belongs", str(path))
        for temporary, path in waiting:
            temporary.replace(path)
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)
