"""Artifacts to and from an object store: under the name of their content, with a manifest that is written last.

`STORE/sha256/DIGEST/FILE` is a file, `STORE/dirhash/DIGEST/FOLDER/…` the files of a folder, and beside each stands
`….pipeglot.json`: what it holds, and what a store does not keep. Where that is there, all is; what has a name has one
content for ever, so nothing is sent twice, and two who send the same thing do no harm.
"""

from __future__ import annotations

import json
import os

from pipeglot_sidecar.artifacts.decoding import decoded
from pipeglot_sidecar.artifacts.decoding import encoded as encoded
from pipeglot_sidecar.artifacts.decoding import is_object as is_object
from pipeglot_sidecar.artifacts.digests import files_below
from pipeglot_sidecar.artifacts.object_store import check_library as check_library
from pipeglot_sidecar.artifacts.object_store import is_stored as is_stored
from pipeglot_sidecar.artifacts.object_store import located
from pipeglot_sidecar.artifacts.object_store import store_of as store_of
from pipeglot_sidecar.artifacts.parallel import Transfer as Transfer
from pipeglot_sidecar.artifacts.store_faults import StoreFault as StoreFault
from pipeglot_sidecar.faults import Stopped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from queue import Queue
    from typing import Any

    from pipeglot_sidecar.artifacts.object_store import Bucket

MANIFEST = ".pipeglot.json"
MANIFEST_FORMAT = 1
RENEWED_AFTER = 7 * 24 * 3600.0
"""Seconds after which content is sent again though it is there: stores may throw away what is old."""
PIECES_AHEAD = 8
"""That were written and are not hashed yet."""
ALONE_UP_TO = 8 << 20
"""Bytes that are hashed as they come: to start a thread takes longer."""
PLAIN = 0o444
EXECUTABLE_BY_ALL = 0o111


def _ignored(message: str) -> None:
    """Nothing is said."""


class Entry:
    """One file of an artifact: its name in the folder (empty for a file by itself), and what it holds."""

    __slots__ = ("executable", "key", "name", "path", "sha256", "size")

    def __init__(self, name: str, path: bytes, size: int, executable: bool, sha256: str = "", key: str = "") -> None:
        self.name = name
        self.path = path
        self.size = size
        self.executable = executable
        self.sha256 = sha256
        self.key = key

    def shown(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"name": self.name, "size": self.size, "sha256": self.sha256}
        if self.executable:
            fields["executable"] = True
        return {**fields, "key": self.key} if self.key else fields


def send_artifact(
    store: str, path: str, digest: dict[str, str], say: Callable[[str], None], pulse: Callable[[], None]
) -> str:
    """The address under which the artifact is to be found. Raises `StoreFault`, and what `pulse` raises."""
    is_folder = "dirHash" in digest
    entries, empty = _contents(encoded(path), is_folder)
    url = f"{store.rstrip('/')}/{_name_of(path, digest, entries, empty)}"
    sending = _Sending(url, entries, say, pulse)
    if not sending.is_there():
        sending.send()
        manifest = {"format": MANIFEST_FORMAT, "digest": digest, "folder": is_folder, "empty": empty}
        sending.seal({**manifest, "files": [entry.shown() for entry in entries]})
    return url


def content_name(path: str, digest: dict[str, str]) -> str:
    """What an artifact is called by what it holds."""
    return _name_of(path, digest, *_contents(encoded(path), "dirHash" in digest))


def _name_of(path: str, digest: dict[str, str], entries: list[Entry], empty: list[str]) -> str:
    kind, value = next(iter(digest.items()))
    return "/".join([kind.lower(), value + _mark(entries, empty), os.path.basename(path)])


def is_whole(url: str) -> bool:
    """Whether all that the manifest names is there. Raises `StoreFault`."""
    bucket, key = located(url)
    files = manifest_at(url)["files"]
    there = bucket.sizes(os.path.dirname(key))
    return all(there.get(object_key(key, file["name"], file.get("key", ""))) == file["size"] for file in files)


def renew(url: str) -> None:
    """What is handed on again counts as sent just now, for whoever looks for what is old."""
    bucket, key = located(url)
    age = bucket.age(key + MANIFEST)
    if age is None or age < RENEWED_AFTER:
        return
    try:
        bucket.write(key + MANIFEST, bucket.read(key + MANIFEST) or b"")
    except StoreFault:
        return  # who may not write there may still read


