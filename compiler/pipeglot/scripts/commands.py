"""One simple command while it is read: which word comes next and what the shell does with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeglot.scripts.places import COMPARED, INTEGER, LET, NAMED, UNQUOTED, Place

OPENING = frozenset(("if", "then", "else", "elif", "while", "until", "do", "{", "!", "time", "coproc"))
_PREFIXES = frozenset(("command", "builtin", "exec"))
_DECLARING = frozenset(("declare", "typeset", "local", "export", "readonly", "unset"))
_NUMERIC = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
_TESTING = frozenset(("[[", "[", "test"))
_BODY = frozenset(("{",))
_BODIES: dict[str, frozenset[str]] = dict.fromkeys(("for", "select"), frozenset(("do", "{")))
"""Words behind which a new command begins though no `;` stood before."""
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[.*\])?\+?=", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(slots=True)
class Word:
    """The text without its quotes (an expansion is NUL), and the numbers of the values in it."""

    text: str = ""
    plain: bool = True
    values: list[int] = field(default_factory=list[int])


@dataclass(slots=True)
class Command:
    """`first` is true while the next word is the command itself; `target` after a redirection."""

    first: bool = True
    prefixed: bool = False
    name: str = ""
    target: bool = False
    integer: bool = False
    array: bool = False
    word: Word | None = None
    last: Word = field(default_factory=Word)

    def begin(self) -> Word:
        if self.word is None:
            self.word = Word()
        return self.word

    def place(self, integers: set[str], more: str = "") -> Place:
        """What holds for a value in the current word, behind `more` of its text."""
        text = (self.word.text if self.word else "") + more
        if self.name == "let":
            return LET
        if self.name in _DECLARING:
            return INTEGER if self.integer else UNQUOTED if "=" in text else NAMED
        if self.name in _TESTING and self.last.text == "-v":
            return NAMED
        if self.name == "[[" and self.last.text in _NUMERIC:
            return COMPARED
        if self.first and integers and _assigned(text) in integers:
            return INTEGER
        return UNQUOTED

    def end_word(self, integers: set[str]) -> Word | None:
        """The word that ends here; None between words."""
        word, self.word = self.word, None
        if word is None:
            return None
        if self.target:
            self.target = False
            return None
        if self.first and not self.array:
            self._first_word(word)
        else:
            self._argument(word, integers)
        self.last = word
        return word

    def _first_word(self, word: Word) -> None:
        if word.text in _PREFIXES or (word.plain and word.text in OPENING):
            self.prefixed = True
            return
        if ASSIGNMENT.match(word.text) or (self.prefixed and word.text.startswith("-")):
            return
        self.first = False
        self.name = word.text

    def _argument(self, word: Word, integers: set[str]) -> None:
        if self.name == "[[":
            self.name = "]]" if word.text == "]]" else self.name
        elif word.plain and word.text in _BODIES.get(self.name, _BODY):
            self.first, self.name = not self.array, ""
        elif self.name in _DECLARING:
            self._declared(word, integers)

    def _declared(self, word: Word, integers: set[str]) -> None:
        if word.text[:1] == "-" and "i" in word.text:
            self.integer = True
        elif self.integer:
            integers.add(_assigned(word.text) or word.text)

    @property
    def tests(self) -> bool:
        return self.name == "[["

    def compares(self) -> bool:
        """Whether the word that just ended makes the one before it a number."""
        return self.tests and self.last.text in _NUMERIC

    @property
    def subscripts(self) -> bool:
        """Whether `[` in the current word may begin a subscript."""
        text = self.word.text if self.word else ""
        if self.array:
            return not text
        return (self.first or self.name in _DECLARING) and NAME.fullmatch(text) is not None


def _assigned(text: str) -> str:
    """The name that the word assigns to; empty when it assigns nothing."""
    found = ASSIGNMENT.match(text)
    name = NAME.match(text) if found else None
    return name.group() if name else ""
