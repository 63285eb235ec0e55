"""Diagnostics as text: for people, for logs, for programs, for the pages of GitHub; the same facts in each."""

from __future__ import annotations

import bisect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, TypeAlias

from pipeglot.diagnostics import MOST as MOST
from pipeglot.diagnostics import Diagnostic, Severity
from pipeglot.diagnostics.origins import Place, Span
from pipeglot.diagnostics.sources import Json, Source
from pipeglot.rendering.fixes import edit
from pipeglot.rendering.frames import Underline, frame, visible
from pipeglot.rendering.locator import Locator

Paint: TypeAlias = Callable[[str, str], str]
"""From a role in `_COLOURS` and a text to what is printed."""
PLACED: Final = 1000
"""Of more than so many the others are counted: to find the place of each costs more than to find what is wrong."""
_COLOURS: Final = {"error": "1;31", "warning": "1;33", "place": "1", "gutter": "34", "~": "36", "hint": "32"}


class Text:
    """A source in lines. They end at LF or CRLF only, whatever else is a line end elsewhere."""

    def __init__(self, text: str) -> None:
        self._text = text
        lengths = map(len, text.split("\n"))
        self._starts = list(accumulate(lengths, lambda start, length: start + length + 1, initial=0))[:-1]

    def __getitem__(self, number: int) -> str:
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[number] : end].rstrip("\r\n")

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 0."""
        line = bisect.bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]


@dataclass(frozen=True, slots=True)
class Spot:
    """A span in lines and columns, counted from 0, in code points."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line + 1}:{self.column + 1}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic whose places have been found."""

    diagnostic: Diagnostic
    spot: Spot | None
    evidence: tuple[tuple[Spot, str], ...]
    fix: tuple[Spot, str] | None = None
    """What following the hint puts where."""


@dataclass(frozen=True, slots=True)
class Report:
    """What every form is made of."""

    shown: tuple[Finding, ...]
    errors: int
    warnings: int
    texts: Mapping[str, Text]
    disk: str

    @property
    def summary(self) -> str:
        hidden = self.errors + self.warnings - len(self.shown)
        counted = f"{_count(self.errors, 'error')}, {_count(self.warnings, 'warning')}."
        rest = f" The first {len(self.shown)} are shown." if hidden else ""
        return f"{counted}{rest} {self.disk}".rstrip()


def render(
    diagnostics: Iterable[Diagnostic],
    sources: Iterable[Source],
    form: str = "text",
    *,
    colour: bool = False,
    disk: str = "Nothing was written.",
) -> str:
    """In the order of the files and of what stands in them; those without a place come first.

    `form` is one of `FORMS`. `disk` is the sentence that says what happened to the disk.
    """
    return FORMS[form](_report(tuple(diagnostics), tuple(sources), disk), colour)


def findings(diagnostics: tuple[Diagnostic, ...], sources: tuple[Source, ...]) -> tuple[Finding, ...]:
    """All that have places found, and hints looked for; in the order of `render`."""
    locators, texts = _read(sources)
    return tuple(_hinted(each, locators, texts) for each in _sorted(diagnostics, locators, texts))


def _read(sources: tuple[Source, ...]) -> tuple[dict[str, Locator], dict[str, Text]]:
    return {each.name: Locator(each) for each in sources}, {each.name: Text(each.text) for each in sources}


def _sorted(
    diagnostics: tuple[Diagnostic, ...], locators: Mapping[str, Locator], texts: Mapping[str, Text]
) -> list[Finding]:
    order = {name: i for i, name in enumerate(locators)}

    def position(finding: Finding) -> tuple[int, int, int]:
        spot = finding.spot
        return (order[spot.file], spot.line, spot.column) if spot else (-1, 0, 0)

    # the same mistake by two ways (a shared default, a file that two profiles merge) is one mistake
    return sorted(dict.fromkeys(_find(each, locators, texts) for each in diagnostics), key=position)


def _report(diagnostics: tuple[Diagnostic, ...], sources: tuple[Source, ...], disk: str) -> Report:
    locators, texts = _read(sources)
    found = _sorted(diagnostics[:PLACED], locators, texts)
    counted = [*(finding.diagnostic for finding in found), *diagnostics[PLACED:]]
    errors = sum(each.severity is Severity.ERROR for each in counted)
    shown = tuple(_hinted(each, locators, texts) for each in found[:MOST])
    return Report(shown, errors, len(counted) - errors, texts, disk)


def _find(diagnostic: Diagnostic, locators: Mapping[str, Locator], texts: Mapping[str, Text]) -> Finding:
    def spot(place: Place | None, key: bool = False, offset: tuple[int, int] | None = None) -> Spot | None:
        if place is None or place.source not in locators:
            return None
        return _spot(locators[place.source].span(place, key=key, offset=offset), texts[place.source])

    evidence = ((spot(place), label) for place, label in diagnostic.evidence[:2])
    return Finding(
        diagnostic,
        spot(diagnostic.origin, diagnostic.key, diagnostic.offset),
        tuple((found, label) for found, label in evidence if found),
    )


