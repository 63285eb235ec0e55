"""What a YAML parser stumbled over, in our words: the place that is to blame, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pipeglot.diagnostics import Diagnostic
from pipeglot.nodes import Kind, Node, Tree
from pipeglot.origins import Span
from pipeglot.spec.quoting import quoted

_CLOSING: Final = {"[": "]", "{": "}"}
_NAMES: Final = {"[": "list", "{": "mapping"}
_EXPRESSION = re.compile(r"\$\{\{(?:'(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.)*\"|[^'\"\n}]|\}(?!\}))*\}\}")
_FLOW_TEXT = re.compile(rf"(?:{_EXPRESSION.pattern}|[^\s,\[\]{{}}]|[ \t]+(?=[^\s,\[\]{{}}#]))+")
_BLOCK_TEXT = re.compile(r"\S+(?:[ \t]+(?!#)\S+)*")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Stumble:
    """`at` is where the parser could not go on, `opened` where what it was reading began."""

    text: str
    name: str
    at: int
    opened: int
    problem: str
    context: str
    last: Node | None

    @property
    def letter(self) -> str:
        return self.text[self.at : self.at + 1]

    @property
    def line_start(self) -> int:
        return self.text.rfind("\n", 0, self.at) + 1

    @property
    def line_end(self) -> int:
        return _line_end(self.text, self.at)

    def says(self, code: str, message: str, start: int, end: int, label: str, hint: str | None = None) -> Diagnostic:
        return Diagnostic(code, message, Span(self.name, start, max(end, start + 1)), label, hint=hint)


def syntax_fault(tree: Tree, text: str, name: str) -> Diagnostic:
    """The one diagnostic for the place from where on a text is no YAML."""
    fault = tree.fault
    assert fault is not None
    problem_mark, context_mark = fault.problem_mark, fault.context_mark
    at = min(problem_mark.index if problem_mark else 0, len(text))
    opened = min(context_mark.index, len(text)) if context_mark else at
    stumble = Stumble(text, name, at, opened, fault.problem or "", fault.context or "", tree.last)
    for context, problem, say in _TABLE:
        if context in stumble.context and problem in stumble.problem:
            found = say(stumble)
            if found is not None:
                return found
    return _no_yaml(stumble)


def _no_yaml(case: Stumble) -> Diagnostic:
    message = f"the text is no YAML from here on: {case.problem}"
    return case.says("PG100", message, case.at, case.at + 1, case.context or "not understood")


def _tab(case: Stumble) -> Diagnostic | None:
    if case.letter != "\t":
        return None
    end = case.at
    while case.text[end : end + 1] == "\t":
        end += 1
    message = "a tab stands where YAML counts spaces"
    return case.says("PG102", message, case.at, end, "a tab", hint="indent with spaces")


def _bare_expression(case: Stumble) -> Diagnostic | None:
    """`{a: ${{ x }}}`: what looks like one value ends for YAML before the second brace."""
    text = case.text
    if case.letter != "{" or text[case.at - 1] != "$":
        return None
    start = case.at - 1
    while start > case.opened + 1 and text[start - 1] not in ",[{\n" and not _ends_key(text, start):
        start -= 1
    while text[start] in " \t":
        start += 1
    whole = _FLOW_TEXT.match(text, start, case.line_end)
    end = whole.end() if whole else case.at + 2
    bracket = text[case.opened : case.opened + 1]
    hint = f"write {quoted(text[start:end])}" if whole and _EXPRESSION.search(whole[0]) else None
    return Diagnostic(
        "PG103",
        f"`${{{{ }}}}` stands without quotes in a {_NAMES.get(bracket, 'list or mapping')} in brackets, "
        "where YAML takes its braces for a mapping",
        Span(case.name, start, end),
        "needs quotes",
        ((Span(case.name, case.opened, case.opened + 1), "the brackets open here"),) if bracket in _CLOSING else (),
        hint,
    )


def _ends_key(text: str, at: int) -> bool:
    return text[at - 1] in " \t" and text[:at].rstrip(" \t").endswith(":")


def _reserved(case: Stumble) -> Diagnostic | None:
    start = case.opened if case.context.endswith(("an anchor", "an alias")) else case.at
    letter = case.text[start : start + 1]
    if letter not in tuple("@`%*&"):
        return None
    bracketed = case.last is not None and not case.last.ended and case.text[case.last.start] in "[{"
    match = (_FLOW_TEXT if bracketed else _BLOCK_TEXT).match(case.text, start, _line_end(case.text, start))
    value = match[0] if match else letter
    message = f"a value begins with `{letter}`, which YAML keeps for itself"
    hint = f"write {quoted(value)}" if len(value) <= _SHOWN else None
    return case.says("PG120", message, start, start + len(value), "needs quotes", hint)


def _second_colon(case: Stumble) -> Diagnostic | None:
    """`a: b: c` on one line."""
    match = re.compile(r"(?:- +|\? +)*(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s:'\"](?:[^:\n]|:(?! ))*):[ \t]+").match(
        case.text, _first_letter(case.text, case.line_start)
    )
    if match is None or match.end() > case.at:
        return None
    end = case.line_end
    value = _BLOCK_TEXT.match(case.text, match.end(), end)
    if value is None:
        return None
    plain = value[0][0] not in "'\"[{|>&*!"
    message = "a second `: ` stands in one line, and a value without quotes holds none"
    hint = f"write {quoted(value[0])}" if plain and len(value[0]) <= _SHOWN else None
    return case.says("PG121", message, case.at, case.at + 1, "begins another value to YAML", hint)


def _deeper_line(case: Stumble) -> Diagnostic | None:
    """A key that stands deeper than the one above it, which has a value already."""
    start = _first_letter(case.text, case.line_start)
    above = case.last
    if above is None or above.kind is not Kind.SCALAR:
        return None
    message = "a key stands deeper than the line above, which has a value already"
    return case.says("PG124", message, start, case.at, "deeper than what it belongs to")


def _open_quotes(case: Stumble) -> Diagnostic:
    quote = case.text[case.opened : case.opened + 1]
    message = f"a text in quotes begins with `{quote}` and never ends"
    end = _line_end(case.text, case.opened)
    return case.says("PG122", message, case.opened, end, "begins here", hint=f"end it with `{quote}`")


def _open_brackets(case: Stumble) -> Diagnostic | None:
    bracket = case.text[case.opened : case.opened + 1]
    if bracket not in _CLOSING:
        return _at_end_of_file(case)
    ends = case.at >= len(case.text.rstrip())
    if not ends and not _fallen_back(case):
        return None
    message = f"a {_NAMES[bracket]} begins with `{bracket}` and never ends"
    hint = f"end it with `{_CLOSING[bracket]}`"
    return case.says("PG123", message, case.opened, case.opened + 1, "begins here", hint=hint)


def _at_end_of_file(case: Stumble) -> Diagnostic | None:
    """Inside brackets whose item is missing: the last node is the innermost that is open."""
    node = case.last
    if case.at < len(case.text.rstrip()) or node is None or node.ended:
        return None
    bracket = case.text[node.start : node.start + 1]
    if bracket not in _CLOSING:
        return None
    message = f"a {_NAMES[bracket]} begins with `{bracket}` and never ends"
    hint = f"end it with `{_CLOSING[bracket]}`"
    return case.says("PG123", message, node.start, node.start + 1, "begins here", hint=hint)


def _fallen_back(case: Stumble) -> bool:
    """Whether the line of the stumble stands no deeper than the one in which the brackets opened."""
    opening = case.text.rfind("\n", 0, case.opened) + 1
    if case.line_start <= opening:
        return False
    here = _first_letter(case.text, case.line_start) - case.line_start
    return here <= _first_letter(case.text, opening) - opening and case.letter not in "]}"


def _no_comma(case: Stumble) -> Diagnostic:
    bracket = case.text[case.opened : case.opened + 1]
    if case.letter in ("]", "}"):
        message = f"a {_NAMES.get(bracket, 'collection')} begins with `{bracket}` and ends with `{case.letter}`"
        hint = f"write `{_CLOSING[bracket]}`" if bracket in _CLOSING else None
        label = "the other bracket"
    else:
        message = f"no `,` stands between two items of a {_NAMES.get(bracket, 'collection')} in brackets"
        hint, label = None, "a comma is missing before this"
    return _opened_at(case.says("PG132", message, case.at, case.at + 1, label, hint), case)


def _opened_at(found: Diagnostic, case: Stumble) -> Diagnostic:
    evidence = ((Span(case.name, case.opened, case.opened + 1), "begins here"),)
    return Diagnostic(found.code, found.message, found.origin, found.label, evidence, found.hint)


def _no_value(case: Stumble) -> Diagnostic | None:
    if case.letter not in tuple(",]}"):
        return None
    message = f"`{case.letter}` stands where a value is expected"
    return case.says("PG132", message, case.at, case.at + 1, "no value before it")


def _after_value(case: Stumble) -> Diagnostic | None:
    """Something follows on the line of a value that has already ended."""
    before = case.text[case.line_start : case.at].rstrip()
    if not before or case.letter in ("", "\n", "\r"):
        return None
    end = case.line_end
    rest = _BLOCK_TEXT.match(case.text, case.at, end)
    end = rest.end() if rest else end
    message = "a value has ended, and more text follows on its line"
    return case.says("PG129", message, case.at, end, "belongs to nothing")


def _block_indent(case: Stumble) -> Diagnostic | None:
    """A line that stands in no column in which something around it began."""
    start = _first_letter(case.text, case.line_start)
    if start != case.at or case.letter == ":":
        return None
    begun = case.text.rfind("\n", 0, case.opened) + 1
    here, there = case.at - case.line_start, case.opened - begun
    what = "list" if "collection" in case.context else "mapping"
    label = f"this {what} begins in column {there + 1}"
    if here == there:
        wrong = "a key" if what == "list" else "an item `-`"
        message = f"{wrong} stands in the column of a {what}"
    else:
        message = f"a line begins in column {here + 1}, and nothing around it does"
    evidence = ((Span(case.name, case.opened, _word_end(case.text, case.opened)), label),)
    return Diagnostic(
        "PG124", message, Span(case.name, case.at, _word_end(case.text, case.at)), "belongs to nothing", evidence
    )


def _no_key(case: Stumble) -> Diagnostic | None:
    if case.letter != ":":
        return None
    return case.says("PG109", "a key is missing before `:`", case.at, case.at + 1, "no key")


def _no_colon(case: Stumble) -> Diagnostic:
    end = _line_end(case.text, case.opened)
    rest = _BLOCK_TEXT.match(case.text, case.opened, end)
    return case.says(
        "PG130",
        "a line is neither `key: value` nor part of the value above",
        case.opened,
        rest.end() if rest else end,
        "no `:` follows",
    )


def _inline_list(case: Stumble) -> Diagnostic:
    item = _BLOCK_TEXT.match(case.text, case.at, case.line_end)
    value = item[0] if item else "-"
    message = "a list begins with `- ` on the line of its key"
    rest = value[1:].strip()
    simple = re.fullmatch(r"[\w./-]+", rest)
    hint = f"write `[{rest}]`, or `- {rest}` on a line of its own" if simple else "begin the list on a line of its own"
    return case.says("PG131", message, case.at, case.at + len(value), "has to begin a line", hint)


def _question(case: Stumble) -> Diagnostic:
    message = "a value begins with `? `, which marks a key in YAML"
    item = _BLOCK_TEXT.match(case.text, case.at, case.line_end)
    value = item[0] if item else "?"
    return case.says("PG120", message, case.at, case.at + len(value), "needs quotes", hint=f"write {quoted(value)}")


def _escape(case: Stumble) -> Diagnostic:
    start = case.text.rfind("\\", 0, case.at + 1)
    end = min(case.at + 1, case.line_end) if case.at > start else start + 2
    shown = case.text[start:end]
    message = f"`{shown}` is no escape that double quotes know"
    hint = f"write `\\{case.text[start : start + 2]}` if the backslash is meant"
    return case.says("PG125", message, start, end, "not an escape", hint)


def _directive(case: Stumble) -> Diagnostic:
    start = case.text.rfind("\n", 0, case.opened) + 1 if case.context else case.line_start
    message = "a line that begins with `%` is a directive, and only `%YAML 1.2` is known"
    return case.says("PG126", message, start, _line_end(case.text, start), "a directive", hint="take this line out")


def _tag(case: Stumble) -> Diagnostic:
    start = case.text.find("!", case.opened)
    start = start if start >= 0 else case.opened
    end = _word_end(case.text, start)
    message = f"`{case.text[start:end]}` is a tag, and types are never given by tags"
    hint = "take it out, or quote the whole text if `!` is part of it"
    return case.says("PG104", message, start, end, "a tag to YAML", hint)


def _block_header(case: Stumble) -> Diagnostic:
    mark = case.text[case.opened : case.opened + 1]
    end = _line_end(case.text, case.opened)
    message = f"a text after `{mark}` begins on a line of its own"
    return case.says("PG133", message, case.at, end, f"cannot follow `{mark}`", hint="begin the text on the next line")


def _after_document(case: Stumble) -> Diagnostic | None:
    found = _after_value(case)
    if found is not None:
        return found
    end = _word_end(case.text, case.at)
    return case.says("PG129", "the document has ended, and more text follows", case.at, end, "belongs to nothing")


def _first_letter(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if text[at:end].endswith("\r") else end


def _word_end(text: str, at: int) -> int:
    match = re.compile(r"[^\s]+").match(text, at)
    return match.end() if match else at + 1


_TABLE: Final[tuple[tuple[str, str, Callable[[Stumble], Diagnostic | None]], ...]] = (
    ("", "tab", _tab),
    ("", "cannot start any token", _tab),
    ("block scalar", "", _tab),
    ("block scalar", "", _block_header),
    ("", "cannot start any token", _reserved),
    ("an anchor", "", _reserved),
    ("an alias", "", _reserved),
    ("directive", "", _directive),
    ("", "incompatible YAML document", _directive),
    ("", "duplicate %", _directive),
    ("tag", "", _tag),
    ("", "tag", _tag),
    ("quoted scalar", "end of stream", _open_quotes),
    ("quoted scalar", "document", _open_quotes),
    ("quoted scalar", "", _escape),
    ("", "values are not allowed", _second_colon),
    ("", "values are not allowed", _deeper_line),
    ("", "sequence entries are not allowed", _inline_list),
    ("", "keys are not allowed", _question),
    ("simple key", "", _no_colon),
    ("double-quoted", "", _escape),
    ("flow", "expected ','", _bare_expression),
    ("flow", "", _open_brackets),
    ("flow", "expected ','", _no_comma),
    ("", "node content", _no_value),
    ("block mapping", "", _no_key),
    ("block", "", _block_indent),
    ("block", "", _after_value),
    ("", "document start", _after_document),
)
"""What PyYAML says it was doing, what it says was wrong (libyaml and PyYAML word it differently), who explains it."""
