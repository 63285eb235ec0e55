"""Bases: what lies under a pipeline, by the files that it extends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.sources import Json, Source
from pipeglot.spec.fetching import root_of, said_of
from pipeglot.spec.merging import Map, Merged, Path
from pipeglot.spec.schema.tags import BASE, document_tag
from pipeglot.spec.uses import file_name
from pipeglot.syntax.reader import read_file

DEEPEST = 5
PARTS = ("defaults", "records", "profiles")


@dataclass(frozen=True, slots=True)
class Bases:
    """Those of a file, the nearest first, and what is wrong on the way to them. `sources` are all that was read."""

    chain: tuple[Source, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    sources: tuple[Source, ...] = ()


def bases(source: Source) -> Bases:
    """What is no text is told by who looks at the shape of the file."""
    chain: list[Source] = []
    at = source
    while isinstance(text := at.data.get("extends"), str):
        name, origin = file_name(at.name, text), Merged(at.data, at.name).origin("extends")
        why = _unfit(source, chain, name)
        if why:
            return Bases(
                tuple(chain), (Diagnostic("PG211", f"`{text}` cannot be extended: {why}", origin),), tuple(chain)
            )
        try:
            at = read_file(File(name), name)
        except SpecRejected as rejected:
            found = tuple(said_of(each, text, origin, "extended") for each in rejected.diagnostics)
            return Bases(tuple(chain), found, (*chain, *rejected.sources))
        if document_tag(at.data) != BASE:
            message = f"`{text}` cannot be extended: it is no base, whose `kind` is `Base`"
            return Bases(tuple(chain), (Diagnostic("PG211", message, origin),), (*chain, at))
        chain.append(at)
    return Bases(tuple(chain), (), tuple(chain))


def _unfit(first: Source, chain: Sequence[Source], name: str) -> str | None:
    if name in (first.name, *(each.name for each in chain)):
        return (
            "these files extend each other: "
            + " → ".join(f"`{each.name}`" for each in (first, *chain))
            + f" → `{name}`"
        )
    if len(chain) == DEEPEST:
        return f"{DEEPEST} files lie under this one already"
    if not File(name).resolve().is_relative_to(root_of(File(first.name).resolve().parent)):
        return "it lies outside of the repository, or of the pipeline's folder where there is none"
    return None


def lay_under(merged: Merged, chain: Sequence[Source]) -> None:
    """What the file does not say itself is what the nearest base says."""
    for base in chain:
        there = Merged(base.data, base.name)
        merged.texts = {**merged.texts, base.name: base.text}
        for part in PARTS:
            _fill(merged, there, (part,))
        metadata = base.data.get("metadata")
        if isinstance(metadata, dict) and isinstance(merged.data.get("metadata"), dict):
            _fill(merged, there, ("metadata", "labels"))


def _fill(merged: Merged, base: Merged, at: Path) -> None:
    """The part at a path, completed; the file's own maps stay as they are."""
    *above, name = at
    own, theirs = merged.data, base.data
    for key in above:
        inner = own.get(str(key))
        own[str(key)] = copied = dict(inner) if isinstance(inner, dict) else {}
        found = theirs.get(str(key))
        own, theirs = copied, found if isinstance(found, dict) else {}
    if str(name) in theirs:
        own[str(name)] = _completed(merged, base, own.get(str(name), _NOTHING), theirs[str(name)], at)


_NOTHING: Map = {"\0nothing": None}


def _completed(merged: Merged, base: Merged, own: Json, theirs: Json, at: Path) -> Json:
    if own is _NOTHING:
        merged.links[at] = (base, at)
        return theirs
    if not (isinstance(own, dict) and isinstance(theirs, dict)):
        return own
    found = dict(own)
    for key, value in theirs.items():
        found[key] = _completed(merged, base, own.get(key, _NOTHING), value, (*at, key))
    return found
