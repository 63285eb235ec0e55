"""Our answers in the words of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from lsprotocol import types
from pygls.uris import from_fs_path

from pipeglot.diagnostics import Severity
from pipeglot.lsp.completing import Choice, Choices
from pipeglot.lsp.names import Use
from pipeglot.lsp.outline import Entry
from pipeglot.lsp.texts import Text
from pipeglot.rendering.report import Finding, Spot

SOURCE: Final = "pipeglot"
_KINDS: Final[Mapping[str, types.CompletionItemKind]] = {
    "field": types.CompletionItemKind.Field,
    "value": types.CompletionItemKind.Value,
    "name": types.CompletionItemKind.Variable,
    "function": types.CompletionItemKind.Function,
}
_SYMBOLS: Final[Mapping[str, types.SymbolKind]] = {
    "steps": types.SymbolKind.Function,
    "on_exit": types.SymbolKind.Event,
    "params": types.SymbolKind.Variable,
    "outputs": types.SymbolKind.Field,
    "components": types.SymbolKind.Class,
    "profiles": types.SymbolKind.Namespace,
}
_SEVERITIES: Final = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}


def uri(file: Path) -> str:
    return from_fs_path(str(file)) or file.as_uri()


def extent(text: Text, start: int, end: int) -> types.Range:
    return types.Range(types.Position(*text.position(start)), types.Position(*text.position(end)))


def offset(text: Text, position: types.Position) -> int:
    return text.offset(position.line, position.character)


def diagnostic(text: Text, finding: Finding, file: Path) -> types.Diagnostic:
    """A mistake in another file, or in none, is told of at the first line."""
    found = finding.diagnostic
    is_here = finding.spot is not None and finding.spot.file == file.as_posix()
    hint = f"\n{found.hint}" if found.hint else ""
    place = "" if is_here or finding.spot is None else f"{finding.spot.place}: "
    return types.Diagnostic(
        range=_spot(text, finding.spot) if finding.spot and is_here else extent(text, 0, 0),
        message=f"{place}{found.message}{hint}",
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source=SOURCE,
        related_information=[
            types.DiagnosticRelatedInformation(types.Location(uri(file), _spot(text, spot)), label)
            for spot, label in finding.evidence
            if spot.file == file.as_posix()
        ],
    )


def _spot(text: Text, spot: Spot) -> types.Range:
    """Its columns are code points, and those of the protocol UTF-16 units."""
    start, end = text.at(spot.line, spot.column), text.at(spot.end_line, spot.end_column)
    return extent(text, start, max(start, end))


def action(text: Text, finding: Finding, file: Path, shown: types.Diagnostic) -> types.CodeAction | None:
    if finding.fix is None or finding.fix[0].file != file.as_posix():
        return None
    spot, written = finding.fix
    edit = types.TextEdit(_spot(text, spot), written)
    return types.CodeAction(
        finding.diagnostic.hint or "mend it",
        types.CodeActionKind.QuickFix,
        diagnostics=[shown],
        is_preferred=True,
        edit=types.WorkspaceEdit(changes={uri(file): [edit]}),
    )


def completions(text: Text, found: Choices, end: int) -> types.CompletionList:
    place = extent(text, found.start, end)
    items = [_item(choice, place, number) for number, choice in enumerate(found.found)]
    return types.CompletionList(is_incomplete=False, items=items)


def _item(choice: Choice, place: types.Range, number: int) -> types.CompletionItem:
    documentation = (
        types.MarkupContent(types.MarkupKind.Markdown, choice.documentation) if choice.documentation else None
    )
    return types.CompletionItem(
        choice.label,
        kind=_KINDS[choice.kind],
        detail=choice.detail or None,
        documentation=documentation,
        sort_text=f"{number:05}",
        filter_text=choice.label,
        text_edit=types.TextEdit(place, choice.text),
    )


def symbols(text: Text, entries: Iterable[Entry]) -> list[types.DocumentSymbol]:
    return [
        types.DocumentSymbol(
            entry.name,
            _SYMBOLS.get(entry.kind, types.SymbolKind.Property),
            extent(text, entry.start, entry.end),
            extent(text, entry.start, entry.name_end),
            children=symbols(text, entry.inner),
        )
        for entry in entries
    ]


def locations(text: Text, file: Path, found: Iterable[Use]) -> list[types.Location]:
    return [types.Location(uri(file), extent(text, use.start, use.end)) for use in found]


def renamed(text: Text, file: Path, found: Iterable[Use], new: str) -> types.WorkspaceEdit:
    edits = [types.TextEdit(extent(text, use.start, use.end), new) for use in found]
    return types.WorkspaceEdit(changes={uri(file): edits})
