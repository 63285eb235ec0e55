"""`pipeglot ui`."""

from __future__ import annotations

import argparse
import os
import secrets
import sys

from pipeglot.cli.printing import say_exactly

HOST = "127.0.0.1"


def run(options: argparse.Namespace) -> int:
    """Until Ctrl-C. The pages change nothing, and are for whoever has the key that stands in the address."""
    from pipeglot_backends.remote.sdk import sdk

    for package in ("starlette", "uvicorn"):
        sdk(package, package, "server")
    from pipeglot_records.server import serving
    from pipeglot_records.store.database import open_store

    key = secrets.token_urlsafe(24)
    opened = open_store(options.records, os.environ, make=False)
    with opened as store, serving.listening(HOST, options.port) as listener:
        address = f"{serving.address(listener)}/sign-in?token={key}"
        # the one address that lets in: nothing of it may be covered
        say_exactly(address)
        print(f"records in `{store.place}`; Ctrl-C ends it", file=sys.stderr, flush=True)
        if options.browser:
            _open(address)
        serving.server(store, key=key).run(sockets=[listener])
    return 0


def _open(address: str) -> None:
    """The listener takes its question already; it is answered once the server runs."""
    import threading
    import webbrowser

    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
