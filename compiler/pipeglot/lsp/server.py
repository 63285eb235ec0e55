"""The language server: texts as they change, what is wrong with them, and questions handed to those who know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from pipeglot import __version__
from pipeglot.driver.graphs import drawn
from pipeglot.lsp import protocol
from pipeglot.lsp.answers import ANSWERS, Answer
from pipeglot.lsp.session import Session

GRAPH: Final = "pipeglot.graph"


class Server(LanguageServer):
    """One editor's."""

    def __init__(self) -> None:
        super().__init__(protocol.SOURCE, __version__, types.TextDocumentSyncKind.Full)  # pyright: ignore[reportUnknownMemberType]
        self.session = Session()
        self._checking: asyncio.Task[None] | None = None
        self._is_stale = False

    def changed(self, uri: str, text: str) -> None:
        self.session.change(file_of(uri), text)
        if file_of(uri) not in self.session.files:
            self._say(uri, [])
        self.soon()

    def closed(self, uri: str) -> None:
        self.session.close(file_of(uri))
        self._say(uri, [])

    def soon(self) -> None:
        """What is open is checked: a component that changed can be what a pipeline is wrong about."""
        self._is_stale = True
        if self._checking is None or self._checking.done():
            self._checking = asyncio.ensure_future(self._check())

    def asked(self, answer: Answer, params: Any) -> Any:
        """Nothing is said of a file that is not ours."""
        file = file_of(params.text_document.uri)
        opened = self.session.files.get(file)
        return answer(self.session, opened, file, params) if opened else None

    def graph(self, uri: str) -> str | None:
        """The graph of a pipeline in Mermaid; None while it is not accepted."""
        opened = self.session.files.get(file_of(uri))
        pipelines = opened.answer.pipelines if opened and opened.answer else ()
        return drawn(pipelines[0], "mermaid") if pipelines else None

    async def _check(self) -> None:
        """Until nothing is new: texts that come while one is checked are checked once, as the last of them stands."""
        while self._is_stale:
            self._is_stale = False
            for file in list(self.session.files):
                await self._check_one(file)

    async def _check_one(self, file: Path) -> None:
        opened = self.session.files.get(file)
        if opened is None or self._is_stale:
            return
        text = opened.document.text
        answer = await asyncio.to_thread(self.session.check, file)
        if opened.document.text is text:
            self._say(protocol.uri(file), [protocol.diagnostic(text, each, file) for each in answer.findings])

    def _say(self, uri: str, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))


def file_of(uri: str) -> Path:
    return Path(to_fs_path(uri) or uri)


def server() -> Server:
    made = Server()
    _documents(made)
    for question, (answer, options) in ANSWERS.items():
        made.feature(question, options)(_asking(made, answer))
    made.command(GRAPH)(_graph_of(made))
    return made


def _asking(made: Server, answer: Answer) -> Callable[[Any], Any]:
    return lambda params: made.asked(answer, params)


def _documents(made: Server) -> None:
    @made.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def _opened(params: types.DidOpenTextDocumentParams) -> None:
        made.changed(params.text_document.uri, params.text_document.text)

    @made.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def _changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        made.changed(uri, made.workspace.get_text_document(uri).source)

    @made.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def _saved(_: types.DidSaveTextDocumentParams) -> None:
        made.soon()

    @made.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def _closed(params: types.DidCloseTextDocumentParams) -> None:
        made.closed(params.text_document.uri)


def _graph_of(made: Server) -> Callable[[str], str | None]:
    def graph(uri: str) -> str | None:
        return made.graph(uri)

    return graph
