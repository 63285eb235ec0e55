"""`pipeglot lsp`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys


def run(options: argparse.Namespace) -> int:
    """Speaks on its standard streams until the editor ends it."""
    import gc

    from pipeglot_backends.remote.sdk import sdk

    sdk("pygls", "pygls", "lsp")
    from pipeglot.lsp.server import server

    # what is loaded stays, and each check leaves little that goes round in circles: looking for that takes its time
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    # they are closed when the editor leaves; who prints meanwhile may not speak between the protocol's words
    with (
        os.fdopen(os.dup(0), "rb") as heard,
        os.fdopen(os.dup(1), "wb") as said,
        contextlib.redirect_stdout(sys.stderr),
    ):
        server().start_io(heard, said)
    return 0
