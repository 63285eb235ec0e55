"""A text in the quotes that YAML needs around it, for hints."""

from __future__ import annotations


def quoted(text: str) -> str:
    """In double quotes where these are plain, else in single ones."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
