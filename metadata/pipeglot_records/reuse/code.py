"""The packaged code of a step, by the digest that its definition has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeglot.driver.packaging import KEPT, in_lines, name_of
from pipeglot_backends.emit.config_maps import code_name
from pipeglot_records.reuse.past import Unfit


def code_of(kept: Path, entry: Mapping[str, Any]) -> dict[str, str]:
    """As it travels beside a sidecar; nothing of a step whose code lies in a folder. Raises `Unfit`."""
    digest = entry.get("code")
    if digest is None:
        return {}
    path = kept / KEPT / name_of(digest)
    try:
        return {code_name(digest): in_lines(path.read_bytes())}
    except OSError:
        hint = "check out the code as it was, and `pipeglot package` makes it anew"
        raise Unfit(f"the code that the step ran is not here any more: `{path}`", hint) from None
