"""What an artifact that a step is given holds, wherever it lies: by its address where it is still to be fetched."""

from __future__ import annotations

import os

from pipeglot_sidecar.artifacts.decoding import encoded
from pipeglot_sidecar.artifacts.decoding import is_object as is_object
from pipeglot_sidecar.artifacts.digests import digest_of
from pipeglot_sidecar.artifacts.transfer import AWAITED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def digest_at(path: str, pulse: Callable[[], None]) -> dict[str, str]:
    if path in AWAITED:
        return stored_digest(AWAITED[path])
    return digest_of(os.path.realpath(encoded(path)), pulse).shown()


def stored_digest(url: str) -> dict[str, str]:
    """What an address in a store says of what is there."""
    kind, content, _ = url.rsplit("/", 3)[1:]
    return {{"dirhash": "dirHash"}.get(kind, kind): content.partition("-")[0]}
