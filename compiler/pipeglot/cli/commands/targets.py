"""`pipeglot targets`."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pipeglot.cli.printing import print_text, say_json

if TYPE_CHECKING:
    from pipeglot_backends.protocol import Backend

FORM_ONLY = "form only"


def run(options: argparse.Namespace) -> int:
    from pipeglot_backends.protocol import default_version, versions_run
    from pipeglot_backends.targets import load, names

    backends = [load(name) for name in names()]
    if options.format == "json":
        say_json(
            [
                {
                    "name": each.NAME,
                    "versions": each.VERSIONS,
                    "default": default_version(each),
                    "run": versions_run(each),
                }
                for each in backends
            ]
        )
        return 0
    width = max(len(backend.NAME) for backend in backends)
    shown = {backend.NAME: _versions(backend) for backend in backends}
    for name, versions in shown.items():
        print_text(f"{name:<{width}}  {versions}")
    if any(FORM_ONLY in versions for versions in shown.values()):
        print_text(f"\n{FORM_ONLY}: judged by the definitions of that version, and run by no test")
    return 0


def _versions(backend: Backend) -> str:
    from pipeglot_backends.protocol import default_version, versions_run

    default, ran = default_version(backend), versions_run(backend)
    words = {
        version: [*(["default"] if version == default else []), *([] if version in ran else [FORM_ONLY])]
        for version in backend.VERSIONS
    }
    return ", ".join(f"{version} ({', '.join(said)})" if said else version for version, said in words.items())
