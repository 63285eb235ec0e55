"""`pipeglot targets`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeglot.cli.main import exit_code
from pipeglot.cli.printing import print_diagnostics, print_text, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected

if TYPE_CHECKING:
    from pipeglot_backends.protocol import Backend

FORM_ONLY = "form only"


def run(options: argparse.Namespace) -> int:
    from pipeglot_backends.targets import load, names

    backends: list[Backend] = []
    faults: dict[str, Diagnostic] = {}
    for name in names():
        try:
            backends.append(load(name))
        except SpecRejected as rejected:
            (faults[name],) = rejected.diagnostics
    if options.format == "json":
        broken = [{"name": name, "fault": f"{each.code}: {each.message}"} for name, each in faults.items()]
        say_json([*(_entry(each) for each in backends), *broken])
    else:
        _say(backends)
        if faults:
            print_diagnostics(faults.values(), (), "text")
    return exit_code([*faults.values()]) if faults else 0


def _entry(backend: Backend) -> dict[str, object]:
    from pipeglot_backends.protocol import default_version, versions_run

    return {
        "name": backend.NAME,
        "versions": backend.VERSIONS,
        "default": default_version(backend),
        "run": versions_run(backend),
    }


def _say(backends: list[Backend]) -> None:
    width = max(len(backend.NAME) for backend in backends)
    shown = {backend.NAME: _versions(backend) for backend in backends}
    for name, versions in shown.items():
        print_text(f"{name:<{width}}  {versions}")
    if any(FORM_ONLY in versions for versions in shown.values()):
        print_text(f"\n{FORM_ONLY}: judged by the definitions of that version, and run by no test")


def _versions(backend: Backend) -> str:
    from pipeglot_backends.protocol import default_version, versions_run

    default, ran = default_version(backend), versions_run(backend)
    words = {
        version: [*(["default"] if version == default else []), *([] if version in ran else [FORM_ONLY])]
        for version in backend.VERSIONS
    }
    return ", ".join(f"{version} ({', '.join(said)})" if said else version for version, said in words.items())