def _hinted(finding: Finding, locators: Mapping[str, Locator], texts: Mapping[str, Text]) -> Finding:
    diagnostic = finding.diagnostic.hinted()
    place = diagnostic.mends or diagnostic.origin
    made = edit(diagnostic, locators[place.source]) if place and place.source in locators else None
    spot = _spot(Span(made.source, made.start, made.end), texts[made.source]) if made else None
    return replace(finding, diagnostic=diagnostic, fix=(spot, made.text) if made and spot else None)


def _spot(span: Span, text: Text) -> Spot:
    line, column = text.position(span.start)
    end_line, end_column = text.position(max(span.end, span.start))
    return Spot(span.source, line, column, end_line, end_column)


def _text(report: Report, colour: bool) -> str:
    paint = _painted if colour else _plain
    blocks = [_block(finding, report, paint) for finding in report.shown]
    return "\n\n".join([*blocks, report.summary]) + "\n"


def _concise(report: Report, colour: bool) -> str:
    paint = _painted if colour else _plain
    return "".join(_headline(finding, paint) + "\n" for finding in report.shown)


def _headline(finding: Finding, paint: Paint) -> str:
    each, spot = finding.diagnostic, finding.spot
    kind = each.severity.value
    place = paint("place", f"{_safe(spot.place)}:") + " " if spot else ""
    return f"{place}{paint(kind, f'{kind}[{each.code}]')}: {_safe(each.message)}"


def _block(finding: Finding, report: Report, paint: Paint) -> str:
    each = finding.diagnostic
    parts = [_headline(finding, paint)]
    if finding.spot:
        parts.append(_frames(finding, finding.spot, report.texts, paint))
    hint = [f"  {paint('hint', 'hint:')} {_safe(each.hint)}"] if each.hint else []
    parts.append("\n".join([*hint, f"  more: pipeglot explain {each.code}"]))
    return "\n\n".join(parts)


def _frames(finding: Finding, spot: Spot, texts: Mapping[str, Text], paint: Paint) -> str:
    """The frame of the file at fault; below it those of other files that hold evidence, each with its place."""
    kind = finding.diagnostic.severity.value
    marks: dict[str, list[Underline]] = {}
    for found, label, sign in (
        (spot, finding.diagnostic.label, "^"),
        *((at, text, "~") for at, text in finding.evidence),
    ):
        end = found.end_column if found.end_line == found.line else len(texts[found.file][found.line])
        marks.setdefault(found.file, []).append(Underline(found.line, found.column, end, _safe(label), sign))
    rows: list[str] = []
    for file, underlines in marks.items():
        if file != spot.file:
            first = next(at for at, _ in finding.evidence if at.file == file)
            rows.append("  " + paint("place", _safe(first.place)))
        for gutter, body, sign in frame(texts[file], underlines):
            shown = paint(kind if sign == "^" else sign, body) if sign else body
            rows.append(f"{paint('gutter', gutter)} {shown}".rstrip() if body else paint("gutter", gutter))
    return "\n".join(rows)


def _json(report: Report, colour: bool) -> str:
    value: Json = {
        "errors": report.errors,
        "warnings": report.warnings,
        "disk": report.disk,
        "diagnostics": [_entry(finding) for finding in report.shown],
    }
    return json.dumps(value, indent=2) + "\n"


def _entry(finding: Finding) -> Json:
    each = finding.diagnostic
    return {
        "code": each.code,
        "severity": each.severity.value,
        "message": each.message,
        **(_fields(finding.spot) if finding.spot else {}),
        "label": each.label,
        "evidence": [{**_fields(spot), "label": label} for spot, label in finding.evidence],
        "hint": each.hint,
        "fix": {**_fields(finding.fix[0]), "text": finding.fix[1]} if finding.fix else None,
    }


def _fields(spot: Spot) -> dict[str, Json]:
    """`end_column` is the first that is not part of it."""
    start: dict[str, Json] = {"file": spot.file, "line": spot.line + 1, "column": spot.column + 1}
    return start | {"end_line": spot.end_line + 1, "end_column": spot.end_column + 1}


def _github(report: Report, colour: bool) -> str:
    """Workflow commands, which become notes beside the lines of a pull request."""
    return "".join(_command(finding) + "\n" for finding in report.shown)


def _command(finding: Finding) -> str:
    each, spot = finding.diagnostic, finding.spot
    fields = {"file": spot.file, "line": str(spot.line + 1), "col": str(spot.column + 1)} if spot else {}
    titled = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in {**fields, "title": each.code}.items())
    lines = [each.message, *(f"{at.place}: {label}" for at, label in finding.evidence)]
    lines += [f"hint: {each.hint}"] if each.hint else []
    return f"::{each.severity.value} {titled}::{_escaped(chr(10).join(lines))}"


def _escaped(text: str, more: str = "") -> str:
    for letter in "%\r\n" + more:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _safe(text: str) -> str:
    """One line, with nothing in it that a terminal obeys."""
    return "".join(map(visible, text))


def _plain(role: str, text: str) -> str:
    return text


def _painted(role: str, text: str) -> str:
    return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m"


FORMS: Final[Mapping[str, Callable[[Report, bool], str]]] = {
    "text": _text,
    "concise": _concise,
    "json": _json,
    "github": _github,
}
