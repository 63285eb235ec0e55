"""Where artifacts go, and the work of cached steps, as a profile says it: into a folder, or an object store."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from pipeglot.ir import Pipeline

CACHE = "PIPEGLOT_CACHE"


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


def kept_work(pipeline: Pipeline) -> str | None:
    """Where the work of cached steps is kept, as the profile says it; None where it does not, or there are none."""
    if not any(step.cache for step in pipeline.steps):
        return None
    return (pipeline.cache and pipeline.cache.store) or pipeline.artifacts


def told_of_work(pipeline: Pipeline) -> dict[str, str]:
    """What the sidecar is told of it in pods, which share no folder but a volume that has the same path in each."""
    place = kept_work(pipeline)
    return {CACHE: local_path(place) or place} if place else {}
