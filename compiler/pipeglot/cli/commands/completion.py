"""`pipeglot completion`, and what a shell asks for while a command is typed: by argcomplete."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pipeglot.cli.printing import say_exactly
from pipeglot.diagnostics import Diagnostic, SpecRejected

MANY = 50
"""Runs that are offered, the newest."""


def run(options: argparse.Namespace) -> int:
    """For the shell's startup file: `source <(pipeglot completion bash)`."""
    say_exactly(str(_library().shellcode(["pipeglot"], shell=options.shell)).rstrip("\n"))
    return 0


def _library() -> Any:
    try:
        return importlib.import_module("argcomplete")
    except ModuleNotFoundError:
        text = "the package `argcomplete` is not installed"
        raise SpecRejected([Diagnostic("PG525", text, hint="pip install 'pipeglot[completion]'")]) from None


def answer(parser: argparse.ArgumentParser) -> None:
    """Ends the process once the shell has its answer; nothing is said where there is none."""
    for action in _actions(parser):
        words = _OFFERED.get(action.dest) or _OFFERED.get(str(action.metavar))
        if words is not None and not action.choices:
            action.completer = words  # type: ignore[attr-defined]  # what argcomplete reads
    _library().autocomplete(parser, exclude=["--help"])


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Those of commands below it too, which are the choices of one."""
    for action in parser._actions:
        yield action
        choices: object = action.choices
        inner = list(cast("Mapping[str, object]", choices).values()) if isinstance(choices, Mapping) else []
        for each in inner:
            if isinstance(each, argparse.ArgumentParser):
                yield from _actions(each)


def _silent(found: Callable[[argparse.Namespace], Iterable[str]]) -> Callable[..., list[str]]:
    """A shell that completes shows no errors: what cannot be read offers nothing."""

    def words(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
        try:
            return [word for word in found(parsed_args) if word.startswith(prefix)]
        except Exception:
            return []

    return words


def _runs(options: argparse.Namespace) -> Iterator[str]:
    from pipeglot_records.api import Records

    with Records(getattr(options, "records", None)) as records:
        yield "last"
        yield from (str(row["run"]) for row in records.runs(limit=MANY))


def _steps(options: argparse.Namespace) -> Iterator[str]:
    """Of the run that is named, else of the pipeline here."""
    from pipeglot.driver.loading import load
    from pipeglot_records.api import Records
    from pipeglot_records.model.json_values import mapping, sequence

    run = getattr(options, "run", None)
    if isinstance(run, str):
        with Records(getattr(options, "records", None)) as records:
            yield from (str(mapping(each)["step"]) for each in sequence(records.show(run)["steps"]))
        return
    pipeline = load(_file(options))
    yield from (step.id for step in (*pipeline.steps, *pipeline.on_exit))


def _profiles(options: argparse.Namespace) -> Iterable[str]:
    from pipeglot.driver.loading import profiles_of

    return profiles_of(_file(options))


def _targets(_: argparse.Namespace) -> Iterator[str]:
    from pipeglot_backends.targets import BUILT_IN, load

    for name in BUILT_IN:
        yield name
        yield from (f"{name}@{version}" for version in load(name).VERSIONS)


def _params(options: argparse.Namespace) -> Iterator[str]:
    from pipeglot.driver.loading import load

    yield from (f"{param.name}=" for param in load(_file(options)).params)


def _file(options: argparse.Namespace) -> Path:
    named = getattr(options, "file", None) or next(iter(getattr(options, "files", None) or ()), None)
    return Path(named or "pipeline.yaml")


_OFFERED: dict[str, Callable[..., list[str]]] = {
    "RUN": _silent(_runs),
    "STEP": _silent(_steps),
    "profile": _silent(_profiles),
    "target": _silent(_targets),
    "params": _silent(_params),
    "param": _silent(_params),
}
"""By the name of an argument, or by what stands for it in the help."""
