"""Inputs whose data comes from outside: expected by their addresses, brought here, hashed as they arrive."""

from __future__ import annotations

import os

from pipeglot_expression.runtime.addresses import is_pattern, recorded_address, scheme_of, shown_address, unfit_address
from pipeglot_expression.values import Artifact, WireFault
from pipeglot_sidecar.artifacts.digests import Digest, folder_digest
from pipeglot_sidecar.artifacts.transfer import (
    EXECUTABLE_BY_ALL,
    PLAIN,
    StoreFault,
    Transfer,
    arrived,
    check_library,
    encoded,
)
from pipeglot_sidecar.externals.sources import BUCKETS, BucketSource, FolderSource
from pipeglot_sidecar.externals.web import WebSource
from pipeglot_sidecar.faults import Stopped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pipeglot_sidecar.externals.sources import Source

BAD_INPUT = "bad-input"
HIDDEN_ADDRESS = "[redacted]/"


class External:
    """One input from outside. `recorded` is its entry in the record, which says what arrived once it has."""

    def __init__(self, name: str, address: str, entry: dict[str, Any], path: str, recorded: dict[str, Any]) -> None:
        self.name = name
        self.address = address
        self.kind: str = entry["kind"]
        self.pinned: str = entry.get("digest", "")
        self.path = encoded(path)
        self.recorded = recorded
        self.arrived: dict[str, tuple[str, int]] = {}
        self.source: Source

    def find(self, folder: str) -> None:
        """`folder` is where a relative path begins. Raises `StoreFault`."""
        from urllib.parse import unquote

        scheme = scheme_of(self.address)
        if scheme in ("", "file"):
            path = unquote(self.address[len("file://") :].partition("/")[2]) if scheme else self.address
            self.source = FolderSource(self.address, self.kind, f"/{path}" if scheme else path, folder)
        elif scheme == "https":
            self.source = WebSource(self.address, self.kind)
        else:
            check_library(self.address)
            self.source = BucketSource(self.address, self.kind)

    def bring(self, name: str, transfer: Transfer) -> None:
        path = os.path.join(self.path, encoded(name)) if name else self.path
        digest, size = arrived(self.source.pieces(name, path), path, transfer.tell)
        about = self.source.found[name]
        if size != about.get("size", size):
            raise StoreFault(f"`{self.shown(name)}`: {size} bytes arrived of {about['size']}")
        os.chmod(path, PLAIN | (EXECUTABLE_BY_ALL if about.get("executable") else 0))
        self.arrived[name] = digest, size

    def shown(self, name: str) -> str:
        return f"{shown_address(self.address)}{', ' if name else ''}{name}"

    def make_folders(self) -> None:
        places = [self.path, *(os.path.join(self.path, encoded(name)) for name in self.source.found if name)]
        for folder in {os.path.dirname(place) for place in places}:
            os.makedirs(folder, exist_ok=True)

    def describe(self) -> None:
        """Raises `WireFault` where it is not what was pinned."""
        digest = self._digest()
        self.recorded.update(digest=digest.shown(), size=digest.size, files=digest.files)
        if not digest.is_folder:
            about = self.source.found[""]
            self.recorded.update((key, about[key]) for key in ("etag", "version") if key in about)
        if self.pinned and digest.is_folder:
            raise self._refused("is a folder, and `digest` is that of one file")
        if self.pinned not in ("", f"sha256:{digest.sha256}"):
            raise self._refused(f"is not what `digest` pins: what arrived has `sha256:{digest.sha256}`")

    def _digest(self) -> Digest:
        if not self.source.is_folder:
            return Digest(*self.arrived[""], 1, False)
        return folder_digest((name, *self.arrived[name.decode()]) for name in sorted(map(encoded, self.arrived)))

    def _refused(self, why: str) -> WireFault:
        return WireFault(BAD_INPUT, f"input `{self.name}`: `{shown_address(self.address)}` {why}")


def expected(
    name: str, entry: dict[str, Any], inputs: dict[str, Any], recorded: dict[str, dict[str, Any]], place: str
) -> list[External]:
    """The address in `inputs` becomes the artifact that will be in `place`, unless it is handed on as it is.

    Raises `WireFault` for what can be no address.
    """
    address: str = inputs[name]
    known, outside = recorded[name], entry["external"]
    uri = HIDDEN_ADDRESS if "redacted" in known else recorded_address(address)
    fault = unfit_address(address, outside["kind"])
    if fault:
        raise WireFault(BAD_INPUT, f"input `{name}` has the address `{uri}`: {fault}")
    if outside.get("mode") == "reference":
        known.update(uri=uri, **({"value": uri} if "value" in known else {}))
        return []
    found = recorded[name] = {"uri": uri, "kind": outside["kind"]}
    path = os.path.join(place, _file_name(address) or name)
    inputs[name] = Artifact(path, uri)
    return [External(name, address, outside, path, found)]


def _file_name(address: str) -> str:
    """The last part of it; empty where that fits many names, or is none for a file."""
    from urllib.parse import unquote

    scheme, path = scheme_of(address), address.partition("://")[2] or address
    if scheme == "https":
        path = path.partition("?")[0].partition("#")[0].partition("/")[2]
    name = path.rstrip("/").rpartition("/")[2]
    name = unquote(name) if scheme in ("https", "file") else name
    return "" if is_pattern(address) or name in (".", "..") or "/" in name or "\0" in name else name


def bring_externals(
    externals: list[External],
    variables: dict[str, str],
    folder: str,
    say: Callable[[str], None],
    pulse: Callable[[], None],
) -> None:
    """By what the environment says of stores, and that of the command. `folder` is where relative paths begin.

    Raises `Stopped` where another try may go better, else `WireFault`.
    """
    if not externals:
        return
    before, opened = dict(os.environ), dict(BUCKETS)
    os.environ.update(variables)
    BUCKETS.clear()
    try:
        _bring_all(externals, folder, say, pulse)
    except (StoreFault, OSError) as fault:
        what = f"input `{externals[0].name}`" if len(externals) == 1 else "data from outside"
        message = f"{what} cannot be fetched: {fault}"
        if isinstance(fault, StoreFault) and not fault.lasting:
            raise Stopped("lost", message) from None
        raise WireFault(BAD_INPUT, message) from None
    finally:
        for name in variables.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        BUCKETS.clear()
        BUCKETS.update(opened)
    for each in externals:
        each.describe()


def _bring_all(externals: list[External], folder: str, say: Callable[[str], None], pulse: Callable[[], None]) -> None:
    from functools import partial

    for each in externals:
        each.find(folder)
    sources = [each.source for each in externals]
    Transfer("looking for data from outside", 0, say).run([source.look for source in sources], pulse)
    for each in externals:
        each.make_folders()
    size = sum(about.get("size", 0) for source in sources for about in source.found.values())
    transfer = Transfer("fetching data from outside", size, say)
    transfer.run([partial(each.bring, name, transfer) for each in externals for name in each.source.found], pulse)
    Transfer("looking again", 0, say).run([source.look_again for source in sources], pulse)
