"""`pipeglot serve`."""

from __future__ import annotations

import argparse
import os
import sys

from pipeglot.cli.printing import print_text, say_exactly, say_json
from pipeglot.diagnostics import Diagnostic, SpecRejected


def run(options: argparse.Namespace) -> int:
    return _TOKENS[options.act](options) if options.topic else _serve(options)


def _serve(options: argparse.Namespace) -> int:
    from pipeglot_backends.remote.sdk import sdk

    for package in ("starlette", "uvicorn"):
        sdk(package, package, "server")
    from pipeglot_records.server import headers, serving, tokens
    from pipeglot_records.store.database import open_store

    if options.no_auth and not headers.is_of_loopback(options.host):
        hint = "leave `--no-auth` away and give those who may ask a token: pipeglot serve token add NAME --role read"
        message = f"`--no-auth` lets everybody in, and `{options.host}` is not for this machine alone"
        raise SpecRejected([Diagnostic("PG570", message, hint=hint)])
    serving.open_many_files()
    with open_store(options.records, os.environ) as store, serving.listening(options.host, options.port) as listener:
        print_text(f"{serving.address(listener)}, records in `{store.place}`")
        if not options.no_auth and not tokens.listed(store):
            print("nobody has a token yet: pipeglot serve token add NAME --role write", file=sys.stderr, flush=True)
        serving.server(store, is_open=options.no_auth).run(sockets=[listener])
    return 0


def _add(options: argparse.Namespace) -> int:
    from pipeglot_records.server import tokens
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ) as store:
        secret = tokens.add(store, options.name, options.role)
    # the one time that it is shown: nothing of it may be covered
    say_exactly(secret)
    print("it is not shown again; who has it sends `Authorization: Bearer TOKEN`", file=sys.stderr, flush=True)
    return 0


def _list(options: argparse.Namespace) -> int:
    from pipeglot_records.server import tokens
    from pipeglot_records.show.columns import aligned
    from pipeglot_records.show.formatting import instant
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ, make=False) as store:
        found = tokens.listed(store)
    if options.format == "json":
        say_json([{"name": each.name, "role": each.role, "made": instant(each.made)} for each in found])
        return 0
    rows = [("TOKEN", "ROLE", "MADE (UTC)")]
    rows += [(each.name, each.role, instant(each.made)[:19].replace("T", " ")) for each in found]
    print_text("\n".join(aligned(rows)) if found else "no tokens")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from pipeglot_records.server import tokens
    from pipeglot_records.store.database import open_store

    with open_store(options.records, os.environ) as store:
        tokens.remove(store, options.name)
    print_text(f"the token `{options.name}` is taken no more")
    return 0


_TOKENS = {"add": _add, "list": _list, "remove": _remove}
