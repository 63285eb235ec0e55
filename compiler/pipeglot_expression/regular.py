"""The patterns of params, matched in a time that grows with the text alone, whatever the pattern.

The only module here that needs more than the standard library, and only once there is a pattern: steps match none.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeglot_expression.values import shortened

if TYPE_CHECKING:
    from typing import Any

LONGEST = 1000
"""Characters of a pattern."""
LARGEST = 2000
"""Of its parts, each counted as often as it may be repeated: so many are followed for each character of the text."""

_BEYOND_REGULAR = (
    (re.compile(r"\(\?<?[=!]"), "looks ahead or behind"),
    (re.compile(r"\(\?P=|\\[1-9]"), "refers back to a group"),
    (re.compile(r"\(\?\("), "chooses by a group"),
    (re.compile(r"\(\?>|(?:[*+?]|\{[0-9]*,?[0-9]*\})\+"), "never gives back what it took"),
)
_IN_PATTERN = re.compile(r"(?P<escape>\\.)|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])", re.DOTALL)
_PART = re.compile(
    r"(?P<open>\((?:\?P?<[^>]*>|\?[a-zA-Z-]*:)?)|(?P<close>\))|\{(?P<least>[0-9]+)(?P<more>,(?P<most>[0-9]*))?\}"
    r"|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[\s\S]",
    re.DOTALL,
)


def pattern_fault(pattern: str) -> str | None:
    """Why a text is no pattern of the language: no regular expression, or one whose matching could take long."""
    if len(pattern) > LONGEST:
        return f"`pattern` has {len(pattern):,} characters, and {LONGEST:,} are the most"
    return _beyond_regular(pattern) or _misspelt(pattern) or _too_large(pattern) or _unknown(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern without faults takes the whole text."""
    from pydantic_core import ValidationError

    try:
        _compiled(rf"\A(?:{pattern})\z").validate_python(text)
    except ValidationError:
        return False
    return True


@lru_cache(64)
def _compiled(pattern: str) -> Any:
    """By the engine of Rust, which does not try again what it has seen."""
    from pydantic_core import SchemaValidator

    return SchemaValidator({"type": "str", "pattern": pattern, "regex_engine": "rust-regex"})


def _beyond_regular(pattern: str) -> str | None:
    # What stands in [...] or behind a backslash is literal, but for the references back.
    bare = _IN_PATTERN.sub(
        lambda match: match.group() if match.group("escape") and match.group()[1] in "123456789" else "x", pattern
    )
    for beyond, said in _BEYOND_REGULAR:
        found = beyond.search(bare)
        if found:
            return f"`pattern` {said} at `{shortened(found.group())}`, which patterns cannot"
    return None


def _misspelt(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern)
    except (re.error, Warning, OverflowError, RecursionError) as fault:
        return f"`{shortened(pattern)}` is no regular expression: {fault}"
    return None


def _too_large(pattern: str) -> str | None:
    size = _size(pattern)
    if size <= LARGEST:
        return None
    return f"`pattern` has {size:,} parts with all their repeats, and {LARGEST:,} are the most"


def _size(pattern: str) -> int:
    """Parts of a pattern, each as often as the counts behind it and behind the groups around it say."""
    sums, last = [0], 0
    for part in _PART.finditer(pattern):
        if part.group("open") is not None:
            sums.append(0)
            last = 0
        elif part.group("close") is not None and len(sums) > 1:
            last = sums.pop() + 1
            sums[-1] += last
        elif part.group("least") is not None:
            times = max(1, *(int(part.group(each) or 0) for each in ("least", "most")))
            sums[-1] += last * (times - 1)
            last *= times
        elif part.group() not in "*+?|":
            last = 1
            sums[-1] += 1
    return sum(sums)


def _unknown(pattern: str) -> str | None:
    """What Python knows, and the engine that matches does not."""
    from pydantic_core import SchemaError

    try:
        _compiled(pattern)
        _compiled(rf"\A(?:{pattern})\z")
    except SchemaError as fault:
        why = str(fault).strip().rpartition("\n")[2].rpartition("rror: ")[2]
        return f"`{shortened(pattern)}` cannot be matched in linear time: {why[:1].lower()}{why[1:]}"
    return None
