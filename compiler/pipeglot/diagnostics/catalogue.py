"""The pages that explain the codes: `docs/errors/<CODE>/README.md`, which the wheel carries as `pipeglot/errors`."""

from __future__ import annotations

from pathlib import Path


def codes() -> tuple[str, ...]:
    """All codes that have a page, in order."""
    return tuple(sorted(page.parent.name for page in _folder().glob("PG[0-9][0-9][0-9]/README.md")))


def explain(code: str) -> str | None:
    """The page of a code: what it means, a wrong spec and what is printed for it, a right one."""
    return (_folder() / code / "README.md").read_text(encoding="utf-8") if code in codes() else None


def title(code: str) -> str | None:
    """What the code says, in one line: the page's heading without the code."""
    page = explain(code)
    return page.splitlines()[0].removeprefix(f"# {code}: ") if page else None


def _folder() -> Path:
    installed = Path(__file__).parents[1] / "errors"
    # in a working copy the pages stand where people read them
    return installed if installed.is_dir() else Path(__file__).parents[3] / "docs" / "errors"
