"""What a YAML parser stumbled over, in our words: the place that is to blame, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pipeglot.diagnostics import Diagnostic
from pipeglot.syntax.errors import block, flow
from pipeglot.syntax.errors.failure import ParseFailure
from pipeglot.syntax.loader import TOO_DEEP
from pipeglot.syntax.nodes import Tree

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)")
_INDICATORS: Final = {"@": "`@`", "`": "a backtick", "%": "`%`", "*": "`*`", "&": "`&`"}


def syntax_fault(tree: Tree, text: str, name: str) -> Diagnostic:
    """The one diagnostic for the place from where on a text is no YAML."""
    fault = tree.fault
    assert fault is not None
    problem_mark, context_mark = fault.problem_mark, fault.context_mark
    at = min(problem_mark.index if problem_mark else 0, len(text))
    opened = min(context_mark.index, len(text)) if context_mark else at
    around = tree.around[-1] if tree.around else None
    case = ParseFailure(text, name, at, opened, fault.problem or "", fault.context or "", tree.last, around)
    for context, problem, say in _TABLE:
        if context in case.context and problem in case.problem:
            found = say(case)
            if found is not None:
                return found
    return _no_yaml(case)


def _no_yaml(case: ParseFailure) -> Diagnostic:
    message = f"the text is no YAML from here on: {case.problem}"
    return case.diagnostic("PG100", message, (case.at, case.at + 1), case.context or "not understood")


def _tab(case: ParseFailure) -> Diagnostic | None:
    end = case.at
    while case.text[end : end + 1] == "\t":
        end += 1
    if end == case.at:
        return None
    return case.diagnostic(
        "PG102", "a tab stands where YAML counts spaces", (case.at, end), "a tab", "indent with spaces"
    )


def _reserved(case: ParseFailure) -> Diagnostic | None:
    start = case.opened if case.context.endswith(("an anchor", "an alias")) else case.at
    letter = case.text[start : start + 1]
    if letter not in _INDICATORS:
        return None
    if _follows_a_value(case, start):
        return block.after_value(replace(case, at=start))
    is_name, end = case.end_of_begun(start)
    message = f"a {'key' if is_name else 'value'} begins with {_INDICATORS[letter]}, which YAML keeps for itself"
    hint = case.quoting(start, end) if is_name or case.may_begin(start) else None
    return case.diagnostic("PG120", message, (start, end), "needs quotes", hint)


def _follows_a_value(case: ParseFailure, start: int) -> bool:
    """On its line, so that no other can begin. Brackets that are open have not ended."""
    if case.last and case.last.style in ("|", ">"):  # which has its end in a line of its own
        return False
    end = case.last.end if case.last else 0
    between = case.text[end:start]
    return end > 0 and case.text[end - 1] not in "[{" and not between.strip() and "\n" not in between


def _open_quotes(case: ParseFailure) -> Diagnostic:
    quote = case.bracket
    message = f"a text in quotes begins with `{quote}` and never ends"
    return case.diagnostic(
        "PG122", message, (case.opened, case.end_of_line(case.opened)), "begins here", f"end it with `{quote}`"
    )


def _escape(case: ParseFailure) -> Diagnostic:
    start = case.text.rfind("\\", 0, case.at + 1)
    end = case.end_of_value(start, _ESCAPE)
    message = f"`{case.text[start:end]}` is no escape that double quotes know"
    hint = f"write `\\{case.text[start : start + 2]}` if the backslash is meant"
    return case.diagnostic("PG125", message, (start, end), "not an escape", hint)


def _directive(case: ParseFailure) -> Diagnostic:
    start = case.text.rfind("\n", 0, case.opened) + 1
    message = "a line that begins with `%` is a directive, and only `%YAML 1.2` is known"
    return case.diagnostic("PG126", message, (start, case.end_of_line(start)), "a directive", "take this line out")


def _too_deep(case: ParseFailure) -> Diagnostic:
    """What a parser with a limit of its own gives up at, before it has told of the brackets further out."""
    return case.diagnostic("PG115", TOO_DEEP, (case.at, case.at + 1), "deeper than YAML itself is read")


def _tag(case: ParseFailure) -> Diagnostic:
    start = max(case.text.find("!", case.opened), case.opened)
    end = case.end_of_word(start)
    message = f"`{case.text[start:end]}` is a tag, and types are never given by tags"
    hint = "take it out, or quote the whole text if `!` is part of it"
    return case.diagnostic("PG104", message, (start, end), "a tag to YAML", hint)


_TABLE: Final[tuple[tuple[str, str, Callable[[ParseFailure], Diagnostic | None]], ...]] = (
    ("", "nesting depth", _too_deep),
    ("", "tab", _tab),
    ("", "cannot start any token", _tab),
    ("block scalar", "", _tab),
    ("block scalar", "", block.beside_block_mark),
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
    ("", "values are not allowed", block.second_colon),
    ("", "values are not allowed", block.deeper_line),
    ("", "sequence entries are not allowed", block.list_beside_key),
    ("", "keys are not allowed", block.question_mark),
    ("simple key", "", block.no_colon),
    ("flow", "expected ','", flow.bare_expression),
    ("flow", "", flow.open_brackets),
    ("flow", "expected ','", flow.no_comma),
    ("", "node content", flow.no_value),
    ("", "node content", block.no_key),
    ("block mapping", "", block.no_key),
    ("block mapping", "", block.wrong_column),
    ("block collection", "", block.wrong_column),
    ("block", "", block.after_value),
    ("", "document start", block.after_document),
)
"""What the parser was doing, what it found wrong (libyaml and PyYAML word it differently), and who explains it."""
