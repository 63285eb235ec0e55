"""What steps use: by the path of a file, or by a name that `components:` has for a file or for what stands there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TypeAlias

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.sources import Json
from pipeglot.diagnostics.sources import Source as Source
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.spec.merging import Merged, Path

Uses: TypeAlias = Mapping[str, Source]
"""The used files by name."""
NO_USES: Uses = {}
FEW = 100
"""Names among which the nearest is looked for."""
_OF_FILES = ("apiVersion", "kind", "metadata")
"""What a component says of itself where it is a file of its own."""


def is_path(text: str) -> bool:
    """A component is named by its file, or by a name that the top-level `components:` explains."""
    return "/" in text or text.endswith((".yaml", ".yml"))


def file_name(sayer: str, text: str) -> str:
    """The file that is meant, relative as the file that says it is."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(sayer), text))


def used(merged: Merged) -> Iterator[tuple[Path, str]]:
    """Every `uses` of a file, with its path, and the paths that `components` has names for."""
    yield from inner_uses(merged.data)
    known = merged.data.get("components")
    for name, entry in known.items() if isinstance(known, dict) else ():
        if isinstance(entry, str) and is_path(entry):
            yield ("components", name), entry
        yield from ((("components", name, *path), text) for path, text in inner_uses(entry))


def inner_uses(data: Json) -> Iterator[tuple[Path, str]]:
    """Those of the steps of a file, or of a component that is written in one."""
    for group in ("steps", "on_exit"):
        steps = data.get(group) if isinstance(data, dict) else None
        for id, step in steps.items() if isinstance(steps, dict) else ():
            text = step.get("uses") if isinstance(step, dict) else None
            if isinstance(text, str):
                yield (group, id, "uses"), text


def named(merged: Merged) -> Mapping[str, Json]:
    found = merged.home.data.get("components")
    return found if isinstance(found, dict) else {}


def faults(merged: Merged) -> Iterator[Diagnostic]:
    """What is wrong with the map itself: what stands under a name, and names that lead back to themselves."""
    known = named(merged)
    for name, entry in known.items():
        place = merged.origin("components", name)
        if not isinstance(entry, str | dict):
            yield Diagnostic("PG301", f"component `{name}` is the path of a file, or a map of its own fields", place)
        elif isinstance(entry, str) and not is_path(entry):
            said = f"component `{name}` is `{entry}`, which is no path"
            yield Diagnostic("PG301", said, place, hint=f"write `./{entry}.yaml`")
        for field in entry if isinstance(entry, dict) else ():
            if field in _OF_FILES:
                said = f"component `{name}` stands in its pipeline, and only a file has `{field}`"
                yield Diagnostic("PG210", said, merged.origin("components", name, field), key=True)
    yield from _circles(merged, known)


def unknown(merged: Merged, text: str, path: Path) -> Diagnostic | None:
    """What is said of a name that stands for no component."""
    known = named(merged)
    if text in known:
        return None
    origin = merged.origin(*path)
    if "components" not in merged.home.data:
        message = f"`{text}` names a component, and this file has no `components`"
        return Diagnostic("PG203", message, origin, hint=f"a file is named by its path: `./{text}.yaml`")
    message = f"the pipeline has no component `{text}`"
    meant = nearest(text, islice(known, FEW))
    return Diagnostic("PG203", message, origin, hint=f"did you mean `{meant}`?" if meant else None)


def component(merged: Merged, path: Path, text: str, uses: Uses = NO_USES) -> tuple[str, Merged] | None:
    """What a step uses, under a name of its own; None where it is not there, which was said."""
    source = merged.origin(*path).source
    if not is_path(text):
        entry = named(merged).get(text)
        if isinstance(entry, dict):
            return f"{merged.home.source}#{text}", _written(merged.home, text, entry)
        if not isinstance(entry, str):
            return None
        source, text = merged.home.origin("components", text).source, entry
    name = file_name(source, text)
    return (name, Merged(uses[name].data, name, texts={name: uses[name].text})) if name in uses else None


def _written(home: Merged, name: str, entry: dict[str, Json]) -> Merged:
    """A component of the map, as if it were a file; its parts keep their places."""
    body = {key: part for key, part in entry.items() if key not in _OF_FILES}
    data: dict[str, Json] = {
        "apiVersion": "pipeglot/v1",
        "kind": "Component",
        "metadata": {"name": name.replace("_", "-")},
        **body,
    }
    return Merged(data, home.source, links={(): (home, ("components", name))}, texts=home.texts, within=home)


def _circles(merged: Merged, known: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """One for each way round, where it is closed."""
    reads = {name: [*inner_uses(entry)] for name, entry in known.items()}
    done: set[str] = set()
    for name in known:
        yield from _followed(merged, name, reads, (), done)


def _followed(
    merged: Merged, name: str, reads: Mapping[str, list[tuple[Path, str]]], way: tuple[str, ...], done: set[str]
) -> Iterator[Diagnostic]:
    if name in done:
        return
    for path, other in reads[name]:
        if other in (*way, name):
            circle = (*way, name)[(*way, name).index(other) :]
            text = " → ".join(f"`{each}`" for each in (*circle, other))
            place = merged.origin("components", name, *path)
            yield Diagnostic("PG211", f"these components use each other: {text}", place)
        elif other in reads:
            yield from _followed(merged, other, reads, (*way, name), done)
    done.add(name)
