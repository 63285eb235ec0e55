"""`pipeglot targets`."""

from __future__ import annotations

import argparse

from pipeglot.cli.printing import say, say_json


def run(options: argparse.Namespace) -> int:
    from pipeglot_backends.targets import load, names

    backends = [load(name) for name in names()]
    if options.format == "json":
        say_json([{"name": backend.NAME, "versions": backend.VERSIONS} for backend in backends])
        return 0
    width = max(len(backend.NAME) for backend in backends)
    for backend in backends:
        say(f"{backend.NAME:<{width}}  {', '.join(backend.VERSIONS)}")
    return 0
