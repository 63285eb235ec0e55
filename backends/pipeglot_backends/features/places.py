"""Where artifacts go as a profile says it: into a folder, or an object store that the sidecar opens."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.protocol import Limit

_EVIDENCE = "tests/sidecar/test_stores.py"


def local_path(uri: str) -> str | None:
    """The path that a `file://` URL or a plain path names, or None where it names another kind of store."""
    parts = urlsplit(uri)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return unquote(parts.path)
    return None if "://" in uri else uri


def store(pipeline: Pipeline) -> str | None:
    """The object store of the artifacts; None where they lie in a folder."""
    place = pipeline.artifacts
    return None if place is None or local_path(place) is not None else place


def artifacts_in_an_object_store(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    if store(pipeline):
        yield pipeline.profile_origin or pipeline.origin


def opened_by_the_sidecar(whose: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `EMULATES`: where the library that opens it must be."""
    reason = f"inputs come from there and outputs go there by the sidecar: obstore or fsspec must be in {whose}"
    return Limit(artifacts_in_an_object_store, reason, _EVIDENCE, operators=operators)
