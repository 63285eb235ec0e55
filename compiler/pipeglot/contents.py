"""What a file or a folder contains, as the record names it, and the same content at another place."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 1 << 20


def digest_of(path: Path) -> dict[str, str]:
    """`{"sha256": …}` of a file, `{"dirHash": …}` of a folder. Raises OSError, also for what no artifact holds."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        return {"sha256": _sha256(path)}
    total = hashlib.sha256()
    root = os.fsencode(path)
    for name, place in sorted((os.path.relpath(found, root), found) for found in _files(root)):
        total.update(_sha256(Path(os.fsdecode(place))).encode("ascii") + b"  " + name + b"\n")
    return {"dirHash": total.hexdigest()}


@dataclass(slots=True)
class Sizes:
    """Bytes of files, each counted once whatever names it has: runs that share content share them."""

    seen: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def of(self, places: Iterable[Path]) -> int:
        return sum(self._file(path) for place in places for path in files_of(place))

    def _file(self, path: Path) -> int:
        with suppress(OSError):
            found = path.lstat()
            if (found.st_dev, found.st_ino) not in self.seen:
                self.seen.add((found.st_dev, found.st_ino))
                return found.st_size
        return 0


def files_of(place: Path) -> Iterator[Path]:
    """Those in a folder, or the file itself, which need not be there. Links are not followed."""
    if not place.is_dir() or place.is_symlink():
        yield place
        return
    for folder, _, names in os.walk(place):
        yield from (Path(folder) / name for name in names)


def bring(source: Path, target: Path) -> None:
    """The same content under another name: by links where one disk has both, so that either can be removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=_link)
    else:
        _link(str(source), str(target))


def _link(source: str, target: str) -> None:
    with suppress(OSError):
        os.link(source, target, follow_symlinks=False)
        return
    shutil.copy2(source, target, follow_symlinks=False)


def _files(folder: bytes) -> Iterator[bytes]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                yield entry.path


def _sha256(path: Path) -> str:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(f"`{path}` is neither a file nor a folder")
    total = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(PIECE):
            total.update(piece)
    return total.hexdigest()
