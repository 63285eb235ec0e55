"""Where artifacts go as a profile says it: into a folder, or an object store that the sidecar opens."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.protocol import Limit

CACHE = "PIPEGLOT_CACHE"
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


def kept_work(pipeline: Pipeline) -> str | None:
    """Where the work of cached steps is kept, as the profile says it; None where it does not, or there are none."""
    if not any(step.cache for step in pipeline.steps):
        return None
    return (pipeline.cache and pipeline.cache.store) or pipeline.artifacts


def told_of_work(pipeline: Pipeline) -> dict[str, str]:
    """What the sidecar is told of it in pods, which share no folder but a volume that has the same path in each."""
    place = kept_work(pipeline)
    return {CACHE: local_path(place) or place} if place else {}


def cached_at_no_place(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: no folder, and no bucket, that all pods see."""
    place = kept_work(pipeline)
    folder = local_path(place) if place else ""
    if folder is not None and not folder.startswith("/"):
        yield from (step.cache.origin for step in pipeline.steps if step.cache)


def cached_without_code(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: what is in the folder where it is started is not known here."""
    return (step.cache.origin for step in pipeline.steps if step.cache and not step.code)


def cached_in_an_object_store(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    place = kept_work(pipeline)
    if place and local_path(place) is None:
        yield from (step.cache.origin for step in pipeline.steps if step.cache)


def cached_where_pods_are(operators: tuple[str, ...] = ()) -> Limit:
    """For `CANNOT`."""
    reason = "pods share no folder, and the profile names no place in which the work of steps is kept"
    hint = "write `cache: {store: s3://BUCKET/PREFIX}` in the profile, or a folder of a volume that all of them mount"
    return Limit(cached_at_no_place, reason, "tests/backends/test_caches.py", operators=operators, hint=hint)


def opened_by_the_sidecar(whose: str, operators: tuple[str, ...] = ()) -> Limit:
    """For `EMULATES`: where the library that opens it must be."""
    reason = f"inputs come from there and outputs go there by the sidecar: obstore or fsspec must be in {whose}"
    return Limit(artifacts_in_an_object_store, reason, _EVIDENCE, operators=operators)
