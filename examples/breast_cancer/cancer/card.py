"""A page about the model, for people."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any


def write(
    chosen: dict[str, Any], auc: float, confusion: list[list[int]], roc: Path, rows: int, version: str, page: Path
) -> None:
    setting = ", ".join(f"{name} = {value}" for name, value in chosen.items())
    table = "".join(f"<tr>{''.join(f'<td>{count}</td>' for count in row)}</tr>" for row in confusion)
    page.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Breast cancer model</title>
<h1>Breast cancer model {escape(version)}</h1>
<p>Chosen: {escape(setting)}. AUC on unseen rows: {auc}. Data: {rows} tumours.</p>
<table border="1"><caption>Confusion (rows: true malignant, benign)</caption>{table}</table>
{roc.read_text()}</html>
"""
    )
