"""The pages of `docs/errors`: read, run as a user would, written."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipeglot.cli.main import main
from pipeglot.diagnostics.catalogue import codes
from pipeglot.diagnostics.catalogue import title as heading

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "errors"
_SHOWN = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]*")
_RIGHT = re.compile(r"## Right\n\n```(yaml|sh)\n(.*?)```\n", re.DOTALL)
_OWN = ("README.md", "expected.txt", "command.txt")
VALIDATE = "pipeglot validate\n"
BANDS = {
    "PG1": "The text",
    "PG2": "Names",
    "PG3": "Types and shapes",
    "PG4": "What a target cannot keep",
    "PG5": "Commands, files, engines and records",
    "PG6": "Other tools",
    "PG9": "Our own mistakes",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A folder. `intro` is the title and what it says, `right` the language and the text of the last block."""

    folder: Path
    intro: str
    right: tuple[str, str] | None

    @property
    def code(self) -> str:
        return self.folder.name

    @property
    def command(self) -> str:
        file = self.folder / "command.txt"
        return file.read_text("utf-8") if file.exists() else VALIDATE

    @property
    def is_run(self) -> bool:
        return any((self.folder / name).exists() for name in ("pipeline.yaml", "command.txt"))


def read(folder: Path) -> Page:
    text = (folder / "README.md").read_text("utf-8")
    right = _RIGHT.search(text)
    intro = re.split(r"^## ", text, maxsplit=1, flags=re.MULTILINE)[0]
    return Page(folder, intro, (right[1], right[2]) if right else None)


def folders() -> list[Path]:
    return sorted(path for path in FOLDER.iterdir() if path.is_dir())


def printed(page: Page, place: Path) -> str:
    """What the wrong spec, or the page's commands, print."""
    lay_out(page, place)
    return "".join(run(line, place)[1] for line in page.command.splitlines())


def printed_for_right(page: Page, place: Path) -> list[tuple[int, str]]:
    """Exit codes and output of the commands over the right spec, or of the right commands."""
    assert page.right is not None
    lay_out(page, place)
    language, text = page.right
    if language == "yaml":
        (place / "pipeline.yaml").write_bytes(text.encode())
    commands = page.command if language == "yaml" else text
    return [run(line, place) for line in commands.splitlines()]


def lay_out(page: Page, place: Path) -> None:
    for path in page.folder.iterdir():
        if path.name not in _OWN:
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, place / path.name)


def run(line: str, place: Path) -> tuple[int, str]:
    """A line of a page: pipeglot in this process, anything else by a shell. Both streams, as a terminal shows them."""
    if not line.startswith("pipeglot "):
        done = subprocess.run(["sh", "-c", line], cwd=place, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
    out = io.StringIO()
    before = Path.cwd()
    os.chdir(place)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = main(shlex.split(line)[1:])
    finally:
        os.chdir(before)
    return code, out.getvalue()


def composed(page: Page, expected: str | None) -> str:
    """The text that the page has to have: its own words, around what stands in the files beside it."""
    text = page.intro
    if expected is not None:
        text += "## Wrong\n\n" + _wrong(page) + f"```text\n{expected}```\n"
    if page.right is not None:
        text += "\n## Right\n\n" if expected is not None else "## Right\n\n"
        text += f"```{page.right[0]}\n{page.right[1]}```\n"
    return text


def index() -> str:
    """The list of all pages."""
    text = "# Errors\n\nEach code that is printed has a page here; `pipeglot explain CODE` shows the same.\n"
    for band, title in BANDS.items():
        text += f"\n## {title}\n\n"
        text += "".join(f"- [{code}]({code}/README.md): {heading(code)}\n" for code in codes() if code.startswith(band))
    return text


def _wrong(page: Page) -> str:
    if page.command != VALIDATE:
        shown = f"```sh\n{page.command}```\n\n"
    else:
        shown = ""
    spec = page.folder / "pipeline.yaml"
    raw = spec.read_bytes() if spec.exists() else b""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return shown
    # what cannot be seen on a page is in the file beside it
    return f"```yaml\n{text}```\n\n{shown}" if text and _SHOWN.fullmatch(text) else shown
