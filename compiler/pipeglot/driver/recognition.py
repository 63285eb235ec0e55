"""Which YAML files are ours, which use which, and which pipelines a change concerns. Fast: most files are of others."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from pipeglot.diagnostics import SpecRejected
from pipeglot.diagnostics.sources import Source
from pipeglot.spec.merging import Merged
from pipeglot.spec.uses import file_name, is_path, used
from pipeglot.syntax.reader import read_file

Event: TypeAlias = yaml.Event
OURS = "pipeglot/"
ENDINGS = (".yaml", ".yml")
PARTS = ("Component", "Base")
"""Kinds of files that are no pipelines."""
CALLED = ("pipeline.yaml", "pipeline.yml")
"""Ours by their name, whatever stands in them."""
_LINE = re.compile(rb"""^["']?apiVersion["']?\s*:\s*["']?pipeglot/""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file says of itself in its first keys; None for what it does not say."""

    kind: str | None
    name: str | None


def recognised(path: Path) -> Recognised | None:
    """None for a file of others. A text that is no YAML is ours if a line of it says so."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if OURS.encode() not in content:
        return None
    try:
        fields = _told(yaml.parse(content, yaml.CSafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError, StopIteration):
        return Recognised(None, None) if _LINE.search(content) else None
    return Recognised(fields.get("kind"), fields.get("name")) if fields.get("apiVersion", "").startswith(OURS) else None


def _told(events: Iterator[Event]) -> dict[str, str]:
    """`apiVersion`, `kind` and the name under `metadata`; read no further than it takes."""
    fields: dict[str, str] = {}
    while not isinstance(event := next(events), yaml.MappingStartEvent):
        if isinstance(event, (yaml.SequenceStartEvent, yaml.ScalarEvent, yaml.DocumentEndEvent)):
            return fields
    for key, value in _entries(events):
        if key == "metadata" and isinstance(value, yaml.MappingStartEvent):
            inner = {name: _skipped(events, each) for name, each in _entries(events)}
            fields |= {"name": inner["name"]} if "name" in inner else {}
        else:
            text = _skipped(events, value)
            fields |= {key: text} if key in ("apiVersion", "kind") else {}
        if len(fields) == 3 or not fields.get("apiVersion", OURS).startswith(OURS):
            break
    return fields


def _entries(events: Iterator[Event]) -> Iterator[tuple[str, Event]]:
    """The keys of a mapping that has begun, each with what begins its value; the caller reads that to its end."""
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        yield _skipped(events, event), next(events)


def _skipped(events: Iterator[Event], begun: Event) -> str:
    """The text of a scalar, after all that belongs to the node was passed over."""
    depth = int(isinstance(begun, yaml.CollectionStartEvent))
    while depth:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
    return str(begun.value) if isinstance(begun, yaml.ScalarEvent) else ""


def pipelines_in(folder: Path) -> dict[Path, str]:
    """The pipelines right in a folder, and their names."""
    return _named(path for path in sorted(folder.glob("*")) if path.suffix in ENDINGS)


def _named(paths: Iterable[Path]) -> dict[Path, str]:
    found = {path: recognised(path) for path in paths}
    return {path: each.name or "" for path, each in found.items() if each and each.kind not in PARTS}


def repository_pipelines() -> dict[Path, str]:
    """Those of the repository below the current folder, but what git ignores; without git, those right here."""
    listed = _git("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", "*.yaml", "*.yml")
    return pipelines_in(Path()) if listed is None else _named(map(Path, listed))


def deleted() -> list[Path]:
    """What the next commit deletes: hooks are not told of it."""
    return [Path(name) for name in _git("diff", "--cached", "--name-only", "--diff-filter=D", "-z", "--relative") or ()]


def _git(*arguments: str) -> list[str] | None:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except OSError:
        return None
    found = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return [name for name in found if name] if done.returncode == 0 else None


def uses(path: Path) -> set[Path]:
    """All files that a pipeline uses or extends, directly or not, also those that are not there."""
    found: set[str] = set()
    waiting = [path.as_posix()]
    while waiting:
        name = waiting.pop()
        source = _read(name)
        for text in _named_files(source) if source else ():
            if is_path(text) and (other := file_name(name, text)) not in found:
                found.add(other)
                waiting.append(other)
    return {Path(name) for name in found}


def _named_files(source: Source) -> Iterator[str]:
    yield from (text for _, text in used(Merged(source.data, source.name)))
    if isinstance(base := source.data.get("extends"), str):
        yield base


def _read(name: str) -> Source | None:
    try:
        return read_file(Path(name), name)
    except SpecRejected:
        return None


def concerned(
    pipelines: Iterable[Path], changed: Collection[Path], built: Collection[Path] | None = None
) -> list[Path]:
    """The pipelines that a change concerns: they, a profile or code beside them, a file they use. With `built` also by
    what was compiled: it lies in one of these folders, or in `build` beside them."""
    return [path for path in pipelines if _is_concerned(path, changed, built)]


def _is_concerned(pipeline: Path, changed: Collection[Path], built: Collection[Path] | None) -> bool:
    folders = () if built is None else (*built, pipeline.parent / "build")
    beside = any(_stands_beside(pipeline, each) or any(place in each.parents for place in folders) for each in changed)
    return beside or not uses(pipeline).isdisjoint(changed)


def _stands_beside(pipeline: Path, changed: Path) -> bool:
    """The pipeline itself, code in its folder, or a profile: `churn.prod.yaml` beside `churn.yaml`."""
    if changed.suffix == ".py":
        return pipeline.parent in changed.parents
    stem, rest = pipeline.stem, changed.stem[len(pipeline.stem) + 1 :]
    profile = changed.stem == f"{stem}.{rest}" and "." not in rest
    same = (changed.parent, changed.suffix) == (pipeline.parent, pipeline.suffix)
    return changed == pipeline or (same and profile)


def concerned_files(names: Iterable[str]) -> list[str]:
    """What is to be checked when these changed: those of ours, the pipelines they concern, and their namesakes."""
    changed = {Path(name) for name in names} | set(deleted())
    pipelines = repository_pipelines()
    found = {path for path in changed if path.suffix in ENDINGS and (path.name in CALLED or recognised(path))}
    found = {path for path in found if path.exists()} | set(concerned(pipelines, changed))
    mine = {pipelines[path] for path in found if path in pipelines}
    found |= {path for path, name in pipelines.items() if name and name in mine}
    return [path.as_posix() for path in sorted(found)]
