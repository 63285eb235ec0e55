"""What an editor asks of a file that is open: one function for each of its questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from pipeglot.lsp import outline, protocol
from pipeglot.lsp.session import Open, Session

Answer: TypeAlias = Callable[[Session, Open, Path, Any], Any]
TRIGGERS = (".", "{", " ", "[")


def completion(session: Session, opened: Open, file: Path, params: types.CompletionParams) -> types.CompletionList:
    text = opened.document.text
    end = protocol.offset(text, params.position)
    return protocol.completions(text, session.choices(file, end), end)


def hover(session: Session, opened: Open, file: Path, params: types.HoverParams) -> types.Hover | None:
    text = opened.document.text
    content = session.hover(file, protocol.offset(text, params.position))
    if content is None:
        return None
    shown = types.MarkupContent(types.MarkupKind.Markdown, content.text)
    return types.Hover(shown, protocol.extent(text, content.start, content.end))


def actions(_: Session, opened: Open, file: Path, params: types.CodeActionParams) -> list[types.CodeAction]:
    text, found = opened.document.text, list[types.CodeAction]()
    for each in opened.answer.fixes() if opened.answer else ():
        shown = protocol.diagnostic(text, each, file)
        made = protocol.action(text, each, file, shown)
        if made and shown.range.start <= params.range.end and params.range.start <= shown.range.end:
            found.append(made)
    return found


def definition(session: Session, opened: Open, file: Path, params: types.DefinitionParams) -> list[types.Location]:
    text = opened.document.text
    place = protocol.offset(text, params.position)
    used = session.used_file(file, place)
    if used is not None:
        start = types.Position(0, 0)
        return [types.Location(protocol.uri(used), types.Range(start, start))]
    use = session.use(file, place)
    uses = session.uses(file, use.name) if use else []
    return protocol.locations(text, file, [each for each in uses if each.is_declaration])


def references(session: Session, opened: Open, file: Path, params: types.ReferenceParams) -> list[types.Location]:
    text = opened.document.text
    use = session.use(file, protocol.offset(text, params.position))
    uses = session.uses(file, use.name) if use else []
    wanted = [each for each in uses if params.context.include_declaration or not each.is_declaration]
    return protocol.locations(text, file, wanted)


def prepared(session: Session, opened: Open, file: Path, params: types.PrepareRenameParams) -> types.Range | None:
    text = opened.document.text
    use = session.use(file, protocol.offset(text, params.position))
    return protocol.extent(text, use.start, use.end) if use else None


def renamed(session: Session, opened: Open, file: Path, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Raises what the editor shows where the new name cannot be one."""
    text = opened.document.text
    use = session.use(file, protocol.offset(text, params.position))
    if use is None:
        return None
    unfit = session.unfit(file, use, params.new_name)
    if unfit:
        raise JsonRpcInvalidParams(unfit)
    return protocol.renamed(text, file, session.uses(file, use.name), params.new_name)


def symbols(_: Session, opened: Open, __: Path, ___: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    return protocol.symbols(opened.document.text, outline.entries(opened.document))


def folds(_: Session, opened: Open, __: Path, ___: types.FoldingRangeParams) -> list[types.FoldingRange]:
    return [types.FoldingRange(*lines) for lines in outline.folds(opened.document)]


def inlays(session: Session, opened: Open, file: Path, params: types.InlayHintParams) -> list[types.InlayHint]:
    text = opened.document.text
    found = ((types.Position(*text.position(at)), label) for at, label in session.types(file))
    return [
        types.InlayHint(place, label, types.InlayHintKind.Type)
        for place, label in found
        if params.range.start.line <= place.line <= params.range.end.line
    ]


ANSWERS: Mapping[str, tuple[Answer, Any]] = {
    types.TEXT_DOCUMENT_COMPLETION: (completion, types.CompletionOptions(trigger_characters=list(TRIGGERS))),
    types.TEXT_DOCUMENT_HOVER: (hover, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (actions, types.CodeActionOptions([types.CodeActionKind.QuickFix])),
    types.TEXT_DOCUMENT_DEFINITION: (definition, None),
    types.TEXT_DOCUMENT_REFERENCES: (references, None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (prepared, None),
    types.TEXT_DOCUMENT_RENAME: (renamed, types.RenameOptions(prepare_provider=True)),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (symbols, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (folds, None),
    types.TEXT_DOCUMENT_INLAY_HINT: (inlays, None),
}
"""Each question of the protocol, with who answers it and what the editor is told of that at the beginning."""
