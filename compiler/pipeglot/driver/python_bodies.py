"""The modules and notebooks of bodies, looked for beside the file where their code lies; nothing of them is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from pipeglot.diagnostics import Diagnostic, Severity
from pipeglot.diagnostics.suggestions import nearest
from pipeglot.ir import Call, Notebook, Origin, Pipeline, Step

_OPEN = ("__getattr__", "globals", "exec", "setattr")
"""Words in a module that may make names which are not seen in its text."""


def missing(pipeline: Pipeline, folder: Path) -> Iterator[Diagnostic]:
    """Warnings: what is not here may be in an image, but for a module of a package that is here."""
    for step in (*pipeline.steps, *pipeline.on_exit):
        field, said = _said(step, folder / step.code.source if step.code else folder)
        if said:
            place = Origin(step.origin.source, (*step.origin.path, field))
            message, hint = said
            yield Diagnostic("PG216", message, place, hint=hint, severity=Severity.WARNING)


def _said(step: Step, folder: Path) -> tuple[str, tuple[str, str | None] | None]:
    if isinstance(step.body, Call):
        module, _, function = step.body.function.partition(":")
        return "python", _wrong(module, function, folder)
    if isinstance(step.body, Notebook):
        return "notebook", _without_notebook(step.body.path, folder, packed=step.code is not None)
    return "", None


def _without_notebook(path: str, folder: Path, packed: bool) -> tuple[str, str | None] | None:
    """Where nothing is packed, and no notebook is here, it may well be in an image."""
    place = folder / path
    beside = sorted(each.name for each in place.parent.glob("*.ipynb"))
    if place.is_file() or not (packed or beside):
        return None
    name = nearest(place.name, beside)
    meant = path[: len(path) - len(place.name)] + name if name else ""
    where = "in the packed code" if packed else "beside the pipeline, where others are"
    return f"there is no notebook `{path}` {where}", f"did you mean `{meant}`?" if meant else None


def _wrong(module: str, function: str, folder: Path) -> tuple[str, str | None] | None:
    top, *inner = module.split(".")
    if not _is_there(folder, top):
        meant = nearest(top, _modules(folder))
        hint = f"did you mean `{'.'.join((meant, *inner))}:{function}`?" if meant else None
        return (
            (f"there is no module `{top}` beside the pipeline, and one that is called nearly so", hint)
            if meant
            else None
        )
    place = folder
    for index, name in enumerate((top, *inner)):
        if not _is_there(place, name):
            owner = ".".join((top, *inner)[:index])
            meant = nearest(name, _modules(place))
            named = ".".join((*(top, *inner)[:index], meant, *inner[index:])) if meant else ""
            hint = f"did you mean `{named}:{function}`?" if meant else None
            return f"`{owner}` is beside the pipeline, and it has no module `{name}`", hint
        place = place / name
    file = place.with_suffix(".py") if place.with_suffix(".py").is_file() else place / "__init__.py"
    return _without(file, module, function)


def _is_there(folder: Path, name: str) -> bool:
    return (folder / f"{name}.py").is_file() or (folder / name).is_dir() or any(folder.glob(f"{name}.*.so"))


def _modules(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    files = (each.stem for each in folder.glob("*.py") if each.stem.isidentifier())
    packages = (each.parent.name for each in folder.glob("*/__init__.py") if each.parent.name.isidentifier())
    return tuple(sorted({*files, *packages} - {"__init__"}))


def _without(file: Path, module: str, function: str) -> tuple[str, str | None] | None:
    """What is said where a module does not define the function; nothing where its text does not tell."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    names = _names(tree)
    if names is None or function in names:
        return None
    meant = nearest(function, sorted(names))
    hint = f"did you mean `{module}:{meant}`?" if meant else None
    return f"`{module}` is beside the pipeline, and it has no `{function}`", hint


def _names(tree: ast.Module) -> set[str] | None:
    """All that a module binds by itself; None where it may bind more than is seen."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            if any(each.name == "*" for each in node.names):
                return None
            names |= {(each.asname or each.name).partition(".")[0] for each in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name):
            names.add(node.id)
    return None if names & set(_OPEN) else names
