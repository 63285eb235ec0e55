"""Source lines with marks under them: carets for a mistake, tildes for its evidence."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

WIDTH: Final = 120
"""Of the source text that a frame shows; longer lines are cut around what is marked."""
TAB: Final = 4
_GUTTER: Final = 4
_LONG: Final = 2000
_HIDDEN = frozenset("\u061c\u200b\u200e\u200f\u2028\u2029\u2060\u2066\u2067\u2068\u2069\ufeff") | frozenset(
    chr(number) for number in range(0x202A, 0x202F)
)
"""Characters that are not seen or turn others around: a frame shows them as a mark."""


class Lines(Protocol):
    def __getitem__(self, number: int, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Underline:
    """Marks one line, counted from 0, between two columns, counted from 0 in code points."""

    line: int
    start: int
    end: int
    label: str
    sign: str


def frame(lines: Lines, marks: Sequence[Underline]) -> list[tuple[str, str, str]]:
    """Rows of a frame: gutter, body, and the sign of the marks in it (empty for source text and gaps)."""
    shown = sorted({mark.line for mark in marks})
    gutter = max(_GUTTER, len(str(shown[-1] + 1)) + 1)
    rows: list[tuple[str, str, str]] = []
    for i, number in enumerate(shown):
        if i and number > shown[i - 1] + 1:
            rows.append((" " * gutter + " :", "", ""))
        here = sorted((mark for mark in marks if mark.line == number), key=lambda mark: (mark.sign != "^", mark.start))
        text, rulers = _cut(lines[number], here)
        rows.append((f"{number + 1:>{gutter}} |", text, ""))
        rows += ((" " * gutter + " |", ruler, mark.sign) for mark, ruler in zip(here, rulers, strict=True))
    return rows


def _cut(line: str, marks: Sequence[Underline]) -> tuple[str, list[str]]:
    """The line as a terminal shows it, and one ruler for each mark under it."""
    if len(line) > _LONG:
        # far more than is shown, however wide its letters are
        skipped = max(0, min(marks[0].start, len(line)) - WIDTH)
        return _of_part(line[skipped : skipped + 4 * WIDTH], marks, skipped, skipped + 4 * WIDTH < len(line))
    return _of_part(line, marks, 0, more=False)


def _of_part(line: str, marks: Sequence[Underline], skipped: int, more: bool) -> tuple[str, list[str]]:
    """Of a line without its first letters; `more` follow."""
    marks = [replace(mark, start=max(0, mark.start - skipped), end=max(0, mark.end - skipped)) for mark in marks]
    cells = _cells(line)
    widths = [_width(cell) for cell in cells]
    first, last = _window(widths, min(len(cells), marks[0].start), min(len(cells), marks[0].end))
    head, tail = ("…" if first or skipped else ""), ("…" if last < len(cells) or more else "")
    text = head + "".join(cells[first:last]) + tail
    rulers: list[str] = []
    for mark in marks:
        start, end = min(max(mark.start, first), last), min(max(mark.end, first), last)
        length = max(1, sum(widths[start:end]))
        before = len(head) + sum(widths[first:start])
        rulers.append(" " * before + mark.sign * length + (f" {mark.label}" if mark.label else ""))
    return text.rstrip(), rulers


def _window(widths: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Which characters of a line are shown: all, or those around the first mark."""
    if sum(widths) <= WIDTH:
        return 0, len(widths)
    first = start
    room = WIDTH // 3
    while first > 0 and room >= widths[first - 1]:
        first -= 1
        room -= widths[first]
    last, room = first, WIDTH
    while last < len(widths) and room >= widths[last]:
        room -= widths[last]
        last += 1
    return first, last


def _cells(line: str) -> list[str]:
    """What is shown for each character: itself, blanks up to the next stop for a tab, a mark for what is not seen."""
    cells: list[str] = []
    column = 0
    for letter in line:
        cell = " " * (TAB - column % TAB) if letter == "\t" else visible(letter)
        cells.append(cell)
        column += _width(cell)
    return cells


def visible(letter: str) -> str:
    """A character, or a mark in its place where a terminal would obey it or show nothing."""
    number = ord(letter)
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    return "\ufffd" if 0x80 <= number < 0xA0 or 0xD800 <= number < 0xE000 or letter in _HIDDEN else letter


def _width(cell: str) -> int:
    """Columns of a terminal."""
    if cell.isascii():
        return len(cell)
    if unicodedata.category(cell) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in "WF" else 1
