"""Writes the pages of docs/ that come from code: `python docs/generate.py`, or `--check` to compare them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pipeglot.cli.arguments import parser
from pipeglot_backends.protocol import Backend, Limit, default_version, versions_run
from pipeglot_backends.targets import BUILT_IN, load

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

import modules_map  # noqa: E402
import settings_tables  # noqa: E402
import sql_tables  # noqa: E402


def commands() -> str:
    top = parser()
    (subcommands,) = (action for action in top._actions if isinstance(action, argparse._SubParsersAction))
    parts = ["# The command line", "", "Written by `make docs` from the program itself.", ""]
    parts += [
        "Exit codes: 0 fine; 1 your spec or your run failed, or `--check` found something stale; 2 the command line; "
        "3 a fault of pipeglot; 4 the world (disk, network, engine); 130 interrupted.",
        "",
    ]
    for name, command in _flat(subcommands):
        parts += [f"## {name}", "", f"{_sentence(command.description)} {_code(command.epilog)}".strip(), ""]
        actions = [action for action in command._actions if not isinstance(action, _NO_ARGUMENTS)]
        if actions:
            parts += ["| argument | what it is |", "|---|---|", *map(_argument, actions), ""]
    return "\n".join(parts)


_NO_ARGUMENTS = (argparse._HelpAction, argparse._SubParsersAction)


def _flat(commands: argparse._SubParsersAction[Any], before: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Commands, each followed by those that it has of its own; one that only leads to others is left out."""
    for name, command in commands.choices.items():
        nested = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
        if not any(action.required for action in nested):
            yield f"{before}{name}", command
        for action in nested:
            yield from _flat(action, f"{before}{name} ")


def _argument(action: argparse.Action) -> str:
    """A row, worded here: what argparse prints differs between versions of Python."""
    choices = "|".join(map(str, action.choices)) if action.choices else ""
    value = "" if action.nargs == 0 else str(action.metavar or choices or action.dest.upper())
    shown = ", ".join(f"{option} {value}".strip() for option in action.option_strings) or value
    return f"| {_cell(f'`{shown}`')} | {_cell(action.help or '')} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _sentence(text: str | None) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _code(epilog: str | None) -> str:
    label, _, example = (epilog or "").partition(": ")
    return f"{label.capitalize()}: `{example}`" if example else ""


def targets() -> str:
    backends = [load(name) for name in BUILT_IN]
    parts = [
        "# What each target can do",
        "",
        "Written by `make docs` from the tables that the compiler itself asks.",
        "",
    ]
    parts += _matrix([(backend, operator) for backend in backends for operator in backend.OPERATORS or ("",)])
    parts += ["Pages with more to say, and every setting: " + ", ".join(f"[{n}]({n}.md)" for n in BUILT_IN) + ".", ""]
    for backend in backends:
        parts += _target(backend)
    return "\n".join(parts)


def _matrix(columns: list[tuple[Backend, str]]) -> list[str]:
    """A row for each line of the tables, a column for each target and operator."""
    features = sorted(
        {limit.feature.__name__ for backend, _ in columns for limit in (*backend.CANNOT, *backend.EMULATES)}
    )
    heads = [f"{backend.NAME} {operator}".strip() for backend, operator in columns]
    rows = [[feature.replace("_", " "), *(_word(*column, feature) for column in columns)] for feature in features]
    table = [["what a pipeline asks for", *heads], ["---"] * (len(columns) + 1), *rows]
    return [
        "A cell says *refused* (the compiler stops, with the reason) or *another way* (done, or told, as the target's "
        "table says); an empty one has nothing to add: as written, or it does not arise there.",
        "",
        *(f"| {' | '.join(cells)} |" for cells in table),
        "",
    ]


def _word(backend: Backend, operator: str, feature: str) -> str:
    for word, limits in (("refused", backend.CANNOT), ("another way", backend.EMULATES)):
        for limit in limits:
            if limit.feature.__name__ == feature and (not limit.operators or operator in limit.operators):
                return f"{word} ({', '.join(limit.versions)})" if limit.versions else word
    return ""


def _target(backend: Backend) -> list[str]:
    parts = [f"## {backend.NAME}", "", _versions(backend), ""]
    for title, limits in (("Refused", backend.CANNOT), ("Done in another way", backend.EMULATES)):
        if limits:
            parts += [f"| {title} | why | evidence |", "|---|---|---|", *map(_row, limits), ""]
    return parts


def _versions(backend: Backend) -> str:
    """Which there are, which is meant where none is named, and which no test runs."""
    told = f"Versions: {', '.join(backend.VERSIONS)}; without one, {default_version(backend)}."
    unseen = [version for version in backend.VERSIONS if version not in versions_run(backend)]
    if not unseen:
        return told
    return f"{told} Form only: {', '.join(unseen)}, judged by the definitions of that version, and run by no test."


def _row(limit: Limit) -> str:
    held = f" ({', '.join((*limit.operators, *limit.versions))})" if limit.operators or limit.versions else ""
    return f"| {limit.feature.__name__.replace('_', ' ')}{held} | {limit.reason} | {limit.evidence} |"


PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands,
    "targets/README.md": targets,
    "reference/sql.md": sql_tables.page,
    "internals/modules.md": modules_map.page,
    **{name: partial(settings_tables.page, target) for name, target in settings_tables.PAGES.items()},
}


def main(arguments: list[str]) -> int:
    stale = []
    for name, written in PAGES.items():
        page, text = HERE / name, written()
        if page.exists() and page.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, "utf-8")
    print("\n".join(f"{name} {'is stale' if '--check' in arguments else 'written'}" for name in stale))
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
