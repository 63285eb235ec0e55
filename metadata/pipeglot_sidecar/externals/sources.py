"""Where data from outside lies: what there is of it, and who reads it. A folder, or a bucket."""

from __future__ import annotations

import os
import stat

from pipeglot_expression.runtime.addresses import FOLDER, fits_pattern, is_pattern, shown_address, split_pattern
from pipeglot_sidecar.artifacts.decoding import decoded, encoded
from pipeglot_sidecar.artifacts.object_store import BUCKETS as BUCKETS
from pipeglot_sidecar.artifacts.object_store import located
from pipeglot_sidecar.artifacts.store_faults import StoreFault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    About: TypeAlias = "dict[str, Any]"

PIECE_AT_MOST = 1 << 20


class Source:
    """`found` says of each file what tells it from another: its size, its etag. The name of a file alone is empty."""

    def __init__(self, address: str, kind: str, path: str) -> None:
        """`path` is what stands in the address behind its place."""
        self.address = address
        self.shown = shown_address(address)
        self.kind = kind
        self.home, self.pattern = split_pattern(path) if is_pattern(address) else (path, [])
        self.found: dict[str, About] = {}

    @property
    def is_folder(self) -> bool:
        return "" not in self.found

    def look(self) -> None:
        """Raises `StoreFault`."""
        self.found = self._all()

    def look_again(self) -> None:
        """Once it was read: nobody may have written to it meanwhile."""
        if self._all() != self.found:
            raise StoreFault(f"`{self.shown}` was changed while it was read")

    def pieces(self, name: str, path: bytes) -> Iterator[bytes]:
        """The content of a file, which the caller writes to `path`."""
        yield from ()

    def _all(self) -> dict[str, About]:
        alone = None if self.pattern or self.kind == FOLDER or self.home.endswith("/") else self._alone()
        found = {"": alone} if alone is not None else self._below()
        if not found:
            where = "nothing there fits" if self.pattern else f"it is not there{self._seen_from()}"
            raise StoreFault(f"`{self.shown}`: {where}", lasting=True)
        if self.kind == "file" and alone is None and not self.pattern:
            raise StoreFault(f"`{self.shown}` is a folder, and the input is a file", lasting=True)
        for name in found:
            if name and (not set(name.split("/")).isdisjoint(("", ".", "..")) or "\n" in name):
                raise StoreFault(f"`{self.shown}`: `{name!a}` can be the name of no file", lasting=True)
        return found

    def _fits(self, name: str) -> bool:
        return not self.pattern or fits_pattern(name.split("/"), self.pattern)

    def _alone(self) -> About | None:
        """Of the one file that has this address; None where there is none."""
        return None

    def _below(self) -> dict[str, About]:
        """Of the files below it that fit."""
        return {}

    def _seen_from(self) -> str:
        return ""


class BucketSource(Source):
    def __init__(self, address: str, kind: str) -> None:
        self._bucket, key = located(address)
        super().__init__(address, kind, key)

    def _alone(self) -> About | None:
        return self._bucket.about(self.home)

    def _below(self) -> dict[str, About]:
        lead = f"{self.home.rstrip('/')}/".lstrip("/")
        below = self._bucket.objects(lead).items()
        named = ((key[len(lead) :], about) for key, about in below if not key.endswith("/"))
        return {name: about for name, about in named if self._fits(name)}

    def pieces(self, name: str, path: bytes) -> Iterator[bytes]:
        key = f"{self.home.rstrip('/')}/{name}".lstrip("/") if name else self.home
        return self._bucket.pieces(key, path)


class FolderSource(Source):
    """Links to files are followed; one to a folder is refused, as nobody knows where that ends."""

    def __init__(self, address: str, kind: str, path: str, folder: str) -> None:
        super().__init__(address, kind, path)
        self._from = "" if path.startswith("/") else folder
        self._home = encoded(os.path.join(folder, self.home))

    def _seen_from(self) -> str:
        return f", seen from `{self._from}`" if self._from else ""

    def _alone(self) -> About | None:
        try:
            return None if os.path.isdir(self._home) else self._about(self._home)
        except FileNotFoundError:
            return None

    def _below(self) -> dict[str, About]:
        if not os.path.isdir(self._home):
            return {}
        return dict(self._walk(self._home, ""))

    def _walk(self, folder: bytes, lead: str) -> Iterator[tuple[str, About]]:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            name = lead + decoded(entry.name)
            if not entry.is_dir():
                if self._fits(name):
                    yield name, self._about(entry.path)
            elif self._is_deeper(name):
                if entry.is_symlink():
                    raise StoreFault(
                        f"`{decoded(entry.path)}` is a link to a folder, which is not followed", lasting=True
                    )
                yield from self._walk(entry.path, f"{name}/")

    def _is_deeper(self, name: str) -> bool:
        return not self.pattern or "**" in self.pattern or name.count("/") + 1 < len(self.pattern)

    def _about(self, path: bytes) -> About:
        about = os.stat(path)
        if not stat.S_ISREG(about.st_mode):
            raise StoreFault(f"`{decoded(path)}` is neither a file nor a folder", lasting=True)
        mark = (about.st_mtime_ns, about.st_ino)
        return {"size": about.st_size, "mark": mark, "executable": bool(about.st_mode & 0o111)}

    def pieces(self, name: str, path: bytes) -> Iterator[bytes]:
        place = os.path.join(self._home, encoded(name)) if name else self._home
        with open(place, "rb", buffering=0) as file:
            yield from iter(lambda: file.read(PIECE_AT_MOST), b"")
