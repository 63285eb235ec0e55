"""What a hint says to do, as an edit of the text: read off the hint, so that what is printed and what is done agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from pipeglot.diagnostics import Diagnostic
from pipeglot.diagnostics.origins import Span
from pipeglot.diagnostics.sources import Source
from pipeglot.rendering.locator import Locator
from pipeglot.syntax.nodes import Kind, Node
from pipeglot.syntax.quoting import quoted
from pipeglot.syntax.spellings import begin, letters

OPEN: Final = "…"
"""What only the author can say stands for it."""
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+:-]*(?<!:)")
_FLOW = re.compile(r"[\[{].*[\]}]|\"[^\"]*\"|'(?:[^']|'')*'", re.DOTALL)
_ENTRY = re.compile(r"([A-Za-z_][\w-]*): ")
_BLANKS = re.compile(r"[ \t]*")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_FLOW_ENDS = ",[]{}"
_TAB: Final = 4
_QUOTES: Final = {"'": ("''", '"'), '"': ("'", '\\"')}
"""By the style of a script, how its single quotes are spelled, and how double ones are."""


@dataclass(frozen=True, slots=True)
class Edit:
    """From `start` to `end` there is to stand `text`. It may hold `OPEN`."""

    source: str
    start: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        return text[: self.start] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Marked:
    """What a diagnostic marks: from `start` to `end` of the text. `key` and `node` where it is a part of the tree."""

    text: str
    start: int
    end: int
    key: Node | None
    node: Node | None
    by_key: bool
    offset: tuple[int, int] | None

    @property
    def written(self) -> str:
        return self.text[self.start : self.end]

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end


Change: TypeAlias = "tuple[int, int, str] | None"
"""From where, to where, and what stands there then."""


def edit(diagnostic: Diagnostic, locator: Locator) -> Edit | None:
    """What following the hint does to the text; None where there is no hint, or none that a program can follow."""
    hint, place = diagnostic.hint, diagnostic.mends or diagnostic.origin
    if hint is None or place is None or place.source != locator.source.name:
        return None
    key, offset = (False, None) if diagnostic.mends else (diagnostic.key, diagnostic.offset)
    span = locator.span(place, key=key, offset=offset)
    named, node = (None, None) if isinstance(place, Span) else locator.entry(place)
    marked = Marked(locator.source.text, span.start, span.end, named, node, key, offset)
    for form, change in FORMS:
        found = form.fullmatch(hint)
        if found:
            made = change(marked, found[1] if form.groups else "")
            return Edit(span.source, *made) if made else None
    return None


def edits(source: Source, diagnostics: tuple[Diagnostic, ...]) -> tuple[Edit, ...]:
    locator = Locator(source)
    return tuple(made for each in diagnostics if (made := edit(each.hinted(), locator)))


def _replaced(marked: Marked, wanted: str) -> Change:
    entry = _ENTRY.match(wanted)
    if marked.node is None:
        return marked.start, marked.end, wanted
    if marked.offset is not None and marked.node.kind is Kind.SCALAR:
        return _inside(marked, marked.node, wanted)
    if entry and marked.key is not None and (marked.by_key or entry[1] == marked.key.value):
        return begin(marked.text, marked.key), _end(marked), wanted
    if marked.by_key or marked.node.kind is Kind.SCALAR:
        return marked.start, marked.end, _scalar(wanted, marked.written[:1])
    # a block is shown by its key, and stands behind it
    return begin(marked.text, marked.node), _end(marked), _scalar(wanted, "")


def _end(marked: Marked) -> int:
    """Where the value ends, without the blanks and comments behind one in block style."""
    assert marked.node is not None
    return max(len(marked.text[: _last(marked.text, marked.node)].rstrip()), begin(marked.text, marked.node))


def _last(text: str, node: Node) -> int:
    return _last(text, node.parts[-1]) if node.parts and not _is_flow(text, node) else node.end


def _is_flow(text: str, node: Node) -> bool:
    return text[begin(text, node)] in "[{"


def _scalar(wanted: str, quotes: str) -> str:
    if _FLOW.fullmatch(wanted):
        return wanted
    return wanted if _PLAIN.fullmatch(wanted) and quotes not in ("'", '"') else quoted(wanted)


def _inside(marked: Marked, node: Node, wanted: str) -> Change:
    """In the style of the text around it; one without quotes gets some, where it needs them then."""
    if wanted[-1:].isalnum() and marked.text[marked.end : marked.end + 1].isalnum():
        wanted += " "
    if node.style in ("|", ">") or letters(marked.text, node) is None:
        return marked.start, marked.end, wanted
    if node.style == "'":
        return marked.start, marked.end, wanted.replace("'", "''")
    if node.style == '"':
        return marked.start, marked.end, json.dumps(wanted, ensure_ascii=False)[1:-1]
    start = begin(marked.text, node)
    whole = marked.text[start : marked.start] + wanted + marked.text[marked.end : node.end]
    unsafe = any(sign in whole for sign in (": ", " #")) or any(sign in wanted for sign in _FLOW_ENDS)
    return (start, node.end, quoted(whole)) if unsafe else (marked.start, marked.end, wanted)


def _quoted(marked: Marked, _: str) -> Change:
    return marked.start, marked.end, quoted(marked.written)


def _unquoted(marked: Marked, _: str) -> Change:
    """None where there are none, and the text stands in a block."""
    quotes = marked.written[:1]
    if quotes not in ("'", '"') or marked.written[-1:] != quotes or len(marked.written) < 3:
        return None
    return marked.start, marked.end, marked.written[1:-1]


def _double_quoted(marked: Marked, _: str) -> Change:
    """In a script: the single quotes around what is marked."""
    old, new = _QUOTES.get(marked.node.style if marked.node else "", ("'", '"'))
    start, end = marked.text.rfind(old, 0, marked.start), marked.text.find(old, marked.end)
    if start < 0 or end < 0:
        return None
    return start, end + len(old), f"{new}{marked.text[start + len(old) : end]}{new}"


def _gone(marked: Marked, _: str) -> Change:
    """An entry of a map with its key, else what is marked and the blanks behind it."""
    if marked.key is None or marked.node is None or marked.offset is not None:
        return marked.start, _blank_end(marked.text, marked.end), ""
    start, end = begin(marked.text, marked.key), _end(marked)
    line = marked.line_start(start)
    if not marked.text[line:start].strip():
        return line, min(marked.line_end(end) + 1, len(marked.text)), ""
    end = _blank_end(marked.text, end)
    if marked.text[end : end + 1] == ",":
        return start, _blank_end(marked.text, end + 1), ""
    before = marked.text[:start].rstrip()
    return len(before) - before.endswith(","), end, ""


def _blank_end(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _without_line(marked: Marked, _: str) -> Change:
    return marked.line_start(marked.start), min(marked.line_end(marked.start) + 1, len(marked.text)), ""


def _ended(marked: Marked, wanted: str) -> Change:
    end = marked.start + len(marked.written.rstrip())
    return end, end, wanted


def _begun(marked: Marked, wanted: str) -> Change:
    start = len(marked.text[: marked.start].rstrip())
    return start, start, wanted


def _spaced(marked: Marked, _: str) -> Change:
    return marked.start, marked.end, marked.written.replace("\t", " " * _TAB)


def _on_next_line(marked: Marked, _: str) -> Change:
    line = marked.text[marked.line_start(marked.start) : marked.start]
    indent = len(line) - len(line.lstrip(" -"))
    start = len(marked.text[: marked.start].rstrip(" \t"))
    return start, marked.start, "\n" + " " * (indent + 2)


def _line_feed(marked: Marked, _: str) -> Change:
    """Where one line ends so, others do: of them all the first alone is told."""
    end = [found.end() for found in _LONE_RETURN.finditer(marked.text, marked.start)][-1]
    return marked.start, end, _LONE_RETURN.sub("\n", marked.text[marked.start : end])


def _added(marked: Marked, wanted: str) -> Change:
    """One more entry of a map."""
    node = marked.node
    if node is None or node.kind is not Kind.MAPPING:
        return None
    first = node.parts[0] if node.parts else None
    if first is None or _is_flow(marked.text, node):
        start = begin(marked.text, node) + 1
        return start, start, f"{wanted}, " if first else wanted
    at = begin(marked.text, first)
    return at, at, f"{wanted}\n{' ' * (at - marked.line_start(at))}"


def _two_entries(marked: Marked, wanted: str) -> Change:
    """As many lines as entries, where each has one of its own."""
    one, two = wanted.split("` and `")
    if marked.key is None or marked.node is None:
        return None
    start = begin(marked.text, marked.key)
    indent = marked.text[marked.line_start(start) : start]
    between = ", " if indent.strip(" -") else f"\n{' ' * len(indent)}"
    return start, _end(marked), f"{one}{between}{two}"


FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[Marked, str], Change]], ...]] = (
    (re.compile(r"did you mean `(.+)`\?", re.DOTALL), _replaced),
    (re.compile(r"write `([^`]+)`", re.DOTALL), _replaced),
    (re.compile(r"write `([^`]+` and `[^`]+)`"), _two_entries),
    (re.compile(r"write `([^`]+)`(?:[,:]| if| with) .*", re.DOTALL), _replaced),
    (re.compile(r"write ([\"'].+[\"'])", re.DOTALL), _replaced),
    (re.compile(r"quote it if it is text: (.+)", re.DOTALL), _replaced),
    (re.compile(r"add `([^`]+)`(?:,.*)?"), _added),
    (re.compile(r"put quotes around it"), _quoted),
    (re.compile(r"take the quotes off"), _unquoted),
    (re.compile(r"use double quotes"), _double_quoted),
    (re.compile(r"take it out(?:[,:] .*)?"), _gone),
    (re.compile(r"take this line out"), _without_line),
    (re.compile(r"end it with `(.)`"), _ended),
    (re.compile(r"put `(.)` before it"), _begun),
    (re.compile(r"indent with spaces"), _spaced),
    (re.compile(r"begin the text on the next line"), _on_next_line),
    (re.compile(r"end lines with LF, .*"), _line_feed),
)
"""Every form of hint that a program can follow."""
