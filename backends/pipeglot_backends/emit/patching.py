"""Raw patches, laid over what is emitted for a target: RFC 7396, and the fields that none may touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.suggestions import Meant
from pipeglot.ir import Json, Patch, Pipeline, Step

Path: TypeAlias = tuple[str, ...]
Faults: TypeAlias = Iterator[Diagnostic]


@dataclass(frozen=True, slots=True)
class Kept:
    """A field that no patch may change: what it does for us, as the end of a sentence, and what to write instead."""

    path: Path
    does: str
    hint: str | None = None


def kept(table: Mapping[str, str | tuple[str, str]], prefix: Path = ()) -> tuple[Kept, ...]:
    """From a table: paths with dots, each with what the field does, and with a hint where there is one."""
    return tuple(
        Kept((*prefix, *path.split(".")), *((said,) if isinstance(said, str) else said)) for path, said in table.items()
    )


def laid_over(base: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """RFC 7396: maps are merged, null takes away, all else replaces. What is there keeps its place."""
    result = dict(base)
    for key, value in patch.items():
        old = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            inner = cast("Mapping[str, Any]", old if isinstance(old, Mapping) else {})
            result[key] = laid_over(inner, cast("dict[str, Any]", value))
        else:
            result[key] = value
    return result


def patched(base: Mapping[str, Any], patch: Patch | None) -> dict[str, Any]:
    return laid_over(base, patch.fields) if patch else dict(base)


def inside(patch: Patch | None, part: str) -> Mapping[str, Json]:
    """Of a patch that has several parts one of them."""
    found = patch.fields.get(part) if patch else None
    return found if isinstance(found, dict) else {}


def changes(base: Mapping[str, Any], patch: Mapping[str, Json], at: Path = ()) -> Iterator[tuple[str, str]]:
    """What a patch comes to, by field: `set`, `replaced` where we had said something else, `deleted`."""
    for key, value in patch.items():
        path, old = (*at, key), base.get(key)
        if isinstance(value, dict) and value and (old is None or isinstance(old, Mapping)):
            yield from changes(cast("Mapping[str, Any]", old or {}), value, path)
        elif isinstance(value, dict) and isinstance(old, Mapping):
            continue  # nothing is laid over it
        elif value is not None:
            yield ".".join(path), "set" if old is None else "replaced"
        elif old is not None:
            yield ".".join(path), "deleted"


def touched(target: str, patch: Patch, table: Sequence[Kept]) -> Faults:
    """The fields of a patch that none may change, and what it takes away or replaces with one of them inside."""
    paths: set[Path] = set()
    for field in table:
        path = _met(patch.fields, field.path)
        if path and path not in paths:
            paths.add(path)
            yield _refused(target, patch, field, len(path))


def _met(fields: Mapping[str, Json], path: Path) -> Path:
    """How far a patch goes on the way to a field: to the end, or to where it leaves no map. Nothing: it does not."""
    found = cast("object", fields)
    for depth, key in enumerate(path, 1):
        if not isinstance(found, Mapping) or key not in found:
            return ()
        found = cast("Mapping[str, object]", found)[key]
        if not isinstance(found, Mapping):
            return path[:depth]
    return path


def _refused(target: str, patch: Patch, field: Kept, depth: int) -> Diagnostic:
    path = field.path[:depth]
    inside = "" if depth == len(field.path) else f", whose `{'.'.join(field.path[depth:])}`"
    message = f"no patch for `{target}` can change `{'.'.join(path)}`{inside or ', which'} {field.does}"
    return Diagnostic("PG410", message, patch.place(path), hint=field.hint, key=True)


def unknown_parts(target: str, patch: Patch, parts: Sequence[str]) -> Faults:
    """A patch of a target whose form has several parts names them; each is a map."""
    there = ", ".join(f"`{each}`" for each in parts)
    for name, value in patch.fields.items():
        place = patch.place((name,))
        if name not in parts:
            message = (
                f"a patch for `{target}` has no part `{name}` here: there {'are' if len(parts) > 1 else 'is'} {there}"
            )
            yield Diagnostic("PG410", message, place, key=True, meant=Meant(name, lambda: parts)).hinted()
        elif not isinstance(value, dict):
            yield Diagnostic("PG410", f"`{name}` of a patch for `{target}` is a map of what is laid over it", place)


def of(pipeline: Pipeline, target: str) -> Iterator[tuple[Step | None, Patch]]:
    """The patches of a pipeline for a target."""
    if target in pipeline.patches:
        yield None, pipeline.patches[target]
    for step in (*pipeline.steps, *pipeline.on_exit):
        if target in step.patches:
            yield step, step.patches[target]


@dataclass(frozen=True, slots=True)
class Patching:
    """How a target takes patches: what is wrong with one, and what it is laid over, of a step or of the pipeline."""

    faults: Callable[[Pipeline, Step | None, Patch], Faults]
    base: Callable[[Pipeline, Step | None, Any], Mapping[str, Any]]
