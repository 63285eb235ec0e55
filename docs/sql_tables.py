"""The page of the store's views and tables: what is said here, and their columns from the code that makes them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sql

from pipeglot_records.store.tables import metadata
from pipeglot_records.store.views.catalogue import VIEWS
from pipeglot_records.store.views.view import View

PAGE = Path(__file__).parent / "reference" / "sql.md"
MARKS = {kind: (f"<!-- {kind}: written by `make docs` -->", f"<!-- end of {kind} -->") for kind in ("views", "tables")}


def page() -> str:
    """The page as it lies there, with its tables as they should be."""
    text = PAGE.read_text("utf-8")
    for kind, rows in (("views", _views()), ("tables", _tables())):
        begin, end = MARKS[kind]
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise SystemExit(f"reference/sql.md has no `{begin}` and `{end}`")
        text = f"{before}{begin}\n{rows}\n{end}{after}"
    return text


def _views() -> str:
    return "\n\n".join(map(_view, VIEWS))


def _view(view: View) -> str:
    head = f"### `{view.name}`\n\nA row is {view.row}.\n\n| column | what it is |\n|---|---|\n"
    return head + "\n".join(f"| `{column.name}` | {column.about} |" for column in view.columns)


def _tables() -> str:
    head = "| table | what it holds | columns |\n|---|---|---|\n"
    return head + "\n".join(_table(table) for table in metadata.tables.values())


def _table(table: sql.Table) -> str:
    return f"| `{table.name}` | {table.comment} | {', '.join(f'`{column.name}`' for column in table.columns)} |"
