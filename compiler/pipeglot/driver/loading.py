"""From a file to a settled pipeline: read, merged, checked, built, passed."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeglot.analysis import Analyzed, analyze, check_component, crowds
from pipeglot.diagnostics import Diagnostic, Severity, SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Source
from pipeglot.ir import Call, Notebook, Pipeline
from pipeglot.passes import settle
from pipeglot.spec import extending, profiles
from pipeglot.spec.checking import check
from pipeglot.spec.fetching import Fetched
from pipeglot.spec.merging import Merged
from pipeglot.spec.schema.tags import BASE, PIPELINE, document_tag
from pipeglot.syntax.reader import read_file


@dataclass(frozen=True, slots=True)
class Validated:
    """What is to be said of a spec that is not rejected: warnings."""

    diagnostics: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]
    pipelines: tuple[Pipeline, ...] = ()
    """With each profile, and without one."""


def load(path: Path, profile: str | None = None) -> Pipeline:
    """The pipeline of a file, with one profile or none. Raises `SpecRejected`."""
    source = _read(path)
    if document_tag(source.data) != PIPELINE:
        raise SpecRejected((_does_not_run(source),), (source,))
    beside = {name: _read(file) for name, file in _profile_files(path).items() if name == profile}
    chain = _bases(source)
    merged = profiles.plain(source, chain) if profile is None else profiles.chosen(source, beside, profile, chain)
    sources = [source, *chain, *beside.values()]
    if isinstance(merged, Diagnostic):
        raise SpecRejected((merged,), sources)
    pipeline, found, _ = _settled(merged, sources)
    if pipeline is None:
        raise SpecRejected(found, sources)
    return pipeline


def validate(path: Path) -> Validated:
    """Checks the spec by itself and with every profile. Raises `SpecRejected` with all that is wrong."""
    source = _read(path)
    if document_tag(source.data) == BASE:
        return Validated((), (source, *_bases(source, source)))
    if document_tag(source.data) != PIPELINE:
        return _validate_component(source)
    beside = {name: _read(file) for name, file in _profile_files(path).items()}
    chain = _bases(source)
    sources = [source, *chain, *beside.values()]
    pipeline, first, plain = _settled(profiles.plain(source, chain), sources)
    found = dict.fromkeys(first)
    accepted, pipelines = pipeline is not None, [pipeline]
    for name in profiles.names(source, beside, chain):
        merged = profiles.chosen(source, beside, name, chain)
        if isinstance(merged, Diagnostic):
            found[merged], accepted = None, False
            continue
        pipeline, said, _ = _settled(merged, sources, plain)
        accepted = accepted and pipeline is not None
        pipelines.append(pipeline)
        found.update((_of_profile(each, name, source), None) for each in said if each not in found)
    if not accepted:
        raise SpecRejected(tuple(found), sources)
    made = tuple(each for each in pipelines if each)
    found.update((each, None) for pipeline in made for each in _missing_code(pipeline, path.parent))
    return Validated(tuple(found), tuple(sources), made)


def _read(path: Path) -> Source:
    source = read_file(path)
    crowded = crowds(source)
    if crowded:
        raise SpecRejected(crowded, (source,))
    return source


def _does_not_run(source: Source) -> Diagnostic:
    what = "base, which pipelines extend" if document_tag(source.data) == BASE else "component, which pipelines use"
    return Diagnostic(
        "PG213", f"`{source.name}` is a {what}: it does not run by itself", Origin(source.name, ("kind",))
    )


def _bases(source: Source, *more: Source) -> tuple[Source, ...]:
    """Those under a file, the nearest first; they, and `more`, are looked at by themselves. Raises `SpecRejected`."""
    found = extending.bases(source)
    looked_at = (*more, *found.chain)
    said = [*found.diagnostics, *(each for base in looked_at for each in crowds(base))]
    said += (each for base in looked_at for each in check(Merged(base.data, base.name)).diagnostics)
    if said:
        raise SpecRejected(tuple(said), (source, *found.sources))
    return found.chain


def _missing_code(pipeline: Pipeline, folder: Path) -> Iterator[Diagnostic]:
    if any(isinstance(step.body, Call | Notebook) for step in (*pipeline.steps, *pipeline.on_exit)):
        from pipeglot.driver import python_bodies

        yield from python_bodies.missing(pipeline, folder)


def _packed_code(pipeline: Pipeline) -> Iterator[Diagnostic]:
    if any(step.code for step in (*pipeline.steps, *pipeline.on_exit)):
        from pipeglot.driver import packaging

        yield from packaging.with_digests(pipeline)


def profiles_of(path: Path) -> tuple[str, ...]:
    """The names of the profiles of a file, and of those beside it. Raises `SpecRejected`."""
    files = _profile_files(path)
    source = read_file(path)
    return tuple(dict.fromkeys((*profiles.names(source, {}, extending.bases(source).chain), *files)))


def _validate_component(source: Source) -> Validated:
    fetched = Fetched()
    fetched.follow(Merged(source.data, source.name))
    sources = (source, *fetched.sources)
    found = tuple(dict.fromkeys((*fetched.diagnostics, *check_component(source, fetched.files))))
    if any(each.severity is Severity.ERROR for each in found):
        raise SpecRejected(found, sources)
    return Validated(found, sources)


def _of_profile(found: Diagnostic, name: str, source: Source) -> Diagnostic:
    """A mistake that stands outside a profile and is one with that profile only, says so."""
    origin = found.origin
    own = isinstance(origin, Origin) and origin.source == source.name and origin.path[:2] != ("profiles", name)
    return replace(found, message=f"with profile `{name}`, {found.message}") if own else found


def _profile_files(path: Path) -> dict[str, Path]:
    """The profiles beside the file: `pipeline.prod.yaml`."""
    found: dict[str, Path] = {}
    for other in sorted(path.parent.glob(f"{glob.escape(path.stem)}.*{glob.escape(path.suffix)}")):
        name = other.name[len(path.stem) + 1 : len(other.name) - len(path.suffix)]
        if name and "." not in name:
            found[name] = other
    return found


def _settled(
    merged: Merged, sources: list[Source], like: Analyzed | None = None
) -> tuple[Pipeline | None, tuple[Diagnostic, ...], Analyzed]:
    """The pipeline, with all that it uses; the files that were read are added to the sources."""
    fetched = Fetched()
    fetched.follow(merged)
    known = {each.name for each in sources}
    sources += (each for each in fetched.sources if each.name not in known)
    crowded = tuple(found for each in fetched.files.values() for found in crowds(each))
    if crowded:
        return None, crowded, Analyzed(None, crowded)
    built = analyze(merged, check(merged), fetched.files, like)
    found = (*fetched.diagnostics, *built.diagnostics)
    # of what could not be read the steps are missing, and nothing is to be settled
    if built.pipeline is None or any(each.severity is Severity.ERROR for each in fetched.diagnostics):
        return None, found, built
    pipeline, said = settle(built.pipeline)
    found = (*found, *said, *_packed_code(pipeline))
    return (None if any(each.severity is Severity.ERROR for each in found) else pipeline), found, built
