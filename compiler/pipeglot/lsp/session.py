"""What one editor has open, and what was found out about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as File

from pipeglot.lsp import completing, hovering, mending, outline
from pipeglot.lsp.fields import Schema, schema
from pipeglot.lsp.names import Use, use_at, uses
from pipeglot.lsp.renaming import unfit
from pipeglot.lsp.texts import Document, Path, found
from pipeglot_backends.targets import BUILT_IN

_OURS = re.compile(r"""^["']?apiVersion["']?\s*:\s*["']?pipeglot/""", re.MULTILINE)
_COMPONENT = re.compile(r"""^["']?kind["']?\s*:\s*["']?Component\b""", re.MULTILINE)
_NAMES = ("pipeline.yaml", "pipeline.yml")


@dataclass(slots=True)
class Open:
    """A file in the editor. `answer` is what was last found out about it; of an older text while a new one is read."""

    file: File
    document: Document
    answer: mending.Checked | None = None
    refused: Callable[[Path], list[str]] | None = None


@dataclass(slots=True)
class Session:
    """All that is asked of it is asked by file; a file that is not ours has no answers."""

    files: dict[File, Open] = field(default_factory=dict[File, Open])

    def change(self, file: File, text: str) -> None:
        before = self.files.get(file)
        if not is_ours(file, text):
            self.files.pop(file, None)
        elif before is None:
            self.files[file] = Open(file, Document(text))
        else:
            before.document = Document(text, before.document)

    def close(self, file: File) -> None:
        self.files.pop(file, None)

    def check(self, file: File) -> mending.Checked:
        """What is wrong with a file, as it stands in the editor with all others that are open."""
        opened = self.files[file]
        texts = {each.file.resolve(): each.document.text.text for each in self.files.values()}
        opened.answer, opened.refused = mending.checked(file, texts), None
        return opened.answer

    def choices(self, file: File, offset: int) -> completing.Choices:
        document = self.files[file].document
        return completing.choices(document, offset, _schema(document))

    def hover(self, file: File, offset: int) -> hovering.Told | None:
        opened = self.files[file]
        if opened.refused is None and opened.answer is not None:
            opened.refused = mending.refusals(opened.answer.pipelines, tuple(BUILT_IN))
        refusals = opened.refused or _nothing
        return hovering.hover(opened.document, offset, _schema(opened.document), refusals)

    def use(self, file: File, offset: int) -> Use | None:
        document = self.files[file].document
        return use_at(document.tree, document.text.text, offset)

    def uses(self, file: File, name: Path) -> list[Use]:
        """The declaration first."""
        document = self.files[file].document
        found = {use for use in uses(document.tree, document.text.text) if use.name == name}
        return sorted(found, key=lambda use: (not use.is_declaration, use.start))

    def used_file(self, file: File, offset: int) -> File | None:
        """The file that `uses` or `components` names at an offset, where it is there."""
        path = _path_of_file(self.files[file].document, offset)
        named = file.parent / path if path else None
        return named if named and named.is_file() else None

    def types(self, file: File) -> Iterator[tuple[int, str]]:
        opened = self.files[file]
        pipelines = opened.answer.pipelines if opened.answer else ()
        return outline.types(opened.document, pipelines, file.as_posix())

    def unfit(self, file: File, use: Use, new: str) -> str | None:
        """Why a name cannot be called so; None where it can."""
        return unfit(self.files[file].document.tree, use.name, new)


def _nothing(_: Path) -> list[str]:
    return []


def is_ours(file: File, text: str) -> bool:
    return bool(_OURS.search(text)) or (file.name in _NAMES and not text.strip())


def _schema(document: Document) -> Schema:
    return schema("component" if _COMPONENT.search(document.text.text) else "pipeline")


def _path_of_file(document: Document, offset: int) -> str | None:
    here = found(document.tree, offset)
    if here is None or here.is_key:
        return None
    path = here.part.path
    is_named = path[-1:] == ("uses",) or (len(path) == 2 and path[0] == "components")
    return here.part.node.value if is_named else None
