"""Whose something on an engine is, that another pipeline of the same name would replace."""

from __future__ import annotations

from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.sdk import rejected


def refuse_another_origin(what: str, there: str | None, access: Access) -> None:
    """Raises `SpecRejected` where something that would be replaced came from another pipeline of the same name."""
    if there and access.origin and there != access.origin and not access.replace:
        hint = "give this pipeline another name or another place, or replace the other one: `submit --replace`"
        raise rejected("PG529", f"{what} came from `{there}`, and this pipeline is `{access.origin}`", hint)
