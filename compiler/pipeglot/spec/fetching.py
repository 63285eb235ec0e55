"""Reads the files that steps use, and those that they use in turn."""

from __future__ import annotations

from pathlib import Path

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Origin
from pipeglot.diagnostics.sources import Source
from pipeglot.spec.merging import Merged
from pipeglot.spec.schema import reserved
from pipeglot.spec.uses import file_name, is_path, used
from pipeglot.syntax.reader import read_file

_NOT_THERE = {"PG510": "it does not exist", "PG511": "it is a folder", "PG512": "it cannot be read"}


class Fetched:
    """The files by name, and what is wrong with them. `sources` are all that was read, also what was rejected."""

    def __init__(self) -> None:
        self.files: dict[str, Source] = {}
        self.sources: list[Source] = []
        self.diagnostics: list[Diagnostic] = []
        self._rejected: set[str] = set()
        self._followed: set[str] = set()

    def follow(self, merged: Merged, way: tuple[str, ...] = ()) -> None:
        """`way` holds the files that led here, from the pipeline on."""
        way = (*way, merged.source)
        for path, text in used(merged):
            origin = merged.origin(*path)
            if not is_path(text):
                self.diagnostics.append(Diagnostic("PG390", reserved.message("components"), origin))
                continue
            name = file_name(origin.source, text)
            if name in way:
                circle = " → ".join(f"`{each}`" for each in (*way[way.index(name) :], name))
                self.diagnostics.append(Diagnostic("PG211", f"these files use each other: {circle}", origin))
            elif self._read(name, text, origin) and name not in self._followed:
                self.follow(Merged(self.files[name].data, name), way)
                self._followed.add(name)

    def _read(self, name: str, text: str, origin: Origin) -> bool:
        if name in self.files or name in self._rejected:
            return name in self.files
        try:
            self.files[name] = read_file(Path(name), name)
        except SpecRejected as rejected:
            self._rejected.add(name)
            self.sources += rejected.sources
            self.diagnostics += [_said(each, text, origin) for each in rejected.diagnostics]
            return False
        self.sources.append(self.files[name])
        return True


def _said(found: Diagnostic, text: str, origin: Origin) -> Diagnostic:
    """A file that cannot be read is a mistake of the one who names it."""
    reason = _NOT_THERE.get(found.code)
    return Diagnostic("PG211", f"`{text}` cannot be used: {reason}", origin) if reason else found
