"""What goes wrong inside `[ ]` and `{ }`."""

from __future__ import annotations

from typing import Final

from pipeglot.diagnostics import Diagnostic
from pipeglot.syntax.errors.failure import EXPRESSION, FLOW_TEXT, ParseFailure

_CLOSING: Final = {"[": "]", "{": "}"}
_NAMES: Final = {"[": "list", "{": "mapping"}


def bare_expression(case: ParseFailure) -> Diagnostic | None:
    """`{a: ${{ x }}}`: what looks like one value ends for YAML before the second brace."""
    text = case.text
    if case.letter != "{" or text[case.at - 1] != "$":
        return None
    start = case.at - 1
    while start > case.opened + 1 and text[start - 1] not in ",[{\n" and not _follows_key(text, start):
        start -= 1
    while text[start] in " \t":
        start += 1
    end = case.end_of_value(start, FLOW_TEXT)
    whole = EXPRESSION.search(text, start, end)
    kind = _NAMES.get(case.bracket, "list or mapping")
    opened = ((case.opened, case.opened + 1, "the brackets open here"),) if case.bracket in _CLOSING else ()
    return case.diagnostic(
        "PG103",
        f"`${{{{ }}}}` stands without quotes in a {kind} in brackets, where YAML takes its braces for a mapping",
        (start, end if whole else case.at + 2),
        "needs quotes",
        case.quoting(start, end) if whole else None,
        opened,
    )


def _follows_key(text: str, at: int) -> bool:
    return text[at - 1] in " \t" and text[:at].rstrip(" \t").endswith(":")


def open_brackets(case: ParseFailure) -> Diagnostic | None:
    if case.bracket in _CLOSING:
        return _never_ends(case, case.opened) if case.at_the_end or _has_fallen_back(case) else None
    # where an item is missing, the last node is the innermost collection that is open
    node = case.last
    if case.at_the_end and node is not None and not node.ended and case.text[node.start] in _CLOSING:
        return _never_ends(case, node.start)
    return None


def _never_ends(case: ParseFailure, at: int) -> Diagnostic:
    bracket = case.text[at]
    message = f"a {_NAMES[bracket]} begins with `{bracket}` and never ends"
    text = case.text if case.at_the_end else case.text[: case.line_start]
    last = text[text.rstrip().rfind("\n") + 1 :]
    end = len(text) - len(last) + len(last.split(" #")[0].rstrip())
    hint = f"end it with `{_CLOSING[bracket]}`"
    return case.diagnostic("PG123", message, (at, at + 1), "begins here", hint, mends=(at, end))


def _has_fallen_back(case: ParseFailure) -> bool:
    """Whether the line of the stumble stands no deeper than the one in which the brackets opened."""
    opening = case.text.rfind("\n", 0, case.opened) + 1
    if case.line_start <= opening or case.letter in _CLOSING.values():
        return False
    return case.first_letter(case.line_start) - case.line_start <= case.first_letter(opening) - opening


def no_comma(case: ParseFailure) -> Diagnostic:
    kind = _NAMES.get(case.bracket, "collection")
    if case.letter in _CLOSING.values():
        message = f"a {kind} begins with `{case.bracket}` and ends with `{case.letter}`"
        hint = f"write `{_CLOSING[case.bracket]}`" if case.bracket in _CLOSING else None
        label = "the other bracket"
    else:
        message = f"no `,` stands between two items of a {kind} in brackets"
        hint, label = "put `,` before it", "a comma is missing before this"
    opened = (case.opened, case.opened + 1, "begins here")
    return case.diagnostic("PG132", message, (case.at, case.at + 1), label, hint, (opened,))


def no_value(case: ParseFailure) -> Diagnostic | None:
    if case.letter not in tuple(",]}"):
        return None
    message = f"`{case.letter}` stands where a value is expected"
    return case.diagnostic("PG132", message, (case.at, case.at + 1), "no value before it")
