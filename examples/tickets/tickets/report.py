"""A page about the batch, for people: the scores, and what was misread."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from tickets import lines
from tickets.score import right


def page(answers: list[Path], scores: Path, model: str, version: str, page: Path) -> None:
    accuracy = json.loads(scores.read_text("utf-8"))["accuracy"]
    rows = [row for path in answers for row in lines.read(path) if not right(row)]
    styles = "".join(f"<tr><td>{escape(style)}<td>{share:.1%}" for style, share in accuracy.items())
    misread = "".join(
        f"<tr><td>{escape(row['id'])}<td>{escape(row['style'])}<td>{escape(row['label'])}<td>{escape(row['answer'])}"
        for row in rows
    )
    page.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Prompts that sort messages</title>
<h1>Prompts that sort messages</h1><p>Answered by {escape(model)}. Adopted: {escape(version)}.</p>
<table><tr><th>style<th>right{styles}</table>
<table><caption>Misread</caption><tr><th>message<th>style<th>is<th>was taken for{misread}</table></html>
""",
        encoding="utf-8",
    )
