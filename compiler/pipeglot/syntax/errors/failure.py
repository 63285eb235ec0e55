"""Where a YAML parser could not go on, and what the text around it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Span
from pipeglot.syntax.nodes import Node
from pipeglot.syntax.quoting import quoted

EXPRESSION: Final = re.compile(r"\$\{\{(?:'(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.)*\"|[^'\"\n}]|\}(?!\}))*\}\}")
FLOW_TEXT: Final = re.compile(rf"(?:{EXPRESSION.pattern}|[^\s,\[\]{{}}]|[ \t]+(?=[^\s,\[\]{{}}#]))+")
"""A value without quotes inside brackets, if YAML knew expressions."""
BLOCK_TEXT: Final = re.compile(r"\S+(?:[ \t]+(?!#)\S+)*")
"""A value without quotes outside brackets: up to the end of its line or to a comment."""
_NAME = re.compile(r"[^\s:]+(?=:(?:\s|$))")
_WORD = re.compile(r"\S+")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """`at` is where the parser could not go on, `opened` where what it was reading began.

    `problem` and `context` are its own words. `last` is the node that began or ended last, `around` the innermost
    collection that had not ended.
    """

    text: str
    name: str
    at: int
    opened: int
    problem: str
    context: str
    last: Node | None
    around: Node | None = None

    @property
    def letter(self) -> str:
        return self.text[self.at : self.at + 1]

    @property
    def bracket(self) -> str:
        return self.text[self.opened : self.opened + 1]

    @property
    def line_start(self) -> int:
        return self.text.rfind("\n", 0, self.at) + 1

    @property
    def line_end(self) -> int:
        return self.end_of_line(self.at)

    @property
    def at_the_end(self) -> bool:
        """Nothing but blanks is left of the file."""
        return not self.text[self.at :].strip()

    def end_of_line(self, at: int) -> int:
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[at:end].endswith("\r") else end

    def end_of_word(self, at: int) -> int:
        match = _WORD.match(self.text, at)
        return match.end() if match else at + 1

    def end_of_value(self, at: int, pattern: re.Pattern[str] = BLOCK_TEXT) -> int:
        match = pattern.match(self.text, at, self.end_of_line(at))
        return match.end() if match else at + 1

    def first_letter(self, line_start: int) -> int:
        while self.text[line_start : line_start + 1] in (" ", "\t"):
            line_start += 1
        return line_start

    def bracketed(self, at: int) -> bool:
        """Whether a value there stands in brackets; those that opened last may not be told of yet."""
        around = self.around is not None and self.text[self.around.start] in "[{"
        return around or any(sign in self.text[self.last.end if self.last else 0 : at] for sign in "[{")

    def end_of_begun(self, start: int) -> tuple[bool, int]:
        """Whether a key begins there, and where it, or the value, ends."""
        end = self.end_of_value(start, FLOW_TEXT if self.bracketed(start) else BLOCK_TEXT)
        name = _NAME.match(self.text, start, end)
        first = not self.text[self.text.rfind("\n", 0, start) + 1 : start].strip(" -")
        return (True, name.end()) if name and (first or self.bracketed(start)) else (False, end)

    def may_begin(self, start: int) -> bool:
        """Whether a value may stand there: behind a sign on its line, or deeper than the line above it."""
        line = self.text.rfind("\n", 0, start) + 1
        before = self.text[line:start].strip()
        if before or self.bracketed(start):
            return not before or before[-1] in "-:,[{"
        above = self.text[:line].rstrip()
        above_at = above.rfind("\n") + 1
        return bool(above) and self.first_letter(above_at) - above_at < start - line

    def quoting(self, start: int, end: int) -> str | None:
        """The hint to put a part of the text in quotes, if that part can be shown."""
        return f"write {quoted(self.text[start:end])}" if 0 < end - start <= _SHOWN else None

    def diagnostic(
        self,
        code: str,
        message: str,
        span: tuple[int, int],
        label: str,
        hint: str | None = None,
        evidence: tuple[tuple[int, int, str], ...] = (),
        mends: tuple[int, int] | None = None,
    ) -> Diagnostic:
        seen = tuple((Span(self.name, start, end), words) for start, end, words in evidence)
        place = Span(self.name, *mends) if mends and hint else None
        marked = Span(self.name, span[0], max(span[1], span[0] + 1))
        return Diagnostic(code, message, marked, label, seen, hint, mends=place)
