"""The prompt that won, as a file for whoever serves it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tickets import prompts


def template(style: str, template: Path) -> str:
    """Write it; its version."""
    text = prompts.template(style)
    template.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:12]
