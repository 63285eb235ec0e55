"""Objects behind addresses such as `s3://bucket/key`: by obstore, else by fsspec, loaded when there is one to open."""

from __future__ import annotations

import os
import sys
from itertools import chain

from pipeglot_sidecar.artifacts.decoding import decoded
from pipeglot_sidecar.artifacts.decoding import local_path as local_path
from pipeglot_sidecar.artifacts.store_clients import STORES
from pipeglot_sidecar.artifacts.store_faults import StoreFault, explained_fault
from pipeglot_sidecar.faults import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeAlias

    Bucket: TypeAlias = "ObstoreBucket | FsspecBucket"

PART = 8 << 20
"""What is sent as one object up to this size, and else in parts of it: of which there are some in memory."""
MOST_PARTS = 9_000
"""S3 takes 10,000."""
PARTS_AT_A_TIME = 4
NEITHER = "this Python has neither obstore nor fsspec: `pip install obstore`"
WORDS_OF_STORES = {"etag": ("e_tag", "ETag", "etag"), "version": ("version", "VersionId", "generation", "version_id")}
BUCKETS: dict[str, Bucket] = {}
"""Those that were opened, by their address."""


def is_stored(text: str) -> bool:
    """Whether it is an address in an object store, and no folder."""
    return local_path(text) is None


def store_of(environ: dict[str, str]) -> str:
    """Where the artifacts of this process go, and come from; empty where they lie in a folder."""
    place = environ.get("PIPEGLOT_ARTIFACTS", "")
    return place if is_stored(place) else ""


def check_library(url: str) -> None:
    """Before a command has worked for hours. Raises `Trouble`."""
    try:
        located(url)
    except StoreFault as fault:
        raise Trouble(str(fault)) from None


def located(url: str) -> tuple[Bucket, str]:
    """The bucket of an object, opened once, and its key. Raises `StoreFault`."""
    scheme, _, rest = url.partition("://")
    name, _, key = rest.partition("/")
    address = f"{scheme}://{name}"
    if address not in BUCKETS:
        BUCKETS[address] = _opened(scheme, name, address)
    return BUCKETS[address], key


def _opened(scheme: str, name: str, address: str) -> Bucket:
    if sys.flags.no_site:  # started without its libraries, which most steps do not need
        import site

        site.main()
    from importlib import import_module

    try:
        if scheme in STORES:
            return ObstoreBucket(
                address, import_module("obstore"), STORES[scheme](import_module("obstore.store"), name)
            )
    except ImportError:
        pass  # fsspec knows the same places, and more
    except Exception as fault:
        raise explained_fault(fault, address) from None
    try:
        library: Any = import_module("fsspec")
        ways = {"auto_mkdir": True} if scheme == "local" else {}
        system = library.filesystem(scheme, use_listings_cache=False, skip_instance_cache=True, **ways)
        return FsspecBucket(address, system, name)
    except ImportError as fault:
        missing = NEITHER if fault.name in (None, "fsspec") else f"fsspec cannot open it without `{fault.name}`"
        raise StoreFault(f"`{address}`: {missing}", lasting=True) from None
    except ValueError:
        raise StoreFault(f"`{address}`: no library here knows `{scheme}://`", lasting=True) from None
    except Exception as fault:
        raise explained_fault(fault, address) from None


