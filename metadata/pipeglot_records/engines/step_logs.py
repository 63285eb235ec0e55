"""The logs of a step of a run on an engine, brought here: covered, and without the lines that hold its record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeglot.rendering.redaction import redacted
from pipeglot_backends import targets
from pipeglot_backends.remote.log_records import without
from pipeglot_backends.remote.protocol import Access
from pipeglot_records.engines.engine_words import learn
from pipeglot_records.engines.remote import Remote


@dataclass(frozen=True, slots=True)
class Brought:
    """By item and number of the attempt, in their order; the rest as the engine says."""

    logs: tuple[tuple[str | None, int, Path], ...] = ()
    over: bool = True
    where: str | None = None
    command: str | None = None


def bring(remote: Remote, step: str, access: Access, folder: Path) -> Brought:
    """Into `folder`, over what was brought before: a log only grows."""
    logging = targets.remote(remote.target.partition("@")[0]).logging
    if logging is None:
        return Brought()
    found = logging.read_logs(remote.handle, step, replace(access, settings=remote.settings))
    learn(remote.hidden, found.params)

    def written() -> Iterator[tuple[str | None, int, Path]]:
        for each in found.logs:
            path = folder / f"{each.item or ''}.{each.number}.log"
            path.write_text(redacted(without(each.text)), "utf-8", "surrogateescape")
            yield each.item, each.number, path

    return Brought(tuple(written()), found.over, found.where, found.command)
