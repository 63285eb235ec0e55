"""Reads the files that steps use, and those that they use in turn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Source
from pipeglot.spec.merging import Merged
from pipeglot.spec.schema.tags import BASE, document_tag
from pipeglot.spec.uses import faults, file_name, is_path, unknown, used
from pipeglot.syntax.reader import read_file

ENDINGS = (".yaml", ".yml")
_NOT_THERE = {"PG510": "it does not exist", "PG511": "it is a folder", "PG512": "it cannot be read"}


class Fetched:
    """The files by name, and what is wrong with them. `sources` are all that was read, also what was rejected."""

    def __init__(self) -> None:
        self.files: dict[str, Source] = {}
        self.sources: list[Source] = []
        self.diagnostics: list[Diagnostic] = []
        self._rejected: set[str] = set()
        self._followed: set[str] = set()
        self._root: Path | None = None

    def follow(self, merged: Merged, way: tuple[str, ...] = ()) -> None:
        """`way` holds the files that led here, from the pipeline on."""
        way = (*way, merged.source)
        self.diagnostics += faults(merged)
        for path, text in used(merged):
            origin = merged.origin(*path)
            if not is_path(text):
                self.diagnostics += filter(None, [unknown(merged, text, path)])
                continue
            name = file_name(origin.source, text)
            outside = self._outside(way[0], name)
            if outside:
                self.diagnostics.append(Diagnostic("PG214", f"`{text}` cannot be used: {outside}", origin))
            elif name in way:
                circle = " → ".join(f"`{each}`" for each in (*way[way.index(name) :], name))
                self.diagnostics.append(Diagnostic("PG211", f"these files use each other: {circle}", origin))
            elif self._read(name, text, origin) and name not in self._followed:
                self.follow(Merged(self.files[name].data, name), way)
                self._followed.add(name)

    def _outside(self, first: str, name: str) -> str | None:
        """Why a file can be no component, before it is read: nothing of it may be shown then."""
        if not name.endswith(ENDINGS):
            return "a component is a file of YAML, whose name ends in `.yaml`"
        if self._root is None:
            self._root = root_of(Path(first).resolve().parent)
        if not Path(name).resolve().is_relative_to(self._root):
            return "it lies outside of the repository, or of the pipeline's folder where there is none"
        return None

    def _read(self, name: str, text: str, origin: Origin) -> bool:
        if name in self.files or name in self._rejected:
            return name in self.files
        try:
            self.files[name] = read_file(Path(name), name)
        except SpecRejected as rejected:
            self._rejected.add(name)
            self.sources += rejected.sources
            self.diagnostics += (said_of(each, text, origin, "used") for each in rejected.diagnostics)
            return False
        if document_tag(self.files[name].data) == BASE:
            self._rejected.add(name)
            self.sources.append(self.files.pop(name))
            message = f"`{text}` cannot be used: it is a base, which pipelines extend"
            self.diagnostics.append(Diagnostic("PG211", message, origin))
            return False
        self.sources.append(self.files[name])
        return True


def said_of(found: Diagnostic, text: str, origin: Origin, done: str) -> Diagnostic:
    """A file that cannot be read is a mistake of the one who names it: it is `used` or `extended`."""
    reason = _NOT_THERE.get(found.code)
    if reason:
        return Diagnostic("PG211", f"`{text}` cannot be {done}: {reason}", origin)
    return replace(found, evidence=(*found.evidence[:1], (origin, f"it is {done} here")))


def root_of(folder: Path) -> Path:
    """The root of the repository around a folder; the folder itself where there is none."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)
