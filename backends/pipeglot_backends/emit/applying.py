"""What `kubectl apply` can take: by itself it keeps what it applied in an annotation, which has a limit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.protocol import EmittedFile

LIMIT = 262_144
"""Bytes of all annotations of an object."""
ROOM = 1024
"""What else stands in annotations, and in what the annotation adds to itself."""


def size(manifest: Mapping[str, Data]) -> int:
    """Bytes that the annotation takes: kubectl escapes what HTML would take for its own."""
    text = json.dumps(manifest, separators=(",", ":"), ensure_ascii=False)
    return len(text.encode("utf-8", "surrogatepass")) + 5 * sum(text.count(each) for each in "<>&") + ROOM


def fits(manifest: Mapping[str, Data]) -> bool:
    return size(manifest) <= LIMIT


def too_large(files: Iterable[EmittedFile]) -> Iterator[str]:
    """The paths of manifests that need `--server-side`."""
    import yaml

    for file in files:
        manifest = file.path.endswith(".yaml") and file.text.startswith("apiVersion:")
        if manifest and not all(map(fits, yaml.load_all(file.text, yaml.CSafeLoader))):
            yield file.path