def _contents(folder: bytes, is_folder: bool) -> tuple[list[Entry], list[str]]:
    """Its files, and its folders in which there is nothing."""
    if not is_folder:
        return [_entry(b"", folder)], []
    empty = [
        decoded(os.path.relpath(home, folder))
        for home, folders, files in os.walk(folder)
        if not (folders or files) and home != folder
    ]
    return [_entry(name, os.path.join(folder, name)) for name in sorted(files_below(folder))], sorted(empty)


def _entry(name: bytes, path: bytes) -> Entry:
    about = os.stat(path)
    text = decoded(name)
    return Entry(text, path, about.st_size, bool(about.st_mode & EXECUTABLE_BY_ALL), key=_odd_key(name))


def _odd_key(name: bytes) -> str:
    """A key for a name that stores do not take, which is told by the manifest alone."""
    from hashlib import sha256

    try:
        is_odd = not name.decode("utf-8").isprintable() or b"\\" in name or len(name) > 600
    except UnicodeDecodeError:
        is_odd = True
    return f".pipeglot/{sha256(name).hexdigest()}" if is_odd else ""


def _mark(entries: list[Entry], empty: list[str]) -> str:
    """What the digest does not cover makes another name."""
    from hashlib import sha256

    executable = [entry.name for entry in entries if entry.executable]
    if not (executable or empty):
        return ""
    return "-" + sha256(json.dumps([executable, empty]).encode()).hexdigest()[:8]


class _Sending:
    def __init__(self, url: str, entries: list[Entry], say: Callable[[str], None], pulse: Callable[[], None]) -> None:
        self._bucket, self._key = located(url)
        self._entries = entries
        self._pulse = pulse
        self._sent_before: dict[str, int] = {}
        size = sum(entry.size for entry in entries)
        self._transfer = Transfer(f"sending `{os.path.basename(url)}`", size, say)

    def is_there(self) -> bool:
        found: list[float | None] = []
        self._run([lambda: found.append(self._bucket.age(self._key + MANIFEST))])
        age = found[0]
        if age is None or age < RENEWED_AFTER:
            self._sent_before = self._sizes()
        return age is not None and not any(self._lacking(self._sent_before))

    def _lacking(self, there: dict[str, int]) -> Iterator[Entry]:
        """What the store has not, or not whole."""
        for entry in self._entries:
            if there.get(object_key(self._key, entry.name, entry.key)) != entry.size:
                yield entry

    def _sizes(self) -> dict[str, int]:
        found: dict[str, int] = {}
        self._run([lambda: found.update(self._bucket.sizes(os.path.dirname(self._key)))])
        return found

    def send(self) -> None:
        """But for what an earlier try has sent. All is looked at in the end, as the store has it."""
        self._run([self._job(entry) for entry in self._entries])
        for entry in self._lacking(self._sizes()):
            key = object_key(self._key, entry.name, entry.key)
            raise StoreFault(f"`{self._bucket.url(key)}`: it has not the {entry.size} bytes that were sent")

    def seal(self, manifest: dict[str, Any]) -> None:
        text = json.dumps(manifest, separators=(",", ":")).encode("ascii")
        self._run([lambda: self._bucket.write(self._key + MANIFEST, text)])

    def _run(self, jobs: list[Callable[[], None]]) -> None:
        self._transfer.run(jobs, self._pulse)

    def _job(self, entry: Entry) -> Callable[[], None]:
        key = object_key(self._key, entry.name, entry.key)

        def job() -> None:
            there = self._sent_before
            if entry.sha256:  # it was tried before, and may have arrived though nobody said so
                there = self._bucket.sizes(os.path.dirname(key))
            entry.sha256 = entry.sha256 or _sha256_of(entry.path)
            if there.get(key) == entry.size:
                self._transfer.tell(entry.size)
            else:
                self._bucket.send(key, entry.path, entry.size, entry.sha256, self._transfer.tell)

        return job


def object_key(place: str, name: str, key: str) -> str:
    return "/".join(part for part in (place, key or name) if part)


def _sha256_of(path: bytes) -> str:
    from hashlib import sha256

    total = sha256()
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(1 << 20):
            total.update(piece)
    return total.hexdigest()


AWAITED: dict[str, str] = {}
"""Inputs that are still to be fetched: of each path its address."""


def awaited(url: str, path: str) -> str:
    """The path, at which the artifact will be before anybody looks."""
    if not os.path.lexists(encoded(path)):
        AWAITED[path] = url
    return path


