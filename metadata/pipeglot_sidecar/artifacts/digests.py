"""What a file or a folder contains, as one number: sha256 of a file, in-toto `dirHash` of a folder."""

from __future__ import annotations

import os
import stat
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

CHUNK = 1 << 20
FIRST_READ = 1 << 16
"""What is read of a file first: most are smaller."""
FEW_FILES = 50


class Unfit(Exception):
    """An artifact that may not be handed on."""


class Digest:
    """`files` counts the regular files, `size` their bytes."""

    __slots__ = ("files", "is_folder", "sha256", "size")

    def __init__(self, sha256: str, size: int, files: int, is_folder: bool) -> None:
        self.sha256 = sha256
        self.size = size
        self.files = files
        self.is_folder = is_folder

    def shown(self) -> dict[str, str]:
        return {"dirHash" if self.is_folder else "sha256": self.sha256}


def digest_of(path: bytes, pulse: Callable[[], None]) -> Digest:
    """`pulse` is called every few milliseconds of hashing."""
    mode = os.lstat(path).st_mode
    if not stat.S_ISDIR(mode):
        check_regular(mode, "it")
        found, size = _file(path, pulse)
        return Digest(found, size, 1, False)
    names = sorted(files_below(path))
    begin = hasher_for(FIRST_READ if len(names) > FEW_FILES else 0)
    return folder_digest((name, *_file(os.path.join(path, name), pulse, begin)) for name in names)


def folder_digest(files: Iterable[tuple[bytes, str, int]]) -> Digest:
    """Of the files of a folder in the order of their names: of each its digest and its size."""
    total, size, count = hasher_for(0)(), 0, 0
    for name, found, length in files:
        total.update(found.encode("ascii") + b"  " + name + b"\n")
        size += length
        count += 1
    return Digest(total.hexdigest(), size, count, True)


def files_below(folder: bytes, prefix: bytes = b"") -> Iterator[bytes]:
    """Paths of the files in a folder, relative to it. Raises `Unfit` for a link, a device or a name with a line end."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = prefix + entry.name
            if b"\n" in name:
                raise Unfit(f"the name of {_shown_name(name)} holds a line end")
            if entry.is_dir(follow_symlinks=False):
                yield from files_below(entry.path, name + b"/")
            else:
                if not entry.is_file(follow_symlinks=False):
                    check_regular(entry.stat(follow_symlinks=False).st_mode, _shown_name(name))
                yield name


def check_regular(mode: int, name: str) -> None:
    if stat.S_ISLNK(mode):
        raise Unfit(f"{name} is a symbolic link, which artifacts may not hold")
    if not stat.S_ISREG(mode):
        raise Unfit(f"{name} is neither a file nor a folder")


def make_read_only(path: bytes, is_folder: bool) -> None:
    """Takes the right to write from files. Folders keep it, so that they can be deleted."""
    names = [os.path.join(path, name) for name in files_below(path)] if is_folder else [path]
    for name in names:
        os.chmod(name, stat.S_IMODE(os.lstat(name).st_mode) & ~0o222)


def _file(path: bytes, pulse: Callable[[], None], begin: Callable[[], Any] | None = None) -> tuple[str, int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        piece = os.read(descriptor, FIRST_READ)
        total, size = (begin or hasher_for(len(piece)))(), 0
        while piece:
            total.update(piece)
            size += len(piece)
            pulse()
            piece = os.read(descriptor, CHUNK if len(piece) >= FIRST_READ else FIRST_READ)
    finally:
        os.close(descriptor)
    return total.hexdigest(), size


def hasher_for(size: int) -> Callable[[], Any]:
    """`hashlib` is quicker at hashing, and takes longer to load than few bytes take to hash."""
    if size < FIRST_READ:
        try:
            return __import__("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256  # type: ignore[no-any-return]
        except ImportError:
            pass
    from hashlib import sha256

    return sha256


def _shown_name(name: bytes) -> str:
    return "`" + name.decode("utf-8", "backslashreplace").replace("\n", "\\n") + "`"
