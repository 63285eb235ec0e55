"""`pipeglot compile`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot.driver.compiling import Compiled


def run(options: argparse.Namespace) -> int:
    from pipeglot.driver import compiling

    paths = [Path(name) for name in options.files or ["pipeline.yaml"]]
    # all are compiled before the first is written, so that one that is rejected leaves the others as they were
    results = [
        (path, compiling.compile_file(path, options.target, options.profile, tuple(options.allow))) for path in paths
    ]
    if options.stdout:
        say_exactly("\n".join(_definition(result) for _, result in results))
        return 0
    placed = [(_folder(options.output, path, result), result) for path, result in results]
    _refuse_clashes(placed, [path for path, _ in results])
    return (_check if options.check else _write)(placed, options.format)


def _definition(result: Compiled) -> str:
    """What a person would read or pipe on: the first file, and others of its kind."""
    kind = Path(result.native[0].path).suffix
    texts = [file.text for file in result.native if Path(file.path).suffix == kind and "/" not in file.path]
    return ("---\n" if kind == ".yaml" else "\n").join(texts)


def _folder(output: str | None, path: Path, result: Compiled) -> Path:
    return Path(output) if output else path.parent / "build" / result.target


def _refuse_clashes(placed: list[tuple[Path, Compiled]], paths: list[Path]) -> None:
    """Two pipelines of one folder would write over each other."""
    owners: dict[Path, Path] = {}
    for path, (folder, result) in zip(paths, placed, strict=True):
        for file in result.files:
            owner = owners.setdefault(folder / file.path, path)
            if owner != path:
                message = f"`{owner}` and `{path}` would both be `{folder / file.path}`"
                hint = "compile one at a time, each with a folder of its own: `-o`"
                raise SpecRejected([Diagnostic("PG508", message, hint=hint)])


def _check(placed: list[tuple[Path, Compiled]], output: str) -> int:
    from pipeglot.driver import compiling

    differences = {str(folder): compiling.stale(result.files, folder) for folder, result in placed}
    if output == "json":
        say_json({"stale": {folder: text for folder, text in differences.items() if text}})
    else:
        print_text("\n".join(text or f"{folder}: fresh" for folder, text in differences.items()))
    return 1 if any(differences.values()) else 0


def _write(placed: list[tuple[Path, Compiled]], output: str) -> int:
    from pipeglot.driver import compiling

    for folder, result in placed:
        compiling.write(result.files, folder)
    written = [str(folder / file.path) for folder, result in placed for file in result.files]
    if output == "json":
        say_json({"written": written})
    else:
        print_text("\n".join(f"wrote {name}" for name in written))
    return 0
