"""argparse, complaining in the form of all other diagnostics. Imports nothing more until it has to complain."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

_CHOICE = re.compile(r"argument (?P<name>[^:]+): invalid choice: '(?P<word>.*)' \(choose from (?P<known>.*)\)", re.S)
LAST_PORT = 65535


class Parser(argparse.ArgumentParser):
    """Options have one spelling: what they begin with is none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        choice = _CHOICE.fullmatch(message)
        if choice is None:
            self.refuse(message.replace("'", "`"))
        known = re.findall(r"[\w-]+", choice["known"])
        if choice["name"] == "COMMAND":
            self.refuse(f"`{choice['word']}` is no command of {self.prog}", choice["word"], known)
        self.refuse(f"{choice['name']} is `{choice['word']}`, and there are {', '.join(known)}", choice["word"], known)

    def refuse_all(self, unknown: list[str]) -> NoReturn:
        """`unknown` is what no option and no argument takes."""
        word = unknown[0].partition("=")[0]
        kind = "option" if word.startswith("-") else "argument"
        self.refuse(f"`{word}` is no {kind} of `{self.prog}`", word, self._option_string_actions)

    def refuse(self, message: str, word: str = "", known: Iterable[str] = ()) -> NoReturn:
        from pipeglot.cli.printing import print_diagnostics
        from pipeglot.diagnostics import Diagnostic
        from pipeglot.diagnostics.suggestions import nearest

        begun = [name for name in known if word and name.startswith(word)]
        near = begun[0] if len(begun) == 1 else nearest(word, known)
        hint = f"did you mean `{near}`?" if near else f"`{self.prog} --help` says what there is"
        print_diagnostics([Diagnostic("PG506", message, hint=hint)], (), "text")
        self.exit(2)


def at_least_one(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from 1 on")
    return int(text)


def port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"`{text}` is no port: there are 1 to {LAST_PORT}")
    return int(text)


def code(text: str) -> str:
    if not re.fullmatch(r"PG[0-9]{3}", text):
        raise argparse.ArgumentTypeError(f"`{text}` is no code of a diagnostic, as PG220")
    return text
