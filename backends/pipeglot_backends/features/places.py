"""Places of artifacts and of kept work that a target cannot reach, or reaches another way."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.emit.places import kept_work, local_path, store
from pipeglot_backends.protocol import Limit

_EVIDENCE = "tests/sidecar/test_stores.py"


def artifacts_in_an_object_store(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature."""
    if store(pipeline):
        yield pipeline.profile_origin or pipeline.origin


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
