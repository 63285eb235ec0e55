"""What can be said to `pipeglot models`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from pipeglot.cli.parsing import Parser

NAME = "a model; of it a version, as churn@7, or what an alias means, as churn@champion (default: the newest version)"


def add(command: Parser, records: Callable[..., None], formats: Callable[..., None]) -> None:
    """The list where nothing more is said. `records` and `formats` add the options that all commands share."""
    records(command)
    formats(command, "text", "json")
    acts = command.add_subparsers(dest="act", metavar="ACT")
    for name, (text, fill) in _ACTS.items():
        one = acts.add_parser(name, help=text, description=text)
        fill(one)
        # what stands before the act holds as well
        records(one, default=argparse.SUPPRESS)
        one.add_argument("--format", choices=("text", "json"), default=argparse.SUPPRESS, help="how to print")
    _webhooks(acts, records)


def _register(one: Parser) -> None:
    one.add_argument(
        "artifact", metavar="ARTIFACT", help="STEP.OUTPUT, STEP.OUTPUT[ITEM], @VERSION as `artifacts` counts"
    )
    one.add_argument(
        "--name", required=True, metavar="MODEL", help="what the model is called; a new name is a new model"
    )
    one.add_argument(
        "--run", metavar="RUN", help="of this run: its id or how it begins (default: of all, the last made)"
    )
    one.add_argument("--pipeline", metavar="NAME", help="of this pipeline (default: the only one that has it)")
    _wanted(one)


def _show(one: Parser) -> None:
    one.add_argument("model", metavar="MODEL[@VERSION]", help=NAME)


def _history(one: Parser) -> None:
    one.add_argument("model", metavar="MODEL", help="a model")


def _promote(one: Parser) -> None:
    one.add_argument("model", metavar="MODEL[@VERSION]", help=NAME)
    conditions = "only if this holds for the run that it is of, in the language of `runs --where`; may be repeated"
    one.add_argument("--require", action="append", default=[], metavar="CONDITION", help=conditions)
    _wanted(one)


def _alias(one: Parser) -> None:
    one.add_argument("model", metavar="MODEL", help="a model")
    one.add_argument("--alias", required=True, metavar="ALIAS", help="one of its aliases")
    _who(one)


def _describe(one: Parser) -> None:
    one.add_argument("model", metavar="MODEL[@VERSION]", help="a model, or a version of it")
    one.add_argument("text", metavar="TEXT", help="what is to be known of it")
    _who(one)


def _get(one: Parser) -> None:
    one.add_argument("model", metavar="MODEL[@VERSION]", help=NAME)
    one.add_argument("-o", "--output", default=".", metavar="FOLDER", help="where to (default: here)")


def _wanted(one: Parser) -> None:
    one.add_argument(
        "--alias", dest="aliases", action="append", default=[], metavar="ALIAS", help="it is this from now on"
    )
    one.add_argument("--stage", metavar="STAGE", help="the stage that it is in, as staging or production")
    one.add_argument("--description", metavar="TEXT", help="what is to be known of this version")
    tags = "a tag of this version; without a value it is taken away"
    one.add_argument("--tag", dest="tags", action="append", default=[], metavar="NAME=VALUE", help=tags)
    _who(one)


def _who(one: Parser) -> None:
    one.add_argument("--by", metavar="WHO", help="who did it (default: the user's name)")


def _webhooks(acts: Any, records: Callable[..., None]) -> None:
    text = "who is told what is done to models"
    hook = acts.add_parser("webhook", help=text, description=text)
    topics = hook.add_subparsers(dest="topic", metavar="add|list|remove|send", required=True)
    for name, help_text in _HOOKS.items():
        one = topics.add_parser(name, help=help_text, description=help_text)
        if name in ("add", "remove"):
            one.add_argument("name", metavar="NAME", help="what the webhook is called")
        if name == "add":
            one.add_argument(
                "--url-from", required=True, metavar="VARIABLE", help="the variable that holds its address"
            )
            one.add_argument("--model", metavar="MODEL", help="only of this model (default: of all)")
        records(one, default=argparse.SUPPRESS)
        if name == "list":
            one.add_argument("--format", choices=("text", "json"), default=argparse.SUPPRESS, help="how to print")


_HOOKS = {
    "add": "tell somebody from now on, by a POST of JSON",
    "list": "list them",
    "remove": "tell it no more",
    "send": "tell what could not be told before",
}
_ACTS: dict[str, tuple[str, Callable[[Parser], None]]] = {
    "register": ("make an artifact a version of a model: the same content once", _register),
    "show": ("show a model with its versions, or one version and where it comes from", _show),
    "history": ("say what was done to a model, when and by whom", _history),
    "promote": ("give a version aliases, a stage or tags, if what is required holds", _promote),
    "rollback": ("let an alias mean again what it meant before", _alias),
    "withdraw": ("let an alias mean nothing any more", _alias),
    "describe": ("say what is to be known of a model, or of a version", _describe),
    "get": ("bring a version here", _get),
}
