"""Where work is kept to be handed on again: entries under the key of what went into it, artifacts under their content.

`STORE/cache/KEY.json` is an entry, written last and whole: where that is there, all is. In a folder the artifacts lie
beside it, `STORE/cache/sha256/DIGEST/FILE`; in an object store where all others do, see `transfer`.
"""

from __future__ import annotations

import os

from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.artifacts.digests import files_below, make_read_only
from pipeglot_sidecar.artifacts.object_store import check_library, is_stored, local_path, located
from pipeglot_sidecar.artifacts.parallel import Transfer
from pipeglot_sidecar.artifacts.transfer import (
    content_name,
    fetch_artifacts,
    is_whole,
    renew,
    send_artifact,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from pipeglot_sidecar.artifacts.object_store import Bucket

    WorkStore: TypeAlias = "FolderOfWork | BucketOfWork"

HOME = "cache"
COPIED_AT_A_TIME = 1 << 20


class FolderOfWork:
    def __init__(self, place: str, pulse: Callable[[], None]) -> None:
        self._home = os.path.join(os.path.abspath(place), HOME)
        self._pulse = pulse

    def read(self, key: str) -> bytes | None:
        try:
            with open(self._path(key), "rb") as file:
                text = file.read()
        except FileNotFoundError:
            return None
        if os.access(self._path(key), os.W_OK):
            os.utime(self._path(key))  # who looks for what nobody asks for any more looks at this
        return text

    def write(self, key: str, content: bytes) -> None:
        os.makedirs(self._home, exist_ok=True)
        path = self._path(key)
        draft = f"{path}.{os.urandom(4).hex()}"
        with open(draft, "wb") as file:
            file.write(content)
        os.replace(draft, path)

    def _path(self, key: str) -> str:
        return os.path.join(self._home, key + ".json")

    def keep(self, path: str, digest: dict[str, str]) -> str:
        """The place of an artifact that is there now. Whoever was quicker has left the same."""
        place = content_name(path, digest)
        target = encoded(os.path.join(self._home, place))
        if not os.path.lexists(target):
            raw, draft = encoded(path), target + b"." + os.urandom(4).hex().encode()
            make_read_only(raw, "dirHash" in digest)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            self._copy(raw, draft)
            try:
                os.rename(draft, target)
            except OSError:
                remove_draft(draft)
                if not os.path.lexists(target):
                    raise
        return place

    def address(self, place: str) -> str:
        """None that others could fetch from."""
        return ""

    def bring(self, place: str, path: str) -> None:
        self._copy(encoded(os.path.join(self._home, place)), encoded(path))

    def spoiled(self, place: str) -> None:
        """What is there is not what was kept: it is put aside, so that it can be kept anew."""
        path = os.path.join(self._home, place)
        os.rename(path, f"{path}.{os.urandom(4).hex()}")

    def _copy(self, source: bytes, target: bytes) -> None:
        if not os.path.isdir(source):
            link_or_copy(source, target, self._pulse)
            return
        for home, folders, _ in os.walk(source):
            inner = os.path.join(target, os.path.relpath(home, source))
            for name in (b"", *folders):
                os.makedirs(os.path.join(inner, name), exist_ok=True)
        for name in files_below(source):
            link_or_copy(os.path.join(source, name), os.path.join(target, name), self._pulse)


class BucketOfWork:
    def __init__(self, place: str, say: Callable[[str], None], pulse: Callable[[], None]) -> None:
        check_library(place)
        self._store = place.rstrip("/")
        self._say = say
        self._pulse = pulse

    def read(self, key: str) -> bytes | None:
        found: list[bytes | None] = []
        bucket, path = self._located(key)
        Transfer("asking the cache", 0, self._say).run([lambda: found.append(bucket.read(path))], self._pulse)
        return found[0]

    def write(self, key: str, content: bytes) -> None:
        bucket, path = self._located(key)
        Transfer("telling the cache", 0, self._say).run([lambda: bucket.write(path, content)], self._pulse)

    def _located(self, key: str) -> tuple[Bucket, str]:
        return located(f"{self._store}/{HOME}/{key}.json")

    def keep(self, path: str, digest: dict[str, str]) -> str:
        return send_artifact(self._store, path, digest, self._say, self._pulse)[len(self._store) + 1 :]

    def address(self, place: str) -> str:
        """Of what is there whole."""
        url = f"{self._store}/{place}"
        if not is_whole(url):
            return ""
        renew(url)
        return url

    def bring(self, place: str, path: str) -> None:
        fetch_artifacts({path: f"{self._store}/{place}"}, self._say, self._pulse)

    def spoiled(self, place: str) -> None:
        """What arrives is held against its digest, and what is sent against what is there: it is sent anew."""


def store_of_work(place: str, say: Callable[[str], None], pulse: Callable[[], None]) -> WorkStore:
    """Raises `Trouble` where no library opens it."""
    if is_stored(place):
        return BucketOfWork(place, say, pulse)
    return FolderOfWork(local_path(place) or place, pulse)


def link_or_copy(source: bytes, target: bytes, pulse: Callable[[], None]) -> None:
    """One content under two names, where one disk has both."""
    try:
        os.link(source, target, follow_symlinks=False)
        return
    except (OSError, NotImplementedError):
        pass
    with open(source, "rb", buffering=0) as file, open(target, "wb", buffering=0) as copy:
        while piece := file.read(COPIED_AT_A_TIME):
            copy.write(piece)
            pulse()
    os.chmod(target, os.stat(source).st_mode & 0o777)


def remove_draft(path: bytes) -> None:
    if os.path.isdir(path):
        from shutil import rmtree

        rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)
