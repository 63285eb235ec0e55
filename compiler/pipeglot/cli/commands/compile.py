"""`pipeglot compile`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.cli.placing import Asked, Placed
from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot.driver.compiling import Compiled


def run(options: argparse.Namespace) -> int:
    # all are compiled before the first is written, so that one that is rejected leaves the others as they were
    placed = [_placed(path, target, profile, options) for path, target, profile in _asked(options)]
    if options.stdout:
        say_exactly("\n".join(_definition(each.made) for each in placed))
        return 0
    _refuse_clashes(placed)
    if options.check:
        from pipeglot.cli.checking import check

        return check(placed, options)
    return _write(placed, options.format)


def _asked(options: argparse.Namespace) -> list[Asked]:
    """The files, each with target and profile; what is checked without either is all that lies in `build`."""
    if options.changed:
        from pipeglot.driver.recognition import concerned, deleted, repository_pipelines

        built = [Path(options.output)] if options.output else []
        changed = {*map(Path, options.files), *deleted()}
        paths = concerned(repository_pipelines(), changed, built)
    else:
        paths = [Path(name) for name in options.files or ["pipeline.yaml"]]
    if not options.check or options.target or options.profile or options.output:
        return [(path, options.target, options.profile) for path in paths]
    from pipeglot.cli.checking import compiled_before

    found = [each for path in paths for each in compiled_before(path)]
    return found or [(path, None, None) for path in paths if not options.changed]


def _placed(path: Path, target: str | None, profile: str | None, options: argparse.Namespace) -> Placed:
    from pipeglot.driver import compiling

    made = compiling.compile_file(path, target, profile, tuple(options.allow))
    # two profiles of one target do not write over each other
    folder = Path(options.output) if options.output else path.parent / "build" / (profile or made.target)
    return Placed(path, folder, made, target, profile)


def _definition(result: Compiled) -> str:
    """What a person would read or pipe on: the first file, and others of its kind."""
    kind = Path(result.native[0].path).suffix
    texts = [file.text for file in result.native if Path(file.path).suffix == kind and "/" not in file.path]
    return ("---\n" if kind == ".yaml" else "\n").join(texts)


def _refuse_clashes(placed: Sequence[Placed]) -> None:
    """Two pipelines of one folder would write over each other."""
    owners: dict[Path, Path] = {}
    for each in placed:
        for file in each.made.placed:
            owner = owners.setdefault(each.folder / file.path, each.path)
            if owner != each.path:
                message = f"`{owner}` and `{each.path}` would both be `{each.folder / file.path}`"
                hint = f"compile one at a time, each with a folder of its own: `-o {each.folder / each.made.pipeline}`"
                raise SpecRejected([Diagnostic("PG508", message, hint=hint)])


def _write(placed: Sequence[Placed], output: str) -> int:
    from pipeglot.driver import compiling

    for each in placed:
        compiling.write(each.made.placed, each.folder)
    written = [str(each.folder / file.path) for each in placed for file in each.made.placed]
    if output == "json":
        say_json({"written": written})
    else:
        print_text("\n".join(f"wrote {name}" for name in written))
    return 0
