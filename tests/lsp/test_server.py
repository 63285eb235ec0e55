"""`pipeglot lsp`, spoken to as an editor does: JSON-RPC over its standard streams."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engines.editor.server import Editor

COMPONENT = """\
apiVersion: pipeglot/v1
kind: Component
metadata: {name: shared}
run: [a]
image: alpine
outputs: {told: {type: int}}
"""
TEXT = """\
apiVersion: pipeglot/v1
kind: Pipeline
metadata: {name: written, description: "😀 us"}
defaults: {image: alpine}
params:
  rows: {type: int, default: 3, description: How many.}
components:
  shared: ./shared.yaml
  inner:
    steps:
      make: {run: [own]}
      use: {run: [b], needs: [make]}
steps:
  make: {run: ["😀", "${{ params.rows }}"], outputs: {count: {type: int}}}
  use:
    inputs: {n: "${{ steps.make.outputs.count }}", r: "${{ params['rows'] }}"}
    run: [b, "${{ inputs.n }}"]
    needs: [make]
  group: {uses: inner}
  other: {uses: shared}
profiles:
  prod: {target: argo, params: {rows: 5}}
"""


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    command = [sys.executable, "-m", "pipeglot", "lsp", "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        made = Editor(process)
        made.ask("initialize", processId=None, rootUri=None, capabilities={})
        made.tell("initialized")
        yield made
        made.ask("shutdown")
        made.tell("exit")
        assert process.wait(10) == 0


@pytest.fixture
def file(tmp_path: Path, editor: Editor) -> Path:
    (tmp_path / "shared.yaml").write_text(COMPONENT, "utf-8")
    path = tmp_path / "pipeline.yaml"
    path.write_text(TEXT, "utf-8")
    assert editor.opened(path) == []
    return path


def place(word: str, text: str = TEXT, letters: int = 1) -> dict[str, int]:
    """Inside the first place of a word, as editors count: UTF-16 units."""
    offset = text.index(word) + letters
    line = text.count("\n", 0, offset)
    begun = text[text.rfind("\n", 0, offset) + 1 : offset]
    return {"line": line, "character": len(begun.encode("utf-16-le")) // 2}


def asked(editor: Editor, question: str, path: Path, word: str, **more: Any) -> Any:
    document = {"uri": path.as_uri()}
    return editor.ask(f"textDocument/{question}", textDocument=document, position=place(word), **more)


def changed(editor: Editor, path: Path, text: str) -> list[Any]:
    editor.told.pop(path.as_uri(), None)
    document = {"uri": path.as_uri(), "version": 2}
    editor.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])
    return editor.answered(path)


def applied(text: str, edits: list[Any]) -> str:
    """What the editor makes of it."""
    lines: list[str] = text.split("\n")
    for edit in sorted(edits, key=lambda each: (each["range"]["start"]["line"], each["range"]["start"]["character"]))[
        ::-1
    ]:
        start: dict[str, int] = edit["range"]["start"]
        end: dict[str, int] = edit["range"]["end"]
        assert start["line"] == end["line"]
        units: bytes = lines[start["line"]].encode("utf-16-le")
        whole = (
            units[: 2 * start["character"]] + str(edit["newText"]).encode("utf-16-le") + units[2 * end["character"] :]
        )
        lines[start["line"]] = whole.decode("utf-16-le")
    return "\n".join(lines)


def test_it_tells_what_is_wrong_where_it_stands_and_mends_it(editor: Editor, file: Path) -> None:
    wrong = TEXT.replace("needs: [make]\n  group", "needs: [mke]\n  group")
    (told,) = changed(editor, file, wrong)
    assert told["source"] == "pipeglot"
    assert told["range"]["start"] == place("mke]", wrong, 0)
    asked_of = {"textDocument": {"uri": file.as_uri()}, "range": told["range"], "context": {"diagnostics": [told]}}
    (action,) = editor.ask("textDocument/codeAction", **asked_of)
    assert applied(wrong, action["edit"]["changes"][file.as_uri()]) == TEXT
    assert changed(editor, file, TEXT) == []


def test_it_checks_what_the_editor_holds_of_other_files(editor: Editor, file: Path) -> None:
    shared = file.with_name("shared.yaml")
    assert editor.opened(shared) == []
    editor.told.pop(file.as_uri())
    changed(editor, shared, COMPONENT.replace("[a]", '["${{ inputs.missing }}"]'))
    assert [each["code"] for each in editor.answered(file)] == ["PG203"], "the file on the disk is what it was"
    editor.told.pop(file.as_uri())
    editor.tell("textDocument/didClose", textDocument={"uri": shared.as_uri()})
    editor.tell("textDocument/didSave", textDocument={"uri": file.as_uri()})
    assert editor.answered(file) == []


def test_it_says_nothing_of_what_is_not_ours(editor: Editor, tmp_path: Path) -> None:
    other = tmp_path / "values.yaml"
    other.write_text("kind: [\n", "utf-8")
    assert editor.opened(other) == []
    assert editor.completed(other, 0, 0) == []


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("rows }}", ["**rows** · param of the pipeline", "type: `int` · default: `3`", "How many."]),
        ("count }}", ["**count** · output of `make`", "type: `int`"]),
        ("needs: [make]\n  group", ["**needs**"]),
    ],
)
def test_it_tells_what_a_name_stands_for(editor: Editor, file: Path, word: str, told: list[str]) -> None:
    text = asked(editor, "hover", file, word)["contents"]["value"]
    assert [part for part in told if part not in text] == []


def test_it_tells_which_targets_cannot_keep_a_field(editor: Editor, file: Path) -> None:
    deep = TEXT.replace("  group: {uses: inner}", "  group: {run: [a], env: {X: {field: metadata.name}}}")
    changed(editor, file, deep)
    position = place("X: {field", deep, 0)
    told = editor.ask("textDocument/hover", textDocument={"uri": file.as_uri()}, position=position)
    assert "`vertex` cannot keep this" in told["contents"]["value"]


@pytest.mark.parametrize(
    ("word", "declaration"),
    [
        ("make.outputs", 'make: {run: ["😀"'),
        ("count }}", "count: {type"),
        ("rows']", "rows: {type"),
        ("rows: 5", "rows: {type"),
        ("make]}", "make: {run: [own]"),
        ("inner}", "inner:\n"),
        ("n }}", 'n: "${{'),
    ],
)
def test_it_goes_to_the_declaration(editor: Editor, file: Path, word: str, declaration: str) -> None:
    (found,) = asked(editor, "definition", file, word)
    assert found["range"]["start"] == place(declaration, letters=0)


def test_it_goes_to_the_file_of_a_component(editor: Editor, file: Path) -> None:
    (found,) = asked(editor, "definition", file, "./shared.yaml")
    assert found["uri"] == file.with_name("shared.yaml").as_uri()


def test_it_renames_all_that_is_meant_and_nothing_else(editor: Editor, file: Path) -> None:
    renamed = asked(editor, "rename", file, "make.outputs", newName="count_rows")["changes"][file.as_uri()]
    text = applied(TEXT, renamed)
    assert "\n  count_rows: {run" in text
    assert "steps.count_rows.outputs.count" in text
    assert "needs: [count_rows]\n  group" in text
    assert "      make: {run: [own]}\n      use: {run: [b], needs: [make]}" in text, "the component has its own"
    assert changed(editor, file, text) == []
    changed(editor, file, TEXT)
    renamed = asked(editor, "rename", file, "rows: {type", newName="lines")["changes"][file.as_uri()]
    text = applied(TEXT, renamed)
    assert "rows" not in text
    assert changed(editor, file, text) == []


@pytest.mark.parametrize("name", ["use", "9", "a b", "", "${{", "a" * 41])
def test_it_refuses_names_that_cannot_be(editor: Editor, file: Path, name: str) -> None:
    with pytest.raises(AssertionError, match=r"already|no name"):
        asked(editor, "rename", file, "make.outputs", newName=name)


def test_it_finds_every_reading(editor: Editor, file: Path) -> None:
    found = asked(editor, "references", file, "rows: {type", context={"includeDeclaration": False})
    assert sorted(each["range"]["start"]["line"] for each in found) == [13, 15, 21]


def test_it_knows_the_shape_of_the_file(editor: Editor, file: Path) -> None:
    document = {"uri": file.as_uri()}
    outline = {each["name"]: each for each in editor.ask("textDocument/documentSymbol", textDocument=document)}
    assert [each["name"] for each in outline["steps"]["children"]] == ["make", "use", "group", "other"]
    assert [each["name"] for each in outline["steps"]["children"][0]["children"]] == ["count"]
    folds = editor.ask("textDocument/foldingRange", textDocument=document)
    assert {"startLine": 14, "endLine": 17} in [
        {name: fold[name] for name in ("startLine", "endLine")} for fold in folds
    ]
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    types = editor.ask("textDocument/inlayHint", textDocument=document, range=everything)
    assert [each["label"] for each in types] == [": int", ": int"]


def test_it_draws_the_graph(editor: Editor, file: Path) -> None:
    drawn = editor.ask("workspace/executeCommand", command="pipeglot.graph", arguments=[file.as_uri()])
    assert "-->|count|" in drawn


def test_it_lives_through_every_half_written_text(editor: Editor, file: Path) -> None:
    for end in range(0, len(TEXT), 53):
        changed(editor, file, TEXT[:end])
        position = place(TEXT[:end][-1:] or TEXT[:1], TEXT[:end] or TEXT)
        for question in ("completion", "hover", "definition", "documentSymbol", "foldingRange"):
            more = {} if question in ("documentSymbol", "foldingRange") else {"position": position}
            editor.ask(f"textDocument/{question}", textDocument={"uri": file.as_uri()}, **more)
    assert changed(editor, file, TEXT) == []
