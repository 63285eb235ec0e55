"""`pipeglot compile --check`: what is stale, file by file, and the command that mends it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeglot.cli.placing import Asked, Placed
from pipeglot.cli.printing import print_diagnostics, print_text, say_json
from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Span
from pipeglot.diagnostics.sources import Source
from pipeglot.driver.staleness import Stale, State, difference, stale, surplus

TOLD = {
    State.MISSING: "is not there",
    State.DIFFERS: "is not what compiling makes now",
    State.SURPLUS: "is not written any more",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Of one folder. `absent`: nothing was ever compiled into it."""

    folder: Path
    files: tuple[Stale, ...]
    command: str
    absent: bool

    @property
    def lines(self) -> list[str]:
        if self.absent:
            return [f"{self.folder}: missing"]
        return [f"{each.path}: {each.state.value}" for each in self.files] or [f"{self.folder}: fresh"]


def check(placed: Sequence[Placed], options: argparse.Namespace) -> int:
    found = [_found([each for each in placed if each.folder == folder], options) for folder in _folders(placed)]
    say_as = {"text": _text, "json": _json}.get(options.format, _as_diagnostics)
    say_as(found, options)
    return 1 if any(each.files for each in found) else 0


def compiled_before(path: Path) -> list[Asked]:
    """What lies in `build` beside a file: of a target, if the pipeline is there, and of its profiles."""
    from pipeglot.driver.loading import profiles_of
    from pipeglot.driver.recognition import pipelines_in
    from pipeglot_backends.targets import names

    name, profiles = pipelines_in(path.parent).get(path, ""), profiles_of(path)
    found: list[Asked] = []
    for folder in sorted((path.parent / "build").glob("*/")):
        if folder.name in profiles:
            found.append((path, None, folder.name))
        elif folder.name in names() and (folder / f"{name}.pipeglot").is_dir():
            found.append((path, folder.name, None))
    return found


def _folders(placed: Sequence[Placed]) -> list[Path]:
    return list(dict.fromkeys(each.folder for each in placed))


def _found(placed: Sequence[Placed], options: argparse.Namespace) -> Found:
    """Of one folder."""
    folder, own = placed[0].folder, {each.made.pipeline for each in placed}
    if not folder.is_dir():
        missing = [file for each in placed for file in stale(each.made.placed, folder)]
        return Found(folder, tuple(missing), _command(placed, options, missing), absent=True)
    files = [file for each in placed for file in stale(each.made.placed, folder)]
    wanted = {folder / file.path for each in placed for file in each.made.placed}
    files += surplus(folder, wanted, own, _sharing(placed) - own)
    return Found(folder, tuple(files), _command(placed, options, files), absent=False)


def _sharing(placed: Sequence[Placed]) -> set[str]:
    """The pipelines beside these: they have the same build folder."""
    from pipeglot.driver.recognition import pipelines_in

    return {name for parent in {each.path.parent for each in placed} for name in pipelines_in(parent).values()}


def _command(placed: Sequence[Placed], options: argparse.Namespace, files: Sequence[Stale]) -> str:
    words = ["pipeglot", "compile", *dict.fromkeys(str(each.path) for each in placed)]
    for name, value in (
        ("target", placed[0].target),
        ("profile", placed[0].profile),
        ("output", options.output),
    ):
        words += [f"--{name}", value] if value else []
    words += [word for code in options.allow for word in ("--allow", code)]
    gone = [str(each.path) for each in files if each.state is State.SURPLUS]
    commands = [shlex.join(words)] if len(gone) < len(files) else []
    return " && ".join([*commands, *([shlex.join(["rm", *gone])] if gone else [])])


def _text(found: Sequence[Found], options: argparse.Namespace) -> None:
    for each in found:
        print_text("\n".join(each.lines))
    if options.diff:
        shown = "".join(difference(file) for each in found for file in each.files)
        if shown:
            print_text(shown)
    commands = [each.command for each in found if each.files]
    if commands:
        print_text(f"To mend it: {' && '.join(dict.fromkeys(commands))}")


def _json(found: Sequence[Found], options: argparse.Namespace) -> None:
    rows = [
        {"file": str(file.path), "state": file.state.value, **({"diff": difference(file)} if options.diff else {})}
        for each in found
        for file in each.files
    ]
    commands = [each.command for each in found if each.files]
    say_json({"stale": rows, "fresh": [str(each.folder) for each in found if not each.files], "commands": commands})


def _as_diagnostics(found: Sequence[Found], options: argparse.Namespace) -> None:
    diagnostics = [each for folder in found for each in _diagnostics(folder)]
    if diagnostics:
        print_diagnostics(
            diagnostics, [Source(each.origin.source, "", {}) for each in diagnostics if each.origin], options.format
        )
    elif options.format == "concise":
        print_text("\n".join(line for each in found for line in each.lines))


def _diagnostics(found: Found) -> list[Diagnostic]:
    if found.absent:
        text = f"`{found.folder}` is not there: nothing was compiled into it"
        return [Diagnostic("PG560", text, _at(found.folder), hint=found.command)]
    return [
        Diagnostic("PG560", f"`{each.path}` {TOLD[each.state]}", _at(each.path), hint=found.command)
        for each in found.files
    ]


def _at(path: Path) -> Span:
    return Span(path.as_posix(), 0, 0)
