"""Where the values in a script for `sh` or `bash` stand: inside which quotes, brackets and commands.

A value is one NUL in the text, which no script can hold. This is a reader of contexts, no parser: what it does not
understand the shell itself will refuse, and where it cannot be sure the value is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from pipeglot.scripts import places
from pipeglot.scripts.commands import OPENING, Command, Word
from pipeglot.scripts.places import Place, Rule

VALUE = "\0"
_PLAIN = re.compile("[A-Za-z0-9_.,:/@%^=+-]+")
_BLANK = " \t"
_BEFORE_BRACKETS = OPENING | {"for"}
_IN_TEST = "&|()<>\n"


def contexts(text: str, is_bash: bool) -> tuple[Place, ...]:
    """The place of every value, in order."""
    reader = _Reader(text, is_bash)
    reader.commands("")
    found = [reader.found.get(number, places.OPEN) for number in range(text.count(VALUE))]
    return tuple(found)


class _Reader:
    def __init__(self, text: str, is_bash: bool) -> None:
        self.text = text
        self.is_bash = is_bash
        self.at = 0
        self.number = 0
        self.found: dict[int, Place] = {}
        self.documents: list[tuple[str, bool, bool]] = []
        self.integers: set[str] = set()
        self.unsure: bool = False

    def value(self, place: Place) -> int:
        """Takes one value."""
        number = self.number
        self.found[number] = places.UNSURE if self.unsure else place
        self.number += 1
        self.at += 1
        return number

    def begins(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def ended(self) -> bool:
        return self.at >= len(self.text)

    def commands(self, closing: str, array: bool = False) -> None:
        """Reads commands up to and with `closing`: nothing (the end of the text) or `)`."""
        level = _Level(self, closing, array)
        while not self.ended() and not level.closed:
            level.step()
        level.end_command()
        if closing and len(self.documents) > level.outer:
            self.unsure = True

    def quoted(self, closing: str, within: Callable[[], Place] | None = None) -> None:
        """The inside of double quotes, or with no `closing` of a here-document."""
        while not self.ended():
            char = self.text[self.at]
            if char == closing:
                self.at += 1
                return
            if char == VALUE:
                self.value(within() if within else places.QUOTED)
            elif char == "\\":
                self.escape()
            elif char in "$`":
                self.expansion(is_quoted=True)
            else:
                self.at += 1

    def escape(self) -> None:
        self.at += 1
        if self.ended():
            return
        if self.text[self.at] == VALUE:
            self.value(places.ESCAPED)
        else:
            self.at += 1

    def single(self, escapes: bool = False) -> None:
        """The inside of single quotes; in `$'…'` a backslash escapes."""
        while not self.ended():
            char = self.text[self.at]
            if char == VALUE:
                self.value(places.SINGLE)
                continue
            self.at += 1
            if char == "'":
                return
            if escapes and char == "\\" and not self.ended() and self.text[self.at] != VALUE:
                self.at += 1

    def dollar_single(self) -> None:
        start = self.at
        self.single(escapes=self.is_bash)
        if not self.is_bash and self.text[start : self.at - 1].endswith("\\"):
            self.unsure = True

    def expansion(self, is_quoted: bool) -> None:
        """What begins with `$` or a backtick."""
        if self.begins("`"):
            self.backticks()
        elif self.begins("$(("):
            if not self.arithmetic(3):
                self.at += 2
                self.commands(")")
        elif self.begins("$("):
            self.at += 2
            self.commands(")")
        elif self.begins("${"):
            self.at += 2
            self.parameter(is_quoted)
        elif self.begins("$["):
            self.at += 2
            self.inside("[", "]", places.ARITHMETIC)
        elif self.begins("$'") and not is_quoted:
            self.at += 2
            self.dollar_single()
        else:
            self.at += 1

    def parameter(self, is_quoted: bool) -> None:
        """The inside of `${…}`. Within quotes it depends on the operator whether a single quote is one."""
        start = self.at
        self.inside("", "}", places.EXPANSION, apostrophes=not is_quoted)
        if is_quoted and "'" in self.text[start : self.at]:
            self.unsure = True

    def inside(self, opening: str, closing: str, place: Place, apostrophes: bool = True) -> None:
        """Text in brackets that the shell evaluates, up to the bracket that closes it."""
        depth = 0
        while not self.ended():
            char = self.text[self.at]
            if char == closing and not depth:
                self.at += 1
                return
            depth += {opening: 1, closing: -1}.get(char, 0)
            if char == "'" and not apostrophes:
                self.at += 1
            else:
                self.one(char, place)

    def one(self, char: str, place: Place) -> None:
        """One character, quoted text or expansion, where the shell evaluates what it finds."""
        if char == VALUE:
            self.value(place)
        elif char == "\\":
            self.escape()
        elif char == "'":
            self.at += 1
            self.single()
        elif char == '"':
            self.at += 1
            self.quoted('"', lambda: place)
        elif char in "$`":
            self.expansion(is_quoted=False)
        else:
            self.at += 1

    def arithmetic(self, skip: int) -> bool:
        """`$((…))` or `((…))`; False, with nothing read, where it is a subshell in a subshell."""
        before = self.at, self.number, self.unsure
        self.at += skip
        depth = 0
        while not self.ended():
            char = self.text[self.at]
            if char == ")" and not depth:
                if self.begins("))"):
                    self.at += 2
                    return True
                break
            depth += {"(": 1, ")": -1}.get(char, 0)
            self.one(char, places.ARITHMETIC)
        self.at, self.number, self.unsure = before
        return False

    def backticks(self) -> None:
        """Commands up to the next backtick; with backslashes inside their text is read twice."""
        end = re.compile(r"(?:[^`\\]|\\.)*", re.DOTALL).match(self.text, self.at + 1)
        stop = end.end() if end else len(self.text)
        inner = self.text[self.at + 1 : stop]
        self.at += 1
        if stop >= len(self.text):
            self.at = len(self.text)
            return
        if "\\" in inner:
            for _ in range(inner.count(VALUE)):
                self.value(places.BACKTICKS)
        else:
            self._inner(inner)
        self.at = stop + 1

    def _inner(self, text: str) -> None:
        other = _Reader(text, self.is_bash)
        other.unsure = self.unsure
        other.commands("")
        for number in range(text.count(VALUE)):
            self.found[self.number + number] = other.found.get(number, places.OPEN)
        self.number += text.count(VALUE)

    def here_documents(self) -> None:
        """The texts of the here-documents whose operators stood in the line that has just ended."""
        waiting, self.documents = self.documents, []
        for delimiter, is_quoted, tabs in waiting:
            end, following = self._document_end(delimiter, tabs)
            if is_quoted:
                for _ in range(self.text.count(VALUE, self.at, end)):
                    self.value(places.HERE_DOCUMENT)
            else:
                self._document(end)
            self.at = following

    def _document_end(self, delimiter: str, tabs: bool) -> tuple[int, int]:
        start = self.at
        while start < len(self.text):
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            line = self.text[start:end]
            if (line.lstrip("\t") if tabs else line) == delimiter:
                return start, min(end + 1, len(self.text))
            start = end + 1
        return len(self.text), len(self.text)

    def _document(self, end: int) -> None:
        text = self.text[self.at : end]
        other = _Reader(text, self.is_bash)
        other.unsure = self.unsure
        other.quoted("")
        for number in range(text.count(VALUE)):
            self.found[self.number + number] = other.found.get(number, places.OPEN)
        self.number += text.count(VALUE)


class _Level:
    """Commands in one pair of brackets."""

    def __init__(self, reader: _Reader, closing: str, array: bool) -> None:
        self.reader = reader
        self.closing = closing
        self.closed = False
        self.outer = len(reader.documents)
        self.cases: list[str] = []
        self.command = Command(first=not array, array=array)

    def step(self) -> None:
        reader = self.reader
        char = reader.text[reader.at]
        plain = _PLAIN.match(reader.text, reader.at)
        if plain:
            self.command.begin().text += plain.group()
            reader.at = plain.end()
            return
        step = _Level.blank if self.command.tests and char in _IN_TEST else _STEPS.get(char, _Level.other)
        step(self)

    def other(self) -> None:
        self.command.begin().text += self.reader.text[self.reader.at]
        self.reader.at += 1

    def take(self) -> None:
        word = self.command.begin()
        place = self.command.place(self.reader.integers)
        word.values.append(self.reader.value(place))
        word.text += VALUE

    def blank(self) -> None:
        self.end_word()
        self.reader.at += 1

    def line(self) -> None:
        if self.command.array:
            self.end_word()
        else:
            self.end_command()
        self.reader.at += 1
        if self.outer:
            self.reader.unsure = True
        self.reader.here_documents()

    def comment(self) -> None:
        if self.command.word is not None:
            self.other()
            return
        reader = self.reader
        while not reader.ended() and reader.text[reader.at] != "\n":
            if reader.text[reader.at] == VALUE:
                reader.value(places.IN_COMMENT)
            else:
                reader.at += 1

    def quote(self) -> None:
        reader, word = self.reader, self.command.begin()
        start, single = reader.at + 1, reader.begins("'")
        word.plain = False
        first = reader.number
        reader.at += 1
        if single:
            reader.single()
        else:
            reader.quoted('"', lambda: self._within(start))
        word.values.extend(range(first, reader.number))
        word.text += reader.text[start : reader.at - 1]
        if reader.documents and "\n" in reader.text[start : reader.at]:
            reader.unsure = True

    def _within(self, start: int) -> Place:
        """The place of a value in double quotes that began at `start`."""
        place = self.command.place(self.reader.integers, self.reader.text[start : self.reader.at])
        return places.QUOTED if place.rule is Rule.FREE else place

    def escape(self) -> None:
        reader = self.reader
        if reader.begins("\\\n"):
            reader.at += 2
            return
        word = self.command.begin()
        word.plain = False
        reader.escape()
        word.text += reader.text[reader.at - 1]

    def expand(self) -> None:
        word = self.command.begin()
        word.plain = False
        word.text += VALUE
        self.reader.expansion(is_quoted=False)

    def separate(self) -> None:
        """`;`, `&` and `|`."""
        reader = self.reader
        if reader.begins("&>"):
            self.end_word()
            reader.at += 1
            return
        in_case = bool(self.cases) and self.cases[-1] == "pattern"
        self.end_word() if in_case and reader.begins("|") else self.end_command()
        if self.cases and self.cases[-1] == "body" and (reader.begins(";;") or reader.begins(";&")):
            self.cases[-1] = "pattern"
            reader.at += 1
        reader.at += 1

    def open(self) -> None:
        reader, command = self.reader, self.command
        if self.cases and self.cases[-1] == "pattern" and command.word is None:
            reader.at += 1
            return
        if command.word is not None and command.word.plain and command.word.text in _BEFORE_BRACKETS:
            self.end_word()
        is_command = command.first or command.name == "for"
        if command.word is None and is_command and reader.begins("((") and reader.arithmetic(2):
            self.end_command()
            return
        array = command.word is not None and command.word.text.endswith("=")
        nested = command.word is not None and not array
        reader.at += 1
        reader.commands(")", array=array or (nested and not command.first))
        if command.word is None or (nested and command.first):
            self.end_command()

    def close(self) -> None:
        self.end_command()
        if self.cases and self.cases[-1] == "pattern":
            self.cases[-1] = "body"
        elif self.closing == ")":
            self.closed = True
        self.reader.at += 1

    def redirect(self) -> None:
        reader, command = self.reader, self.command
        if command.word is not None and command.word.plain and command.word.text.isdigit():
            command.word = None
        self.end_word()
        if reader.begins("<<") and not reader.begins("<<<"):
            self.here_document()
            return
        while not reader.ended() and reader.text[reader.at] in "<>":
            reader.at += 1
        if reader.begins("&") or reader.begins("|"):
            reader.at += 1
        if not reader.begins("("):
            command.target = True

    def here_document(self) -> None:
        reader = self.reader
        reader.at += 2
        tabs = reader.begins("-")
        reader.at += tabs
        match = re.compile(r"""[ \t]*((?:'[^']*'|"[^"]*"|\\.|[^\s;&|<>()])+)""").match(reader.text, reader.at)
        if match is None:
            return
        raw = match.group(1)
        for _ in range(raw.count(VALUE)):
            reader.value(places.DELIMITER)
        delimiter = re.sub(r"""['"\\]""", "", raw)
        reader.documents.append((delimiter, delimiter != raw, tabs))
        reader.at = match.end()

    def bracket(self) -> None:
        reader, command = self.reader, self.command
        is_subscript = command.subscripts
        word = command.begin()
        start = reader.at
        reader.at += 1
        if is_subscript:
            first = reader.number
            reader.inside("[", "]", places.SUBSCRIPT)
            word.values.extend(range(first, reader.number))
        word.text += reader.text[start : reader.at]

    def end_word(self) -> None:
        before = self.command.last
        was_first = self.command.first
        word = self.command.end_word(self.reader.integers)
        if word is None:
            return
        if self.command.compares():
            for number in before.values:
                if self.reader.found[number].rule is Rule.FREE:
                    self.reader.found[number] = places.COMPARED
        self._case(word, was_first)

    def _case(self, word: Word, was_first: bool) -> None:
        """`case WORD in PATTERN) … ;; esac`: its brackets close nothing."""
        state = self.cases[-1] if self.cases else ""
        if was_first and word.plain and word.text == "case":
            self.cases.append("word")
        elif state == "word" and word.plain and word.text == "in":
            self.cases[-1] = "pattern"
            self.command = Command()
        elif state in ("pattern", "body") and was_first and word.plain and word.text == "esac":
            self.cases.pop()

    def end_command(self) -> None:
        self.end_word()
        self.command = Command(first=not self.command.array, array=self.command.array)


Step: TypeAlias = Callable[[_Level], None]
_STEPS: dict[str, Step] = {
    VALUE: _Level.take,
    **dict.fromkeys(_BLANK, _Level.blank),
    "\n": _Level.line,
    "#": _Level.comment,
    **dict.fromkeys("'\"", _Level.quote),
    "\\": _Level.escape,
    **dict.fromkeys("$`", _Level.expand),
    **dict.fromkeys(";&|", _Level.separate),
    "(": _Level.open,
    ")": _Level.close,
    **dict.fromkeys("<>", _Level.redirect),
    "[": _Level.bracket,
}
