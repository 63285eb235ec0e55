"""The one folder in which a project keeps its runs and their records: `.pipeglot`, found the same from everywhere."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NAME = ".pipeglot"
STORE = "records.db"
RUNS = "runs"
COLLECTED = "collected"
IGNORE = ".gitignore"
DEPTH = 3
"""Folders below the current one that are looked into, where nothing lies above."""
MOST_LOOKED_AT = 2000
PASSED_OVER = frozenset({"node_modules", "venv", "build", "__pycache__"})


def kept_for(file: Path) -> Path:
    """Of a pipeline's file: the nearest such folder upward from it; else the one beside it, which may not be there."""
    return kept_from(file.parent)


def kept_from(folder: Path) -> Path:
    """The same from a folder. Shown relative where the folder was."""
    near = [place for place in _upward(folder) if _is_there(place)]
    return next((place for place in near if not _only_runs(place)), near[0] if near else folder / NAME)


def kept_here() -> Path:
    """For whoever names no file: upward from the current folder; else below it, where there is just one."""
    found = kept_from(Path())
    if _is_there(found):
        return found
    below = _below(Path())
    return below[0] if len(below) == 1 else found


def make(folder: Path) -> None:
    """With what keeps it out of git: runs are large, and secrets may lie beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    ignored = folder / IGNORE
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")


def _upward(folder: Path) -> Iterator[Path]:
    """Never by way of a folder in which anybody may write, as `/tmp`: what lies there may be a stranger's."""
    yield folder / NAME
    for above in folder.resolve().parents:
        if not _is_everybodys(above):
            yield (above if folder.is_absolute() else Path(os.path.relpath(above))) / NAME


def _is_everybodys(folder: Path) -> bool:
    with suppress(OSError):
        return bool(folder.stat().st_mode & stat.S_IWOTH)
    return True


def _only_runs(place: Path) -> bool:
    """Left by an older pipeglot, which kept runs beside the file and the store in the current folder."""
    return _is_there(place / RUNS) and not _is_there(place / STORE) and _has_store_above(place)


def _has_store_above(place: Path) -> bool:
    return any(_is_there(above / STORE) for above in _upward(place.absolute().parent.parent))


def _is_there(path: Path) -> bool:
    """False too where one may not look."""
    with suppress(OSError):
        return path.exists()
    return False


def _below(folder: Path) -> list[Path]:
    """Every store of the folders below, as far as one looks."""
    found: list[Path] = []
    level, looked = [folder], 0
    for _ in range(DEPTH):
        level = [child for each in level for child in _children(each)]
        looked += len(level)
        if looked > MOST_LOOKED_AT:
            break
        found += [each / NAME for each in level if _is_there(each / NAME / STORE)]
    return found


def _children(folder: Path) -> list[Path]:
    with suppress(OSError):
        return sorted(each for each in folder.iterdir() if _may_hold(each))
    return []


def _may_hold(folder: Path) -> bool:
    passed_over = folder.name.startswith(".") or folder.name in PASSED_OVER or folder.is_symlink()
    return not passed_over and folder.is_dir()