class Place:
    """Of a bucket. Whatever goes wrong in one is a `StoreFault`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def url(self, key: str) -> str:
        return f"{self.address}/{key}"

    def objects(self, prefix: str) -> dict[str, dict[str, Any]]:
        """What is below a prefix, by key: of each its size, and what tells it from what was there before."""
        return {}

    def sizes(self, prefix: str) -> dict[str, int]:
        """The objects below a prefix, by key."""
        return {key: about["size"] for key, about in self.objects(prefix).items()}


class ObstoreBucket(Place):
    def __init__(self, address: str, library: Any, store: Any) -> None:
        super().__init__(address)
        self._library = library
        self._store = store

    def read(self, key: str) -> bytes | None:
        """A small object; None where there is none."""
        try:
            return bytes(self._library.get(self._store, key).bytes())
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))
            return None

    def age(self, key: str) -> float | None:
        """How many seconds ago it was written; None where it is not there."""
        from datetime import datetime, timezone

        try:
            written: datetime = self._library.head(self._store, key)["last_modified"]
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))
            return None
        return (datetime.now(timezone.utc) - written).total_seconds()

    def objects(self, prefix: str) -> dict[str, dict[str, Any]]:
        try:
            return {
                each["path"]: _described(each) for each in chain.from_iterable(self._library.list(self._store, prefix))
            }
        except Exception as fault:
            raise explained_fault(fault, self.url(prefix)) from None

    def about(self, key: str) -> dict[str, Any] | None:
        """The same of one object; None where it is not there."""
        try:
            return _described(self._library.head(self._store, key))
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))
            return None

    def write(self, key: str, content: bytes) -> None:
        try:
            self._library.put(self._store, key, content)
        except Exception as fault:
            raise explained_fault(fault, self.url(key)) from None

    def remove(self, key: str) -> None:
        """It may be gone already."""
        try:
            self._library.delete(self._store, key)
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))

    def send(self, key: str, path: bytes, size: int, digest: str, tell: Callable[[int], None]) -> None:
        """`tell` is called with what was sent since, and may raise to give it up: then nothing is there."""
        part = max(PART, -(-size // MOST_PARTS))
        ways = {"chunk_size": part, "max_concurrency": PARTS_AT_A_TIME} if size > PART else {"use_multipart": False}
        with open(path, "rb", buffering=0) as file:
            content = _read_by_parts(file, part, tell) if size > PART else file.read()
            try:
                self._library.put(self._store, key, content, attributes={"sha256": digest}, **ways)
            except Exception as fault:
                raise explained_fault(fault, self.url(key)) from None
        if size <= PART:
            tell(size)

    def pieces(self, key: str, path: bytes) -> Iterator[bytes]:
        """The content, piece by piece; `path` is where the caller writes it."""
        try:
            yield from self._library.get(self._store, key).stream(min_chunk_size=1 << 20)
        except Exception as fault:
            raise explained_fault(fault, self.url(key)) from None


def _read_by_parts(file: Any, part: int, tell: Callable[[int], None]) -> Iterator[bytes]:
    while piece := file.read(part):
        yield piece
        tell(len(piece))


def _described(found: Any) -> dict[str, Any]:
    """In our words, which each library below has others for."""
    fields = {"size": found["size"]}
    for name, words in WORDS_OF_STORES.items():
        value = next((found[word] for word in words if found.get(word)), None)
        if value is not None:
            fields[name] = str(value).strip('"')
    return fields


def _only_absent(fault: StoreFault) -> None:
    """Nothing is there, in a bucket that is: all else is raised."""
    if not fault.absent:
        raise fault


class FsspecBucket(Place):
    """It moves files whole, each under its name or not at all."""

    def __init__(self, address: str, system: Any, name: str) -> None:
        super().__init__(address)
        self._system = system
        self._name = name

    def _path(self, key: str) -> str:
        return f"{self._name}/{key}"

    def read(self, key: str) -> bytes | None:
        try:
            return bytes(self._system.cat_file(self._path(key)))
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))
            return None

    def age(self, key: str) -> float | None:
        from datetime import datetime, timezone

        try:
            written: datetime = self._system.modified(self._path(key))
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))
            return None
        return (datetime.now(timezone.utc) - written).total_seconds()

    def objects(self, prefix: str) -> dict[str, dict[str, Any]]:
        start = len(self._name) + 1
        try:
            found = self._system.find(self._path(prefix), detail=True)
        except FileNotFoundError:
            return {}
        except Exception as fault:
            raise explained_fault(fault, self.url(prefix)) from None
        return {path[start:]: _described(each) for path, each in found.items()}

    def about(self, key: str) -> dict[str, Any] | None:
        try:
            found = self._system.info(self._path(key))
            return _described(found) if found["type"] == "file" else None
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))
            return None

    def write(self, key: str, content: bytes) -> None:
        try:
            self._system.pipe_file(self._path(key), content)
        except Exception as fault:
            raise explained_fault(fault, self.url(key)) from None

    def remove(self, key: str) -> None:
        """It may be gone already."""
        try:
            self._system.rm_file(self._path(key))
        except Exception as fault:
            _only_absent(explained_fault(fault, self.url(key)))

    def send(self, key: str, path: bytes, size: int, digest: str, tell: Callable[[int], None]) -> None:
        try:
            self._system.put_file(decoded(path), self._path(key))
        except Exception as fault:
            raise explained_fault(fault, self.url(key)) from None
        tell(size)

    def pieces(self, key: str, path: bytes) -> Iterator[bytes]:
        draft = path + b".draft"
        try:
            self._system.get_file(self._path(key), decoded(draft))
            with open(draft, "rb", buffering=0) as file:
                yield from iter(lambda: file.read(1 << 20), b"")
        except Exception as fault:
            raise explained_fault(fault, self.url(key)) from None
        finally:
            if os.path.lexists(draft):
                os.unlink(draft)
