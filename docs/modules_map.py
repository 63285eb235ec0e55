"""The map of the modules, drawn from the code: what each is for (its first line), and who may import it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, where the type checker brings it
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
ROOMS = ("compiler", "backends", "metadata", "schemas")
HEAD = """# Modules: what each is for, and who may import it

Written by `make docs` from the first lines of the modules, and from the contracts in `pyproject.toml` (`make check`).
A room that names nobody may be imported by the modules beside it and by what stands above its package.

Order of the rooms, from the top: each may import what stands below it.
"""


def contracts() -> list[Mapping[str, Any]]:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed: list[Mapping[str, Any]] = found["tool"]["importlinter"]["contracts"]
    return listed


def folders() -> Iterator[Path]:
    """Every package with modules of its own, in the order of the rooms."""
    for room in ROOMS:
        for found in sorted((ROOT / room).rglob("__init__.py")):
            if not {"generated", "templates"} & set(found.parts):
                yield found.parent


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")


def first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def dotted(folder: Path) -> str:
    return ".".join(folder.relative_to(ROOT).parts[1:])


def page() -> str:
    layers = [each for each in contracts() if each["type"] == "layers"]
    parts = [HEAD, *(f"- {_layers(each)}" for each in layers), "", "And beside that order:", ""]
    parts += [f"- {_rule(each)}" for each in contracts() if each["type"] != "layers"]
    for folder in folders():
        parts += ["", f"## {folder.relative_to(ROOT)}", "", *_folder(folder)]
    return "\n".join(parts) + "\n"


def _layers(contract: Mapping[str, Any]) -> str:
    ordered = " → ".join(f"`{layer.strip('()')}`" for layer in contract["layers"])
    return f"{contract['name']}: {ordered}"


def _rule(contract: Mapping[str, Any]) -> str:
    if contract["type"] == "forbidden":
        sources = ", ".join(f"`{each}`" for each in contract["source_modules"])
        forbidden = ", ".join(f"`{each}`" for each in contract["forbidden_modules"])
        return f"{contract['name']}: {sources} may not import {forbidden}"
    named = contract.get("modules") or contract["ancestors"]
    return f"{contract['name']}: {', '.join(f'`{each}`' for each in named)}"


def _folder(folder: Path) -> list[str]:
    said = first_line(folder / "__init__.py")
    rows = [f"| `{path.stem}` | {_cell(first_line(path))} |" for path in modules(folder)]
    table = ["| module | what it is for |", "|---|---|", *rows] if rows else []
    importers = _importers(dotted(folder))
    may = [f"May be imported by: {', '.join(f'`{each}`' for each in importers)}.", ""] if importers else []
    return [*([said, ""] if said else []), *may, *table]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _importers(name: str) -> list[str]:
    """What stands above in the order of the rooms, without what a contract forbids."""
    for contract in contracts():
        if contract["type"] == "layers":
            for position, layer in enumerate(contract["layers"]):
                wanted = [f"{container}." for container in contract.get("containers", [])] or [""]
                if any(name == prefix + part.strip(" ()") for prefix in wanted for part in layer.split("|")):
                    above = [part.strip(" ()") for each in contract["layers"][:position] for part in each.split("|")]
                    return [each for each in above if not _is_forbidden(each, name)]
    return []


def _is_forbidden(source: str, name: str) -> bool:
    return any(
        source in contract["source_modules"] and name in contract["forbidden_modules"]
        for contract in contracts()
        if contract["type"] == "forbidden"
    )
