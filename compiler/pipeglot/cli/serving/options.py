"""What may stand behind `serve` and `ui` on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from pipeglot.cli.parsing import Parser, port

ACTS = {"add": "make a token and show it once", "list": "list the tokens", "remove": "end one"}
ROLES = ("read", "write", "admin")


def serve(command: Parser, records: Callable[..., None], form: Callable[..., None]) -> None:
    records(command)
    host = "the address to listen on (default: 127.0.0.1)"
    command.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help=host)
    command.add_argument("--port", type=port, default=8765, metavar="N", help="default: 8765; 0 takes a free one")
    command.add_argument("--no-auth", action="store_true", help="ask nobody for a token; on this machine alone")
    text = "make, list and remove tokens of those who may ask"
    token = command.add_subparsers(dest="topic", metavar="token").add_parser("token", help=text, description=text)
    acts = token.add_subparsers(dest="act", metavar="add|list|remove", required=True)
    for act, text in ACTS.items():
        _token(acts.add_parser(act, help=text, description=text), act, records, form)


def ui(command: Parser, records: Callable[..., None]) -> None:
    records(command)
    command.add_argument("--port", type=port, default=0, metavar="N", help="default: a free one")
    command.add_argument("--no-browser", dest="browser", action="store_false", help="print the address alone")


def _token(command: Parser, act: str, records: Callable[..., None], form: Callable[..., None]) -> None:
    # one that stands before `token` holds as well
    records(command, default=argparse.SUPPRESS)
    if act == "list":
        form(command, "text", "json")
    else:
        command.add_argument("name", metavar="NAME", help="what the token is called")
    if act == "add":
        command.add_argument("--role", choices=ROLES, required=True, help="what it is good for; admin is all of it")
