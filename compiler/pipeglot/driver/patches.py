"""Raw patches of targets: what is wrong with them, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TypedDict, cast

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.ir import Pipeline, Step
from pipeglot_backends.emit import patching
from pipeglot_backends.protocol import Backend, Options, patches_of
from pipeglot_backends.targets import load


class Change(TypedDict):
    """`step` is nothing where it is the pipeline's; `change` is `set`, `replaced` or `deleted`."""

    step: str | None
    field: str
    change: str


def targets(pipeline: Pipeline) -> tuple[str, ...]:
    """Those that it has patches for."""
    steps = (*pipeline.steps, *pipeline.on_exit)
    return tuple(dict.fromkeys((*pipeline.patches, *(name for step in steps for name in step.patches))))


def faults(pipeline: Pipeline, target: str) -> Iterator[Diagnostic]:
    """What is wrong with the patches for a target, each at its place."""
    found = tuple(patching.of(pipeline, target))
    if not found:
        return
    try:
        way = _way(load(target))
    except SpecRejected as rejected:
        yield from rejected.diagnostics
        return
    for step, patch in found:
        if way is None:
            yield Diagnostic(
                "PG410", f"the target `{target}` takes no patches", patch.origin, hint="take it out", key=True
            )
        else:
            yield from way.faults(pipeline, step, patch)


def changes(pipeline: Pipeline, backend: Backend, options: Options) -> Iterator[Change]:
    """What the patches for a target come to, those of the pipeline first."""
    way = _way(backend) if backend.NAME in targets(pipeline) else None
    plain = _without(pipeline) if way else pipeline
    for step, patch in patching.of(pipeline, backend.NAME) if way else ():
        base = cast(patching.Patching, way).base(plain, plain.by_id[step.id] if step else None, options)
        for field, change in patching.changes(base, patch.fields):
            yield {"step": step.id if step else None, "field": field, "change": change}


def told(found: Sequence[Change]) -> Iterator[str]:
    """As lines of a plan."""
    if found:
        yield from ("", "Patched, last of all (`targets`):")
    words = {"set": "set", "replaced": "in place of what stands there without it", "deleted": "taken away"}
    for each in found:
        yield f"  {each['step'] or 'the pipeline'}: {each['field']}, {words[each['change']]}"


def _way(backend: Backend) -> patching.Patching | None:
    module = patches_of(backend)
    return cast("patching.Patching", import_module(module).PATCHING) if module else None


def _without(pipeline: Pipeline) -> Pipeline:
    steps, on_exit = (tuple(map(_bare, each)) for each in (pipeline.steps, pipeline.on_exit))
    return replace(pipeline, steps=steps, on_exit=on_exit, patches={})


def _bare(step: Step) -> Step:
    return replace(step, patches={})
