"""What is asked: each message in each style."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tickets import lines

LABELS = {
    "billing": "payment, invoice, price, refund",
    "delivery": "parcel, courier, address, damaged goods",
    "login": "password, account, sign in",
    "other": "everything else",
}
TASK = (
    "Sort the message of a customer into one of these:\n"
    + "".join(f"- {label}: {meaning}\n" for label, meaning in LABELS.items())
    + "Answer with that one word.\n"
)
QUESTION = "\nMessage: {message}\nAnswer:"


def template(style: str) -> str:
    """The prompt, with `{message}` where the message goes."""
    known = {"plain": lambda: "", "examples": _examples}
    if style not in known:
        raise SystemExit(f"unknown style {style!r}; there are {sorted(known)}")
    return TASK + known[style]() + QUESTION


def _examples() -> str:
    rows = lines.read(lines.DATA / "examples.jsonl")
    return "".join(f"{QUESTION.format(message=row['text'])} {row['label']}\n" for row in rows)


def write(styles: list[str], batch: int, prompts: Path) -> list[dict[str, Any]]:
    """Write one prompt a line; the batches: where each begins, and how many it has."""
    messages = lines.read(lines.DATA / "tickets.jsonl")
    rows = [
        {"id": each["id"], "style": style, "label": each["label"], "prompt": asked.format(message=each["text"])}
        for style, asked in ((style, template(style)) for style in styles)
        for each in messages
    ]
    lines.write(prompts, rows)
    return [{"first": first, "count": min(batch, len(rows) - first)} for first in range(0, len(rows), batch)]
