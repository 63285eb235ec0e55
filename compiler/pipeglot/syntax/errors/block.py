"""What goes wrong outside brackets: lines that stand in the wrong column, and what stands beside a value."""

from __future__ import annotations

import re

from pipeglot.diagnostics import Diagnostic
from pipeglot.syntax.errors.failure import BLOCK_TEXT, FLOW_TEXT, ParseFailure
from pipeglot.syntax.nodes import Kind

_KEY = re.compile(r"(?:[-?] +)*(?:'[^'\n]*'|\"[^\"\n]*\"|[^\s:'\"](?:[^:\n]|:(?! ))*):[ \t]+")
_LATER = re.compile(r" *[\w./][\w./ -]*")
_NEVER_PLAIN = tuple("'\"[{|>&*!")


def second_colon(case: ParseFailure) -> Diagnostic | None:
    """`a: b: c` on one line."""
    key = _KEY.match(case.text, case.first_letter(case.line_start))
    if key is None or key.end() > case.at:
        return None
    message = "a second `: ` stands in one line, and a value without quotes holds none"
    plain = not case.text.startswith(_NEVER_PLAIN, key.end())
    value = (key.end(), case.end_of_value(key.end()))
    hint = case.quoting(*value) if plain else None
    return case.diagnostic("PG121", message, (case.at, case.at + 1), "begins another value to YAML", hint, mends=value)


def deeper_line(case: ParseFailure) -> Diagnostic | None:
    """A key that stands deeper than the one above it, which has a value already."""
    above = case.last
    if above is None or above.kind is not Kind.SCALAR or above.start >= case.line_start:
        return None
    start = case.first_letter(case.line_start)
    message = "a key stands deeper than the line above, which has a value already"
    evidence = (above.start, min(above.end, case.end_of_line(above.start)), "has a value already")
    return case.diagnostic("PG124", message, (start, case.at), "deeper than what it belongs to", None, (evidence,))


def wrong_column(case: ParseFailure) -> Diagnostic | None:
    """A line that stands in no column in which something around it began."""
    if case.first_letter(case.line_start) != case.at or case.letter == ":":
        return None
    begun = case.text.rfind("\n", 0, case.opened) + 1
    here, there = case.at - case.line_start, case.opened - begun
    what = "list" if "collection" in case.context else "mapping"
    if here != there:
        message = f"a line begins in column {here + 1}, and nothing around it does"
    elif what == "list":
        message = "a key stands in the column of a list"
    elif case.letter == "-":
        message = "an item `-` stands in the column of a mapping"
    else:
        return None
    label = f"this {what} begins in column {there + 1}"
    evidence = (case.opened, case.end_of_word(case.opened), label)
    return case.diagnostic(
        "PG124", message, (case.at, case.end_of_word(case.at)), "belongs to nothing", None, (evidence,)
    )


def after_value(case: ParseFailure) -> Diagnostic | None:
    """Something follows on the line of a value that has already ended."""
    last = case.last
    if not case.text[case.line_start : case.at].strip() or not case.letter.strip():
        return None
    end = case.end_of_value(case.at, FLOW_TEXT if case.bracketed(case.at) else BLOCK_TEXT)
    if last is None or last.end > case.at or last.style in ("|", ">"):
        return case.diagnostic(
            "PG129", "a value has ended, and more text follows", (case.at, end), "belongs to nothing"
        )
    if last.kind is Kind.ALIAS:
        message = "a value begins with `*`, which repeats a marked part and takes no more text"
        return case.diagnostic("PG120", message, (last.start, end), "needs quotes", case.quoting(last.start, end))
    if last.start < case.line_start:
        evidence = (last.start, min(last.end, case.end_of_line(last.start)), "the value begins here")
        message = "a value has ended, and more text follows on the line of its end"
        return case.diagnostic("PG129", message, (case.at, end), "belongs to nothing", None, (evidence,))
    message = "a value has ended, and more text follows on its line"
    whole = case.text[last.start : end]
    if last.style and whole.endswith(last.style) and case.at == last.end:
        # `'it's'`: the quotes were meant to stand around all of it
        hint = case.quoting(last.start + 1, end - 1)
    else:
        hint = case.quoting(last.start, end) if case.text[last.start] in "'\"[{" else None
    return case.diagnostic("PG129", message, (case.at, end), "belongs to nothing", hint, mends=(last.start, end))


def after_document(case: ParseFailure) -> Diagnostic | None:
    message = "the document has ended, and more text follows"
    end = case.end_of_value(case.at)
    return case.diagnostic("PG129", message, (case.at, end), "belongs to nothing") if case.letter.strip() else None


def no_key(case: ParseFailure) -> Diagnostic | None:
    if case.letter != ":":
        return None
    return case.diagnostic("PG109", "a key is missing before `:`", (case.at, case.at + 1), "no key")


def no_colon(case: ParseFailure) -> Diagnostic:
    message = "a line is neither `key: value` nor part of the value above"
    end = case.end_of_value(case.opened)
    word, blank, value = case.text[case.opened : end].partition(" ")
    hint = f"write `{word}: {value.strip()}`" if blank and word.isidentifier() and _LATER.fullmatch(value) else None
    return case.diagnostic("PG130", message, (case.opened, end), "no `:` follows", hint)


def list_beside_key(case: ParseFailure) -> Diagnostic:
    """`a: - b`"""
    end = case.end_of_value(case.at)
    item = case.text[case.at + 1 : end].strip()
    message = "a list begins with `- ` on the line of its key"
    simple = re.fullmatch(r"[\w./-]+", item)
    hint = f"write `[{item}]`, or `- {item}` on a line of its own" if simple else "begin the list on a line of its own"
    return case.diagnostic("PG131", message, (case.at, end), "has to begin a line", hint)


def question_mark(case: ParseFailure) -> Diagnostic:
    message = "a value begins with `? `, which marks a key in YAML"
    end = case.end_of_value(case.at, BLOCK_TEXT)
    hint = case.quoting(case.at, end) if case.may_begin(case.at) else None
    return case.diagnostic("PG120", message, (case.at, end), "needs quotes", hint)


def beside_block_mark(case: ParseFailure) -> Diagnostic:
    """`a: |x`"""
    message = f"a text after `{case.bracket}` begins on a line of its own"
    span = (case.at, case.end_of_line(case.opened))
    return case.diagnostic("PG133", message, span, f"cannot follow `{case.bracket}`", "begin the text on the next line")
