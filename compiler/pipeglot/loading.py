"""From a file to a settled pipeline: read, merged, checked, built, passed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeglot.build import build
from pipeglot.diagnostics import Diagnostic, Severity, SpecRejected
from pipeglot.ir import Pipeline
from pipeglot.passes import settle
from pipeglot.sources import Source
from pipeglot.spec import profiles
from pipeglot.spec.checking import check
from pipeglot.spec.merging import Merged
from pipeglot.spec.reading import read_file


@dataclass(frozen=True, slots=True)
class Validated:
    """What is to be said of a spec that is not rejected: warnings."""

    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]


def load(path: Path, profile: str | None = None) -> Pipeline:
    """The pipeline of a file, with one profile or none. Raises `SpecRejected`."""
    source, beside = _read(path)
    merged = profiles.plain(source) if profile is None else profiles.chosen(source, beside, profile)
    sources = (source, *beside.values())
    if isinstance(merged, Diagnostic):
        raise SpecRejected((merged,), sources)
    pipeline, found = _settled(merged)
    if pipeline is None:
        raise SpecRejected(found, sources)
    return pipeline


def validate(path: Path) -> Validated:
    """Checks the spec by itself and with every profile. Raises `SpecRejected` with all that is wrong."""
    source, beside = _read(path)
    sources = (source, *beside.values())
    pipeline, first = _settled(profiles.plain(source))
    found = dict.fromkeys(first)
    accepted = pipeline is not None
    for name in profiles.names(source, beside):
        merged = profiles.chosen(source, beside, name)
        if isinstance(merged, Diagnostic):
            accepted = False
            found[merged] = None
            continue
        pipeline, said = _settled(merged)
        accepted = accepted and pipeline is not None
        found.update(dict.fromkeys(said))
    if not accepted:
        raise SpecRejected(tuple(found), sources)
    return Validated(tuple(found), sources)


def _read(path: Path) -> tuple[Source, dict[str, Source]]:
    """The file, and the profiles beside it: `pipeline.prod.yaml`."""
    source = read_file(path)
    beside: dict[str, Source] = {}
    for other in sorted(path.parent.glob(f"{path.stem}.*{path.suffix}")):
        name = other.name[len(path.stem) + 1 : -len(path.suffix)] if path.suffix else ""
        if name and "." not in name:
            beside[name] = read_file(other)
    return source, beside


def _settled(merged: Merged) -> tuple[Pipeline | None, tuple[Diagnostic, ...]]:
    built = build(merged, check(merged))
    if built.pipeline is None:
        return None, built.diagnostics
    pipeline, said = settle(built.pipeline)
    found = (*built.diagnostics, *said)
    return (None if any(each.severity is Severity.ERROR for each in found) else pipeline), found