def fetch_awaited(say: Callable[[str], None] = _ignored, pulse: Callable[[], None] = lambda: None) -> None:
    """What was asked for by now. Raises `Stopped`: where that does not succeed the step has not failed, it is lost."""
    wanted = dict(AWAITED)
    AWAITED.clear()
    for url in wanted.values():
        check_library(url)
    try:
        if wanted:
            fetch_artifacts(wanted, say, pulse)
    except (StoreFault, OSError) as fault:
        raise Stopped("lost", f"an input cannot be fetched: {fault}") from None


def fetch_artifacts(wanted: dict[str, str], say: Callable[[str], None], pulse: Callable[[], None]) -> None:
    """Each address to its path. Raises `StoreFault`, and what `pulse` raises."""
    found: dict[str, dict[str, Any]] = {}

    def ask(url: str) -> Callable[[], None]:
        return lambda: found.update({url: manifest_at(url)})

    Transfer("looking for inputs", 0, say).run([ask(url) for url in set(wanted.values())], pulse)
    size = sum(file["size"] for url in wanted.values() for file in found[url]["files"])
    transfer = Transfer("fetching inputs", size, say)
    jobs = [job for path, url in wanted.items() for job in _fetching(url, encoded(path), found[url], transfer)]
    transfer.run(jobs, pulse)


def manifest_at(url: str) -> dict[str, Any]:
    bucket, key = located(url)
    text = bucket.read(key + MANIFEST)
    if text is None:
        raise StoreFault(f"`{url}`: it is not there (404)", lasting=True)
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not is_object(found) or found.get("format") != MANIFEST_FORMAT or not _is_inside(found):
        raise StoreFault(f"`{url}{MANIFEST}`: it does not say what the artifact holds", lasting=True)
    manifest: dict[str, Any] = found
    return manifest


def _is_inside(manifest: dict[str, Any]) -> bool:
    """Whether all its names lie in the artifact."""
    names = [*manifest["empty"], *(file["name"] for file in manifest["files"] if manifest["folder"])]
    names += [file["key"] for file in manifest["files"] if file.get("key")]
    return all(name and not name.startswith("/") and ".." not in name.split("/") for name in names)


def _fetching(url: str, path: bytes, manifest: dict[str, Any], transfer: Transfer) -> list[Callable[[], None]]:
    from functools import partial

    bucket, key = located(url)
    if manifest["folder"]:
        for name in ("", *manifest["empty"]):
            os.makedirs(os.path.join(path, encoded(name)), exist_ok=True)
    entries = [
        Entry(
            file["name"],
            os.path.join(path, encoded(file["name"])) if manifest["folder"] else path,
            file["size"],
            bool(file.get("executable")),
            file["sha256"],
            file.get("key", ""),
        )
        for file in manifest["files"]
    ]
    for home in {os.path.dirname(entry.path) for entry in entries}:
        os.makedirs(home, exist_ok=True)
    return [partial(_fetch, bucket, key, entry, transfer) for entry in entries]


def _fetch(bucket: Bucket, place: str, entry: Entry, transfer: Transfer) -> None:
    """Read-only, as it is in a folder that steps share; what arrives is what was sent, or it is a fault."""
    key = object_key(place, entry.name, entry.key)
    if arrived(bucket.pieces(key, entry.path), entry.path, transfer.tell) != (entry.sha256, entry.size):
        raise StoreFault(f"`{bucket.url(key)}`: what arrived is not what was sent")
    os.chmod(entry.path, PLAIN | (EXECUTABLE_BY_ALL if entry.executable else 0))


def arrived(pieces: Iterator[bytes], path: bytes, tell: Callable[[int], None]) -> tuple[str, int]:
    """What comes, written to a file, as its digest and its size. Of much of it a thread makes the sum meanwhile."""
    from hashlib import sha256
    from queue import Queue
    from threading import Thread

    total, size = sha256(), 0
    waiting: Queue[bytes | None] = Queue(PIECES_AHEAD)
    thread = Thread(target=_sum_up, args=(waiting, total), daemon=True)
    with open(path, "wb", buffering=0) as file:
        try:
            for piece in pieces:
                if size >= ALONE_UP_TO and not thread.ident:
                    thread.start()
                (waiting.put if thread.ident else total.update)(piece)
                file.write(piece)
                size += len(piece)
                tell(len(piece))
        finally:
            if thread.ident:
                waiting.put(None)
                thread.join()
    return total.hexdigest(), size


def _sum_up(waiting: Queue[bytes | None], total: Any) -> None:
    while (piece := waiting.get()) is not None:
        total.update(piece)
