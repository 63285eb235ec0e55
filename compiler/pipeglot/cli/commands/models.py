"""`pipeglot models`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from pipeglot.cli.models import asking, changing, getting, telling

_ACTS: Mapping[str | None, Callable[[argparse.Namespace], int]] = {
    None: asking.listed,
    "show": asking.show,
    "history": asking.history,
    "get": getting.get,
    "register": changing.register,
    "promote": changing.promote,
    "rollback": changing.rollback,
    "withdraw": changing.withdraw,
    "describe": changing.describe,
    "webhook": telling.webhook,
}


def run(options: argparse.Namespace) -> int:
    return _ACTS[options.act](options)
