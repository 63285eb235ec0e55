"""Whose the files of a DAG are: in one DAG folder there is one DAG of a name."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pipeglot_backends.remote.origins import refuse_another_origin
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.sdk import rejected

ORIGIN = "origin"


def claim(home: Path, dag: str, access: Access) -> None:
    """Notes in the DAG's folder where it comes from. Raises `SpecRejected` where another one is there."""
    place, kept = home / ORIGIN, None
    with contextlib.suppress(FileNotFoundError):
        kept = place.read_text("utf-8").strip() or None
    refuse_another_origin(f"the DAG `{dag}` in `{home.parent}`", kept, access)
    if access.origin and access.origin != kept:
        try:
            home.mkdir(parents=True, exist_ok=True)
            place.write_text(f"{access.origin}\n", "utf-8")
        except OSError as fault:
            raise rejected("PG526", f"cannot write `{place}` into the DAG folder: {fault.strerror}") from None
