"""What object stores do not keep of an artifact: which files can be executed, and that an empty folder is there."""

from __future__ import annotations

import json
import os

from pipeglot_sidecar.artifacts.decoding import decoded, encoded
from pipeglot_sidecar.artifacts.digests import files_below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXECUTABLE = 0o111


def capture(path: str, is_folder: bool) -> dict[str, Any]:
    """For the metadata of the artifact, which travels beside it."""
    raw = encoded(path)
    names = sorted(files_below(raw)) if is_folder else [b""]
    found = [decoded(name) for name in names if os.stat(os.path.join(raw, name) if name else raw).st_mode & EXECUTABLE]
    return {"folder": is_folder, **({"executable": json.dumps(found)} if found else {})}


def restore(path: str, metadata: dict[str, Any]) -> None:
    """Best effort: some places are mounted so that nothing can be changed."""
    try:
        if metadata.get("folder") and not os.path.lexists(encoded(path)):
            os.makedirs(encoded(path))
        for name in json.loads(metadata.get("executable") or "[]"):
            file = encoded(os.path.join(path, name) if name else path)
            mode = os.stat(file).st_mode
            if not mode & EXECUTABLE:
                os.chmod(file, mode | (mode & 0o444) >> 2)
    except OSError:
        return
